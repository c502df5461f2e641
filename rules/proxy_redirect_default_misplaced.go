package rules

import (
	"cmp"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-redirect-default-misplaced",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: `a "proxy_redirect default" without an address before it to take the default from`,
		Why: `"proxy_redirect default" is made from the "proxy_pass" that stands above it in the same location. nginx does not start where there is none: at http and server, above the "proxy_pass", or where the address holds variables.

It is the default in any case, so that it is only ever needed beside another "proxy_redirect" of the location.`,
		Log: `[emerg] "proxy_redirect default" should be placed after the "proxy_pass" directive in /etc/nginx/nginx.conf:6`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location /app/ {
            proxy_redirect default;
            proxy_pass http://192.0.2.10:8000/;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location /app/ {
            proxy_pass http://192.0.2.10:8000/;
            proxy_redirect default;
        }
    }
}
`,
		Silent: `Locations where the "proxy_pass" may come from a file out of view or a template engine.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_redirect"},
	},
	On: map[string]func(*lint.Pass, *conf.Node){"proxy_redirect": checkRedirectDefault},
})

// checkRedirectDefault is the part of ngx_http_proxy_redirect about "default",
// src/http/modules/ngx_http_proxy_module.c.
func checkRedirectDefault(p *lint.Pass, n *conf.Node) {
	if n.Unknown() || len(n.Args) != 1 || n.Arg(0) != "default" {
		return
	}
	s := p.Config.ScopeOf(n)
	if s == nil || s.Gaps != 0 || !asWritten(s) {
		return
	}
	var before *conf.Node
	for i := range s.Node.Children {
		c := &s.Node.Children[i]
		if c == n {
			break
		}
		if c.Name == "proxy_pass" {
			before = c
		}
	}
	x := passIn(s, before)
	f := lint.Finding{Place: lint.AtArg(n, 0)}
	switch {
	case x == nil:
		f.Message = `"proxy_redirect default" should be placed after the "proxy_pass" directive`
		f.Help = `leave it out, or move it below the "proxy_pass" of the location`
	case x.Target.Variable:
		f.Message = `"proxy_redirect default" cannot be used with "proxy_pass" directive with variables`
		f.Help = "leave it out, or write the address that the upstream redirects to"
		relate(&f, "the address with variables", lint.AtArg(before, 0))
	default:
		return
	}
	reportStart(p, n, f)
}

// passIn is the proxy of a *_pass directive at a level, nil for nil.
func passIn(s *model.Scope, n *conf.Node) *model.Proxy {
	for _, x := range s.Config().ProxiesIn(cmp.Or(s.Location(), s)) {
		if x.Pass == n {
			return x
		}
	}
	return nil
}
