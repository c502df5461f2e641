package rules

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// sentHeaders is what rules ask about the headers that a proxy_pass is told to
// send: the last setting of each.
type sentHeaders struct {
	// at is the level that supplies them, nil where nothing sets any.
	at                  *model.Scope
	upgrade, connection model.Header
	// named says that the names of all of them are known.
	named bool
	// tells says that one tells of the client, hosts that one tells what it asked
	// for.
	tells, hosts bool
	// overrides says that there are others further out, which are lost.
	overrides bool
	// plain is the Connection header of requests without an upgrade, where it is
	// known apart from what may be out of view.
	plain      connectionSent
	plainKnown bool
}

// sentTable holds the headers of all proxy_pass of http by their positions.
type sentTable []*sentHeaders

// sentKey is the key of [headersSent] among what rules share.
type sentKey struct{}

// headersSent goes through the headers of all proxy_pass, once for all rules.
func headersSent(p *lint.Pass) sentTable {
	return p.Shared(sentKey{}, func() any {
		table := make(sentTable, len(p.Config.Proxies))
		byLevel := make([]*sentHeaders, len(p.Config.Scopes))
		maps := plainMaps(p)
		none := newSentHeaders(p, nil, maps)
		for i, x := range p.Config.Proxies {
			if x.Kind != model.HTTPProxy {
				continue
			}
			at := x.Scope.ArrayScope(x.HeaderDirective())
			if at == nil {
				table[i] = none
				continue
			}
			if byLevel[at.Position()] == nil {
				byLevel[at.Position()] = newSentHeaders(p, at, maps)
			}
			table[i] = byLevel[at.Position()]
		}
		return table
	}).(sentTable)
}

// of are the headers of a proxy_pass of http.
func (t sentTable) of(x *model.Proxy) *sentHeaders { return t[x.Position()] }

// newSentHeaders reads those of a level, nil for none; maps are [plainMaps].
func newSentHeaders(p *lint.Pass, at *model.Scope, maps map[string]*conf.Node) *sentHeaders {
	s := &sentHeaders{at: at, named: true, plainKnown: true}
	if at != nil {
		s.overrides = at.Parent != nil && at.Parent.ArrayScope("proxy_set_header") != nil
		for n := range at.All("proxy_set_header") {
			if len(n.Args) == 0 || n.Args[0].Unknown {
				s.named, s.plainKnown = false, s.plainKnown && !n.Unknown()
			}
			s.note(model.Header{Name: n.Arg(0), Value: n.Arg(1), Node: n})
		}
	}
	if s.plainKnown {
		s.plain, s.plainKnown = plainConnection(p, s.connection, maps)
	}
	return s
}

// note looks at one header.
func (s *sentHeaders) note(h model.Header) {
	switch len(h.Name) { // to compare but a few
	case len("Host"):
		s.hosts = s.hosts || strings.EqualFold(h.Name, "Host")
	case len("Upgrade"):
		if strings.EqualFold(h.Name, "Upgrade") && !h.IsVain(s.upgrade) {
			s.upgrade = h
		}
	case len("Forwarded"):
		s.tells = s.tells || strings.EqualFold(h.Name, "X-Real-IP")
		s.hosts = s.hosts || strings.EqualFold(h.Name, "Forwarded")
	case len("Connection"):
		if strings.EqualFold(h.Name, "Connection") && !h.IsVain(s.connection) {
			two := s.connection.Value != "" && s.connection.Value != h.Value // both are sent
			s.connection = h
			s.plainKnown = s.plainKnown && !two && !h.Node.Unknown()
		}
	case len("X-Forwarded-For"):
		s.tells = s.tells || strings.EqualFold(h.Name, "X-Forwarded-For")
	case len("X-Forwarded-Host"):
		s.hosts = s.hosts || strings.EqualFold(h.Name, "X-Forwarded-Host")
	case len("X-Forwarded-Proto"):
		s.tells = s.tells || strings.EqualFold(h.Name, "X-Forwarded-Proto")
	}
}

// known reports whether all headers that a pass is told to send are in view.
func (s *sentHeaders) known(p *lint.Pass, x *model.Proxy) bool {
	return s.named && arrayKnown(p, x.Scope, model.Value{Scope: s.at})
}

// plainConnection is the Connection header that a pass sends along with plain
// requests; it is not ok where that is not known.
func (s *sentHeaders) plainConnection(p *lint.Pass, x *model.Proxy) (c connectionSent, ok bool) {
	return s.plain, s.plainKnown && arrayKnown(p, x.Scope, model.Value{Scope: s.at})
}
