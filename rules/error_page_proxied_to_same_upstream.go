package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "error-page-proxied-to-same-upstream",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "an error page that is asked for from the upstream that has just failed",
		Why: `"error_page 502 /50x.html" makes nginx look for a location for /50x.html as if a client had asked for it. Without one of its own that is "location /", and where that passes requests on, nginx asks the upstream that cannot be reached for the page. This fails as well, and the client gets nginx's own plain page: error pages do not follow on error pages.

Each failure then costs two attempts, after a timeout twice the time, and has two lines in the error log. With "recursive_error_pages on" error pages do follow on error pages: nginx asks ten more times, and then answers with 500 (rewrite or internal redirection cycle).`,
		Log: `[error] connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1", upstream: "http://192.0.2.10:8080/50x.html"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        error_page 500 502 503 504 /50x.html;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        error_page 500 502 503 504 /50x.html;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
        location = /50x.html {
            internal;
            root /usr/share/nginx/html;
        }
    }
}
`,
		Silent: `Named locations, which are chosen on purpose. Passes in locations that are named, internal or for one URI, where what fails is a page already. Pages whose location answers from files, tries files first, may have them in a cache, or passes to another upstream; pages for other statuses than 502 and 504, which an upstream that works may well hold. Locations, addresses and rewrites that cannot be told. With "proxy_intercept_errors on" it is an info: the upstream may be one that works and hands on the errors of others.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#recursive_error_pages",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Uses("error_page") {
			return
		}
		pages := errorPageSearch{
			targets: map[errorPageKey]*model.Proxy{}, at: map[*model.Scope][]errorPage{}, searches: map[*model.Server]int{},
		}
		var loops byKey[*conf.Directive, errorPageLoop]
		for _, x := range c.Proxies {
			at := x.Scope.ArrayScope("error_page")
			if at == nil || x.Stream() || x.Server == nil || returnsFirst(x) || !arrayKnown(p, x.Scope, model.Value{Scope: at}) {
				continue
			}
			for _, e := range pages.of(p, at) {
				if l, found := pages.loop(x, e); found {
					loops.add(e.Node.Directive, l)
				}
			}
		}
		for _, uses := range loops.all() {
			reportErrorPageLoop(p, uses)
		}
	},
})

// errorPageLoop is an error page of a pass that comes from the same upstream.
type errorPageLoop struct {
	page       errorPage
	pass, from *model.Proxy
}

// errorPageSearch looks for the passes that answer error pages.
type errorPageSearch struct {
	targets map[errorPageKey]*model.Proxy
	at      map[*model.Scope][]errorPage
	// searches counts, by server, for how many pages the location was looked for.
	searches map[*model.Server]int
}

// maxErrorPages is for how many error pages of a server that is done.
const maxErrorPages = 50

// of are the error pages of a level for failures of upstreams: for 502, which most
// are, and for 504.
func (s *errorPageSearch) of(p *lint.Pass, at *model.Scope) []errorPage {
	pages, known := s.at[at]
	if !known {
		pages = effectivePages(p, at, 502, 504)
		s.at[at] = pages
	}
	return pages
}

// loop finds out whether an error page of x comes from where x passes to.
func (s *errorPageSearch) loop(x *model.Proxy, e errorPage) (errorPageLoop, bool) {
	if strings.HasPrefix(e.Target, "@") {
		return errorPageLoop{}, false
	}
	key := errorPageKey{x.Server, e.Target}
	from, known := s.targets[key]
	if !known && s.searches[x.Server] < maxErrorPages {
		s.searches[x.Server]++
		from = answers(e, x.Server)
		s.targets[key] = from
	}
	l := errorPageLoop{e, x, from}
	if from == nil || !sameUpstream(x, from) || onlyForPages(x) {
		return l, false
	}
	_, known = l.recursion()
	return l, known
}

// onlyForPages reports whether clients do not get to a pass themselves, or with
// one URI only: what fails there is an error page already.
func onlyForPages(x *model.Proxy) bool {
	at := x.Scope.Location()
	return at == nil || at.Modifier() == "@" || at.Modifier() == "=" || at.Own("internal") != nil
}

// answers is the pass that certainly answers an error page, nil for none.
func answers(e errorPage, srv *model.Server) *model.Proxy {
	at, known := e.location(srv)
	if !known {
		return nil
	}
	x := at.Config().ProxyAt(at)
	if x == nil || at.Own("try_files") != nil || mayRewrite(at) || returnsFirst(x) || x.Effective("cache").Set() {
		return nil
	}
	for in := range at.Levels() {
		if in.Context == nginx.LocationIf {
			return nil // may answer otherwise
		}
	}
	return x
}

// sameUpstream reports whether two passes certainly go to the same servers.
func sameUpstream(a, b *model.Proxy) bool {
	if a.Kind != b.Kind || !a.AllKnown || !b.AllKnown || len(a.Candidates) != 1 || len(b.Candidates) != 1 {
		return false
	}
	x, y := &a.Candidates[0], &b.Candidates[0]
	if x.Unknown || y.Unknown || x.Err != nil || y.Err != nil {
		return false
	}
	if x.Upstream != nil || y.Upstream != nil {
		return x.Upstream == y.Upstream
	}
	return x.URL.Unix == y.URL.Unix && canonicalHost(x.Host()) == canonicalHost(y.Host()) && x.Port == y.Port
}

// recursion reports whether the failure of the page leads to the page again, by
// recursive_error_pages. It is not known where it leads to something else, or may.
func (l errorPageLoop) recursion() (again, known bool) {
	on, ok := l.pass.Scope.Effective("recursive_error_pages").Flag()
	if !on || !ok {
		return false, ok
	}
	on, ok = l.from.Scope.Effective("recursive_error_pages").Flag()
	pages, _ := l.from.Scope.Array("error_page")
	return true, on && ok && slices.Contains(pages, l.page.Node)
}

// outcome is what the client gets. With recursion nginx asks until it has followed
// as many internal redirects as it does (NGX_HTTP_MAX_URI_CHANGES,
// src/http/ngx_http_request.h).
func (l errorPageLoop) outcome() string {
	if again, _ := l.recursion(); again {
		return "this fails too and leads to the page again, eleven attempts in all, after which the client gets 500 (rewrite or internal redirection cycle)"
	}
	return fmt.Sprintf("a second failure, after which the client gets nginx's own page for %d", l.page.status)
}

func reportErrorPageLoop(p *lint.Pass, uses []errorPageLoop) {
	l := uses[0]
	path, _, _ := strings.Cut(l.page.Target, "?")
	f := lint.Finding{
		Severity: lint.Info,
		Place:    lint.AtArg(l.page.Node, len(l.page.Node.Args)-1),
		Message:  fmt.Sprintf("when the upstream cannot be reached, nginx asks it for %q too: %s", l.page.Target, l.outcome()),
		Help:     fmt.Sprintf("add \"location = %s { internal; root …; }\" with a file that nginx can read", path),
	}
	passes := make([]*model.Proxy, len(uses))
	for i, use := range uses {
		passes[i] = use.pass
		if on, ok := use.pass.Effective("intercept_errors").Flag(); !on || !ok {
			f.Severity = lint.Warning
		}
	}
	relate(&f, fmt.Sprintf("%s is passed on here", l.page.Target), lint.AtArg(l.from.Pass, 0))
	relate(&f, "for failures of this", passPlaces(passes)...)
	p.Report(l.page.Node, f)
}
