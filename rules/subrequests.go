package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// asker is a directive that has nginx make subrequests, and its level.
type asker struct {
	node *conf.Node
	at   *model.Scope
}

// subrequestsKey is the key of [subrequests] among what rules share: the directive.
type subrequestsKey string

// subrequests are the locations that answer subrequests of a directive with a URI or
// "off", such as auth_request.
func subrequests(p *lint.Pass, directive string) answerers {
	return p.Shared(subrequestsKey(directive), func() any { return findSubrequests(p.Config, directive) }).(answerers)
}

// answerers are the locations that answer subrequests.
type answerers struct {
	// by is, for those that certainly do, the first that asks them.
	by map[*model.Scope]asker
	// maybe are those that nginx likely picks, and may not.
	maybe map[*model.Scope]bool
}

// askers are, for the locations that answer subrequests of a directive, the first
// that asks them.
func askers(p *lint.Pass, directive string) map[*model.Scope]asker {
	return subrequests(p, directive).by
}

// mayAnswer reports whether a location answers subrequests of a directive, or may.
func mayAnswer(p *lint.Pass, at *model.Scope, directive string) bool {
	found := subrequests(p, directive)
	return found.by[at].node != nil || found.maybe[at]
}

// guards are, for the locations that auth_request asks, the first that does.
func guards(p *lint.Pass) map[*model.Scope]asker { return askers(p, "auth_request") }

// isMirror reports whether a pass is in a location that a "mirror" of its server
// asks: nobody waits for what comes back.
func isMirror(p *lint.Pass, x *model.Proxy) bool {
	return askers(p, "mirror")[x.Scope.Location()].node != nil
}

// mayBeMirror reports whether a pass is in such a location, or may be.
func mayBeMirror(p *lint.Pass, x *model.Proxy) bool {
	return mayAnswer(p, x.Scope.Location(), "mirror")
}

func findSubrequests(c *model.Config, directive string) answerers {
	type question struct {
		server *model.Server
		uri    string
	}
	out := answerers{map[*model.Scope]asker{}, map[*model.Scope]bool{}}
	known := map[question]bool{}
	for _, s := range c.Scopes {
		for ask := range s.All(directive) {
			if ask.Unknown() || ask.Arg(0) == "" || strings.EqualFold(ask.Arg(0), "off") {
				continue
			}
			servers := c.Servers // one in http is for all of them
			if s.Server != nil {
				servers = []*model.Server{s.Server}
			}
			for _, srv := range servers {
				q := question{srv, ask.Arg(0)}
				if srv.Stream || known[q] {
					continue
				}
				known[q] = true
				uri, _, _ := strings.Cut(q.uri, "?")
				switch m := srv.LocationFor(uri); {
				case m.Scope == srv.Scope:
				case m.Doubt != "":
					out.maybe[m.Scope] = true
				case out.by[m.Scope].node == nil:
					out.by[m.Scope] = asker{ask, s}
				}
			}
		}
	}
	return out
}

// keptLength is how a pass tells its upstream the length of a body that it does
// not send.
type keptLength struct {
	pass *model.Proxy
	// header is the *_param that does so, nil for what nginx does by itself.
	header *conf.Node
}

// keptLengthOf finds out whether the client's Content-Length is passed on. By
// default proxy_pass sends it (ngx_http_proxy_create_request,
// src/http/modules/ngx_http_proxy_module.c), and scgi_pass a length in any case
// (ngx_http_scgi_create_request); uwsgi_pass sends one if a uwsgi_param says so.
// FastCGI, gRPC and HTTP/2 mark the end of a body: servers do not wait for more.
func keptLengthOf(p *lint.Pass, x *model.Proxy) (l keptLength, found bool) {
	l.pass = x
	name := "Content-Length"
	switch x.Kind {
	case model.HTTPProxy:
		if body := x.Effective("set_body"); body.Set() || !scalarKnown(p, x.Scope, body) {
			return l, false // its length is sent
		}
		if version := x.Effective("http_version"); version.Unknown() || version.Arg(0) == "2" {
			return l, false
		}
	case model.Uwsgi:
		name = "CONTENT_LENGTH"
	case model.Scgi:
		return l, true
	default:
		return l, false
	}
	headers, _ := x.Headers()
	if !headersKnown(p, x) {
		return l, false
	}
	for h := range headers {
		if strings.EqualFold(h.Name, name) {
			if l.header != nil {
				return l, false // both are sent
			}
			l.header = h.Node
		}
	}
	if l.header == nil {
		return l, x.Kind == model.HTTPProxy
	}
	value := l.header.Arg(1)
	return l, value == "$content_length" || value == "$http_content_length"
}

// clearLength says what to write for the length not to be sent.
func (l keptLength) clearLength() string {
	switch l.pass.Kind {
	case model.Scgi:
		return `leave "scgi_pass_request_body off;" out: nginx sends the length whatever scgi_param says`
	case model.Uwsgi:
		return `send no CONTENT_LENGTH: leave that uwsgi_param out, and where it comes from a file, write the others that are needed here instead`
	}
	if _, at := l.pass.Headers(); at != nil && at != l.pass.Scope {
		return fmt.Sprintf(`write "proxy_set_header Content-Length \"\";" in this location, and beside it again those proxy_set_header of %s that it needs: a level with its own inherits none`, levelName(at))
	}
	return `write "proxy_set_header Content-Length \"\";"`
}

// levelName names a level by its block.
func levelName(s *model.Scope) string {
	if s.Context == 0 || s.Node == nil || s.Node.Directive == nil {
		return "the outer level"
	}
	if pattern := s.Pattern(); pattern != "" {
		return fmt.Sprintf("the location %q", pattern)
	}
	return fmt.Sprintf("the %q block", s.Name())
}
