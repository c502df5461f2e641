package conf

import (
	"sort"
	"strings"
)

// Span is a half-open range of byte offsets in one file.
type Span struct {
	Start, End int32
}

// Len is the number of bytes in the span.
func (s Span) Len() int { return int(s.End - s.Start) }

// Contains reports whether the byte at off lies in the span.
func (s Span) Contains(off int32) bool { return s.Start <= off && off < s.End }

// Position is a place in a file, counted from 1. Editors, SARIF consumers and
// terminals count columns in different units; each has its own field.
type Position struct {
	Offset int // bytes from the start of the file, counted from 0
	Line   int
	Byte   int // column in bytes
	Rune   int // column in Unicode code points; an invalid byte counts as one
	UTF16  int // column in UTF-16 code units
}

// File is one configuration file as it was read. It is immutable once parsed.
type File struct {
	// Path is how the file is shown to people: as it was named on the command
	// line or by the include that reached it, or the name a dump gives it.
	Path string
	// Real is the absolute path with symbolic links resolved, or Path where
	// there is no such file on disk (standard input, a dump).
	Real string
	// Text is the file's content, byte for byte.
	Text string
	// Directives are the file's own top-level directives, before includes.
	Directives []*Directive
	// Comments are what nginx takes for comments, each from its # to the end of
	// its line, in order.
	Comments []Span
	// Problems are what nginx would refuse about the file's syntax, in order.
	Problems []Problem
	// Template says that the file is input of a template engine: by its name
	// (*.template, *.j2, …) or by marks in it that nginx could not accept.
	Template bool
	// Mark is the first of those marks; the zero Span where there is none.
	Mark Span
	// Branches says that a template engine decides about whole statements: some
	// of what is written may not reach nginx, and more may.
	Branches bool

	lines   []int32 // offsets of line starts
	columns columns
}

// Position converts a byte offset to line and columns. Offsets beyond the end
// give the position after the last byte.
func (f *File) Position(off int32) Position {
	off = max(0, min(off, int32(len(f.Text))))
	line := sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > off }) - 1
	start := int32(0)
	if line >= 0 {
		start = f.lines[line]
	} else {
		line = 0
	}
	p := Position{Offset: int(off), Line: line + 1, Byte: int(off-start) + 1}
	c := f.columns.between(f.Text, start, off)
	p.Rune, p.UTF16 = c.runes+1, c.utf16+1
	return p
}

// Line returns the text of a line counted from 1, without its line ending.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := int32(len(f.Text))
	if n < len(f.lines) {
		end = f.lines[n]
	}
	return strings.TrimRight(f.Text[f.lines[n-1]:end], "\r\n")
}

// LineCount is the number of lines, at least 1.
func (f *File) LineCount() int { return len(f.lines) }

// Slice is the text of a span.
func (f *File) Slice(s Span) string { return f.Text[s.Start:s.End] }

// Enclosing returns the directives of the file that the byte at off is part of,
// outermost first.
func (f *File) Enclosing(off int32) []*Directive {
	var path []*Directive
	for ds := f.Directives; ; {
		i := sort.Search(len(ds), func(i int) bool { return ds[i].Span.Start > off })
		if i == 0 || !ds[i-1].Span.Contains(off) {
			return path
		}
		path = append(path, ds[i-1])
		ds = ds[i-1].Block()
	}
}

// indexLines records where lines start.
func (f *File) indexLines() {
	f.lines = make([]int32, 1, 1+strings.Count(f.Text, "\n"))
	for i := 0; ; {
		j := strings.IndexByte(f.Text[i:], '\n')
		if j < 0 {
			return
		}
		i += j + 1
		f.lines = append(f.lines, int32(i))
	}
}
