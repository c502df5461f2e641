package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "http2-upstream-header-limit",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Unproved: "it takes nginx 1.31.3, which no distribution ships yet",
	Doc: lint.Doc{
		Summary: "gRPC or HTTP/2 with the default limit on response headers of nginx 1.31.3",
		Why: `The headers that a gRPC or HTTP/2 server sends have to fit into "grpc_buffer_size" ("proxy_buffer_size" with "proxy_http_version 2"), by default a page of memory, 4k on most machines. Up to nginx 1.31.2 it was their compressed form, as it comes over the connection, that had to (upstream sent too big header). From 1.31.3 on that size also limits the names and values themselves, taken together, those of trailers too. For a compressed value nginx reckons with the length that it may have, so that one of some 2,500 bytes may be too long already. What went through before is answered with 502 then: tokens and cookies, and with gRPC the details of an error (grpc-status-details-bin).

Nothing else depends on grpc_buffer_size: it may be as large as needed.`,
		Log: `[error] upstream sent too large http2 header value length: 4200 while reading response header from upstream, client: 192.0.2.1, server: example.com, request: "POST /app.Service/Call HTTP/2.0"`,
		Bad: `# nginx: 1.31.4
events {}
http {
    server {
        listen 8080;
        http2 on;
        location / {
            grpc_pass grpc://192.0.2.10:50051;
        }
    }
}
`,
		Good: `# nginx: 1.31.4
events {}
http {
    server {
        listen 8080;
        http2 on;
        location / {
            grpc_buffer_size 16k;
            grpc_pass grpc://192.0.2.10:50051;
        }
    }
}
`,
		Silent: "Unless the target is known to be nginx 1.31.3 or later. Sizes that are written: see proxy-buffer-size-small, which also speaks where a service for sign-in is behind the pass.",
		Links: []string{
			"https://nginx.org/en/CHANGES",
			"https://nginx.org/en/docs/http/ngx_http_grpc_module.html#grpc_buffer_size",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Version.AtLeast(limitsHTTP2Headers) {
			return
		}
		services := newSignIn(p)
		byKind := map[model.Kind][]*model.Proxy{}
		for _, x := range c.Proxies {
			size := x.Effective(headerBuffer)
			if passesHTTP2(x) && !size.Set() && scalarKnown(p, x.Scope, size) && services.evidence(x) == "" {
				byKind[x.Kind] = append(byKind[x.Kind], x)
			}
		}
		for _, kind := range []model.Kind{model.Grpc, model.HTTPProxy} {
			passes := byKind[kind]
			if len(passes) == 0 {
				continue
			}
			x := passes[0]
			f := lint.Finding{
				Place: lint.AtArg(x.Pass, 0),
				Message: fmt.Sprintf("since nginx 1.31.3 %q, by default a page of memory, limits the names and values of the headers that the upstream sends with HTTP/2, and not their compressed form alone: "+
					"where they are larger, nginx answers with %s (upstream sent too large http2 header value length)", x.Directive(headerBuffer), refusedWith(p, "502", passes...)),
				Help: largerHeaderBuffer(x, ampleHeader),
			}
			relateSame(&f, "here too", passPlaces(passes)...)
			p.Report(x.Pass, f)
		}
	},
})

// limitsHTTP2Headers is the release since which the header buffer's size limits
// what HTTP/2 upstreams send (header_limit in ngx_http_grpc_parse_fragment,
// src/http/modules/ngx_http_grpc_module.c, and its twin for proxy_pass).
var limitsHTTP2Headers = nginx.V(1, 31, 3)

// passesHTTP2 reports whether a pass certainly speaks HTTP/2.
func passesHTTP2(x *model.Proxy) bool {
	return x.Kind == model.Grpc || x.Kind == model.HTTPProxy && x.Effective("http_version").Arg(0) == "2"
}
