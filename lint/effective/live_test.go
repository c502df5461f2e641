package effective_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/effective"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// live is a configuration each of whose locations says that it answers. DIR is a
// folder, LISTEN the address, CLOSED one that nothing listens at, and UP that of an
// upstream which answers 404.
const live = `events { worker_connections 64; }
http {
    server {
        listen LISTEN;
        root DIR/root;
        index index.html index.php;
        error_page 404 /page404;
        location / { add_header At root always; }
        location ~ \.php$ { add_header At php always; proxy_pass http://CLOSED; }
        location /app { add_header At app always; proxy_pass http://CLOSED; }
        location = /page { add_header At page always; }
        location = /page404 { add_header At page404 always; return 200; }
        location @fb { add_header At fb always; proxy_pass http://UP; }

        location /abs/ { add_header At abs always; index none.html /app; }
        location /abs1/ { add_header At abs1 always; index /app/; }
        location /slash/ { add_header At slash always; index /abs1/; }
        location /alias/ { add_header At alias always; alias DIR/other/; index a.php; }
        location /var/ { add_header At var always; index $host.html index.php; }
        location /two/ { add_header At two always; index a.html; index b.php; }
        location = /two/b.php { add_header At b always; rewrite ^ /app last; }
        location /own/ { add_header At own always; index own.html; }
        location /try/ { add_header At try always; try_files $uri $uri/ /app; index index.html index.php; }
        location /try1/ { add_header At try1 always; try_files $uri $uri/ =404; index a.html index.php; }
        location /try2/ { add_header At try2 always; try_files $uri /app; index index.php; }
        location /try3/ { add_header At try3 always; try_files $uri $uri/ =404; index /app; }
        location /pass/ { add_header At pass always; index index.php; proxy_pass http://CLOSED; }
        location /gif/ { add_header At gif always; index index.php; empty_gif; }
        location /mix/ { add_header At mix always; try_files $uri @fb; proxy_pass http://CLOSED; }

        location /up/ { add_header At up always; proxy_pass http://UP; }
        location /taken/ { add_header At taken always; proxy_pass http://UP; proxy_intercept_errors on; }
        location /down/ { add_header At down always; proxy_pass http://CLOSED; error_page 502 504 /page?a; }
        location /named/ { add_header At named always; proxy_pass http://CLOSED; error_page 502 = @fb; }
        location /first/ { add_header At first always; proxy_pass http://CLOSED; error_page 502 /page; error_page 502 @fb; }
        location /lost/ { add_header At lost always; error_page 502 /page; }
        location /both/ { add_header At both always; proxy_pass http://UP; error_page 404 502 /page; }
        location /ret/ { add_header At ret always; return 404; }
        location /text/ { add_header At text always; return 404 none; }
        location /code/ { add_header At code always; try_files $uri =404; proxy_pass http://UP; }
        location /if/ { add_header At if always; if ($arg_a) { return 410; } proxy_pass http://UP; error_page 410 @fb; }
        location /again/ { add_header At again always; proxy_pass http://CLOSED; error_page 502 /again/x; }
        location /same/ { add_header At same always; proxy_pass http://CLOSED; error_page 502 /same/; }
        location /deny/ { add_header At deny always; deny all; proxy_pass http://UP; error_page 403 /page; }
        location /limit/ { add_header At limit always; client_max_body_size 1; error_page 405 413 /page; }
    }
}
`

// asked are requests: the file that is there for one, the status that it would get
// without error pages, and the location that answers it.
var asked = []struct {
	path, file string
	status     int
	at         string
}{
	{"/", "index.html", 0, "root"},
	{"/", "index.php", 0, "php"},
	{"/sub/", "sub/index.php", 0, "php"},
	{"/abs/", "abs/x", 0, "app"},
	{"/abs1/", "", 0, "app"},
	{"/slash/", "", 0, "app"},
	{"/alias/", "alias/a.php", 0, "php"},
	{"/var/", "var/index.php", 0, "php"},
	{"/two/", "two/a.html", 0, "two"},
	{"/two/", "two/b.php", 0, "app"},
	{"/own/", "own/own.html", 0, "own"},
	{"/own/", "own/index.php", 403, "own"},
	{"/try/", "", 0, "app"}, // before there is the folder
	{"/try/", "try/index.html", 0, "try"},
	{"/try/", "try/index.php", 0, "php"},
	{"/try1/", "try1/a.html", 0, "try1"},
	{"/try1/", "try1/index.php", 0, "php"},
	{"/try2/", "try2/index.php", 0, "app"},
	{"/try3/", "try3/", 0, "app"},
	{"/mix/x", "", 0, "fb"},
	{"/mix/x", "mix/x", 0, "mix"},
	{"/pass/", "pass/index.php", 0, "pass"},
	{"/gif/", "gif/index.php", 0, "gif"},
	{"/none", "", 404, "page404"},
	{"/up/", "", 404, "up"},
	{"/taken/", "", 404, "page404"},
	{"/down/", "", 502, "page"},
	{"/named/", "", 502, "fb"},
	{"/first/", "", 502, "page"},
	{"/lost/x", "", 404, "lost"},
	{"/both/", "", 404, "both"},
	{"/ret/", "", 404, "page404"},
	{"/text/", "", 404, "text"},
	{"/code/", "", 404, "page404"},
	{"/if/?a=1", "", 410, "fb"},
	{"/again/", "", 502, "again"},
	{"/same/", "", 502, "same"},
	{"/deny/", "", 403, "page"},
}

// TestLive asks a real nginx where requests get to.
func TestLive(t *testing.T) {
	n := linttest.Nginxes(t)[0]
	dir := t.TempDir()
	up := httptest.NewServer(http.NotFoundHandler())
	defer up.Close()
	for _, name := range []string{"root", "other"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../other", filepath.Join(dir, "root", "alias")); err != nil {
		t.Fatal(err)
	}
	listen := linttest.FreeAddress(t)
	text := strings.NewReplacer("DIR", dir, "LISTEN", listen, "CLOSED", linttest.FreeAddress(t), "UP", up.Listener.Addr().String()).Replace(live)
	n.Serve(t, dir, text)
	c := build(t, text, nginx.Version{})
	for _, r := range asked {
		if r.file != "" {
			place(t, dir+"/root/"+r.file)
		}
		if got := answers(t, "http://"+listen+r.path); got != r.at {
			t.Errorf("%s with %q: nginx answers at %q, want %q", r.path, r.file, got, r.at)
		}
		if r.file != "" {
			if err := os.Remove(filepath.Join(dir, "root", r.file)); err != nil {
				t.Fatal(err)
			}
		}
		u, err := effective.ParseLocation("http://" + listen + r.path)
		if err != nil {
			t.Fatal(err)
		}
		all := effective.Reach(c, u)
		if len(all) != 1 {
			t.Fatalf("%s: %d arrivals", r.path, len(all))
		}
		if got := foretold(&all[0], "/"+r.file, r.status); got != r.at {
			t.Errorf("%s with %q: foretold at %q, want %q", r.path, r.file, got, r.at)
		}
	}
}

// foretold is the location that answers, of the ways of a request the one whose
// conditions hold.
func foretold(a *effective.Arrival, file string, status int) string {
	way := a.Location
	for _, b := range append([]effective.Arrival{*a}, a.Otherwise...) {
		if len(b.Via) > 0 && (b.Via[0].File == file || b.Via[0].When == effective.NoFile && file == "/") {
			way = b.Location
		}
	}
	for _, b := range a.Otherwise {
		if slices.Contains(b.Via[0].Statuses, status) {
			way = b.Location
		}
	}
	return at(way)
}

// at is what a location says of itself.
func at(s *model.Scope) string {
	if n := s.Own("add_header"); n != nil {
		return n.Arg(1)
	}
	return ""
}

// answers is the location that answers a request.
func answers(t *testing.T, url string) string {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.Header.Get("At")
}

// place puts a file where nginx finds it.
func place(t *testing.T, file string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(file, "/") {
		return // the folder alone
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}
