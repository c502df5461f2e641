package rules

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/report"
)

var update = flag.Bool("update", false, "rewrite the generated documentation")

// TestDocumentation keeps what is written for people in step with the rules.
func TestDocumentation(t *testing.T) {
	checkFile(t, "README.md", func(string) string { return rulesPage() })
	checkFile(t, "../README.md", func(old string) string {
		const begin, end = "<!-- rules: generated -->\n", "<!-- end of rules -->"
		head, rest, ok := strings.Cut(old, begin)
		_, tail, closed := strings.Cut(rest, end)
		if !ok || !closed {
			t.Fatalf("README.md has no %q … %q", begin, end)
		}
		return head + begin + rulesTable() + end + tail
	})
}

func checkFile(t *testing.T, path string, want func(old string) string) {
	t.Helper()
	old, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	text := want(string(old))
	if text == string(old) {
		return
	}
	if !*update {
		t.Errorf("%s is not up to date: go test ./rules -update", path)
		return
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// rulesPage is the page that every finding links to.
func rulesPage() string {
	var b strings.Builder
	b.WriteString("# The rules\n\nThis page is made from the rules themselves. `nginxlint --explain ID` shows the same.\n")
	for _, r := range All() {
		fmt.Fprintf(&b, "\n<a id=\"%s\"></a>\n## %s\n\n%s\n", r.ID, r.ID, strings.TrimSpace(report.Markdown(r)))
	}
	return b.String()
}

func rulesTable() string {
	var b strings.Builder
	b.WriteString("| rule | level | finds | shown on a real nginx |\n|---|---|---|---|\n")
	for _, r := range All() {
		fmt.Fprintf(&b, "| [`%s`](rules/README.md#%s) | %s | %s | %s |\n", r.ID, r.ID, level(r), r.Doc.Summary, proved(r))
	}
	return b.String()
}

func level(r *lint.Rule) string {
	text := r.Severity.String()
	if r.Pedantic {
		text += ", off unless selected"
	}
	return text
}

func proved(r *lint.Rule) string {
	if r.Unproved != "" {
		return "no: " + r.Unproved
	}
	return "yes"
}
