package rules

import (
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// punctual is a release from which a timer of 0 is up before nginx looks whether
// the connection stands. In 1.18 it looks first, and within the same millisecond
// the connection counts (ngx_process_events_and_timers, src/event/ngx_event.c).
var punctual = nginx.V(1, 22, 0)

var _ = add(&lint.Rule{
	ID:       "upstream-timeout-zero",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a timeout of 0, which is over at once",
		Why: `Some settings of nginx are off at 0. The timeouts for upstreams are not: 0 is a timer that runs out at once.

- "proxy_read_timeout 0": nginx has sent the request and does not wait for the response; the client gets 504.
- "proxy_connect_timeout 0": it does not wait for the connection to stand, which takes at least one round trip; 504 again. Only a Unix socket connects without any wait. Release 1.18 may still get through to an address that is very near.
- "proxy_send_timeout 0": a request that the upstream does not take in one go, such as an upload, ends with 504; short ones are sent.
- In stream, "proxy_connect_timeout 0" closes the connection with session status 502, and "proxy_timeout 0" ends each session as soon as it is connected, with status 200.

The same goes for the timeouts of FastCGI, uwsgi, SCGI, gRPC and memcached. In a group of several servers each such timeout counts as a failure, so that after the first requests the answer is 502 (no live upstreams).`,
		Log: `[error] upstream timed out (110: Connection timed out) while reading response header from upstream`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_read_timeout 0;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_read_timeout 1h;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `A timeout that no pass in view uses; connecting to Unix sockets; UDP; requests that "mirror" makes. Locations with an answer of their own for the timeout: an "error_page" for 504 that goes to a named location or changes the status, "proxy_cache_use_stale timeout". Other settings for which 0 does mean off, such as "proxy_next_upstream_timeout" or "keepalive_timeout".`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_connect_timeout",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_timeout",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, limit := range waitLimits(p) {
			if limit.msec == 0 {
				reportZeroWait(p, limit)
			}
		}
	},
})

// suffersFromZero reports whether a timeout of 0 does a pass harm that its author
// has not allowed for. The datagrams of UDP are sent before a session ends, which
// is all that some protocols ask for.
func suffersFromZero(p *lint.Pass, kind waitKind, x *model.Proxy) bool {
	switch {
	case carriesUDP(x), kind == connecting && onlyNear(x, false):
		return false
	case x.Stream():
		return true
	}
	return !mayBeMirror(p, x) && (kind == sending || !answersTimeout(p, x))
}

func reportZeroWait(p *lint.Pass, limit *waitLimit) {
	i := slices.IndexFunc(limit.uses, func(x *model.Proxy) bool { return suffersFromZero(p, limit.kind, x) })
	if i < 0 {
		return
	}
	f := lint.Finding{
		Message: fmt.Sprintf("%q does not switch the timeout off: ", limit.node.Text()),
		Help:    `there is no value for "unlimited": write the longest wait that makes sense, such as "` + limit.node.Name + ` 10m;", or leave it out for nginx's default`,
	}
	stream := limit.uses[i].Stream()
	switch {
	case limit.kind == idling:
		f.Message += "nginx closes every connection as soon as it has one to the upstream (connection timed out)"
	case limit.kind == sending:
		f.Severity = lint.Warning
		f.Message += "a request that cannot be sent in one go, such as an upload, may be answered with " + answeredWith(p, "504", limit.uses[i])
	case limit.kind == reading:
		f.Message += "nginx does not wait for a response, every request is answered with " + answeredWith(p, "504", limit.uses[i])
	case stream:
		f.Message += "nginx does not wait for the connection to the upstream, every connection is closed, session status 502"
	default:
		f.Message += "nginx does not wait for the connection to the upstream, every request is answered with " + answeredWith(p, "504", limit.uses[i])
	}
	if limit.kind == connecting {
		f.Help = `write how long a connection may take, such as "` + limit.node.Name + ` 5s;", or leave it out for nginx's default`
		if p.Config.Version.Before(punctual) {
			f.Severity = lint.Warning
			f.Message += " unless it stands within the same millisecond"
		}
	}
	if limit.kind != idling {
		f.Message += fmt.Sprintf(" (upstream timed out (110: Connection timed out) %s)", waitAction(limit.kind))
	}
	relate(&f, "for this pass", passPlaces(limit.uses[i:])...)
	p.Report(limit.node, f)
}
