package lint

import (
	"sync"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Grammar is what the facts about nginx's directives tell the parser.
func Grammar() conf.Grammar { return grammar{} }

type grammar struct{}

// Shape implements [conf.Grammar]: the widest shape over all contexts and releases.
func (grammar) Shape(name string) conf.Shape {
	var s conf.Shape
	for _, d := range nginx.Lookup(name) {
		n := d.MaxArgs()
		if !s.Known {
			s.MaxArgs = n
		}
		s.Known = true
		if n < 0 || s.MaxArgs < 0 {
			s.MaxArgs = -1
		} else {
			s.MaxArgs = max(s.MaxArgs, n)
		}
		if d.Block {
			s.Block = true
		} else {
			s.Simple = true
		}
	}
	s.Opaque = nginx.Opaque(name)
	return s
}

// Forbidden implements [conf.Grammar].
func (grammar) Forbidden(child, parent string) bool {
	inside := nginx.Main
	if parent != "" {
		if inside = insideOf(parent); inside == 0 {
			return false
		}
	}
	entries := nginx.Lookup(child)
	for _, d := range entries {
		if d.Contexts.Has(inside) {
			return false
		}
	}
	return len(entries) > 0
}

// insideOf is every context that the body of a block of that name can be.
func insideOf(block string) nginx.Context {
	if nginx.Opaque(block) {
		return 0
	}
	return blockContexts()[block]
}

var blockContexts = sync.OnceValue(func() map[string]nginx.Context {
	out := map[string]nginx.Context{}
	for _, name := range nginx.Names() {
		for _, d := range nginx.Lookup(name) {
			for c := nginx.Main; d.Block && c <= nginx.MailServer; c <<= 1 {
				if d.Contexts.Has(c) {
					out[name] |= c.Child(name)
				}
			}
		}
	}
	return out
})
