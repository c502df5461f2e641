package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "unix-socket-uri-in-upstream-server",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a URI behind the path of a Unix socket where only the path can stand",
		Why: `The form "unix:/run/app.sock:/uri" is for "proxy_pass" of http alone. A "server" of an upstream group, "proxy_pass" of stream and the *_pass of the other protocols take no URI: what follows the path of the socket is part of it for them, the colon too. nginx connects to a file that is not there, and every request passed to it fails with 502; in stream the connection is closed, session status 502.

Neither "nginx -t" nor the start looks at the socket.`,
		Log: `[crit] connect() to unix:/run/app.sock:/ failed (2: No such file or directory) while connecting to upstream, upstream: "http://unix:/run/app.sock:/:/"`,
		Bad: `events {}
http {
    upstream app {
        server unix:/run/app.sock:/;
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
        server unix:/run/app.sock;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Colons that a file's name may well have, as in "unix:/run/worker:1". Paths on which a server of the same configuration listens.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_pass",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		var paths byKey[string, unixUse]
		for _, use := range unixUses(p) {
			if use.proxy != nil && use.proxy.Kind == model.HTTPProxy {
				continue
			}
			if _, tail := socketWithoutURI(use.path); tail != "" && !listensOnSocket(p, use.path) {
				paths.add(use.path, use)
			}
		}
		for name, uses := range paths.all() {
			reportSocketURI(p, name, uses)
		}
		open := openSockets(p, openWithURI)
		for _, uses := range open.all() {
			reportOpenWithURI(p, uses)
		}
	},
})

// socketWithoutURI splits a path where what follows cannot be part of a
// socket's: behind a component that is named as sockets are, at a colon that a
// slash follows, at a colon or slash at the end.
func socketWithoutURI(name string) (socket, tail string) {
	if i := strings.Index(name, ":/"); i > 0 {
		return name[:i], name[i:]
	}
	if socket = strings.TrimSuffix(name, ":"); socket != name {
		return socket, ":"
	}
	if socket, tail = splitSocket(name); strings.HasPrefix(tail, ":") {
		return name, "" // such as a number behind a colon
	}
	return socket, tail
}

// reportSocketURI reports all places that name one path.
func reportSocketURI(p *lint.Pass, name string, uses []unixUse) {
	first := uses[0]
	socket, tail := socketWithoutURI(name)
	ends := failing(p, "every %s passed there", "502", first.passes()...)
	f := lint.Finding{Place: first.place, Help: fmt.Sprintf("write the path alone, %q", "unix:"+socket)}
	if first.peer != nil {
		f.Help += `; the URI belongs into the "proxy_pass" that names the group`
		if first.stream() {
			f.Help = fmt.Sprintf("write the path alone, %q", "unix:"+socket)
		}
		if othersServe(first.group) {
			f.Severity = lint.Warning
			ends = "each try fails, and only the other servers of the group answer"
		}
	}
	f.Message = takesNoURI(first.directive(), name, tail, ends)
	relateSockets(&f, "here too", uses)
	if first.proxy != nil && first.node != first.proxy.Pass {
		relate(&f, "passes there", lint.AtArg(first.proxy.Pass, 0))
	}
	p.Report(first.node, f)
}

// takesNoURI says that a directive takes the tail of a path for part of it, and how
// requests or connections end.
func takesNoURI(directive, name, tail, ends string) string {
	errno := "(2: No such file or directory)"
	if strings.HasPrefix(tail, "/") {
		errno = "(20: Not a directory)"
	}
	return fmt.Sprintf("%q takes no URI, so that all of %q is the path of the socket: %s (connect() to unix:%s failed %s)",
		directive, name, ends, name, errno)
}

// openWithURI splits what a pass that takes no URI begins with where one is next.
func openWithURI(x *model.Proxy, path string) (socket, tail string) {
	if x.Kind == model.HTTPProxy {
		return path, ""
	}
	if i := strings.Index(path, ":/"); i > 0 {
		return path[:i], path[i:]
	}
	if socket, tail = afterSocket(path); !strings.HasPrefix(tail, "/") {
		return path, ""
	}
	return socket, tail
}

// reportOpenWithURI reports all passes to what variables make of one path.
func reportOpenWithURI(p *lint.Pass, uses []openSocket) {
	first := uses[0]
	x := first.proxy
	tail := first.tail
	if !strings.HasPrefix(tail, ":") {
		tail = "/" // which a variable that is next begins with
	}
	f := lint.Finding{
		Place:   lint.AtArg(x.Pass, 0),
		Message: takesNoURI(x.Pass.Name, first.path(), tail, failing(p, "every %s passed there", "502", x)),
		Help:    fmt.Sprintf("write the path alone, %q", first.scheme+"unix:"+first.socket),
	}
	relateOpenSockets(&f, uses)
	p.Report(x.Pass, f)
}

// othersServe reports whether a group has servers in service that are not such
// sockets.
func othersServe(g *model.Upstream) bool {
	for peer := range g.Active() {
		if _, tail := socketWithoutURI(peer.URL.Unix); tail == "" {
			return true
		}
	}
	return false
}
