package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "proxy-ssl-verify-depth",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a certificate chain that may be longer than nginx follows it",
		Why: `"proxy_ssl_verify_depth" is how many intermediate authorities may stand between the upstream's certificate and one that nginx trusts. The default is 1, for all protocols. Where an organisation has a root, an authority below it for policy and one below that for issuing, it is one too few: nginx refuses the certificate, and every request is answered with 502, although curl and browsers take it. With 0 only certificates that a trusted authority has issued itself are accepted.

The message in the log does not speak of the length where nginx runs with OpenSSL 3; there it looks as if an authority were missing.`,
		Log: `[error] upstream SSL certificate verify error: (20:unable to get local issuer certificate) while SSL handshaking to upstream`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_ssl_verify on;
            proxy_ssl_trusted_certificate company-ca.crt;
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
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 3;
            proxy_ssl_trusted_certificate company-ca.crt;
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_pass https://192.0.2.10;
        }
    }
}
`,
		Silent: `A depth that is written, unless it is 0. The list of authorities that a system comes with: public authorities nearly always issue through one intermediate.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify_depth",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_ssl_verify_depth",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		var shallow []checkedTLS
		for _, c := range checkedPasses(p) {
			if c.shallow(p) {
				shallow = append(shallow, c)
			}
		}
		if len(shallow) > 0 {
			reportShallow(p, shallow)
		}
	},
})

// shallow reports whether nobody has thought of the depth, or it is 0.
func (c *checkedTLS) shallow(p *lint.Pass) bool {
	depth := c.proxy.Effective("ssl_verify_depth")
	if depth.Template() || !scalarKnown(p, c.proxy.Scope, depth) || !c.authorities.Set() || c.authorities.Template() {
		return false
	}
	if publicAuthorities(c.authorities.Arg(0)) {
		return false
	}
	n, ok := nginx.ParseNumber(depth.Arg(0))
	return !depth.Set() || ok && n == 0
}

// reportShallow reports the passes whose chains may be too long.
func reportShallow(p *lint.Pass, uses []checkedTLS) {
	first := uses[0]
	depth := first.proxy.Effective("ssl_verify_depth")
	f := lint.Finding{}
	outcome := failing(p, "every %s", "502", first.proxy) +
		" (upstream SSL certificate verify error)"
	node := first.verify.Node
	if depth.Set() {
		node = depth.Node
		f.Message = fmt.Sprintf("nginx accepts no intermediate authority in the upstream's certificate chain; with one, %s", outcome)
	} else {
		f.Message = fmt.Sprintf("nginx accepts one intermediate authority in the upstream's certificate chain, the default of %q; with two, %s",
			first.proxy.Directive("ssl_verify_depth"), outcome)
	}
	f.Help = fmt.Sprintf(`write "%s 3;", or as many as the chain has`, first.proxy.Directive("ssl_verify_depth"))
	passes := make([]*model.Proxy, len(uses))
	for i, use := range uses {
		passes[i] = use.proxy
	}
	relate(&f, "for this upstream", passPlaces(passes)...)
	p.Report(node, f)
}
