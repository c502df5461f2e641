package report

import (
	"io"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// rdResult and what it is made of are the messages of reviewdog's
// proto/rdf/reviewdog.proto, as far as they are written.
type rdResult struct {
	Source      rdSource       `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type rdDiagnostic struct {
	Message  string      `json:"message"`
	Location rdLocation  `json:"location"`
	Severity string      `json:"severity"`
	Code     rdCode      `json:"code"`
	Related  []rdRelated `json:"related_locations,omitempty"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url"`
}

type rdLocation struct {
	Path  string   `json:"path"`
	Range *rdRange `json:"range,omitempty"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdRelated struct {
	Message  string     `json:"message"`
	Location rdLocation `json:"location"`
}

// writeRDJSON writes a DiagnosticResult. Columns are bytes of UTF-8, and the end
// of a range is exclusive. Paths are relative to [Options.Dir], for reviewdog
// counts them from where it is run. The format has no place for what went wrong
// with the run itself.
func writeRDJSON(w io.Writer, r *lint.Result, o Options) error {
	out := rdResult{
		Source:      rdSource{Name: toolName, URL: "https://" + lint.Home},
		Diagnostics: make([]rdDiagnostic, 0, len(r.Findings)),
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		d := rdDiagnostic{
			Message:  sentences(f),
			Location: rdLocationOf(f.Place, o),
			Severity: rdSeverity(f.Severity),
			Code:     rdCode{Value: f.Rule.ID, URL: f.Rule.URL()},
		}
		for _, rel := range f.Related {
			d.Related = append(d.Related, rdRelated{Message: rel.Message, Location: rdLocationOf(rel.Place, o)})
		}
		for _, p := range trail(f.Place) {
			d.Related = append(d.Related, rdRelated{Message: "included here", Location: rdLocationOf(p, o)})
		}
		out.Diagnostics = append(out.Diagnostics, d)
	}
	return encode(w, out)
}

func rdLocationOf(p lint.Place, o Options) rdLocation {
	p = normal(p)
	l := rdLocation{Path: shown(p.File, o.Dir)}
	if p.File.LineCount() > 0 {
		l.Range = &rdRange{Start: rdPositionOf(p.Position()), End: rdPositionOf(p.End())}
	}
	return l
}

func rdPositionOf(p conf.Position) rdPosition { return rdPosition{Line: p.Line, Column: p.Byte} }

func rdSeverity(v lint.Severity) string {
	switch v {
	case lint.Error:
		return "ERROR"
	case lint.Warning:
		return "WARNING"
	}
	return "INFO"
}
