package conf_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// sketch writes directives on one line: name arg arg; name { … }.
func sketch(ds []*conf.Directive) string {
	var b strings.Builder
	for i, d := range ds {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strings.ReplaceAll(d.Text(), "\n", `\n`))
		switch {
		case d.Body() != conf.Span{}:
			b.WriteString(" {…}")
		case d.IsBlock && len(d.Block()) == 0:
			b.WriteString(" {}")
		case d.IsBlock:
			b.WriteString(" { " + sketch(d.Block()) + " }")
		default:
			b.WriteByte(';')
		}
	}
	return b.String()
}

// troubles writes each problem as line:column–column "what stands there": message.
func troubles(f *conf.File) []string {
	var out []string
	for _, p := range f.Problems {
		at, to := f.Position(p.Span.Start), f.Position(p.Span.End)
		var s strings.Builder
		fmt.Fprintf(&s, "%d:%d", at.Line, at.Rune)
		if to.Line != at.Line {
			fmt.Fprintf(&s, "-%d:%d", to.Line, to.Rune)
		} else if to != at {
			fmt.Fprintf(&s, "-%d", to.Rune)
		}
		s.WriteString(" " + p.Message)
		if p.Accepted {
			s.WriteString(" (accepted)")
		}
		for _, n := range p.Related {
			at := f.Position(n.Span.Start)
			fmt.Fprintf(&s, " [%d:%d %s]", at.Line, at.Rune, n.Message)
		}
		out = append(out, s.String())
	}
	return out
}

func TestRepairs(t *testing.T) {
	for _, test := range slices.Concat(repairs, wordRepairs) {
		t.Run(test.name, func(t *testing.T) {
			f, err := conf.Parse("nginx.conf", []byte(test.text), lint.Grammar())
			if err != nil {
				t.Fatal(err)
			}
			if got := sketch(f.Directives); got != test.tree {
				t.Errorf("tree:\n got %s\nwant %s", got, test.tree)
			}
			if got := troubles(f); !slices.Equal(got, test.problems) {
				t.Errorf("problems:\n got %q\nwant %q", got, test.problems)
			}
		})
	}
}
