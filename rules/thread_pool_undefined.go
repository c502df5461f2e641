package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "thread-pool-undefined",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a pool of threads that is not defined",
		Why: "`aio threads=name` reads files in the threads of a pool, which a `thread_pool` at the main level defines. Only the pool `default`, the one of a plain `aio threads`, " +
			"is there by itself. nginx does not start with any other name.",
		Log: `[emerg] unknown thread pool "disk" in /etc/nginx/nginx.conf:5`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        aio threads=disk;
    }
}
`,
		Good: `thread_pool disk threads=16;
events {}
http {
    server {
        listen 127.0.0.1:8080;
        aio threads=disk;
    }
}
`,
		Silent: "Configurations that are not in view as a whole; names with variables, which nginx looks up for each request.",
		Links:  []string{"https://nginx.org/en/docs/ngx_core_module.html#thread_pool"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Complete || !c.Uses("aio") {
			return
		}
		pools := map[string]bool{"default": true}
		for i := range c.Main.Node.Children {
			n := &c.Main.Node.Children[i]
			if n.NameUnknown || n.Name == "thread_pool" && n.Unknown() {
				return
			}
			if n.Name == "thread_pool" {
				pools[n.Arg(0)] = true
			}
		}
		for _, s := range c.Scopes {
			if !s.Context.Has(nginx.HTTP | nginx.Server | nginx.Location) {
				continue
			}
			for n := range s.All("aio") {
				name, ok := strings.CutPrefix(n.Arg(0), "threads=")
				if !ok || n.Unknown() || strings.Contains(name, "$") || pools[name] {
					continue
				}
				f := lint.Finding{
					Place:   lint.AtArg(n, 0),
					Message: fmt.Sprintf("unknown thread pool %q", name),
					Help:    fmt.Sprintf(`define it at the main level: "thread_pool %s threads=32;"`, name),
				}
				if near, ok := nginx.Nearest(name, slices.Sorted(maps.Keys(pools))); ok {
					f.Help = fmt.Sprintf("did you mean %q?", near)
				}
				p.Report(n, f)
			}
		}
	},
})
