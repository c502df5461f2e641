package rules

import (
	"fmt"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

// longPause is a fail_timeout after which an outage is no longer a blip: three
// times the default.
const longPause = 30 * time.Second

var _ = add(&lint.Rule{
	ID:       "fail-timeout-outage",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a long fail_timeout with servers that one failure sets aside",
		Why: `"fail_timeout" is not a time that a connection may take. It is how long nginx sets a server aside after "max_fails" failures, which is one unless written otherwise, and it does not ask whether the server is back.

If all servers of a group fail once within that time, none is left, and nginx answers every request with 502 until the first of them may be used again, though all are well. A restart of one server after the other does that: the second is stopped while the first, long back, is still set aside. So does a GET request that times out on each server in turn. In stream nginx closes the connections.`,
		Log: `[error] no live upstreams while connecting to upstream, client: 192.0.2.1, upstream: "http://app/"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080 fail_timeout=5m;
        server 192.0.2.11:8080 fail_timeout=5m;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8080 max_fails=3 fail_timeout=10s;
        server 192.0.2.11:8080 max_fails=3 fail_timeout=10s;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Groups with a server, backup servers included, that is back within 30 seconds or that one failure does not set aside. Groups for whose 502 an "error_page" with "=" makes up by another upstream. Groups of one address: it is never set aside. One host name, of which only DNS knows how many addresses it is.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#fail_timeout"},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		if len(u.Peers) < 2 {
			return
		}
		c := crews(p)[u]
		if c == nil || c.failTimeout <= longPause || !mayCarryConnections(p, u) || allMadeUpFor(p, u) {
			return
		}
		for peer := range u.Active() {
			if peer.MaxFails != 1 {
				return
			}
		}
		answer := "nginx answers every request with " + answeredWith(p, "502", u.Proxies...)
		if u.Stream {
			answer = "nginx closes every connection"
		}
		f := lint.Finding{
			Message: fmt.Sprintf("one failure sets a server of %q aside for %s, however soon it is back: when all have failed once in that time, as in a restart of one after the other, %s (no live upstreams) until it is over",
				u.Name, showTime(c.failTimeout), answer),
			Help: `write "fail_timeout=10s", and "max_fails=3" or so if one failure is not to count`,
		}
		var places []lint.Place
		for peer := range u.Active() {
			if len(places) < maxRelated {
				places = append(places, lint.At(peer.Node))
			}
		}
		f.Place = placeOfParam(c.first.Node, "fail_timeout")
		relate(&f, "set aside as long or longer", places...)
		p.Report(c.first.Node, f)
	},
})
