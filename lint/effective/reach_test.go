package effective_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/effective"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

func build(t *testing.T, text string, v nginx.Version) *model.Config {
	t.Helper()
	tree, err := conf.Text("nginx.conf", []byte(text), conf.Options{Grammar: lint.Grammar()})
	if err != nil {
		t.Fatal(err)
	}
	return model.Build(tree, v)
}

const site = `events {}
http {
    server {
        listen 80;
        listen 443 ssl;
        server_name shop.example;
        location / { try_files $uri $uri/ /index.php?$args; }
        location ~ \.php$ { fastcgi_pass 127.0.0.1:9000; }
        location /api/ {
            proxy_pass http://127.0.0.1:8000;
            if ($arg_a) { proxy_pass http://127.0.0.1:8001; }
            location /api/inner { return 204; }
        }
        location = /loop { try_files /x /loop; }
        location /status { try_files /x =503; }
    }
    server {
        listen 127.0.0.1:80;
        server_name shop.example;
        location / { proxy_pass http://127.0.0.1:8002; }
    }
}
stream {
    server { listen 53 udp; proxy_pass 127.0.0.1:5353; }
    server { listen 53; proxy_pass 127.0.0.1:5354; }
}
`

func TestReach(t *testing.T) {
	c := build(t, site, nginx.Version{})
	for address, want := range map[string]string{
		"https://shop.example/":                 "127.0.0.1:9000",
		"http://shop.example/":                  "127.0.0.1:9000 | http://127.0.0.1:8002",
		"https://shop.example//a/../api/x":      "http://127.0.0.1:8000 http://127.0.0.1:8001",
		"https://shop.example/api/inner":        "return 204",
		"https://shop.example/loop":             "try_files /x /loop",
		"https://shop.example/status":           "try_files /x =503",
		"https://other.example/api/":            "http://127.0.0.1:8000 http://127.0.0.1:8001 (default)",
		"https://shop.example:8443/api/":        "http://127.0.0.1:8000 http://127.0.0.1:8001 (in doubt) | http://127.0.0.1:8002 (in doubt)",
		"https://other.example:8443/api/":       "",
		"https://shop.example/x%2ephp?a=/api/b": "127.0.0.1:9000",
		"udp://shop.example:53":                 "127.0.0.1:5353",
		"tcp://shop.example:53":                 "127.0.0.1:5354",
		"tcp://shop.example:54":                 "",
	} {
		u, err := effective.ParseLocation(address)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, a := range effective.Reach(c, u) {
			var to []string
			for _, x := range a.Proxies {
				to = append(to, x.Target.Raw)
			}
			if len(to) == 0 {
				to = append(to, a.Answer.Text())
			}
			if a.Default {
				to = append(to, "(default)")
			}
			if a.Doubt != "" {
				to = append(to, "(in doubt)")
			}
			got = append(got, strings.Join(to, " "))
		}
		if got := strings.Join(got, " | "); got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

func TestParseLocationRefuses(t *testing.T) {
	for _, text := range []string{"", "example.org", "/api/", "http://a/../b", "ftp://example.org/", "http://", "tcp://example.org", "http://[::1/"} {
		if u, err := effective.ParseLocation(text); err == nil {
			t.Errorf("%q is taken for %v", text, u)
		}
	}
}

func TestDefaultsDependOnTheVersion(t *testing.T) {
	for version, want := range map[nginx.Version]string{
		{}:                "1.1, before 1.29.7: 1.0",
		nginx.V(1, 22, 0): "1.0",
		nginx.V(1, 30, 0): "1.1",
	} {
		v := effective.NewViewer(nil).View(build(t, site, version).Proxies[1])
		got := ""
		for _, s := range v.Settings {
			if s.Name == "proxy_http_version" {
				got = s.Value
				if s.Before != "" {
					got += ", before " + s.Since.String() + ": " + s.Before
				}
			}
		}
		if got != want {
			t.Errorf("%v: got %q, want %q", version, got, want)
		}
	}
}

const moved = `events {}
http {
    server {
        listen 80;
        server_name moved.example [::1];
        rewrite ^/old/(.*)$ /new/$1;
        location / { proxy_pass http://127.0.0.1:8000; }
        location /new/ { proxy_pass http://127.0.0.1:8001; }
        location /last/ { rewrite ^/last/(\w+)$ /new/$1?x last; rewrite ^ /never last; }
        location /both/ { rewrite ^/both /new; rewrite ^/new$ /else/; }
        location /else/ { proxy_pass http://127.0.0.1:8004; }
        location /break/ { rewrite ^/break/(.*)$ /new/$1 break; proxy_pass http://127.0.0.1:8002; }
        location /away/ { rewrite ^ https://other.example/ ; proxy_pass http://127.0.0.1:8000; }
        location /away2/ { rewrite ^/(.*)$ /$1 permanent; }
        location /var/ { rewrite ^ /$arg_a last; }
        location /odd/ { rewrite (?<=x)y /new/ last; proxy_pass http://127.0.0.1:8003; }
        location /if/ { if ($arg_a) { return 403; } proxy_pass http://127.0.0.1:8003; }
        location /set/ { if ($arg_a) { set $a 1; } break; return 403; proxy_pass http://127.0.0.1:8003; }
        location /ret/ { return 403; proxy_pass http://127.0.0.1:8003; }
        location /loop/ { rewrite ^ /loop/ last; }
        location /in/ { internal; proxy_pass http://127.0.0.1:8005; }
        location /to-in/ { rewrite ^ /in/ last; }
        location /slash/ { proxy_pass http://127.0.0.1:8006; }
        location /stay/ { rewrite ^ /new/; break; proxy_pass http://127.0.0.1:8007; }
        location /maybe/ { if ($arg_a) { break; } rewrite ^ /new/ last; }
        location /grow/ { rewrite ^(.*)$ $1x last; }
        location /ten { rewrite ^/ten(.*)a$ /ten$1 last; proxy_pass http://127.0.0.1:8008; }
        location /front/ { try_files $uri @front; }
        location @front { rewrite ^ /else/?q; }
        location /circle/ { index /circle/; }
        location /gone/ { try_files $uri /ret/; }
        location /older/ { try_files $uri /old/x; }
        location /to/ { try_files $uri /fro/; }
        location /fro/ { try_files $uri /to/; }
    }
    server {
        listen 80 default_server;
        location / { proxy_pass http://127.0.0.1:8000; }
        return 301 https://$host$request_uri;
    }
}
`

// What a real nginx does with such a configuration was compared with this.
func TestReachFollowsRewrites(t *testing.T) {
	c := build(t, moved, nginx.Version{})
	for address, want := range map[string]string{
		"http://moved.example/old/x":   "127.0.0.1:8001",
		"http://moved.example/last/x":  "127.0.0.1:8001",
		"http://moved.example/both/":   "127.0.0.1:8004",
		"http://moved.example/both":    "127.0.0.1:8000",
		"http://moved.example/break/x": "127.0.0.1:8002",
		"http://moved.example/away/":   "rewrite ^ https://other.example/",
		"http://moved.example/away2/":  "rewrite ^/(.*)$ /$1 permanent",
		"http://moved.example/var/":    "nothing (in doubt)",
		"http://moved.example/odd/":    "127.0.0.1:8003 (in doubt)",
		"http://moved.example/if/":     "127.0.0.1:8003 (in doubt)",
		"http://moved.example/set/":    "127.0.0.1:8003",
		"http://moved.example/ret/":    "return 403",
		"http://moved.example/loop/":   "nothing (noted)",
		"http://moved.example/in/":     "127.0.0.1:8005 (noted)",
		"http://moved.example/to-in/":  "127.0.0.1:8005",
		"http://moved.example/slash/":  "127.0.0.1:8006",
		"http://moved.example/slash":   "nothing (noted)",
		"http://moved.example/stay/":   "127.0.0.1:8007",
		"http://moved.example/maybe/":  "127.0.0.1:8001 (in doubt)",
		"http://moved.example/grow/":   "nothing (noted)",

		"http://moved.example/tenaaaaaaaaaa":  "127.0.0.1:8008",
		"http://moved.example/tenaaaaaaaaaaa": "nothing (noted)",

		"http://moved.example/front/": "127.0.0.1:8004",
		"http://moved.example/gone/":  "return 403",
		"http://moved.example/older/": "127.0.0.1:8001",
		"http://moved.example/to/":    "nothing (noted)",
		"http://[::1]/old/x":          "127.0.0.1:8001",
		"http://other.example/":       "return 301 https://$host$request_uri",
	} {
		u, err := effective.ParseLocation(address)
		if err != nil {
			t.Fatal(err)
		}
		all := effective.Reach(c, u)
		if len(all) != 1 {
			t.Errorf("%s: %d arrivals", address, len(all))
			continue
		}
		a := all[0]
		got := "nothing"
		if a.Answer != nil {
			got = a.Answer.Text()
		}
		for i, x := range a.Proxies {
			if i == 0 {
				got = ""
			}
			got += strings.TrimPrefix(x.Target.Raw, "http://")
		}
		if a.Doubt != "" {
			got += " (in doubt)"
		}
		if a.Note != "" {
			got += " (noted)"
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", address, got, want)
		}
	}
}

const ways = `events {}
http {
    error_page 500 502 504 @down;
    server {
        listen 80;
        server_name ways.example;
        index index.html index.php;
        location / { root /srv; }
        location ~ \.php$ { fastcgi_pass 127.0.0.1:9000; }
        location = /index.html { proxy_pass http://127.0.0.1:8000; }
        location @down { proxy_pass http://127.0.0.1:8001; }
        location /app { proxy_pass http://127.0.0.1:8002; error_page 404 /; error_page 413 502 504 =503 https://other.example/; }
        location /try/ { try_files $uri $uri/ /app; }
        location /try2/ { try_files $uri/index.php $uri/ /app; }
        location /try3/ { try_files $uri $uri/ =404; index /any/; }
        location /try4/ { try_files $uri $uri/ =404; index /app; }
        location /any/ { random_index on; }
        location /lua/ { content_by_lua_block { x() } }
        location /new/ { shiny_handler on; }
        location /vars/ { index $host.php; }
        location /round/ { index a/ /round/; }
        location /circle/ { index /circle/; }
        location /gone/ { index /gone.php; error_page 403 /page/$host; }
        location = /gone.php { return 410; error_page 410 @none; error_page 410 /; }
        location /taken/ { proxy_pass http://127.0.0.1:8003; proxy_intercept_errors on; error_page 404 502 = /app; }
        location /key { memcached_pass 127.0.0.1:11211; error_page 404 502 503 = @down; }
        location /slow { limit_req zone=z; limit_req_status 429; auth_basic x; proxy_pass http://127.0.0.1:8003; error_page 401 403 404 429 503 /app; }
        location /shut { return 444; error_page 444 /app; }
        location /hid { internal; index index.php; }
    }
}
`

// TestReachNotesOtherWays has of every request the way it takes, then the others.
func TestReachNotesOtherWays(t *testing.T) {
	for _, complete := range []bool{false, true} {
		c := build(t, ways, nginx.Version{})
		c.Complete = complete
		for path, want := range map[string]string{
			"/":        "/index.html: http://127.0.0.1:8000 | /index.php: 127.0.0.1:9000 | [500 502 504]: http://127.0.0.1:8001",
			"/x":       "root /srv | [500]: http://127.0.0.1:8001",
			"/try/":    "no_file: http://127.0.0.1:8002 | /try/index.html: try_files $uri $uri/ /app | /try/index.php: 127.0.0.1:9000 | [413 502 504]: error_page 413 502 504 =503 https://other.example/ (noted)",
			"/try2/":   "no_file: http://127.0.0.1:8002 | [413 502 504]: error_page 413 502 504 =503 https://other.example/ (noted)",
			"/try3/":   "try_files $uri $uri/ =404 | /try3/: nothing (in doubt) | [500]: http://127.0.0.1:8001",
			"/try4/":   "/try4/: http://127.0.0.1:8002 | [413 502 504]: error_page 413 502 504 =503 https://other.example/ (noted)",
			"/any/":    "nothing (in doubt) | [500]: http://127.0.0.1:8001",
			"/lua/":    "nothing | [500]: http://127.0.0.1:8001",
			"/new/":    "nothing | [500]: http://127.0.0.1:8001",
			"/vars/":   "nothing | [500]: http://127.0.0.1:8001",
			"/round/":  "nothing | no_file: nothing (noted) | [500]: http://127.0.0.1:8001",
			"/circle/": "always: nothing (noted)",
			"/gone/":   "always: return 410 | [410]: error_page 410 @none (noted)",
			"/taken/x": "http://127.0.0.1:8003 | [404 502]: http://127.0.0.1:8002",
			"/key":     "127.0.0.1:11211 | [404 502]: http://127.0.0.1:8001",
			"/slow":    "http://127.0.0.1:8003 | [401 403 429]: http://127.0.0.1:8002",
			"/shut":    "return 444",
			"/hid":     "nothing (noted) | [500]: http://127.0.0.1:8001",
		} {
			if !complete {
				want = strings.TrimSuffix(want, " | [410]: error_page 410 @none (noted)")
			}
			u, err := effective.ParseLocation("http://ways.example" + path)
			if err != nil {
				t.Fatal(err)
			}
			a := effective.Reach(c, u)[0]
			got := []string{wayText(&a)}
			for i := range a.Otherwise {
				got = append(got, wayText(&a.Otherwise[i]))
			}
			if got := strings.Join(got, " | "); got != want {
				t.Errorf("%s:\n got %s\nwant %s", path, got, want)
			}
		}
	}
}

// wayText is a way, with the condition of its first step.
func wayText(a *effective.Arrival) string {
	text := "nothing"
	switch {
	case len(a.Proxies) > 0:
		text = a.Proxies[0].Target.Raw
	case a.Answer != nil:
		text = a.Answer.Text()
	}
	if a.Note != "" {
		text += " (noted)"
	}
	if a.Doubt != "" {
		text += " (in doubt)"
	}
	if len(a.Via) == 0 {
		return text
	}
	switch by := a.Via[0]; by.When {
	case effective.WithFile:
		return by.File + ": " + text
	case effective.OnStatus:
		return fmt.Sprint(by.Statuses) + ": " + text
	default:
		return string(by.When) + ": " + text
	}
}

// TestReachIndexByDefault has nginx's own index, where no other can be out of sight.
func TestReachIndexByDefault(t *testing.T) {
	for _, complete := range []bool{false, true} {
		c := build(t, "events {} http { server { listen 80; location /a/ { } location /a/index.html { proxy_pass http://127.0.0.1; } } }", nginx.Version{})
		c.Complete = complete
		u, err := effective.ParseLocation("http://a/a/")
		if err != nil {
			t.Fatal(err)
		}
		if a := effective.Reach(c, u)[0]; (len(a.Proxies) == 1) != complete {
			t.Errorf("complete %v: %+v", complete, a)
		}
	}
}

// TestWaysAreFew follows an index whose every file leads to a folder with the index.
func TestWaysAreFew(t *testing.T) {
	names := strings.Repeat("a.html b.html c.html ", 1000)
	c := build(t, "events {} http { server { listen 80; index "+names+"; rewrite html$ /x/; rewrite ^(/x/.*)$ /x$1; } }", nginx.Version{})
	u, err := effective.ParseLocation("http://a/")
	if err != nil {
		t.Fatal(err)
	}
	if a := effective.Reach(c, u)[0]; len(a.Otherwise) > 20 {
		t.Errorf("%d ways", len(a.Otherwise))
	}
}
