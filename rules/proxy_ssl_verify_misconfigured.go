package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-ssl-verify-misconfigured",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "an upstream's certificate is verified without an authority to verify it by",
		Why: `With "proxy_ssl_verify on" nginx needs the authorities that it trusts in "proxy_ssl_trusted_certificate"; it does not take the system's by itself, and does not start without. The same goes for the twins of gRPC, uwsgi and stream.

It looks in locations that pass with TLS ("https://", "grpcs://", "suwsgi://") or to an address with variables, and in servers of stream with "proxy_ssl on".`,
		Log: `[emerg] no proxy_ssl_trusted_certificate for proxy_ssl_verify`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_ssl_verify on;
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
            proxy_ssl_trusted_certificate ca.crt;
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 2;
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_pass https://192.0.2.10;
        }
    }
}
`,
		Silent: `Passes without TLS. What may be out of view.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_trusted_certificate"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.UsesSetting("ssl_verify") {
			return
		}
		reported := map[*conf.Directive]bool{}
		for place := range upstreamTLSPlaces(c) {
			verify := place.scope.Effective(place.prefix + "_ssl_verify")
			trusted := place.scope.Effective(place.prefix + "_ssl_trusted_certificate")
			on, ok := verify.Flag()
			if !verify.Set() || !ok || !on || trusted.Set() && trusted.Arg(0) != "" || trusted.Template() || reported[verify.Node.Directive] {
				continue
			}
			if !scalarKnown(p, place.scope, verify) || !nothingElse(p, place.scope, trusted.Scope, false) {
				continue
			}
			// ngx_http_proxy_set_ssl, src/http/modules/ngx_http_proxy_module.c
			reported[verify.Node.Directive] = true
			f := lint.Finding{
				Message: fmt.Sprintf("no %[1]s_ssl_trusted_certificate for %[1]s_ssl_verify", place.prefix),
				Help:    fmt.Sprintf(`set "%s_ssl_trusted_certificate" to the authority of the upstream, or to the system's (on Debian and Alpine /etc/ssl/certs/ca-certificates.crt)`, place.prefix),
			}
			relate(&f, "TLS to the upstream", lint.At(place.node))
			reportStart(p, verify.Node, f)
		}
	},
})
