package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// policy decides, after all rules, what is shown. Each step is a function; their
// order matters and is told.
func policy(fs []Finding, o Options) []Finding {
	// Must be before the rest: what is told once is counted once.
	fs = unique(fs)
	fs = levelled(fs, o.Level)
	fs = louder(fs, o.MinSeverity)
	// Must be last: the steps before rely on the order of finding.
	order(fs)
	return fs
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
