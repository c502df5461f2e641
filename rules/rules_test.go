package rules

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/linttest"
)

const fixtures = "../testdata/rules"

func TestRulesAreValid(t *testing.T) {
	if err := lint.Validate(All()); err != nil {
		t.Error(err)
	}
}

// TestEveryFolderIsARule catches fixtures that nothing runs.
func TestEveryFolderIsARule(t *testing.T) {
	entries, err := os.ReadDir(fixtures)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, err := lint.Find(All(), e.Name()); err != nil {
			t.Errorf("%s/%s: %v", fixtures, e.Name(), err)
		}
	}
}

func TestFixtures(t *testing.T) {
	for _, r := range All() {
		t.Run(r.ID, func(t *testing.T) {
			linttest.Fixtures(t, All(), r, filepath.Join(fixtures, r.ID))
		})
	}
}

// TestExamples runs what the documentation shows: the bad example is found by
// its rule, the good one is clean under every rule that runs without being asked
// for, and under its own.
func TestExamples(t *testing.T) {
	for _, r := range All() {
		if r.Doc.Bad == "" || r.NeedsDeploy {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			rules := []*lint.Rule{r}
			if r.OnIgnore != nil {
				rules = All()
			}
			bad := example(t, rules, r.Doc.Bad)
			if !slices.ContainsFunc(bad.Findings, func(f lint.Finding) bool { return f.Rule == r }) {
				t.Error("the bad example has no finding")
			}
			good := example(t, unlessPedantic(r), r.Doc.Good)
			for _, f := range good.Findings {
				t.Errorf("the good example has a finding of %s: %s: %s", f.Rule.ID, f.Severity, f.Message)
			}
		})
	}
}

// unlessPedantic returns all rules but the pedantic ones other than r.
func unlessPedantic(r *lint.Rule) []*lint.Rule {
	return slices.DeleteFunc(All(), func(other *lint.Rule) bool { return other.Pedantic && other != r })
}

func example(t *testing.T, rules []*lint.Rule, text string) *lint.Result {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{".git", "conf.d"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "conf.d", "other.conf"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return linttest.Lint(t, rules, []string{path}, dir, linttest.ParseSettings(t, text))
}

// TestProofs shows on a real nginx that what each rule says is so.
func TestProofs(t *testing.T) {
	for _, r := range All() {
		proofs, err := filepath.Glob(filepath.Join(fixtures, r.ID, "proof*.txtar"))
		if err != nil {
			t.Fatal(err)
		}
		if (len(proofs) == 0) != (r.Unproved != "") {
			t.Errorf("rule %q has %d proofs and says about it: %q", r.ID, len(proofs), r.Unproved)
		}
		for _, path := range proofs {
			t.Run(r.ID+"/"+filepath.Base(path), func(t *testing.T) {
				t.Parallel()
				linttest.Prove(t, path)
			})
		}
	}
}
