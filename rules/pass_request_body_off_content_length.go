package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "pass-request-body-off-content-length",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "requests that announce a body and are passed on without it",
		Why: `"proxy_pass_request_body off" keeps the body of a request back and nothing else: the client's Content-Length is still sent. A server that reads the whole request before it answers waits for the rest, and after "proxy_read_timeout" nginx answers with 504. Requests without a body work. "proxy_method GET" and "proxy_pass_request_headers off" change nothing about it.

An empty value keeps nginx from sending the header: "proxy_set_header Content-Length "";". uwsgi_pass sends the length if a "uwsgi_param CONTENT_LENGTH" says so, as the one in the file uwsgi_params does; scgi_pass sends it always.`,
		Log: `[error] upstream timed out (110: Connection timed out) while reading response header from upstream, client: 192.0.2.1, server: example.com, request: "POST /log HTTP/1.1"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location /count {
            proxy_pass_request_body off;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location /count {
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `FastCGI, gRPC and "proxy_http_version 2", which mark the end of a body. Locations that "auth_request" asks: see auth-request-body-not-stripped. Those for "mirror", whose answers nobody gets. Locations that take no request with a body. Locations with "proxy_set_body", whose length is sent, and levels where more headers may be set out of view.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass_request_body",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.UsesSetting("pass_request_body") {
			return
		}
		var kept byKey[*conf.Directive, keptLength]
		for _, x := range c.Proxies {
			if x.Scope.ArrayScope(x.Directive("pass_request_body")) == nil {
				continue
			}
			off := x.Effective("pass_request_body")
			if on, ok := off.Flag(); on || !ok || !scalarKnown(p, x.Scope, off) || isAsked(p, x) || returnsFirst(x) || !takesAny(p, x, withBody) {
				continue
			}
			if l, found := keptLengthOf(p, x); found {
				kept.add(off.Node.Directive, l)
			}
		}
		for _, uses := range kept.all() {
			reportKeptLength(p, uses)
		}
	},
})

// isAsked reports whether nginx itself asks a location, or may, for auth_request or
// mirror.
func isAsked(p *lint.Pass, x *model.Proxy) bool {
	at := x.Scope.Location()
	return at == nil || mayAnswer(p, at, "auth_request") || mayBeMirror(p, x)
}

func reportKeptLength(p *lint.Pass, uses []keptLength) {
	l := uses[0]
	off := l.pass.Effective("pass_request_body").Node
	f := lint.Finding{
		Message: fmt.Sprintf("with \"%s off\" nginx still sends the client's Content-Length: a server that waits for the body is cut off, "+
			"and every %s is answered with %s (upstream timed out (110: Connection timed out) while reading response header from upstream)",
			off.Name, taken(p, l.pass, withBody), answeredWith(p, "504", l.pass)),
		Help: l.clearLength(),
	}
	passes := make([]*model.Proxy, len(uses))
	for i, use := range uses {
		passes[i] = use.pass
		if use.header != nil {
			relate(&f, "the length is sent by this", lint.At(use.header))
		}
	}
	relate(&f, "passed on here", passPlaces(passes)...)
	p.Report(off, f)
}
