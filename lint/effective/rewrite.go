package effective

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// rewriting is one run of the rewrite module's directives of a level
// (src/http/modules/ngx_http_rewrite_module.c).
type rewriting struct {
	*Arrival
	path string
	// changed says that the location is to be looked for again.
	changed bool
	// answered says that a directive answers the request.
	answered bool
}

// rewrite runs the directives of a level for a path.
func (a *Arrival) rewrite(level *model.Scope, path string) rewriting {
	r := rewriting{Arrival: a, path: path}
	for i := range level.Node.Children {
		n := &level.Node.Children[i]
		if n.Directive == nil {
			continue
		}
		switch n.Name {
		case "if":
			r.conditional(n)
		case "return":
			r.answer(n)
		case "break":
			r.changed = false // ngx_http_script_break_code, src/http/ngx_http_script.c
			return r
		case "rewrite":
			if r.replace(n) {
				return r
			}
		}
		if r.answered {
			return r
		}
	}
	return r
}

// answer takes a directive for what answers the request.
func (r *rewriting) answer(n *conf.Node) {
	r.Answer, r.answered = n, true
}

// conditional leaves open whether an if is entered, and says so where that
// decides on where the request gets to.
func (r *rewriting) conditional(n *conf.Node) {
	if slices.ContainsFunc(n.Children, func(in conf.Node) bool {
		return in.Directive != nil && (in.Name == "return" || in.Name == "rewrite" || in.Name == "break")
	}) {
		r.doubt(fmt.Sprintf("%q has its own say when its condition holds", "if "+strings.Join(n.Values(), " ")))
	}
}

// replace runs a rewrite directive, and reports whether it is the last to run.
func (r *rewriting) replace(n *conf.Node) bool {
	captures, ok, known := r.Server.Scope.Config().MatchRegex(n.Arg(0), r.path)
	if !known || n.Unknown() || len(n.Args) < 2 {
		r.doubt(fmt.Sprintf("whether %q is for %s cannot be said", n.Text(), r.path))
		return false
	}
	if !ok {
		return false
	}
	to, flag := n.Arg(1), n.Arg(2)
	if flag == "redirect" || flag == "permanent" || strings.HasPrefix(to, "http://") || strings.HasPrefix(to, "https://") || strings.HasPrefix(to, "$scheme") {
		r.answer(n)
		return true
	}
	to, _, _ = strings.Cut(to, "?")
	path, ok := substitute(to, captures)
	if !ok {
		r.doubt(fmt.Sprintf("what %q makes of the path cannot be said", n.Text()))
		return true
	}
	r.Via = append(r.Via, Step{Node: n, When: Always})
	r.path, r.changed = path, flag != "break"
	return flag == "last" || flag == "break"
}

// substitute fills captures, $1 to $9, into a text; not ok where it has other
// variables.
func substitute(text string, captures map[string]string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '$':
			b.WriteByte(text[i])
		case i+1 < len(text) && '1' <= text[i+1] && text[i+1] <= '9':
			b.WriteString(captures[text[i+1:i+2]])
			i++
		default:
			return "", false
		}
	}
	return b.String(), true
}

// doubt keeps the first reason why the request may get elsewhere.
func (a *Arrival) doubt(why string) {
	if a.Doubt == "" {
		a.Doubt = why
	}
}
