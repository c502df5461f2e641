package rules

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the generated documentation")

const (
	// pages is the folder with a page for each rule.
	pages = "doc"
	// proofsPage is the page about what all this is proved on.
	proofsPage = "../cmd/nginxlint/docs/proofs.md"
)

// TestDocumentation keeps what is written for people in step with the rules.
func TestDocumentation(t *testing.T) {
	checkFile(t, "README.md", func(string) string { return index(t) })
	expected := map[string]bool{}
	for _, r := range All() {
		expected[r.ID+".md"] = true
		checkFile(t, filepath.Join(pages, r.ID+".md"), func(string) string { return page(t, r) })
	}
	for _, path := range strangers(t, pages, expected) {
		if !*update {
			t.Errorf("%s is the page of no rule: go test ./rules -run Documentation -update", path)
		} else if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	checkFile(t, proofsPage, func(old string) string { return part(t, old, "oracle", oracleTable(t)) })
}

// strangers are the files of a folder that are not expected there.
func strangers(t *testing.T, dir string, expected map[string]bool) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, e := range entries {
		if !expected[e.Name()] {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths
}

// TestPagesOfOldRulesAreNoticed shows that a page outlives no rule.
func TestPagesOfOldRulesAreNoticed(t *testing.T) {
	got := strangers(t, pages, map[string]bool{"syntax.md": true})
	if len(got) != len(All())-1 || !slices.Contains(got, filepath.Join(pages, "events-missing.md")) {
		t.Errorf("%d strangers among the pages of %d rules: %s", len(got), len(All()), got)
	}
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
		t.Errorf("%s is not up to date: go test ./rules -run Documentation -update", path)
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// part replaces what stands between the marks of a generated part.
func part(t *testing.T, page, name, text string) string {
	t.Helper()
	begin, end := "<!-- "+name+": generated -->\n", "<!-- end of "+name+" -->"
	head, rest, ok := strings.Cut(page, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("the page has no %q … %q", begin, end)
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
