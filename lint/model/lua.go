package model

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// script is code that runs with each request of a level.
type script struct {
	scope *Scope
	// text is the code in lower case, where all that it runs is in view; else it
	// may do anything.
	text   string
	inView bool
}

// newScript is the script of a directive of Lua.
func newScript(s *Scope, n *conf.Node) script {
	text, inView := n.Arg(0), !strings.HasSuffix(n.Name, "_file")
	if n.IsBlock {
		text, inView = luaBody(n)
	}
	text = strings.ToLower(text)
	return script{s, text, inView && !leavesView(text)}
}

// sets reports whether the script may set the variable of that name.
func (s *script) sets(name string) bool {
	return !s.inView || strings.Contains(s.text, name)
}

// luaBody is the code between the braces of a block.
func luaBody(n *conf.Node) (text string, inView bool) {
	body := n.Body()
	if n.File == nil || body.Start < 0 || body.Start > body.End || int(body.End) > len(n.File.Text) {
		return "", false
	}
	return n.File.Slice(body), true
}

var (
	// luaCall matches what is called with its name up to the first dot or colon, in
	// what [conf.LuaCode] makes of code.
	luaCall = regexp.MustCompile(`([a-z_][a-z0-9_]*)(?:\s*[.:]\s*[a-z0-9_]+)*\s*[({"]`)
	// luaVariable matches the table of nginx's variables where it is not followed
	// by the name of one.
	luaVariable = regexp.MustCompile(`ngx\s*\.\s*var\s*([^.\s]|$)`)
)

// luaOwn are the names that Lua and lua-nginx-module have themselves, of which no
// function sets a variable, and the words of the language that a bracket or a
// string may follow.
var luaOwn = []string{
	"and", "or", "not", "if", "elseif", "while", "until", "return", "in", "function",
	"ngx", "string", "table", "math", "os", "tonumber", "tostring", "type", "pairs", "ipairs", "next", "select", "unpack",
	"error", "assert", "print",
}

// leavesView reports whether code, in lower case, runs code that is not in view,
// or sets variables without naming them. Lua code of any length is mostly a call of
// what a module has: such a function sees all variables of the request in ngx.var.
// A subrequest that shares them sets them too.
func leavesView(text string) bool {
	if luaVariable.MatchString(text) || strings.Contains(text, "share_all_vars") {
		return true
	}
	code, ok := conf.LuaCode(text)
	if !ok {
		return true
	}
	for _, call := range luaCall.FindAllStringSubmatch(code, -1) {
		if !slices.Contains(luaOwn, call[1]) {
			return true
		}
	}
	return false
}
