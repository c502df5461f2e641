package rules

import (
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "upstream-all-servers-unavailable",
	Severity: lint.Error,
	Category: lint.BadGateway,
	// These change servers at run time.
	Except: []nginx.Flavour{nginx.Plus, nginx.Angie, nginx.Tengine},
	Doc: lint.Doc{
		Summary: "an upstream group whose servers are all marked down",
		Why:     `nginx starts with a group all of whose servers are marked "down", and then finds no server for any request: it answers 502 at once, without connecting anywhere. In stream it closes the connection.`,
		Log:     `[error] no live upstreams while connecting to upstream, client: 192.0.2.1, upstream: "http://app/"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8000 down;
        server 192.0.2.11:8000 down;
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
        server 192.0.2.10:8000 down;
        server 192.0.2.11:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Groups that nothing passes to. Groups with a backup server that is not down, with servers out of view, or with a directive that nginx itself does not know. Passes whose "error_page" for 502 leads to a named location or changes the status, as in maintenance. Where the "api" of NGINX Plus may put servers into service.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server"},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		onlyBackup := true
		for i := range u.Peers {
			peer := &u.Peers[i]
			if !peer.Down || peer.Unknown {
				return
			}
			onlyBackup = onlyBackup && peer.Backup
		}
		if len(u.Peers) == 0 || onlyBackup || mayHoldOthers(u) || p.Config.Uses("api") || p.Config.Complete && len(u.Proxies) == 0 {
			return
		}
		suffering := slices.DeleteFunc(slices.Clone(u.Proxies), func(x *model.Proxy) bool { return fallsBack(p, x) })
		if len(u.Proxies) > 0 && len(suffering) == 0 {
			return // as in maintenance, with a page for it
		}
		answer := "nginx answers every request there with " + answeredWith(p, "502", suffering...)
		if u.Stream {
			answer = "nginx closes every connection there"
		}
		f := lint.Finding{
			Message: fmt.Sprintf(`all servers of the group %q are marked "down", and %s (no live upstreams while connecting to upstream)`, u.Name, answer),
			Help:    `leave "down" out at a server that is to be used`,
		}
		relate(&f, "passes there", passPlaces(suffering)...)
		p.Report(u.Node, f)
	},
})
