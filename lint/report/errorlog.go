package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/errorlog"
)

// ErrorLog is what a run over error logs found.
type ErrorLog struct {
	*errorlog.Report
	// Errors are failures to read something.
	Errors []error
}

// ErrorLogWriter writes what error logs hold.
type ErrorLogWriter func(io.Writer, ErrorLog, Options) error

// LookupErrorLog finds the writer of a format by its name; not every format can
// hold what logs do.
func LookupErrorLog(name string) (ErrorLogWriter, bool) {
	switch name {
	case "text":
		return writeErrorLogText, true
	case "json":
		return writeErrorLogJSON, true
	}
	return nil, false
}

// Limits on what is shown of logs as text; JSON has all that was kept.
const (
	maxGroupsShown = 50
	maxNamesShown  = 4
	maxLogLine     = 400
)

func writeErrorLogText(w io.Writer, l ErrorLog, o Options) error {
	t := &text{out: bufio.NewWriter(w), o: o, paint: palette(o.Color)}
	for i, g := range l.Groups {
		if i == maxGroupsShown {
			fmt.Fprintf(t.out, "and %s, see --format json\n\n", plural(len(l.Groups)-i, "more group"))
			break
		}
		t.logGroup(g)
	}
	if !o.Quiet {
		t.logSummary(l)
	}
	return t.out.Flush()
}

func (t *text) logGroup(g *errorlog.Group) {
	m := g.Message
	head := m.Severity.String() + "[" + m.ID + "]"
	fmt.Fprintf(t.out, "%s%s\n", t.paint.severity(m.Severity, head), t.paint.bold(": "+printable(clip(g.Text, maxLogLine))))
	t.indent = " "
	// What is the client's own doing needs no place to be mended at.
	if places, ok := placesOf(g); ok && m.Severity > lint.Info {
		groups, _ := labelsOf(&places)
		t.indent = strings.Repeat(" ", len(strconv.Itoa(lastLine(groups))))
		for i, labels := range groups {
			t.group(labels, i == 0, m.Severity)
		}
	}
	t.note("%s", when(g))
	t.logNote("where:", whereOf(g))
	if m.Severity > lint.Info && m.Effect != "" {
		t.logNote("the client gets:", m.Effect)
	}
	for _, s := range g.Settings {
		if s.Node == nil {
			t.note("%s %s is %s, nginx's default", t.paint.bold("set:"), printable(s.Name), printable(s.Value))
		}
	}
	t.logNote("means:", g.Means)
	for _, f := range g.Findings {
		t.note("%s %s %s", t.paint.bold("found:"), t.paint.severity(f.Severity, f.Severity.String()+"["+f.Rule.ID+"]"), printable(t.placed(f)))
	}
	if g.Do != "nothing" {
		t.help(g.Do)
	}
	t.logNote("to see more:", g.Ask)
	t.logNote("first line:", clip(g.Example, maxLogLine))
	fmt.Fprintln(t.out)
}

// logNote writes a note with a name, unless there is nothing to say.
func (t *text) logNote(name, s string) {
	if s != "" {
		t.note("%s %s", t.paint.bold(name), printable(s))
	}
}

// placed is a finding with its place.
func (t *text) placed(f *lint.Finding) string {
	p := normal(f.Place)
	at := p.Position()
	return fmt.Sprintf("%s:%d:%d: %s", shown(p.File, t.o.Dir), at.Line, at.Rune, f.Message)
}

// placesOf is where a group comes from, as the places of a finding.
func placesOf(g *errorlog.Group) (lint.Finding, bool) {
	var f lint.Finding
	main := nodeOf(g.Place)
	if main == nil {
		return f, false
	}
	f.Place = lint.At(main)
	for _, s := range g.Settings {
		if written(s.Node) && s.Node != main {
			f.Related = append(f.Related, lint.Related{Place: lint.At(s.Node), Message: "in effect there"})
		}
	}
	if u := g.Place.Group; u != nil && u.Node != main && written(u.Node) {
		f.Related = append(f.Related, lint.Related{Place: lint.At(u.Node), Message: "the group"})
	}
	return f, true
}

// nodeOf is the directive to show for a place, nil for none.
func nodeOf(p errorlog.Place) *conf.Node {
	var nodes []*conf.Node
	nodes = append(nodes, p.Node)
	if p.Proxy != nil {
		nodes = append(nodes, p.Proxy.Pass)
	}
	if p.Scope != nil {
		nodes = append(nodes, p.Scope.Node)
	}
	if p.Group != nil {
		nodes = append(nodes, p.Group.Node)
	}
	for _, n := range nodes {
		if written(n) {
			return n
		}
	}
	return nil
}

func written(n *conf.Node) bool { return n != nil && n.Directive != nil && n.File != nil }

// when says how often and when lines came.
func when(g *errorlog.Group) string {
	lines := plural(int(g.Count), "line")
	switch {
	case g.First == 0 && g.Last == 0:
		return lines
	case g.Count == 1:
		return lines + ", " + errorlog.Clock(g.First)
	}
	spans := map[int64]string{60: "minute", 600: "ten minutes", 3600: "hour", 86_400: "day", 7 * 86_400: "week"}
	span, ok := spans[g.Busy.Seconds]
	if !ok {
		span = "year"
	}
	return fmt.Sprintf("%s, %s to %s; most in the %s from %s (%d)",
		lines, errorlog.Clock(g.First), errorlog.Clock(g.Last), span, strings.TrimSuffix(errorlog.Clock(g.Busy.From), ":00"), g.Busy.Count)
}

// whereOf names what lines say and the configuration knows about their place.
func whereOf(g *errorlog.Group) string {
	if g.Rest {
		return "places that there was no room for to tell apart"
	}
	var parts []string
	add := func(what string, all []errorlog.Tally, more int64) {
		if s := tallies(all, more); s != "" {
			parts = append(parts, what+" "+s)
		}
	}
	add("server", g.Servers, g.MoreServers)
	if s := g.Place.Scope; s != nil && s.Node.Directive != nil && s.Node.Name == "location" {
		parts = append(parts, "location "+strings.Join(s.Node.Values(), " "))
	}
	add("upstream", g.Upstreams, g.MoreUpstreams)
	add("about", g.Subjects, g.MoreSubjects)
	where := strings.Join(parts, ", ")
	if g.Place.Unsure {
		where += " (or another place that fits)"
	}
	return where
}

// tallies lists names, with counts where there are several.
func tallies(all []errorlog.Tally, more int64) string {
	if len(all) == 1 && more == 0 {
		if all[0].Name == "" {
			return `""`
		}
		return all[0].Name
	}
	var parts []string
	for i, a := range all {
		if i >= maxNamesShown {
			more += a.Count
			continue
		}
		parts = append(parts, fmt.Sprintf("%s (%d)", a.Name, a.Count))
	}
	if more > 0 {
		parts = append(parts, fmt.Sprintf("others (%d)", more))
	}
	return strings.Join(parts, ", ")
}

func (t *text) logSummary(l ErrorLog) {
	fmt.Fprintf(t.out, "%s of nginx", t.paint.bold("Read "+plural(int(l.Lines-l.Broken), "line")))
	if l.First != 0 || l.Last != 0 {
		fmt.Fprintf(t.out, ", %s to %s", errorlog.Clock(l.First), errorlog.Clock(l.Last))
	}
	var parts []string
	for i, n := range l.Levels {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, errorlog.Level(i)))
		}
	}
	if len(parts) > 0 {
		fmt.Fprintf(t.out, " (%s)", strings.Join(parts, ", "))
	}
	fmt.Fprint(t.out, ".")
	if l.Broken > 0 {
		fmt.Fprintf(t.out, " %s not nginx's; the first: %s", are(l.Broken), printable(clip(l.BrokenExample, 120)))
	}
	if n := len(l.Errors); n > 0 {
		fmt.Fprintf(t.out, " The run is incomplete: %s.", plural(n, "failure"))
	}
	fmt.Fprintln(t.out)
}

func are(n int64) string {
	if n == 1 {
		return "1 line is"
	}
	return fmt.Sprintf("%d lines are", n)
}
