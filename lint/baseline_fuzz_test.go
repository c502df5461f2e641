package lint_test

import (
	"bytes"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
)

// FuzzBaseline reads any text as a baseline: what is read is one, is written in
// one way, and read back the same.
func FuzzBaseline(f *testing.F) {
	for _, seed := range []string{
		"", "{}", `{"version": 1}`, `{"version": 2, "findings": []}`, `{"version": 1, "findings": [], "x": 1}`, "[]", "null", `{"version": -1, "findings": []}`,
		`{"version": 1, "findings": [{"file": "a", "block": "b", "text": "c", "rule": "d", "count": 1}, {"file": "./a", "block": "b", "text": "c", "rule": "d", "count": 2}]}`,
		`{"version": 1, "findings": [{"file": "../a", "rule": "d", "count": 9223372036854775807}, {"file": "../x/../a", "rule": "d", "count": 1}]}`,
		"\ufeff{\"version\": 1,\n\"findings\": [\n<<<<<<< a\n=======\n>>>>>>> b\n]}", `{"VERSION": 1, "Findings": [{"file": "\u0000\ud800", "rule": "\u2028", "count": 1}]} x`,
	} {
		f.Add([]byte(seed))
	}
	home := lint.BaselineHome{Dir: "/x/y", Root: "/x"}
	rules := []*lint.Rule{listenRule("d", lint.Error)}
	f.Fuzz(func(t *testing.T, text []byte) {
		b, err := lint.ParseBaseline(text, home)
		if err != nil {
			return
		}
		first, err := b.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if !lint.IsBaseline(first) {
			t.Fatalf("not recognized:\n%s", first)
		}
		for _, e := range b.Entries() {
			if e.Count < 1 {
				t.Errorf("an entry that counts %d", e.Count)
			}
		}
		again, err := lint.ParseBaseline(first, home)
		if err != nil {
			t.Fatalf("%v:\n%s", err, first)
		}
		if second, err := again.Encode(); err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%v: written as\n%s\nand then\n%s", err, first, second)
		}
		r := run(t, twoServers, lint.Options{Rules: rules, Baseline: b})
		if len(r.Findings)+r.Hidden.Known != 2 {
			t.Errorf("%d findings and %d known of 2", len(r.Findings), r.Hidden.Known)
		}
	})
}
