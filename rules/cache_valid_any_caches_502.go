package rules

import (
	"fmt"
	"strconv"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "cache-valid-any-caches-502",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a cache that keeps nginx's own 502 and 504",
		Why: `"proxy_cache_valid any 10m" ("fastcgi_cache_valid", "uwsgi_cache_valid", "scgi_cache_valid") holds for every status, and for the 502 and 504 that nginx answers itself when it cannot reach the upstream. These are kept too: after a restart of a second, whatever was asked for during that second is answered with 502 for ten minutes more, although the upstream is back.

Only the first such answer has a line in the error log. Those from the cache have none, and $upstream_addr is empty.

Without a status, as in "proxy_cache_valid 10m", only 200, 301 and 302 are meant. Of several entries the first that names the status or "any" counts, so that short times for errors have to stand above "any".

With "proxy_cache_use_stale error timeout" it is an info: an old answer that the cache still holds goes before. So it is where an "error_page" with "=" hands the request to a second upstream, which then answers that long.`,
		Log: `[error] connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `events {}
http {
    proxy_cache_path /var/cache/nginx/app keys_zone=app:10m;
    server {
        listen 8080;
        location / {
            proxy_cache app;
            proxy_cache_valid 200 301 1h;
            proxy_cache_valid any 10m;
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
            proxy_cache_valid 200 301 1h;
            proxy_cache_valid 404 1m;
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_cache_use_stale error timeout updating;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `Times of up to ten seconds, and of up to a minute where 502 and 504 are named, which spare an upstream in trouble. A time of 0. A *_cache_valid where no cache is on, or where a variable names the cache.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_valid",
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_cache_valid",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.UsesSetting("cache") {
			return
		}
		var kept byKey[*conf.Directive, keptError]
		for _, x := range c.Proxies {
			if k, found := keptErrorOf(p, x); found {
				kept.add(k.node.Directive, k)
			}
		}
		for _, uses := range kept.all() {
			reportKeptErrors(p, uses)
		}
	},
})

// How long errors may be kept to spare the upstream, in seconds: by an entry for
// any status, and by one that names them.
const (
	briefForAny   = 10
	briefForNamed = 60
)

// keptError is an entry of *_cache_valid by which a pass keeps nginx's own 502
// or 504.
type keptError struct {
	pass *model.Proxy
	node *conf.Node
	// arg is the entry's "any" or status.
	arg int
	// what is kept.
	what string
}

// cacheOf is the directive that turns the cache on for a pass, nil where it is
// off or that is not known.
func cacheOf(p *lint.Pass, x *model.Proxy) *conf.Node {
	if x.Kind == model.StreamProxy || !isCaching(x.Kind.Prefix()) {
		return nil
	}
	cache := x.Effective("cache")
	if !cache.Set() || cache.Unknown() || cache.Arg(0) == "off" || !scalarKnown(p, x.Scope, cache) {
		return nil
	}
	return cache.Node
}

// keptErrorOf finds the entry. nginx looks for one of its own 502 and 504, of no
// other status, when a request to the upstream ends with it
// (ngx_http_upstream_finalize_request, src/http/ngx_http_upstream.c).
func keptErrorOf(p *lint.Pass, x *model.Proxy) (keptError, bool) {
	if cacheOf(p, x) == nil || !arrayKnown(p, x.Scope, x.Effective("cache_valid")) {
		return keptError{}, false
	}
	entries, _ := x.Scope.Array(x.Directive("cache_valid"))
	badGateway, timeout := -1, -1
	first, firstOK := cacheEntry(entries, 502, &badGateway)
	second, secondOK := cacheEntry(entries, 504, &timeout)
	k := keptError{pass: x, node: first, arg: badGateway, what: "502"}
	switch {
	case firstOK && secondOK && first == second:
		k.what = "502 or 504"
	case !firstOK && secondOK:
		k.node, k.arg, k.what = second, timeout, "504"
	}
	return k, firstOK || secondOK
}

// cacheEntry is the entry that holds for a status (ngx_http_file_cache_valid,
// src/http/ngx_http_file_cache.c), and whether it keeps it for longer than is
// meant to spare the upstream. The argument that names the status is put into arg.
func cacheEntry(entries []*conf.Node, status int, arg *int) (entry *conf.Node, long bool) {
	for _, n := range entries {
		if n.Unknown() || len(n.Args) == 0 {
			return nil, false
		}
		for i := range len(n.Args) - 1 {
			named := n.Arg(i) == strconv.Itoa(status)
			if !named && n.Arg(i) != "any" {
				continue
			}
			brief := int64(briefForAny)
			if named {
				brief = briefForNamed
			}
			*arg = i
			seconds, ok := nginx.ParseSec(lastArg(n))
			return n, ok && seconds > brief
		}
	}
	return nil, false
}

func reportKeptErrors(p *lint.Pass, uses []keptError) {
	k := uses[0]
	passes := make([]*model.Proxy, len(uses))
	for i, use := range uses {
		passes[i] = use.pass
	}
	f := lint.Finding{
		Place: lint.AtArg(k.node, k.arg),
		Message: fmt.Sprintf("nginx keeps its own %s for %s: once the upstream could not be reached, it answers %s from the cache that long, "+
			"without asking again and without a line in the error log", k.what, lastArg(k.node), refusedWith(p, k.what, k.pass)),
		Help: fmt.Sprintf("name the statuses to keep, such as \"%s 200 301 302 10m;\" and \"%s 404 1m;\"", k.node.Name, k.node.Name),
	}
	if k.node.Arg(k.arg) != "any" {
		f.Help = fmt.Sprintf("leave %s out, or keep it for some seconds only", k.what)
	}
	if stale := k.pass.Effective("cache_use_stale"); stale.Has("error") {
		f.Severity = lint.Info
		f.Message = fmt.Sprintf("nginx keeps its own %s for %s: what the cache holds nothing of when the upstream cannot be reached, it answers with %s that long, "+
			"without asking again and without a line in the error log", k.what, lastArg(k.node), refusedWith(p, k.what, k.pass))
	}
	if madeUpFor(p, k.pass, 502) {
		f.Severity = lint.Info
		f.Message = fmt.Sprintf("nginx keeps its own %s for %s: once the upstream could not be reached, it is not asked again that long, and what the \"error_page\" for %s leads to answers in its place",
			k.what, lastArg(k.node), k.what)
	}
	relate(&f, "the cache is on here", lint.At(k.pass.Effective("cache").Node))
	relate(&f, "passed on here", passPlaces(passes)...)
	p.Report(k.node, f)
}
