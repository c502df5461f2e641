package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Methods by what they mean to nginx and to backends.
var (
	// unrepeatable are those whose requests nginx does not send twice
	// (ngx_http_upstream_next, src/http/ngx_http_upstream.c).
	unrepeatable = []string{"POST", "LOCK", "PATCH"}
	// withBody are those whose requests usually have a body.
	withBody = []string{"POST", "PUT", "PATCH"}
)

// takesAny reports whether requests with one of the methods may come to a pass: its
// location and its server do not turn all of them away.
func takesAny(p *lint.Pass, x *model.Proxy, methods []string) bool {
	at := x.Scope.Location()
	if at == nil || x.Server == nil || x.Scope.Context == nginx.LimitExcept {
		return true
	}
	return slices.ContainsFunc(methods, func(method string) bool {
		return !turnsAway(p, at.Node, method) && !turnsAway(p, x.Server.Node, method)
	})
}

// methodKey is the key of [turnsAway] among what rules share: a block may hold many
// passes.
type methodKey struct {
	block  *conf.Node
	method string
}

// turnsAway reports whether a block has a limit_except or an "if" that answers
// requests with a method, or may.
func turnsAway(p *lint.Pass, block *conf.Node, method string) bool {
	return p.Shared(methodKey{block, method}, func() any { return hasMethodGate(block, method) }).(bool)
}

func hasMethodGate(block *conf.Node, method string) bool {
	for i := range block.Children {
		switch n := &block.Children[i]; n.Name {
		case "limit_except":
			if n.Child("deny") != nil && !allowsMethod(n, method) {
				return true
			}
		case "if":
			if (n.Child("return") != nil || n.Child("rewrite") != nil) && isForMethod(n, method) {
				return true
			}
		}
	}
	return false
}

// allowsMethod reports whether a limit_except leaves a method alone: GET stands
// for HEAD too (ngx_http_core_limit_except, src/http/ngx_http_core_module.c).
func allowsMethod(n *conf.Node, method string) bool {
	return slices.ContainsFunc(n.Values(), func(allowed string) bool {
		return strings.EqualFold(allowed, method) || method == "HEAD" && strings.EqualFold(allowed, "GET")
	})
}

// isForMethod reports whether the condition of an "if" holds for a method, or may,
// and is about methods at all.
func isForMethod(n *conf.Node, method string) bool {
	words := strings.Fields(strings.TrimSuffix(strings.TrimPrefix(strings.Join(n.Values(), " "), "("), ")"))
	if len(words) != 3 || !strings.EqualFold(words[0], "$request_method") {
		return false
	}
	operator, value := words[1], words[2]
	wanted := !strings.HasPrefix(operator, "!")
	switch strings.TrimPrefix(operator, "!") {
	case "=":
		return (value == method) == wanted
	case "~*":
		value = "(?i)" + value
	}
	pattern, err := regexp.Compile(value)
	return err != nil || pattern.MatchString(method) == wanted
}
