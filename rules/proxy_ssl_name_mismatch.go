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
	ID:       "proxy-ssl-name-mismatch",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a TLS server name that is not the upstream's",
		Why: `With proxy_ssl_server_name on, nginx sends the upstream a server name (SNI): what proxy_ssl_name says, else the host as it is written in proxy_pass. For an upstream group that is the name of the group, a word that means nothing outside of this configuration. An upstream that knows no site of that name may refuse the handshake: 502. The same goes for grpc_*, uwsgi_* and, where the connection is closed, for stream.

The name that the client asked for, $host, is the upstream's name only if the upstream serves the same sites. And for an IP address nginx sends no name at all, whatever proxy_ssl_server_name says.`,
		Log: `[crit] SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream`,
		Bad: `events {}
http {
    upstream backend {
        server 10.0.0.1:443;
        server 10.0.0.2:443;
    }
    server {
        listen 8080;
        location / {
            proxy_pass https://backend;
            proxy_ssl_server_name on;
        }
    }
}
`,
		Good: `events {}
http {
    upstream backend {
        server 10.0.0.1:443;
        server 10.0.0.2:443;
    }
    server {
        listen 8080;
        location / {
            proxy_pass https://backend;
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
        }
    }
}
`,
		Silent: "Groups that are called as one of their servers, or by a name with a dot; the client's host for upstreams with an address or a private name, or with a name that the server itself has; ports in names, which nginx takes off. With proxy_ssl_verify on, the names that certificates are checked against: proxy-ssl-verify-name and proxy-ssl-verify-ip-literal speak of them.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_name",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_server_name",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_ssl_name",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var groups byKey[*model.Upstream, tlsName]
		var clients byKey[*conf.Directive, tlsName]
		var flags byKey[*conf.Directive, tlsName]
		checked := checkedByGroupName(p)
		for _, x := range c.Proxies {
			t, ok := tlsNameOf(x)
			if t.on {
				flags.add(sameStatement(t.flag.Node), t)
			}
			switch {
			case !ok || !t.on:
			case t.clientsName():
				clients.add(sameStatement(t.name.Node), t)
			case !t.written():
				for group := range x.Upstreams() {
					if !namedAsServer(group) && !checked.has(group) {
						groups.add(group, t)
					}
				}
			}
		}
		for group, uses := range groups.all() {
			reportGroupName(p, group, uses)
		}
		for _, uses := range clients.all() {
			reportClientsName(p, uses)
		}
		for _, uses := range flags.all() {
			reportAddressOnly(p, uses)
		}
	},
})

// namedAsServer reports whether a group's name can be that of a site: it has a
// dot, or is the host of one of its servers.
func namedAsServer(u *model.Upstream) bool {
	name := canonicalHost(u.Name)
	return u.Unknown || strings.Contains(name, ".") || slices.ContainsFunc(u.Peers, func(peer model.Peer) bool {
		return peer.Unknown || canonicalHost(peer.URL.Host) == name
	})
}

// reportGroupName reports all proxies that send a group's name.
func reportGroupName(p *lint.Pass, group *model.Upstream, uses []tlsName) {
	x := uses[0].proxy
	f := lint.Finding{
		Place: lint.AtArg(x.Pass, 0),
		Message: fmt.Sprintf("nginx sends %q, the name of the upstream group, as server name (SNI); a backend that knows no such site may refuse the handshake: %s (SSL_do_handshake() failed)",
			group.Name, badGateway(p, x)),
	}
	if mayBeSetElsewhere(p, x.Scope) {
		f.Severity = quieter(lint.Warning)
	}
	f.Help = nameOfCertificate(x, group)
	relate(&f, "the group", lint.At(group.Node))
	for _, use := range uses {
		relateSame(&f, "sends the group's name too", lint.AtArg(use.proxy.Pass, 0))
	}
	p.Report(x.Pass, f)
}

// nameOfCertificate says what to write for a group that has no name of its own.
func nameOfCertificate(x *model.Proxy, group *model.Upstream) string {
	if names := groupHosts(group); len(names) == 1 {
		return fmt.Sprintf(`write "%s %s;", or whatever name the backend's certificate has`, x.Directive("ssl_name"), names[0])
	}
	return fmt.Sprintf("set %q to the name that the backend's certificate has", x.Directive("ssl_name"))
}

// groupHosts are the different names of a group's servers.
func groupHosts(u *model.Upstream) []string {
	var names []string
	for i := range u.Peers {
		if host := canonicalHost(u.Peers[i].URL.Host); u.Peers[i].NeedsDNS() && isHostName(host) && !slices.Contains(names, host) {
			names = append(names, host)
		}
	}
	return names
}

// clientsName reports whether the name is the one that the client asked for.
func (t tlsName) clientsName() bool { return t.name.Set() && isClientsHost(t.name.Arg(0)) }

// isClientsHost reports whether a value is the host that the client asked for,
// with or without a port.
func isClientsHost(value string) bool {
	name, _, _ := strings.Cut(strings.NewReplacer("{", "", "}", "").Replace(value), ":")
	return name == "$host" || name == "$http_host"
}

// sendsClientsHost reports whether the request says the client's host too, as
// for an upstream that serves the same sites. Without a setting of its own the
// Host header is $proxy_host; uwsgi gets the client's headers.
func sendsClientsHost(x *model.Proxy) bool {
	if x.Kind == model.Uwsgi {
		return true
	}
	host, ok := x.Header("Host")
	return ok && (isClientsHost(host.Value) || host.Node.Unknown())
}

// reportClientsName reports proxies that send a public upstream the client's
// host under one *_ssl_name.
func reportClientsName(p *lint.Pass, uses []tlsName) {
	var f lint.Finding
	var node *conf.Node
	for _, use := range uses {
		host := use.foreignHost()
		switch {
		case host == "":
			continue
		case node != nil:
			relate(&f, fmt.Sprintf("for %q", host), lint.AtArg(use.proxy.Pass, 0))
			continue
		}
		node = use.name.Node
		f.Place = lint.AtArg(node, 0)
		f.Message = fmt.Sprintf("this %q makes nginx send %q the client's host as server name (SNI)", node.Name, host)
		if sendsClientsHost(use.proxy) {
			f.Severity = lint.Info
			f.Message += ": unless it serves the sites of this server, it may refuse the handshake: " + badGateway(p, use.proxy) + " (SSL_do_handshake() failed)"
		} else {
			f.Message += ", but not as Host: a backend that knows no such site may refuse the handshake: " + badGateway(p, use.proxy) + " (SSL_do_handshake() failed)"
		}
		f.Help = fmt.Sprintf(`leave %q out: nginx then sends the host of %q`, node.Name, use.proxy.Pass.Name)
		if use.proxy.Target.Upstream != nil {
			f.Help = fmt.Sprintf(`write "%s %s;"`, node.Name, host)
		}
		relate(&f, fmt.Sprintf("for %q", host), lint.AtArg(use.proxy.Pass, 0))
	}
	if node != nil {
		p.Report(node, f)
	}
}

// foreignHost is a public name of the upstream that is none of the server's
// own, or "".
func (t tlsName) foreignHost() string {
	for i := range t.proxy.Candidates {
		for _, host := range tlsHosts(&t.proxy.Candidates[i]) {
			own := t.proxy.Server != nil && slices.ContainsFunc(t.proxy.Server.Names, func(name string) bool { return canonicalHost(name) == host })
			if needOfServerName(host) >= lint.Warning && !own {
				return host
			}
		}
	}
	return ""
}

// reportAddressOnly reports a *_ssl_server_name that makes no proxy send a name:
// all of them pass to literal addresses. Where certificates are checked, that is the
// greater trouble, and another rule's.
func reportAddressOnly(p *lint.Pass, uses []tlsName) {
	if slices.ContainsFunc(uses, func(t tlsName) bool { return !t.addressOnly() || t.verifies() }) {
		return
	}
	first := uses[0]
	at := first.flag.Scope
	if at.Server == nil && !p.Config.Complete || at.Location() == nil && mayBeSetElsewhere(p, at) {
		return
	}
	x, node := first.proxy, first.flag.Node
	f := lint.Finding{
		Place: lint.At(node),
		Message: fmt.Sprintf("this %q sends no server name (SNI), since there is only the address %s; if the backend needs a name, it refuses the handshake: %s (SSL_do_handshake() failed)",
			node.Name, x.Candidates[0].Host(), badGateway(p, x)),
		Help: fmt.Sprintf("set %q to the name that the backend's certificate has", x.Directive("ssl_name")),
	}
	for _, use := range uses {
		relate(&f, "an address, no name", lint.AtArg(use.proxy.Pass, 0))
	}
	p.Report(node, f)
}

// addressOnly reports whether the proxy has no name to send.
func (t tlsName) addressOnly() bool {
	if _, known := t.proxy.TLS(); !known || t.name.Set() || !t.proxy.AllKnown || len(t.proxy.Candidates) == 0 {
		return false
	}
	return !slices.ContainsFunc(t.proxy.Candidates, func(t model.Target) bool { return !t.URL.Addr.IsValid() })
}
