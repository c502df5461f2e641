package report

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// one is a result of one warning with related places.
func one(p lint.Place, related ...lint.Related) *lint.Result {
	return &lint.Result{
		Files: []*conf.File{p.File},
		Findings: []lint.Finding{{
			Rule: bufferRule(), Severity: lint.Warning, Message: "it is small", Place: p, Related: related,
		}},
	}
}

func TestTextShowsSourceLines(t *testing.T) {
	at := func(text, sub string) *lint.Result {
		return one(on(t, parse(t, "a.conf", text), sub, 0))
	}
	long := strings.Repeat("aaaaaaaaa ", 40)
	cases := []struct {
		name  string
		r     *lint.Result
		width int
	}{
		{"tabs", at("\t\tproxy_buffer_size\t2k;\t# x\n", "proxy_buffer_size\t2k"), 0},
		{"wide", at("set $x '日本語 é 👍🏽'; proxy_buffer_size 2k;\n", "proxy_buffer_size 2k"), 0},
		{"controls", at("a \x1b[31mred\x00\x7f \xff\u202e\u200b\u0085; proxy_buffer_size 2k;\n", "proxy_buffer_size 2k"), 0},
		{"long-middle", at(long+"proxy_buffer_size 2k; "+long, "proxy_buffer_size 2k"), 80},
		{"long-start", at("proxy_buffer_size 2k; "+long, "proxy_buffer_size 2k"), 80},
		{"long-end", at(long+"proxy_buffer_size 2k;", "proxy_buffer_size 2k"), 80},
		{"long-span", at("x "+long+";", long), 80},
		{"long-default", at(long+"proxy_buffer_size 2k;", "proxy_buffer_size 2k"), 0},
		{"several-lines", at("log_format main '$a'\n    '$b'\n    '$c';\n", "log_format main '$a'\n    '$b'\n    '$c'"), 0},
		{"crlf", at("a b;\r\nproxy_buffer_size 2k;\r\n", "proxy_buffer_size 2k"), 0},
		{"end-of-file", endOfFile(t), 0},
		{"same-line", sameLine(t), 0},
		{"same-long-line", sameLongLine(t), 80},
		{"many-places", manyPlaces(t), 0},
		{"deep-trail", deepTrail(t, 3), 0},
		{"deeper-trail", deepTrail(t, 12), 0},
		{"help-lines", helpLines(t), 0},
		{"help-long", longHelp(t), 0},
		{"help-wrapped", longHelp(t), 60},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			golden(t, "text-"+c.name, render(t, "text", c.r, Options{Width: c.width}))
		})
	}
}

// endOfFile is a finding after the last byte of a file.
func endOfFile(t *testing.T) *lint.Result {
	t.Helper()
	f := parse(t, "a.conf", "http {\n")
	end := int32(len(f.Text))
	return one(lint.Place{File: f, Span: conf.Span{Start: end, End: end}})
}

func sameLine(t *testing.T) *lint.Result {
	t.Helper()
	f := parse(t, "a.conf", "set $u app; proxy_pass http://$u:80;\n\nresolver_timeout 5s;\n\n\n\nset $v x;\n")
	return one(on(t, f, "$u", 1),
		lint.Related{Place: on(t, f, "set $v x", 0), Message: "far below"},
		lint.Related{Place: on(t, f, "set $u app", 0), Message: "set here"},
		lint.Related{Place: on(t, f, "resolver_timeout 5s", 0), Message: "two lines below"})
}

func sameLongLine(t *testing.T) *lint.Result {
	t.Helper()
	f := parse(t, "a.conf", "set $u app; "+strings.Repeat("x ", 100)+"; proxy_pass http://$u:80;\n")
	return one(on(t, f, "$u", 1), lint.Related{Place: on(t, f, "set $u app", 0), Message: "set here"})
}

func manyPlaces(t *testing.T) *lint.Result {
	t.Helper()
	a := parse(t, "a.conf", strings.Repeat("proxy_pass http://app;\n", 12))
	b := parse(t, "b.conf", "set $b x;\n")
	r := one(on(t, a, "app", 10))
	for i := range 10 {
		rel := lint.Related{Place: on(t, a, "app", i), Message: "and here"}
		if i == 3 {
			rel = lint.Related{Place: on(t, b, "set", 0)}
		}
		r.Findings[0].Related = append(r.Findings[0].Related, rel)
	}
	return r
}

func deepTrail(t *testing.T, depth int) *lint.Result {
	t.Helper()
	var via *conf.Inclusion
	for i := range depth {
		f := parse(t, fmt.Sprintf("level%d.conf", i), fmt.Sprintf("\n\ninclude level%d.conf;\n", i+1))
		via = included(t, f, "include", via)
	}
	return one(on(t, parse(t, "a.conf", "proxy_buffer_size 2k;\n"), "2k", 0, via))
}

func helpLines(t *testing.T) *lint.Result {
	t.Helper()
	r := one(on(t, parse(t, "a.conf", "proxy_buffer_size 2k;\n"), "2k", 0))
	r.Findings[0].Help = "write\nproxy_buffer_size 16k;\nproxy_busy_buffers_size 32k;"
	return r
}

func longHelp(t *testing.T) *lint.Result {
	t.Helper()
	r := helpLines(t)
	r.Findings[0].Help = "put the two buffers side by side, and make them at least as large as the largest response header\n" +
		"    proxy_buffer_size 16k; # as large as the largest header that any backend sends, 日本語 included\n" +
		"    proxy_busy_buffers_size 32k;"
	return r
}

// Whatever the width is, no line of advice is wider unless a word of it is.
func TestAdviceIsWrappedInTerminalsOnly(t *testing.T) {
	help := strings.Repeat("twelve chars and 日本語, ", 40) + "\nsecond line"
	r := helpLines(t)
	r.Findings[0].Help = help
	whole := strings.Split(render(t, "text", r, Options{}), "\n")
	if !slices.ContainsFunc(whole, func(l string) bool { return strings.Contains(l, strings.Split(help, "\n")[0]) }) {
		t.Errorf("without a terminal, advice is broken:\n%s", strings.Join(whole, "\n"))
	}
	for _, width := range []int{1, 50, 51, 52, 79, 80, 200} {
		got := render(t, "text", r, Options{Width: width, Quiet: true})
		_, advice, _ := strings.Cut(got, "help: ")
		advice, _, _ = strings.Cut(advice, "  = see:")
		if got, want := strings.Fields(advice), strings.Fields(help); !slices.Equal(got, want) {
			t.Errorf("width %d: the words are\n%q, want\n%q", width, got, want)
		}
		for l := range strings.Lines(got) {
			if n := columns(strings.TrimSuffix(l, "\n")); n > max(width, 50) && !strings.Contains(l, "https://") {
				t.Errorf("width %d: %d columns: %s", width, n, l)
			}
		}
	}
}

func TestTextIsColouredOnlyWhenAsked(t *testing.T) {
	golden(t, "sample.color", render(t, "text", sample(t), Options{Color: true}))
	golden(t, "sample.concise-color", render(t, "concise", sample(t), Options{Color: true}))
	for _, format := range []string{"text", "concise"} {
		if got := render(t, format, sample(t), Options{}); strings.Contains(got, "\x1b") {
			t.Errorf("%s without colour has escape sequences: %q", format, got)
		}
	}
}

func TestNothingInAConfigurationReachesTheTerminalRaw(t *testing.T) {
	const evil = "\x1b]0;owned\x07\x1b[2J\r\n\x00\x7f\u0085\u009b31m\u202e\u2066\u200b\ufeff\xff\xc3"
	f := parse(t, evil, "proxy_pass "+evil+" x;\nserver "+evil+";")
	outer := parse(t, "outer"+evil, "include x;")
	r := one(on(t, f, "proxy_pass", 0, included(t, outer, "include x", nil)),
		lint.Related{Place: on(t, f, "server", 0), Message: evil},
		lint.Related{Place: on(t, outer, "include", 0), Message: evil})
	r.Findings[0].Message, r.Findings[0].Help = evil, evil
	for _, format := range []string{"text", "concise"} {
		got := render(t, format, r, Options{})
		for i, c := range got {
			if c != '\n' && !plain(c, len(string(c))) {
				t.Errorf("%s writes %U at byte %d", format, c, i)
			}
		}
	}
	if got := render(t, "concise", r, Options{}); strings.Count(got, "\n") != 1 {
		t.Errorf("a concise finding has several lines: %q", got)
	}
}

func TestUnprintableCharactersAreShownAsEscapes(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 日本": "plain é 日本",
		"\x1b[31m":   `\x1b[31m`,
		"a\r\n\tb":   `a\r\n\tb`,
		"\xff\xc3(":  `\xff\xc3(`,
		"\u00a0":     `\u00a0`,
		"\u202e":     `\u202e`,
		"\U000e0041": `\U000e0041`,
		"\ufffd":     "\ufffd",
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTextSummaryCounts(t *testing.T) {
	file := parse(t, "a.conf", "a b;\n")
	result := func(files int, severities ...lint.Severity) *lint.Result {
		r := &lint.Result{}
		for range files {
			r.Files = append(r.Files, file)
		}
		for _, v := range severities {
			r.Findings = append(r.Findings, lint.Finding{Rule: syntaxRule(), Severity: v, Message: "m", Place: on(t, file, "a", 0)})
		}
		return r
	}
	failed := result(2)
	failed.Errors = []error{errors.New("rule x panicked")}
	for _, c := range []struct {
		r    *lint.Result
		want string
	}{
		{result(0), "No problems in 0 files."},
		{result(1), "No problems in 1 file."},
		{result(7), "No problems in 7 files."},
		{result(1, lint.Info), "Found 1 problem (1 info) in 1 file."},
		{result(7, lint.Warning, lint.Error, lint.Warning), "Found 3 problems (1 error, 2 warnings) in 7 files."},
		{result(7, lint.Info, lint.Error, lint.Info, lint.Error), "Found 4 problems (2 errors, 2 infos) in 7 files."},
		{failed, "No problems in 2 files. The run is incomplete: 1 failure."},
	} {
		lines := strings.Split(strings.TrimSuffix(render(t, "text", c.r, Options{}), "\n"), "\n")
		if got := lines[len(lines)-1]; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if quiet := render(t, "text", c.r, Options{Quiet: true}); strings.Contains(quiet, c.want) {
			t.Errorf("a quiet run has a summary: %s", quiet)
		}
	}
}

func TestTextNamesARulesPageOnce(t *testing.T) {
	r := sample(t)
	r.Findings = append(r.Findings, r.Findings...)
	got := render(t, "text", r, Options{})
	for _, rule := range r.Rules {
		if n := strings.Count(got, rule.URL()); n != 1 {
			t.Errorf("%s is there %d times", rule.URL(), n)
		}
	}
}

// A row never is wider than it may be, and the caret stays in view.
func TestRowsFit(t *testing.T) {
	line := strings.Repeat("ab日\t\x01 ", 300)
	for _, avail := range []int{40, 41, 77, 157} {
		for from := 0; from < len(line); from += 7 {
			r := newRow(line, from, from+5, avail)
			start, end := r.column(from), r.column(from+5)
			if r.end.col > avail || start < 0 || start >= avail || end < start || end > avail {
				t.Fatalf("width %d, byte %d: columns %d to %d in a row of %d: %q", avail, from, start, end, r.end.col, r.text)
			}
		}
	}
}

func BenchmarkTextOnOneHugeLine(b *testing.B) {
	line := strings.Repeat("proxy_buffer_size 2k; ", 200_000)
	for b.Loop() {
		newRow(line, len(line)/2, len(line)/2+17, 157)
	}
}
