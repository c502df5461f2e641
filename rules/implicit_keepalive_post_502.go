package rules

import (
	"fmt"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "implicit-keepalive-post-502",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "connections to a backend that nginx keeps for longer than the backend does",
		Why: `A group with "keepalive" keeps idle connections for "keepalive_timeout", 60 seconds by default, and from nginx 1.29.7 on every group does without being told to. Many web servers close an idle connection earlier: Apache and, up to release 26, Node.js after 5 seconds.

A request that nginx sends at the very moment at which the backend closes gets no answer. nginx repeats a GET on a new connection, and nobody notices. It does not repeat a POST, PATCH or LOCK, which the backend may have carried out, and answers 502. So forms and API calls fail now and then, without a pattern, while the backend is well and logs nothing.

A "keepalive_timeout" in the group that is shorter than the backend's own time prevents it: then nginx is the one that closes.`,
		Log: `[error] upstream prematurely closed connection while reading response header from upstream, client: 192.0.2.1, request: "POST /api HTTP/1.1"`,
		Bad: `events {}
http {
    upstream nodejs {
        server 192.0.2.10:3000;
        keepalive 32;
    }
    server {
        listen 8080;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://nodejs;
        }
    }
}
`,
		Good: `events {}
http {
    upstream nodejs {
        server 192.0.2.10:3000;
        keepalive 32;
        keepalive_timeout 4s;
    }
    server {
        listen 8080;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_pass http://nodejs;
        }
    }
}
`,
		Silent: `Backends of which nothing tells what they run: without a shorter time of theirs, nothing is wrong. A compose file that names the image of httpd, of Tomcat, or of an application on Apache is a warning; an image built from one, and Node.js, where the application may have set another time, are an info, and so is a group or a server named after Node.js or Uvicorn. Groups whose connections are not kept. Passes with "non_idempotent", which repeat POST requests, those that take none, those for whose 502 an "error_page" with "=" makes up by a second pass, and those for WebSockets only. Where the target version is not known, groups without "keepalive" are one level quieter.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive_timeout",
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream",
			"https://nodejs.org/api/http.html#serverkeepalivetimeout",
			"https://httpd.apache.org/docs/2.4/mod/core.html#keepalivetimeout",
		},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		if u.Stream || len(u.Proxies) == 0 || u.Unknown || mayHoldOthers(u) {
			return
		}
		g := staleGroup{group: u, timeout: u.Scope.Own("keepalive_timeout"), kept: defaultKeepaliveTimeout}
		if g.limit, g.peer = shortestIdle(p, u); g.peer == nil {
			return
		}
		if g.timeout != nil {
			msec, ok := nginx.ParseMsec(g.timeout.Arg(0))
			if !ok || g.timeout.Unknown() {
				return
			}
			g.kept = time.Duration(msec) * time.Millisecond
		}
		if g.kept < g.limit.after {
			return
		}
		g.severity = lint.Info
		if g.limit.fixed && g.limit.image != "" {
			g.severity = lint.Warning
		}
		g.passes = keptPasses(p, u, p.Config.Version.AtLeast(pooledByDefault))
		if len(g.passes) == 0 && p.Config.Version.IsZero() {
			g.since, g.severity = "from nginx 1.29.7 on, ", quieter(g.severity)
			g.passes = keptPasses(p, u, true)
		}
		if len(g.passes) > 0 && g.severity > 0 {
			reportStaleConnections(p, &g)
		}
	},
})

// defaultKeepaliveTimeout is that of a group (ngx_http_upstream_init_keepalive,
// src/http/modules/ngx_http_upstream_keepalive_module.c).
const defaultKeepaliveTimeout = 60 * time.Second

// staleGroup is a group whose backend closes connections that nginx keeps.
type staleGroup struct {
	group *model.Upstream
	// peer is the server with the shortest limit.
	peer  *model.Peer
	limit idleLimit
	// kept is how long nginx keeps a connection, timeout what sets it, or nil.
	kept    time.Duration
	timeout *conf.Node
	// since limits what is said to the releases that it holds for, where the
	// target is not known.
	since    string
	severity lint.Severity
	// passes are those that keep their connections.
	passes []*model.Proxy
}

// keptPasses are the passes to a group whose connections are kept, and which do
// not repeat a POST request. A modern nginx is one that keeps them by default.
func keptPasses(p *lint.Pass, u *model.Upstream, modern bool) []*model.Proxy {
	keepalive := u.Scope.Own("keepalive")
	if keepalive == nil && !modern {
		return nil
	}
	if keepalive != nil {
		n, ok := nginx.ParseNumber(keepalive.Arg(0))
		if !ok || n == 0 || keepalive.Unknown() || !modern && replacedBy(u, keepalive) != nil {
			return nil
		}
	}
	var passes []*model.Proxy
	for _, x := range u.Proxies {
		next := x.Effective("next_upstream")
		repeats := next.Unknown() || next.Has("non_idempotent") || !scalarKnown(p, x.Scope, next)
		if x.Kind == model.HTTPProxy && !repeats && keepsConnection(p, x, modern) && !onlyWebsockets(x) && !madeUpFor(p, x, 502) && takesAny(p, x, unrepeatable) {
			passes = append(passes, x)
		}
	}
	return passes
}

// keepsConnection reports whether the connection of a plain request is kept;
// what is not known is no. It is about HTTP/1.1 alone: with HTTP/2 the backend
// says beforehand that it will close.
func keepsConnection(p *lint.Pass, x *model.Proxy, modern bool) bool {
	connection, ok := headersSent(p).of(x).plainConnection(p, x)
	version := x.Effective("http_version")
	if !ok || version.Unknown() || !scalarKnown(p, x.Scope, version) {
		return false
	}
	if connection.closes() && (connection.header != nil || !modern) {
		return false
	}
	if !version.Set() {
		return modern || isKeepAlive(connection.value)
	}
	return version.Arg(0) == "1.1"
}

func reportStaleConnections(p *lint.Pass, g *staleGroup) {
	unless := ""
	switch {
	case !g.limit.fixed:
		unless = " unless it is told otherwise"
	case g.limit.image == "":
		unless = " by default"
	}
	who := g.limit.software
	if g.limit.image != "" {
		who += fmt.Sprintf(" (the image %q of %q)", g.limit.image, g.peer.URL.Host)
	}
	method := taken(p, g.passes[0], unrepeatable)
	f := lint.Finding{
		Severity: g.severity,
		Message: fmt.Sprintf("%snginx keeps idle connections to the group %q for %s, and %s closes them after %s%s: a %s request that meets one being closed is answered with %s (upstream prematurely closed connection)",
			g.since, g.group.Name, showTime(g.kept), who, showTime(g.limit.after), unless, method, answeredWith(p, "502", g.passes...)),
		Help: fmt.Sprintf(`write "keepalive_timeout %s;" in the group, or have the backend wait longer than nginx does`, showTime(g.limit.after-time.Second)),
	}
	node := g.group.Node
	if g.timeout != nil {
		node = g.timeout
	} else if keepalive := g.group.Scope.Own("keepalive"); keepalive != nil {
		node = keepalive
	}
	if g.limit.image != "" {
		relate(&f, fmt.Sprintf("this is %s", g.limit.software), lint.AtArg(g.peer.Node, 0))
	}
	relate(&f, "does not repeat a "+method, passPlaces(g.passes)...)
	p.Report(node, f)
}
