package report

import (
	"encoding/xml"
	"fmt"
	"testing"

	"github.com/reviewdog/reviewdog/parser"
	"github.com/reviewdog/reviewdog/proto/rdf"

	"github.com/nginxlint/nginxlint/lint"
)

// checkstyleElements is what Checkstyle writes and its consumers read.
var checkstyleElements = map[string]xmlElement{
	"": {children: []string{"checkstyle"}},
	"checkstyle": {
		required: []string{"version"}, children: []string{"file"},
	},
	"file": {
		required: []string{"name"}, children: []string{"error"},
	},
	"error": {
		required: []string{"severity", "message", "source"}, optional: []string{"line", "column"},
	},
}

func TestCheckstyleHasTheStructure(t *testing.T) {
	for name, doc := range documents(t, "checkstyle") {
		if err := checkXML(doc, checkstyleElements); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if checkXML(`<checkstyle version="5.0"><file name="a"><error severity="error" message="m"/></file></checkstyle>`, checkstyleElements) == nil {
		t.Error("an error without a source is taken")
	}
}

func TestCheckstyleIsReadBackAsWritten(t *testing.T) {
	for name, r := range results(t) {
		var got checkstyleReport
		if err := xml.Unmarshal([]byte(render(t, "checkstyle", r, sampleOptions())), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want := map[string]int{}
		for i := range r.Findings {
			f := &r.Findings[i]
			p := normal(f.Place)
			want[fmt.Sprint(legalXML(p.File.Path), f.Severity, legalXML(sentences(f)), "nginxlint."+f.Rule.ID, p.Position().Line, p.Position().Rune, p.File.LineCount() > 0)]++
		}
		files := map[string]bool{}
		for _, file := range got.Files {
			if files[file.Name] {
				t.Errorf("%s: file %q is there twice", name, file.Name)
			}
			files[file.Name] = true
			for _, e := range file.Errors {
				want[fmt.Sprint(file.Name, e.Severity, e.Message, e.Source, max(1, e.Line), max(1, e.Column), e.Line > 0)]--
			}
		}
		for key, n := range want {
			if n != 0 {
				t.Errorf("%s: %d too few of %q", name, n, key)
			}
		}
	}
}

func TestReviewdogReadsCheckstyle(t *testing.T) {
	for name, r := range results(t) {
		ds := diagnostics(t, parser.NewCheckStyleParser(), render(t, "checkstyle", r, sampleOptions()))
		if len(ds) != len(r.Findings) {
			t.Errorf("%s: %d diagnostics of %d", name, len(ds), len(r.Findings))
		}
		loud := 0
		for _, d := range ds {
			if d.Severity == rdf.Severity_UNKNOWN_SEVERITY || d.Code.GetValue() == "" || d.Location.GetPath() == "" {
				t.Errorf("%s: %v", name, d)
			}
			if d.Severity == rdf.Severity_ERROR {
				loud++
			}
		}
		if want := r.Count(lint.Error); loud != want {
			t.Errorf("%s: %d errors of %d", name, loud, want)
		}
	}
}
