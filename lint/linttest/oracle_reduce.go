package linttest

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// Reduce drops directives from the text of a disagreement as long as the two disagree in the same
// way, so that the cause is plain to see.
func (o *Oracle) Reduce(ctx context.Context, ds []Disagreement) error {
	errs := make([]error, len(ds))
	o.each(len(ds), func(b *bench, i int) { errs[i] = o.reduce(ctx, b, &ds[i]) })
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// maxReductions limits how often nginx is asked for one disagreement.
const maxReductions = 400

func (o *Oracle) reduce(ctx context.Context, b *bench, d *Disagreement) error {
	spans, err := droppable(d.Text)
	if err != nil {
		return err
	}
	for i, asked, progress := 0, 0, false; asked < maxReductions; asked++ {
		if i == len(spans) {
			if !progress {
				break
			}
			i, progress = 0, false
			continue
		}
		text := apply(d.Text, []edit{{spans[i], ""}})
		a := o.ask(ctx, b, text)
		if a.err != nil {
			return a.err
		}
		if a.skipped || !sameDisagreement(*d, a) {
			i++
			continue
		}
		d.Text, d.Verdict, d.Judgement, progress = text, a.verdict, a.judgement, true
		if spans, err = droppable(text); err != nil {
			return err
		}
	}
	return nil
}

// droppable lists what can be dropped from a text, the longest first: most of it has nothing to do
// with the cause.
func droppable(text string) ([]conf.Span, error) {
	f, err := conf.Parse("nginx.conf", []byte(text), nil)
	if err != nil {
		return nil, err
	}
	var spans []conf.Span
	for _, p := range places(f) {
		s := p.d.Span
		for int(s.End) < len(f.Text) && f.Text[s.End] == '\n' {
			s.End++
		}
		if start := strings.TrimRight(f.Text[:s.Start], " \t"); start == "" || strings.HasSuffix(start, "\n") {
			s.Start = int32(len(start))
		}
		spans = append(spans, s)
	}
	slices.SortStableFunc(spans, func(a, b conf.Span) int {
		return cmp.Or(cmp.Compare(b.Len(), a.Len()), cmp.Compare(a.Start, b.Start))
	})
	return spans, nil
}

// sameDisagreement reports whether an opinion differs in the way of a disagreement.
func sameDisagreement(d Disagreement, a opinion) bool {
	if d.Verdict.Kind != a.verdict.Kind || d.Verdict.Pattern != a.verdict.Pattern {
		return false
	}
	if d.Verdict.Kind == Accepted {
		now := d
		now.Judgement = a.judgement
		return len(a.judgement.alarms()) > 0 && alarm(now) == alarm(d)
	}
	return !a.judgement.refuses(a.verdict)
}
