package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "upstream-keepalive-not-effective",
	Severity: lint.Warning,
	Category: lint.Performance,
	// Which of their releases keep connections by default is not known here.
	Except: []nginx.Flavour{nginx.Angie, nginx.Tengine, nginx.Freenginx},
	Doc: lint.Doc{
		Summary: "a keepalive that keeps no connections",
		Why: `"keepalive" in an upstream group keeps connections open for later requests, but only those that both sides agree to keep:

- Before nginx 1.29.7, "proxy_pass" speaks HTTP/1.0 and sends "Connection: close" unless "proxy_http_version 1.1" and "proxy_set_header Connection" say otherwise. A level that sets any header of its own inherits no "proxy_set_header" from further out.
- The widespread map that turns an empty $http_upgrade into "close" sends that with every plain request.
- "fastcgi_pass" needs "fastcgi_keep_conn on". The uwsgi and SCGI protocols have no way to keep a connection.
- Before nginx 1.29.7, a balancing method below "keepalive" replaces it.

Then nginx opens a new connection for each request. That costs time, with TLS much of it. Under heavy load the machine may run out of local ports, as each closed connection occupies one for a while; only then are requests answered with 502 (99: Cannot assign requested address).`,
		Log: `[crit] connect() to 192.0.2.10:8080 failed (99: Cannot assign requested address) while connecting to upstream`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        keepalive 32;
    }
    server {
        listen 8080;
        location / {
            proxy_set_header Host $host;
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        keepalive 32;
    }
    server {
        listen 8080;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `nginx 1.29.7 and later, where proxy_pass keeps connections by default, unless the configuration prevents it. Locations that only serve WebSockets. "Connection: upgrade", with which connections are kept. "keepalive 0", and groups without "keepalive".`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_http_version",
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_keep_conn",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Uses("keepalive") {
			return
		}
		sent := headersSent(p)
		for _, u := range c.Upstreams {
			keepalive := u.Scope.Own("keepalive")
			if u.Stream || keepalive == nil || keepalive.Unknown() {
				continue
			}
			if n, ok := nginx.ParseNumber(keepalive.Arg(0)); !ok || n == 0 {
				continue
			}
			reportReplacedKeepalive(p, u, keepalive)
			reportUnusedKeepalive(p, u, keepalive, sent)
		}
	},
})

// sinceWhen limits what is said to the releases it holds for, where the target
// is not known.
func sinceWhen(p *lint.Pass) string {
	if p.Config.Version.IsZero() {
		return "before nginx 1.29.7, "
	}
	return ""
}

// reportReplacedKeepalive reports a balancing method below keepalive. Each of
// them sets the group's init_upstream, and keepalive only wraps what is there
// when it is read (ngx_http_upstream_keepalive, src/http/modules, release 1.29.6).
func reportReplacedKeepalive(p *lint.Pass, u *model.Upstream, keepalive *conf.Node) {
	if p.Config.Version.AtLeast(pooledByDefault) || !p.Config.Uses("hash", "ip_hash", "least_conn", "least_time", "random") {
		return
	}
	n := replacedBy(u, keepalive)
	if n == nil {
		return
	}
	f := lint.Finding{
		Message: fmt.Sprintf("%s%q below \"keepalive\" replaces it, and nginx opens a new connection to the group %q for every request (load balancing method redefined)",
			sinceWhen(p), n.Name, u.Name),
		Help: fmt.Sprintf("move \"keepalive\" below %q", n.Name),
	}
	relate(&f, "replaced", lint.At(keepalive))
	p.Report(n, f)
}

// replacedBy is the first balancing method below keepalive, or nil.
func replacedBy(u *model.Upstream, keepalive *conf.Node) *conf.Node {
	seen := false
	for i := range u.Scope.Node.Children {
		n := &u.Scope.Node.Children[i]
		seen = seen || n == keepalive
		if n.Directive != nil && seen && isBalancer(n.Name) {
			return n
		}
	}
	return nil
}

// isBalancer reports whether a directive of a group is a balancing method.
func isBalancer(name string) bool {
	switch name {
	case "hash", "ip_hash", "least_conn", "least_time", "random":
		return true
	}
	return false
}

// lostConnection is why the connections of a pass are not kept.
type lostConnection struct {
	pass     *model.Proxy
	why      string
	help     string
	severity lint.Severity
	node     *conf.Node // what says so, or nil
}

// reportUnusedKeepalive reports the passes to a group that keep no connections.
func reportUnusedKeepalive(p *lint.Pass, u *model.Upstream, keepalive *conf.Node, sent sentTable) {
	var lost []lostConnection
	for _, x := range u.Proxies {
		if l, found := lostConnectionOf(p, x, sent.of(x)); found {
			lost = append(lost, l)
		}
	}
	if len(lost) == 0 {
		return
	}
	first := lost[0]
	for _, l := range lost {
		if l.severity > first.severity {
			first = l
		}
	}
	f := lint.Finding{
		Severity: first.severity,
		Message:  fmt.Sprintf("\"keepalive\" keeps no connections to the group %q: %s", u.Name, first.why),
		Help:     first.help,
	}
	if len(lost) < len(u.Proxies) {
		f.Message = fmt.Sprintf("\"keepalive\" keeps no connections for %d of %d passes to the group %q: %s", len(lost), len(u.Proxies), u.Name, first.why)
	}
	if first.node != nil {
		relate(&f, "said here", lint.At(first.node))
	}
	for _, l := range lost[:min(len(lost), maxRelated)] {
		relate(&f, "this opens a new connection for every request", lint.AtArg(l.pass.Pass, 0))
	}
	p.Report(keepalive, f)
}

// lostConnectionOf judges one pass to a group with keepalive. gRPC and memcached
// keep their connections.
func lostConnectionOf(p *lint.Pass, x *model.Proxy, sent *sentHeaders) (lostConnection, bool) {
	l := lostConnection{pass: x, severity: lint.Warning}
	if x.Kind == model.HTTPProxy {
		return lostHTTPConnection(p, l, sent)
	}
	if x.Kind == model.FastCGI {
		keep := x.Effective("keep_conn")
		l.why, l.node = `"fastcgi_keep_conn" is off, so that the server closes each of them`, keep.Node
		l.help = `set "fastcgi_keep_conn on;"`
		on, ok := keep.Flag()
		return l, ok && !on && scalarKnown(p, x.Scope, keep)
	}
	l.severity = lint.Info
	l.why = fmt.Sprintf("with %q each connection serves one request", x.Kind)
	l.help = `leave "keepalive" out`
	return l, x.Kind == model.Uwsgi || x.Kind == model.Scgi
}

// lostHTTPConnection judges a proxy_pass. HTTP/1.0 keeps connections only if
// asked to with "Connection: keep-alive".
func lostHTTPConnection(p *lint.Pass, l lostConnection, sent *sentHeaders) (lostConnection, bool) {
	x := l.pass
	connection, ok := sent.plainConnection(p, x)
	if !ok {
		return l, false
	}
	version := x.Effective("http_version")
	known := scalarKnown(p, x.Scope, version) && !version.Unknown()
	old := version.Arg(0) == "1.0" || !version.Set() && !p.Config.Version.AtLeast(pooledByDefault)
	keeps := !connection.closes() && (!known || !old || isKeepAlive(connection.value))
	if keeps || known && version.Arg(0) == "2" || onlyWebsockets(x) {
		return l, false
	}
	byDefault := `unless told otherwise, and nginx opens a new connection for every request`
	switch {
	case connection.closes() && connection.entry != nil:
		l.why = fmt.Sprintf("%s is \"close\" for requests without an upgrade, and nginx opens a new connection for every request", connection.header.Arg(1))
		l.node, l.help = connection.entry, `make that value of the map "" instead, and set "proxy_http_version 1.1;"`
	case connection.closes() && connection.header != nil:
		l.why, l.node = `it sends "Connection: close", and nginx opens a new connection for every request`, connection.header
		l.help = `write "proxy_set_header Connection \"\";" and "proxy_http_version 1.1;"`
	case connection.closes() && known && old && !version.Set():
		l.why = sinceWhen(p) + `"proxy_pass" speaks HTTP/1.0 and sends "Connection: close" ` + byDefault
	case connection.closes():
		l.why = sinceWhen(p) + `"proxy_pass" sends "Connection: close" ` + byDefault
	case version.Set():
		l.why, l.node = "HTTP/1.0 ends a connection with each response, and nginx opens a new one for every request", version.Node
		l.help = `write "proxy_http_version 1.1;"`
	default:
		l.why = sinceWhen(p) + `"proxy_pass" speaks HTTP/1.0 ` + byDefault
		l.help = `write "proxy_http_version 1.1;"`
	}
	if l.help == "" {
		l.help = `write "proxy_http_version 1.1;", and "proxy_set_header Connection \"\";" beside the other proxy_set_header that are in effect there, since a level with its own inherits none`
	}
	return l, true
}
