package report

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/nginxlint/nginxlint/lint"
)

// maxDescription is how long GitHub's code scanning allows the short and the
// full description of a rule to be, in characters; bytes are stricter.
const maxDescription = 1024

// Sentence is a rule's summary as a sentence of its own.
func Sentence(r *lint.Rule) string {
	s := r.Doc.Summary
	if s == "" {
		s = r.ID
	}
	return clip(capital(period(s)), maxDescription)
}

// fullDescription adds the first paragraph of why the rule is there.
func fullDescription(r *lint.Rule) string {
	s := Sentence(r)
	if why, _, _ := strings.Cut(strings.TrimSpace(r.Doc.Why), "\n\n"); why != "" {
		s += " " + period(strings.Join(strings.Fields(why), " "))
	}
	return clip(s, maxDescription)
}

// Text is a rule's documentation as plain text.
func Text(r *lint.Rule) string { return ruleHelp(r, plainBlock, "  ") }

// Markdown is a rule's documentation as Markdown.
func Markdown(r *lint.Rule) string { return ruleHelp(r, fenced, "* ") }

// ruleHelp puts a rule's documentation together out of paragraphs; block shows
// code of a language, and bullet begins an item of a list.
func ruleHelp(r *lint.Rule, block func(code, language string) string, bullet string) string {
	d := &r.Doc
	parts := []string{Sentence(r)}
	add := func(title, body string) {
		if body = strings.Trim(body, "\n"); strings.TrimSpace(body) == "" {
			return
		}
		if title != "" {
			body = title + "\n\n" + body
		}
		parts = append(parts, body)
	}
	code := func(title, s, language string) {
		if strings.TrimSpace(s) != "" {
			add(title, block(strings.Trim(s, "\n"), language))
		}
	}
	add("", d.Why)
	code("nginx's error log then says:", d.Log, "text")
	code("Bad:", d.Bad, "nginx")
	code("Good:", d.Good, "nginx")
	if silent := r.Silence(); silent != "" {
		add("", "Silent: "+period(silent))
	}
	add("Options:", optionList(r, bullet))
	links := append([]string{r.URL()}, d.Links...)
	add("See also:", bullet+strings.Join(links, "\n"+bullet))
	return strings.Join(parts, "\n\n") + "\n"
}

// optionList lists a rule's options.
func optionList(r *lint.Rule, bullet string) string {
	var items []string
	for _, o := range r.Options {
		items = append(items, fmt.Sprintf("%s%s (%s, by default %s): %s", bullet, o.Name, o.Kind, o.Default, period(o.Summary)))
	}
	return strings.Join(items, "\n")
}

func plainBlock(code, _ string) string {
	return "    " + strings.ReplaceAll(code, "\n", "\n    ")
}

// fenced is a fenced code block, its fence longer than any inside.
func fenced(code, language string) string {
	fence := "```"
	for strings.Contains(code, fence) {
		fence += "`"
	}
	return fence + language + "\n" + code + "\n" + fence
}

// ruleName is a rule's id in PascalCase: proxy-pass-loop is ProxyPassLoop. An id
// of one word gets a second one, for a name has to be more than the id.
func ruleName(id string) string {
	if !strings.Contains(id, "-") {
		id = "nginx-" + id
	}
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// period ends a text with a full stop unless it ends like a sentence already.
func period(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		return s
	}
	return s + "."
}

// capital begins a sentence with a capital, unless its first word is a name
// that is spelt in lower case: nginx, or one with anything but letters in it,
// such as a directive.
func capital(s string) string {
	first, _, _ := strings.Cut(s, " ")
	letters := strings.TrimRight(first, ",.:;")
	notLetter := func(r rune) bool { return !unicode.IsLower(r) }
	if letters == "" || letters == "nginx" || strings.ContainsFunc(letters, notLetter) {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
