package conf_test

import (
	"fmt"
	"strings"
)

// refWord is a word as the reference reads it.
type refWord struct {
	value    string
	from, to int // its bytes, quotes included
}

// refStatement is what one call of nginx's reader returns.
type refStatement struct {
	words []refWord
	end   byte // ; { } or 0 at the end of the file
}

// refError is where nginx gives up.
type refError struct {
	off     int
	message string
}

// reference reads a whole text the slow and literal way: one byte at a time,
// with nginx's own flags and a model of its read buffer. It shares nothing with
// the lexer under test.
type reference struct {
	text string
	pos  int
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// refState is the set of flags that the reader keeps between two bytes.
type refState struct {
	args                              []refWord
	start, from                       int
	needSpace, lastSpace, comment     bool
	variable, escaped, single, double bool
}

// full reports what happens when the buffer holds nothing but the word at hand.
func (r *reference) full(s *refState) *refError {
	if r.pos-s.start != 4096 || r.pos == len(r.text) {
		return nil
	}
	if s.double || s.single {
		return &refError{s.from, "too long parameter, probably missing terminating"}
	}
	return &refError{s.from, "too long parameter"}
}

// read returns the next statement.
func (r *reference) read() (refStatement, *refError) {
	s := &refState{start: r.pos, from: r.pos, lastSpace: true}
	for {
		if r.pos == len(r.text) {
			if len(s.args) > 0 || !s.lastSpace {
				return refStatement{}, &refError{r.pos, "unexpected end of file"}
			}
			return refStatement{}, nil
		}
		if err := r.full(s); err != nil {
			return refStatement{}, err
		}
		c := r.text[r.pos]
		r.pos++
		if s.comment {
			if c != '\n' {
				continue
			}
			s.comment = false
		}
		if s.escaped {
			s.escaped = false
			continue
		}
		done, end, err := r.step(s, c)
		if err != nil || done {
			return refStatement{s.args, end}, err
		}
	}
}

// step handles one byte outside of comments and escapes.
func (r *reference) step(s *refState, c byte) (done bool, end byte, err *refError) {
	if s.needSpace {
		switch {
		case isBlank(c):
			s.lastSpace, s.needSpace = true, false
			return false, 0, nil
		case c == ';' || c == '{':
			return true, c, nil
		case c == ')':
			s.lastSpace, s.needSpace = true, false
		default:
			return true, 0, &refError{r.pos - 1, fmt.Sprintf("unexpected %q", c)}
		}
	}
	if s.lastSpace {
		return r.begin(s, c)
	}
	return r.inside(s, c)
}

// begin handles a byte that stands between words.
func (r *reference) begin(s *refState, c byte) (done bool, end byte, err *refError) {
	s.start, s.from = r.pos-1, r.pos-1
	if isBlank(c) {
		return false, 0, nil
	}
	switch c {
	case ';', '{':
		if len(s.args) == 0 {
			return true, 0, &refError{r.pos - 1, fmt.Sprintf("unexpected %q", c)}
		}
		return true, c, nil
	case '}':
		if len(s.args) > 0 {
			return true, 0, &refError{r.pos - 1, `unexpected "}"`}
		}
		return true, c, nil
	case '#':
		s.comment = true
		return false, 0, nil
	case '\\':
		s.escaped = true
	case '"':
		s.start++
		s.double = true
	case '\'':
		s.start++
		s.single = true
	case '$':
		s.variable = true
	}
	s.lastSpace = false
	return false, 0, nil
}

// inside handles a byte of a word.
func (r *reference) inside(s *refState, c byte) (done bool, end byte, err *refError) {
	if c == '{' && s.variable {
		return false, 0, nil
	}
	s.variable = false
	found := false
	switch {
	case c == '\\':
		s.escaped = true
	case c == '$':
		s.variable = true
	case s.double:
		if found = c == '"'; found {
			s.double, s.needSpace = false, true
		}
	case s.single:
		if found = c == '\''; found {
			s.single, s.needSpace = false, true
		}
	case isBlank(c) || c == ';' || c == '{':
		found, s.lastSpace = true, true
	}
	if !found {
		return false, 0, nil
	}
	to := r.pos - 1
	if s.needSpace {
		to = r.pos // the quote belongs to the word
	}
	s.args = append(s.args, refWord{refDecode(r.text[s.start : r.pos-1]), s.from, to})
	return c == ';' || c == '{', c, nil
}

// refDecode resolves escapes.
func refDecode(raw string) string {
	var b strings.Builder
	for len(raw) > 0 {
		switch {
		case strings.HasPrefix(raw, `\"`), strings.HasPrefix(raw, `\'`), strings.HasPrefix(raw, `\\`):
			b.WriteByte(raw[1])
			raw = raw[2:]
		case strings.HasPrefix(raw, `\t`):
			b.WriteByte('\t')
			raw = raw[2:]
		case strings.HasPrefix(raw, `\r`):
			b.WriteByte('\r')
			raw = raw[2:]
		case strings.HasPrefix(raw, `\n`):
			b.WriteByte('\n')
			raw = raw[2:]
		default:
			b.WriteByte(raw[0])
			raw = raw[1:]
		}
	}
	return b.String()
}

// refParse reads a file as nginx does: statements until the first error.
func refParse(text string) ([]refStatement, *refError) {
	r := &reference{text: text}
	var out []refStatement
	depth := 0
	for {
		s, err := r.read()
		if err != nil {
			return out, err
		}
		switch s.end {
		case 0:
			if depth > 0 {
				return out, &refError{r.pos, `unexpected end of file, expecting "}"`}
			}
			return out, nil
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return out, &refError{r.pos - 1, `unexpected "}"`}
			}
			depth--
		}
		out = append(out, s)
	}
}
