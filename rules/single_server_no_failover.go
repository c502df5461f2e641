package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "single-server-no-failover",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Pedantic: true,
	Doc: lint.Doc{
		Summary: "a backend of one address, whose every restart is an outage",
		Why: `While the only server of a backend restarts, nginx has nowhere else to go: every request is answered with 502 at once, and in stream every connection is closed. nginx neither waits nor tries again later.

A second server, a "backup", or an "error_page" that leads to a location with something to show, bridges that.`,
		Log: `[error] connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, upstream: "http://192.0.2.10:8080/"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080 backup;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Host names, which may have several addresses, and addresses out of variables. Unix sockets, which a service manager may keep open over a restart. memcached, whose failure a fallback is usually there for. Addresses at which this nginx itself listens. Passes whose "error_page" for 502 leads to a named location or changes the status.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var lonely byKey[loneKey, *model.Proxy]
		for _, x := range c.Proxies {
			if x.Target.Variable || x.Kind == model.Memcached || fallsBack(p, x) {
				continue
			}
			if key, ok := loneAddress(p, &x.Target); ok {
				key.stream = x.Stream()
				lonely.add(key, x)
			}
		}
		for key, passes := range lonely.all() {
			reportLonely(p, key, passes)
		}
	},
})

// loneKey is the one address behind a pass: that of a group, or a written one.
type loneKey struct {
	group   *model.Upstream
	address string
	stream  bool
}

// loneAddress is not ok for what may be several addresses, and where this nginx
// itself listens: it does not restart alone.
func loneAddress(p *lint.Pass, t *model.Target) (loneKey, bool) {
	if u := t.Upstream; u != nil {
		single, known := u.Single()
		if !single || !known || mayHoldOthers(u) || u.Peers[0].Down {
			return loneKey{}, false
		}
		peer := &u.Peers[0]
		at := model.Endpoint{URL: peer.URL, Port: peer.Port}
		return loneKey{group: u, address: addressText(at)}, peer.URL.Unix == "" && !listensAt(p, at)
	}
	if t.Unknown || t.Err != nil || t.URL.IsName() || t.URL.Unix != "" {
		return loneKey{}, false
	}
	at := model.Endpoint{URL: t.URL, Port: t.Port}
	return loneKey{address: addressText(at)}, !listensAt(p, at)
}

// listensAt reports whether this nginx itself listens at an address.
func listensAt(p *lint.Pass, at model.Endpoint) bool {
	return len(ownSocketsOf(p).accepting(at)) > 0
}

func reportLonely(p *lint.Pass, key loneKey, passes []*model.Proxy) {
	node, place := passes[0].Pass, lint.AtArg(passes[0].Pass, 0)
	if key.group != nil {
		node = key.group.Peers[0].Node
		place = lint.AtArg(node, 0)
	}
	f := lint.Finding{
		Place: place,
		Message: fmt.Sprintf("%q is the only server behind this %s: %s (%s) while it restarts",
			key.address, passes[0].Kind, failing(p, "every %s", "502", passes...), refused(passes[0])),
		Help: `add a second server to fall back on, or an "error_page" for 502 that leads to a named location`,
	}
	if key.stream {
		f.Help = "add a second server to fall back on"
	}
	relate(&f, "passes there", passPlaces(passes)...)
	p.Report(node, f)
}
