package rules

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// kindSet is a set of protocols, a bit for each [model.Kind].
type kindSet uint16

func (k kindSet) has(kind model.Kind) bool { return k&(1<<kind) != 0 }

// passesIn is which protocols the passes at a level and inside it speak.
type passesIn struct {
	// kinds are all of them, tls those that speak TLS or may do so.
	kinds, tls kindSet
	// here are the kinds of the passes at this very level.
	here kindSet
	// passes are all of them in document order, a part of [model.Config]'s.
	passes []*model.Proxy
	first  int
}

// passTableKey is the key of [passTable] among what rules share.
type passTableKey struct{}

// levelPasses holds by the positions of levels which passes there are.
type levelPasses []passesIn

// at is what there is at a level; it is not found where there are none.
func (t levelPasses) at(s *model.Scope) (in passesIn, found bool) {
	in = t[s.Position()]
	return in, in.kinds != 0
}

// passTable tells for each level which passes there are, once for all rules.
func passTable(p *lint.Pass) levelPasses {
	return p.Shared(passTableKey{}, func() any {
		proxies := p.Config.Proxies
		table := make(levelPasses, len(p.Config.Scopes))
		for i, x := range proxies {
			bit := kindSet(1) << x.Kind
			on, known := x.TLS()
			for at := x.Scope; at != nil; at = at.Parent {
				in := &table[at.Position()]
				if in.kinds == 0 {
					in.first = i
				}
				in.kinds |= bit
				in.passes = proxies[in.first : i+1]
				if on || !known {
					in.tls |= bit
				}
				if at == x.Scope {
					in.here |= bit
				}
				if at.Context.Has(nginx.Server | nginx.StreamServer) {
					break
				}
			}
		}
		return table
	}).(levelPasses)
}

// namedPassesKey is the key of [namedPasses] among what rules share.
type namedPassesKey struct{}

// namedLocation is the name of a named location and its server.
type namedLocation struct {
	server *model.Server
	name   string
}

// namedPasses are the passes right in named locations, once for all rules.
func namedPasses(p *lint.Pass) map[namedLocation]*model.Proxy {
	return p.Shared(namedPassesKey{}, func() any {
		table := map[namedLocation]*model.Proxy{}
		for _, x := range p.Config.Proxies {
			if x.Scope.Modifier() == "@" {
				table[namedLocation{x.Server, x.Scope.Pattern()}] = x
			}
		}
		return table
	}).(map[namedLocation]*model.Proxy)
}

// namedFor is the kind of http pass whose settings begin like this name.
func namedFor(name string) (kind model.Kind, ok bool) {
	prefix, _, found := strings.Cut(name, "_")
	if !found {
		return 0, false
	}
	for k := model.HTTPProxy; k <= model.Memcached; k++ {
		if prefix == k.Prefix() {
			return k, true
		}
	}
	return 0, false
}

// isSettingOf reports whether a directive, named for a kind of http pass, is a
// setting of that module, and neither a *_pass nor another module's.
func isSettingOf(name string, kind model.Kind, at *model.Scope) bool {
	d := nginx.Find(name, at.Context)
	return d != nil && name != kind.String() && d.Module == "ngx_http_"+kind.Prefix()+"_module"
}

// inSnippet reports whether a directive is not written in the block that it
// takes effect in: it may have an effect in others, too.
func inSnippet(n *conf.Node, s *model.Scope) bool { return n.File != s.Node.File }

// settingsKnown reports whether all directives at a level and inside it are in
// view as nginx will read them.
func settingsKnown(p *lint.Pass, s *model.Scope) bool {
	if s.Node.Directive == nil || s.Node.File == nil || s.Node.Unknown() {
		return false
	}
	if p.Config.Complete {
		return true
	}
	for _, inner := range s.Inside() {
		if inner.Gaps&^model.GapHeaders != 0 {
			return false
		}
	}
	return s.Gaps&^model.GapHeaders == 0 && asWritten(s)
}

// onlyHere reports whether a directive takes effect at this level and nowhere
// out of view: a snippet may be included in other files, too.
func onlyHere(p *lint.Pass, n *conf.Node, s *model.Scope) bool {
	return n.Directive != nil && n.File != nil && (p.Config.Complete || !inSnippet(n, s))
}
