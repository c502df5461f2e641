package lint

import (
	"fmt"
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// The words of comments. Each begins with the mark.
const (
	ignoreMark = "nginxlint:"
	ignoreOne  = "ignore"
	ignoreAll  = "ignore-file"
	untilMark  = "until="
)

// ignoreForm is what a help says that a comment looks like.
const ignoreForm = `write it as "# nginxlint:ignore rule,rule -- reason"`

// ignoreParser reads comments for one run.
type ignoreParser struct {
	known []*Rule
	today time.Time // midnight UTC of the day
}

// parse reads a comment; nil means that it is none for this program.
func (p *ignoreParser) parse(f *conf.File, span conf.Span) *Ignore {
	text := f.Slice(span)
	body := strings.TrimLeft(text, "# \t")
	rest, ok := strings.CutPrefix(body, ignoreMark)
	if !ok {
		return nil
	}
	text = strings.TrimRight(text, " \t\r")
	ig := &Ignore{Place: Place{File: f, Span: conf.Span{Start: span.Start, End: span.Start + int32(len(text))}}}
	if blank := strings.TrimLeft(rest, " \t"); blank != rest {
		if !strings.HasPrefix(blank, ignoreOne) {
			return nil // people write about the program, too
		}
		ig.refuse(ig.Place.Span, `a blank stands behind "nginxlint:": this comment hides nothing`, ignoreForm)
		return ig
	}
	at := span.Start + int32(len(f.Slice(span))-len(rest))
	rest = strings.TrimRight(rest, " \t\r")
	verb, list := rest, ""
	if i := strings.IndexAny(rest, " \t"); i >= 0 {
		verb, list = rest[:i], rest[i:]
	}
	if verb != ignoreOne && verb != ignoreAll {
		ig.refuse(ig.Place.Span, unknownVerb(verb), ignoreForm)
		return ig
	}
	ig.file = verb == ignoreAll
	p.list(ig, list, at+int32(len(verb)))
	if !ig.void {
		ig.place()
	}
	return ig
}

func unknownVerb(verb string) string {
	word, _, _ := strings.Cut(verb, "[")
	if near, ok := nginx.Nearest(word, []string{ignoreOne, ignoreAll}); ok {
		return fmt.Sprintf("unknown comment %q: did you mean %q?", ignoreMark+verb, ignoreMark+near)
	}
	return fmt.Sprintf("unknown comment %q: it hides nothing", ignoreMark+verb)
}

// list reads what stands behind the verb; at is the offset where that begins.
func (p *ignoreParser) list(ig *Ignore, text string, at int32) {
	reason := ""
	comma := true // an id may follow
	for text != "" {
		n := len(text) - len(strings.TrimLeft(text, " \t"))
		at, text = at+int32(n), text[n:]
		word := text
		if i := strings.IndexAny(text, " \t"); i >= 0 {
			word = text[:i]
		}
		if word == "--" {
			reason = strings.TrimSpace(text[len(word):])
			break
		}
		span := conf.Span{Start: at, End: at + int32(len(word))}
		if date, ok := strings.CutPrefix(word, untilMark); ok {
			p.until(ig, date, span)
		} else {
			if !comma && word[0] != ',' {
				ig.refuse(span, `a word without a comma before it, or a reason without "--": this comment hides nothing`, ignoreForm)
				return
			}
			comma = word[len(word)-1] == ','
			p.ids(ig, word, at)
		}
		at, text = span.End, text[len(word):]
	}
	switch {
	case len(ig.ids)+len(ig.Faults) == 0:
		ig.refuse(ig.Place.Span, "this comment names no rule and hides nothing", ignoreForm)
	case reason == "":
		ig.refuse(ig.Place.Span, "this comment gives no reason and hides nothing", `say why behind "--": `+ignoreForm)
	}
}

// ids reads ids that are separated by commas.
func (p *ignoreParser) ids(ig *Ignore, list string, at int32) {
	for id := range strings.SplitSeq(list, ",") {
		span := conf.Span{Start: at, End: at + int32(len(id))}
		at = span.End + 1
		if id == "" {
			continue
		}
		rule, err := Find(p.known, id)
		switch {
		case err != nil:
			ig.fault(span, err.Error(), "a comment names rules by their ids, as findings show them")
		case rule.Firm:
			ig.fault(span, fmt.Sprintf("findings of %q cannot be hidden by a comment", rule.ID), "mend what it finds, or leave the rule out of the run with --ignore")
		default:
			ig.ids = append(ig.ids, IgnoreID{Place: Place{File: ig.Place.File, Span: span}, Rule: rule})
		}
	}
}

// until reads the last day on which a comment counts.
func (p *ignoreParser) until(ig *Ignore, date string, span conf.Span) {
	day, err := time.Parse(time.DateOnly, date)
	switch {
	case err != nil:
		ig.refuse(span, fmt.Sprintf("%q is no day: this comment hides nothing", date), `write the last day on which it counts as "until=2027-01-31"`)
	case !ig.Until.IsZero():
		ig.refuse(span, `a second "until": this comment hides nothing`, "leave one of them")
	default:
		ig.Until, ig.Expired = day, p.today.After(day)
	}
}

// dayOf is the calendar day of a moment where it was taken, at midnight UTC.
func dayOf(now time.Time) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
