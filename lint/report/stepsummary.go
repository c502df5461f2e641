package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
)

// maxStepSummary is when a step's summary ends, in bytes. GitHub refuses the
// whole summary of a step beyond 1 MiB, to which other commands of the step may
// have added as well.
const maxStepSummary = 512 << 10

// StepSummary writes the result in Markdown, as a step of a job of GitHub Actions
// puts it on the page of the job's summary: the loudest findings first, and as
// many as fit.
func StepSummary(w io.Writer, r *lint.Result, o Options) error {
	var b strings.Builder
	// What stands before may have no line end.
	fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", toolName, summary(r, false))
	for _, err := range r.Errors {
		fmt.Fprintf(&b, "* %s\n", markdown(clip(err.Error(), maxSnippet)))
	}
	if len(r.Errors) > 0 {
		b.WriteByte('\n')
	}
	if len(r.Findings) > 0 {
		b.WriteString("| Severity | Place | Problem | Rule |\n| --- | --- | --- | --- |\n")
	}
	for i, f := range loudestFirst(r) {
		if b.Len() > maxStepSummary {
			fmt.Fprintf(&b, "\n… and %s.\n", plural(len(r.Findings)-i, "more problem"))
			break
		}
		p := normal(f.Place)
		at := p.Position()
		fmt.Fprintf(&b, "| %s | %s:%d:%d | %s | [%s](%s) |\n", f.Severity, markdown(clip(shown(p.File, o.Dir), maxSnippet)),
			at.Line, at.Rune, markdown(clip(sentences(f), maxSnippet)), f.Rule.ID, f.Rule.URL())
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown is a text that Markdown, also in a table, shows as it is.
func markdown(s string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(s, "\n") {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		for _, c := range printable(l) {
			if strings.ContainsRune("\\`*_[]<>|~#&$", c) {
				b.WriteByte('\\')
			}
			b.WriteRune(c)
		}
	}
	return b.String()
}
