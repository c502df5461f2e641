package conf

import (
	"regexp"
	"strings"
)

// doubledField matches a field of str.format, {name}, {site.port} or {port:d}, which
// can stand where nothing but a part of a word can.
var doubledField = regexp.MustCompile(`^\{[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_]\w*|\[\w+\])*(![rsa])?(:\w*)?\}`)

// hasDoubledBraces reports whether text is input of Python's str.format or the
// like, where "{{" and "}}" stand for one brace each, since single ones mark what
// is filled in. nginx refuses "{{" behind the name of a block always
// (ngx_conf_read_token, src/core/ngx_conf_file.c), so a slip of the pen has to be
// told from it: here all blocks are written so, several of them or one with a
// field in it.
func hasDoubledBraces(text string) bool {
	if !strings.Contains(text, "{{") || !strings.Contains(text, "}}") {
		return false
	}
	opened, closed, fields := 0, 0, false
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(" "+line, " #")
		switch line = strings.TrimSpace(line); {
		case strings.HasSuffix(line, "${"), line == "{{":
			return false
		case strings.HasSuffix(line, "{{"):
			opened++
		case strings.HasSuffix(line, "{"), line == "}":
			return false
		case line == "}}":
			closed++
		default:
			fields = fields || hasField(line)
		}
	}
	return opened > 0 && opened == closed && (fields || opened > 1)
}

// hasField reports whether a line has a field in it, that is none in doubled
// braces and no variable of nginx's.
func hasField(line string) bool {
	for i := range len(line) {
		if line[i] == '{' && (i == 0 || line[i-1] != '{' && line[i-1] != '$') && doubledField.MatchString(line[i:]) {
			return true
		}
	}
	return false
}

// brace is the length of the brace that stands for itself at i: two bytes where
// all are doubled.
func (l *lexer) brace(i int) int {
	if l.doubled && i+1 < len(l.text) && l.text[i+1] == l.text[i] {
		return 2
	}
	return 1
}

// doubledEnd returns the offset behind what is filled in at i in a file with
// doubled braces, or 0: a field, or the {{name}} of ${{name}}.
func (l *lexer) doubledEnd(i int) int {
	if l.brace(i) == 1 {
		if n := len(doubledField.FindString(l.text[i:min(len(l.text), i+maxWord)])); n > 0 {
			return i + n
		}
		return 0
	}
	name := i + 2 + nameLength(l.text[i+2:])
	if i == 0 || l.text[i-1] != '$' || !strings.HasPrefix(l.text[name:], "}}") {
		return 0
	}
	return name + 2
}
