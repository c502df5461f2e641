package lint_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
)

// TestABaselineIsReadAsItWasWritten checks texts that JSON has to escape or
// cannot hold, and that each entry has one line.
func TestABaselineIsReadAsItWasWritten(t *testing.T) {
	rule := listenRule("loud", lint.Error)
	home := lint.BaselineHome{Dir: "/x", Root: "/x"}
	for _, text := range []string{
		`listen "a\"b"`, `listen "<&>"`, "listen \"a\nb\tc\"", "listen \xff\xfe\xe4", "listen \u2028x", `listen 'a\b'`, "listen \x01", `listen ""`, "listen 日本",
	} {
		config := "events {}\nhttp { server { server_name \xe9.example; " + text + "; " + text + "; } }"
		r := run(t, config, lint.Options{Rules: []*lint.Rule{rule}})
		if len(r.Findings) != 2 {
			t.Fatalf("%q: %d findings", text, len(r.Findings))
		}
		encoded, err := lint.NewBaseline(r.Findings, home).Encode()
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Count(string(encoded), "\n"); lines != 6 || !lint.IsBaseline(encoded) {
			t.Errorf("%q: %d lines:\n%s", text, lines, encoded)
		}
		b, err := lint.ParseBaseline(encoded, home)
		if err != nil {
			t.Fatal(err)
		}
		if r := run(t, config, lint.Options{Rules: []*lint.Rule{rule}, Baseline: b}); len(r.Findings) != 0 || r.Hidden.Known != 2 || len(r.Stale) != 0 {
			t.Errorf("%q: %d findings, %d known, stale %v\n%s", text, len(r.Findings), r.Hidden.Known, r.Stale, encoded)
		}
	}
}

func TestAnEmptyBaseline(t *testing.T) {
	home := lint.BaselineHome{Dir: "/x", Root: "/x"}
	encoded, err := lint.NewBaseline(nil, home).Encode()
	if want := "{\n  \"version\": 1,\n  \"findings\": []\n}\n"; err != nil || string(encoded) != want {
		t.Errorf("got %q, %v", encoded, err)
	}
	b, err := lint.ParseBaseline(encoded, home)
	if err != nil || len(b.Entries()) != 0 || !lint.IsBaseline(encoded) {
		t.Errorf("read as %v, %v", b, err)
	}
}

// TestABaselineCounts checks that of findings that are the same, as many as it
// counts are known, and what comments hide is none of its business.
func TestABaselineCounts(t *testing.T) {
	rule := listenRule("loud", lint.Error)
	home := lint.BaselineHome{Dir: "/x", Root: "/x"}
	config := func(n int, more string) string {
		return "events {}\nhttp {\n" + strings.Repeat("server { listen 1; }\n", n) + more + "}\n"
	}
	b := lint.NewBaseline(run(t, config(3, ""), lint.Options{Rules: []*lint.Rule{rule}}).Findings, home)
	for n, want := range []struct{ found, stale int }{{0, 3}, {0, 2}, {0, 1}, {0, 0}, {1, 0}, {2, 0}} {
		r := run(t, config(n, ""), lint.Options{Rules: []*lint.Rule{rule}, Baseline: b})
		stale := 0
		for _, k := range r.Stale {
			stale += k.Count
		}
		if len(r.Findings) != want.found || stale != want.stale || r.Hidden.Known != n-want.found {
			t.Errorf("%d: %d findings, %d stale, %d known", n, len(r.Findings), stale, r.Hidden.Known)
		}
	}
	r := run(t, config(3, "server { listen 1; } # nginxlint:ignore loud -- reason\n"), lint.Options{Rules: []*lint.Rule{rule}, Baseline: b})
	if len(r.Findings) != 0 || r.Hidden != (lint.Hidden{Ignored: 1, Known: 3}) {
		t.Errorf("%d findings, %+v", len(r.Findings), r.Hidden)
	}
	r = run(t, config(3, ""), lint.Options{Rules: []*lint.Rule{rule}, Baseline: b, MinSeverity: lint.Error})
	if r.Hidden.Known != 3 {
		t.Errorf("%+v", r.Hidden)
	}
}

func TestABaselineKnowsFormerIDs(t *testing.T) {
	old := listenRule("noisy", lint.Error)
	b := lint.NewBaseline(run(t, twoServers, lint.Options{Rules: []*lint.Rule{old}}).Findings, lint.BaselineHome{Dir: "/x", Root: "/x"})
	renamed := listenRule("loud", lint.Error)
	renamed.Aliases = []string{"noisy"}
	r := run(t, twoServers, lint.Options{Rules: []*lint.Rule{renamed}, Baseline: b})
	if len(r.Findings) != 0 || len(r.Stale) != 0 {
		t.Errorf("%d findings, stale %v", len(r.Findings), r.Stale)
	}
}
