package rules

import (
	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "ssl-client-certificate-missing",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "client certificates are verified without an authority to verify them by",
		Why:     `With "ssl_verify_client on" or "optional" nginx needs the authorities that it trusts, in "ssl_client_certificate" or, since 1.27.1, in "ssl_trusted_certificate", and does not start without. It looks in every server that has a certificate.`,
		Log:     `[emerg] no ssl_client_certificate for ssl_verify_client`,
		Bad: `events {}
http {
    server {
        listen 8443 ssl;
        ssl_certificate a.example.crt;
        ssl_certificate_key a.example.key;
        ssl_verify_client on;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8443 ssl;
        ssl_certificate a.example.crt;
        ssl_certificate_key a.example.key;
        ssl_client_certificate clients.crt;
        ssl_verify_client on;
    }
}
`,
		Silent: `"optional_no_ca", which verifies nothing. Servers without a certificate. What may be out of view.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_verify_client"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Uses("ssl_verify_client") {
			return
		}
		reported := map[*conf.Directive]bool{}
		for _, srv := range c.Servers {
			verify := srv.Scope.Effective("ssl_verify_client")
			if !verify.Set() || reported[verify.Node.Directive] || !verifiesClients(p, srv, verify) {
				continue
			}
			reported[verify.Node.Directive] = true
			f := lint.Finding{Message: "no ssl_client_certificate for ssl_verify_client", Help: `add "ssl_client_certificate"`}
			if p.Config.Version.AtLeast(trustedForClients) {
				f.Message = "no ssl_client_certificate or ssl_trusted_certificate for ssl_verify_client"
			}
			reportStart(p, verify.Node, f)
		}
	},
})

// verifiesClients reports whether a server verifies clients without an authority
// (ngx_http_ssl_merge_srv_conf, src/http/modules/ngx_http_ssl_module.c).
func verifiesClients(p *lint.Pass, srv *model.Server, verify model.Value) bool {
	mode := verify.Arg(0)
	if verify.Unknown() || mode != "on" && mode != "optional" || !scalarKnown(p, srv.Scope, verify) {
		return false
	}
	if srv.Stream && !p.Config.Version.AtLeast(streamSNI) && !asksForTLS(srv) {
		return false
	}
	if has, _ := hasCertificate(p, srv.Scope); !has || !nothingElse(p, srv.Scope, nil, false) {
		return false
	}
	clients := srv.Scope.Effective("ssl_client_certificate")
	trusted := srv.Scope.Effective("ssl_trusted_certificate")
	older := p.Config.Version.Before(trustedForClients)
	return (!clients.Set() || clients.Arg(0) == "") && (older || !trusted.Set() || trusted.Arg(0) == "")
}
