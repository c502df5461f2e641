package errorlog

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
	"github.com/nginxlint/nginxlint/rules"
)

const shop = `events {}
http {
    upstream app { server 10.0.0.1:3000; server 10.0.0.2:3000; server 10.0.0.3:3000; }
    upstream other { server 10.0.9.1:4000; }
    proxy_buffer_size 4k;
    server {
        listen 80;
        server_name .example.org;
        location / { proxy_pass http://app; }
        location /api/ { proxy_pass http://app; proxy_read_timeout 5s; }
        location /api/cookie { auth_request /auth; proxy_pass http://10.0.0.7:80; }
        location = /auth { internal; proxy_pass http://10.0.0.8; }
        location ~ \.php$ { fastcgi_pass unix:/run/php.sock; error_page 502 @later; }
        location @later { proxy_pass http://other; }
        location /name/ { proxy_pass http://backend.test:8080; }
        location /var/ { set $b backend.test; proxy_pass http://$b:8080; }
    }
    server {
        listen 80;
        server_name two.test;
        location / { proxy_pass http://app; }
    }
    server {
        listen 443;
        server_name two.test;
        location / { proxy_pass http://other; }
    }
}
stream {
    upstream db { server 10.0.0.5:5432; }
    server { listen 5432; proxy_pass db; }
    server { listen 5432 udp; proxy_pass 10.0.0.6:53; }
}
`

func treeOf(t testing.TB, text string) *conf.Tree {
	t.Helper()
	tree, err := conf.Text("nginx.conf", []byte(text), conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func locatorOf(t testing.TB, text string) *Locator {
	return NewLocator([]*model.Config{model.Build(treeOf(t, text), nginx.Version{})})
}

func TestPlace(t *testing.T) {
	const refused = "connect() failed (111: Connection refused) while connecting to upstream, client: ::1, server: "
	find := locatorOf(t, shop).Worker()
	for _, c := range []struct{ line, want string }{
		{refused + `example.org, request: "GET /x HTTP/1.1", upstream: "http://10.0.0.1:3000/x", host: "a.example.org"`, "location / app"},
		{refused + `example.org, request: "GET //api/%78?y HTTP/1.1", upstream: "http://10.0.0.2:3000/x", host: "a.example.org"`, "location /api/ app"},
		{refused + `example.org, request: "GET /b HTTP/1.1", upstream: "http://app/b", host: "a.example.org"`, "location / app"},
		{refused + `example.org, request: "GET /api/cookie HTTP/1.1", subrequest: "/auth", upstream: "http://10.0.0.8:80/auth"`, "location = /auth"},
		{refused + `example.org, request: "GET /a.php HTTP/1.1", upstream: "fastcgi://unix:/run/php.sock:"`, `location ~ \.php$`},
		{refused + `example.org, request: "GET /a.php HTTP/1.1", upstream: "http://10.0.9.1:4000/a.php"`, "location @later other"},
		{refused + `example.org, request: "GET /name/a HTTP/1.1", upstream: "http://192.0.2.4:8080/name/a"`, "location /name/"},
		{refused + `example.org, request: "GET /var/a HTTP/1.1", upstream: "http://192.0.2.4:8080/"`, "location /var/"},
		{refused + `two.test, request: "GET /a HTTP/1.1", upstream: "http://10.0.9.1:4000/a"`, "location / other"},
		{refused + `example.org, request: "GET /a HTTP/1.1", upstream: "http://203.0.113.1:1/a"`, "server ?"},
		{refused + `nobody.test, request: "GET /a HTTP/1.1", upstream: "http://10.0.0.7:80/a"`, "location /api/cookie"},
		{refused + `nobody.test, request: "GET /a HTTP/1.1"`, "nowhere"},
		{refused + `0.0.0.0:5432, upstream: "10.0.0.5:5432", bytes from/to client:0/0, bytes from/to upstream:0/0`, "server db"},
		{`access forbidden by rule while initializing session, client: ::1, server: 127.0.0.1:5432`, "server"},
		{`recv() failed (111: Connection refused) while proxying and reading from upstream, udp client: ::1, server: 0.0.0.0:5432, upstream: "10.0.0.6:53", bytes from/to client:1/0, bytes from/to upstream:0/1`, "server"},
		{`broken header: "GET / HTTP/1.1" while reading PROXY protocol, client: ::1, server: 0.0.0.0:443`, "server"},
		{`broken header: "GET / HTTP/1.1" while reading PROXY protocol, client: ::1, server: 0.0.0.0:80`, "server ?"},
		{`broken header: "GET / HTTP/1.1" while reading PROXY protocol, client: ::1, server: 0.0.0.0:81`, "nowhere"},
		{`limiting requests, excess: 1.0 by zone "a", client: ::1, server: two.test, request: "GET /a HTTP/1.1", host: "two.test"`, "location / ?"},
		{`[emerg]host not found in upstream "backend.test" in /etc/nginx/nginx.conf:15`, "proxy_pass http://backend.test:8080"},
	} {
		level, text := "[error]", c.line
		if rest, ok := strings.CutPrefix(text, "[emerg]"); ok {
			level, text = "[emerg]", rest
		}
		l, ok := Parse([]byte("2026/11/20 10:00:01 " + level + " 1#1: *2 " + text))
		if !ok {
			t.Fatal(c.line)
		}
		for range 2 { // the second time it is remembered
			if got := describe(find(&l, Recognize(l.Level, l.Message))); got != c.want {
				t.Errorf("%s\n\tis from %q, want %q", c.line, got, c.want)
			}
		}
	}
}

func describe(p Place) string {
	var parts []string
	if p.Node != nil {
		return p.Node.Text()
	}
	if p.Scope != nil {
		text := p.Scope.Node.Text()
		parts = append(parts, text)
	}
	if p.Group != nil {
		parts = append(parts, p.Group.Name)
	}
	if p.Unsure {
		parts = append(parts, "?")
	}
	if len(parts) == 0 {
		return "nowhere"
	}
	return strings.Join(parts, " ")
}

func TestExplain(t *testing.T) {
	tree := treeOf(t, shop)
	result := lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, lint.Options{Rules: rules.All()})
	log := strings.Join([]string{
		`2026/11/20 10:00:01 [error] 1#1: *2 upstream sent too big header while reading response header from upstream, client: ::1, server: example.org, request: "GET /api/cookie HTTP/1.1", upstream: "http://10.0.0.7:80/api/cookie"`,
		`2026/11/20 10:00:01 [error] 1#1: *2 upstream timed out (110: Connection timed out) while reading response header from upstream, client: ::1, server: example.org, request: "GET /api/ HTTP/1.1", upstream: "http://10.0.0.1:3000/"`,
		`2026/11/20 10:00:01 [error] 1#1: *2 no resolver defined to resolve backend.test, client: ::1, server: example.org, request: "GET /name/ HTTP/1.1", host: "x"`,
		`2026/11/20 10:00:01 [error] 1#1: *2 backend.test could not be resolved (3: Host not found), client: ::1, server: example.org, request: "GET /var/ HTTP/1.1", host: "x"`,
		`2026/11/20 10:00:01 [error] 1#1: *2 $(reboot) could not be resolved (2: Server failure), client: ::1, server: example.org, request: "GET /var/ HTTP/1.1", host: "x"`,
	}, "\n")
	r, _ := Read([]Source{source(log)}, NewLocator([]*model.Config{model.Build(tree, nginx.Version{})}).Worker)
	r.Explain(rules.All(), result.Findings)
	by := map[string]*Group{}
	for _, g := range r.Groups {
		by[g.Message.ID] = g
	}
	if g := by["too-big-header"]; len(g.Findings) == 0 || g.Findings[0].Rule.ID != "proxy-buffer-size-small" || len(g.Settings) == 0 || g.Settings[0].Value != "4k" {
		t.Errorf("too-big-header: %+v", g.Explanation)
	}
	if g := by["timed-out-reading-header"]; len(g.Settings) != 1 || g.Settings[0].Value != "5s" || g.Settings[0].Node == nil {
		t.Errorf("timed-out-reading-header: %+v", g.Explanation)
	}
	fragment := model.Build(treeOf(t, "location / { proxy_pass http://10.0.0.1; }"), nginx.Version{})
	if defaultKnown(fragment, "proxy_read_timeout") {
		t.Error("what stands around a fragment is not known")
	}
	if whole := model.Build(tree, nginx.Version{}); !defaultKnown(whole, "proxy_read_timeout") || defaultKnown(whole, "proxy_http_version") {
		t.Error("defaults that differ between releases need a release")
	}
	if g := by["no-resolver"]; len(g.Findings) != 0 {
		t.Errorf("the resolver is missing elsewhere: %+v", g.Findings)
	}
	if g := by["resolve-not-found"]; g.Ask != "dig backend.test @RESOLVER" {
		t.Errorf("ask %q", g.Ask)
	}
	if g := by["resolve-server-failure"]; g.Ask != "dig NAME @RESOLVER" {
		t.Errorf("a name from the log gets into a command: %q", g.Ask)
	}
}
