package conf_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// verdict is what nginx 1.22.1 says of a case.
type verdict struct {
	name, group string
	accept      bool
	message     string
}

func verdicts(t *testing.T) []verdict {
	t.Helper()
	f, err := os.Open("../../testdata/parser/verdicts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []verdict
	for s := bufio.NewScanner(f); s.Scan(); {
		cols := strings.Split(s.Text(), "\t")
		if cols[0] == "case" {
			continue
		}
		out = append(out, verdict{cols[0], cols[1], cols[2] == "accept", strings.Join(cols[3:], " ")})
	}
	if len(out) < 150 {
		t.Fatalf("only %d verdicts", len(out))
	}
	return out
}

// lexical reports whether nginx's message is about the text rather than about
// what a directive means.
func lexical(message string) bool {
	for _, s := range []string{"unexpected", "too long parameter", "terminated", "failed (", "byte order mark"} {
		if strings.Contains(message, s) {
			return !strings.Contains(message, "in condition")
		}
	}
	return false
}

// punctuation are cases whose cause is punctuation, though nginx notices only
// what comes of it.
var punctuation = map[string]bool{
	"bom":                         true, // unknown directive
	"if-regex-unquoted-brace":     true, // invalid condition
	"regex-brace-unquoted":        true, // unknown directive "2}$"
	"missing-semicolon-next-line": true, // too many arguments
	"regex-dollar-glued-brace":    true, // no block
	"var-double-dollar-brace":     true, // no block
	"listen-takes-next-line":      true, // invalid parameter
}

func TestNginxVerdicts(t *testing.T) {
	for _, v := range verdicts(t) {
		t.Run(v.name, func(t *testing.T) {
			dir, err := filepath.Abs("../../testdata/parser/" + v.name)
			if err != nil {
				t.Fatal(err)
			}
			set, err := conf.Load([]string{filepath.Join(dir, "nginx.conf")}, conf.Options{Dir: dir, Deployed: true, Grammar: lint.Grammar()})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, tree := range set.Trees {
				for _, f := range tree.Files {
					tree.Problems = append(tree.Problems, f.Problems...)
				}
				for _, p := range tree.Problems {
					if !p.Accepted && (p.Kind != conf.IncludeCycle || v.accept) {
						got = append(got, p.Message)
					}
				}
			}
			switch {
			case v.accept && len(got) > 0:
				t.Errorf("nginx accepts it, we say %q", got)
			case !v.accept && (lexical(v.message) || punctuation[v.name]) && len(got) == 0:
				t.Errorf("nginx says %q, we say nothing", v.message)
			case !v.accept && !lexical(v.message) && !punctuation[v.name] && len(got) > 0:
				t.Errorf("nginx says %q, which is no matter of syntax; we say %q", v.message, got)
			}
		})
	}
}
