package rules

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/report"
)

var update = flag.Bool("update", false, "rewrite the generated documentation")

// TestDocumentation keeps what is written for people in step with the rules.
func TestDocumentation(t *testing.T) {
	checkFile(t, "README.md", func(string) string { return rulesPage() })
	checkFile(t, "../README.md", func(old string) string {
		return part(t, part(t, old, "rules", rulesTable(t)), "oracle", oracleTable(t))
	})
}

// part replaces what stands between the marks of a generated part.
func part(t *testing.T, page, name, text string) string {
	t.Helper()
	begin, end := "<!-- "+name+": generated -->\n", "<!-- end of "+name+" -->"
	head, rest, ok := strings.Cut(page, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("README.md has no %q … %q", begin, end)
	}
	return head + begin + text + end + tail
}

var oracleFigures = regexp.MustCompile(`nginx accepts (\d+) and refuses (\d+), of which \d+ \(([\d.]+ %)\) are foretold`)

// oracleTable is what the lists of missed refusals say about the runs that made them.
func oracleTable(t *testing.T) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(oracleDir, "missed-*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no lists of missed refusals: %v", err)
	}
	var b strings.Builder
	b.WriteString("| nginx | accepted by it | called an error all the same | refused by it | of these called an error |\n|---|---|---|---|---|\n")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m := oracleFigures.FindSubmatch(text)
		if m == nil {
			t.Fatalf("%s does not say how the run ended", path)
		}
		version := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "missed-"), ".txt")
		fmt.Fprintf(&b, "| %s | %s | 0 | %s | %s |\n", version, m[1], m[2], m[3])
	}
	return b.String()
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

func rulesTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| rule | level | finds | shown on nginx |\n|---|---|---|---|\n")
	for _, r := range All() {
		fmt.Fprintf(&b, "| [`%s`](rules/README.md#%s) | %s | %s | %s |\n", r.ID, r.ID, level(r), r.Doc.Summary, proved(t, r))
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

// provedOn are the releases that every proof which applies to them is run on.
var provedOn = []string{"1.18.0", "1.22.1", "1.26.3", "1.30.0"}

// proved says on which releases of nginx how many configurations show what a
// rule says.
func proved(t *testing.T, r *lint.Rule) string {
	t.Helper()
	if r.Unproved != "" {
		return "no: " + r.Unproved
	}
	paths, err := filepath.Glob(filepath.Join(fixtures, r.ID, "proof*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	cases, on := 0, map[string]bool{}
	for _, path := range paths {
		proof, err := linttest.ReadProof(path)
		if err != nil {
			t.Fatal(err)
		}
		cases += len(proof.Cases)
		for _, c := range proof.Cases {
			for _, version := range provedOn {
				applies, err := c.Applies(version)
				if err != nil {
					t.Fatal(err)
				}
				on[version] = on[version] || applies
			}
		}
	}
	var releases []string
	for _, version := range provedOn {
		if on[version] {
			releases = append(releases, version[:strings.LastIndexByte(version, '.')])
		}
	}
	return fmt.Sprintf("%s: %d configurations", strings.Join(releases, ", "), cases)
}
