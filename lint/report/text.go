package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// Limits on what is shown of one finding.
const (
	maxRelated   = 8
	maxTrail     = 8
	defaultWidth = 160
	// minWidth is what source lines get even in a terminal narrower than it.
	minWidth = 40
)

// writeText writes findings with the lines they are about. Lines and columns
// count from 1, columns in Unicode code points.
func writeText(w io.Writer, r *lint.Result, o Options) error {
	t := &text{out: bufio.NewWriter(w), o: o, paint: palette(o.Color), seen: map[*lint.Rule]bool{}}
	for i := range r.Findings {
		t.finding(&r.Findings[i])
	}
	if !o.Quiet {
		fmt.Fprintln(t.out, summary(r, t.paint))
	}
	return t.out.Flush()
}

type text struct {
	out   *bufio.Writer
	o     Options
	paint palette
	seen  map[*lint.Rule]bool // rules whose address was shown
	// indent is as wide as the longest line number of the finding at hand.
	indent string
}

// label is an underlined place.
type label struct {
	lint.Place
	at      conf.Position
	text    string
	primary bool
}

func (t *text) finding(f *lint.Finding) {
	head := f.Severity.String() + "[" + f.Rule.ID + "]"
	fmt.Fprintf(t.out, "%s%s\n", t.paint.severity(f.Severity, head), t.paint.bold(": "+printable(f.Message)))

	groups, more := labelsOf(f)
	t.indent = strings.Repeat(" ", len(strconv.Itoa(lastLine(groups))))
	for i, g := range groups {
		t.group(g, i == 0, f.Severity)
	}
	if more > 0 {
		t.note("and %s", plural(more, "more place"))
	}
	t.trail(f.Place)
	if f.Help != "" {
		t.help(f.Help)
	}
	if !t.seen[f.Rule] {
		t.seen[f.Rule] = true
		t.note("%s %s", t.paint.bold("see:"), f.Rule.URL())
	}
	fmt.Fprintln(t.out)
}

// labelsOf groups the finding's places by file: the finding's own file first,
// then in order of interest. more is how many places were left out.
func labelsOf(f *lint.Finding) (groups [][]label, more int) {
	p := normal(f.Place)
	groups = [][]label{{{Place: p, at: p.Position(), primary: true}}}
	related := f.Related
	if len(related) > maxRelated {
		more = len(related) - maxRelated
		related = related[:maxRelated]
	}
	for _, r := range related {
		p := normal(r.Place)
		l := label{Place: p, at: p.Position(), text: printable(r.Message)}
		i := slices.IndexFunc(groups, func(g []label) bool { return g[0].File == p.File })
		if i < 0 {
			groups = append(groups, []label{l})
		} else {
			groups[i] = append(groups[i], l)
		}
	}
	return groups, more
}

func lastLine(groups [][]label) int {
	last := 1
	for _, g := range groups {
		for i := range g {
			last = max(last, g[i].at.Line)
		}
	}
	return last
}

// group shows the labels of one file, whose first is the most interesting.
func (t *text) group(labels []label, first bool, v lint.Severity) {
	main := labels[0]
	arrow := ":::"
	if first {
		arrow = "-->"
	}
	path := printable(shown(main.File, t.o.Dir))
	if main.File.LineCount() == 0 {
		fmt.Fprintf(t.out, "%s%s %s\n", t.indent, t.paint.gutter(arrow), path)
		return
	}
	fmt.Fprintf(t.out, "%s%s %s:%d:%d\n", t.indent, t.paint.gutter(arrow), path, main.at.Line, main.at.Rune)
	if first {
		t.bar("")
	}
	labels = slices.Clone(labels)
	slices.SortStableFunc(labels, func(a, b label) int { return a.at.Offset - b.at.Offset })
	t.lines(labels, v)
}

// lines shows the labelled lines of a file, with dots where lines are left out.
func (t *text) lines(labels []label, v lint.Severity) {
	file := labels[0].File
	for i := 0; i < len(labels); {
		line := labels[i].at.Line
		if i > 0 {
			switch last := labels[i-1].at.Line; {
			case line == last+2:
				r := newRow(file.Line(last+1), 0, 0, t.avail())
				t.source(last+1, r)
			case line > last+2:
				fmt.Fprintln(t.out, t.paint.gutter("..."))
			}
		}
		i += t.line(file.Line(line), labels[i:], v)
	}
}

// line shows one line and the labels on it; it returns how many it has shown.
func (t *text) line(source string, labels []label, v lint.Severity) int {
	from, to := labels[0].bytes(source)
	r := newRow(source, from, to, t.avail())
	t.source(labels[0].at.Line, r)
	n := 0
	for n < len(labels) && labels[n].at.Line == labels[0].at.Line && (n == 0 || r.whole) {
		l := labels[n]
		from, to := l.bytes(source)
		start, end := r.column(from), r.column(to)
		mark, paint := "-", t.paint.gutter
		if l.primary {
			mark, paint = "^", func(s string) string { return t.paint.severity(v, s) }
		}
		under := strings.Repeat(mark, max(1, end-start))
		if l.text != "" {
			under += " " + l.text
		}
		t.bar(strings.Repeat(" ", start) + paint(under))
		n++
	}
	return n
}

// bytes is the part of the label's first line that it covers.
func (l *label) bytes(line string) (from, to int) {
	from = min(l.at.Byte-1, len(line))
	return from, min(from+l.Span.Len(), len(line))
}

// avail is how many columns are left for source text.
func (t *text) avail() int {
	width := t.o.Width
	if width <= 0 {
		width = defaultWidth
	}
	return max(minWidth, width-len(t.indent)-len(" | "))
}

// source writes a numbered source line.
func (t *text) source(n int, r row) {
	number := fmt.Sprintf("%*d |", len(t.indent), n)
	fmt.Fprint(t.out, t.paint.gutter(number))
	if r.text != "" {
		fmt.Fprint(t.out, " ", r.text)
	}
	fmt.Fprintln(t.out)
}

// bar writes a line beside the numbers.
func (t *text) bar(s string) {
	fmt.Fprint(t.out, t.indent, t.paint.gutter(" |"))
	if s != "" {
		fmt.Fprint(t.out, " ", s)
	}
	fmt.Fprintln(t.out)
}

// note writes a line below the source.
func (t *text) note(format string, args ...any) {
	fmt.Fprintf(t.out, "%s %s %s\n", t.indent, t.paint.gutter("="), fmt.Sprintf(format, args...))
}

func (t *text) trail(p lint.Place) {
	steps := trail(p)
	for i, s := range steps {
		if i == maxTrail {
			t.note("and through %s", plural(len(steps)-i, "more include"))
			return
		}
		t.note("included from %s:%d", printable(shown(s.File, t.o.Dir)), s.Position().Line)
	}
}

// help writes advice; its further lines stand below its first. In a terminal,
// lines that are too long for it are broken at blanks.
func (t *text) help(s string) {
	const label = "help:"
	for i, l := range t.fitted(s, len(" = "+label+" ")) {
		if i == 0 {
			t.note("%s %s", t.paint.green(label), l)
		} else {
			fmt.Fprintf(t.out, "%s%*s%s\n", t.indent, len(" = "+label+" "), "", l)
		}
	}
}

// fitted are the lines of a text as they are shown to the right of so many
// columns.
func (t *text) fitted(s string, left int) []string {
	width := max(minWidth, t.o.Width-len(t.indent)-left)
	var out []string
	for l := range strings.SplitSeq(s, "\n") {
		l = printable(l)
		if t.o.Width > 0 && columns(l) > width {
			words := strings.TrimLeft(l, " ")
			margin := l[:len(l)-len(words)]
			l = margin + strings.ReplaceAll(Wrap(words, width-len(margin)), "\n", "\n"+margin)
		}
		out = append(out, strings.Split(l, "\n")...)
	}
	return out
}

// summary says in a line what a run found.
func summary(r *lint.Result, paint palette) string {
	files := plural(len(r.Files), "file")
	var parts []string
	for _, v := range slices.Backward(lint.Severities()) {
		if n := r.Count(v); n > 0 {
			parts = append(parts, paint.severity(v, plural(n, v.String())))
		}
	}
	out := fmt.Sprintf("%s in %s.", paint.bold("No problems"), files+hidden(r.Hidden))
	if len(r.Findings) > 0 {
		found := "Found " + plural(len(r.Findings), "problem")
		out = fmt.Sprintf("%s (%s) in %s.", paint.bold(found), strings.Join(parts, ", "), files+hidden(r.Hidden))
	}
	if n := len(r.Errors); n > 0 {
		out += fmt.Sprintf(" The run is incomplete: %s.", plural(n, "failure"))
	}
	return out
}

// hidden tells, for the summary, what is not among the findings.
func hidden(h lint.Hidden) string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{h.Ignored, "ignored by comments"}, {h.Known, "known to the baseline"}, {h.Elsewhere, "in files that were not named"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	switch n := len(parts); n {
	case 0:
		return ""
	case 1:
		return ", besides " + parts[0]
	default:
		return ", besides " + strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
}

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
