package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "upstream-server-missing-port",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a server of an upstream group that gets port 80 for want of another",
		Why: `A "server" of a group in http without a port has port 80, whatever passes to the group: "https://" in front of a group's name says that nginx speaks TLS there, not that it goes to port 443. On port 80 nobody expects TLS. nginx answers 502 when the server sends plain text back or refuses the connection, and 504 when it goes on waiting.

FastCGI, uwsgi, SCGI and memcached have no port of their own either, and what they speak is no more expected on port 80.

Where the servers beside it all have one and the same other port, it was most likely forgotten at this one: its share of the requests fails, or is tried again elsewhere.`,
		Log: `[error] SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream, upstream: "https://192.0.2.10:80/"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10;
    }
    server {
        listen 8080;
        location / {
            proxy_pass https://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:443;
    }
    server {
        listen 8080;
        location / {
            proxy_pass https://app;
        }
    }
}
`,
		Silent: `Groups for plain HTTP, where port 80 is what it says, unless two or more servers whose names differ in numbers only have the same other port, and no other server of the group is a backup, a Unix socket or on the same machine. gRPC without TLS, which may be spoken on port 80. Names of Kubernetes services, whose port 80 may be anything behind it. Servers marked "down", and those with "service". A group that only some values of a variable name, or pass to with TLS. TLS on port 80 where this nginx itself listens so. In stream, where nginx does not start without a port. Servers that stand in for those that the code of "balancer_by_lua_block" chooses.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server"},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		if u.Stream || u.Unknown {
			return
		}
		bare := portless(u)
		if len(bare) == 0 {
			return
		}
		if x := portUser(p, u); x != nil {
			reportNoPort(p, u, bare, x)
			return
		}
		reportForgottenPort(p, u, bare)
	},
})

// portless are the servers of a group in service that have port 80 for want of
// another, without services of Kubernetes (ngx_http_upstream_server, src/http/ngx_http_upstream.c).
func portless(u *model.Upstream) []*model.Peer {
	var bare []*model.Peer
	for peer := range u.Active() {
		if peer.Unknown || peer.Err != nil || peer.URL.Unix != "" || peer.URL.HasPort || peer.Service != "" {
			continue
		}
		if !peer.URL.IsName() || !isKubernetesService(canonicalHost(peer.URL.Host)) {
			bare = append(bare, peer)
		}
	}
	return bare
}

// portUser is the first pass to a group that certainly speaks what nobody
// expects on port 80, or nil.
func portUser(p *lint.Pass, u *model.Upstream) *model.Proxy {
	for _, x := range u.Proxies {
		if !x.AllKnown || len(x.Candidates) != 1 {
			continue
		}
		if tls, known := x.TLS(); known && tls && !ownSocketsOf(p).ports[80].tls {
			return x
		}
		switch x.Kind {
		case model.FastCGI, model.Uwsgi, model.Scgi, model.Memcached:
			return x
		}
	}
	return nil
}

// reportNoPort reports servers to which a pass speaks TLS, or no HTTP, on port 80.
func reportNoPort(p *lint.Pass, u *model.Upstream, bare []*model.Peer, x *model.Proxy) {
	tls, _ := x.TLS()
	active := 0
	for range u.Active() {
		active++
	}
	f := lint.Finding{Place: lint.AtArg(bare[0].Node, 0)}
	language := protocolName(x.Kind)
	f.Help = "write the port that the server listens on"
	if tls {
		language = "TLS"
		f.Help = fmt.Sprintf("write the port that the server expects TLS on, such as %q", bare[0].URL.Host+":443")
	}
	speaks := fmt.Sprintf("has no port, so that nginx connects to port 80, and %q speaks %s there", x.Kind, language)
	switch {
	case len(bare) < active || mayHoldOthers(u):
		f.Message = fmt.Sprintf("%q %s: what is passed to this server fails", bare[0].URL.Host, speaks)
	case tls:
		f.Severity = lint.Error
		f.Message = fmt.Sprintf("%q %s: every request is answered with %s", bare[0].URL.Host, speaks,
			handshakeFails(p, "while SSL handshaking to upstream, or connect() failed", x))
	default:
		f.Message = fmt.Sprintf("%q %s, where an HTTP server or nobody listens: requests are answered with %s", bare[0].URL.Host, speaks, answeredWith(p, "502, 504 or 400", x))
	}
	relateBare(&f, bare)
	relate(&f, "passes there", lint.AtArg(x.Pass, 0))
	p.Report(bare[0].Node, f)
}

// protocolName is what a kind of proxy speaks, as messages call it.
func protocolName(k model.Kind) string {
	switch k {
	case model.HTTPProxy:
		return "HTTP"
	case model.FastCGI:
		return "FastCGI"
	case model.Scgi:
		return "SCGI"
	case model.Grpc:
		return "gRPC"
	}
	return k.Prefix()
}

// relateBare shows the further servers without a port.
func relateBare(f *lint.Finding, bare []*model.Peer) {
	for _, peer := range bare[1:min(len(bare), maxRelated+1)] {
		relateSame(f, "no port here too", lint.AtArg(peer.Node, 0))
	}
}

// reportForgottenPort reports servers for plain HTTP beside at least two with
// one and the same other port, and more of those, whose names differ from theirs
// in numbers only.
func reportForgottenPort(p *lint.Pass, u *model.Upstream, bare []*model.Peer) {
	port, with := 0, 0
	series := withoutDigits(bare[0].URL.Host)
	hosts := map[string]bool{}
	for peer := range u.Active() {
		switch {
		case peer.Unknown || peer.Err != nil || peer.URL.Unix != "" || peer.Backup || withoutDigits(peer.URL.Host) != series:
			return
		case hosts[canonicalHost(peer.URL.Host)]:
			return // one machine, on several ports
		case peer.URL.HasPort && port != 0 && peer.Port != port:
			return
		case peer.URL.HasPort:
			port = peer.Port
			with++
		}
		hosts[canonicalHost(peer.URL.Host)] = true
	}
	if with < 2 || with <= len(bare) || port == 80 || port == 443 || len(u.Proxies) == 0 {
		return
	}
	f := lint.Finding{
		Place: lint.AtArg(bare[0].Node, 0),
		Message: fmt.Sprintf("%q has no port, so that nginx connects to port 80, where the other servers of %q have port %d: unless it answers there too, what is passed to it fails (connect() failed)",
			bare[0].URL.Host, u.Name, port),
		Help: fmt.Sprintf("write \"%s:%d\"", bare[0].URL.Host, port),
	}
	relateBare(&f, bare)
	p.Report(bare[0].Node, f)
}

// withoutDigits is a host without its numbers: the same for app1 and app12, and
// for all IPv4 addresses.
func withoutDigits(host string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return -1
		}
		return r
	}, strings.ToLower(host))
}
