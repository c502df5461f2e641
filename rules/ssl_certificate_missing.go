package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "ssl-certificate-missing",
	Severity: lint.Error,
	Category: lint.Startup,
	// With their NTLS, a server has certificates of another kind.
	Except: []nginx.Flavour{nginx.Angie, nginx.Tengine},
	Doc: lint.Doc{
		Summary: `"listen ... ssl" without a certificate`,
		Why: `Whoever connects to an address with "ssl" or "quic" is answered by its default server until a name is known, so nginx does not start unless that server has an "ssl_certificate", of its own or from the http block. "ssl" counts for the address: it is enough that one of the servers there asks for it.

Since 1.19.4 the default server may have "ssl_reject_handshake on" instead; then every other server there needs a certificate or the same.

The same goes for the servers of mail with "ssl" or "starttls".`,
		Log: `[emerg] no "ssl_certificate" is defined for the "listen ... ssl" directive in /etc/nginx/nginx.conf:3`,
		Bad: `events {}
http {
    server {
        listen 8443 ssl;
        server_name a.example;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8443 ssl;
        server_name a.example;
        ssl_certificate a.example.crt;
        ssl_certificate_key a.example.key;
    }
}
`,
		Silent: `Fragments, and whatever else may have the certificate out of view. Servers that are not the default one of their address: they use its certificate.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate", "https://nginx.org/en/docs/http/configuring_https_servers.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		if s := sockets(p); s.all {
			checkAddressCertificates(p, s.uses)
		}
		checkOldSSL(p)
		checkMailCertificates(p)
	},
})

// checkAddressCertificates is ngx_http_ssl_init,
// src/http/modules/ngx_http_ssl_module.c, and ngx_stream_ssl_init.
func checkAddressCertificates(p *lint.Pass, uses []socketUse) {
	var addresses byKey[socketAddress, *socketUse]
	for i := range uses {
		addresses.add(uses[i].socketAddress, &uses[i])
	}
	reported := map[*model.Server]bool{}
	for _, there := range addresses.all() {
		standard, asks := there[0], (*model.Listen)(nil)
		chosen := false
		for _, use := range there {
			if use.listen.Default && !chosen {
				standard, chosen = use, true
			}
			if asks == nil && (use.listen.SSL || use.listen.QUIC) {
				asks = use.listen
			}
		}
		if asks == nil {
			continue
		}
		if has, _ := hasCertificate(p, standard.server.Scope); has {
			continue
		}
		candidates := []*socketUse{standard}
		if rejectsHandshakes(p, standard.server.Scope) {
			candidates = there
		}
		for _, use := range candidates {
			has, known := hasCertificate(p, use.server.Scope)
			if !has && known && !rejectsHandshakes(p, use.server.Scope) && !reported[use.server] {
				reported[use.server] = true
				reportNoCertificate(p, use, asks)
				break
			}
		}
	}
}

// reportNoCertificate reports the server that nginx blames for an address that
// asks for TLS.
func reportNoCertificate(p *lint.Pass, use *socketUse, asks *model.Listen) {
	mode := "ssl"
	if asks.QUIC {
		mode = "quic"
	}
	node := use.server.Node
	if use.listen.Node != nil {
		node = use.listen.Node
	}
	f := lint.Finding{
		Message: fmt.Sprintf(`no "ssl_certificate" is defined for the "listen ... %s" directive`, mode),
		Help:    `add "ssl_certificate" and "ssl_certificate_key" to this server, or leave "` + mode + `" out`,
	}
	if asks != use.listen {
		f.Message += fmt.Sprintf(": this server answers for %s too", use)
		relate(&f, "asks for it", lint.At(asks.Node))
	}
	reportStart(p, node, f)
}

// oldSSLLast is the last release with the directive "ssl".
var oldSSLLast = nginx.V(1, 25, 0)

// checkOldSSL is the part of ngx_http_ssl_merge_srv_conf, up to 1.25.0, about
// the directive "ssl on".
func checkOldSSL(p *lint.Pass) {
	if v := p.Config.Version; v.IsZero() || v.Compare(oldSSLLast) > 0 {
		return
	}
	reported := map[*conf.Directive]bool{}
	for _, srv := range p.Config.Servers {
		v := srv.Scope.Effective("ssl")
		if on, ok := v.Flag(); srv.Stream || !v.Set() || !ok || !on || reported[v.Node.Directive] {
			continue
		}
		if has, known := hasCertificate(p, srv.Scope); has || !known || rejectsHandshakes(p, srv.Scope) {
			continue
		}
		reported[v.Node.Directive] = true
		reportStart(p, v.Node, lint.Finding{
			Message: `no "ssl_certificate" is defined for the "ssl" directive`,
			Help:    `add "ssl_certificate" and "ssl_certificate_key"`,
		})
	}
}

// checkMailCertificates is ngx_mail_ssl_merge_conf, src/mail/ngx_mail_ssl_module.c.
func checkMailCertificates(p *lint.Pass) {
	for _, s := range p.Config.Scopes {
		if s.Context != nginx.MailServer {
			continue
		}
		node, mode := mailTLS(s)
		if node == nil {
			continue
		}
		for _, name := range []string{"ssl_certificate", "ssl_certificate_key"} {
			if s.Effective(name).Set() {
				continue
			}
			if nothingElse(p, s, nil, false) {
				reportStart(p, node, lint.Finding{
					Message: fmt.Sprintf(`no %q is defined for the "%s" directive`, name, mode),
					Help:    fmt.Sprintf("add %q to this server or to the mail block", name),
				})
			}
			break
		}
	}
}

// mailTLS is what asks for TLS in a server of mail, and how nginx calls it.
func mailTLS(s *model.Scope) (*conf.Node, string) {
	for n := range s.All("listen") {
		for i := 1; i < len(n.Args); i++ {
			if n.Arg(i) == "ssl" {
				return n, "listen ... ssl"
			}
		}
	}
	if v := s.Effective("starttls"); v.Set() && !v.Unknown() && v.Arg(0) != "off" {
		return v.Node, "starttls"
	}
	return nil, ""
}
