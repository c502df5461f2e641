package rules

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/report"
)

// hostileSize is how long the hostile files are, in bytes.
const hostileSize = 2 << 20

// fill repeats a format with a running number up to a part of the size.
func fill(part float64, format string) string {
	var b strings.Builder
	for i := 0; b.Len() < int(part*hostileSize); i++ {
		b.WriteString(strings.ReplaceAll(format, "%d", fmt.Sprint(i)))
	}
	return b.String()
}

// addresses are listen directives for many addresses and one port.
func addresses() string {
	var b strings.Builder
	for i := 0; b.Len() < hostileSize; i++ {
		fmt.Fprintf(&b, "listen 127.%d.%d.%d:80;\n", i>>16, i>>8&255, i&255)
	}
	return b.String()
}

// hostileFiles are contents of http that are made to have everything compared
// with everything, by name.
func hostileFiles() map[string]string {
	return map[string]string{
		"one line":                  fill(1, "server { listen 80; server_name s%d; location / { proxy_pass http://h%d; } } "),
		"arguments of one line":     "proxy_set_header " + fill(1, "a ") + ";",
		"deep nesting on one line":  "server {" + strings.Repeat(strings.Repeat("location / {", 90)+"proxy_pass http://a;"+strings.Repeat("}", 90), hostileSize/1200) + "}",
		"headers of all proxies":    fill(0.5, "proxy_set_header X-%d $http_%d;\n") + "server {" + fill(0.5, "location /%d { proxy_pass http://192.0.2.1; }\n") + "}",
		"error pages":               "server {" + fill(0.5, "error_page 502 /e%d;\n") + fill(0.5, "location /e%d { proxy_pass http://192.0.2.1; }\n") + "}",
		"error pages of locations":  "server {" + fill(1, "location /e%d { error_page 502 /x/e%d; proxy_pass http://192.0.2.1; }\n") + "}",
		"error pages and regexes":   "server {" + fill(1, "location ~ ^/e%d { error_page 502 /x/e%d; proxy_pass http://192.0.2.1; }\n") + "}",
		"sockets of one port":       "server {" + addresses() + "}",
		"variables that are not":    "server {" + fill(1, "set $v%d $w%d;\n") + "}",
		"variables of one name":     "server {" + fill(0.5, "set $v h%d;\n") + fill(0.5, "location /%d { proxy_pass http://$v/%d; }\n") + "}",
		"variables of one name, if": "server { location / {" + fill(1, "if ($a) { set $v h%d; proxy_pass http://$v/%d; }\n") + "} }",
		"servers of one group":      "upstream u {" + fill(0.5, "server 192.0.2.1:%d;\n") + "} server {" + fill(0.5, "location /%d { proxy_pass http://u; }\n") + "}",
	}
}

// lintHostile goes all the way from the text to the report.
func lintHostile(tb testing.TB, body string) {
	tb.Helper()
	tree, err := conf.Text("nginx.conf", []byte("events {}\nhttp {\n"+body+"\n}\n"), conf.Options{
		FS: conf.Overlay{Base: emptyFS{}}, Grammar: lint.Grammar(), Infer: model.InferContext, Dir: "/nowhere",
	})
	if err != nil {
		tb.Fatal(err)
	}
	result := lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, lint.Options{Rules: All()})
	text, _ := report.Lookup("text")
	if err := text.Write(io.Discard, result, report.Options{}); err != nil {
		tb.Error(err)
	}
}

// TestHostileFilesEnd: where everything is compared with everything, one of these
// is not done before the time that a test has. BenchmarkHostileFiles measures.
func TestHostileFilesEnd(t *testing.T) {
	if testing.Short() {
		t.Skip("long under race detection")
	}
	for name, body := range hostileFiles() {
		t.Run(name, func(t *testing.T) { lintHostile(t, body) })
	}
}

// BenchmarkHostileFiles is the time that each of them takes: two seconds at most,
// where it was half a minute and more with everything compared.
func BenchmarkHostileFiles(b *testing.B) {
	for name, body := range hostileFiles() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				lintHostile(b, body)
			}
		})
	}
}
