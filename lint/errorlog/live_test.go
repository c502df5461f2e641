package errorlog

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
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
error_log DIR/error.log info;
pid DIR/nginx.pid;
events { worker_connections 64; }
http {
    access_log off;
    client_body_temp_path DIR/a; proxy_temp_path DIR/b; fastcgi_temp_path DIR/c; uwsgi_temp_path DIR/d; scgi_temp_path DIR/e;
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
	words := []string{"DIR", dir, "LISTEN", free(t), "CLOSED", free(t)}
	words = append(words, "HANGUP", backend(t, func(c net.Conn) { readRequest(c); c.Close() }))
	words = append(words, "SILENT", backend(t, func(c net.Conn) { io.Copy(io.Discard, c) }))
	words = append(words, "BIG", backend(t, func(c net.Conn) {
		readRequest(c)
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: %s\r\n\r\n", strings.Repeat("x", 2000))
		c.Close()
	}))
	text := strings.NewReplacer(words...).Replace(live)
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, n.Path, path, words[3])
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

// run starts nginx, asks for every path once, and ends it.
func run(t *testing.T, program, config, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-p", filepath.Dir(config), "-c", config, "-g", "daemon off; master_process off;")
	out := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}()
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for path := range want {
		for range 2 { // the second request is the one that a limit refuses
			get(ctx, t, client, "http://"+address+path, out)
		}
	}
}

// get asks once nginx listens.
func get(ctx context.Context, t *testing.T, client *http.Client, url string, out *strings.Builder) {
	t.Helper()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "shop.test"
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// free is an address that nothing listens at.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
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
