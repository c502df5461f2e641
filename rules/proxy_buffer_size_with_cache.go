package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-buffer-size-with-cache",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a cache whose key leaves too little of a small header buffer",
		Why:     `With a cache on, nginx puts the cache file's own header and the cache key at the start of the buffer that is to hold the response headers ("proxy_buffer_size" and its twins, by default a page of memory, 4k on most machines). That takes about 340 bytes and the length of the key, and the usual key holds the whole URI: with a long query string, response headers that fit without a cache do not fit any more, and the request is answered with 502. When nearly nothing is left, nginx does not cache the response ("proxy_buffer_size 4096 is not enough for cache key").`,
		Log:     `[error] upstream sent too big header while reading response header from upstream, client: 192.0.2.1, server: example.com, request: "GET /search?q=... HTTP/1.1"`,
		Bad: `events {}
http {
    proxy_cache_path /var/cache/nginx/app keys_zone=app:10m;
    server {
        listen 8080;
        location / {
            proxy_cache app;
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
            proxy_cache_use_stale error timeout updating;
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_busy_buffers_size 32k;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `A page, as by default, is an info: it does for responses with small headers. A cache zone that variables name, since "off" may be among their values. A cache that no *_pass uses. A key without the URI or anything else of the request that may be long.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.UsesSetting("cache") {
			return
		}
		var caches byKey[*conf.Directive, *model.Proxy]
		for _, x := range c.Proxies {
			if cache := smallCachedHeader(p, x); cache != nil {
				caches.add(cache.Directive, x)
			}
		}
		for _, passes := range caches.all() {
			reportSmallCachedHeader(p, passes)
		}
	},
})

// smallCachedHeader is the directive that turns the cache on for a pass of one
// of the protocols that have one, where the cache's header shares a page with the response's
// (ngx_http_upstream_process_header, src/http/ngx_http_upstream.c).
func smallCachedHeader(p *lint.Pass, x *model.Proxy) *conf.Node {
	if x.Kind == model.StreamProxy {
		return nil
	}
	cache, size := x.Effective("cache"), x.Effective(headerBuffer)
	if !cache.Set() || cache.Unknown() || cache.Arg(0) == "off" {
		return nil
	}
	if !scalarKnown(p, x.Scope, cache) || !scalarKnown(p, x.Scope, size) {
		return nil
	}
	if n, ok := size.Size(); size.Set() && (!ok || n > pageSize) || hasShortKey(x) {
		return nil
	}
	return cache.Node
}

// hasShortKey reports whether the cache's key is written, and of nothing that clients
// make as long as they like; the default one has the URI.
func hasShortKey(x *model.Proxy) bool {
	key := x.Effective("cache_key")
	if !key.Set() || key.Template() {
		return false
	}
	names, _ := variablesIn(key.Arg(0))
	return !slices.ContainsFunc(names, func(name string) bool {
		switch strings.Trim(name, "{}") {
		case "scheme", "request_method", "server_name", "server_port", "proxy_host", "proxy_port", "remote_addr":
			return false
		}
		return true
	})
}

func reportSmallCachedHeader(p *lint.Pass, passes []*model.Proxy) {
	x := passes[0]
	cache, size := x.Effective("cache"), x.Effective(headerBuffer)
	how := "of " + size.Arg(0)
	if !size.Set() {
		how = "of 4k, the default with memory pages of 4k,"
	}
	f := lint.Finding{
		Place: lint.AtArg(cache.Node, 0),
		Message: fmt.Sprintf("with a cache, %q %s has to hold the cache key beside all response headers: "+
			"where a long URI leaves too little for them, nginx answers with %s (upstream sent too big header while reading response header from upstream)",
			x.Directive(headerBuffer), how, refusedWith(p, "502", passes...)),
		Help: largerHeaderBuffer(x, ampleHeader),
	}
	if n, ok := size.Size(); !ok || n >= pageSize {
		f.Severity = lint.Info // it does for responses with small headers
	}
	if size.Set() {
		relate(&f, fmt.Sprintf("%q is set here", size.Node.Name), lint.At(size.Node))
	}
	relate(&f, "passed on here", passPlaces(passes)...)
	p.Report(cache.Node, f)
}
