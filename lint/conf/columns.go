package conf

import (
	"sync"
	"unicode/utf8"
)

// columns counts characters. A file may be one line of megabytes with a finding
// every few bytes: what lies far behind the start of its line is counted from
// marks, which are made once one is needed.
type columns struct {
	once  sync.Once
	marks []columnMark
}

// markEvery is how many bytes lie between two marks, and how far from the start
// of a line it is counted without any.
const markEvery = 1 << 10

// columnMark is a start of a character and the characters of the file before it.
type columnMark struct {
	off    int32
	before characters
}

// characters is a length of text in code points and in UTF-16 code units.
type characters struct{ runes, utf16 int }

// count adds the characters of a text; an invalid byte counts as one.
func (c *characters) count(text string) {
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			c.runes++
			c.utf16++
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		c.runes++
		c.utf16++
		if r > 0xFFFF {
			c.utf16++
		}
	}
}

// between is the length of the text from the start of a line to an offset in it.
func (c *columns) between(text string, start, off int32) characters {
	var n characters
	if off-start <= markEvery {
		n.count(text[start:off])
		return n
	}
	c.once.Do(func() { c.mark(text) })
	n, before := c.upTo(text, off), c.upTo(text, start)
	return characters{n.runes - before.runes, n.utf16 - before.utf16}
}

// upTo is the length of the text before an offset.
func (c *columns) upTo(text string, off int32) characters {
	m := c.marks[off/markEvery]
	if m.off > off { // inside the character before the mark
		m = c.marks[off/markEvery-1]
	}
	m.before.count(text[m.off:off])
	return m.before
}

// mark makes a mark for every markEvery bytes, each at the first start of a
// character from there on.
func (c *columns) mark(text string) {
	c.marks = make([]columnMark, 1, len(text)/markEvery+1)
	var m columnMark
	for next := markEvery; next <= len(text); next += markEvery {
		end := next
		for end < len(text) && end < next+utf8.UTFMax && !utf8.RuneStart(text[end]) {
			end++
		}
		m.before.count(text[m.off:end])
		m.off = int32(end)
		c.marks = append(c.marks, m)
	}
}
