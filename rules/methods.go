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
	unrepeatable = []string{"POST", "PATCH", "LOCK"}
	// withBody are those whose requests usually have a body.
	withBody = []string{"POST", "PUT", "PATCH"}
)

// takesAny reports whether requests with one of the methods may come to a pass: its
// location and its server do not turn all of them away.
func takesAny(p *lint.Pass, x *model.Proxy, methods []string) bool {
	return taken(p, x, methods) != ""
}

// taken is the first of the methods with which requests may come to a pass, "" for
// none.
func taken(p *lint.Pass, x *model.Proxy, methods []string) string {
	at := x.Scope.Location()
	if at == nil || x.Server == nil || x.Scope.Context == nginx.LimitExcept {
		return methods[0]
	}
	for _, method := range methods {
		if !turnsAway(p, at.Node, method) && !turnsAway(p, x.Server.Node, method) {
			return method
		}
	}
	return ""
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
	return p.Shared(methodKey{block, method}, func() any { return hasMethodGate(p, block, method) }).(bool)
}

func hasMethodGate(p *lint.Pass, block *conf.Node, method string) bool {
	for i := range block.Children {
		switch n := &block.Children[i]; n.Name {
		case "limit_except":
			if n.Child("deny") != nil && !allowsMethod(n, method) {
				return true
			}
		case "if":
			if (n.Child("return") != nil || n.Child("rewrite") != nil) && (isForMethod(n, method) || isForSign(p, n, method)) {
				return true
			}
		}
	}
	return false
}

// methodSignsKey is the key of [methodSigns] among what rules share.
type methodSignsKey struct{}

// methodSigns are variables that the configuration gives values to which depend on
// the method: by a map, or by "set" in an "if".
func methodSigns(p *lint.Pass) map[string]bool {
	return p.Shared(methodSignsKey{}, func() any {
		signs := map[string]bool{}
		for _, s := range p.Config.Scopes {
			for n := range s.All("map") {
				if namesMethod(n.Arg(0)) {
					signs[n.Arg(1)] = true
				}
			}
			inIf := s.Context.Has(nginx.ServerIf|nginx.LocationIf) && slices.ContainsFunc(s.Node.Values(), namesMethod)
			for n := range s.All("set") {
				if inIf || namesMethod(n.Arg(1)) {
					signs[n.Arg(0)] = true
				}
			}
		}
		return signs
	}).(map[string]bool)
}

func namesMethod(text string) bool { return strings.Contains(strings.ToLower(text), "$request_method") }

// isForSign reports whether the condition of an "if" looks at a variable of
// [methodSigns]. Which methods it means is not known, only that nobody turns away
// those that read.
func isForSign(p *lint.Pass, n *conf.Node, method string) bool {
	if method == "GET" || method == "HEAD" {
		return false
	}
	signs := methodSigns(p)
	return len(signs) > 0 && slices.ContainsFunc(n.Values(), func(v string) bool { return signs[strings.Trim(v, "()")] })
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
