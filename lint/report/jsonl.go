package report

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"github.com/nginxlint/nginxlint/lint"
)

// writeJSONL writes one object a finding, each on a line of its own, as
// $defs/finding of [JSONSchema] describes it. There is nothing but findings, so
// that no reader has to tell kinds of lines apart: a clean run is an empty text,
// and a line count is a problem count.
func writeJSONL(w io.Writer, r *lint.Result, o Options) error {
	out := bufio.NewWriter(w)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	names := newFingerprints(o)
	for i := range r.Findings {
		f := &r.Findings[i]
		if err := e.Encode(jsonFindingOf(f, names.of(f), o)); err != nil {
			return fmt.Errorf("encoding the report: %w", err)
		}
	}
	return out.Flush()
}
