package report

import (
	"strings"
	"testing"

	"github.com/reviewdog/reviewdog/parser"
	"github.com/reviewdog/reviewdog/proto/rdf"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/nginxlint/nginxlint/lint"
)

// diagnostics are a report as reviewdog itself reads it.
func diagnostics(t *testing.T, p parser.Parser, doc string) []*rdf.Diagnostic {
	t.Helper()
	ds, err := p.Parse(strings.NewReader(doc))
	if err != nil {
		t.Fatalf("reviewdog refuses the report: %v\n%.2000s", err, doc)
	}
	return ds
}

// rdText is a text as JSON can hold it: bytes that are no UTF-8 are U+FFFD.
func rdText(s string) string {
	return strings.ToValidUTF8(s, "\ufffd")
}

func TestReviewdogReadsRDJSON(t *testing.T) {
	severities := map[lint.Severity]rdf.Severity{
		lint.Error: rdf.Severity_ERROR, lint.Warning: rdf.Severity_WARNING, lint.Info: rdf.Severity_INFO,
	}
	o := sampleOptions()
	o.Dir = "/repo"
	for name, r := range results(t) {
		ds := diagnostics(t, parser.NewRDJSONParser(), render(t, "rdjson", r, o))
		if len(ds) != len(r.Findings) {
			t.Fatalf("%s: %d diagnostics of %d", name, len(ds), len(r.Findings))
		}
		for i, d := range ds {
			f := &r.Findings[i]
			p := normal(f.Place)
			if d.Message != rdText(sentences(f)) || d.Severity != severities[f.Severity] || d.Source.GetName() != toolName || len(d.Suggestions) > 0 {
				t.Errorf("%s: finding %d is read as %v", name, i, d)
			}
			if d.Code.GetValue() != f.Rule.ID || d.Code.GetUrl() != f.Rule.URL() {
				t.Errorf("%s: finding %d has the code %v", name, i, d.Code)
			}
			if want := rdText(shown(p.File, "/repo")); d.Location.GetPath() != want {
				t.Errorf("%s: finding %d is in %q, want %q", name, i, d.Location.GetPath(), want)
			}
			if want := len(f.Related) + len(trail(f.Place)); len(d.RelatedLocations) != want {
				t.Errorf("%s: finding %d has %d related places, want %d", name, i, len(d.RelatedLocations), want)
			}
			span := d.Location.GetRange()
			if p.File.LineCount() == 0 {
				if span != nil {
					t.Errorf("%s: finding %d has the range %v in a file without lines", name, i, span)
				}
				continue
			}
			from, to := byteOffset(p.File.Text, span.GetStart()), byteOffset(p.File.Text, span.GetEnd())
			if int32(from) != p.Span.Start || int32(to) != p.Span.End {
				t.Errorf("%s: finding %d is at bytes %d to %d, want %v", name, i, from, to, p.Span)
			}
		}
	}
}

// byteOffset is where a position of reviewdog's is in a text: its columns are
// bytes, counted from 1.
func byteOffset(text string, p *rdf.Position) int {
	at := 0
	for range p.GetLine() - 1 {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	return at + int(p.GetColumn()) - 1
}

// reviewdog passes over what it does not know: it must know all that is written.
func TestRDJSONHasNoUnknownProperties(t *testing.T) {
	for name, doc := range documents(t, "rdjson") {
		if err := protojson.Unmarshal([]byte(doc), &rdf.DiagnosticResult{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if protojson.Unmarshal([]byte(`{"diagnostic": []}`), &rdf.DiagnosticResult{}) == nil {
		t.Error("an unknown property is taken")
	}
}
