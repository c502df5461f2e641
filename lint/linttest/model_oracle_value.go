package linttest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// variableForm is a variable in a text.
var variableForm = regexp.MustCompile(`\$(?:\{(\w+)\}|([1-9])|(\w+))`)

// eval puts the values of variables into a text. It is not ok where one is not known.
func (v *visit) eval(text string) (string, bool) {
	ok := true
	out := variableForm.ReplaceAllStringFunc(text, func(s string) string {
		value, known := v.value(strings.ToLower(strings.Trim(s[1:], "{}")))
		ok = ok && known
		if !known && v.why == "" {
			v.why = "the value of " + s
		}
		return value
	})
	return out, ok
}

// value is the value of a variable for the request as it is now.
func (v *visit) value(name string) (string, bool) {
	if len(name) == 1 && '1' <= name[0] && name[0] <= '9' {
		return v.captures[name], true
	}
	if value, ok := v.vars[name]; ok {
		return value, true
	}
	if block := v.table(name); block != nil {
		value, ok := v.lookUp(block)
		v.vars[name] = value // nginx works it out once
		return value, ok
	}
	if value, ok, made := v.tabled(name); made {
		v.vars[name] = value
		return value, ok
	}
	if field, ok := strings.CutPrefix(name, "http_"); ok {
		return v.field(field), true
	}
	if arg, ok := strings.CutPrefix(name, "arg_"); ok {
		return v.arg(arg), true
	}
	switch name {
	case "uri", "document_uri":
		return v.path, true
	case "request_uri":
		return v.req.Target, true
	case "args", "query_string":
		return v.args, true
	case "is_args":
		if v.args != "" {
			return "?", true
		}
		return "", true
	case "request_method":
		return v.req.Method, true
	case "host":
		host, _, _ := strings.Cut(v.req.Host, ":")
		return strings.ToLower(host), true
	case "scheme":
		return "http", true
	case "remote_addr", "server_addr":
		return "127.0.0.1", true
	case "server_protocol":
		return "HTTP/1.1", true
	case "server_name":
		if len(v.server.Names) > 0 && !strings.HasPrefix(v.server.Names[0], "~") {
			return strings.TrimPrefix(strings.ToLower(v.server.Names[0]), "."), !strings.ContainsAny(v.server.Names[0], "*$")
		}
		return "", len(v.server.Names) == 0
	}
	// A named capture is empty until its regular expression matches.
	return "", v.isSet(name) || slices.Contains(modelCaptures, name)
}

// field is a field of the client's request, by its name in a variable.
func (v *visit) field(name string) string {
	switch name {
	case "host":
		return v.req.Host
	case "connection":
		return "close"
	}
	for _, f := range v.req.Fields {
		key, value, _ := strings.Cut(f, ": ")
		if strings.ToLower(strings.ReplaceAll(key, "-", "_")) == name {
			return value
		}
	}
	return ""
}

// arg is the first argument of that name in the query.
func (v *visit) arg(name string) string {
	for pair := range strings.SplitSeq(v.args, "&") {
		if key, value, ok := strings.Cut(pair, "="); ok && strings.EqualFold(key, name) {
			return value
		}
	}
	return ""
}

// isSet reports whether some set gives the variable a value: for requests that did not come by one,
// it is empty.
func (v *visit) isSet(name string) bool {
	for _, s := range v.cfg.Scopes {
		for n := range s.All("set") {
			if strings.EqualFold(n.Arg(0), "$"+name) {
				return true
			}
		}
	}
	return false
}

// table is the map that defines a variable, or nil.
func (v *visit) table(name string) *conf.Node {
	for n := range v.cfg.HTTP.All("map") {
		if strings.EqualFold(n.Arg(1), "$"+name) {
			return n
		}
	}
	return nil
}

// lookUp is what a map makes of its source: the entry of that text, in any case, else that of the
// first regular expression that matches, else the default (ngx_http_map_find,
// src/http/ngx_http_variables.c).
func (v *visit) lookUp(block *conf.Node) (string, bool) {
	source, ok := v.eval(block.Arg(0))
	if !ok {
		return "", false
	}
	result := ""
	for i := range block.Children {
		n := &block.Children[i]
		if n.Directive == nil || len(n.Args) != 1 {
			continue
		}
		switch {
		case n.Name == "default":
			result = n.Arg(0)
		case strings.EqualFold(n.Name, source):
			return v.eval(n.Arg(0))
		}
	}
	for i := range block.Children {
		n := &block.Children[i]
		if n.Directive == nil || len(n.Args) != 1 || !strings.HasPrefix(n.Name, "~") {
			continue
		}
		pattern := n.Name[1:]
		if rest, caseless := strings.CutPrefix(pattern, "*"); caseless {
			pattern = "(?i)" + rest
		}
		if v.matches(pattern, source) {
			return v.eval(n.Arg(0))
		}
	}
	return v.eval(result)
}

// escapeURI is what nginx makes of a path that it writes into a request line
// (NGX_ESCAPE_URI of ngx_escape_uri, src/core/ngx_string.c).
func escapeURI(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c >= 0x7f || c == '%' || c == '?' || c == '#' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
