package report

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata/report.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "report", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run go test ./lint/report -update and look at what changes\n--- got\n%s\n--- want\n%s", path, got, want)
	}
}

// render is what a format writes.
func render(t *testing.T, format string, r *lint.Result, o Options) string {
	t.Helper()
	f, ok := Lookup(format)
	if !ok {
		t.Fatalf("no format %q", format)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// parse reads a file that lies in the repository under test, /repo.
func parse(t *testing.T, path, text string) *conf.File {
	t.Helper()
	f, err := conf.Parse(path, []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(path, "/") {
		f.Real = "/repo/" + path
	}
	return f
}

// on is the place of the n-th occurrence of a text, counted from 0.
func on(t *testing.T, f *conf.File, text string, n int, via ...*conf.Inclusion) lint.Place {
	t.Helper()
	at := 0
	for ; ; n-- {
		i := strings.Index(f.Text[at:], text)
		if i < 0 {
			t.Fatalf("%q is not in %s", text, f.Path)
		}
		at += i
		if n == 0 {
			break
		}
		at++
	}
	p := lint.Place{File: f, Span: conf.Span{Start: int32(at), End: int32(at + len(text))}}
	if len(via) > 0 {
		p.Via = via[0]
	}
	return p
}

// included is an include trail of one more step, at a text of the outer file.
func included(t *testing.T, f *conf.File, text string, outer *conf.Inclusion) *conf.Inclusion {
	t.Helper()
	return &conf.Inclusion{Include: &conf.Directive{File: f, Head: on(t, f, text, 0).Span}, Outer: outer}
}

// The rules that tests report with.
func bufferRule() *lint.Rule {
	return &lint.Rule{
		ID:       "proxy-buffer-size-small",
		Aliases:  []string{"small-header-buffer"},
		Severity: lint.Warning,
		Category: lint.BadGateway,
		Doc: lint.Doc{
			Summary: "response headers larger than the header buffer make nginx answer 502",
			Why:     "nginx reads the whole response header\ninto one buffer.\n\nWhat does not fit is an error.",
			Log:     "upstream sent too big header while reading response header from upstream",
			Bad:     "location / {\n    proxy_buffer_size 2k;\n}\n",
			Good:    "location / {\n    proxy_buffer_size 16k;\n}\n",
			Silent:  "nothing is passed on there",
			Links:   []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size"},
		},
	}
}

func syntaxRule() *lint.Rule {
	return &lint.Rule{
		ID:       "syntax",
		Severity: lint.Error,
		Category: lint.Startup,
		Doc:      lint.Doc{Summary: "nginx refuses the syntax"},
	}
}

func infoRule() *lint.Rule {
	return &lint.Rule{
		ID:       "resolver-unused",
		Severity: lint.Info,
		Category: lint.Correctness,
		Doc:      lint.Doc{Summary: "resolver is set and nothing asks it", Why: "It has no effect."},
	}
}

const rootText = `http {
    proxy_cache on;
    resolver 127.0.0.11;

    server {
        include conf.d/*.conf;
    }
}
`

const appText = `location / {
    proxy_pass http://app;
    proxy_buffer_size 2k;
    proxy_busy_buffers_size 4k
}
`

// sample is a result with one finding of each severity.
func sample(t *testing.T) *lint.Result {
	t.Helper()
	root := parse(t, "nginx.conf", rootText)
	app := parse(t, "conf.d/my app.conf", appText)
	via := included(t, root, "include conf.d/*.conf", nil)
	buffer, syntax, info := bufferRule(), syntaxRule(), infoRule()
	return &lint.Result{
		Files: []*conf.File{root, app},
		Rules: []*lint.Rule{buffer, info, syntax},
		Findings: []lint.Finding{
			{
				Rule: buffer, Severity: lint.Warning, Place: on(t, app, "proxy_buffer_size 2k", 0, via),
				Message: "a response header over 2k is answered with 502 (\"upstream sent too big header\")",
				Help:    "raise it to 16k",
				Related: []lint.Related{
					{Place: on(t, app, "proxy_pass http://app", 0, via), Message: "passed on here"},
					{Place: on(t, root, "proxy_cache on", 0), Message: "set here"},
				},
				Block:   "http/server/location[/]",
				Subject: "proxy_buffer_size 2k",
			},
			{
				Rule: syntax, Severity: lint.Error, Place: on(t, app, "proxy_busy_buffers_size 4k", 0, via),
				Message: `nginx refuses to start: "proxy_busy_buffers_size" is not terminated by ";"`,
			},
			{
				Rule: info, Severity: lint.Info, Place: on(t, root, "resolver 127.0.0.11", 0),
				Message: "nothing asks this resolver", Block: "http", Subject: "resolver 127.0.0.11",
			},
		},
	}
}

func sampleOptions() Options { return Options{Version: "v1.2.3", Root: "/repo"} }

func TestEveryFormatWritesTheSample(t *testing.T) {
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			golden(t, "sample."+f.Name, render(t, f.Name, sample(t), sampleOptions()))
		})
	}
}

func TestEveryFormatWritesACleanRun(t *testing.T) {
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			r := sample(t)
			r.Findings = nil
			golden(t, "clean."+f.Name, render(t, f.Name, r, sampleOptions()))
		})
	}
}

func TestEveryFormatWritesTheSameTwice(t *testing.T) {
	for _, f := range Formats() {
		if a, b := render(t, f.Name, sample(t), sampleOptions()), render(t, f.Name, sample(t), sampleOptions()); a != b {
			t.Errorf("%s: two runs differ:\n%s\n%s", f.Name, a, b)
		}
	}
}

func TestEveryFormatSurvivesPlacesThatAreNoPlaces(t *testing.T) {
	file := parse(t, "nginx.conf", "a b;")
	for _, p := range []lint.Place{
		{},
		{File: file, Span: conf.Span{Start: -5, End: 900}},
		{File: file, Span: conf.Span{Start: 900, End: 1}},
		{File: &conf.File{Path: "x", Real: "/x"}, Via: &conf.Inclusion{}},
	} {
		r := &lint.Result{Findings: []lint.Finding{{
			Rule: syntaxRule(), Severity: lint.Error, Message: "m", Place: p, Related: []lint.Related{{Place: p}},
		}}}
		for _, f := range Formats() {
			if got := render(t, f.Name, r, Options{}); !strings.Contains(got, "syntax") {
				t.Errorf("%s of %+v has no finding:\n%s", f.Name, p, got)
			}
		}
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestEveryFormatReturnsTheWritersError(t *testing.T) {
	broken := brokenWriter{errors.New("disk full")}
	for _, f := range Formats() {
		if err := f.Write(broken, sample(t), Options{}); !errors.Is(err, broken.err) {
			t.Errorf("%s: got error %v", f.Name, err)
		}
	}
}

func TestLookupOfAnUnknownFormatFails(t *testing.T) {
	if f, ok := Lookup("html"); ok {
		t.Errorf("found %v", f)
	}
}

func TestPathsAreShownRelativeToTheWorkingDirectory(t *testing.T) {
	for _, c := range []struct{ dir, path, want string }{
		{"/repo", "/repo/conf.d/a.conf", "conf.d/a.conf"},
		{"/repo/", "/repo/a.conf", "a.conf"},
		{"/repo/conf.d", "/repo/a.conf", "/repo/a.conf"},
		{"/repo", "/repository/a.conf", "/repository/a.conf"},
		{"/repo", "/repo/..a.conf", "..a.conf"},
		{"/repo", "../a.conf", "../a.conf"},
		{"", "/repo/a.conf", "/repo/a.conf"},
		{"/repo", "<stdin>", "<stdin>"},
	} {
		if got := shown(&conf.File{Path: c.path}, c.dir); got != c.want {
			t.Errorf("%q in %q is shown as %q, want %q", c.path, c.dir, got, c.want)
		}
	}
}
