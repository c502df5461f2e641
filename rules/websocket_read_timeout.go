package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Times in milliseconds: nginx's default for reading, which is too short for a
// connection that may be idle; and one that is shorter than the intervals at which
// most libraries send their pings.
const (
	idleWebsocket   = 60_000
	betweenTwoPings = 30_000
)

var _ = add(&lint.Rule{
	ID:       "websocket-read-timeout",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "WebSocket connections that are closed when idle for a minute",
		Why: `After an upgrade "proxy_read_timeout" is the time that a connection may be idle: when neither side has sent anything for so long, nginx closes it. The client sees the connection end without a reason; in nginx's log it is a line of level info only, and the status stays 101. The default is 60 seconds.

It does no harm where the application sends pings, as many libraries do every 10 to 30 seconds. Where it does not, users who read for a minute lose their connection. A timeout below 30 seconds, a warning here, cuts off most of those that send pings, too.`,
		Log: `[info] upstream timed out (110: Connection timed out) while proxying upgraded connection`,
		Bad: `events {
    worker_connections 4096;
}
http {
    server {
        listen 8080;
        location /ws {
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {
    worker_connections 4096;
}
http {
    server {
        listen 8080;
        location /ws {
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_read_timeout 1h;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `Locations that serve other requests, too, as far as the names of location, server and upstream tell: a long timeout is not free there. Socket.IO, SockJS, SignalR and Action Cable, which send pings by themselves, down to 30 seconds. Locations that do not forward the upgrade.`,
		Links: []string{
			"https://nginx.org/en/docs/http/websocket.html",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var idle byKey[*conf.Directive, *model.Proxy]
		sent := headersSent(p)
		for _, x := range c.Proxies {
			if x.Kind == model.HTTPProxy && closesIdleWebsocket(p, x, sent.of(x)) {
				var setter *conf.Directive
				if v := x.Effective("read_timeout"); v.Set() {
					setter = v.Node.Directive
				}
				idle.add(setter, x)
			}
		}
		for _, passes := range idle.all() {
			reportIdleWebsockets(p, passes)
		}
	},
})

// closesIdleWebsocket reports whether a pass is for WebSockets alone and does not
// wait for them.
func closesIdleWebsocket(p *lint.Pass, x *model.Proxy, sent *sentHeaders) bool {
	if sent.upgrade.Value == "" || returnsFirst(x) {
		return false
	}
	timeout := x.Effective("read_timeout")
	msec, ok := timeout.Msec()
	if !ok || msec == 0 || msec > idleWebsocket || !forwardsUpgrade(p, x, sent) {
		return false
	}
	names := slices.Collect(websocketNames(x))
	if len(names) == 0 || namesOthers(x) || msec >= betweenTwoPings && slices.ContainsFunc(names, namesPinging) {
		return false
	}
	return scalarKnown(p, x.Scope, timeout)
}

// forwardsUpgrade reports whether a request for a WebSocket reaches the upstream
// as such.
func forwardsUpgrade(p *lint.Pass, x *model.Proxy, sent *sentHeaders) bool {
	version := x.Effective("http_version")
	if !version.Set() && !p.Config.Version.AtLeast(pooledByDefault) || version.Set() && version.Arg(0) != "1.1" {
		return false
	}
	upgrade, connection := sent.upgrade.Node, sent.connection.Node
	if upgrade == nil || upgrade.Arg(1) == "" || upgrade.Unknown() || connection == nil || connection.Unknown() {
		return false
	}
	if !strings.Contains(connection.Arg(1), "$") && !asksForUpgrade(connection.Arg(1)) {
		return false
	}
	return version.Set() || scalarKnown(p, x.Scope, version)
}

// namesPinging reports whether a text names a library, or its path, that sends
// pings often enough unless told otherwise.
func namesPinging(text string) bool {
	text = strings.ToLower(text)
	if containsAny(text, "socket.io", `socket\.io`, "socketio", "sockjs", "signalr") {
		return true
	}
	for word := range asciiWords(text) {
		switch word {
		case "cable", "hub", "hubs":
			return true
		}
	}
	return false
}

// reportIdleWebsockets reports the passes that one timeout, or the default, holds
// for.
func reportIdleWebsockets(p *lint.Pass, passes []*model.Proxy) {
	x := passes[0]
	timeout := x.Effective("read_timeout")
	msec, _ := timeout.Msec()
	f := lint.Finding{
		Place:   lint.AtArg(x.Pass, 0),
		Message: fmt.Sprintf("nginx closes a WebSocket connection on which nothing is sent for %s", showWait(msec)),
		Help:    `set "proxy_read_timeout 1h;" or the like in this location, or have the application send pings more often`,
	}
	node := x.Pass
	switch {
	case timeout.Set():
		node, f.Place = timeout.Node, lint.AtArg(timeout.Node, 0)
	default:
		f.Message += `, the default of "proxy_read_timeout"`
	}
	f.Message += " (upstream timed out (110: Connection timed out) while proxying upgraded connection)"
	if msec < betweenTwoPings {
		f.Severity = lint.Warning
	}
	relate(&f, "for these connections", passPlaces(passes)...)
	p.Report(node, f)
}
