package rules

import (
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

// The category is not that of the start-up checks: those are what "nginx -t"
// refuses, and this it accepts.
var _ = add(&lint.Rule{
	ID:       "listen-conflict",
	Severity: lint.Error,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "sockets of one configuration that cannot be open at the same time",
		Why: `"nginx -t" takes an address that is in use for granted, since the nginx that is running already has it. So it accepts what nginx itself then cannot open, and only the start fails:

- the same address in http and in stream, or all addresses ("80") in one and one address ("127.0.0.1:80") in the other. Within http, or within stream, servers share an address; between the two they do not;
- "listen [::]:80 ipv6only=off", which takes IPv4 too, beside an IPv4 address with the same port;
- one address with options of its own (such as "bind") beside all addresses.

With "reuseport" on both sockets Linux opens both, and deals out the connections between them.`,
		Log: `[emerg] bind() to 0.0.0.0:8443 failed (98: Address already in use)`,
		Bad: `events {}
http {
    server {
        listen 8443;
    }
}
stream {
    server {
        listen 8443;
        proxy_pass 192.0.2.10:443;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8444;
    }
}
stream {
    server {
        listen 8443;
        proxy_pass 192.0.2.10:443;
    }
}
`,
		Silent: `UDP and QUIC beside TCP. Addresses with a host name, and what a template engine decides. Other programs on the machine.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#listen", "https://nginx.org/en/docs/stream/ngx_stream_core_module.html#listen"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		byPort := byKey[int, openedSocket]{}
		for _, s := range sockets(p).opened() {
			if s.listen.Node != nil && untemplated(s.server.Scope) {
				byPort.add(s.port, s)
			}
		}
		reported := map[*model.Listen]bool{}
		for _, opened := range byPort.all() {
			var before besideSockets
			for i, second := range opened {
				for _, j := range before.maybe(second, i) {
					if first := opened[j]; first.conflicts(second) && !reported[second.listen] {
						reported[second.listen] = true
						reportConflict(p, first, second)
					}
				}
				before.add(second, i)
			}
		}
	},
})

// besideSockets are sockets of one port, by their numbers. A port has few wildcard
// sockets, and may have thousands with an address of their own.
type besideSockets struct {
	wide []int
	same map[socketAddress][]int
}

func (b *besideSockets) add(s openedSocket, i int) {
	if s.addr.IsUnspecified() {
		b.wide = append(b.wide, i)
	}
	if b.same == nil {
		b.same = map[socketAddress][]int{}
	}
	b.same[s.onWire()] = append(b.same[s.onWire()], i)
}

// maybe are those among the first n that a socket can conflict with, in order.
func (b *besideSockets) maybe(s openedSocket, n int) []int {
	if s.addr.IsUnspecified() {
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		return all
	}
	near := slices.Concat(b.wide, b.same[s.onWire()])
	slices.Sort(near)
	return near
}

// onWire is the address without whose it is: http and stream share none.
func (s openedSocket) onWire() socketAddress {
	a := s.socketAddress
	a.stream = false
	return a
}

// conflicts reports whether Linux refuses to open one socket beside the other
// (ngx_open_listening_sockets, src/core/ngx_connection.c, opens and listens on
// one after the other).
func (s openedSocket) conflicts(o openedSocket) bool {
	if s.udp != o.udp || s.reuseport && o.reuseport {
		return false
	}
	if s.unix != "" || o.unix != "" {
		return s.unix == o.unix
	}
	if s.addr.Is4() == o.addr.Is4() {
		return s.addr == o.addr || s.addr.IsUnspecified() || o.addr.IsUnspecified()
	}
	return s.dual || o.dual
}

func reportConflict(p *lint.Pass, first, second openedSocket) {
	n := second.listen.Node
	f := lint.Finding{
		Place: lint.AtArg(n, 0),
		Message: fmt.Sprintf("nginx -t passes, but nginx cannot open this socket beside %s: bind() to %s failed (98: Address already in use)",
			first, second),
		Help: "give one of the two another port",
	}
	switch {
	case first.stream != second.stream:
		f.Message += "; http and stream share no addresses"
	case first.dual || second.dual:
		f.Help = `leave out "ipv6only=off", since each of the two families has its own listen`
	default:
		f.Help = `leave out the options of the one address, which nginx then serves through the other socket`
	}
	relate(&f, "the other socket", lint.At(first.listen.Node))
	reportStart(p, n, f)
}
