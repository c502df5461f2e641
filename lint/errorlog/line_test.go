package errorlog

import (
	"bytes"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	const begin = `2026/11/20 10:00:01 [error] 33#34: *1 `
	for _, c := range []struct {
		name, text string
		want       string // message|client|server|request|subrequest|upstream|host|referrer
		path       string
	}{
		{
			"all fields", begin + `auth request unexpected status: 502 while sending to client, client: 192.0.2.1, server: a.test, request: "POST /x?y=1 HTTP/1.1", subrequest: "/auth", upstream: "http://unix:/run/a.sock:/b", host: "a.test", referrer: "https://b.test/"` + "\r\n",
			`auth request unexpected status: 502 while sending to client|192.0.2.1|a.test|POST /x?y=1 HTTP/1.1|/auth|http://unix:/run/a.sock:/b|a.test|https://b.test/`, "/auth",
		},
		{"no fields", `2026/11/20 10:00:01 [alert] 1#1: worker process 9 exited on signal 9`, `worker process 9 exited on signal 9|||||||`, ""},
		{"standard error", `nginx: [emerg] unknown "a" variable`, `unknown "a" variable|||||||`, ""},
		{"docker prefix", `web-1  | ` + begin + `x, client: ::1, server: _`, `x|::1|_|||||`, ""},
		{"syslog", `<187>Nov 20 10:00:01 web nginx: ` + begin + `x, client: ::1, server: _, request: "GET / HTTP/2.0"`, `x|::1|_|GET / HTTP/2.0||||`, "/"},
		{"NULs of a rotated log", "\x00\x00\x00" + begin + `x, client: ::1, server: `, `x|::1||||||`, ""},
		{"quote in the path", begin + `x, client: ::1, server: a, request: "GET /"a" HTTP/1.1", host: "a"`, `x|::1|a|GET /"a" HTTP/1.1|||a|`, `/"a"`},
		{
			"fields in the referrer", begin + `connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: a, request: "GET / HTTP/1.1", upstream: "http://10.0.0.1:80/", host: "a", referrer: "x", client: 9.9.9.9, server: evil, request: "GET /e HTTP/1.1", host: "e"`,
			`connect() failed (111: Connection refused) while connecting to upstream|192.0.2.1|a|GET / HTTP/1.1||http://10.0.0.1:80/|a|x", client: 9.9.9.9, server: evil, request: "GET /e HTTP/1.1", host: "e`, "/",
		},
		{
			"fields in what the application wrote", begin + `FastCGI sent in stderr: "a, client: 9.9.9.9, server: evil" while reading response header from upstream, client: 192.0.2.1, server: a, request: "GET / HTTP/1.1", upstream: "fastcgi://127.0.0.1:9000", host: "a"`,
			`FastCGI sent in stderr: "a, client: 9.9.9.9, server: evil" while reading response header from upstream|192.0.2.1|a|GET / HTTP/1.1||fastcgi://127.0.0.1:9000|a|`, "/",
		},
		{"cut", begin + `x, client: ::1, server: a, request: "GET /abc`, `x|::1|a|GET /abc||||`, ""},
		{"cut after the path", begin + `x, client: ::1, server: a, request: "GET /abc?d`, `x|::1|a|GET /abc?d||||`, "/abc"},
		{"cut in a name", begin + `x, client: ::1, server: a, request: "GET / HTTP/1.1", ups`, `x|::1|a|GET / HTTP/1.1||||`, "/"},
		{
			"stream", begin + `connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, server: 0.0.0.0:5432, upstream: "10.0.0.1:5432", bytes from/to client:0/0, bytes from/to upstream:0/0`,
			`connect() failed (111: Connection refused) while connecting to upstream|192.0.2.1|0.0.0.0:5432|||10.0.0.1:5432||`, "",
		},
		{
			"Docker's json-file", `{"log":"` + begin + `x, client: ::1, server: a, request: \"GET /b HTTP/1.1\", host: \"a\"\n","stream":"stderr","time":"2026-11-20T10:00:01.1Z"}`,
			`x|::1|a|GET /b HTTP/1.1|||a|`, "/b",
		},
		{
			"the same with blanks, by another driver", `{"log": "` + begin + `x, client: ::1, server: a, request: \"GET /b\u00fc HTTP/1.1\", host: \"a\"", "stream": "stderr"}`,
			`x|::1|a|GET /bü HTTP/1.1|||a|`, "/bü",
		},
		{
			"lines of Docker's that are one message", `{"log":"` + begin + `FastCGI sent in stderr: \"PHP message: a\n","stream":"stderr"}` + "\n" + `{"log":"b\" while reading upstream, client: ::1, server: a, request: \"GET /b HTTP/1.1\", host: \"a\"\n","stream":"stderr"}` + "\n",
			"FastCGI sent in stderr: \"PHP message: a\nb\" while reading upstream|::1|a|GET /b HTTP/1.1|||a|", "/b",
		},
		{
			"journald's JSON", `{"_SYSTEMD_UNIT":"nginx.service","__CURSOR":"s=` + strings.Repeat("0", maxPrefix) + `","MESSAGE":"` + begin + `x, client: ::1, server: a, request: \"GET /b HTTP/1.1\", host: \"a\"","_PID":"1"}`,
			`x|::1|a|GET /b HTTP/1.1|||a|`, "/b",
		},
		{
			"journald's JSON of bytes that are no UTF-8", `{"MESSAGE":[110,103,105,110,120,58,32,91,101,109,101,114,103,93,32,120,255],"_PID":"1"}`, "x\xff|||||||", "",
		},
		{
			"a session of UDP", begin + `recv() failed (111: Connection refused) while proxying and reading from upstream, udp client: ::1, server: [::]:53, upstream: "[::1]:5353", bytes from/to client:1/0, bytes from/to upstream:0/1`,
			`recv() failed (111: Connection refused) while proxying and reading from upstream|::1|[::]:53|||[::1]:5353||`, "",
		},
		{"a client that is no field", begin + `my client: a, client: ::1, server: b`, `my client: a|::1|b|||||`, ""},
		{"absolute form", begin + `x, client: ::1, server: a, request: "GET http://a/b?c HTTP/1.1"`, `x|::1|a|GET http://a/b?c HTTP/1.1||||`, "/b"},
	} {
		l, ok := Parse([]byte(c.text))
		if !ok {
			t.Errorf("%s: not a line of nginx's", c.name)
			continue
		}
		got := string(bytes.Join([][]byte{l.Message, l.Client, l.Server, l.Request, l.Subrequest, l.Upstream, l.Host, l.Referrer}, []byte("|")))
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if got := string(l.Path()); got != c.path {
			t.Errorf("%s: path %q, want %q", c.name, got, c.path)
		}
	}
	for _, text := range []string{
		"", "\n", "{", `{"log":"`, `{"log":1}`, `{"MESSAGE":[1000]}`, `10.0.0.1 - - [20/Nov/2026:10:00:01 +0000] "GET / HTTP/1.1" 502 157 "-" "curl"`,
		"2026/11/20 10:00:01 [", "2026/11/20 10:00:01 [loud] 1#1: x", "2026/11/2x 10:00:01 [error] 1#1: x", "nginx: [", strings.Repeat("x", 300) + begin,
	} {
		if _, ok := Parse([]byte(text)); ok {
			t.Errorf("%q is taken for a line of nginx's", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("2026/11/20 10:00:01 [error] 33#34: *1 FastCGI sent in stderr: \"a\nb\" while reading upstream, client: ::1, server: a, request: \"GET /%2e%2E//x HTTP/1.1\", upstream: \"http://[::1]:80/\", host: \"a\"\njunk\n"))
	f.Add([]byte("nginx: [emerg] host not found in upstream \"a\" in /etc/nginx/nginx.conf:3"))
	f.Add([]byte("\x002026/11/20 10:00:01 [warn] 1#1: , client: , server: , client: a, server: \"\", bytes from/to client:"))
	for _, c := range lines {
		f.Add([]byte("2026/11/20 10:00:01 " + strings.Replace(c.line, "] ", "] 1#1: *2 ", 1)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if l, ok := Parse(text); ok {
			parseAddress(l.Address())
			normal(l.Path())
			if l.Level == NoLevel || l.Level >= levels {
				t.Errorf("level %d", l.Level)
			}
		}
		a := newAggregate(nil)
		a.block(text, 0)
		r := a.report(int64(len(text)))
		var levels, groups int64
		for _, n := range r.Levels {
			levels += n
		}
		if levels+r.Broken != r.Lines {
			t.Errorf("%d lines, but %d of a level and %d broken", r.Lines, levels, r.Broken)
		}
		for _, g := range r.Groups {
			groups += g.Count
		}
		if groups > levels {
			t.Errorf("%d lines in groups, of %d", groups, levels)
		}
	})
}

func TestNormal(t *testing.T) {
	for path, want := range map[string]string{
		"/a/b": "/a/b", "/a//b/": "/a/b/", "/a/../b": "/b", "/a/./b/.": "/a/b/", "/%61%2Fb": "/a/b", "/..": "/", "/a%zz": "/a%zz", "/.well-known/x": "/.well-known/x", "": "",
	} {
		if got := normal([]byte(path)); got != want {
			t.Errorf("normal(%q) = %q, want %q", path, got, want)
		}
	}
}
