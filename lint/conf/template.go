package conf

import (
	"path"
	"strings"
)

// templateSuffixes are names of files that a template engine reads.
var templateSuffixes = []string{
	".template", ".tmpl", ".tpl", ".j2", ".jinja", ".jinja2", ".erb", ".ctmpl", ".gotmpl", ".mustache", ".hbs", ".epp",
	".stpl", ".tftpl", ".tt", ".tt2", ".twig", ".ejs", ".liquid", ".njk", ".in", ".m4",
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

// TemplateByName reports whether a template engine reads the file by its name.
func (f *File) TemplateByName() bool { return isTemplateName(f.Path) }

// templateEnd returns the offset behind a template mark that begins at i, or 0.
// {{ }}, {% %}, <% %> and [% %] are recognised anywhere: nginx has no use for
// them. So is {NAME}, which scripts that fill in a configuration by themselves
// use. %{ } of Terraform is, in files that are named as templates.
// {# #} only where a statement may begin, since "server {# note" is nginx's own.
// In files with doubled braces, {name} is the only mark that begins with a brace.
func (l *lexer) templateEnd(i int, atStart bool) int {
	if i+1 >= len(l.text) {
		return 0
	}
	if l.doubled && l.text[i] == '{' {
		return l.doubledEnd(i)
	}
	var closing string
	switch l.text[i : i+2] {
	case "{{":
		closing = "}}"
	case "{%":
		closing = "%}"
	case "<%":
		closing = "%>"
	case "[%":
		// A class of a regular expression may begin so, but not with a blank.
		if !strings.HasPrefix(l.text[i+2:], " ") && !strings.HasPrefix(l.text[i+2:], "- ") {
			return 0
		}
		closing = "%]"
	case "%{":
		if !l.substs {
			return 0
		}
		closing = "}"
	case "{#":
		if !atStart {
			return 0
		}
		closing = "#}"
	default:
		return placeholderEnd(l.text, i)
	}
	rest := l.text[i+2 : min(len(l.text), i+2+maxWord)]
	end := strings.Index(rest, closing)
	if end < 0 {
		return 0
	}
	// Lua tables and regular expressions may hold "{{"; a mark that spans
	// statements is none.
	if closing != "#}" && (closing != "%>" || !l.substs) && strings.Contains(rest[:end], ";") && strings.Contains(rest[:end], "\n") {
		return 0
	}
	if (closing == "%]" || closing == "}") && strings.Contains(rest[:end], "\n") {
		return 0
	}
	return i + 2 + end + len(closing)
}

// placeholderEnd returns the offset behind a {NAME} in capitals that begins at
// i, or 0. nginx would take it for a block whose first word ends in a brace. So
// is {name} if the word goes on behind it or the statement ends there.
func placeholderEnd(text string, i int) int {
	j := i + 1
	for j < len(text) && (isNameByte(text[j]) && (j > i+1 || text[j] > '9')) {
		j++
	}
	if text[i] != '{' || j <= i+2 || j >= len(text) || text[j] != '}' {
		return 0
	}
	name := text[i+1 : j]
	if strings.ToUpper(name) != name && (i > 0 && text[i-1] == '$' || j+1 == len(text) || strings.IndexByte(";:/.-", text[j+1]) < 0 || isWholeDirective[name]) {
		return 0
	}
	return j + 1
}

// isWholeDirective has the directives that stand alone: "location / {break};"
// is a slip of the pen.
var isWholeDirective = map[string]bool{
	"break": true, "internal": true, "ip_hash": true, "least_conn": true, "random": true, "stub_status": true,
	"empty_gif": true, "flv": true, "mp4": true,
}

// restOfLine returns the offset of the line's end if nothing but further marks
// stands between it and i, else -1.
func (l *lexer) restOfLine(i int) int {
	for ; i < len(l.text); i++ {
		switch l.text[i] {
		case ' ', '\t', '\r':
		case '\n':
			return i
		case '{', '<', '[', '%':
			end := l.templateEnd(i, true)
			if end == 0 {
				return -1
			}
			i = end - 1
		default:
			return -1
		}
	}
	return i
}

// alternatives reports whether a template engine chooses between parts of the
// file, so that what is written is never all there.
func (l *lexer) alternatives() bool {
	if !l.branches {
		return false
	}
	for _, word := range []string{"else", "elif", "elsif"} {
		for rest := l.text; ; {
			i := strings.Index(rest, word)
			if i < 0 {
				break
			}
			before := strings.TrimRight(rest[:i], " \t-~")
			if strings.HasSuffix(before, "{%") || strings.HasSuffix(before, "{{") || strings.HasSuffix(before, "<%") {
				return true
			}
			rest = rest[i+len(word):]
		}
	}
	return false
}

// hasSubstitution reports whether envsubst would replace part of s: ${NAME} or
// $NAME, where a name of capitals cannot be meant for one of nginx's variables.
// Terraform replaces ${name} of any case and leaves $name alone.
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
		if n > 0 && (n == len(name) || !('a' <= name[n] && name[n] <= 'z')) || s[i+1] == '{' {
			return true
		}
	}
	return false
}

// isMark reports whether the whole word is one that a template engine fills in.
func (p *parser) isMark(t token) bool {
	if !t.unknown || t.quote != 0 {
		return false
	}
	if p.lex.templateEnd(int(t.span.Start), false) == int(t.span.End) {
		return true
	}
	name := strings.TrimPrefix(t.value, "$")
	if strings.HasPrefix(name, "{") && strings.HasSuffix(name, "}") {
		name = name[1 : len(name)-1]
	}
	return p.lex.substs && len(name) < len(t.value) && nameLength(name) == len(name)
}

// fillsLine reports whether t, the first word of a statement, is a ${NAME} or
// another word that no directive can have, with a line of its own: it stands for
// whole statements, or for none.
func (p *parser) fillsLine(t token) bool {
	if !t.lineStart || !p.lex.substs || p.hasAhead || !p.isMark(t) && (t.quote != 0 || p.top().foreign || nameLength(t.value) == len(t.value)) {
		return false
	}
	rest, _, _ := strings.Cut(p.lex.text[p.lex.pos:], "\n")
	rest = strings.TrimLeft(rest, " \t\r")
	if rest != "" && rest[0] != '#' {
		return false
	}
	k := p.peek()
	return k != tokSemicolon && k != tokOpen
}

// dropFilledIn forgets a statement without an end if a template engine fills in
// all of it, the end too.
func (p *parser) dropFilledIn() {
	for _, w := range p.words {
		if !p.isMark(w) {
			return
		}
	}
	p.words = p.words[:0]
}
