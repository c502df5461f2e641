package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-ssl-server-name-missing",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "TLS to a named upstream that is not told the name",
		Why: `Whoever serves several sites with TLS on one address goes by the server name (SNI) that the client sends in its first message. nginx as a client sends none unless proxy_ssl_server_name (grpc_ssl_server_name, uwsgi_ssl_server_name) is on, and it is off by default in every version. proxy_ssl_name alone does not change that, and neither does a Host header: both take effect after the handshake has begun.

Without the name, content delivery networks, ingress controllers and many other front ends refuse the handshake, and each request is answered with 502; in stream the connection is closed. Others answer with the certificate and the site that is their default.`,
		Log: `[error] SSL_do_handshake() failed (SSL: error:0A000410:SSL routines::sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream`,
		Bad: `events {}
http {
    resolver 10.0.0.2;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass https://$app;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 10.0.0.2;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass https://$app;
            proxy_ssl_server_name on;
        }
    }
}
`,
		Silent: `IP addresses, sockets and "localhost", groups of such, unless *_ssl_name is set; an empty *_ssl_name; targets whose scheme or host is not known. What is out of view, such as the http block around a fragment, may turn it on: findings are then one level quieter, unless a compose file shows that the rest is an nginx image's own.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name",
			"https://nginx.org/en/docs/http/ngx_http_grpc_module.html#grpc_ssl_server_name",
			"https://nginx.org/en/docs/http/ngx_http_uwsgi_module.html#uwsgi_ssl_server_name",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_ssl_server_name",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var missing byKey[namelessKey, nameless]
		for _, x := range c.Proxies {
			if t, ok := tlsNameOf(x); ok && !t.on {
				addNameless(&missing, t)
			}
		}
		for _, uses := range missing.all() {
			reportNameless(p, uses)
		}
	},
})

// nameless is a proxy that does not tell its upstream the name.
type nameless struct {
	tlsName
	severity lint.Severity
	host     string          // the name that needs it most, "" if only *_ssl_name gives one
	group    *model.Upstream // the host's group, or nil
}

// namelessKey tells causes apart: a *_ssl_name that is not sent, else a group,
// else a host.
type namelessKey struct {
	name  *conf.Directive
	group *model.Upstream
	host  string
}

// addNameless adds a proxy under its cause, once whatever values its variables
// have.
func addNameless(missing *byKey[namelessKey, nameless], t tlsName) {
	if t.written() && !t.sendable() {
		return
	}
	if t.written() {
		if use := (nameless{tlsName: t}); use.judgeWritten() {
			missing.add(namelessKey{name: sameStatement(t.name.Node)}, use)
		}
		return
	}
	use := nameless{tlsName: t}
	for i := range t.proxy.Candidates {
		target := &t.proxy.Candidates[i]
		for _, host := range tlsHosts(target) {
			if need := needOfServerName(host); need > use.severity {
				use.severity, use.host, use.group = need, host, target.Upstream
			}
		}
	}
	switch {
	case use.severity == 0:
	case use.group != nil:
		missing.add(namelessKey{group: use.group}, use)
	default:
		missing.add(namelessKey{host: use.host}, use)
	}
}

// judgeWritten judges a *_ssl_name that is not sent: its author wanted a name.
// For an address whose certificate is checked it may only have been for that.
func (u *nameless) judgeWritten() bool {
	u.severity = lint.Warning
	need := lint.Severity(0)
	if !u.name.Variable() {
		need = needOfServerName(canonicalHost(u.name.Arg(0)))
	}
	sockets := len(u.proxy.Candidates) > 0
	for i := range u.proxy.Candidates {
		t := &u.proxy.Candidates[i]
		for _, host := range tlsHosts(t) {
			need = max(need, needOfServerName(host))
			u.host = host
		}
		sockets = sockets && t.URL.Unix != ""
	}
	if need == lint.Error {
		u.severity = need
	}
	if u.host == "" && u.verifies() {
		u.severity = lint.Info
	}
	return !sockets
}

// reportNameless reports all proxies that one cause keeps from sending a name.
func reportNameless(p *lint.Pass, uses []nameless) {
	first := uses[0]
	for _, use := range uses {
		if use.severity > first.severity {
			first = use
		}
	}
	flag := first.proxy.Directive("ssl_server_name")
	f := lint.Finding{Place: lint.AtArg(first.proxy.Pass, 0), Severity: first.severity}
	outcome := failing(p, "every %s", "502", first.proxy) + " (SSL_do_handshake() failed)"
	node := first.proxy.Pass
	switch {
	case first.written():
		node = first.name.Node
		f.Place = lint.AtArg(node, 0)
		f.Message = fmt.Sprintf("nginx does not send the name %q of this %q as server name (SNI) while %q is off", first.name.Arg(0), node.Name, flag)
	case first.group != nil:
		f.Message = fmt.Sprintf("nginx sends no server name (SNI) to the servers of %q, such as %q, while %q is off", first.group.Name, first.host, flag)
	default:
		f.Message = fmt.Sprintf("nginx sends no server name (SNI) to %q while %q is off", first.host, flag)
	}
	if first.severity == lint.Error {
		f.Message += ", and this platform refuses TLS without one: " + outcome
	} else {
		f.Message += "; if the backend needs one, it refuses the handshake: " + outcome
	}
	f.Help = namelessHelp(first, flag)
	if mayBeSetElsewhere(p, first.proxy.Scope) && !first.flag.Set() {
		if f.Severity = quieter(f.Severity); f.Severity == 0 {
			return
		}
		f.Help += "; it may be on in a part of the configuration that is not in view"
	}
	if first.flag.Set() {
		relate(&f, "off here", lint.At(first.flag.Node))
	}
	for _, use := range uses {
		relateSame(&f, "no server name here either", lint.AtArg(use.proxy.Pass, 0))
	}
	p.Report(node, f)
}

// namelessHelp says what to write. The name of a group is only right as server
// name if it is that of its servers.
func namelessHelp(u nameless, flag string) string {
	help := fmt.Sprintf(`write "%s on;"`, flag)
	if !u.written() && u.group != nil && canonicalHost(u.group.Name) != u.host {
		return help + fmt.Sprintf(` and "%s %s;", or whatever name the backend's certificate has: nginx would send the group's name, %q`,
			u.proxy.Directive("ssl_name"), u.host, u.group.Name)
	}
	return help
}
