package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// failing says what becomes of all requests or connections, as in "every %s
// passed there", whose pass ends with a status of nginx's own. Of several passes
// all are told about that are not answered alike.
func failing(p *lint.Pass, every, status string, passes ...*model.Proxy) string {
	switch {
	case len(passes) == 0 || !passes[0].Stream():
		return fmt.Sprintf(every, "request") + " is answered with " + answeredWith(p, status, passes...)
	case onlyUDP(passes[0]):
		return fmt.Sprintf(every, "datagram") + " is lost"
	}
	return fmt.Sprintf(every, "connection") + " is closed, session status " + status
}

// refused is how nginx's log calls a connection to where nothing listens: for UDP
// the refusal is the answer to a datagram.
func refused(x *model.Proxy) string {
	if onlyUDP(x) {
		return "recv() failed"
	}
	return "connect() failed"
}

// badGateway is the same of a 502 for a message that names only what it ends with.
func badGateway(p *lint.Pass, passes ...*model.Proxy) string {
	if len(passes) > 0 && passes[0].Stream() {
		return "a closed connection, session status 502"
	}
	return answeredWith(p, "502", passes...)
}

// answeredWith is what clients get where passes of http end with a status of
// nginx's own, or with one of those in a text such as "502 or 504", because the
// upstream failed.
func answeredWith(p *lint.Pass, status string, passes ...*model.Proxy) string {
	return jointAnswer(passes, status, func(x *model.Proxy) answer { return unlessStale(p, x, status) })
}

// refusedWith is the same for failures of which "proxy_cache_use_stale error
// timeout" knows nothing: those before nginx turns to a server (as in
// ngx_http_upstream_resolve_handler, src/http/ngx_http_upstream.c), and headers
// that it cannot use.
func refusedWith(p *lint.Pass, status string, passes ...*model.Proxy) string {
	return jointAnswer(passes, status, func(x *model.Proxy) answer { return finalAnswer(p, x, status) })
}

// answer is what becomes of a status.
type answer struct {
	text string
	// aside says that it is not what a client is answered with.
	aside bool
}

// jointAnswer tells of two different answers of passes, of many those that findings
// show. What is aside counts only where nothing else is.
func jointAnswer(passes []*model.Proxy, status string, of func(*model.Proxy) answer) string {
	aside, first := status, ""
	for i, x := range passes[:min(len(passes), maxRelated)] {
		a := of(x)
		switch {
		case a.aside:
			if i == 0 {
				aside = a.text
			}
		case first == "":
			first = a.text
		case strings.HasPrefix(first, a.text):
		case strings.HasPrefix(a.text, first):
			first = a.text
		case a.text == status:
			return status + ", or " + elsewhere(first, status)
		default:
			return first + ", or " + elsewhere(a.text, status)
		}
	}
	if first != "" {
		return first
	}
	return aside
}

// elsewhere is an answer for some of several passes.
func elsewhere(text, status string) string {
	return strings.Replace(text, whyGuarded+status, " where auth_request asks", 1)
}

// whyGuarded says why a status becomes another one where auth_request asks.
const whyGuarded = ", since auth_request gets "

// unlessStale is what becomes of a failed pass that may have an old answer in a
// cache (ngx_http_upstream_next, src/http/ngx_http_upstream.c).
func unlessStale(p *lint.Pass, x *model.Proxy, status string) answer {
	a := finalAnswer(p, x, status)
	cache, stale := x.Effective("cache"), x.Effective("cache_use_stale")
	if a.text != status || !cache.Set() || cache.Arg(0) == "off" || stale.Has("off") {
		return a
	}
	if strings.Contains(status, "502") && stale.Has("error") || strings.Contains(status, "504") && stale.Has("timeout") {
		a.text += " unless the cache holds an old answer"
	}
	return a
}

// finalAnswer is what becomes of a status of nginx's own on its way to the client.
// Where auth_request asks, that is 500: it understands no status but 2xx, 401 and
// 403 (ngx_http_auth_request_handler,
// src/http/modules/ngx_http_auth_request_module.c).
func finalAnswer(p *lint.Pass, x *model.Proxy, status string) answer {
	if x.Stream() {
		return answer{text: status}
	}
	at := x.Scope.Location()
	asked := onlyAsked(at)
	if asked && isMirror(p, x) {
		return answer{text: status + ", which no client gets to see, since mirror asks there", aside: true}
	}
	if text := pagedAnswer(p, x.Scope, status); text != status {
		return answer{text: text}
	}
	if guard := guards(p)[at]; guard.node != nil {
		text := pagedAnswer(p, guard.at, "500") + whyGuarded + status
		if !asked {
			text = status + ", or " + elsewhere(text, status)
		}
		return answer{text: text}
	}
	for _, addition := range [...]string{"add_before_body", "add_after_body"} {
		if asked && askers(p, addition)[at].node != nil {
			return answer{text: status + ", which becomes part of another answer, since " + addition + " asks there", aside: true}
		}
	}
	return answer{text: status}
}

// onlyAsked reports whether a location to which subrequests come is for those
// alone, as far as it shows.
func onlyAsked(at *model.Scope) bool {
	return at != nil && (at.Modifier() == "=" || at.Effective("internal").Set())
}

// pagedAnswer is what an error_page in effect makes of a status, or of one of
// several in a text: the text itself where clients get that.
func pagedAnswer(p *lint.Pass, s *model.Scope, status string) string {
	several := strings.Contains(status, " or ")
	for word := range asciiWords(status) {
		code, err := strconv.Atoi(word)
		if err != nil || code < 500 {
			continue
		}
		page := pageFor(p, s, code)
		switch {
		case page == nil, leadsBack(p, s, page, code):
		case !page.Unknown() && !changes(page) && !pageReturnsOther(p, s, page, code):
		case several || page.Unknown() || s.Location() != nil && s.Location().Modifier() == "@":
			// With @, the request may have got here by an error_page, and
			// those do not follow on each other.
			return fmt.Sprintf("%s, or what %q makes of it", status, page.Text())
		default:
			return fmt.Sprintf("what %q makes of %s", page.Text(), status)
		}
	}
	return status
}

// pageKey is the key of [pageFor] among what rules share.
type pageKey struct {
	at     *model.Scope
	status int
}

// pageFor is the error_page in effect for a status, the first of several, or one
// that may be for it.
func pageFor(p *lint.Pass, s *model.Scope, status int) *conf.Node {
	at := s.ArrayScope("error_page")
	if at == nil {
		return nil
	}
	return p.Shared(pageKey{at, status}, func() any {
		for page := range at.All("error_page") {
			if page.Unknown() || slices.Contains(page.Values(), strconv.Itoa(status)) {
				return page
			}
		}
		return (*conf.Node)(nil)
	}).(*conf.Node)
}

// answersOtherwise reports whether a status of nginx's own does not reach the
// client, or may not: an error_page changes it, or leads elsewhere.
func answersOtherwise(p *lint.Pass, s *model.Scope, status int) bool {
	page := pageFor(p, s, status)
	return page != nil && (page.Unknown() || changes(page))
}

// changes reports whether an error_page sends another status, or leads to what may:
// a named location, or a page of another site, to which nginx redirects
// (ngx_http_send_error_page, src/http/ngx_http_special_response.c).
func changes(page *conf.Node) bool {
	return !strings.HasPrefix(lastArg(page), "/") ||
		slices.ContainsFunc(page.Values(), func(v string) bool { return strings.HasPrefix(v, "=") })
}

// pageReturnsOther reports whether the location that an error_page leads to
// [returnsOther].
func pageReturnsOther(p *lint.Pass, s *model.Scope, page *conf.Node, status int) bool {
	e, ok := readErrorPage(page)
	if !ok || s.Server == nil {
		return false
	}
	at, known := e.answering(p, s.Server)
	return known && returnsOther(at, status)
}

// leadsBack reports whether an error_page leads to where the failure was, and what
// fails there again has no other page; or to the same status otherwise.
func leadsBack(p *lint.Pass, s *model.Scope, page *conf.Node, status int) bool {
	e, ok := readErrorPage(page)
	if !ok || s.Server == nil {
		return false
	}
	to, known := e.answering(p, s.Server)
	if !known && strings.HasPrefix(e.Target, "@") {
		return status == 500 && p.Config.Complete // which a missing one is answered with
	}
	return known && to == s.Location()
}
