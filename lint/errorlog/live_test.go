package errorlog

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// live is a configuration with most of what can go wrong; LISTEN is its
// address, CLOSED one that nothing listens at, HANGUP that of a backend that
// hangs up, SILENT of one that never answers, BIG of one with a big header.
const live = `worker_processes 1;
events { worker_connections 64; }
http {
    limit_req_zone $server_name zone=once:64k rate=1r/m;
    upstream down { server CLOSED down; }
    server {
        listen LISTEN;
        server_name shop.test;
        location /closed/ { proxy_pass http://CLOSED; }
        location /down/ { proxy_pass http://down; }
        location /hangup/ { proxy_pass http://HANGUP; }
        location /fastcgi/ { fastcgi_pass BIG; }
        location /silent/ { proxy_read_timeout 100ms; proxy_pass http://SILENT; }
        location /big/ { proxy_buffer_size 1k; proxy_pass http://BIG; }
        location /tls/ { proxy_pass https://BIG; }
        location /socket/ { proxy_pass http://unix:DIR/none.sock; }
        location /name/ { set $name backend.test; proxy_pass http://$name; }
        location /url/ { set $url backend.test; proxy_pass $url; }
        location /named/ { error_page 404 @none; return 404; }
        location /limit/ { limit_req zone=once; root DIR; }
        location /denied/ { deny all; }
        location /cycle/ { rewrite ^(.*)$ $1 last; }
    }
}
`

// want are the message and location of each path of live.
var want = map[string]string{
	"/closed/": "connect-refused", "/down/": "no-live-upstreams", "/hangup/": "closed-before-header", "/fastcgi/": "not-fastcgi",
	"/silent/": "timed-out-reading-header", "/big/": "too-big-header", "/tls/": "tls-plain-text", "/socket/": "connect-socket-missing",
	"/name/": "no-resolver", "/url/": "invalid-url", "/limit/": "limit-req", "/denied/": "forbidden", "/cycle/": "redirection-cycle", "/named/": "named-location-missing",
}

// TestLive feeds what a real nginx logs through all of it.
func TestLive(t *testing.T) {
	n := linttest.Nginxes(t)[0]
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	words := []string{"DIR", dir, "LISTEN", linttest.FreeAddress(t), "CLOSED", linttest.FreeAddress(t)}
	words = append(words, "HANGUP", backend(t, func(c net.Conn) { readRequest(c); c.Close() }))
	words = append(words, "SILENT", backend(t, func(c net.Conn) { io.Copy(io.Discard, c) }))
	words = append(words, "BIG", backend(t, func(c net.Conn) {
		readRequest(c)
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: %s\r\n\r\n", strings.Repeat("x", 2000))
		c.Close()
	}))
	text := strings.NewReplacer(words...).Replace(live)
	n.Serve(t, dir, text)
	for path := range want {
		for range 2 { // the second request is the one that a limit refuses
			get(t, "http://"+words[3]+path)
		}
	}
	log, err := os.ReadFile(filepath.Join(dir, "error.log"))
	if err != nil {
		t.Fatal(err)
	}
	locate := NewLocator([]*model.Config{model.Build(treeOf(t, text), nginx.Version{})}).Worker
	r, errs := Read([]Source{source(string(log))}, locate)
	if len(errs) > 0 || r.Broken > 0 {
		t.Fatalf("%v, %d broken", errs, r.Broken)
	}
	seen := map[string]bool{}
	for _, g := range r.Groups {
		at := ""
		if s := g.Place.Scope; s != nil {
			at = s.Pattern()
		}
		if g.Message.Kind == Unknown {
			t.Errorf("unknown: %s", g.Example)
		}
		if g.Place.Unsure {
			t.Errorf("unsure: %s", g.Example)
		}
		seen[at+" "+g.Message.ID] = true
	}
	for path, id := range want {
		if !seen[path+" "+id] {
			t.Errorf("%s gives no %s; the log:\n%s", path, id, log)
		}
	}
}

// get asks for what the server with the name has.
func get(t *testing.T, url string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "shop.test"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// backend serves connections until the test ends.
func backend(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	return l.Addr().String()
}

func readRequest(c net.Conn) {
	c.SetReadDeadline(time.Now().Add(time.Second))
	_, _ = c.Read(make([]byte, 4096)) // what it asks does not matter
}
