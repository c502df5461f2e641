package errorlog_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/effective"
	"github.com/nginxlint/nginxlint/lint/errorlog"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// FuzzRequests follows a request through any configuration, once as an address
// that is asked about and once as a line of the error log.
func FuzzRequests(f *testing.F) {
	const whole = "events {}\nhttp { map $uri $b { default c; ~x $1; } server { listen 80; server_name a *.a ~^(?<n>.+)\\.b$; " +
		"location / { try_files $uri @n; } location @n { proxy_pass http://u; } location ~* \\.(php|[a-z]{2,})$ { fastcgi_pass $b; } " +
		"location = /x { proxy_pass http://127.0.0.1:1/y/; location /x/ { return 1; } } } upstream u { server c:1; } }\n" +
		"stream { server { listen 53 udp; proxy_pass d:1; } }"
	f.Add(whole, "http://a/x%2e./y//z?q", `connect() failed, server: a, request: "GET /x HTTP/1.1", upstream: "http://127.0.0.1:1/y/", host: "a"`)
	f.Add(whole, "tcp://a:53", `upstream timed out while proxying connection, server: 0.0.0.0:53, upstream: "d:1"`)
	f.Add("server { listen 80; location /a/ { proxy_pass http://b; } location ~ ((a*)*)*b { } }", "https://:443/aaaaaaaaaaaaaaaaaaaa", "")
	f.Add("server { location /a { location /a { location /a/b { try_files x /a; } } } }", "http://b/a/", `x, request: "%"`)
	f.Add("server { index a /b/ c; error_page 404 502 @b; error_page 500 /; location / { try_files $uri $uri/ /b/; } location @b { proxy_pass http://c; error_page 502 /b/; } }", "http://b/", "")
	f.Fuzz(func(t *testing.T, text, address, line string) {
		tree, err := conf.Text("x.conf", []byte(text), conf.Options{Dir: "/", FS: none{}, Grammar: lint.Grammar(), Infer: model.InferContext})
		if err != nil {
			t.Fatal(err)
		}
		c := model.Build(tree, nginx.Version{})
		if u, err := effective.ParseLocation(address); err == nil {
			for _, whole := range effective.Reach(c, u) {
				for _, a := range append(whole.Otherwise, whole) {
					if a.Server == nil || a.Location == nil || !a.Server.Scope.Contains(a.Location) {
						t.Errorf("%q leads to %+v", address, a)
					}
				}
			}
		}
		viewer := effective.NewViewer(nil)
		for _, x := range c.Proxies[:min(len(c.Proxies), 20)] {
			viewer.View(x)
		}
		begin := "2026/11/20 10:00:01 [error] 1#1: *1 "
		read(t, begin+line+"\n"+begin+line, errorlog.NewLocator([]*model.Config{c}).Worker)
	})
}

// FuzzRead reads any bytes as a log, and as one that was packed.
func FuzzRead(f *testing.F) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := io.WriteString(w, "2026/11/20 10:00:01 [error] 1#1: *1 x\n"); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(packed.String())
	f.Add(packed.String() + packed.String()[:20])
	f.Add("\x1f\x8b\x08\x1f\xff\xff")
	f.Add("2026/11/20 10:00:01 [error] 1#1: *1 x\n\x00\n")
	f.Fuzz(func(t *testing.T, text string) { read(t, text, nil) })
}

func read(t *testing.T, text string, locate func() func(*errorlog.Line, *errorlog.Message) errorlog.Place) {
	t.Helper()
	held, _ := errorlog.Read([]errorlog.Source{{Name: "x", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}}, locate)
	if held.Broken > held.Lines {
		t.Errorf("%d of %d lines are broken", held.Broken, held.Lines)
	}
}

// none is a file system without files.
type none struct{ conf.Disk }

func (none) ReadFile(string) ([]byte, error)       { return nil, os.ErrNotExist }
func (none) Stat(string) (os.FileInfo, error)      { return nil, os.ErrNotExist }
func (none) ReadDir(string) ([]os.DirEntry, error) { return nil, os.ErrNotExist }
func (none) Real(string) (string, error)           { return "", os.ErrNotExist }
