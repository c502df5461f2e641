package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
)

// runnerCommand is a workflow command as GitHub's runner understands it.
type runnerCommand struct {
	name       string
	properties map[string]string
	data       string
}

// runnerParse reads one line by the grammar of workflow commands:
//
//	::name key=value,key=value::data
//
// What the runner would not take for a command is an error.
func runnerParse(line string) (c runnerCommand, err error) {
	rest, ok := strings.CutPrefix(strings.TrimLeft(line, " \t"), "::")
	if !ok {
		return c, errors.New("no command at its beginning")
	}
	head, data, ok := strings.Cut(rest, "::")
	if !ok {
		return c, errors.New("the properties have no end")
	}
	name, list, _ := strings.Cut(head, " ")
	c = runnerCommand{name: name, properties: map[string]string{}, data: runnerUnescape(data, "%0D", "\r", "%0A", "\n")}
	for property := range strings.SplitSeq(strings.TrimSpace(list), ",") {
		key, value, ok := strings.Cut(property, "=")
		if !ok || key == "" || value == "" {
			return c, fmt.Errorf("property %q", property)
		}
		if _, twice := c.properties[key]; twice {
			return c, fmt.Errorf("property %q is there twice", key)
		}
		c.properties[key] = runnerUnescape(value, "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",")
	}
	return c, nil
}

// runnerUnescape replaces one escape after the other, %25 last.
func runnerUnescape(s string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
	}
	return strings.ReplaceAll(s, "%25", "%")
}

// gitHubCommands are the commands of a report, every line of it.
func gitHubCommands(t *testing.T, doc string) []runnerCommand {
	t.Helper()
	var out []runnerCommand
	// The runner reads lines as .NET does, which end at a lone CR, too.
	for line := range strings.Lines(strings.ReplaceAll(doc, "\r", "\n")) {
		c, err := runnerParse(strings.TrimSuffix(line, "\n"))
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		out = append(out, c)
	}
	return out
}

func TestGitHubCommandsAreWhatTheRunnerUnderstands(t *testing.T) {
	known := map[string]bool{"file": true, "line": true, "endLine": true, "col": true, "endColumn": true, "title": true}
	all := results(t)
	for name, doc := range documents(t, "github") {
		loudness, findings := 4, 0
		for _, c := range gitHubCommands(t, doc) {
			level := map[string]int{"error": 3, "warning": 2, "notice": 1}[c.name]
			if level == 0 || level > loudness {
				t.Errorf("%s: command %q after one of level %d", name, c.name, loudness)
			}
			loudness = level
			if c.properties["title"] != toolName {
				findings++
			}
			for key := range c.properties {
				if !known[key] {
					t.Errorf("%s: property %q", name, key)
				}
			}
			if c.properties["title"] == "" || c.data == "" {
				t.Errorf("%s: title %q, message %q", name, c.properties["title"], c.data)
			}
			if (c.properties["file"] == "") != (c.properties["line"] == "") {
				t.Errorf("%s: a file without a line, or the reverse: %v", name, c.properties)
			}
			if _, ok := c.properties["col"]; ok && c.properties["line"] != c.properties["endLine"] {
				t.Errorf("%s: columns of several lines: %v", name, c.properties)
			}
		}
		if want := len(all[name].Findings); findings != want {
			t.Errorf("%s: %d findings of %d", name, findings, want)
		}
	}
}

func TestGitHubTellsPlacesAndTexts(t *testing.T) {
	const (
		strange = "conf d/a, b:c\"'%2C\n\x1b\xff.conf"
		shownAs = "100% a:b, \"c\" 'd' <e> & f|g `h` ]]> \\ \\x1b[1m é👍 \\xff\\x00\\ufffe"
	)
	want := []struct {
		name, file, line, endLine, col, endColumn, message string
	}{
		{"error", "", "", "", "", "", "cannot read " + shownAs},
		{"error", "empty.conf", "1", "1", "1", "1", "nothing is in it"},
		{"error", "unread.conf", "1", "1", "1", "1", "it was not read"},
		{"error", "", "", "", "", "", "(configuration):1:1: it is nowhere"},
		{"error", "", "", "", "", "", "<stdin>:1:3: it is piped"},
		{"warning", strange, "2", "2", "1", "10", shownAs + "\nhelp: do\n  " + shownAs + strings.Repeat("\n/etc/nginx/b.conf:1: "+shownAs, 8) + "\nand 12 more places"},
		{"warning", strange, "3", "4", "", "", "two lines\nand " + shownAs + "\n(configuration):1: related place"},
		{"warning", strange, "1", "1", "", "", "with the line's end"},
		{"warning", "nginx.conf", "2", "2", "5", "30", "in /etc/nginx/a.conf:2: it is outside"},
		{"warning", "", "", "", "", "", "/etc/nginx/b.conf:1:1: it is lost"},
		{"warning", strange, "2", "2", "1", "10", "again"},
		{"warning", strange, "2", "2", "1", "10", "again"},
	}
	got := gitHubCommands(t, render(t, "github", edges(t), sampleOptions()))
	if len(got) != len(want) {
		t.Fatalf("%d commands, want %d", len(got), len(want))
	}
	for i, w := range want {
		c, p := got[i], got[i].properties
		message, _, _ := strings.Cut(c.data, "\nsee: https://")
		if c.name != w.name || p["file"] != w.file || p["line"] != w.line || p["endLine"] != w.endLine ||
			p["col"] != w.col || p["endColumn"] != w.endColumn || message != w.message {
			t.Errorf("command %d:\n%+q\nwant\n%+q", i, c, w)
		}
	}
}

func TestGitHubEscapesWhatIsAnEscapeAlready(t *testing.T) {
	for _, s := range []string{"%0A", "%250A", "%3A%2C", "%25", "a%", "\r\n", "::", "::error::x", "%%3A:,"} {
		c := workflowCommand{name: "error", title: s, message: s, file: s}
		got, err := runnerParse(c.String())
		if err != nil || got.properties["title"] != s || got.properties["file"] != s {
			t.Errorf("%q becomes %q, read as %+q: %v", s, c, got, err)
		}
		if got.data != strings.ReplaceAll(s, "\r", `\r`) {
			t.Errorf("%q becomes the message %q", s, got.data)
		}
	}
}

func TestGitHubCountsWhatItWillNotShow(t *testing.T) {
	var r *lint.Result
	totals := func(loud, warnings, infos int) []int {
		t.Helper()
		r = many(t, loud+warnings+infos)
		for i := range r.Findings {
			switch f := &r.Findings[i]; {
			case i < infos:
				f.Severity = lint.Info
			case i < infos+warnings:
				f.Severity = lint.Warning
			default:
				f.Severity = lint.Error
			}
		}
		var at []int
		for i, c := range gitHubCommands(t, render(t, "github", r, sampleOptions())) {
			if c.properties["title"] == toolName {
				at = append(at, i)
				want := summary(r, false) + " GitHub shows 10 annotations of a kind; all are in the log of this step."
				if c.name != "notice" || c.data != want {
					t.Errorf("%s %q, want %q", c.name, c.data, want)
				}
			}
		}
		return at
	}
	for _, c := range []struct {
		errors, warnings, infos, at int
	}{
		{10, 10, 10, -1}, {11, 0, 0, 11}, {0, 11, 0, 11}, {0, 0, 11, 0}, {3, 12, 40, 15}, {0, 0, 0, -1},
	} {
		got := totals(c.errors, c.warnings, c.infos)
		if c.at < 0 && len(got) > 0 || c.at >= 0 && (len(got) != 1 || got[0] != c.at) {
			t.Errorf("%+v: totals are at %v", c, got)
		}
	}
}
