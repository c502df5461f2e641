package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-ssl-verify-off",
	Severity: lint.Info,
	Category: lint.Correctness,
	Pedantic: true,
	Doc: lint.Doc{
		Summary: "TLS to an upstream that could be anybody",
		Why: `By default nginx checks no certificate of an upstream: it takes one that is expired, self-signed or another site's. The connection is encrypted, but whoever can stand in the way can be its other end. "proxy_ssl_verify on" with "proxy_ssl_trusted_certificate" checks it; then nginx answers with 502 when something is wrong with it.

An upstream's certificate is therefore never the reason for a 502 while this is off.`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_pass https://192.0.2.10;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 2;
            proxy_ssl_trusted_certificate ca.crt;
            proxy_pass https://192.0.2.10;
        }
    }
}
`,
		Silent: `Unix sockets and this machine itself. Passes whose scheme is not known, or before which a "return" answers. What is out of view may turn it on.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_ssl_verify",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var unchecked []*model.Proxy
		for _, x := range c.Proxies {
			if on, known := x.TLS(); !on || !known || returnsFirst(x) || onlyNear(x, true) {
				continue
			}
			verify := x.Effective("ssl_verify")
			if on, ok := verify.Flag(); !on && ok && scalarKnown(p, x.Scope, verify) {
				unchecked = append(unchecked, x)
			}
		}
		if len(unchecked) == 0 {
			return
		}
		x := unchecked[0]
		f := lint.Finding{
			Place:   lint.AtArg(x.Pass, 0),
			Message: fmt.Sprintf("nginx takes any certificate from the upstream while %q is off, expired, self-signed or another site's", x.Directive("ssl_verify")),
			Help:    fmt.Sprintf("set %q, %q and %q", x.Directive("ssl_verify"), x.Directive("ssl_trusted_certificate"), x.Directive("ssl_name")),
		}
		relateSame(&f, "no certificate is checked here either", passPlaces(unchecked)...)
		p.Report(x.Pass, f)
	},
})
