package report

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// terminal is how wide characters are. It asks no environment variable, so that
// the output is the same everywhere; ambiguous characters are one column wide.
var terminal = runewidth.Condition{StrictEmojiNeutral: true}

// columns is how wide a text without tabs is.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += terminal.RuneWidth(r)
	}
	return n
}

// Wrap breaks a text into lines of at most width columns of a terminal, at
// blanks. A word that is wider has a line of its own.
func Wrap(text string, width int) string {
	var b strings.Builder
	column := 0
	for word := range strings.FieldsSeq(text) {
		n := columns(word)
		switch {
		case column == 0:
		case column+1+n > width:
			b.WriteByte('\n')
			column = 0
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}
