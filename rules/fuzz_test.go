package rules

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/report"
)

// FuzzLint runs everything, from the text to every report: no input may make it
// panic, and every finding lies within its file.
func FuzzLint(f *testing.F) {
	seeds, err := filepath.Glob(fixtures + "/*/*.conf")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range seeds {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(src) < 8192 {
			f.Add(src)
		}
	}
	for _, r := range All() {
		f.Add([]byte(r.Doc.Bad))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		tree, err := conf.Text("fuzz.conf", src, conf.Options{
			FS: conf.Overlay{Base: emptyFS{}}, Grammar: lint.Grammar(), Infer: model.InferContext, Dir: "/nowhere",
		})
		if err != nil {
			t.Fatal(err)
		}
		result := lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, lint.Options{Rules: All()})
		for _, err := range result.Errors {
			t.Error(err)
		}
		for i := range result.Findings {
			checkPlace(t, &result.Findings[i])
		}
		for _, format := range report.Formats() {
			if format.Name == "sarif" && len(src)%16 != 0 {
				continue // it carries the documentation of all rules, which takes most of the time
			}
			if err := format.Write(io.Discard, result, report.Options{Dir: "/nowhere", Root: "/nowhere"}); err != nil {
				t.Errorf("%s: %v", format.Name, err)
			}
		}
	})
}

func checkPlace(t *testing.T, f *lint.Finding) {
	t.Helper()
	places := []lint.Place{f.Place}
	for _, r := range f.Related {
		places = append(places, r.Place)
	}
	for _, p := range places {
		if p.File == nil || p.Span.Start < 0 || p.Span.Start > p.Span.End || int(p.Span.End) > len(p.File.Text) {
			t.Errorf("%s: %q is at %v, which is no place", f.Rule.ID, f.Message, p.Span)
		}
	}
	if f.Message == "" || f.Severity < lint.Info || f.Severity > lint.Error {
		t.Errorf("%s: severity %v, message %q", f.Rule.ID, f.Severity, f.Message)
	}
}

// emptyFS is a file system without files.
type emptyFS struct{ conf.FS }

func (emptyFS) ReadFile(string) ([]byte, error)       { return nil, os.ErrNotExist }
func (emptyFS) Stat(string) (os.FileInfo, error)      { return nil, os.ErrNotExist }
func (emptyFS) ReadDir(string) ([]os.DirEntry, error) { return nil, os.ErrNotExist }
func (emptyFS) Real(string) (string, error)           { return "", os.ErrNotExist }
