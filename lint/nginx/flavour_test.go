package nginx

import "testing"

func TestFlavours(t *testing.T) {
	if Flavour("").IsRelative() || Open.IsRelative() || Flavour("apache").IsRelative() {
		t.Error("nginx itself, an unsaid and an unknown flavour are no relatives of nginx")
	}
	for _, f := range Relatives() {
		if !f.IsRelative() {
			t.Errorf("%s is a relative of nginx", f)
		}
	}
	for _, f := range []Flavour{"", Open, Plus, OpenResty} {
		if f.OwnReleases() {
			t.Errorf("%q has the release numbers of nginx", f)
		}
	}
}

func TestDeclare(t *testing.T) {
	d := Declare("frobnicate", Server|Location, false)
	for n := range 20 {
		if !d.AcceptsArgs(n, Version{}) || !d.AcceptsArgs(n, V(1, 24, 0)) {
			t.Errorf("it refuses %d arguments", n)
		}
	}
	if d.Contexts.Has(HTTP) || !d.Contexts.Has(Location) || !d.KnownIn(V(1, 18, 0)) {
		t.Errorf("it is %+v", d)
	}
	if anywhere := Declare("frobnicate", 0, true); !anywhere.Contexts.Has(Main) || !anywhere.Contexts.Has(MailServer) || !anywhere.Block {
		t.Errorf("without contexts it is %+v", anywhere)
	}
}
