package model

import (
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// ErrorPage is an error_page as nginx reads it (ngx_http_core_error_page,
// src/http/ngx_http_core_module.c).
type ErrorPage struct {
	Node  *conf.Node
	Codes []int
	// Response is "=" or "=200" as written, "" where the status is kept.
	Response string
	// Target is a URI, an address or a named location.
	Target string
}

// ReadErrorPage is not ok where a template or a variable decides, and where
// nginx would refuse it.
func ReadErrorPage(n *conf.Node) (e ErrorPage, ok bool) {
	if n.Unknown() || len(n.Args) < 2 {
		return e, false
	}
	last := len(n.Args) - 1
	e.Node, e.Target = n, n.Arg(last)
	for i := range last {
		arg := n.Arg(i)
		if strings.HasPrefix(arg, "=") && i == last-1 {
			e.Response = arg
			continue
		}
		code, err := strconv.Atoi(arg)
		if err != nil {
			return e, false
		}
		e.Codes = append(e.Codes, code)
	}
	return e, len(e.Codes) > 0 && !strings.Contains(e.Target, "$")
}
