package main

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/report"
)

// helpWidth is how wide the help is, in columns.
const helpWidth = 80

// The texts that the help and the man page share.
const (
	about = "nginxlint reads an nginx configuration as nginx itself would run it, and says " +
		"where it can answer 502, 503 or 504, refuse to start, or quietly do something " +
		"else than its author meant."

	aboutLogs = "With --error-log, what the log says counts as findings do: failed requests " +
		"and starts are errors; retries, limits and closed connections are warnings."
)

// entry is something that is typed or seen, and what it means.
type entry struct{ Term, Text string }

// examples are command lines that do something useful.
func examples() []entry {
	return []entry{
		{"nginxlint", "lint /etc/nginx or, without one, the nearest nginx.conf below this folder"},
		{"nginxlint deploy/nginx conf.d", "lint folders and files, and what they include"},
		{"nginx -T | nginxlint -", "lint all that the installed nginx would load"},
		{"nginxlint -f sarif=out.sarif .", "text on the terminal, SARIF in a file"},
		{"nginxlint --fail-on error .", "exit with 0 unless there is an error"},
		{"nginxlint --error-log error.log", "say what an error log means, and where in the configuration it comes from"},
		{"nginxlint --explain syntax", "say what a rule is about"},
		{"nginxlint --effective https://example.org/api/", "show what decides about requests for that"},
		{"nginxlint --demo", "see it work without any configuration"},
	}
}

// exitCodes are what a run can end with.
func exitCodes() []entry {
	return []entry{
		{"0", "no finding at or above --fail-on"},
		{"1", "findings at or above --fail-on; a syntax error is a finding"},
		{"2", "could not do its job: bad flag, no such path, nothing to lint, unreadable file, internal error; what was found so far is printed all the same"},
	}
}

// comments are what comments in a configuration can say to the linter.
func comments() []entry {
	return []entry{
		{"# nginxlint:ignore rule[,rule ...] [until=2027-01-31] -- reason", "at the end of a line, hide findings of these rules in its statements; on a line of its own, in the statement that follows, and where that is a block, in all that is written in it"},
		{"# nginxlint:ignore-file rule[,rule ...] [until=2027-01-31] -- reason", "above the first directive, hide them in the file"},
	}
}

// help is the whole help.
func help() string {
	var b strings.Builder
	b.WriteString(report.Wrap(about, helpWidth) + "\n\nUsage:\n  nginxlint [flags] [path...]\n")
	b.WriteString("\nExamples:\n" + list(examples(), 33))
	for _, g := range (&options{}).groups() {
		b.WriteString("\n" + g.title + ":\n")
		b.WriteString(g.flags.FlagUsagesWrapped(helpWidth))
	}
	b.WriteString("\nComments in a configuration:\n" + list(comments(), 6))
	b.WriteString("\nExit codes:\n" + list(exitCodes(), 3) + indent(report.Wrap(aboutLogs, helpWidth-2)) + "\n")
	b.WriteString("\nDocumentation: https://" + lint.Home + "\n")
	return b.String()
}

// list sets entries in two columns, the second one that far from the first. A
// term that is too wide has a line of its own.
func list(entries []entry, second int) string {
	var b strings.Builder
	margin := strings.Repeat(" ", 2+second)
	for _, e := range entries {
		first := fmt.Sprintf("  %-*s", second, e.Term)
		if len(first) > len(margin) {
			first += "\n" + margin
		}
		lines := report.Wrap(e.Text, helpWidth-len(margin))
		b.WriteString(first + strings.ReplaceAll(lines, "\n", "\n"+margin) + "\n")
	}
	return b.String()
}
