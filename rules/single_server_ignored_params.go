package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "single-server-ignored-params",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "max_fails or fail_timeout at the only server of a group",
		Why: `nginx counts failures to know when to prefer another server. Where a group has one address there is none, so it does not count: "max_fails" and "fail_timeout" have no effect. The server is tried for every request, however often it failed, and answers again as soon as it is back.

Anything that was expected of the two, such as a pause for a server that is overloaded, does not happen.`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080 max_fails=3 fail_timeout=30s;
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
        server 192.0.2.10:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Host names, which may have several addresses. "max_fails=0" and "fail_timeout=0", which ask for what nginx does anyway. Groups that nothing passes to. Groups that may have more servers than are in view, or get them while nginx runs, as with the "api" of NGINX Plus.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails"},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		if len(u.Peers) != 1 || u.Peers[0].Params == nil {
			return
		}
		single, known := u.Single()
		if !single || !known || mayHoldOthers(u) || mayGrow(u) || !mayCarryConnections(p, u) {
			return
		}
		peer := &u.Peers[0]
		if peer.Down || peer.MaxFails == 0 || peer.FailTimeout == 0 {
			return
		}
		f := lint.Finding{}
		var ignored []string
		for i, a := range peer.Node.Args {
			if key, _, found := strings.Cut(a.Value, "="); found && (key == "max_fails" || key == "fail_timeout") {
				if len(ignored) == 0 {
					f.Place = lint.AtArg(peer.Node, i)
				}
				ignored = append(ignored, fmt.Sprintf("%q", a.Value))
			}
		}
		if len(ignored) == 0 {
			return
		}
		has := "has"
		if len(ignored) > 1 {
			has = "have"
		}
		f.Message = fmt.Sprintf("%s %s no effect: %q has one address, and nginx tries it for every request, however often it failed", strings.Join(ignored, " and "), has, u.Name)
		f.Help = fmt.Sprintf("leave %s out, or add a server to fall back on", strings.Join(ignored, " and "))
		if u.Stream {
			f.Message = strings.Replace(f.Message, "every request", "every connection", 1)
		}
		p.Report(peer.Node, f)
	},
})

// mayGrow reports whether servers may be added to a group while nginx runs: to
// one in shared memory, with the API of a commercial build or a fork.
func mayGrow(u *model.Upstream) bool {
	c := u.Scope.Config()
	relative := c.Flavour == nginx.Plus || c.Flavour == nginx.Angie || c.Flavour == nginx.Tengine
	return u.Scope.Own("zone") != nil && (relative || c.Uses("api"))
}
