package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// errorPage is an error_page as nginx reads it (ngx_http_core_error_page,
// src/http/ngx_http_core_module.c).
type errorPage struct {
	node  *conf.Node
	codes []int
	// response is "=" or "=200" as written, "" where the status is kept.
	response string
	// target is a URI, an address or a named location.
	target string
}

// readErrorPage is not ok where a template or a variable decides, and where
// nginx would refuse it.
func readErrorPage(n *conf.Node) (e errorPage, ok bool) {
	if n.Unknown() || len(n.Args) < 2 {
		return e, false
	}
	e.node, e.target = n, lastArg(n)
	for i := range len(n.Args) - 1 {
		arg := n.Arg(i)
		if strings.HasPrefix(arg, "=") && i == len(n.Args)-2 {
			e.response = arg
			continue
		}
		code, err := strconv.Atoi(arg)
		if err != nil {
			return e, false
		}
		e.codes = append(e.codes, code)
	}
	return e, len(e.codes) > 0 && !strings.Contains(e.target, "$")
}

// gateway reports whether it is for statuses that nginx answers itself when an
// upstream fails: 502, which most failures are, before 504.
func (e errorPage) gateway() (code int, ok bool) {
	for _, code := range [...]int{502, 504} {
		if slices.Contains(e.codes, code) {
			return code, true
		}
	}
	return 0, false
}

// location is the location of a server that the URI of an error page leads to; it
// is not known where nginx may pick another one. An internal redirect
// goes through the server's rewrites again (ngx_http_handler), which may lead
// elsewhere.
func (e errorPage) location(srv *model.Server) (at *model.Scope, known bool) {
	if !strings.HasPrefix(e.target, "/") || mayRewrite(srv.Scope) {
		return nil, false
	}
	uri, _, _ := strings.Cut(e.target, "?")
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
