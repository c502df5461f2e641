package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

func TestSlips(t *testing.T) {
	for _, c := range []struct {
		name, meant string
		want        bool
	}{
		{"senfile", "sendfile", true},
		{"proxy_passs", "proxy_pass", true},
		{"prxoy_pass", "proxy_pass", true},
		{"proxy_read_timout", "proxy_read_timeout", true},
		{"proxy_raed_timout", "proxy_read_timeout", true},
		{"proxy_red_tmout", "proxy_read_timeout", false},
		{"lisen", "listen", true},
		{"lisn", "listen", false},
		{"st", "set", false},
		{"redis_pass", "scgi_pass", false},
		{"memc_pass", "scgi_pass", false},
		{"proxy_connect", "proxy_connect_timeout", false},
	} {
		if got := isSlip(c.name, c.meant); got != c.want {
			t.Errorf("%s for %s: got %t", c.name, c.meant, got)
		}
	}
}

func TestGuess(t *testing.T) {
	for _, c := range []struct {
		name string
		in   nginx.Context
		near string
		slip bool
	}{
		{"sever", nginx.HTTP, "server", true},
		{"Proxy_Pass", nginx.Location, "proxy_pass", true},
		{"proxy-pass", nginx.Location, "proxy_pass", true},
		{"worker_conections", nginx.HTTP, "worker_connections", true}, // of another place
		{"corporate_guard", nginx.HTTP, "", false},
	} {
		g := guesser{in: map[nginx.Context][]string{}, left: maxGuesses}
		near, slip := g.name(c.name, c.in)
		if near != c.near || slip != c.slip {
			t.Errorf("%s in %s: got %q, %t, want %q, %t", c.name, c.in, near, slip, c.near, c.slip)
		}
	}
}

// TestNoModuleIsASlip shows that modules name their directives unlike enough to
// nginx's for those not known here not to be taken for slips (subs_filter is known).
func TestNoModuleIsASlip(t *testing.T) {
	g := guesser{in: map[nginx.Context][]string{}, left: maxGuesses}
	for _, name := range []string{
		"echo", "echo_status", "brotli_static", "zstd_static", "redis_pass", "redis2_pass", "memc_pass", "drizzle_pass",
		"postgres_pass", "ajp_pass", "dubbo_pass", "check", "upsync", "testcookie", "pagespeed", "rds_json", "auth_pam", "auth_ldap",
		"auth_digest", "fancyindex", "upload_pass", "limit_upload_rate", "limit_speed", "proxy_connect", "modsecurity", "js_content",
		"set_md5", "set_random", "concat", "trim", "footer", "sysguard", "rtmp", "vod", "health_check", "queue", "match", "state", "status",
	} {
		if near, slip := g.name(name, nginx.Location); slip {
			t.Errorf("%s is taken for %s", name, near)
		}
	}
}

func TestStandings(t *testing.T) {
	const text = `
events {}
http {
    sendfile on;
    server { listen 80 }
    corporate_guard on;
    health_check;
    more_set_headers x;
    http2 on;
    proxy_pass x;
    server;
    index;
    upstream u { server a { } }
}
`
	tree, err := conf.Text("nginx.conf", []byte(text), conf.Options{Grammar: lint.Grammar()})
	if err != nil {
		t.Fatal(err)
	}
	c := newCheckup(model.Build(tree, nginx.V(1, 24, 0)))
	for standing, want := range map[standing]string{
		unknown:      "corporate_guard",
		commercial:   "health_check",
		misversioned: "http2",
		misplaced:    "proxy_pass",
		unopened:     "server",
		miscounted:   "index",
		unterminated: "server",
	} {
		var names []string
		for v := range c.refusals(standing) {
			names = append(names, v.node.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("standing %d: got %q, want %q", standing, got, want)
		}
	}
	var names []string
	for v := range c.accepted(nil) {
		names = append(names, v.node.Name)
	}
	if got, want := strings.Join(names, " "), "events http sendfile server upstream listen"; got != want {
		t.Errorf("accepted: got %q, want %q", got, want)
	}
}

func BenchmarkStartup(b *testing.B) {
	var text strings.Builder
	text.WriteString("events {}\nhttp {\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "server {\nlisten 80;\nserver_name s%d.example.org;\nroot /srv/%d;\n", i, i)
		for j := range 3 {
			fmt.Fprintf(&text, "location /%d {\nproxy_pass http://127.0.0.1:8000;\nproxy_set_header Host $host;\nproxy_read_timeout 90s;\n}\n", j)
		}
		text.WriteString("}\n")
	}
	text.WriteString("}\n")
	tree, err := conf.Text("nginx.conf", []byte(text.String()), conf.Options{Grammar: lint.Grammar()})
	if err != nil {
		b.Fatal(err)
	}
	config := model.Build(tree, nginx.V(1, 26, 0))
	b.ReportAllocs()
	for b.Loop() {
		if c := newCheckup(config); len(c.accepts) < 10_000 {
			b.Fatal("directives are missing")
		}
	}
}
