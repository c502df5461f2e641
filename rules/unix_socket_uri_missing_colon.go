package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "unix-socket-uri-missing-colon",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a URI right behind the path of a Unix socket, which nginx takes for part of that path",
		Why: `Behind the path of a socket, "proxy_pass" takes a URI only after a second colon: "http://unix:/run/app.sock:/api/". Without that colon all of it is the path. nginx then connects to something inside of the socket, which is no directory, and answers every request with 502. The slash alone that is common behind a host and a port is enough.

Neither "nginx -t" nor the start looks at the socket.`,
		Log: `[crit] connect() to unix:/run/app.sock/api/ failed (20: Not a directory) while connecting to upstream, upstream: "http://unix:/run/app.sock/api/:/"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location /api/ {
            proxy_pass http://unix:/run/app.sock/api/;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location /api/ {
            proxy_pass http://unix:/run/app.sock:/api/;
        }
    }
}
`,
		Silent: `Paths that end neither in a slash nor below a component called *.sock, *.socket or *.sk. Paths on which a server of the same configuration listens.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		var paths byKey[string, unixUse]
		for _, use := range unixUses(p) {
			if use.proxy == nil || use.proxy.Kind != model.HTTPProxy {
				continue
			}
			_, tail := splitSocket(use.path)
			if strings.HasPrefix(tail, "/") && !listensOnSocket(p, use.path) {
				paths.add(use.path, use)
			}
		}
		for name, uses := range paths.all() {
			reportMissingColon(p, name, uses)
		}
		open := openSockets(p, openWithoutColon)
		for _, uses := range open.all() {
			reportOpenWithoutColon(p, uses)
		}
	},
})

// splitSocket is afterSocket, also for a path that is no socket's because it
// ends in a slash, whatever its components are called.
func splitSocket(name string) (socket, tail string) {
	if socket, tail = afterSocket(name); tail == "" {
		socket = strings.TrimRight(name, "/")
		tail = name[len(socket):]
	}
	return socket, tail
}

// reportMissingColon reports all passes to one path.
func reportMissingColon(p *lint.Pass, name string, uses []unixUse) {
	first := uses[0]
	socket, tail := splitSocket(name)
	f := lint.Finding{
		Place:   first.place,
		Message: missingColon(p, first.proxy, name),
		Help:    fmt.Sprintf(`put a second colon before the URI: "%s://unix:%s:%s"`, first.target.Scheme, socket, tail),
	}
	if first.target.HasURI || !first.proxy.Target.Variable && placeWithoutPrefix(first.proxy.Scope) != "" {
		f.Help = fmt.Sprintf("leave %q out", tail)
	}
	relateSockets(&f, "here too", uses)
	if first.node != first.proxy.Pass {
		relate(&f, "passes there", lint.AtArg(first.proxy.Pass, 0))
	}
	p.Report(first.node, f)
}

func missingColon(p *lint.Pass, x *model.Proxy, name string) string {
	return fmt.Sprintf("%q takes all of %q for the path of the socket: %s (connect() to unix:%s failed (20: Not a directory))",
		x.Pass.Name, name, failing(p, "every such %s", "502", x), name)
}

// openWithoutColon splits what proxy_pass begins with where a slash is next.
func openWithoutColon(x *model.Proxy, path string) (socket, tail string) {
	if socket, tail = afterSocket(path); x.Kind != model.HTTPProxy || !strings.HasPrefix(tail, "/") {
		return path, ""
	}
	return socket, tail
}

// reportOpenWithoutColon reports all passes to what variables make of one path.
func reportOpenWithoutColon(p *lint.Pass, uses []openSocket) {
	first := uses[0]
	f := lint.Finding{
		Place:   lint.AtArg(first.proxy.Pass, 0),
		Message: missingColon(p, first.proxy, first.path()),
		Help:    fmt.Sprintf(`put a second colon before the URI: "%sunix:%s:%s"`, first.scheme, first.socket, first.tail),
	}
	relateOpenSockets(&f, uses)
	p.Report(first.proxy.Pass, f)
}
