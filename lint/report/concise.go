package report

import (
	"bufio"
	"fmt"
	"io"

	"github.com/nginxlint/nginxlint/lint"
)

// writeConcise writes one line a finding:
//
//	path:line:column: severity: message [rule]
//
// Lines and columns count from 1, columns in Unicode code points. There is no
// summary and nothing else but findings, so a line count is a problem count.
func writeConcise(w io.Writer, r *lint.Result, o Options) error {
	out := bufio.NewWriter(w)
	paint := palette(o.Color)
	for i := range r.Findings {
		f := &r.Findings[i]
		p := normal(f.Place)
		at := p.Position()
		fmt.Fprintf(out, "%s:%d:%d: %s: %s [%s]\n",
			printable(shown(p.File, o.Dir)), at.Line, at.Rune,
			paint.severity(f.Severity, f.Severity.String()), printable(f.Message), f.Rule.ID)
	}
	return out.Flush()
}
