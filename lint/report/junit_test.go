package report

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
)

// junitElements are the elements and attributes of junit-10.xsd, the schema of
// Jenkins's xUnit plugin, that a report can use. The order of children is free
// there.
var junitElements = map[string]xmlElement{
	"": {children: []string{"testsuites", "testsuite"}},
	"testsuites": {
		optional: []string{"name", "time", "tests", "failures", "errors"},
		children: []string{"testsuite"},
	},
	"testsuite": {
		required: []string{"name", "tests", "failures", "errors"},
		optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
		children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"},
	},
	"testcase": {
		required: []string{"name"},
		optional: []string{"time", "classname", "group"},
		children: []string{"skipped", "error", "failure", "system-out", "system-err"},
	},
	"failure": {optional: []string{"type", "message"}, text: true},
	"error":   {optional: []string{"type", "message"}, text: true},
	"skipped": {optional: []string{"type", "message"}, text: true},
}

func TestJUnitHasTheStructure(t *testing.T) {
	for name, doc := range documents(t, "junit") {
		if err := checkXML(doc, junitElements); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if checkXML(`<testsuites><testsuite name="a" tests="1" failures="0" errors="0"><testcase name="b" file="c"/></testsuite></testsuites>`, junitElements) == nil {
		t.Error("a file of a test case is taken")
	}
}

func TestJUnitCountsAndNames(t *testing.T) {
	for name, r := range results(t) {
		var got junitReport
		if err := xml.Unmarshal([]byte(render(t, "junit", r, sampleOptions())), &got); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got.Failures != len(r.Findings) || got.Errors != len(r.Errors) {
			t.Errorf("%s: %d failures and %d errors, want %d and %d", name, got.Failures, got.Errors, len(r.Findings), len(r.Errors))
		}
		type key struct{ class, name string }
		names := map[key]bool{}
		var all junitReport
		for _, s := range got.Suites {
			var counted junitSuite
			for _, c := range s.Cases {
				counted.Tests++
				if c.Failure != nil {
					counted.Failures++
				}
				if c.Error != nil {
					counted.Errors++
				}
				if k := (key{c.Class, c.Name}); names[k] || c.Class == "" || c.Name == "" {
					t.Errorf("%s: a second %q, or a nameless one", name, k)
				} else {
					names[k] = true
				}
			}
			if s.Tests != counted.Tests || s.Failures != counted.Failures || s.Errors != counted.Errors || s.Tests == 0 {
				t.Errorf("%s: suite %q says %d, %d, %d and has %+v", name, s.Name, s.Tests, s.Failures, s.Errors, counted)
			}
			all.Tests += s.Tests
		}
		if got.Tests != all.Tests {
			t.Errorf("%s: %d tests, counted %d", name, got.Tests, all.Tests)
		}
		if want := len(r.Files); len(got.Suites) < want {
			t.Errorf("%s: %d suites for %d files", name, len(got.Suites), want)
		}
	}
}

func TestJUnitTellsPlacesAndTexts(t *testing.T) {
	var got junitReport
	if err := xml.Unmarshal([]byte(render(t, "junit", edges(t), sampleOptions())), &got); err != nil {
		t.Fatal(err)
	}
	const path = "conf d/a, b:c\"'%2C\n\\x1b\\xff.conf"
	failure := got.Suites[0].Cases[0].Failure
	if failure.Type != "warning" || failure.Message != legalXML(odd) {
		t.Errorf("failure of type %q: %q", failure.Type, failure.Message)
	}
	if want := path + ":2:1: warning: " + legalXML(odd) + " [proxy-buffer-size-small]\nhelp: do\n"; !strings.HasPrefix(failure.Text, want) {
		t.Errorf("got\n%q\nwant\n%q", failure.Text, want)
	}
	last := got.Suites[len(got.Suites)-1]
	if last.Name != toolName || last.Cases[0].Error == nil || !strings.Contains(last.Cases[0].Error.Message, "cannot read") {
		t.Errorf("the last suite is %+v", last)
	}
}

// Names are those of directives, not of lines.
func TestJUnitNamesStayWhenLinesMove(t *testing.T) {
	names := func(text string) string {
		f := parse(t, "a.conf", text)
		r := one(on(t, f, "proxy_buffer_size", 0))
		r.Findings[0].Subject, r.Findings[0].Block = "proxy_buffer_size 2k", "http"
		r.Findings = append(r.Findings, r.Findings[0], r.Findings[0])
		r.Findings[2].Subject += " in http (2)"
		r.Findings[2].Block = ""
		var got junitReport
		if err := xml.Unmarshal([]byte(render(t, "junit", r, Options{})), &got); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range got.Suites[0].Cases {
			out = append(out, c.Name)
		}
		return strings.Join(out, "\n")
	}
	const rule = "proxy-buffer-size-small: proxy_buffer_size 2k in http"
	want := rule + "\n" + rule + " (2)\n" + rule + " (2) (2)"
	for _, text := range []string{"proxy_buffer_size 2k;", "\n\n\n  proxy_buffer_size 2k;"} {
		if got := names(text); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

func TestJUnitFilesWithoutFindingsPass(t *testing.T) {
	r := sample(t)
	r.Findings = r.Findings[2:]
	var got junitReport
	if err := xml.Unmarshal([]byte(render(t, "junit", r, sampleOptions())), &got); err != nil {
		t.Fatal(err)
	}
	if got.Tests != 2 || got.Failures != 1 || got.Suites[1].Cases[0].Failure != nil || r.Findings[0].Severity != lint.Info {
		t.Errorf("got %+v", got)
	}
}
