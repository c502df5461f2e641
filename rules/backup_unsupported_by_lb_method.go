package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "backup-unsupported-by-lb-method",
	Severity: lint.Error,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: `a backup server below a balancing method that knows none`,
		Why: `The balancing methods "ip_hash", "hash" and "random" know no backup servers: below them, nginx refuses the parameter "backup". Round robin and "least_conn" know it.

The check is made where the server stands, with the method that was read last before it.`,
		Log: `[emerg] balancing method does not support parameter "backup" in /etc/nginx/nginx.conf:6`,
		Bad: `events {}
http {
    upstream app {
        ip_hash;
        server 192.0.2.10:8000;
        server 192.0.2.11:8000 backup;
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
        least_conn;
        server 192.0.2.10:8000;
        server 192.0.2.11:8000 backup;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `A method below the servers, which nginx accepts. Groups with directives that nginx itself does not know, or that are out of view, above the server.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server"},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		if !p.Config.Uses("ip_hash", "hash", "random") || !untemplated(u.Scope) {
			return
		}
		var method *conf.Node
		for i := range u.Scope.Node.Children {
			n := &u.Scope.Node.Children[i]
			switch {
			case n.Name == "ip_hash", n.Name == "hash", n.Name == "random":
				method = n
			case n.Name == "least_conn", n.Name == "least_time", n.Name == "include", isForeign(*n):
				method = nil // it allows "backup", or may
			case n.Name == "server" && method != nil:
				reportUnsupportedBackup(p, n, method)
			}
		}
	},
})

// reportUnsupportedBackup is the check of uscf->flags in ngx_http_upstream_server,
// src/http/ngx_http_upstream.c.
func reportUnsupportedBackup(p *lint.Pass, server, method *conf.Node) {
	for i := 1; i < len(server.Args); i++ {
		if server.Args[i].Value != "backup" || server.Args[i].Unknown {
			continue
		}
		f := lint.Finding{
			Place:   lint.AtArg(server, i),
			Message: `balancing method does not support parameter "backup"`,
			Help:    fmt.Sprintf(`leave out "backup", or replace %q by "least_conn"`, method.Name),
		}
		relate(&f, "the balancing method", lint.At(method))
		reportStart(p, server, f)
		return
	}
}
