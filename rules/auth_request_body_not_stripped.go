package rules

import (
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "auth-request-body-not-stripped",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "an auth_request that announces a body and sends none",
		Why: `A request that "auth_request" makes has the headers of the client's request and never its body. With "proxy_pass" and the client's Content-Length, the service that is asked is told of a body that does not come. If it waits for one, as most do that read a request before they answer it, nginx gives up after "proxy_read_timeout" and answers the client with 500: every POST, PUT and PATCH fails, while GET works.

"proxy_set_header Content-Length "";" is what helps, in the location that "auth_request" asks. "proxy_pass_request_body off" alone does not. A "uwsgi_param CONTENT_LENGTH $content_length" has the same effect, and so has the file uwsgi_params, which holds it.`,
		Log: `[error] auth request unexpected status: 504 while sending to client, client: 192.0.2.1, server: example.com, request: "POST /api HTTP/1.1"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            auth_request /check;
            proxy_pass http://192.0.2.10:8080;
        }
        location = /check {
            internal;
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_pass http://192.0.2.20:9000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            auth_request /check;
            proxy_pass http://192.0.2.10:8080;
        }
        location = /check {
            internal;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_pass http://192.0.2.20:9000;
        }
    }
}
`,
		Silent: `FastCGI, gRPC and "proxy_http_version 2", which mark the end of a body, and SCGI, where it depends on the release which length is sent. Locations with "proxy_set_body", and guarded ones that take no body ("limit_except GET" with "deny all", an "if" on $request_method). A Content-Length that is set to something of one's own, or twice. Locations of which it is not known whether "auth_request" asks them, and what may be set out of view.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_auth_request_module.html",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass_request_body",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var kept byKey[*conf.Directive, keptLength]
		asked := guards(p)
		if len(asked) == 0 {
			return
		}
		for _, x := range c.Proxies {
			at := x.Scope.Location()
			if at == nil || asked[at].node == nil || x.Kind == model.Scgi || returnsFirst(x) {
				continue
			}
			if l, found := keptLengthOf(p, x); found && takesBodies(p, asked[at].node) {
				kept.add(x.Pass.Directive, l)
			}
		}
		for _, uses := range kept.all() {
			l := uses[0]
			f := lint.Finding{
				Place: lint.AtArg(l.pass.Pass, 0),
				Message: "auth_request asks here with the client's Content-Length and without a body: if the service waits for the body of a POST, " +
					"nginx answers the client with " + pagedAnswer(p, asked[l.pass.Scope.Location()].at, "500") + " (auth request unexpected status: 504)",
				Help: l.clearLength(),
			}
			if l.header != nil {
				relate(&f, "the length is sent by this", lint.At(l.header))
			}
			for _, use := range uses[:min(len(uses), maxRelated)] {
				relate(&f, "asked by this", lint.At(asked[use.pass.Scope.Location()].node))
			}
			p.Report(l.pass.Pass, f)
		}
	},
})

// takesBodies reports whether requests with a body get as far as an auth_request:
// where it stands, nothing turns all methods that have one away.
func takesBodies(p *lint.Pass, ask *conf.Node) bool {
	return slices.ContainsFunc(withBody, func(method string) bool { return !turnsAway(p, ask.Parent, method) })
}
