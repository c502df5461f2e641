package rules

import (
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// textWalk goes through a level and those inside it in the order of the text.
type textWalk struct {
	// wanted holds by the numbers of names which directives to visit.
	wanted []bool
	visit  func(*model.Scope, *conf.Node)
	// other, which may be nil, is for the blocks that are no levels, after visit.
	other func(*conf.Node)
}

// newTextWalk is one for the directives of some names.
func newTextWalk(c *model.Config, want func(name string) bool, visit func(*model.Scope, *conf.Node)) *textWalk {
	w := &textWalk{wanted: make([]bool, len(c.Names())), visit: visit}
	for i, name := range c.Names() {
		w.wanted[i] = want(name)
	}
	return w
}

func (w *textWalk) through(s *model.Scope) {
	inside := s.Inside()
	for i, head := range s.Heads() {
		if !head.Block && !w.wanted[head.Name] {
			continue
		}
		n := &s.Node.Children[i]
		if w.wanted[head.Name] {
			w.visit(s, n)
		}
		switch {
		case len(inside) > 0 && inside[0].Node == n:
			w.through(inside[0])
			inside = inside[1+len(inside[0].Inside()):]
		case head.Block && w.other != nil:
			w.other(n)
		}
	}
}
