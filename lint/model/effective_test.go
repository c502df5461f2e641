package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

const nested = `
proxy_read_timeout 10s;
proxy_set_header X-Level http;
proxy_set_header X-Two http;
server {
	proxy_send_timeout 20s;
	location /outer {
		proxy_pass http://127.0.0.1:1;
		proxy_connect_timeout 3s;
		proxy_set_header X-Level outer;
		location /outer/inner {
			proxy_read_timeout 40s;
		}
		if ($arg_x) {
			add_header X-If 1;
		}
		limit_except GET {
			deny all;
		}
	}
	location /bare { }
}
server { location /second { proxy_buffering off; } }
`

func scopeNamed(t *testing.T, c *model.Config, name, pattern string) *model.Scope {
	t.Helper()
	for _, s := range c.Scopes {
		if s.Name() == name && (pattern == "" || s.Pattern() == pattern) {
			return s
		}
	}
	t.Fatalf("no %s %s", name, pattern)
	return nil
}

func TestEffectiveScalarsMergeOneByOne(t *testing.T) {
	c := build(t, inHTTP(nested))
	for _, test := range []struct{ block, pattern, name, want, level string }{
		{"location", "/outer", "proxy_read_timeout", "10s", "http"},
		{"location", "/outer", "proxy_send_timeout", "20s", "http/server"},
		{"location", "/outer", "proxy_connect_timeout", "3s", "http/server/location[/outer]"},
		{"location", "/outer/inner", "proxy_read_timeout", "40s", "http/server/location[/outer]/location[/outer/inner]"},
		{"location", "/outer/inner", "proxy_connect_timeout", "3s", "http/server/location[/outer]"},
		{"location", "/outer/inner", "proxy_send_timeout", "20s", "http/server"},
		{"if", "", "proxy_connect_timeout", "3s", "http/server/location[/outer]"},
		{"limit_except", "", "proxy_send_timeout", "20s", "http/server"},
		{"location", "/second", "proxy_send_timeout", "60s", ""},
		{"location", "/second", "proxy_buffering", "off", "http/server/location[/second]"},
		{"location", "/bare", "proxy_buffering", "on", ""},
		{"if", "", "proxy_next_upstream", "error timeout", ""},
	} {
		v := scopeNamed(t, c, test.block, test.pattern).Effective(test.name)
		if got := strings.Join(v.Args(), " "); got != test.want {
			t.Errorf("%s %s: %s = %q, want %q", test.block, test.pattern, test.name, got, test.want)
		}
		level := ""
		if v.Scope != nil {
			level = v.Scope.Path()
		}
		if level != test.level || v.Set() != (test.level != "") {
			t.Errorf("%s %s: %s is set at %q, want %q", test.block, test.pattern, test.name, level, test.level)
		}
	}
}

func TestHandlersReachBlocksButNotNestedLocations(t *testing.T) {
	c := build(t, inHTTP(nested))
	for _, test := range []struct {
		block, pattern string
		want           bool
	}{
		{"location", "/outer", true},
		{"if", "", true},
		{"limit_except", "", true},
		{"location", "/outer/inner", false},
		{"location", "/bare", false},
	} {
		if got := scopeNamed(t, c, test.block, test.pattern).Effective("proxy_pass").Set(); got != test.want {
			t.Errorf("proxy_pass in effect in %s %s: %v, want %v", test.block, test.pattern, got, test.want)
		}
	}
	c = build(t, inHTTP(`server { set $x 1; listen 81; location / { } }`))
	for _, name := range []string{"set", "listen"} {
		if location(t, c, "/").Effective(name).Set() {
			t.Errorf("%s reaches the location", name)
		}
	}
}

func TestArraysAreReplacedAsAWhole(t *testing.T) {
	c := build(t, inHTTP(nested))
	for _, test := range []struct{ pattern, want, level string }{
		{"/outer", "X-Level outer", "http/server/location[/outer]"},
		{"/outer/inner", "X-Level outer", "http/server/location[/outer]"},
		{"/bare", "X-Level http|X-Two http", "http"},
	} {
		nodes, at := location(t, c, test.pattern).Array("proxy_set_header")
		var got []string
		for _, n := range nodes {
			got = append(got, strings.Join(n.Values(), " "))
		}
		if strings.Join(got, "|") != test.want || at.Path() != test.level {
			t.Errorf("%s: %q at %s, want %q at %s", test.pattern, got, at.Path(), test.want, test.level)
		}
	}
	if nodes, at := location(t, c, "/bare").Array("error_page"); nodes != nil || at != nil {
		t.Errorf("error_page: %v at %v, want none", nodes, at)
	}
}

func TestDefaultsFollowTheVersion(t *testing.T) {
	text := inLocation("proxy_pass http://127.0.0.1:1;")
	for _, test := range []struct {
		version nginx.Version
		want    string
	}{
		{nginx.V(1, 22, 1), "1.0"},
		{nginx.V(1, 29, 6), "1.0"},
		{nginx.V(1, 29, 7), "1.1"},
		{nginx.Version{}, "1.1"},
	} {
		v := proxyIn(t, buildFor(t, text, test.version), "/").Effective("http_version")
		if v.Arg(0) != test.want || v.Set() || !v.HasDefault {
			t.Errorf("proxy_http_version of %s: %+v, want default %s", test.version, v, test.want)
		}
	}
}

func TestValues(t *testing.T) {
	c := build(t, inLocation(`proxy_pass http://127.0.0.1:1;
		proxy_buffering OFF;
		proxy_buffer_size 8k;
		proxy_buffers 4 16k;
		proxy_read_timeout 1m30s;
		proxy_send_timeout $t;
		proxy_connect_timeout soon;
		proxy_next_upstream error http_502;`))
	x := proxyIn(t, c, "/")
	if on, ok := x.Effective("buffering").Flag(); on || !ok {
		t.Errorf("proxy_buffering: %v %v", on, ok)
	}
	if n, ok := x.Effective("buffer_size").Size(); n != 8192 || !ok {
		t.Errorf("proxy_buffer_size: %d %v", n, ok)
	}
	if n, ok := x.Effective("buffers").SizeAt(1); n != 16384 || !ok {
		t.Errorf("proxy_buffers: %d %v", n, ok)
	}
	if n, ok := x.Effective("read_timeout").Msec(); n != 90_000 || !ok {
		t.Errorf("proxy_read_timeout: %d %v", n, ok)
	}
	if v := x.Effective("send_timeout"); !v.Unknown() || !v.Variable() || v.Template() {
		t.Errorf("proxy_send_timeout with a variable: %+v", v)
	} else if _, ok := v.Msec(); ok {
		t.Error("a variable has a time")
	}
	if _, ok := x.Effective("connect_timeout").Msec(); ok {
		t.Error("nonsense has a time")
	}
	if v := x.Effective("next_upstream"); !v.Has("http_502") || v.Has("timeout") {
		t.Errorf("proxy_next_upstream: %v", v.Args())
	}
	if _, ok := x.Effective("bind").Flag(); ok {
		t.Error("what has no default has a value")
	}
	if n, ok := x.Effective("next_upstream_timeout").Msec(); n != 0 || !ok {
		t.Errorf("default of proxy_next_upstream_timeout: %d %v", n, ok)
	}
}

func TestLongBlocksAreIndexed(t *testing.T) {
	var b strings.Builder
	for range 300 {
		b.WriteString("proxy_set_header X-A 1;\nlocation /x { }\n")
	}
	b.WriteString("proxy_read_timeout 7s; proxy_set_header X-B 2;\n")
	c := build(t, inHTTP("server {"+b.String()+"}"))
	at := c.Servers[0].Scope
	if got := at.Effective("proxy_read_timeout").Arg(0); got != "7s" {
		t.Errorf("proxy_read_timeout = %q", got)
	}
	if nodes, _ := at.Array("proxy_set_header"); len(nodes) != 301 {
		t.Errorf("%d headers, want 301", len(nodes))
	}
	if at.Own("proxy_send_timeout") != nil {
		t.Error("a directive that is not there is found")
	}
	if len(c.Servers[0].Locations) != 300 {
		t.Errorf("%d locations", len(c.Servers[0].Locations))
	}
}

func TestScopes(t *testing.T) {
	c := build(t, inHTTP(nested))
	inner := location(t, c, "/outer/inner")
	if s := c.ScopeOf(inner.Own("proxy_read_timeout")); s != inner {
		t.Errorf("level of a directive: %v", s.Path())
	}
	if s := c.ScopeOf(inner.Node); s != location(t, c, "/outer") {
		t.Errorf("level of a block: %v", s.Path())
	}
	if c.ScopeOf(c.Tree.Root) != nil || c.Inner(c.Tree.Root) != c.Main {
		t.Error("the main level stands in another")
	}
	if !c.HTTP.Contains(inner) || inner.Contains(c.HTTP) || !inner.Contains(inner) {
		t.Error("Contains is wrong")
	}
	if c.Servers[0].Scope.Server != c.Servers[0] || inner.Server != c.Servers[0] || c.HTTP.Server != nil {
		t.Error("Server is wrong")
	}
	at := 0
	for i, s := range c.Scopes {
		if s.Parent != nil && !s.Parent.Contains(s) {
			t.Errorf("%s is not inside %s", s.Path(), s.Parent.Path())
		}
		at = i
	}
	if at != 10 {
		t.Errorf("%d levels, want 11", at+1)
	}
}

func TestLocationForms(t *testing.T) {
	for _, test := range []struct{ text, modifier, pattern string }{
		{"/", "", "/"},
		{"= /x", "=", "/x"},
		{"=/x", "=", "/x"},
		{"^~ /x", "^~", "/x"},
		{"^~/x", "^~", "/x"},
		{"~ \\.php$", "~", "\\.php$"},
		{"~*\\.php$", "~*", "\\.php$"},
		{"~\\.php$", "~", "\\.php$"},
		{"@name", "@", "@name"},
	} {
		c := build(t, inHTTP("server { location "+test.text+" { } }"))
		s := c.Servers[0].Locations[0]
		if s.Modifier() != test.modifier || s.Pattern() != test.pattern {
			t.Errorf("location %s: %q %q, want %q %q", test.text, s.Modifier(), s.Pattern(), test.modifier, test.pattern)
		}
	}
}

func TestPathsTellSiblingsApart(t *testing.T) {
	c := build(t, inHTTP(`upstream u { server a:1; }
		server { listen 81; if ($arg_x) { return 204; } location ~ \.php$ { limit_except GET { deny all; } } }
		server { server_name a b; }`))
	var got []string
	for _, s := range c.Scopes {
		got = append(got, s.Path())
	}
	want := "|events|http|http/upstream[u]|http/server[81]|http/server[81]/if[($arg_x)]|http/server[81]/location[~ \\.php$]|" +
		"http/server[81]/location[~ \\.php$]/limit_except[GET]|http/server[a]"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	in := scopeNamed(t, c, "limit_except", "")
	if in.Location() == nil || in.Location().Pattern() != "\\.php$" || c.HTTP.Location() != nil {
		t.Error("Location is wrong")
	}
}

func TestReachOfHandlersAndInternal(t *testing.T) {
	c := build(t, inHTTP(`server { location /a { internal; memcached_pass 127.0.0.1:1; if ($arg_x) { break; } limit_except GET { deny all; }
		location /a/b { proxy_pass http://127.0.0.1:1; limit_except GET { } } } }`))
	for _, test := range []struct {
		block, directive string
		want             []bool
	}{
		{"location", "internal", []bool{true, true}},
		{"if", "memcached_pass", []bool{true}},
		{"limit_except", "memcached_pass", []bool{false, false}},
		{"limit_except", "proxy_pass", []bool{false, true}},
	} {
		var got []bool
		for _, s := range c.Scopes {
			if s.Name() == test.block {
				got = append(got, s.Effective(test.directive).Set())
			}
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s in %s: %v, want %v", test.directive, test.block, got, test.want)
		}
	}
}
