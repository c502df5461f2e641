package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "cache-use-stale-missing",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a cache that does not help when the upstream fails",
		Why: `By default nginx answers with 502 or 504 when the upstream cannot be reached, even if the cache holds an answer that ran out a moment ago. With "proxy_cache_use_stale error timeout" ("fastcgi_cache_use_stale", "uwsgi_cache_use_stale", "scgi_cache_use_stale") it sends that answer instead.

"http_502" and its like do not do that: they speak of a status that the upstream itself sends. For a connection that is refused, reset or too slow there are "error" and "timeout".

A response with "Cache-Control: stale-if-error" has the same effect for itself.`,
		Log: `[error] connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `events {}
http {
    proxy_cache_path /var/cache/nginx/app keys_zone=app:10m;
    server {
        listen 8080;
        location / {
            proxy_cache app;
            proxy_cache_valid 200 10m;
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    proxy_cache_path /var/cache/nginx/app keys_zone=app:10m;
    server {
        listen 8080;
        location / {
            proxy_cache app;
            proxy_cache_valid 200 10m;
            proxy_cache_use_stale error timeout updating;
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `"proxy_cache_use_stale off", "timeout" and "updating", which are a decision. Answers to "auth_request", and services for sign-in, which must not be out of date. Passes for whose 502 an "error_page" with "=" makes up by a second upstream. A cache that a variable names.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_use_stale",
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_cache_use_stale",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.UsesSetting("cache") {
			return
		}
		services := newSignIn(p)
		var caches byKey[*conf.Directive, *model.Proxy]
		for _, x := range c.Proxies {
			cache := cacheOf(p, x)
			if cache == nil || !lacksStale(p, x) || madeUpFor(p, x, 502) || services.evidence(x) != "" {
				continue
			}
			cause := cache.Directive
			if v := x.Effective("cache_use_stale"); v.Set() {
				cause = v.Node.Directive
			}
			caches.add(cause, x)
		}
		for _, passes := range caches.all() {
			reportNoStale(p, passes)
		}
	},
})

// lacksStale reports whether nothing says what to do when the upstream cannot be
// reached, or something that its author took for it: statuses of responses.
func lacksStale(p *lint.Pass, x *model.Proxy) bool {
	v := x.Effective("cache_use_stale")
	if v.Unknown() || !scalarKnown(p, x.Scope, v) {
		return false
	}
	if !v.Set() {
		return true
	}
	statuses := false
	for _, arg := range v.Args() {
		switch {
		case arg == "error" || arg == "off":
			return false
		case strings.HasPrefix(arg, "http_50"):
			statuses = true
		}
	}
	return statuses
}

func reportNoStale(p *lint.Pass, passes []*model.Proxy) {
	x := passes[0]
	directive := x.Directive("cache_use_stale")
	node := x.Effective("cache").Node
	f := lint.Finding{
		Message: "when the upstream cannot be reached, nginx answers with " + refusedWith(p, "502 or 504", passes...) + " although this cache still holds an answer that ran out",
		Help:    fmt.Sprintf("set \"%s error timeout updating;\", unless an old answer would be worse than none", directive),
	}
	if stale := x.Effective("cache_use_stale"); stale.Set() {
		node = stale.Node
		f.Message = fmt.Sprintf("%q without \"error\" is for statuses that the upstream sends; when it cannot be reached, nginx answers with %s although the cache still holds an answer that ran out", directive, refusedWith(p, "502", passes...))
		f.Help = `add "error timeout"`
		if stale.Has("timeout") {
			f.Help = `add "error"`
		}
	}
	f.Place = lint.AtArg(node, 0)
	relate(&f, "passed on here", passPlaces(passes)...)
	p.Report(node, f)
}
