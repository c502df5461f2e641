package nginx

import "slices"

// Flavour is which of the programs that read nginx configurations is to run
// one. The empty Flavour means that nobody has said.
type Flavour string

// The flavours.
const (
	Open      Flavour = "nginx"     // nginx itself, as its sources are published
	Plus      Flavour = "plus"      // NGINX Plus, F5's commercial build
	OpenResty Flavour = "openresty" // nginx with patches, LuaJIT and modules
	Angie     Flavour = "angie"     // a fork with further modules
	Tengine   Flavour = "tengine"   // a fork by Taobao
	Freenginx Flavour = "freenginx" // a fork by a former developer of nginx
)

// Flavours returns all flavours, nginx itself first. The slice is the caller's own.
func Flavours() []Flavour {
	return []Flavour{Open, Plus, OpenResty, Angie, Tengine, Freenginx}
}

// Relatives returns all flavours but nginx itself. The slice is the caller's own.
func Relatives() []Flavour { return Flavours()[1:] }

// IsRelative reports whether the flavour is known to be another one than nginx
// itself: it may have directives, places, forms and values that nginx has not.
func (f Flavour) IsRelative() bool { return slices.Contains(Relatives(), f) }

// OwnReleases reports whether the flavour numbers its releases on its own, so
// that a number says nothing about which release of nginx it is like.
func (f Flavour) OwnReleases() bool {
	return f == Angie || f == Tengine || f == Freenginx
}
