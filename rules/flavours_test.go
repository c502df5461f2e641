package rules

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// TestExceptions: what a rule finds in its bad example, it does not find for the
// flavours that it is not run for, and finds for all others.
func TestExceptions(t *testing.T) {
	for _, r := range All() {
		if r.Doc.Bad == "" || r.NeedsDeploy {
			continue
		}
		found := func(flavour nginx.Flavour) int {
			path := filepath.Join(t.TempDir(), "nginx.conf")
			if err := os.WriteFile(path, []byte(r.Doc.Bad), 0o644); err != nil {
				t.Fatal(err)
			}
			s := linttest.ParseSettings(t, r.Doc.Bad)
			s.Flavour = flavour
			return len(linttest.Lint(t, []*lint.Rule{r}, []string{path}, filepath.Dir(path), s).Findings)
		}
		want := found("")
		for _, flavour := range nginx.Flavours() {
			n := found(flavour)
			if slices.Contains(r.Except, flavour) {
				if n != 0 {
					t.Errorf("%s is not for %s and has %d findings", r.ID, flavour, n)
				}
			} else if n != want {
				t.Errorf("%s has %d findings for %s, %d where nobody says for what", r.ID, n, flavour, want)
			}
		}
	}
}

// TestFlavours runs all rules over what is right for the flavours and not for
// nginx itself: testdata/flavours/*.conf.
func TestFlavours(t *testing.T) {
	paths, err := filepath.Glob("../testdata/flavours/*.conf")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no configurations: %v", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			here := filepath.Join(dir, "nginx.conf")
			if err := os.WriteFile(here, text, 0o644); err != nil {
				t.Fatal(err)
			}
			s := linttest.ParseSettings(t, string(text))
			loud := func(s linttest.Settings) (n int) {
				r := linttest.Lint(t, unlessPedantic(nil), []string{here}, dir, s)
				for _, f := range r.Findings {
					if f.Severity >= lint.Warning {
						n++
						if s.Flavour.IsRelative() {
							t.Errorf("%d: %s: %s", f.Place.Position().Line, f.Rule.ID, f.Message)
						}
					}
				}
				return n
			}
			loud(s)
			if s.Flavour = nginx.Open; loud(s) == 0 {
				t.Error("it is right for nginx itself, and so shows nothing")
			}
		})
	}
}
