package rules

import (
	"errors"
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "unix-socket-path-too-long",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a path of a Unix socket that is longer than the system allows",
		Why:     `The address of a Unix socket has room for 107 bytes of a path on Linux, fewer on other systems. nginx does not start with a longer one, whether it is to listen there or to connect.`,
		Log:     `[emerg] too long path in the unix domain socket in upstream "unix:/srv/…/app.sock" in /etc/nginx/nginx.conf:6`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://unix:/srv/customers/example.org/production/deployments/2026-01-31T12-00-00Z/application/shared/tmp/sockets/app.sock;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://unix:/run/example.org/app.sock;
        }
    }
}
`,
		Silent: `Paths that a template engine fills in. A path out of a variable, which is refused for each request and not at the start.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#listen",
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
			"https://man7.org/linux/man-pages/man7/unix.7.html",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var paths byKey[string, *conf.Node]
		for _, i := range invalid(p) {
			if isLongSocket(&i) {
				paths.add(i.node.Arg(0), i.node)
			}
		}
		for _, g := range c.Upstreams {
			for i := range g.Peers {
				if peer := &g.Peers[i]; errors.Is(peer.Err, nginx.ErrLongPath) && !peer.Unknown && !peer.Node.IsBlock {
					paths.add(peer.Node.Arg(0), peer.Node)
				}
			}
		}
		for _, x := range c.Proxies {
			t := &x.Target
			if errors.Is(t.Err, nginx.ErrLongPath) && !t.Unknown && !t.Variable && !x.Pass.IsBlock && len(x.Pass.Args) == 1 {
				paths.add(t.Raw, x.Pass)
			}
		}
		for address, nodes := range paths.all() {
			reportLongSocket(p, address, nodes)
		}
	},
})

// isLongSocket reports whether a refused "listen" names too long a path.
func isLongSocket(i *invalidity) bool {
	if i.node.Name != "listen" || i.Arg != 0 || i.at != i.node {
		return false
	}
	_, err := nginx.ParseURL(i.node.Arg(0), nginx.URLOptions{Listen: true})
	return errors.Is(err, nginx.ErrLongPath)
}

// reportLongSocket reports all directives with one address.
func reportLongSocket(p *lint.Pass, address string, nodes []*conf.Node) {
	first := nodes[0]
	f := lint.Finding{
		Place:   lint.AtArg(first, 0),
		Message: fmt.Sprintf("too long path in the unix domain socket: Linux allows %d bytes, and those of %q are more", nginx.MaxUnixPath, address),
		Help:    `put the socket into a folder with a short name, such as one in /run`,
	}
	places := make([]lint.Place, len(nodes))
	for i, n := range nodes {
		places[i] = lint.AtArg(n, 0)
	}
	relateSame(&f, "here too", places...)
	reportStart(p, first, f)
}
