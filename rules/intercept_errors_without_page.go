package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "intercept-errors-without-page",
	Severity: lint.Info,
	Pedantic: true,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "errors of the upstream are to be intercepted, and there is no page for them",
		Why: `"proxy_intercept_errors on" ("fastcgi_intercept_errors", "uwsgi_intercept_errors", "scgi_intercept_errors", "grpc_intercept_errors") makes nginx replace a response of the upstream only if an "error_page" in effect names its status. Without any it does nothing: the upstream's 404 and 502 reach the client as they are.

A level that has an "error_page" of its own inherits none from further out.`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_intercept_errors on;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        root /srv/www;
        location / {
            proxy_intercept_errors on;
            error_page 404 500 /error.html;
            proxy_pass http://192.0.2.10:8080;
        }
        location = /error.html {
            internal;
        }
    }
}
`,
		Silent: "Wherever one of the passes that the setting is for has an error_page in effect, for whatever status, or may have one out of view.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_intercept_errors",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.UsesSetting("intercept_errors") {
			return
		}
		var settings byKey[*conf.Directive, *model.Proxy]
		for _, x := range c.Proxies {
			if on, ok := x.Effective("intercept_errors").Flag(); on && ok && !x.Stream() {
				settings.add(x.Effective("intercept_errors").Node.Directive, x)
			}
		}
		for _, passes := range settings.all() {
			reportIdleIntercept(p, passes)
		}
	},
})

// reportIdleIntercept reports a setting if none of its passes has a page
// (ngx_http_upstream_intercept_errors, src/http/ngx_http_upstream.c). An inner
// level of a pass may have one: an "if" that the pass is inherited by.
func reportIdleIntercept(p *lint.Pass, passes []*model.Proxy) {
	for _, x := range passes {
		pages := x.Scope.Effective("error_page")
		if pages.Set() || !arrayKnown(p, x.Scope, pages) {
			return
		}
		for _, in := range x.Scope.Inside() {
			if in.Context.Has(nginx.LocationIf|nginx.LimitExcept) && in.Own("error_page") != nil {
				return
			}
		}
	}
	n := passes[0].Effective("intercept_errors").Node
	f := lint.Finding{
		Message: fmt.Sprintf("%q does nothing: no error_page is in effect, so that every response of the upstream is passed on as it is", n.Name),
		Help:    `add an "error_page" for the statuses to replace, or leave this out`,
	}
	relate(&f, "passed on here", passPlaces(passes)...)
	p.Report(n, f)
}
