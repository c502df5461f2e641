package rules

import (
	"fmt"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "localhost-upstream",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "\"localhost\", which may be two addresses, as an upstream",
		Why: `On many machines "localhost" is both 127.0.0.1 and ::1. nginx takes every address of a name for a server of its own, so that one backend becomes a group of two.

A group of one address is never set aside, whatever fails. With two, each failed attempt sets an address aside for 10 seconds (max_fails and fail_timeout). If the backend listens on one of them only, the other is refused again and again, and one failure of the good one leaves nothing: 502 "no live upstreams" until the 10 seconds are over, for every location that passes to the same host and port, though the backend is long up again. One GET request that times out is enough, since it is tried on both.

Where nginx may not try again (proxy_next_upstream off, proxy_next_upstream_tries 1), each attempt on the wrong address is a 502 at once.`,
		Log: `[error] no live upstreams while connecting to upstream, client: 192.0.2.1, upstream: "http://localhost/"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://localhost:3000;
        }
        location /reports {
            proxy_pass http://localhost:3000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://127.0.0.1:3000;
        }
        location /reports {
            proxy_pass http://127.0.0.1:3000;
        }
    }
}
`,
		Silent: `Addresses with variables: "localhost" is then asked of the "resolver". Containers in which nothing but nginx runs: there is no backend on any address. Ports on which this nginx itself listens, on both addresses.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		// Where nginx is alone in its container and does not listen on the port
		// itself, the backend is on neither address: another rule says so.
		ports := portSet{unknown: true}
		if p.Deploy.Alone() {
			ports = listenedPorts(p)
		}
		var backends byKey[localKey, hostUse]
		for use := range writtenHosts(p) {
			if use.host == "localhost" && use.inService() && ports.has(use.port) && !listensOnBoth(p.Config, use.port) {
				backends.add(localKey{use.group, use.stream(), use.port}, use)
			}
		}
		reportLocalhost(p, &backends)
	},
})

// listensOnBoth reports whether servers of this configuration listen on a port of
// both 127.0.0.1 and ::1.
func listensOnBoth(c *model.Config, port int) bool {
	v4, v6 := false, false
	for _, server := range c.Servers {
		for i := range server.Listens {
			l := &server.Listens[i]
			addr := l.URL.Addr
			if l.Err != nil || l.Unknown || l.UDP || l.QUIC || !addr.IsValid() || port < l.Port || port > max(l.Port, l.LastPort) {
				continue
			}
			every := addr.IsUnspecified()
			v4 = v4 || addr.Is4() && (every || l.URL.IsLoopback()) || addr.Is6() && every && !l.IPv6Only
			v6 = v6 || addr.Is6() && (every || l.URL.IsLoopback())
		}
	}
	return v4 && v6
}

// localKey tells the groups of addresses apart that nginx makes of localhost:
// a written one, or the one that all passes to a port share.
type localKey struct {
	group  *model.Upstream
	stream bool
	port   int
}

// reportLocalhost makes one finding of all uses of localhost. The one that can
// take its backend down comes first.
func reportLocalhost(p *lint.Pass, backends *byKey[localKey, hostUse]) {
	var all []hostUse
	var danger string
	var first hostUse
	var setting *conf.Node
	for key, uses := range backends.all() {
		if danger == "" {
			if danger, setting = localDanger(p, key, uses); danger != "" {
				first = uses[0]
			}
		}
		all = append(all, uses...)
	}
	if len(all) == 0 {
		return
	}
	if danger == "" {
		first = all[0]
	}
	f := lint.Finding{
		Place:   first.place(),
		Message: fmt.Sprintf("\"localhost\" of this %q may be 127.0.0.1 and ::1, for nginx two servers: ", first.node.Name),
		Help:    "write the address that the backend listens on, 127.0.0.1 or [::1]",
	}
	if danger != "" {
		f.Severity = lint.Warning
		f.Message += danger
	} else {
		f.Message += "connections to the one that the backend does not listen on fail (connect() failed) before the other is tried"
	}
	if setting != nil {
		relate(&f, "no second try", lint.At(setting))
	}
	relateHosts(&f, "localhost here too", all)
	p.Report(first.node, f)
}

// localDanger says how one failing address takes a backend down, "" if it does
// not, and which setting is to blame.
func localDanger(p *lint.Pass, key localKey, uses []hostUse) (string, *conf.Node) {
	var proxies []*model.Proxy
	if key.group != nil {
		proxies = key.group.Proxies
	} else {
		for _, use := range uses {
			proxies = append(proxies, use.proxy)
		}
	}
	for _, x := range proxies {
		if setting := forbidsRetry(x); setting != nil {
			return fmt.Sprintf("%s to the one that the backend does not listen on (connect() failed), since %q allows no second try",
				protocolText(x, answeredWith(p, "502", x)+" for each request", "a closed connection (session status 502)"), setting.Text()), setting
		}
	}
	places, retried := sharers(proxies)
	pause, counted := failTimeout(key.group)
	if places < 2 || retried == nil || !counted {
		return "", nil
	}
	return fmt.Sprintf("%s sets both aside, and the %d %s that share them %s (no live upstreams) for %s",
		protocolText(retried, "one GET request that times out", "one connection during a restart of the backend"),
		places,
		protocolText(retried, "locations", "servers"),
		protocolText(retried, "answer "+answeredWith(p, "502", proxies...), "close all connections with session status 502"),
		pause), nil
}

// forbidsRetry is the directive that keeps nginx from trying a second address
// when the first refuses a connection, or nil.
func forbidsRetry(x *model.Proxy) *conf.Node {
	if tries := x.Effective("next_upstream_tries"); tries.Set() && tries.Arg(0) == "1" {
		return tries.Node
	}
	next := x.Effective("next_upstream")
	if !next.Set() || next.Unknown() {
		return nil
	}
	if x.Stream() {
		if on, ok := next.Flag(); ok && !on {
			return next.Node
		}
		return nil
	}
	if next.Has("off") || !next.Has("error") {
		return next.Node
	}
	return nil
}

// sharers counts the locations, or servers of stream, that pass to the same
// addresses, and returns the first from where one request can fail on all.
func sharers(proxies []*model.Proxy) (n int, retried *model.Proxy) {
	seen := map[*model.Scope]bool{}
	for _, x := range proxies {
		at := x.Scope.Location()
		if at == nil {
			at = x.Scope
		}
		seen[at] = true
		next := x.Effective("next_upstream")
		limited := x.Effective("next_upstream_timeout").Set()
		if retried == nil && !limited && (!next.Set() || x.Stream() || next.Has("timeout")) {
			retried = x
		}
	}
	return len(seen), retried
}

// failTimeout is how long a failing address is set aside. It is not ok where
// one failure does not do that, or where other servers remain. Addresses
// outside of written groups have the defaults
// (ngx_http_upstream_init_round_robin, ngx_http_upstream_round_robin.c).
func failTimeout(group *model.Upstream) (time.Duration, bool) {
	if group == nil {
		return 10 * time.Second, true
	}
	if len(group.Peers) != 1 {
		return 0, false
	}
	peer := &group.Peers[0]
	return peer.FailTimeout, peer.MaxFails == 1 && peer.FailTimeout > 0
}
