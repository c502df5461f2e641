package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// printable makes a text safe to show: whatever could move a cursor, change a
// colour, hide text or turn its direction is shown as the escape that a
// programmer would write for it, so that no configuration, path or message can
// play tricks on a terminal. The result has no line breaks.
func printable(s string) string {
	if !needsEscape(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		b.WriteString(glyph(r, s[i:i+n]))
		i += n
	}
	return b.String()
}

func needsEscape(s string) bool {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !plain(r, n) {
			return true
		}
		i += n
	}
	return false
}

// plain reports whether a character decoded from n bytes is shown as it is.
func plain(r rune, n int) bool {
	if r == utf8.RuneError && n == 1 {
		return false
	}
	return strconv.IsPrint(r)
}

// glyph is how one character, written as raw, is shown.
func glyph(r rune, raw string) string {
	switch {
	case plain(r, len(raw)):
		return raw
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r <= 0xFFFF:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
