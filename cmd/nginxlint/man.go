package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/lint/report"
)

// manual is the manual page, for man(1) to set.
func (c *command) manual() string {
	p := &manPage{}
	p.header(currentVersion(), currentSource().date)
	p.request("SH", "NAME")
	p.line(`nginxlint \- ` + roff("find what makes nginx answer 502, 503 or 504, or not start"))
	p.request("SH", "SYNOPSIS")
	p.line(bold("nginxlint") + " [" + italic("flags") + "] [" + italic("path") + " ...]")
	p.request("SH", "DESCRIPTION")
	p.text(roff(about))
	p.request("PP")
	p.text(roff("It reads files and standard input, opens no connection and resolves no name. " + census(c.rules)))
	p.request("SH", "OPTIONS")
	for _, g := range (&options{}).groups() {
		p.request("SS", g.title)
		g.flags.VisitAll(p.flag)
	}
	p.request("SH", "COMMENTS")
	for _, e := range comments() {
		p.item(bold(e.Term), sentence(e.Text))
	}
	p.request("SH", "EXIT STATUS")
	for _, e := range exitCodes() {
		p.item(bold(e.Term), sentence(e.Text))
	}
	p.request("PP")
	p.text(roff(aboutLogs))
	p.request("SH", "ENVIRONMENT")
	for _, e := range environment() {
		p.item(bold(e.Term), sentence(e.Text))
	}
	p.request("SH", "FILES")
	p.item(bold(config.DefaultName()), "Settings for what lies below its folder. It is looked for in the folder of the first path and in those above it, up to the root of the repository; --init writes one to begin with.")
	p.request("SH", "EXAMPLES")
	for _, e := range examples() {
		p.item(bold(e.Term), sentence(e.Text))
	}
	p.request("SH", "SEE ALSO")
	p.line(bold("nginx") + "(8)")
	p.request("PP")
	p.request("UR", "https://"+lint.Home)
	p.line("The project's page")
	p.request("UE")
	return p.b.String()
}

// environment are the variables that count.
func environment() []entry {
	return []entry{
		{envConfig, "the configuration file to read, unless a flag names one"},
		{"NO_COLOR, FORCE_COLOR", "whether to colour the output, where --color does not say it"},
		{"GITHUB_STEP_SUMMARY", "the file of a job's summary, which the format github adds to in GitHub Actions"},
	}
}

// census says how many rules there are, by category.
func census(rules []*lint.Rule) string {
	count := map[string]int{}
	for _, r := range rules {
		count[string(r.Category)]++
	}
	var parts []string
	for _, category := range slices.Sorted(maps.Keys(count)) {
		parts = append(parts, fmt.Sprintf("%s (%d)", category, count[category]))
	}
	return fmt.Sprintf("Its %d rules are of the categories %s.", len(rules), strings.Join(parts, ", "))
}

// manPage is a page in the making, in the macros of man(7).
type manPage struct{ b strings.Builder }

// request writes a line that is a macro with its arguments.
func (p *manPage) request(macro string, args ...string) {
	p.b.WriteString("." + macro)
	for _, a := range args {
		p.b.WriteString(` "` + strings.NewReplacer(`\`, `\e`, `"`, `\(dq`).Replace(a) + `"`)
	}
	p.b.WriteByte('\n')
}

// text writes what is marked up already, in lines that suit an editor.
func (p *manPage) text(marked string) {
	for line := range strings.SplitSeq(report.Wrap(marked, helpWidth-1), "\n") {
		p.line(line)
	}
}

// line writes one line, which is no request even if it looks like one.
func (p *manPage) line(marked string) {
	if strings.HasPrefix(marked, ".") || strings.HasPrefix(marked, "'") {
		marked = `\&` + marked
	}
	p.b.WriteString(marked + "\n")
}

// item writes a term that is marked up already, and below it what it means.
func (p *manPage) item(term, text string) {
	p.request("TP")
	p.line(term)
	p.text(roff(text))
}

// header names the page. A build of unknown age has no date.
func (p *manPage) header(version, date string) {
	if t, err := time.Parse(time.RFC3339, date); err == nil {
		date = t.UTC().Format(time.DateOnly)
	} else {
		date = ""
	}
	p.request("TH", "NGINXLINT", "1", date, "nginxlint "+strings.TrimPrefix(version, "v"), "User Commands")
}

// flag writes an option and what the help says about it.
func (p *manPage) flag(f *pflag.Flag) {
	term := bold("--" + f.Name)
	if f.Shorthand != "" {
		term = bold("-"+f.Shorthand) + ", " + term
	}
	name, usage := pflag.UnquoteUsage(f)
	switch {
	case f.NoOptDefVal == "":
		term += " " + italic(name)
	case f.Value.Type() != "bool":
		term += "[=" + italic(name) + "]"
	}
	usage = sentence(usage)
	if f.Value.Type() == "string" && f.DefValue != "" {
		usage += " The default is " + f.DefValue + "."
	}
	p.item(term, usage)
}

func bold(text string) string   { return `\fB` + roff(text) + `\fR` }
func italic(text string) string { return `\fI` + roff(text) + `\fR` }

// roff writes a text so that roff sets it as it is, and a hyphen so that it can
// be copied into a shell.
func roff(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '\n':
			b.WriteByte(' ')
		case r > 126:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
