package effective

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/model"
)

// errorPages notes where the error_page directives in effect lead to that are for
// an answer that the request may get. A second failure is not followed: nginx has
// no page for that unless recursive_error_pages is on.
func (a *Arrival) errorPages() {
	if a.over {
		return
	}
	if len(a.Proxies) == 0 {
		a.pagesAt(a.Location, nil)
	}
	for _, x := range a.Proxies[:min(len(a.Proxies), maxWays)] {
		a.pagesAt(x.Scope, x)
	}
}

// pagesAt does so for a level, and what passes requests on there, if anything.
func (a *Arrival) pagesAt(level *model.Scope, x *model.Proxy) {
	nodes, _ := level.Array("error_page")
	if len(nodes) == 0 {
		return
	}
	may, met := a.statuses(level, x), map[int]bool{}
	for _, n := range nodes {
		e, ok := model.ReadErrorPage(n)
		if n.Unknown() {
			return // it may be for any status, and the first for one counts
		}
		var codes []int
		for _, code := range e.Codes {
			if !met[code] && may.has(code) {
				codes = append(codes, code)
			}
			met[code] = true
		}
		if ok && len(codes) > 0 && !slices.ContainsFunc(a.Otherwise, func(b Arrival) bool { return b.Via[0].Node == n }) {
			a.page(e, codes)
		}
	}
}

// page notes where an error_page leads to (ngx_http_send_error_page,
// src/http/ngx_http_special_response.c).
func (a *Arrival) page(e model.ErrorPage, codes []int) {
	by := Step{Node: e.Node, When: OnStatus, Statuses: codes}
	h := hop{path: a.path}
	switch {
	case strings.HasPrefix(e.Target, "/"):
		h.path, _, _ = strings.Cut(e.Target, "?")
		h.server = true
	case strings.HasPrefix(e.Target, "@"):
		h.named = a.Server.NamedLocation(e.Target)
		if h.named == nil {
			if a.Server.Scope.Config().Complete {
				a.stay(by, fmt.Sprintf("there is no location %s: nginx answers 500", e.Target))
			}
			return
		}
	default:
		a.stay(by, "nginx redirects clients to that address")
		return
	}
	a.note(by, h)
}

// stay notes a way that ends where the request is.
func (a *Arrival) stay(by Step, note string) {
	if *a.left == 0 {
		return
	}
	*a.left--
	a.Otherwise = append(a.Otherwise, Arrival{
		Server: a.Server, Default: a.Default, Location: a.Location, Via: []Step{by}, Note: note, Answer: by.Node,
	})
}

// statuses are those that a request may be answered with where it is and that an
// error_page can be for.
type statuses struct {
	all  bool
	some map[int]bool
}

func (s *statuses) has(code int) bool { return s.all || s.some[code] }

func (s *statuses) add(codes ...int) {
	for _, code := range codes {
		s.some[code] = true
	}
}

// addReturn adds the status of a return, if an error_page can be for it: not where
// it has a text (ngx_http_script_return_code, src/http/ngx_http_script.c) or closes
// the connection, and redirects are of no interest.
func (s *statuses) addReturn(text, body string) {
	if code, err := strconv.Atoi(text); err == nil && code >= 400 && code != 444 && body == "" {
		s.add(code)
	}
}

// statuses are those of nginx's own at a level, and all that come from upstreams
// where those are intercepted. That an upstream fails is 502 or 504
// (ngx_http_upstream_next, src/http/ngx_http_upstream.c), a file that is not there
// or not to be read 404 or 403, a POST to one 405.
func (a *Arrival) statuses(level *model.Scope, x *model.Proxy) *statuses {
	s := &statuses{some: map[int]bool{}}
	if n := a.Answer; x == nil && n != nil && (n.Name == "return" || n.Name == "rewrite") {
		s.addReturn(n.Arg(0), n.Arg(1))
		return s
	}
	s.add(500)
	switch {
	case x != nil:
		s.add(502, 504)
		if x.Kind == model.Memcached {
			s.add(404) // the key is not there (ngx_http_memcached_process_header)
		}
		s.all, _ = x.Effective("intercept_errors").Flag()
	case level.Handler() == nil && !level.Foreign():
		s.add(403, 404, 405)
	}
	s.refusals(level)
	a.returns(s, level)
	return s
}

// refusals adds the statuses of modules that keep requests from being answered.
func (s *statuses) refusals(level *model.Scope) {
	if size, ok := level.Effective("client_max_body_size").Size(); ok && size > 0 {
		s.add(413)
	}
	for _, limit := range []string{"limit_req", "limit_conn"} {
		if !level.Effective(limit).Set() {
			continue
		}
		if code, err := strconv.Atoi(level.Effective(limit + "_status").Arg(0)); err == nil {
			s.add(code)
		}
	}
	if level.Effective("deny").Set() {
		s.add(403)
	}
	for _, guard := range []string{"auth_basic", "auth_request"} {
		if v := level.Effective(guard); v.Set() && v.Arg(0) != "off" {
			s.add(401, 403)
		}
	}
}

// returns adds the statuses that an if on the way returns, and the last argument of
// try_files, where the error pages are the same there.
func (a *Arrival) returns(s *statuses, level *model.Scope) {
	pages := level.ArrayScope("error_page")
	for _, at := range []*model.Scope{a.Server.Scope, a.Location} {
		for in := range at.Levels() {
			if n := in.Own("return"); n != nil && in.Name() == "if" && in.ArrayScope("error_page") == pages {
				s.addReturn(n.Arg(0), n.Arg(1))
			}
		}
	}
	if n := a.Location.Own("try_files"); n != nil && len(n.Args) > 0 {
		code, found := strings.CutPrefix(n.Arg(len(n.Args)-1), "=")
		if found {
			s.addReturn(code, "")
		}
	}
}
