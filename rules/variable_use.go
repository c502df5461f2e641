package rules

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// variableUse is a place where nginx, while it starts, takes note of a variable
// by its name (ngx_http_get_variable_index, src/http/ngx_http_variables.c).
type variableUse struct {
	stream bool
	name   string // lower case, without the dollar sign
	node   *conf.Node
	place  lint.Place
}

// scriptArgs are the arguments that nginx compiles, counted from 0, of directives
// whose type does not tell: -1 is the last one.
var scriptArgs = map[string][]int{
	"root": {0}, "alias": {0}, "error_page": {-1}, "add_header": {1}, "add_trailer": {1}, "expires": {-1}, "sub_filter": {0, 1},
	"set": {1}, "rewrite": {1}, "map": {0}, "split_clients": {0}, "limit_req_zone": {0}, "limit_conn_zone": {0}, "auth_request_set": {1},
	"auth_basic_user_file": {0}, "access_log": {0}, "return": {0, 1}, "proxy_pass": {0}, "fastcgi_pass": {0}, "uwsgi_pass": {0}, "scgi_pass": {0},
	"grpc_pass": {0}, "pass": {0}, "hash": {0}, "proxy_redirect": {0, 1}, "proxy_cookie_domain": {0, 1}, "proxy_cookie_path": {0, 1},
	"proxy_cache": {0}, "fastcgi_cache": {0}, "uwsgi_cache": {0}, "scgi_cache": {0},
	"proxy_cache_key": {0}, "fastcgi_cache_key": {0}, "uwsgi_cache_key": {0}, "scgi_cache_key": {0},
	"proxy_store": {0}, "fastcgi_store": {0}, "uwsgi_store": {0}, "scgi_store": {0},
	"ssl_certificate": {0}, "ssl_certificate_key": {0},
	"proxy_set_header": {1}, "grpc_set_header": {1}, "proxy_set_body": {0}, "fastcgi_param": {1}, "uwsgi_param": {1}, "scgi_param": {1},
}

// compiledLate are the directives that nginx compiles for the levels that they
// are in effect at, servers and locations, and not where they stand.
var compiledLate = []string{
	"proxy_set_header", "grpc_set_header", "proxy_set_body", "fastcgi_param", "uwsgi_param", "scgi_param", "ssl_certificate", "ssl_certificate_key",
}

// regexArgs are directives whose arguments are regular expressions when they
// begin with a tilde; the dollar signs in them name no variables.
var regexArgs = []string{"proxy_redirect", "proxy_cookie_domain", "proxy_cookie_path"}

// variableSearch looks for variables that are not there.
type variableSearch struct {
	// lacks reports whether nginx finds no variable of that name.
	lacks func(stream bool, name string) bool
	note  func(variableUse)
}

// usesVariables reports whether directives of a name can make nginx look for
// variables, see [variableSearch.in].
func usesVariables(cmd *command) bool {
	switch name := cmd.all[0].Name; name {
	case "if", "log_format", "try_files", "index", "geo", "charset", "source_charset", "memcached_pass", "map":
		return true
	default:
		return len(scriptArgs[name]) > 0 || slices.ContainsFunc(cmd.all, func(d *nginx.Directive) bool {
			return d.Type == nginx.TypeComplex || d.Type == nginx.TypeComplexSize || d.Type == nginx.TypePredicateArray
		})
	}
}

// in goes through the variables that a directive makes nginx look for.
func (look *variableSearch) in(v verdict) {
	n, name := v.node, v.facts.Name
	if !v.head.Dollar && name != "map" && name != "memcached_pass" {
		return
	}
	u := uses{v, look}
	switch name {
	case "if":
		u.condition()
	case "log_format":
		u.format()
	case "try_files", "index":
		u.texts(0, len(n.Args))
	case "geo":
		if len(n.Args) == 2 {
			u.whole(0)
		}
	case "charset", "source_charset":
		u.whole(0)
	case "memcached_pass":
		u.name("memcached_key", lint.AtArg(n, 0))
	case "map":
		u.texts(0, 1)
		u.mapValues()
	default:
		u.byType()
	}
}

// uses goes through what one directive uses.
type uses struct {
	verdict
	*variableSearch
}

// byType goes through the arguments that nginx compiles by the directive's type,
// or by its own setter.
func (u *uses) byType() {
	n := u.node
	switch u.facts.Type {
	case nginx.TypeComplex, nginx.TypeComplexSize:
		u.texts(0, 1)
		return
	case nginx.TypePredicateArray:
		u.texts(0, len(n.Args))
		return
	}
	if slices.Contains(compiledLate, n.Name) && !inEffect(u.scope, n.Name) {
		return
	}
	for _, i := range scriptArgs[n.Name] {
		if i < 0 {
			i = len(n.Args) - 1
		}
		isRegex := strings.HasPrefix(n.Arg(i), "~") && slices.Contains(regexArgs, n.Name)
		isSyslog := n.Name == "access_log" && strings.HasPrefix(n.Arg(0), "syslog:")
		if !isRegex && !isSyslog {
			u.texts(i, i+1)
		}
	}
	if n.Name == "access_log" {
		for i := 2; i < len(n.Args); i++ {
			if value, ok := strings.CutPrefix(n.Arg(i), "if="); ok && !n.Args[i].Unknown {
				u.text(value, lint.AtArg(n, i))
			}
		}
	}
}

// inEffect reports whether a directive that inner levels replace as a whole is in
// effect at a server or further in, where nginx merges levels. Certificates of
// stream are, in some releases, only where TLS is listened for.
func inEffect(s *model.Scope, name string) bool {
	switch {
	case s.Context == nginx.StreamServer:
		return s.Server != nil && slices.ContainsFunc(s.Server.Listens, func(l model.Listen) bool { return l.SSL })
	case s.Context.Has(nginx.Stream | nginx.Mail | nginx.MailServer):
		return false
	case s.Context != nginx.HTTP:
		return true
	}
	return slices.ContainsFunc(s.Inside(), func(in *model.Scope) bool {
		return in.Context == nginx.Server && in.ArrayScope(name) == s
	})
}

// texts goes through the arguments from and up to, without to.
func (u *uses) texts(from, to int) {
	for i := from; i < to && i < len(u.node.Args); i++ {
		if !u.node.Args[i].Unknown {
			u.text(u.node.Arg(i), lint.AtArg(u.node, i))
		}
	}
}

// text goes through the variables in a text. $1 to $9 are captures.
func (u *uses) text(text string, at lint.Place) {
	if strings.IndexByte(text, '$') < 0 {
		return
	}
	names, ok := variablesIn(text)
	if !ok {
		return // nginx refuses it; that is for another rule
	}
	for _, name := range names {
		if !isCapture(name) {
			u.name(name, at)
		}
	}
}

// format goes through the texts of a log format, where $1 is a name like others.
func (u *uses) format() {
	for i := 1; i < len(u.node.Args); i++ {
		text := u.node.Arg(i)
		if u.node.Args[i].Unknown || i == 1 && strings.HasPrefix(text, "escape=") {
			continue
		}
		names, ok := variablesIn(text)
		if !ok {
			continue
		}
		for _, name := range names {
			u.name(name, lint.AtArg(u.node, i))
		}
	}
}

// whole takes the argument for a variable.
func (u *uses) whole(i int) {
	if name, ok := strings.CutPrefix(u.node.Arg(i), "$"); ok && name != "" && !u.node.Args[i].Unknown {
		u.name(name, lint.AtArg(u.node, i))
	}
}

// mapValues goes through what a map makes of values.
func (u *uses) mapValues() {
	for i := range u.node.Children {
		line := &u.node.Children[i]
		if line.Name != "include" && len(line.Args) == 1 && !line.Unknown() {
			u.text(line.Arg(0), lint.AtArg(line, 0))
		}
	}
}

// condition goes through the words of an if (ngx_http_rewrite_if_condition,
// src/http/modules/ngx_http_rewrite_module.c).
func (u *uses) condition() {
	n := u.node
	var words []string
	var at []int
	for i := range n.Args {
		word := n.Arg(i)
		if i == 0 {
			word = strings.TrimPrefix(word, "(")
		}
		if i == len(n.Args)-1 {
			word = strings.TrimSuffix(word, ")")
		}
		if n.Args[i].Unknown {
			return
		}
		if word != "" || i != 0 && i != len(n.Args)-1 {
			words, at = append(words, word), append(at, i)
		}
	}
	if len(words) == 0 || len(words) > 3 {
		return
	}
	last := len(words) - 1
	if name, ok := strings.CutPrefix(words[0], "$"); ok && name != "" {
		u.name(name, lint.AtArg(n, at[0]))
		if last != 2 || strings.Contains(words[1], "~") {
			return
		}
	}
	if last > 0 {
		u.text(words[last], lint.AtArg(n, at[last]))
	}
}

// name notes a variable, as it is written, maybe in braces.
func (u *uses) name(name string, at lint.Place) {
	lower := strings.ToLower(strings.Trim(name, "{}"))
	if !u.lacks(u.scope.Stream(), lower) {
		return
	}
	if i := strings.Index(at.File.Slice(at.Span), "$"+name); i >= 0 {
		at.Span.Start += int32(i)
		at.Span.End = at.Span.Start + int32(len(name)) + 1
	}
	u.note(variableUse{u.scope.Stream(), lower, u.node, at})
}

// isCapture reports whether what follows a dollar sign is the number of a capture.
func isCapture(name string) bool { return len(name) == 1 && '1' <= name[0] && name[0] <= '9' }

// variablesIn returns the names that follow the dollar signs of a text, those in
// braces with their braces, as ngx_http_script_compile reads them
// (src/http/ngx_http_script.c). It is not ok where nginx refuses the text.
func variablesIn(text string) (names []string, ok bool) {
	for {
		_, rest, found := strings.Cut(text, "$")
		if !found {
			return names, true
		}
		var n int
		switch {
		case rest != "" && isCapture(rest[:1]):
			n = 1
		case strings.HasPrefix(rest, "{"):
			n = strings.IndexByte(rest, '}') + 1
			if n < 3 || wordLength(rest[1:]) != n-2 {
				return nil, false
			}
		default:
			n = wordLength(rest)
		}
		if n == 0 {
			return nil, false
		}
		names, text = append(names, rest[:n]), rest[n:]
	}
}

// wordLength counts the letters, digits and underscores that s begins with.
func wordLength(s string) int {
	n := 0
	for n < len(s) && (isAlphanumeric(s[n]) || s[n] == '_') {
		n++
	}
	return n
}
