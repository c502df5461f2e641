package report

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// tabWidth is the distance of tab stops in shown source lines.
const tabWidth = 4

// ellipsis marks where a source line was cut. It is one column wide.
const ellipsis = "…"

// row is one source line, or the part of it that fits, as shown in a terminal.
type row struct {
	text string
	// whole says that nothing was cut.
	whole bool
	cells []cell
	end   cell // where the next cell would be
}

// cell is one character of a line: where it is in the line in bytes, and where
// it is shown in columns, both counted from 0.
type cell struct {
	off, col int
	text     string
}

// newRow lays out a line in at most avail columns. If it has to be cut, the
// bytes from..to stay in view, or their beginning if they are too long.
//
// Only a stretch of the line around from is looked at, so that a line of
// megabytes with thousands of findings costs no more than its length.
func newRow(line string, from, to, avail int) row {
	reach := 8 * avail
	a, b := max(0, from-reach), min(len(line), from+reach)
	a = charStart(line, a)
	b = charStart(line, b)
	cells, end := cellsOf(line[a:b], a, from, avail)
	r := row{cells: cells, end: end, whole: a == 0 && end.off == len(line) && end.col <= avail}
	if !r.whole {
		r.cut(from, to, avail, a > 0, end.off < len(line))
	}
	var text strings.Builder
	for _, c := range r.cells {
		text.WriteString(c.text)
	}
	r.text = strings.TrimRight(text.String(), " ")
	return r
}

// charStart moves an offset back to where a character begins.
func charStart(line string, off int) int {
	for i := off; i > max(0, off-utf8.UTFMax); i-- {
		if i == len(line) || utf8.RuneStart(line[i]) {
			return i
		}
	}
	return off
}

// cellsOf splits a stretch of a line that begins at byte base, as far as it can
// come into view: to twice the columns that there are behind byte from.
func cellsOf(s string, base, from, avail int) (cells []cell, end cell) {
	cells = make([]cell, 0, min(len(s), from-base+2*avail))
	col, last := 0, len(s)*tabWidth
	for i := 0; i < len(s); {
		if base+i == from {
			last = col + 2*avail
		}
		if col > last {
			return cells, cell{off: base + i, col: col}
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		c := cell{off: base + i, col: col}
		switch {
		case r == '\t':
			c.text = strings.Repeat(" ", tabWidth-col%tabWidth)
			col += len(c.text)
		case plain(r, n):
			c.text = s[i : i+n]
			col += terminal.RuneWidth(r)
		default:
			c.text = glyph(r, s[i:i+n])
			col += len(c.text)
		}
		cells = append(cells, c)
		i += n
	}
	return cells, cell{off: base + len(s), col: col}
}

// cut keeps the cells that fit into avail columns. before and after say that
// the line goes on outside the cells.
func (r *row) cut(from, to, avail int, before, after bool) {
	start := 0
	if before || r.column(to) > avail-1 {
		start = max(0, r.column(from)-avail/4)
		// Room on the right would be wasted at the end of a line.
		if !after {
			start = min(start, max(0, r.end.col-avail+1))
		}
	}
	i := sort.Search(len(r.cells), func(i int) bool { return r.cells[i].col >= start })
	left := before || i > 0
	room := avail
	if left {
		room--
	}
	base := r.end.col
	if i < len(r.cells) {
		base = r.cells[i].col
	}
	j := len(r.cells)
	if after || r.end.col-base > room {
		j = sort.Search(len(r.cells), func(j int) bool { return r.cells[j].col-base > room-1 })
		j = max(i, j-1)
	}
	r.keep(i, j, base, left)
}

// keep leaves cells i to j, moved to the left by base columns, between marks
// for what is missing.
func (r *row) keep(i, j, base int, left bool) {
	shift := -base
	var out []cell
	if left {
		off := r.end.off
		if i < len(r.cells) {
			off = r.cells[i].off
		}
		out = append(out, cell{off: off, text: ellipsis})
		shift++
	}
	right := j < len(r.cells)
	if right {
		r.end = r.cells[j]
	}
	for _, c := range r.cells[i:j] {
		c.col += shift
		out = append(out, c)
	}
	r.end.col += shift
	if right {
		out = append(out, cell{off: r.end.off, col: r.end.col, text: ellipsis})
	}
	r.cells = out
}

// column is where the byte at off of the line is shown: at the left or right
// edge if it was cut off.
func (r *row) column(off int) int {
	if off >= r.end.off {
		return r.end.col
	}
	// The last cell that begins at or before off; an ellipsis shares its
	// offset with the cell after it, which is the one meant.
	i := sort.Search(len(r.cells), func(i int) bool { return r.cells[i].off > off })
	if i == 0 {
		return 0
	}
	return r.cells[i-1].col
}
