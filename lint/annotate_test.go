package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/rules"
)

// texts are all fixtures that are one configuration.
func texts(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../testdata/rules/*/*.conf")
	if err != nil || len(paths) < 100 {
		t.Fatalf("%d fixtures: %v", len(paths), err)
	}
	out := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		out[path] = string(text)
	}
	return out
}

// TestAnnotate adds comments to every fixture, set out in several ways. What
// they are to hide is then hidden, nothing else is found than before, and a
// second time there is nothing to add.
func TestAnnotate(t *testing.T) {
	layouts := map[string]func(string) string{
		"as written": func(s string) string { return s },
		"CRLF":       func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"tabs":       func(s string) string { return strings.ReplaceAll(s, "    ", "\t") },
		"no end":     func(s string) string { return strings.TrimRight(s, "\n") },
		"few lines":  fewLines,
	}
	annotated := 0
	for path, original := range texts(t) {
		if strings.Contains(original, "nginxlint:ignore") {
			continue // a comment behind several statements loses those that get a line of their own
		}
		for layout, change := range layouts {
			text := change(original)
			before := lintText(t, text)
			notes, left, err := lint.Annotate(before.Findings, "on purpose")
			if err != nil {
				t.Errorf("%s, %s: %v", path, layout, err)
				continue
			}
			if len(notes) == 0 {
				continue
			}
			annotated++
			after := lintText(t, notes[0].Text)
			if len(after.Findings) != left || after.Hidden.Ignored != before.Hidden.Ignored+notes[0].Findings {
				t.Errorf("%s, %s: %d findings left and %d hidden, want %d and %d\n%s", path, layout, len(after.Findings), after.Hidden.Ignored, left, before.Hidden.Ignored+notes[0].Findings, list(after))
			}
			if again, _, _ := lint.Annotate(after.Findings, "on purpose"); len(again) > 0 {
				t.Errorf("%s, %s: a second time adds comments:\n%s", path, layout, list(after))
			}
			if layout == "CRLF" && strings.Count(notes[0].Text, "\n") != strings.Count(notes[0].Text, "\r\n") {
				t.Errorf("%s: line ends are mixed", path)
			}
			if got := withoutAdded(notes[0].Text); strings.Join(strings.Fields(got), "") != strings.Join(strings.Fields(text), "") {
				t.Errorf("%s, %s: more than comments has changed", path, layout)
			}
		}
	}
	if annotated < 200 {
		t.Errorf("only %d texts got comments", annotated)
	}
}

// fewLines joins lines that no comment ends.
func fewLines(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		if strings.Contains(line, "#") || strings.Contains(line, "--") {
			out.WriteString(line)
			continue
		}
		out.WriteString(strings.TrimSuffix(line, "\n") + " ")
	}
	return out.String()
}

func withoutAdded(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		if !strings.HasSuffix(strings.TrimSpace(line), "-- on purpose") {
			out.WriteString(line)
		}
	}
	return out.String()
}

// lintText lints as all rules but those about comments see it.
func lintText(t *testing.T, text string) *lint.Result {
	t.Helper()
	tree, err := conf.Text("nginx.conf", []byte(text), conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: "/none"})
	if err != nil {
		t.Fatal(err)
	}
	return lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, lint.Options{Rules: rules.All(), Now: linttest.Today})
}

func list(r *lint.Result) string {
	var out strings.Builder
	for _, f := range r.Findings {
		out.WriteString(f.Rule.ID + ": " + f.Message + "\n")
	}
	return out.String()
}

func TestAnnotateKeepsCommentsShort(t *testing.T) {
	var all []*lint.Rule
	for i := range 45 {
		all = append(all, listenRule("rule-with-a-rather-long-name-so-that-many-fill-a-line-"+strings.Repeat("x", i+1), lint.Error))
	}
	r := run(t, "events {}\nhttp {\n  server {\n    listen 1;\n  }\n}\n", lint.Options{Rules: all})
	notes, left, err := lint.Annotate(r.Findings, strings.Repeat("y", lint.MaxReason))
	if err != nil || left != 0 || len(notes) != 1 || notes[0].Comments != 3 || notes[0].Findings != 45 {
		t.Fatalf("got %+v, %d left, %v", notes, left, err)
	}
	for line := range strings.Lines(notes[0].Text) {
		if len(line) > 4000 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
	if r := run(t, notes[0].Text, lint.Options{Rules: all}); len(r.Findings) != 0 || r.Hidden.Ignored != 45 {
		t.Errorf("%d findings, %d hidden", len(r.Findings), r.Hidden.Ignored)
	}
}

func TestCheckReason(t *testing.T) {
	for reason, ok := range map[string]bool{
		"known since 2019": true, "für später": true, "-- #": true,
		"": false, " \t": false, "a\nb": false, "a\rb": false, "a\x00": false, "a\u2028b": false, "{{ x }}": false, "<% x": false,
		strings.Repeat("x", lint.MaxReason): true, strings.Repeat("x", lint.MaxReason+1): false,
	} {
		if err := lint.CheckReason(reason); (err == nil) != ok {
			t.Errorf("%q: %v", reason, err)
		}
	}
}
