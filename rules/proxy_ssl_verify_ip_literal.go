package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-ssl-verify-ip-literal",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a certificate that is checked against an IP address",
		Why: `With "proxy_ssl_verify on" and an IP address in "proxy_pass", nginx looks for the address among the host names of the upstream's certificate. IP addresses that the certificate is for do not count, in any release: it compares names only. What can match is the common name, and that only if the certificate has no host names at all. Else it is refused, and every request is answered with 502.

So a certificate for "CN=192.0.2.10" passes, and one for an application's name with the address beside it does not, although browsers and curl take both. "proxy_ssl_name" says which name to look for.`,
		Log: `[error] upstream SSL certificate does not match "192.0.2.10" while SSL handshaking to upstream`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 2;
            proxy_ssl_trusted_certificate ca.crt;
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
            proxy_ssl_verify_depth 2;
            proxy_ssl_trusted_certificate ca.crt;
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_pass https://192.0.2.10;
        }
    }
}
`,
		Silent: `Addresses in upstream groups, where the name is the group's, see proxy-ssl-verify-name; Unix sockets; any proxy_ssl_name. What is out of view may set one.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_name",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		var checks byKey[*conf.Directive, checkedTLS]
		for _, c := range checkedPasses(p) {
			if _, ok := c.checkedAddress(); ok && scalarKnown(p, c.proxy.Scope, c.name) {
				checks.add(sameStatement(c.verify.Node), c)
			}
		}
		for _, uses := range checks.all() {
			reportCheckedAddresses(p, uses)
		}
	},
})

// checkedAddress is the IP address that is looked for among names
// (ngx_ssl_check_host, src/event/ngx_event_openssl.c, which calls
// X509_check_host).
func (c *checkedTLS) checkedAddress() (string, bool) {
	if c.written() || !c.proxy.AllKnown {
		return "", false
	}
	for i := range c.proxy.Candidates {
		if t := &c.proxy.Candidates[i]; t.Upstream == nil && t.Err == nil && t.URL.Addr.IsValid() {
			return t.Host(), true
		}
	}
	return "", false
}

// reportCheckedAddresses reports the passes to addresses for which one directive
// makes nginx check certificates.
func reportCheckedAddresses(p *lint.Pass, uses []checkedTLS) {
	x := uses[0].proxy
	host, _ := uses[0].checkedAddress()
	f := lint.Finding{
		Place: lint.AtArg(x.Pass, 0),
		Message: fmt.Sprintf("nginx looks for %q among the host names of the upstream's certificate, its IP addresses do not count: unless it has this common name and no host names at all, %s (upstream SSL certificate does not match %q)",
			host, failing(p, "every %s", "502", x), host),
		Help: fmt.Sprintf("set %q to a name that the certificate has", x.Directive("ssl_name")),
	}
	relate(&f, "the certificate is checked", lint.At(uses[0].verify.Node))
	passes := make([]*model.Proxy, len(uses))
	for i, use := range uses {
		passes[i] = use.proxy
	}
	relateSame(&f, "an address too", passPlaces(passes)...)
	p.Report(x.Pass, f)
}
