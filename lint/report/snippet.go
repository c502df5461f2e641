package report

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// Snippet writes one line of a text with its number, and carets under the bytes
// from..to of it, as the text format shows a place.
func Snippet(w io.Writer, line string, number, from, to int, o Options) error {
	t := &text{out: bufio.NewWriter(w), o: o, paint: palette(o.Color)}
	t.indent = strings.Repeat(" ", len(strconv.Itoa(number)))
	t.bar("")
	r := newRow(line, from, to, t.avail())
	t.source(number, r)
	start := r.column(from)
	t.bar(strings.Repeat(" ", start) + strings.Repeat("^", max(1, r.column(to)-start)))
	return t.out.Flush()
}
