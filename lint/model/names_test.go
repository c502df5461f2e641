package model_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	c := build(t, inHTTP(`server { location / { proxy_pass http://127.0.0.1:1; } proxy_send_timeout 2s; "" x; } proxy_read_timeout 1s;`))
	for name, used := range map[string]bool{
		"http": true, "location": true, "proxy_send_timeout": true, "proxy_read_timeout": true, "proxy_buffering": false, "": false,
	} {
		if c.Uses(name) != used || (c.Number(name) != 0) != used {
			t.Errorf("%q: used %v, want %v", name, c.Uses(name), used)
		}
	}
	if !c.Uses("proxy_buffering", "server") || c.Uses("proxy_buffering", "gzip") || c.Uses() {
		t.Error("one of several names is not told from none")
	}
	if !c.UsesSetting("buffers", "send_timeout") || c.UsesSetting("buffers", "next_upstream") {
		t.Error("settings of passes are not found, or others are")
	}
	at := location(t, c, "/")
	if got := at.Effective("proxy_read_timeout").Arg(0) + at.Effective("proxy_send_timeout").Arg(0); got != "1s2s" {
		t.Errorf("what stands behind a block is not in effect in it: %q", got)
	}
	for _, s := range c.Scopes {
		for i, h := range s.Heads() {
			n := &s.Node.Children[i]
			if c.Names()[h.Name] != n.Name || int(h.Args) != len(n.Args) || h.Block != n.IsBlock || h.Unknown != n.Unknown() || h.Dollar != n.Dollar() {
				t.Errorf("head of %q: %+v", n.Text(), h)
			}
		}
	}
}

// Names that share all that is looked at first are still told apart, however
// many there are.
func TestManyNames(t *testing.T) {
	const n = 20_000
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a_prefix_%06d_between_two_long_ends_0123456789 %d;\n", i, i)
	}
	c := build(t, inHTTP(b.String()+strings.Repeat("x 1;\n", 300)+"server { }"))
	for i := range n {
		name := fmt.Sprintf("a_prefix_%06d_between_two_long_ends_0123456789", i)
		if got := c.Servers[0].Scope.Effective(name).Arg(0); got != fmt.Sprint(i) {
			t.Fatalf("%s = %q", name, got)
		}
	}
	if c.Uses("a_prefix_020000_between_two_long_ends_0123456789") {
		t.Error("a name that is not there is used")
	}
}
