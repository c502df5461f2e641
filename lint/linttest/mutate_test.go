package linttest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

func testMutator(t *testing.T, number uint64) *Mutator {
	t.Helper()
	m, err := NewMutator([]Seed{{"seed", oracleSeed}}, nginx.V(1, 22, 1), number)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMutationsAreRepeatable(t *testing.T) {
	few, many := testMutator(t, 1).Trials(0, 50), testMutator(t, 1).Trials(0, 300)
	if !slices.Equal(few, many[:50]) {
		t.Error("more mutations are other mutations")
	}
	if slices.Equal(many, testMutator(t, 2).Trials(0, 300)) {
		t.Error("another number makes the same mutations")
	}
	texts := map[string]bool{oracleSeed: true}
	for _, tr := range many {
		if tr.What == "" || tr.Text == oracleSeed {
			t.Errorf("nothing was changed: %q", tr.What)
		}
		texts[tr.Text] = true
	}
	if len(many) != 300 || len(texts) < 250 {
		t.Errorf("%d mutations, %d different ones", len(many), len(texts))
	}
}

func TestEveryOperatorApplies(t *testing.T) {
	m := testMutator(t, 1)
	f, err := conf.Parse("seed", []byte(oracleSeed), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range operators() {
		applied := 0
		for n := range uint64(200) {
			c := &mutation{Rand: rand.New(rand.NewPCG(1, n)), m: m, text: oracleSeed, file: f, places: places(f)}
			if o.change(c) && c.what != "" && apply(oracleSeed, c.edits) != oracleSeed {
				applied++
			}
		}
		if applied < 10 {
			t.Errorf("operator %d applies %d times of 200", i, applied)
		}
	}
}

func TestOnlyLoopbackIsListenedTo(t *testing.T) {
	for listen, want := range map[string]bool{
		"127.0.0.1:8080": true, "127.9.9.9:80": true, "[::1]:80": true, "localhost:80": true, "unix:x.sock": true, "127.0.0.1:99999": true,
		"80": false, "*:8080": false, "0.0.0.0:80": false, "[::]:80": false, "10.0.0.1:80": false, "unix:/run/x.sock": false, "example.com:80": false,
	} {
		text := "http { server { listen " + listen + "; } } stream { server { listen " + listen + "; } }"
		if got := staysLocal(text); got != want {
			t.Errorf("%s: got %t", listen, got)
		}
		if moved := localize(text); !staysLocal(moved) {
			t.Errorf("%s: moved to %s", listen, moved)
		}
	}
	if staysLocal("http { server { } }") || !staysLocal("mail { server { } }") || !staysLocal(localize("http { server { } }")) {
		t.Error("servers without listen")
	}
}
