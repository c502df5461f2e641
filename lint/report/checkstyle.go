package report

import (
	"encoding/xml"
	"io"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// checkstyleReport is what Checkstyle's XMLLogger writes.
type checkstyleReport struct {
	XMLName xml.Name         `xml:"checkstyle"`
	Version string           `xml:"version,attr"`
	Files   []checkstyleFile `xml:"file"`
}

type checkstyleFile struct {
	Name   string            `xml:"name,attr"`
	Errors []checkstyleError `xml:"error"`
}

type checkstyleError struct {
	Line     int    `xml:"line,attr,omitempty"`
	Column   int    `xml:"column,attr,omitempty"`
	Severity string `xml:"severity,attr"`
	Message  string `xml:"message,attr"`
	Source   string `xml:"source,attr"`
}

// writeCheckstyle writes the files that have findings. Columns are Unicode code
// points. Severities are error, warning and info, as ours are. Sources are
// nginxlint.RULE: consumers take the last part for the name of the check and the
// part before for its category. The format has no place for what went wrong with
// the run itself.
func writeCheckstyle(w io.Writer, r *lint.Result, o Options) error {
	out := checkstyleReport{Version: "5.0"}
	index := map[*conf.File]int{}
	for i := range r.Findings {
		f := &r.Findings[i]
		p := normal(f.Place)
		at, ok := index[f.Place.File]
		if !ok {
			at = len(out.Files)
			index[f.Place.File] = at
			out.Files = append(out.Files, checkstyleFile{Name: legalXML(shown(p.File, o.Dir))})
		}
		e := checkstyleError{Severity: f.Severity.String(), Message: legalXML(sentences(f)), Source: toolName + "." + f.Rule.ID}
		if p.File.LineCount() > 0 {
			e.Line, e.Column = p.Position().Line, p.Position().Rune
		}
		out.Files[at].Errors = append(out.Files[at].Errors, e)
	}
	return encodeXML(w, out)
}
