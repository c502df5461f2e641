package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// runTimeCase has one location / whose proxy is looked at, in a server whose
// other directives come with it.
type runTimeCase struct{ name, http, server, location, want string }

func checkRunTime(t *testing.T, cases []runTimeCase) {
	t.Helper()
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			c := build(t, inHTTP(test.http+"\nserver {\n"+test.server+"\nlocation / {\n"+test.location+"\n}\n}"))
			x := proxyIn(t, c, "/")
			if !x.Target.Variable {
				t.Errorf("%s is not run-time", x.Target.Raw)
			}
			if got := show(x); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestValuesOfVariables(t *testing.T) {
	checkRunTime(t, []runTimeCase{
		{"variable only in the URI", "", "", "proxy_pass http://app:3000$request_uri;", "http://app:3000$request_uri dns:3000"},
		{"query after the host", "", "", "proxy_pass http://app$is_args$args;", "http://app$is_args$args dns:80"},
		{"path with variables", "", "", "proxy_pass https://app/$1/x?$args;", "https://app/$1/x?$args dns:443"},
		{"capture right after the port", "", "", "proxy_pass http://app:3000$1;", "..."},
		{"set in the location", "", "", "set $b app:3000; proxy_pass http://$b;", "http://app:3000 dns:3000"},
		{"braces", "", "", "set $b app; proxy_pass http://${b}.local:81/;", "http://app.local:81/ dns:81"},
		{"case of names", "", "", "set $Back app; proxy_pass http://$bACK;", "http://app dns:80"},
		{"set in the server", "", "set $b app;", "proxy_pass http://$b:80;", "http://app:80 dns:80"},
		{"set in an if of the server", "", "set $b app; if ($arg_x) { set $b other; }", "proxy_pass http://$b;", "http://app dns:80, http://other dns:80"},
		{"location's set hides the server's", "", "set $b app;", "set $b other; proxy_pass http://$b;", "http://other dns:80"},
		{"later set hides the earlier", "", "", "if ($arg_x) { set $b one; } set $b two; proxy_pass http://$b;", "http://two dns:80"},
		{"break keeps the earlier", "", "", "if ($arg_x) { set $b one; break; } set $b two; proxy_pass http://$b;", "http://one dns:80, http://two dns:80 ..."},
		{"break behind it", "", "", "set $b one; break; proxy_pass http://$b;", "http://one dns:80"},
		{"break between two", "", "", "set $b one; if ($arg_x) { break; } set $b two; proxy_pass http://$b;", "http://one dns:80, http://two dns:80"},
		{"last rewrite of the server", "", "rewrite ^/old /new last; set $b app;", "proxy_pass http://$b;", "http://app dns:80 ..."},
		{"last rewrite of the server behind it", "", "set $b app; rewrite ^/old /new last;", "proxy_pass http://$b;", "http://app dns:80"},
		{"rewrite of the server", "", "rewrite ^/old /new; set $b app;", "proxy_pass http://$b;", "http://app dns:80"},
		{"last rewrite in an if of the server", "", "if ($arg_x) { rewrite ^/old /new last; } set $b app;", "proxy_pass http://$b;", "http://app dns:80 ..."},
		{"last rewrite of the location", "", "", "rewrite ^/old /new last; set $b app; proxy_pass http://$b;", "http://app dns:80"},
		{"set only in an if", "", "", "if ($arg_x) { set $b one; } proxy_pass http://$b;", "http://one dns:80 ..."},
		{"set in another location", "", "location /x { set $b one; rewrite ^ / last; }", "proxy_pass http://$b;", "http://one dns:80 ..."},
		{"own set, not another location's", "", "location /x { set $b one; }", "set $b two; proxy_pass http://$b;", "http://two dns:80"},
		{"nested set", "", "set $a app; set $b $a:1;", "proxy_pass http://$b;", "http://app:1 dns:1"},
		{"cycle", "", "set $a $b; set $b $a;", "proxy_pass http://$b;", "..."},
		{"set from the client", "", "set $b $arg_host;", "proxy_pass http://$b;", "..."},
		{"from the client", "", "", "proxy_pass http://$host;", "..."},
		{"nowhere set", "", "", "proxy_pass http://$nowhere;", "..."},
		{"map", "map $host $b { default app; a one:1; ~^x two; }", "", "proxy_pass http://$b;", "http://app dns:80, http://one:1 dns:1, http://two dns:80"},
		{"map without default", "map $host $b { a http://one; }", "", "proxy_pass $b;", "http://one dns:80,  error"},
		{"map with its own parameters", "map $host $b { hostnames; volatile; default app; *.x one; }", "", "proxy_pass http://$b;", "http://app dns:80, http://one dns:80"},
		{"map with captures", "map $host $b { default app; ~^(.*)$ $1; }", "", "proxy_pass http://$b;", "http://app dns:80 ..."},
		{"map with variables", "map $host $b { default $c; } map $arg_x $c { default app; y one; }", "", "proxy_pass http://$b;", "http://app dns:80, http://one dns:80"},
		{"geo", "geo $b { default app; proxy 10.0.0.1; ranges; 1.2.3.4-1.2.3.5 one; }", "", "proxy_pass http://$b;", "http://app dns:80, http://one dns:80"},
		{"geo of an address", "geo $arg_a $b { default app; }", "", "proxy_pass http://$b;", "http://app dns:80"},
		{"split_clients", "split_clients $remote_addr $b { 50% app; * one; }", "", "proxy_pass http://$b;", "http://app dns:80, http://one dns:80"},
		{"scheme of the client, plain", "", "", "proxy_pass $scheme://app;", "http://app dns:80"},
		{"scheme of the client, both", "", "listen 80; listen 443 ssl;", "proxy_pass $scheme://app;", "http://app dns:80, https://app dns:443"},
		{"scheme of the client, TLS", "", "listen 443 ssl;", "proxy_pass $scheme://app;", "https://app dns:443"},
		{"js_set", "js_set $b m.f;", "", "proxy_pass http://$b;", "..."},
		{"auth_request_set", "", "auth_request_set $b $upstream_http_x; set $b app;", "proxy_pass http://$b;", "..."},
		{"named capture", "", "server_name ~^(?<b>.+)$;", "proxy_pass http://$b;", "..."},
		{"named capture of a map's key", "map $host $x { ~^(?P<b>.+)$ 1; }", "", "proxy_pass http://$b;", "..."},
	})
}

func TestMeaningOfRunTimeTargets(t *testing.T) {
	const group = "upstream grp { server 127.0.0.1:1; }\n"
	checkRunTime(t, []runTimeCase{
		{"group", group, "set $b GRP;", "proxy_pass http://$b;", "http://GRP group"},
		{"group with a port", group, "set $b grp;", "proxy_pass http://$b:8080;", "http://grp:8080 groupport"},
		{"group with a port in set", group, "set $b grp:80;", "proxy_pass http://$b;", "http://grp:80 groupport"},
		{"group with a path", group, "set $b grp;", "proxy_pass http://$b/x$uri;", "http://grp/x$uri group"},
		{"implicit upstream", "", "set $b app:3000; location /lit { proxy_pass http://APP:3000/x; }", "proxy_pass http://$b;", "http://app:3000 implicit"},
		{"implicit upstream by default port", "", "set $b app; location /lit { proxy_pass http://app:80; }", "proxy_pass http://$b;", "http://app implicit"},
		{"implicit upstream of another module", "", "set $b app:9000; location /lit { fastcgi_pass app:9000; }", "proxy_pass http://$b;", "http://app:9000 implicit"},
		{"other port is not the implicit one", "", "set $b app:3001; location /lit { proxy_pass http://app:3000; }", "proxy_pass http://$b;", "http://app:3001 dns:3001"},
		{"https is not http's implicit one", "", "set $b app; location /lit { proxy_pass http://app; }", "proxy_pass https://$b;", "https://app dns:443"},
		{"literal address", "", "set $b 127.0.0.1:8080;", "proxy_pass http://$b;", "http://127.0.0.1:8080 addr:8080"},
		{"IPv6 address", "", "set $b [::1]:8080;", "proxy_pass http://$b;", "http://[::1]:8080 addr:8080"},
		{"socket", "", "set $b unix:/run/a.sock;", "proxy_pass http://$b;", "http://unix:/run/a.sock addr:0"},
		{"socket with a path", "", "", "proxy_pass http://unix:/run/a.sock:/x$uri;", "http://unix:/run/a.sock:/x$uri addr:0"},
		{"no scheme", "", "set $b 127.0.0.1:3000;", "proxy_pass $b;", "127.0.0.1:3000 error"},
		{"no host", "", "set $b '';", "proxy_pass http://$b;", "http:// error"},
		{"fastcgi", "", "set $b php:9000;", "fastcgi_pass $b;", "php:9000 dns:9000"},
		{"fastcgi without a port", "", "set $b php;", "fastcgi_pass $b;", "php error"},
		{"fastcgi with an unknown tail", "", "set $b php:9000;", "fastcgi_pass $b$uri;", "..."},
		{"grpc", "", "set $b app:1;", "grpc_pass grpcs://$b;", "grpcs://app:1 dns:1"},
	})
}

func TestNestedLocationsDoNotRunTheOuterRewrites(t *testing.T) {
	c := build(t, inHTTP(`server { location /a { set $b one; location /a/b { proxy_pass http://$b; } } }`))
	if got := show(c.Proxies[0]); got != "http://one dns:80 ..." {
		t.Errorf("got %s: the outer location's set is one possibility of several", got)
	}
}

func TestVariablesOfOtherServersAreUnknown(t *testing.T) {
	c := build(t, inHTTP(`server { listen 81; set $b one; } server { location / { proxy_pass http://$b; } }`))
	if got := show(c.Proxies[0]); got != "..." {
		t.Errorf("got %s", got)
	}
}

func TestOtherModulesSetVariables(t *testing.T) {
	for _, text := range []string{
		"keyval $arg_k $b zone=z;",
		"perl_set $b 'sub { }';",
		"js_var $b app;",
		"geoip2 /x.mmdb { $b default=x country; }",
	} {
		c := build(t, inHTTP(text+" server { set $b app; location / { proxy_pass http://$b; } }"))
		if got := show(c.Proxies[0]); got != "..." {
			t.Errorf("%s: got %s", text, got)
		}
	}
	c := build(t, inHTTP("js_import x.js; server { set $b app; location / { js_content x.f; } location /p { proxy_pass http://$b; } }"))
	if got := show(c.Proxies[0]); got != "http://app dns:80 ..." {
		t.Errorf("js_content: got %s", got)
	}
}

func TestMapsOutOfViewAreNotAllKnown(t *testing.T) {
	const server = "server { location / { proxy_pass http://$b; } }"
	for _, test := range []struct{ text, want string }{
		{"map $host $b { default app; include missing.map; }" + server, "http://app dns:80 ..."},
		{"map $host $b { default app; }" + server, "http://app dns:80"},
	} {
		tree, err := conf.Text("x.conf", []byte(test.text), conf.Options{Dir: "/", FS: empty{}, Infer: model.InferContext})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range model.Build(tree, nginx.Version{}).Proxies {
			if got := show(x); got != test.want {
				t.Errorf("%s\n got %s, want %s", test.text, got, test.want)
			}
		}
	}
}

func TestVariablesInStream(t *testing.T) {
	c := build(t, "events {}\nhttp { map $x $b { default wrong; } }\n"+`
		stream {
			map $ssl_preread_server_name $b { default db; a host:53; b other; }
			upstream db { server 127.0.0.1:1; }
			server { listen 1; proxy_pass $b; }
			server { listen 2; set $c host:99; proxy_pass $c; }
			server { listen 3; proxy_pass host:53; }
		}`)
	if got := show(c.Proxies[0]); got != "db group, host:53 implicit, other error" {
		t.Errorf("map: %s", got)
	}
	if got := show(c.Proxies[1]); got != "host:99 dns:99" {
		t.Errorf("set: %s", got)
	}
}

func TestLuaMaySetVariables(t *testing.T) {
	for _, test := range []struct{ code, want string }{
		{`rewrite_by_lua_block { ngx.var.b = "x" }`, "http://app dns:80 ..."},
		{`access_by_lua_block { ngx.log(1) }`, "http://app dns:80"},
		{`access_by_lua_block { if ngx.var.host == "x" then return ngx.exit(tostring(403)) end }`, "http://app dns:80"},
		{"access_by_lua_block { -- gate.access() isn't it\n local s = 'x(' .. [[y()]] }", "http://app dns:80"},
		{"access_by_lua_block { --[=[ gate.access()\n ]] ]=] local s = [==[y()]]]==] }", "http://app dns:80"},
		{`access_by_lua 'ngx.log(1) -- gate.access()';`, "http://app dns:80"},
		{"access_by_lua_block { -- isn't\n gate.access() }", "http://app dns:80 ..."},
		{`access_by_lua_block { gate.access() }`, "http://app dns:80 ..."},
		{`access_by_lua_block { require("gate"):access() }`, "http://app dns:80 ..."},
		{`access_by_lua 'require "gate"';`, "http://app dns:80 ..."},
		{`access_by_lua_block { pcall(gate) }`, "http://app dns:80 ..."},
		{`access_by_lua_block { ngx.var["back" .. "end"] = "x" }`, "http://app dns:80 ..."},
		{`access_by_lua_block { local v = ngx.var }`, "http://app dns:80 ..."},
		{`access_by_lua_block { ngx.location.capture("/x", { share_all_vars = true }) }`, "http://app dns:80 ..."},
		{`access_by_lua_file x.lua;`, "http://app dns:80 ..."},
		{`log_by_lua_file x.lua;`, "http://app dns:80"},
		{`set_by_lua_block $b { return 1 }`, "..."},
	} {
		c := build(t, inHTTP("server { set $b app; location / { "+test.code+" proxy_pass http://$b; } }"))
		if got := show(c.Proxies[0]); got != test.want {
			t.Errorf("%s: got %s, want %s", test.code, got, test.want)
		}
	}
}

func TestOriginIsWhereTheHostIsWritten(t *testing.T) {
	const text = `map $host $m { default app; x $c; }
		server { set $c one; set $tail /x;
			location /map { proxy_pass http://$m; }
			location /set { proxy_pass $scheme://$c:81; }
			location /uri { proxy_pass http://lit$tail; }
			location /own { proxy_pass http://lit$uri; }
			location /gap { proxy_pass http://$e; }
		}
		map $host $e { x one; }`
	c := build(t, inHTTP(text))
	for at, want := range map[string]string{
		"/map": "default[0]|set[1]",
		"/set": "set[1]",
		"/uri": "proxy_pass[0]",
		"/own": "proxy_pass[0]",
		"/gap": "x[0]|map[1] implied",
	} {
		var got []string
		for _, cand := range proxyIn(t, c, at).Candidates {
			s := fmt.Sprintf("%s[%d]", cand.Origin.Name, cand.OriginArg)
			if cand.Implied {
				s += " implied"
			}
			got = append(got, s)
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

func TestCandidatesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("map $host $a { default x;\n")
	for i := range 100 {
		fmt.Fprintf(&b, "h%d v%d;\n", i, i)
	}
	b.WriteString("}\nmap $uri $b { default $a$a$a; }\n")
	b.WriteString("server { location /one { proxy_pass http://$a; } location /all { proxy_pass http://$b; } }")
	c := build(t, inHTTP(b.String()))
	if x := proxyIn(t, c, "/one"); len(x.Candidates) != 101 || !x.AllKnown {
		t.Errorf("%d candidates", len(x.Candidates))
	}
	if x := proxyIn(t, c, "/all"); len(x.Candidates) != 0 || x.AllKnown {
		t.Errorf("%d candidates", len(x.Candidates))
	}
}

func TestGroupsKnowTheirProxies(t *testing.T) {
	c := build(t, inHTTP(`upstream a { server 127.0.0.1:1; } upstream b { server 127.0.0.1:2; server app:3; }
		map $host $m { default a; x b; y b; z 10.0.0.1:9; }
		server { location /m { proxy_pass http://$m; } location /a { proxy_pass http://a; } }`))
	for name, want := range map[string]int{"a": 2, "b": 1} {
		if got := len(c.Upstream(false, name).Proxies); got != want {
			t.Errorf("%s has %d proxies, want %d", name, got, want)
		}
	}
	var got []string
	for _, e := range proxyIn(t, c, "/m").Endpoints() {
		got = append(got, fmt.Sprintf("%s:%d", e.URL.Host, e.Port))
	}
	if strings.Join(got, " ") != "127.0.0.1:1 127.0.0.1:2 app:3 10.0.0.1:9" {
		t.Errorf("endpoints: %s", got)
	}
}

func TestSetsOfOtherLocations(t *testing.T) {
	const server = "http://srv dns:80"
	for _, test := range []struct{ name, text, want string }{
		{"a sibling", "location /s { set $b other; } location / { proxy_pass http://$b; }", server},
		{"a sibling that rewrites", "location /s { set $b other; rewrite ^ /; } location / { proxy_pass http://$b; }", server + " ..."},
		{"a sibling that rewrites in place", "location /s { set $b other; rewrite ^ /x break; } location / { proxy_pass http://$b; }", server},
		{"a sibling that redirects", "location /s { set $b other; rewrite ^/s/1 /1 permanent; rewrite ^/s/2 /2 redirect; rewrite ^/s/3 https://x/; rewrite ^/s/4 $scheme://x/; } location / { proxy_pass http://$b; }", server},
		{"a sibling that redirects and rewrites", "location /s { set $b other; rewrite ^/s/1 /1 permanent; rewrite ^/s/2 /2 last; } location / { proxy_pass http://$b; }", server + " ..."},
		{"its own rewrite", "location / { if ($arg_x) { set $b own; } rewrite ^/a /b; proxy_pass http://$b; }", server + ", http://own dns:80"},
		{"a named location", "location /s { set $b other; error_page 404 = @n; } location @n { proxy_pass http://$b; }", server + " ..."},
		{"a named location of try_files", "location /s { set $b other; try_files $uri @n; } location @n { proxy_pass http://$b; }", server + " ..."},
		{"a named location of an if", "location /s { set $b other; if ($arg_x) { error_page 404 = @n; } } location @n { proxy_pass http://$b; }", server + " ..."},
		{"a named location of the server", "error_page 404 = @n; location /s { set $b other; } location @n { proxy_pass http://$b; }", server + " ..."},
		{"a named location of another level", "location /s { set $b other; error_page 404 /x; try_files $uri /y; } location /t { try_files $uri @n; } location @n { proxy_pass http://$b; }", server},
		{"a named location of a backend's", "location @n { proxy_pass http://$b; } location /s { set $b other; proxy_pass http://10.0.0.1; }", server + " ..."},
		{"a named location of an action", "post_action @n; location /s { set $b other; } location @n { proxy_pass http://$b; }", server + " ..."},
		{"a subrequest", "location /s { set $b other; } location / { auth_request /s; proxy_pass http://$b; }", server + " ..."},
		{"no subrequest", "auth_request /s; location /s { set $b other; } location / { auth_request off; proxy_pass http://$b; }", server},
		{"limit_except", "location / { set $b own; limit_except GET { proxy_pass http://$b; } }", server},
		{"limit_except that takes over", "location / { set $b own; proxy_pass http://$b; limit_except GET { } }", "http://own dns:80 ..."},
		{"limit_except that denies", "location / { set $b own; proxy_pass http://$b; limit_except GET { deny all; } }", "http://own dns:80"},
	} {
		c := build(t, inHTTP("server { listen 80; set $b srv; "+test.text+" }"))
		if got := show(c.Proxies[0]); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
