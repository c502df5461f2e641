package rules

import (
	"path/filepath"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// FuzzHide hides the findings of any text by comments and by a baseline: comments
// change nothing else, and in both ways nothing that was there comes back.
func FuzzHide(f *testing.F) {
	for _, r := range All() {
		f.Add(r.Doc.Bad)
	}
	for _, text := range []string{
		"\ufeffhttp {\r\n\tserver { listen 80; proxy_pass http://a; }\r\n}",
		"location / { proxy_pass http://a; } location / { proxy_pass http://a; }",
		"# nginxlint:ignore all\nserver { a; b; # nginxlint:ignore-file x -- y\n}",
		"{{ x }} server { {% if y %} listen 80; {% endif %} }",
		"content_by_lua_block { } foo\n\"bar\n\" 'x';",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, src string) {
		result := lintText(t, src, nil)
		known := lint.NewBaseline(result.Findings, lint.BaselineHome{Dir: "/", Root: "/"})
		encoded, err := known.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if known, err = lint.ParseBaseline(encoded, lint.BaselineHome{Dir: "/", Root: "/"}); err != nil {
			t.Fatal(err)
		}
		again := lintText(t, src, known)
		for i := range again.Findings {
			if !again.Findings[i].Rule.Firm {
				t.Errorf("the baseline does not know %s: %s", again.Findings[i].Rule.ID, again.Findings[i].Message)
			}
		}
		if len(again.Stale) > 0 {
			t.Errorf("the baseline knows more than there is: %v", again.Stale)
		}
		notes, left, err := lint.Annotate(result.Findings, "reason")
		if err != nil {
			t.Fatal(err)
		}
		for _, note := range notes {
			after := lintText(t, note.Text, nil)
			if len(after.Findings) > left {
				for i := range after.Findings {
					t.Logf("%s: %s", after.Findings[i].Rule.ID, after.Findings[i].Message)
				}
				t.Errorf("%d findings with comments, %d of which cannot be hidden:\n%s", len(after.Findings), left, note.Text)
			}
		}
	})
}

// lintText runs all rules over a text that stands alone.
func lintText(t *testing.T, src string, known *lint.Baseline) *lint.Result {
	t.Helper()
	path := filepath.FromSlash("/nowhere/fuzz.conf")
	tree, err := conf.Text(path, []byte(src), conf.Options{
		FS: conf.Overlay{Base: emptyFS{}}, Grammar: lint.Grammar(), Infer: model.InferContext, Dir: "/nowhere",
	})
	if err != nil {
		t.Fatal(err)
	}
	result := lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, lint.Options{Rules: All(), Baseline: known})
	for _, err := range result.Errors {
		t.Error(err)
	}
	return result
}
