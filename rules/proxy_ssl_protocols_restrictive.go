package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-ssl-protocols-restrictive",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a list of TLS versions that excludes upstreams of today",
		Why: `"proxy_ssl_protocols" is what nginx offers to the upstream. If the upstream takes none of it, the handshake fails and every request is answered with 502.

- Without TLSv1.2 and TLSv1.3 there is hardly an upstream left, and hardly a way to get there: unless its security level is lowered to 0, OpenSSL 3 fails with TLS 1.1 or older, whatever the upstream takes (no protocols available, or in OpenSSL 3.0 legacy sigalg disallowed). SSLv2 and SSLv3 are not even built in any more, which is an error.
- A list that ends with TLSv1.2, as many had to before 2017, keeps nginx from talking to an upstream that takes TLS 1.3 only. So did nginx's own default before 1.23.4.
- TLSv1.3 alone excludes all upstreams that are not up to date.

The same goes for gRPC, uwsgi and stream.`,
		Log: `[error] SSL_do_handshake() failed (SSL: error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70) while SSL handshaking to upstream`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_ssl_protocols TLSv1 TLSv1.1;
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
            proxy_ssl_protocols TLSv1.2 TLSv1.3;
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_pass https://192.0.2.10;
        }
    }
}
`,
		Silent: `Lists that no pass with TLS uses. Old versions together with ciphers of security level 0, or with proxy_ssl_conf_command, which are for an old upstream on purpose. The defaults of nginx.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_protocols",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_ssl_protocols",
			"https://docs.openssl.org/3.0/man7/migration_guide/",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.UsesSetting("ssl_protocols") {
			return
		}
		var lists byKey[*conf.Directive, *model.Proxy]
		for _, x := range c.Proxies {
			v := x.Effective("ssl_protocols")
			if !v.Set() || v.Template() || returnsFirst(x) || !scalarKnown(p, x.Scope, v) {
				continue
			}
			if on, known := x.TLS(); on && known {
				lists.add(v.Node.Directive, x)
			}
		}
		for _, passes := range lists.all() {
			reportProtocols(p, passes)
		}
	},
})

// reportProtocols judges a list of versions by the newest in it.
func reportProtocols(p *lint.Pass, passes []*model.Proxy) {
	v := passes[0].Effective("ssl_protocols")
	has := func(version string) bool {
		return slices.ContainsFunc(v.Args(), func(a string) bool { return strings.EqualFold(a, version) })
	}
	old := has("TLSv1") || has("TLSv1.1")
	ends := badGateway(p, passes...) + " (SSL_do_handshake() failed"
	f := lint.Finding{
		Severity: lint.Info,
		Help:     fmt.Sprintf(`write "%s TLSv1.2 TLSv1.3;", or leave it out for nginx's default`, v.Node.Name),
	}
	switch {
	case has("TLSv1.3") && (has("TLSv1.2") || old):
		return
	case has("TLSv1.3"):
		f.Message = fmt.Sprintf("an upstream that does not speak TLS 1.3 refuses the handshake: %s: tlsv1 alert protocol version)", ends)
	case has("TLSv1.2"):
		f.Message = fmt.Sprintf("an upstream that takes TLS 1.3 only refuses the handshake: %s: tlsv1 alert protocol version)", ends)
	case !old:
		f.Severity = lint.Error
		f.Message = fmt.Sprintf("OpenSSL comes without SSL 2 and SSL 3, and nginx cannot begin the handshake: %s: no protocols available)", ends)
	default:
		if slices.ContainsFunc(passes, allowsOldTLS) {
			return
		}
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("hardly an upstream takes TLS 1.1 or older, and nginx with OpenSSL 3 fails even with those that do: %s)", ends)
	}
	relate(&f, "for this upstream", passPlaces(passes)...)
	p.Report(v.Node, f)
}

// allowsOldTLS reports whether the ciphers of a pass lower the security level of
// OpenSSL, or may do so.
func allowsOldTLS(x *model.Proxy) bool {
	ciphers := x.Effective("ssl_ciphers")
	return ciphers.Template() || strings.Contains(ciphers.Arg(0), "@SECLEVEL=0") || x.Effective("ssl_conf_command").Set()
}
