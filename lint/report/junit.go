package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// junitReport and what it is made of have only what the schema of Jenkins's
// xUnit plugin (junit-10.xsd) knows, which refuses documents with anything else,
// such as the file and line of a test case.
type junitReport struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitProblem `xml:"failure"`
	Error   *junitProblem `xml:"error"`
}

type junitProblem struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// maxJUnitName is how long the name of a test case is, in bytes, but for its
// number.
const maxJUnitName = 250

// writeJUnit writes a test suite for every file that was read, with a failed
// test case for every finding, of whatever severity, or one that has passed
// where there is none. What went wrong with the run itself is an error in a
// suite of its own.
//
// GitLab takes test cases of the same class and name for one and compares them
// with those of another run, and so does the history of Jenkins: names hold no
// line, are the same as long as the directive stays in its block, and are never
// given twice. The place is in the text of the failure, which all of them show.
func writeJUnit(w io.Writer, r *lint.Result, o Options) error {
	out := junitReport{Name: toolName}
	names := junitNames{}
	for _, s := range junitSuites(r, names, o) {
		out.add(s)
	}
	if len(r.Errors) > 0 {
		s := junitSuite{Name: toolName}
		for _, err := range r.Errors {
			s.Cases = append(s.Cases, junitCase{Class: toolName, Name: names.unused(toolName, "run"), Error: &junitProblem{
				Type: "incomplete", Message: legalXML(err.Error()), Text: "the findings are incomplete",
			}})
		}
		out.add(s)
	}
	return encodeXML(w, out)
}

// add counts a suite and appends it.
func (j *junitReport) add(s junitSuite) {
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		}
	}
	j.Tests += s.Tests
	j.Failures += s.Failures
	j.Errors += s.Errors
	j.Suites = append(j.Suites, s)
}

// junitSuites are the suites of files: those that were read, in that order, and
// whatever else has findings.
func junitSuites(r *lint.Result, names junitNames, o Options) []junitSuite {
	var files []*conf.File
	found := map[*conf.File][]*lint.Finding{}
	for _, f := range r.Files {
		files = append(files, f)
		found[f] = nil
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if _, ok := found[f.Place.File]; !ok {
			files = append(files, f.Place.File)
		}
		found[f.Place.File] = append(found[f.Place.File], f)
	}
	suites := make([]junitSuite, 0, len(files))
	for _, file := range files {
		s := junitSuite{Name: legalXML(shown(fileOf(lint.Place{File: file}), o.Dir))}
		for _, f := range found[file] {
			s.Cases = append(s.Cases, junitCase{Class: s.Name, Name: names.unused(s.Name, junitName(f)), Failure: junitFailure(f, o)})
		}
		if len(s.Cases) == 0 {
			s.Cases = []junitCase{{Class: s.Name, Name: names.unused(s.Name, "no problems")}}
		}
		suites = append(suites, s)
	}
	return suites
}

// junitName names a finding independently of lines.
func junitName(f *lint.Finding) string {
	name := f.Rule.ID
	if f.Subject != "" {
		name += ": " + f.Subject
	}
	if f.Block != "" {
		name += " in " + f.Block
	}
	return legalXML(clip(name, maxJUnitName))
}

// junitFailure is what is wrong, with the place in the form of the concise
// format.
func junitFailure(f *lint.Finding, o Options) *junitProblem {
	p := normal(f.Place)
	at := p.Position()
	lines := []string{fmt.Sprintf("%s:%d:%d: %s: %s [%s]", shown(p.File, o.Dir), at.Line, at.Rune, f.Severity, f.Message, f.Rule.ID)}
	for _, s := range trail(f.Place) {
		lines = append(lines, fmt.Sprintf("included from %s:%d", shown(s.File, o.Dir), s.Position().Line))
	}
	if f.Help != "" {
		lines = append(lines, "help: "+f.Help)
	}
	lines = append(lines, "see: "+f.Rule.URL())
	return &junitProblem{Type: f.Severity.String(), Message: legalXML(f.Message), Text: legalXML(strings.Join(lines, "\n"))}
}

// junitNames counts the names that were given, by class and name.
type junitNames map[[2]string]int

// unused is the name itself, or with the first number from 2 on that is free.
func (n junitNames) unused(class, name string) string {
	given := [2]string{class, name}
	unique := given
	for n[unique] > 0 {
		n[given]++
		unique[1] = fmt.Sprintf("%s (%d)", name, n[given])
	}
	n[unique]++
	return unique[1]
}
