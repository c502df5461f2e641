package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "ssl-ciphers-unknown",
	Severity: lint.Error,
	Category: lint.Startup,
	// These may be built with a TLS library that has further ciphers.
	Except: []nginx.Flavour{nginx.Angie, nginx.Tengine},
	Doc: lint.Doc{
		Summary: "a list of ciphers that can hold no cipher",
		Why:     `The value of "ssl_ciphers" and its relatives goes to the TLS library, which refuses a list without a single cipher that it knows; then nginx does not start. The names of ciphers, and of groups such as HIGH, are in capitals: "on", "yes" or "default" is none.`,
		Log:     `[emerg] SSL_CTX_set_cipher_list("default") failed (SSL: error:0A0000B9:SSL routines::no cipher match)`,
		Bad: `events {}
http {
    server {
        listen 8443 ssl;
        ssl_certificate a.example.crt;
        ssl_certificate_key a.example.key;
        ssl_ciphers default;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8443 ssl;
        ssl_certificate a.example.crt;
        ssl_certificate_key a.example.key;
        ssl_ciphers HIGH:!aNULL;
    }
}
`,
		Silent: `Lists with any capital letter: which ciphers there are depends on the TLS library. Servers without a certificate, and passes without TLS, for which nginx does not look at the list.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_ciphers"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Uses("ssl_ciphers") && !c.UsesSetting("ssl_ciphers") {
			return
		}
		reported := map[*conf.Directive]bool{}
		for _, srv := range c.Servers {
			if srv.Stream && !p.Config.Version.AtLeast(streamSNI) && !asksForTLS(srv) {
				continue
			}
			if has, _ := hasCertificate(p, srv.Scope); has {
				checkCiphers(p, srv.Scope, "ssl_ciphers", reported)
			}
		}
		for place := range upstreamTLSPlaces(c) {
			checkCiphers(p, place.scope, place.prefix+"_ssl_ciphers", reported)
		}
	},
})

// checkCiphers looks at the ciphers in effect at a level (ngx_ssl_ciphers,
// src/event/ngx_event_openssl.c).
func checkCiphers(p *lint.Pass, s *model.Scope, name string, reported map[*conf.Directive]bool) {
	v := s.Effective(name)
	if !v.Set() || v.Template() || len(v.Node.Args) != 1 || reported[v.Node.Directive] || !scalarKnown(p, s, v) {
		return
	}
	list := v.Arg(0)
	if list == "" || strings.ContainsFunc(list, func(r rune) bool { return 'A' <= r && r <= 'Z' || r == '@' }) {
		return
	}
	reported[v.Node.Directive] = true
	reportStart(p, v.Node, lint.Finding{
		Place:   lint.AtArg(v.Node, 0),
		Message: fmt.Sprintf(`SSL_CTX_set_cipher_list("%s") failed: no cipher match`, list),
		Help:    `leave it out for the library's own choice, or write names such as "HIGH:!aNULL"`,
	})
}
