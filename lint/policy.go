package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// policy decides, after all rules, what is shown. Each step is a function; their
// order matters and is told.
func (w *work) policy(fs []Finding, o Options) []Finding {
	// Must be before the rest: what is told once is counted once.
	fs = unique(fs)
	// Must be before the baseline: what a comment hides is not to be known by it.
	fs = w.ignores(fs, o)
	// Must be before anything else is dropped: an entry of the baseline is stale
	// only if there is no such finding, not if it is not shown.
	fs = w.baseline(fs, o)
	fs = levelled(fs, o.Level)
	fs = louder(fs, o.MinSeverity)
	fs = w.only(fs, o)
	// Must be after these: the steps before rely on the order of finding.
	order(fs)
	// Must be last: of what is shown, the first are kept.
	return w.most(fs)
}

// MaxFindings is how many findings of one rule are shown. Nobody reads more, and
// a few megabytes of input can have hundreds of thousands.
const MaxFindings = 100_000

// most leaves out what a rule finds beyond [MaxFindings]. The run is incomplete
// then, so that no finding is lost unsaid.
func (w *work) most(fs []Finding) []Finding {
	if len(fs) <= MaxFindings {
		return fs
	}
	met := map[*Rule]int{}
	fs = slices.DeleteFunc(fs, func(f Finding) bool {
		met[f.Rule]++
		return met[f.Rule] > MaxFindings
	})
	for _, rule := range w.Rules {
		if n := met[rule]; n > MaxFindings {
			w.Errors = append(w.Errors, fmt.Errorf("rule %q finds %d problems: only the first %d are shown", rule.ID, n, MaxFindings))
		}
	}
	return fs
}

// ignores leaves out what comments hide, and adds what is to be said about them.
func (w *work) ignores(fs []Finding, o Options) []Finding {
	if o.NoIgnores {
		return fs
	}
	now := o.Now
	if now.IsZero() {
		now = time.Now()
	}
	comments := readIgnores(w.Files, &ignoreParser{known: o.known(w.Result), today: dayOf(now)})
	if len(comments.all) == 0 {
		return fs
	}
	fs = comments.hide(fs, w, o)
	comments.judge(w)
	return append(fs, comments.complain(w)...)
}

// only leaves out what is found in files that are not asked about.
func (w *work) only(fs []Finding, o Options) []Finding {
	if o.Only == nil {
		return fs
	}
	return slices.DeleteFunc(fs, func(f Finding) bool {
		if f.Place.File != nil && o.Only(f.Place.File) {
			return false
		}
		w.Hidden.Elsewhere++
		if f.Rule.Category == Startup && f.Severity == Error {
			w.Hidden.ElsewhereFatal++
		}
		return true
	})
}

// unique keeps one finding of a rule at a place: a snippet that is included ten
// times is mended once. The loudest is kept, of equals the first.
func unique(fs []Finding) []Finding {
	type key struct {
		rule *Rule
		file *conf.File
		span conf.Span
	}
	at := make(map[key]int, len(fs))
	out := fs[:0:0]
	for _, f := range fs {
		k := key{f.Rule, f.Place.File, f.Place.Span}
		i, seen := at[k]
		switch {
		case !seen:
			at[k] = len(out)
			out = append(out, f)
		case f.Severity > out[i].Severity:
			out[i] = f
		}
	}
	return out
}

// levelled gives findings the severity that was decided on for them.
func levelled(fs []Finding, level func(*Rule, *conf.File, Severity) Severity) []Finding {
	if level == nil {
		return fs
	}
	for i := range fs {
		fs[i].Severity = level(fs[i].Rule, fs[i].Place.File, fs[i].Severity)
	}
	return slices.DeleteFunc(fs, func(f Finding) bool { return f.Severity == 0 })
}

// louder keeps findings of at least a severity.
func louder(fs []Finding, least Severity) []Finding {
	return slices.DeleteFunc(fs, func(f Finding) bool { return f.Severity < least })
}

// order sorts by file, place and rule.
func order(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(
			strings.Compare(a.Place.File.Path, b.Place.File.Path),
			cmp.Compare(a.Place.Span.Start, b.Place.Span.Start),
			strings.Compare(a.Rule.ID, b.Rule.ID),
			cmp.Compare(a.Place.Span.End, b.Place.Span.End),
		)
	})
}
