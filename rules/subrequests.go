package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// guardsKey is the key of [guards] among what rules share.
type guardsKey struct{}

// guards are, for the locations that auth_request asks, the first that does.
func guards(p *lint.Pass) map[*model.Scope]*conf.Node {
	return p.Shared(guardsKey{}, func() any { return authRequests(p.Config) }).(map[*model.Scope]*conf.Node)
}

// answeredWith is what clients get where a pass ends with a status: that, but 500
// where auth_request asks there, which understands no status but 2xx, 401 and 403
// (ngx_http_auth_request_handler, src/http/modules/ngx_http_auth_request_module.c).
func answeredWith(p *lint.Pass, x *model.Proxy, status string) string {
	if guards(p)[x.Scope.Location()] != nil {
		return "500, since auth_request gets " + status
	}
	return status
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
