package rules

import (
	"fmt"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "next-upstream-timeout-too-short",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a next_upstream_timeout that is over before the first connection attempt is",
		Why: `"proxy_next_upstream_timeout" limits the time in which a request may be passed on to a further server, counted from its beginning. A server that is switched off, or behind a firewall that drops packets, does not refuse a connection: nginx waits for "proxy_connect_timeout", 60 seconds by default. If the first time is not the longer one, it is over by then. nginx answers 504 without a look at the other servers, though they are well; in stream it closes the connection.

The client waits for all of the longer time: "proxy_next_upstream_timeout" does not cut an attempt short.`,
		Log: `[error] upstream timed out (110: Connection timed out) while connecting to upstream, client: 192.0.2.1, upstream: "http://192.0.2.10:8080/"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_next_upstream_timeout 10s;
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_connect_timeout 3s;
            proxy_next_upstream_timeout 10s;
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Passes for which a timeout, or a second try, is ruled out anyway, or for whose 504 an "error_page" with "=" makes up by a second pass. Groups of one server, or of servers on the same machine, which refuse a connection at once. UDP, where connecting never fails. Whether there is time for a further attempt after a slow answer ("proxy_read_timeout"): many do not want one.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream_timeout",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_connect_timeout",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_next_upstream_timeout",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		reportUses(p, "next_upstream_timeout", givesUpTooSoon, reportTooShort)
	},
})

// givesUpTooSoon reports whether no time is left after an attempt to connect
// that nothing answers (ngx_http_upstream_next, src/http/ngx_http_upstream.c;
// ngx_stream_proxy_next_upstream, src/stream/ngx_stream_proxy_module.c).
func givesUpTooSoon(p *lint.Pass, use settingUse) bool {
	x := use.proxy
	limit, ok := use.value.Msec()
	connect := x.Effective("connect_timeout")
	wait, known := connect.Msec()
	if !ok || !known || limit <= 0 || wait < limit || !scalarKnown(p, x.Scope, connect) {
		return false
	}
	return use.crew.remote && !carriesUDP(x) && !onlyOneTry(p, x) && !madeUpFor(p, x, 504) && retriedOn(p, x, "timeout")
}

func reportTooShort(p *lint.Pass, uses []settingUse) {
	first := uses[0]
	connect := first.proxy.Effective("connect_timeout")
	wait, _ := connect.Msec()
	limit, _ := first.value.Msec()
	written := ", the default"
	if connect.Set() {
		written = ""
	}
	f := lint.Finding{
		Message: fmt.Sprintf(`%q is over after %s, and for a server of %s that does not answer nginx waits %s (%q%s): then it %s (upstream timed out) and tries no other server`,
			first.value.Node.Name, showTime(time.Duration(limit)*time.Millisecond), groupList(uses),
			showTime(time.Duration(wait)*time.Millisecond), first.proxy.Directive("connect_timeout"), written,
			protocolText(first.proxy, "answers "+answeredWith(p, "504", first.proxy), "closes the connection")),
		Help: fmt.Sprintf(`set %q so low that there is time for a further attempt`, first.proxy.Directive("connect_timeout")),
	}
	if connect.Set() {
		relate(&f, "how long an attempt takes", lint.At(connect.Node))
	}
	relateUses(&f, "passes to several servers", uses)
	p.Report(first.value.Node, f)
}
