package rules

import (
	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "keepalive-zero",
	Severity: lint.Error,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: `"keepalive 0", which nginx before 1.29.7 refuses`,
		Why:     `Since 1.29.7 nginx keeps connections to the servers of a group by default, and "keepalive 0" switches that off. Before, a group without "keepalive" kept none, and nginx does not start with "keepalive 0".`,
		Log:     `[emerg] invalid value "0" in "keepalive" directive in /etc/nginx/nginx.conf:5`,
		Bad: `# nginx: 1.26.3
events {}
http {
    upstream app {
        server 192.0.2.10:8000;
        keepalive 0;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Good: `# nginx: 1.26.3
events {}
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
		Silent: `nginx 1.29.7 and later. Where the release is not known it is a warning.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive"},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		n := u.Scope.Own("keepalive")
		if u.Stream || n == nil || n.Unknown() || p.Config.Version.AtLeast(pooledByDefault) {
			return
		}
		if v, ok := nginx.ParseNumber(n.Arg(0)); !ok || v != 0 {
			return
		}
		f := lint.Finding{
			Place:   lint.AtArg(n, 0),
			Message: `invalid value "` + n.Arg(0) + `" in "keepalive" directive`,
			Help:    `leave "keepalive" out: before nginx 1.29.7 no connections are kept without it`,
		}
		if p.Config.Version.IsZero() {
			f.Severity = lint.Warning
			f.Message += ", which nginx before 1.29.7 refuses"
		}
		reportStart(p, n, f)
	},
})
