package config

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint"
)

const templateHead = `# Settings of nginxlint for all that lies below this folder. Every key may be
# left out; what stands behind it here is an example. Relative paths and globs
# count from this folder. "nginxlint --print-config" shows what holds in the end.
`

// templateWidth is how wide the comments of a template are, in columns.
const templateWidth = 80

// Template is a configuration file to begin with, in which everything is a comment.
func Template(rules []*lint.Rule) string {
	var b strings.Builder
	b.WriteString(templateHead)
	for _, f := range fileKeys(rules).fields {
		b.WriteString("\n" + comment(f.summary) + "#" + f.name + ": " + f.example + "\n")
	}
	return b.String()
}

// comment sets a text as lines of comments, broken at blanks.
func comment(text string) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case column == 0:
			b.WriteString("#")
			column = 1
		case column+1+len(word) > templateWidth:
			b.WriteString("\n#")
			column = 1
		}
		b.WriteString(" " + word)
		column += 1 + len(word)
	}
	return b.String() + "\n"
}
