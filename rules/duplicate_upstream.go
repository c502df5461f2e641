package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "duplicate-upstream",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "two upstream groups of one name",
		Why:     `nginx does not start with two upstream groups of the same name, in whatever files they are. Upper and lower case are the same. http and stream have names of their own.`,
		Log:     `[emerg] duplicate upstream "app" in /etc/nginx/conf.d/b.conf:1`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8000;
    }
    upstream App {
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
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8000;
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
		Silent: `A group in http and one in stream. What a template engine decides.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !slices.ContainsFunc(c.Upstreams, func(u *model.Upstream) bool { return c.Upstream(u.Stream, u.Name) != u }) {
			return
		}
		type name struct {
			stream bool
			lower  string
		}
		first := make(map[name]*model.Upstream, len(c.Upstreams))
		for _, u := range c.Upstreams {
			if u.Unknown || len(u.Node.Args) != 1 || !untemplated(u.Scope) {
				continue
			}
			key := name{u.Stream, strings.ToLower(u.Name)} // ngx_http_upstream_add, src/http/ngx_http_upstream.c
			before := first[key]
			if before == nil {
				first[key] = u
				continue
			}
			f := lint.Finding{
				Place:   lint.AtArg(u.Node, 0),
				Message: fmt.Sprintf(`duplicate upstream "%s"`, u.Name),
				Help:    again(before.Node, u.Node, "join the two groups, or give one of them another name"),
			}
			relate(&f, "the first of that name", lint.AtArg(before.Node, 0))
			reportStart(p, u.Node, f)
		}
	},
})
