package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "named-location-undefined",
	Severity: lint.Error,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "a named location that the server does not have",
		Why: "error_page and try_files can hand a request over to a named location, `location @name`, of the same server; those of other servers do not count. " +
			"nginx looks for it when a request gets there, so `nginx -t` accepts a name that does not exist, and the request is answered with 500.",
		Log: `[error] could not find named location "@backend", client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location / {
            try_files $uri @backend;
        }
        location @backnd {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location / {
            try_files $uri @backend;
        }
        location @backend {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
		Silent: "Configurations that are not in view as a whole, names with variables, servers where a template engine names a location. Pages for statuses that do not come up in a server: where it answers everything with one \"return\", or 502 and 504 where it passes nothing on.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#location",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Complete || !c.Uses("error_page", "try_files") {
			return
		}
		var missing byKey[*conf.Node, *model.Server]
		failing := serversWithErrors(c)
		for _, s := range c.Servers {
			if s.Stream {
				continue
			}
			names, known := namedLocations(s)
			if !known {
				continue
			}
			for n := range namedTargets(s) {
				if !slices.Contains(names, lastArg(n)) && comesUp(n, s, failing) {
					missing.add(n, s)
				}
			}
		}
		for n, servers := range missing.all() {
			reportNamedLocation(p, n, servers)
		}
	},
})

// namedLocations are the names of a server's named locations, with their @. They
// are not known where a template engine decides on one.
func namedLocations(s *model.Server) (names []string, known bool) {
	for i := range s.Node.Children {
		n := &s.Node.Children[i]
		if n.NameUnknown || n.Name == "location" && n.Unknown() {
			return nil, false
		}
		if n.Name == "location" && len(n.Args) == 1 && strings.HasPrefix(n.Arg(0), "@") {
			names = append(names, n.Arg(0))
		}
	}
	return names, true
}

// namedTargets yields the directives in effect in a server whose last argument is
// a named location (ngx_http_core_error_page, and ngx_http_try_files_handler of
// src/http/modules/ngx_http_try_files_module.c).
func namedTargets(s *model.Server) func(yield func(*conf.Node) bool) {
	return func(yield func(*conf.Node) bool) {
		if outer := s.Scope.ArrayScope("error_page"); outer != nil && outer != s.Scope {
			for n := range outer.All("error_page") {
				if isNamed(n) && !yield(n) {
					return
				}
			}
		}
		for _, at := range append([]*model.Scope{s.Scope}, s.Scope.Inside()...) {
			for _, name := range []string{"error_page", "try_files"} {
				if at.Own(name) == nil || nginx.Find(name, at.Context) == nil {
					continue
				}
				for n := range at.All(name) {
					if isNamed(n) && !yield(n) {
						return
					}
				}
			}
		}
	}
}

// serversWithErrors are the servers of http that may have a 502 or 504: with a pass
// that requests come to, or a "return" in one of their levels.
func serversWithErrors(c *model.Config) map[*model.Server]bool {
	found := map[*model.Server]bool{}
	for _, x := range c.Proxies {
		if !returnsFirst(x) {
			found[x.Server] = true
		}
	}
	if c.Uses("return") {
		for _, s := range c.Scopes {
			if s.Server != nil && s != s.Server.Scope && s.Own("return") != nil {
				found[s.Server] = true
			}
		}
	}
	return found
}

// comesUp reports whether a server may have one of the statuses that a directive
// in effect there is for. nginx makes a 502 or 504 for a pass only
// (src/http/ngx_http_upstream.c); before a "return" of the server can answer, a
// request can fail by its headers alone (src/http/ngx_http_request.c).
func comesUp(n *conf.Node, s *model.Server, failing map[*model.Server]bool) bool {
	e, ok := readErrorPage(n)
	if n.Name != "error_page" || !ok {
		return true
	}
	returned := s.Scope.Own("return")
	return slices.ContainsFunc(e.Codes, func(code int) bool {
		switch {
		case returned != nil:
			return returned.Arg(0) == strconv.Itoa(code) || code >= 400 && code < 500 && code != 403 && code != 404 || code == 505
		case code == 502 || code == 504:
			return failing[s]
		}
		return true
	})
}

// isNamed reports whether the last argument certainly is a named location.
func isNamed(n *conf.Node) bool {
	last := lastArg(n)
	return len(n.Args) > 1 && strings.HasPrefix(last, "@") && !strings.Contains(last, "$") && !n.Unknown()
}

func lastArg(n *conf.Node) string { return n.Arg(len(n.Args) - 1) }

// reportNamedLocation reports a name that one or several servers lack.
func reportNamedLocation(p *lint.Pass, n *conf.Node, servers []*model.Server) {
	name := lastArg(n)
	answer := "500"
	for _, at := range servers[0].Scope.Inside() {
		if n.Name == "try_files" && at.Node == n.Parent { // error pages do not follow on error pages
			answer = pagedAnswer(p, at, answer)
		}
	}
	f := lint.Finding{
		Place:   lint.AtArg(n, len(n.Args)-1),
		Message: fmt.Sprintf("no location is called %q in this server: a request that gets here is answered with %s (could not find named location %q)", name, answer, name),
		Help:    fmt.Sprintf(`add "location %s { … }" to the server`, name),
	}
	if n.Parent != servers[0].Node && !isInside(n, servers[0].Node) {
		f.Message = fmt.Sprintf("a server that this is in effect for has no location %q: a request that gets here is answered with %s (could not find named location %q)", name, answer, name)
		for _, s := range servers {
			relate(&f, "this server has no such location", lint.At(s.Node))
		}
	}
	names, _ := namedLocations(servers[0])
	if near, ok := nginx.Nearest(name, names); ok {
		f.Help = fmt.Sprintf("did you mean %q?", near)
	}
	p.Report(n, f)
}

// isInside reports whether a node is in a block, at any depth.
func isInside(n, block *conf.Node) bool {
	for at := n.Parent; at != nil; at = at.Parent {
		if at == block {
			return true
		}
	}
	return false
}
