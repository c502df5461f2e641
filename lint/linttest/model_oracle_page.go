package linttest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/model"
)

// errorPage adds to a forecast what follows where an error_page is for its status
// (ngx_http_special_response_handler and ngx_http_send_error_page,
// src/http/ngx_http_special_response.c). Generated pages are for 502, 503 and 504.
func (f forecaster) errorPage(v *visit, out forecast) forecast {
	if v.status != 0 || out.status == 0 || out.why != "" || out.wrong != "" {
		return out
	}
	page, code := f.pageFor(v.level, out.status)
	if page == "" {
		return out
	}
	if v.req.body() != "" {
		return forecast{why: "the body of a request that an error_page is for"}
	}
	next := v.fork()
	if strings.HasPrefix(page, "@") {
		next.named(page)
	} else {
		if next.req.Method != http.MethodHead {
			next.req.Method = http.MethodGet
		}
		next.redirect(page)
		next.walk()
	}
	then := f.end(next)
	if then.why != "" || then.wrong != "" {
		return then
	}
	// What a backend answers, or a 204 of nginx's own, gets the status of the failure, unless the page
	// has another one; the page that nginx has for a second failure has that one's.
	own, _ := f.pageFor(next.level, then.status)
	failed := next.status >= http.StatusMultipleChoices || own != "" ||
		slices.Contains([]int{http.StatusMethodNotAllowed, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout}, then.status)
	switch {
	case failed || then.status == 0 || code == "=":
	case code == "":
		then.status = out.status
	default:
		then.status, _ = strconv.Atoi(code[1:])
	}
	out.then = &then
	return out
}

// pageFor is the error_page for a status at a level, and what it makes of the status: "" for
// nothing, "=" or "=200". Statuses that a backend sends have one if they are intercepted.
func (f forecaster) pageFor(level *model.Scope, status int) (page, code string) {
	if x := f.cfg.ProxyAt(level); x != nil && status == http.StatusServiceUnavailable {
		if on, _ := level.Effective(x.Directive("intercept_errors")).Flag(); !on {
			return "", ""
		}
	}
	nodes, _ := level.Array("error_page")
	for _, n := range nodes {
		words := n.Values()
		last := len(words) - 1
		if !slices.Contains(words[:last], strconv.Itoa(status)) {
			continue
		}
		if strings.HasPrefix(words[last-1], "=") {
			code = words[last-1]
		}
		return words[last], code
	}
	return "", ""
}
