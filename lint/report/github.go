package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// maxAnnotations is how many annotations of one severity GitHub shows of one
// step of a job. Further ones are only in the step's log.
const maxAnnotations = 10

// writeGitHub writes workflow commands, each on a line of its own, which GitHub
// Actions turns into annotations: what went wrong with the run first, then
// errors, warnings and infos, since GitHub shows the first of each kind only.
// Where there are more, a notice says how many there are in all. It stands
// before the infos, which are notices too, and so is always among those shown.
//
// Paths are relative to [Options.Root]. A finding in a file outside the root
// moves to the include directive inside the root that leads there; where there
// is none, as for standard input, the annotation belongs to no file and says
// the place itself. Columns are Unicode code points.
func writeGitHub(w io.Writer, r *lint.Result, o Options) error {
	out := bufio.NewWriter(w)
	for _, err := range r.Errors {
		fmt.Fprintln(out, workflowCommand{name: "error", title: toolName, message: err.Error()})
	}
	byLoudness := loudestFirst(r)
	infos := len(byLoudness) - r.Count(lint.Info)
	for _, f := range byLoudness[:infos] {
		fmt.Fprintln(out, gitHubCommand(f, o))
	}
	if len(r.Errors)+r.Count(lint.Error) > maxAnnotations || r.Count(lint.Warning) > maxAnnotations || r.Count(lint.Info) > maxAnnotations {
		fmt.Fprintln(out, workflowCommand{name: "notice", title: toolName, message: summary(r, false) +
			fmt.Sprintf(" GitHub shows %d annotations of a kind; all are in the log of this step.", maxAnnotations)})
	}
	for _, f := range byLoudness[infos:] {
		fmt.Fprintln(out, gitHubCommand(f, o))
	}
	return out.Flush()
}

// loudestFirst are the findings by severity, else in order of the report.
func loudestFirst(r *lint.Result) []*lint.Finding {
	out := make([]*lint.Finding, len(r.Findings))
	for i := range r.Findings {
		out[i] = &r.Findings[i]
	}
	slices.SortStableFunc(out, func(a, b *lint.Finding) int { return cmp.Compare(b.Severity, a.Severity) })
	return out
}

// gitHubCommand is the annotation of a finding.
func gitHubCommand(f *lint.Finding, o Options) workflowCommand {
	c := workflowCommand{name: "notice", title: toolName + ": " + f.Rule.ID}
	switch f.Severity {
	case lint.Error:
		c.name = "error"
	case lint.Warning:
		c.name = "warning"
	}
	lines := []string{f.Message}
	at, via, ok := reach(f.Place, o.Dir, within(rootOf(o)))
	switch {
	case !ok:
		p := at.Position()
		lines[0] = fmt.Sprintf("%s:%d:%d: %s", shown(at.File, o.Dir), p.Line, p.Rune, f.Message)
	case via != "":
		lines[0] = fmt.Sprintf("in %s: %s", via, f.Message)
	}
	if ok {
		c.file = canonical(at.File, rootOf(o))
		c.from, c.to, c.lastLine = at.Position(), at.End(), lastOf(at)
	}
	if f.Help != "" {
		lines = append(lines, "help: "+f.Help)
	}
	for _, rel := range f.Related[:min(len(f.Related), maxRelated)] {
		p := normal(rel.Place)
		lines = append(lines, fmt.Sprintf("%s:%d: %s", shown(p.File, o.Dir), p.Position().Line, cmp.Or(rel.Message, "related place")))
	}
	if more := len(f.Related) - maxRelated; more > 0 {
		lines = append(lines, "and "+plural(more, "more place"))
	}
	c.message = strings.Join(append(lines, "see: "+f.Rule.URL()), "\n")
	return c
}

// workflowCommand is a command that GitHub's runner takes from a step's output
// (issueCommand in packages/core/src/command.ts of actions/toolkit writes it,
// TryParseV2 in src/Runner.Common/ActionCommand.cs of actions/runner reads it).
type workflowCommand struct {
	name, file, title, message string

	from, to conf.Position // if there is a file
	lastLine int
}

// String is the command without a line end.
func (c workflowCommand) String() string {
	var b strings.Builder
	b.WriteString("::" + c.name + " ")
	if c.file != "" {
		b.WriteString("file=" + escapeProperty(c.file) + ",line=" + strconv.Itoa(c.from.Line) + ",endLine=" + strconv.Itoa(c.lastLine))
		// Columns count only on a single line (ValidateLinesAndColumns in
		// src/Runner.Worker/ActionCommandManager.cs of actions/runner).
		if c.from.Line == c.to.Line {
			b.WriteString(",col=" + strconv.Itoa(c.from.Rune) + ",endColumn=" + strconv.Itoa(c.to.Rune))
		}
		b.WriteByte(',')
	}
	// The runner trims the properties: a title never ends with a blank, as a
	// file name may.
	b.WriteString("title=" + escapeProperty(c.title) + "::" + escapeData(visible(c.message)))
	return b.String()
}

// escapeData escapes a command's message.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty escapes the value of a command's property.
func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

// visible is printable, line by line: the runner writes messages to its log.
func visible(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = printable(l)
	}
	return strings.Join(lines, "\n")
}
