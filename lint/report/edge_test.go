package report

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// odd is what a message, a path or a directive can hold and what some format
// gives a meaning to.
const odd = "100% a:b, \"c\" 'd' <e> & f|g `h` ]]> \\ \x1b[1m é👍 \xff\x00\ufffe"

// edges is a result with places and texts that formats stumble over.
func edges(t *testing.T) *lint.Result {
	t.Helper()
	strange := parse(t, "conf d/a, b:c\"'%2C\n\x1b\xff.conf", "# é👍\nlisten 80; # é\nlog_format m '$a'\n    '$b';\n")
	empty := parse(t, "empty.conf", "")
	unread := &conf.File{Path: "unread.conf", Real: "/repo/unread.conf"}
	root := parse(t, "nginx.conf", "http {\n    include /etc/nginx/a.conf;\n}\n")
	outside := parse(t, "/etc/nginx/a.conf", "\nproxy_buffer_size 2k;\n")
	lost := parse(t, "/etc/nginx/b.conf", "proxy_buffer_size 2k;\n")
	stdin := parse(t, "<stdin>", "a b;\n")
	stdin.Real = stdin.Path
	via := included(t, root, "include /etc/nginx/a.conf", nil)
	buffer, syntax := bufferRule(), syntaxRule()
	finding := func(rule *lint.Rule, message string, p lint.Place) lint.Finding {
		return lint.Finding{Rule: rule, Severity: rule.Severity, Message: message, Place: p}
	}
	r := &lint.Result{
		Files: []*conf.File{strange, empty, unread, root, outside, lost, stdin},
		Rules: []*lint.Rule{buffer, syntax},
		Findings: []lint.Finding{
			finding(buffer, odd, on(t, strange, "listen 80", 0)),
			finding(buffer, "two lines\nand "+odd, on(t, strange, "log_format m '$a'\n    '$b'", 0)),
			finding(buffer, "with the line's end", on(t, strange, "# é👍\n", 0)),
			finding(syntax, "nothing is in it", lint.Place{File: empty}),
			finding(syntax, "it was not read", lint.Place{File: unread}),
			finding(syntax, "it is nowhere", lint.Place{}),
			finding(buffer, "it is outside", on(t, outside, "proxy_buffer_size 2k", 0, via)),
			finding(buffer, "it is lost", on(t, lost, "proxy_buffer_size 2k", 0)),
			finding(syntax, "it is piped", on(t, stdin, "b", 0)),
			finding(buffer, "again", on(t, strange, "listen 80", 0)),
			finding(buffer, "again", on(t, strange, "listen 80", 0)),
		},
		Errors: []error{errors.New("cannot read " + odd)},
	}
	r.Findings[0].Help = "do\n  " + odd
	r.Findings[0].Subject, r.Findings[0].Block = "listen "+odd, "http/server["+odd+"]"
	for range 20 {
		r.Findings[0].Related = append(r.Findings[0].Related, lint.Related{Place: on(t, lost, "2k", 0), Message: odd})
	}
	r.Findings[1].Related = []lint.Related{{}}
	return r
}

// many is a result with n findings of all severities in turns.
func many(t *testing.T, n int) *lint.Result {
	t.Helper()
	f := parse(t, "nginx.conf", strings.Repeat("proxy_buffer_size 2k;\n", n))
	r := &lint.Result{Files: []*conf.File{f}, Rules: []*lint.Rule{bufferRule()}}
	for i := range n {
		start := int32(i * len("proxy_buffer_size 2k;\n"))
		r.Findings = append(r.Findings, lint.Finding{
			Rule: r.Rules[0], Severity: lint.Severities()[i%3], Message: fmt.Sprintf("finding %d", i),
			Place: lint.Place{File: f, Span: conf.Span{Start: start, End: start + int32(len("proxy_buffer_size 2k"))}},
			Block: "http", Subject: "proxy_buffer_size 2k",
		})
	}
	return r
}

// results are what every machine format is checked with.
func results(t *testing.T) map[string]*lint.Result {
	t.Helper()
	clean := sample(t)
	clean.Findings = nil
	failed := &lint.Result{Errors: []error{errors.New("cannot read a"), errors.New("cannot read b")}}
	return map[string]*lint.Result{
		"sample": sample(t), "clean": clean, "nothing": {}, "failed": failed, "edges": edges(t), "traps": traps(t),
		"nested": deepTrail(t, 12), "places": manyPlaces(t), "many": many(t, 10_000),
	}
}

// documents are the results as a format writes them.
func documents(t *testing.T, format string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, r := range results(t) {
		out[name] = render(t, format, r, sampleOptions())
	}
	return out
}

func TestEveryFormatWritesTheEdges(t *testing.T) {
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			o := sampleOptions()
			got := render(t, f.Name, edges(t), o)
			// A path is written as it is where annotations have to match it.
			if f.Name != "github" && !utf8.ValidString(got) {
				t.Error("the report is no UTF-8")
			}
			golden(t, "edges."+f.Name, got)
		})
	}
}
