package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// errorPage is an error_page with what rules ask about it.
type errorPage struct {
	model.ErrorPage
	// status is the first of those that it was looked for that it is in effect for.
	status int
}

// readErrorPage is not ok where a template or a variable decides, and where
// nginx would refuse it.
func readErrorPage(n *conf.Node) (errorPage, bool) {
	e, ok := model.ReadErrorPage(n)
	return errorPage{ErrorPage: e}, ok
}

// effectivePages are the error pages of a level that are in effect for statuses: of
// several for one status the first counts, see [pageFor].
func effectivePages(p *lint.Pass, at *model.Scope, statuses ...int) []errorPage {
	var out []errorPage
	for _, status := range statuses {
		n := pageFor(p, at, status)
		if n == nil || slices.ContainsFunc(out, func(e errorPage) bool { return e.Node == n }) {
			continue
		}
		if e, ok := readErrorPage(n); ok {
			e.status = status
			out = append(out, e)
		}
	}
	return out
}

// location is the location of a server that the URI of an error page leads to; it
// is not known where nginx may pick another one. An internal redirect
// goes through the server's rewrites again (ngx_http_handler), which may lead
// elsewhere.
func (e errorPage) location(srv *model.Server) (at *model.Scope, known bool) {
	if !strings.HasPrefix(e.Target, "/") || mayRewrite(srv.Scope) {
		return nil, false
	}
	uri, _, _ := strings.Cut(e.Target, "?")
	m := srv.LocationFor(uri)
	return m.Scope, m.Doubt == "" && !m.Redirect
}

// mayRewrite reports whether a level changes URIs, or answers before a location
// gets to.
func mayRewrite(s *model.Scope) bool {
	if s.Own("rewrite") != nil || s.Own("return") != nil {
		return true
	}
	for in := range s.Levels() {
		if in.Name() == "if" && in.Own("rewrite") != nil {
			return true
		}
	}
	return false
}

// returnsOther reports whether a location returns a status that an error page for
// another one, or for any where that is 0, has in the end, or may: a redirect, or a
// failure without a text, which nginx answers anew (ngx_http_send_response,
// src/http/ngx_http_core_module.c).
func returnsOther(at *model.Scope, status int) bool {
	n := at.Own("return")
	if n == nil {
		return false
	}
	code, err := strconv.Atoi(n.Arg(0))
	switch {
	case n.Unknown() || err != nil:
		return true
	case code < 400:
		return code >= 300
	}
	return code != status && (n.Arg(1) == "" || strings.Contains(n.Arg(1), "$"))
}

// errorPageKey is what an error_page leads to in a server.
type errorPageKey struct {
	server *model.Server
	target string
}

// passesOnKey is the key of [errorPage.passesOn] among what rules share: many passes
// may have the same page.
type passesOnKey errorPageKey

// passesOn reports whether its location hands the request to an upstream, or may:
// in an "if", or where "try_files" finds none.
func (e errorPage) passesOn(p *lint.Pass, srv *model.Server) bool {
	return p.Shared(passesOnKey{srv, e.Target}, func() any {
		at, found := e.answering(p, srv)
		return found && mayPass(at)
	}).(bool)
}

func mayPass(at *model.Scope) bool {
	if try := at.Own("try_files"); try != nil && !strings.HasPrefix(lastArg(try), "=") {
		return true
	}
	return len(at.Config().ProxiesIn(at)) > 0
}

// answeringKey is the key of [errorPage.answering] among what rules share.
type answeringKey errorPageKey

// answering is the location of a server, named or not, that answers in its place.
func (e errorPage) answering(p *lint.Pass, srv *model.Server) (at *model.Scope, known bool) {
	if strings.HasPrefix(e.Target, "@") {
		at = srv.NamedLocation(e.Target)
		return at, at != nil
	}
	at = p.Shared(answeringKey{srv, e.Target}, func() any {
		if at, known := e.location(srv); known {
			return at
		}
		return (*model.Scope)(nil)
	}).(*model.Scope)
	return at, at != nil
}

// madeUpFor reports whether clients get what an upstream answers in place of a
// status that nginx itself would answer with, or may: an error_page with "=", without
// which the status stays, hands the request on once more.
func madeUpFor(p *lint.Pass, x *model.Proxy, status int) bool {
	if x.Stream() || x.Server == nil {
		return false
	}
	page := pageFor(p, x.Scope, status)
	if page == nil {
		return false
	}
	e, ok := readErrorPage(page)
	return !ok || e.Response != "" && e.passesOn(p, x.Server)
}

// allMadeUpFor reports whether that is so for the 502 of all passes to a group.
func allMadeUpFor(p *lint.Pass, u *model.Upstream) bool {
	return len(u.Proxies) > 0 && !slices.ContainsFunc(u.Proxies, func(x *model.Proxy) bool { return !madeUpFor(p, x, 502) })
}
