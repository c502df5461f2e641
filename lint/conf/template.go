package conf

import (
	"path"
	"strings"
)

// templateSuffixes are names of files that a template engine reads.
var templateSuffixes = []string{
	".template", ".tmpl", ".tpl", ".j2", ".jinja", ".jinja2", ".erb", ".ctmpl", ".gotmpl", ".mustache", ".hbs", ".epp",
}

// isTemplateName reports whether a file of that name is input of a template engine.
func isTemplateName(name string) bool {
	base := strings.ToLower(path.Base(name))
	for _, s := range templateSuffixes {
		if strings.HasSuffix(base, s) {
			return true
		}
	}
	return false
}

// templateEnd returns the offset behind a template mark that begins at i, or 0.
// {{ }}, {% %} and <% %> are recognised anywhere: nginx has no use for them.
// {# #} only where a statement may begin, since "server {# note" is nginx's own.
func (l *lexer) templateEnd(i int, atStart bool) int {
	if i+1 >= len(l.text) {
		return 0
	}
	var closing string
	switch l.text[i : i+2] {
	case "{{":
		closing = "}}"
	case "{%":
		closing = "%}"
	case "<%":
		closing = "%>"
	case "{#":
		if !atStart {
			return 0
		}
		closing = "#}"
	default:
		return 0
	}
	rest := l.text[i+2 : min(len(l.text), i+2+maxWord)]
	end := strings.Index(rest, closing)
	if end < 0 {
		return 0
	}
	// Lua tables and regular expressions may hold "{{"; a mark that spans
	// statements is none.
	if closing != "#}" && strings.ContainsAny(rest[:end], ";") && strings.Contains(rest[:end], "\n") {
		return 0
	}
	return i + 2 + end + 2
}

// aloneOnLine reports whether nothing follows on the line.
func (l *lexer) aloneOnLine(i int) bool {
	for ; i < len(l.text); i++ {
		switch l.text[i] {
		case ' ', '\t', '\r':
		case '\n':
			return true
		case '{', '<':
			end := l.templateEnd(i, true)
			if end == 0 {
				return false
			}
			i = end - 1
		default:
			return false
		}
	}
	return true
}

// hasSubstitution reports whether envsubst would replace part of s: ${NAME} or
// $NAME, where a name of capitals cannot be meant for one of nginx's variables.
func hasSubstitution(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '$' {
			continue
		}
		name := strings.TrimPrefix(s[i+1:], "{")
		n := 0
		for n < len(name) && (name[n] == '_' || 'A' <= name[n] && name[n] <= 'Z' || n > 0 && '0' <= name[n] && name[n] <= '9') {
			n++
		}
		if n > 0 && (n == len(name) || !('a' <= name[n] && name[n] <= 'z')) {
			return true
		}
	}
	return false
}
