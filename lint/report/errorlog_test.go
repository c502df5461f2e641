package report

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/errorlog"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

const loggedConfig = `events {}
http {
    server {
        server_name a.test;
        location / { proxy_pass http://10.0.0.1:80; proxy_read_timeout 5s; }
    }
}
`

const logged = `2026/11/20 10:00:01 [error] 3#3: *1 upstream timed out (110: Connection timed out) while reading response header from upstream, client: ::1, server: a.test, request: "GET / HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "a.test"
2026/11/20 10:00:02 [error] 3#3: *2 ` + "\x1b[31m" + `odd, client: ::1, server: a.test
junk
nginx: [emerg] unknown "x" variable
`

// errorLog is a small log, led back to a configuration.
func errorLog(t *testing.T) ErrorLog {
	t.Helper()
	tree, err := conf.Text("nginx.conf", []byte(loggedConfig), conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext})
	if err != nil {
		t.Fatal(err)
	}
	locator := errorlog.NewLocator([]*model.Config{model.Build(tree, nginx.Version{})})
	source := errorlog.Source{Name: "log", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(logged)), nil }}
	r, errs := errorlog.Read([]errorlog.Source{source}, locator.Worker)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	rule := &lint.Rule{ID: "some-rule", Doc: lint.Doc{Log: `[error] upstream timed out (110: Connection timed out) while reading response header from upstream`}}
	pass := &tree.Root.Child("http").Child("server").Child("location").Children[0]
	r.Explain([]*lint.Rule{rule}, []lint.Finding{{Rule: rule, Severity: lint.Warning, Place: lint.At(pass), Message: "it is slow"}})
	return ErrorLog{Report: r, Errors: []error{errors.New("one thing failed")}}
}

func TestErrorLogJSONMatchesItsSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(ErrorLogSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("errorlog.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("errorlog.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []ErrorLog{errorLog(t), {Report: &errorlog.Report{}}} {
		var out bytes.Buffer
		if err := writeErrorLogJSON(&out, l, Options{}); err != nil {
			t.Fatal(err)
		}
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%v\n%s", err, &out)
		}
	}
}

func TestErrorLogText(t *testing.T) {
	var out bytes.Buffer
	if err := writeErrorLogText(&out, errorLog(t), Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		" --> nginx.conf:5:22\n", "proxy_read_timeout 5s; }", "in effect there", `found: warning[some-rule] nginx.conf:5:22: it is slow`, `raise "proxy_read_timeout"`,
		`warning[unknown]: \x1b[31modd`, `error[start-variable]: unknown "x" variable`, "1 line is not nginx's; the first: junk", "The run is incomplete: 1 failure.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("an escape sequence of the log gets to the terminal")
	}
}
