package rules

import (
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "upstream-without-servers",
	Severity: lint.Error,
	Category: lint.Startup,
	// These add servers at run time.
	Except: []nginx.Flavour{nginx.Plus, nginx.Angie, nginx.Tengine},
	Doc: lint.Doc{
		Summary: "an upstream group without a server, or with backup servers only",
		Why:     `nginx does not start with an upstream group that has no server, nor with one all of whose servers are marked "backup": there is nothing that they back up. It does not matter whether the group is used.`,
		Log:     `[emerg] no servers in upstream "app" in /etc/nginx/nginx.conf:3`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8000 backup;
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
        server 192.0.2.10:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Groups whose servers may come from a file out of view, from a template engine, from the "state" of NGINX Plus, or from a directive that nginx itself does not know.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server"},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		switch {
		case slices.ContainsFunc(u.Peers, func(peer model.Peer) bool { return !peer.Backup || peer.Unknown }):
		case mayHoldOthers(u):
		case len(u.Peers) == 0: // ngx_http_upstream, src/http/ngx_http_upstream.c
			reportStart(p, u.Node, lint.Finding{
				Message: "no servers are inside upstream", Help: `add a "server", or remove the group`,
			})
		default: // ngx_http_upstream_init_round_robin, src/http/ngx_http_upstream_round_robin.c
			reportStart(p, u.Node, lint.Finding{
				Message: fmt.Sprintf(`no servers in upstream "%s": all are marked "backup"`, u.Name),
				Help:    `leave "backup" out at the servers to use first`,
			})
		}
	},
})

// mayHoldOthers reports whether a group may have servers that are not in view.
func mayHoldOthers(u *model.Upstream) bool {
	return u.Scope.Gaps != 0 || u.Scope.Foreign() || !asWritten(u.Scope)
}

// isForeign reports whether a directive is none of open source nginx's own: it
// may do anything.
func isForeign(n conf.Node) bool {
	return n.Name != "include" && (n.NameUnknown || commands()[n.Name] == nil)
}
