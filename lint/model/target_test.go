package model_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

func TestLiteralTargets(t *testing.T) {
	const groups = "upstream Back { server 127.0.0.1:1; }\n"
	for _, test := range []struct{ pass, scheme, host, uri, want string }{
		{"proxy_pass http://app;", "http", "app", "", "dns:80"},
		{"proxy_pass HTTPS://app;", "https", "app", "", "dns:443"},
		{"proxy_pass http://app:3000/x?y;", "http", "app", "/x?y", "dns:3000"},
		{"proxy_pass http://10.0.0.1/;", "http", "10.0.0.1", "/", "addr:80"},
		{"proxy_pass http://[::1]:8080;", "http", "[::1]", "", "addr:8080"},
		{"proxy_pass http://unix:/run/a.sock:/x;", "http", "", "/x", "addr:0"},
		{"proxy_pass http://back;", "http", "back", "", "group"},
		{"proxy_pass http://BACK/x;", "http", "BACK", "/x", "group"},
		{"proxy_pass https://back;", "https", "back", "", "group"},
		{"proxy_pass http://back:8080;", "http", "back", "", "groupport"},
		{"proxy_pass 127.0.0.1:3000;", "", "", "", "error"},
		{"proxy_pass http://;", "http", "", "", "error"},
		{"proxy_pass http:///x;", "http", "", "", "error"},
		{"proxy_pass http://app:99999;", "http", "", "", "error"},
		{"proxy_pass grpc://app:1;", "", "", "", "error"},
		{"fastcgi_pass php:9000;", "", "php", "", "dns:9000"},
		{"fastcgi_pass php;", "", "php", "", "error"},
		{"fastcgi_pass back;", "", "back", "", "group"},
		{"fastcgi_pass unix:/run/php.sock;", "", "", "", "addr:0"},
		{"fastcgi_pass php:9000/x;", "", "", "", "error"},
		{"uwsgi_pass app:3031;", "uwsgi", "app", "", "dns:3031"},
		{"uwsgi_pass suwsgi://app:3031;", "suwsgi", "app", "", "dns:3031"},
		{"scgi_pass back;", "", "back", "", "group"},
		{"grpc_pass app:50051;", "grpc", "app", "", "dns:50051"},
		{"grpc_pass grpcs://app:50051;", "grpcs", "app", "", "dns:50051"},
		{"grpc_pass grpc://back;", "grpc", "back", "", "group"},
		{"grpc_pass http://app:50051;", "grpc", "", "", "error"},
		{"memcached_pass localhost:11211;", "", "localhost", "", "dns:11211"},
		{"memcached_pass $b:1;", "", "$b", "", "dns:1"},
		{"memcached_pass 127.0.0.1;", "", "127.0.0.1", "", "error"},
	} {
		c := build(t, inHTTP(groups+"server { location / { "+test.pass+" } }"))
		x := c.Proxies[0]
		_, got, _ := strings.Cut(show(x), " ")
		if got != test.want || x.Target.Scheme != test.scheme || x.Target.Host() != test.host || x.Target.URI != test.uri {
			t.Errorf("%s scheme %q host %q uri %q %s, want %q %q %q %s", test.pass,
				x.Target.Scheme, x.Target.Host(), x.Target.URI, got, test.scheme, test.host, test.uri, test.want)
		}
		if err := x.Target.Err; test.pass == "proxy_pass http://;" && err.Error() != `no host in upstream ""` {
			t.Errorf("%s: %v", test.pass, err)
		}
		if len(x.Candidates) != 1 || !x.AllKnown || x.Target.Origin != x.Pass {
			t.Errorf("%s has %d candidates", test.pass, len(x.Candidates))
		}
	}
}

func TestStreamTargets(t *testing.T) {
	const groups = "upstream db { server 127.0.0.1:5432; }\n"
	for _, test := range []struct{ pass, want string }{
		{"db", "group"},
		{"db:5432", "groupport"},
		{"host:53", "dns:53"},
		{"host", "error"},
		{"http://host:80", "error"},
		{"127.0.0.1:53", "addr:53"},
		{"unix:/run/x.sock", "addr:0"},
	} {
		c := build(t, inStream(groups+"server { listen 1; proxy_pass "+test.pass+"; }"))
		x := c.Proxies[0]
		if _, got, _ := strings.Cut(show(x), " "); got != test.want || !x.Stream() || x.Kind != model.StreamProxy {
			t.Errorf("proxy_pass %s: %s, want %s", test.pass, got, test.want)
		}
	}
}

func TestGroupsOfHTTPAndStreamAreApart(t *testing.T) {
	c := build(t, "events {}\nhttp { upstream a { server 127.0.0.1:1; } server { location / { proxy_pass http://b; } } }\n"+
		"stream { upstream b { server 127.0.0.1:2; } server { listen 1; proxy_pass a:1; } }")
	if got := show(c.Proxies[0]); got != "http://b dns:80" {
		t.Errorf("http: %s", got)
	}
	if got := show(c.Proxies[1]); got != "a:1 dns:1" {
		t.Errorf("stream: %s", got)
	}
	if c.Upstream(false, "A") != c.Upstreams[0] || c.Upstream(true, "A") != nil {
		t.Error("Upstream looks in the wrong namespace")
	}
}

func TestImplicitUpstreamsShareOneNamespace(t *testing.T) {
	c := build(t, inHTTP(`
		upstream grp { server 127.0.0.1:1; }
		server {
			location /a { proxy_pass http://app/x; }
			location /b { proxy_pass https://app; }
			location /c { fastcgi_pass PHP:9000; }
			location /d { proxy_pass http://grp; }
			location /e { proxy_pass http://grp:81; }
			location /f { proxy_pass http://app/again; }
		}`))
	for _, test := range []struct {
		host string
		port int
		want string
	}{
		{"app", 80, "/a"},
		{"APP", 443, "/b"},
		{"php", 9000, "/c"},
		{"app", 8080, ""},
		{"grp", 80, ""},
		{"grp", 81, ""},
	} {
		got := ""
		if x := c.Implicit(false, test.host, test.port); x != nil {
			got = x.Scope.Pattern()
		}
		if got != test.want {
			t.Errorf("%s:%d is made by %q, want %q", test.host, test.port, got, test.want)
		}
		if c.Implicit(true, test.host, test.port) != nil {
			t.Errorf("%s:%d is in stream too", test.host, test.port)
		}
	}
}

func TestFragmentsMayHaveGroupsElsewhere(t *testing.T) {
	c := build(t, "location / { fastcgi_pass php; }")
	if c.Complete {
		t.Fatal("a fragment is complete")
	}
	if x := c.Proxies[0]; x.Target.Err != nil || x.Target.NeedsDNS() {
		t.Errorf("a name without a port: %v, DNS %v", x.Target.Err, x.Target.NeedsDNS())
	}
}

func TestTLS(t *testing.T) {
	for _, test := range []struct {
		text      string
		on, known bool
	}{
		{"proxy_pass http://a;", false, true},
		{"proxy_pass https://a;", true, true},
		{"proxy_pass https://$host;", true, true},
		{"proxy_pass $x://a;", false, false},
		{"proxy_pass $scheme://a;", false, true},
		{"set $u https://a; proxy_pass $u;", true, true},
		{"set $u https://a; if ($arg_p) { set $u http://a; } proxy_pass $u;", false, false},
		{"grpc_pass grpcs://a:1;", true, true},
		{"grpc_pass a:1;", false, true},
		{"uwsgi_pass suwsgi://a:1;", true, true},
		{"fastcgi_pass a:1;", false, true},
	} {
		c := build(t, inLocation(test.text))
		if on, known := c.Proxies[0].TLS(); on != test.on || known != test.known {
			t.Errorf("%s: %v %v, want %v %v", test.text, on, known, test.on, test.known)
		}
	}
	for text, want := range map[string]bool{"proxy_ssl on;": true, "": false, "proxy_ssl off;": false} {
		c := build(t, inStream("server { listen 1; proxy_pass a:1; "+text+" }"))
		if on, known := c.Proxies[0].TLS(); on != want || !known {
			t.Errorf("stream with %q: %v %v", text, on, known)
		}
	}
}

func TestMisplacedPassesAreNone(t *testing.T) {
	for _, text := range []string{
		inHTTP("proxy_pass http://a;"),
		inHTTP("server { proxy_pass http://a; }"),
		inHTTP("upstream u { proxy_pass http://a; }"),
		inHTTP("location / { proxy_pass http://a; }"),
		inStream("proxy_pass a:1;"),
		inLocation("auth_pass http://a;"),
	} {
		if c := build(t, text); len(c.Proxies) != 0 {
			t.Errorf("%d proxies in %s", len(c.Proxies), text)
		}
	}
	c := build(t, inHTTP("server { tunnel_pass; location / { tunnel_pass app:443; } }"))
	if len(c.Proxies) != 2 || show(c.Proxies[0]) != "..." || show(c.Proxies[1]) != "app:443 dns:443" {
		t.Errorf("tunnels: %v", c.Proxies)
	}
}

func TestTemplatesAreUnknown(t *testing.T) {
	pass := conf.Directive{Name: "proxy_pass", Args: []conf.Arg{{Value: "http://{{ backend }}", Unknown: true}}}
	loc := conf.Directive{Name: "location", IsBlock: true, Args: []conf.Arg{{Value: "/"}}}
	c := model.Build(hand(t, "http", &conf.Directive{Name: "server", IsBlock: true}, &loc, &pass), nginx.Version{})
	if len(c.Proxies) != 1 {
		t.Fatalf("%d proxies", len(c.Proxies))
	}
	x := c.Proxies[0]
	if !x.Target.Unknown || len(x.Candidates) != 0 || x.AllKnown || x.Target.NeedsDNS() {
		t.Errorf("target of a template: %+v", x.Target)
	}
	if on, known := x.TLS(); on || !known {
		t.Errorf("the scheme is written: %v %v", on, known)
	}
}

// hand builds a tree in which each directive stands in the one before it.
func hand(t *testing.T, outer string, inner ...*conf.Directive) *conf.Tree {
	t.Helper()
	root := &conf.Node{}
	root.Children = []conf.Node{{Directive: &conf.Directive{Name: outer, IsBlock: true}, Parent: root}}
	at := &root.Children[0]
	for _, d := range inner {
		at.Children = []conf.Node{{Directive: d, Parent: at}}
		at = &at.Children[0]
	}
	return &conf.Tree{Root: root}
}

func TestHeaders(t *testing.T) {
	c := build(t, inHTTP(`proxy_set_header Host $host;
		server { fastcgi_param SCRIPT_FILENAME /x; proxy_set_header Connection "";
			location /a { proxy_pass http://a; proxy_set_header host b; proxy_set_header Host c; }
			location /b { proxy_pass http://a; }
			location /c { fastcgi_pass 127.0.0.1:9; }
			location /d { memcached_pass 127.0.0.1:9; }
			location /e { proxy_pass http://a; proxy_set_header Connection upgrade; proxy_set_header Connection ""; }
			location /f { proxy_pass http://a; proxy_set_header Connection ""; proxy_set_header Connection close; } }`))
	for _, test := range []struct{ at, header, want, level string }{
		{"/a", "HOST", "c", "http/server/location[/a]"},
		{"/a", "Connection", "none", "http/server/location[/a]"},
		{"/b", "connection", "", "http/server"},
		{"/b", "Host", "none", "http/server"},
		{"/c", "SCRIPT_FILENAME", "/x", "http/server"},
		{"/d", "Host", "none", ""},
		{"/e", "Connection", "upgrade", "http/server/location[/e]"},
		{"/f", "Connection", "close", "http/server/location[/f]"},
	} {
		x := proxyIn(t, c, test.at)
		h, ok := x.Header(test.header)
		got := h.Value
		if !ok {
			got = "none"
		}
		_, at := x.Headers()
		level := ""
		if at != nil {
			level = at.Path()
		}
		if got != test.want || level != test.level {
			t.Errorf("%s of %s: %q at %q, want %q at %q", test.header, test.at, got, level, test.want, test.level)
		}
	}
}
