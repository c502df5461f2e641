package lint

import (
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// Ignore is a comment that hides findings. One of these forms
//
//	# nginxlint:ignore id,id -- reason
//	# nginxlint:ignore id until=2027-01-31 -- reason
//
// counts for the statements on whose line it ends or, on a line of its own, for
// the statement that follows: with a block, for all that is written in it. Above
// the first directive of a file
//
//	# nginxlint:ignore-file id -- reason
//
// counts for all of the file.
type Ignore struct {
	// Place is the comment.
	Place Place
	// Faults are what is wrong with it, in order.
	Faults []IgnoreFault
	// Until is the last day on which it counts, at midnight UTC; zero for ever.
	Until time.Time
	// Expired says that this day is over.
	Expired bool
	// Unused are the ids that hide nothing although their rule ran and saw all
	// of the configuration.
	Unused []IgnoreID

	ids     []IgnoreID
	void    bool        // a fault makes that it does not count
	file    bool        // it counts for all of the file
	regions []conf.Span // where it counts
}

// IgnoreFault is something that is wrong with a comment.
type IgnoreFault struct {
	Place Place
	// Message says what is wrong, Help what to write instead.
	Message, Help string
}

// IgnoreID is a rule that a comment names.
type IgnoreID struct {
	Place Place
	Rule  *Rule
	used  bool
}

// counts reports whether the comment hides findings.
func (ig *Ignore) counts() bool { return !ig.void && !ig.Expired }

// fault records what is wrong between two offsets of the file.
func (ig *Ignore) fault(span conf.Span, message, help string) {
	at := Place{File: ig.Place.File, Span: span}
	ig.Faults = append(ig.Faults, IgnoreFault{Place: at, Message: message, Help: help})
}

// refuse records what keeps the comment from counting at all.
func (ig *Ignore) refuse(span conf.Span, message, help string) {
	ig.void = true
	ig.fault(span, message, help)
}

// place finds where the comment counts.
func (ig *Ignore) place() {
	f, at := ig.Place.File, ig.Place.Span
	ownLine := standsAlone(f, at.Start)
	switch {
	case ig.file && len(f.Directives) > 0 && f.Directives[0].Span.Start < at.Start:
		ig.refuse(at, `"nginxlint:ignore-file" does not count here: it must stand above the first directive of the file`,
			`move it to the top, or write "nginxlint:ignore" above the block that it is meant for`)
	case ig.file:
		ig.regions = []conf.Span{{Start: 0, End: int32(len(f.Text)) + 1}}
	default:
		ig.regions = statementsAt(f, at.Start, ownLine)
		if len(ig.regions) > 0 || len(f.Problems) > 0 {
			return // where the parser had to mend, a statement may be lost
		}
		if ownLine {
			ig.refuse(at, "no directive follows this comment in its block: it hides nothing", "write it above the directive or block that it is meant for")
		} else {
			ig.refuse(at, "no directive stands before this comment on its line: it hides nothing",
				"write it behind the directive, or on a line of its own above the directive or block")
		}
	}
}

// BehindBrace reports whether the comment stands behind the "{" that opens a
// block, where it counts for the head of the block and not for what is in it.
func (ig *Ignore) BehindBrace() bool {
	f, at := ig.Place.File, ig.Place.Span.Start
	line := strings.TrimRight(f.Text[lineStart(f, at):at], " \t")
	return strings.HasSuffix(line, "{")
}

// standsAlone reports whether nothing but blanks stands before the byte at off
// on its line.
func standsAlone(f *conf.File, off int32) bool {
	for i := off - 1; i >= 0 && f.Text[i] != '\n'; i-- {
		switch f.Text[i] {
		case ' ', '\t', '\r', '\xef', '\xbb', '\xbf': // the last three are a byte order mark
		default:
			return false
		}
	}
	return true
}

// statementsAt returns what a comment at off speaks of.
func statementsAt(f *conf.File, off int32, ownLine bool) []conf.Span {
	siblings := f.Directives
	if path := f.Enclosing(off); len(path) > 0 {
		inner := path[len(path)-1]
		if whole := inner.Introduction(); whole.Contains(off) {
			return []conf.Span{whole} // between the words of a statement
		}
		siblings = inner.Block()
	}
	if ownLine {
		i := firstFrom(siblings, off)
		if i == len(siblings) {
			return nil
		}
		return []conf.Span{siblings[i].Span}
	}
	line := conf.Span{Start: lineStart(f, off), End: off}
	return introductions(nil, f.Directives, line)
}

// firstFrom is the index of the first directive that begins at off or later.
func firstFrom(ds []*conf.Directive, off int32) int {
	lo, hi := 0, len(ds)
	for lo < hi {
		if mid := (lo + hi) / 2; ds[mid].Span.Start < off {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// introductions appends the simple statements, and the heads of blocks, of which
// a part lies in a span.
func introductions(out []conf.Span, ds []*conf.Directive, in conf.Span) []conf.Span {
	from := firstFrom(ds, in.Start)
	if from > 0 && ds[from-1].Span.End > in.Start {
		from--
	}
	for _, d := range ds[from:] {
		if d.Span.Start >= in.End {
			break
		}
		if head := d.Introduction(); head.End > in.Start {
			out = append(out, head)
		}
		out = introductions(out, d.Block(), in)
	}
	return out
}

// lineStart is the offset of the first byte of the line that off lies in.
func lineStart(f *conf.File, off int32) int32 {
	at := f.Position(off)
	return int32(at.Offset - (at.Byte - 1))
}
