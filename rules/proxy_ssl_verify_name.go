package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-ssl-verify-name",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a certificate that must be for the name of an upstream group",
		Why: `With "proxy_ssl_verify on" nginx checks the upstream's certificate against the name in "proxy_ssl_name"; without one that is the host as it is written in "proxy_pass". For an upstream group it is the name of the group, and not those of its servers. A certificate for any other name is refused, and every request is answered with 502, whether or not the name is sent to the upstream. The same goes for gRPC, uwsgi and, where the connection is closed, for stream.

An authority of one's own may of course issue certificates for the name of the group. Where all servers of the group have names of the Internet it will not be so, and the finding is an error.`,
		Log: `[error] upstream SSL certificate does not match "backend" while SSL handshaking to upstream`,
		Bad: `events {}
http {
    upstream backend {
        server 192.0.2.10:443;
        server 192.0.2.11:443;
    }
    server {
        listen 8080;
        location / {
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 2;
            proxy_ssl_trusted_certificate ca.crt;
            proxy_pass https://backend;
        }
    }
}
`,
		Good: `events {}
http {
    upstream backend {
        server 192.0.2.10:443;
        server 192.0.2.11:443;
    }
    server {
        listen 8080;
        location / {
            proxy_ssl_verify on;
            proxy_ssl_verify_depth 2;
            proxy_ssl_trusted_certificate ca.crt;
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_pass https://backend;
        }
    }
}
`,
		Silent: `Groups that are called as one of their servers, or by a name with a dot. Where no authorities are set nginx does not start, which proxy-ssl-verify-misconfigured reports. What is out of view may set the name: findings are then one level quieter.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_verify",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_name",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_ssl_name",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for group, uses := range checkedByGroupName(p).all() {
			reportCheckedGroup(p, group, uses)
		}
	},
})

// reportCheckedGroup reports the passes that check certificates against a group's
// name (ngx_http_upstream_ssl_handshake, src/http/ngx_http_upstream.c;
// ngx_stream_proxy_ssl_handshake, src/stream/ngx_stream_proxy_module.c).
func reportCheckedGroup(p *lint.Pass, group *model.Upstream, uses []checkedTLS) {
	x := uses[0].proxy
	f := lint.Finding{
		Place: lint.AtArg(x.Pass, 0),
		Message: fmt.Sprintf("nginx checks the upstream's certificate against %q, the name of the group: with one for another name, %s (upstream SSL certificate does not match %q)",
			group.Name, failing(p, "every %s", "502", x), group.Name),
		Help:     nameOfCertificate(x, group),
		Severity: lint.Warning,
	}
	if onlyPublicNames(group) {
		f.Severity = lint.Error
	}
	if mayBeSetElsewhere(p, x.Scope) {
		f.Severity = quieter(f.Severity)
	}
	relate(&f, "the group", lint.At(group.Node))
	relate(&f, "the certificate is checked", lint.At(uses[0].verify.Node))
	passes := make([]*model.Proxy, len(uses))
	for i, use := range uses {
		passes[i] = use.proxy
	}
	relateSame(&f, "checked against the group's name too", passPlaces(passes)...)
	p.Report(x.Pass, f)
}

// onlyPublicNames reports whether all servers of a group that are in service have
// names of the Internet, for which alone certificates are issued to them.
func onlyPublicNames(group *model.Upstream) bool {
	found := false
	for peer := range group.Active() {
		if peer.Unknown || !peer.NeedsDNS() || needOfServerName(canonicalHost(peer.URL.Host)) < lint.Warning {
			return false
		}
		found = true
	}
	return found
}
