package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// encodeXML writes v as an indented XML document.
func encodeXML(w io.Writer, v any) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("encoding the report: %w", err)
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// legalXML shows what no XML 1.0 document can hold, in any notation, as the
// escape that a programmer would write: most control characters, and bytes that
// are no UTF-8. The rest is left to the encoder.
func legalXML(s string) string {
	legal := true
	for i := 0; i < len(s) && legal; {
		r, n := utf8.DecodeRuneInString(s[i:])
		legal = inXML(r, n)
		i += n
	}
	if legal {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if inXML(r, n) {
			b.WriteString(s[i : i+n])
		} else {
			b.WriteString(glyph(r, s[i:i+n]))
		}
		i += n
	}
	return b.String()
}

// inXML reports whether a character decoded from n bytes is a Char of XML 1.0
// (section 2.2 of the recommendation).
func inXML(r rune, n int) bool {
	switch {
	case r == utf8.RuneError && n == 1:
		return false
	case r == '\t', r == '\n', r == '\r':
		return true
	}
	return ' ' <= r && r <= 0xD7FF || 0xE000 <= r && r <= 0xFFFD || 0x10000 <= r
}
