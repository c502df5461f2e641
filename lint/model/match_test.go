package model_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

func TestLocationFor(t *testing.T) {
	const text = `server {
		listen 80;
		location / { }
		location = / { }
		location = /api2 { }
		location /api/ { proxy_pass http://127.0.0.1:1; }
		location /plain/ { }
		location = /exact/ { proxy_pass http://127.0.0.1:1; }
		location /both/ { proxy_pass http://127.0.0.1:1; }
		location = /both/ { }
		location ^~ /files/ { location ~ \.inner$ { } location /files/deep/ { } }
		location /mixed { location /mixed/in { } location ^~ /mixed/kept { } location ~ nested { } }
		location ~ \.php$ { location ~ ^/(?<App>[a-z]+)/(x)\.php$ { } }
		location ~* \.(JPG|png)$ { }
		location ~ ^/mixed/in/never { }
		location /~tilde { }
		location @named { }
	}`
	c := build(t, inHTTP(text))
	for _, test := range []struct{ path, want string }{
		{"/", "= /"},
		{"/x", "/"},
		{"/api", "/api/ slash"},
		{"/api/", "/api/"},
		{"/api/1.php", "~ \\.php$"},
		{"/plain", "/"},
		{"/exact", "= /exact/ slash"},
		{"/exact/", "= /exact/"},
		{"/both", "= /both/ slash"},
		{"/exact/x", "/"},
		{"/files/x.php", "^~ /files/"},
		{"/files/x.inner", "~ \\.inner$"},
		{"/files/deep/x.inner", "~ \\.inner$"},
		{"/files/deep/x.php", "/files/deep/"},
		{"/mixed/in/x", "/mixed/in"},
		{"/mixed/in/nested", "~ nested"},
		{"/mixed/in/never", "~ ^/mixed/in/never"},
		{"/mixed/kept/nested", "^~ /mixed/kept"},
		{"/mixed/kept/x.php", "~ \\.php$"},
		{"/a.png", "~* \\.(JPG|png)$ 1=png"},
		{"/A.jpg", "~* \\.(JPG|png)$ 1=jpg"},
		{"/abc/x.php", "~ ^/(?<App>[a-z]+)/(x)\\.php$ 1=abc 2=x app=abc"},
		{"/~tilde/x", "/~tilde"},
		{"@named", "http/server[80]"},
	} {
		if got := showMatch(c.Servers[0].LocationFor(test.path)); got != test.want {
			t.Errorf("%s: %s, want %s", test.path, got, test.want)
		}
	}
}

func showMatch(m model.Match) string {
	out := m.Scope.Path()
	if m.Scope.Location() != nil {
		out = strings.Join(m.Scope.Node.Values(), " ")
	}
	if m.Redirect {
		out += " slash"
	}
	out += showCaptures(m.Captures)
	if m.Doubt != "" {
		out += "; " + m.Doubt
	}
	return out
}

func showCaptures(captures map[string]string) string {
	var all []string
	for name, text := range captures {
		all = append(all, " "+name+"="+text)
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

func TestLocationsThatCannotBeCompared(t *testing.T) {
	for _, test := range []struct{ locations, path, want string }{
		{`location / { } location ~ ^/(?!api) { }`, "/x", "/; whether location ~ ^/(?!api) is for /x cannot be said"},
		{`location = /x { } location ~ (?!x) { }`, "/x", "= /x"},
		{`location ^~ / { } location ~ (?!x) { }`, "/x", "^~ /"},
		{`location ~ ^/x { } location ~ (?!x) { }`, "/x", "~ ^/x"},
		{`location ~ x$ { }`, "/x\n", "http/server[80]; whether location ~ x$ is for /x\n cannot be said"},
		{`location ~ "^/(a*)*$" { }`, "/x", `http/server[80]; whether location ~ ^/(a*)*$ is for /x cannot be said`},
		{`location ~ "^/(a)\1" { }`, "/x", `http/server[80]; whether location ~ ^/(a)\1 is for /x cannot be said`},
		{`location ~ "^/(a|b+){2}" { }`, "/abc", `~ ^/(a|b+){2} 1=b`},
	} {
		c := build(t, inHTTP("server { listen 80; "+test.locations+" }"))
		if got := showMatch(c.Servers[0].LocationFor(test.path)); got != test.want {
			t.Errorf("%s: %s: %s, want %s", test.locations, test.path, got, test.want)
		}
	}
}

// TestLocationsThatAVariableChooses: since 1.31.5, nginx asks it last.
func TestLocationsThatAVariableChooses(t *testing.T) {
	const doubt = "; whether it is location $arg_x depends on the variable"
	for _, test := range []struct {
		version   nginx.Version
		locations string
		want      string
	}{
		{nginx.V(1, 31, 5), `location / { } location $arg_x { }`, "/" + doubt},
		{nginx.Version{}, `location / { } location $arg_x { }`, "/" + doubt},
		{nginx.V(1, 31, 5), `location / { location $arg_x { } }`, "/" + doubt},
		{nginx.V(1, 31, 5), `location ^~ / { } location $arg_x { }`, "^~ /"},
		{nginx.V(1, 31, 5), `location = /x { } location $arg_x { }`, "= /x"},
		{nginx.V(1, 31, 5), `location ~ x { } location $arg_x { }`, "~ x"},
		{nginx.V(1, 31, 4), `location / { } location $arg_x { }`, "/"},
	} {
		c := buildFor(t, inHTTP("server { listen 80; "+test.locations+" }"), test.version)
		if got := showMatch(c.Servers[0].LocationFor("/x")); got != test.want {
			t.Errorf("%s: %s: %s, want %s", test.version, test.locations, got, test.want)
		}
	}
}

func TestForMethod(t *testing.T) {
	c := build(t, inHTTP(`server { location / { limit_except GET put { deny all; } } location /post { limit_except POST { deny all; } } }`))
	for _, test := range []struct {
		at, method string
		limited    bool
	}{
		{"/", "GET", false},
		{"/", "HEAD", false},
		{"/", "PUT", false},
		{"/", "POST", true},
		{"/", "ODD", true},
		{"/post", "POST", false},
		{"/post", "HEAD", true},
	} {
		at := location(t, c, test.at)
		if got := at.ForMethod(test.method); (got != at) != test.limited {
			t.Errorf("%s %s: %s", test.method, test.at, got.Path())
		}
	}
}

const namedServers = `
	server { listen 80; server_name exact.example.org; }
	server { listen 80; server_name *.example.org Both.example.org; }
	server { listen 80; server_name *.deep.example.org; }
	server { listen 80; server_name .dotted.org; }
	server { listen 80; server_name dotted.org www.dotted.*; }
	server { listen 80; server_name www.*; }
	server { listen 80; server_name ~^(?<Sub>[a-z]+)\.regex\.org$ ~^Upper; }
	server { listen 80; server_name ~regex; }
	server { listen 80; server_name plain.net .plain.net; }
	server { listen 80 default_server; server_name _; }
	server { listen 80; }
	server { listen 127.0.0.1:80; server_name exact.example.org; }
	server { listen 8080; server_name first; }
	server { listen 8080; server_name second; }`

func TestServerFor(t *testing.T) {
	c := build(t, inHTTP(namedServers))
	for _, test := range []struct {
		port       int
		host, want string
	}{
		{80, "exact.example.org", "0|11"},
		{80, "EXACT.example.org.", "0|11"},
		{80, "both.example.org", "1|11"},
		{80, "x.y.example.org", "1|11"},
		{80, "example.org", "9|11"},
		{80, "x.deep.example.org", "2|11"},
		{80, "deep.example.org", "1|11"},
		{80, "dotted.org", "3|11"},
		{80, "www.dotted.org", "3|11"},
		{80, "www.dotted.com", "4|11"},
		{80, "www.dotted.co.uk", "4|11"},
		{80, "www.dotted", "5|11"},
		{80, "www", "9|11"},
		{80, "app.regex.org", "6 1=app sub=app|11"},
		{80, "x1.regex.org", "7|11"},
		{80, "upper", "6|11"},
		{80, "x.plain.net", "9|11"},
		{80, "", "10|11"},
		{80, "unknown", "9|11"},
		{8080, "second", "13"},
		{8080, "unknown", "12"},
		{81, "unknown", ""},
	} {
		if got := showServers(c, test.port, test.host); got != test.want {
			t.Errorf("%s:%d: %s, want %s", test.host, test.port, got, test.want)
		}
	}
}

func showServers(c *model.Config, port int, host string) string {
	var all []string
	for _, m := range c.ServersFor(port, host) {
		s := fmt.Sprint(slices.Index(c.Servers, m.Server)) + showCaptures(m.Captures)
		if m.Doubt != "" {
			s += "; " + m.Doubt
		}
		all = append(all, s)
	}
	return strings.Join(all, "|")
}

func TestServersInDoubt(t *testing.T) {
	for _, test := range []struct{ text, host, want string }{
		{`server { listen 80; server_name $hostname a; } server { listen 80; server_name .b; }`, "a", "0"},
		{`server { listen 80; server_name $hostname a; } server { listen 80; server_name .b; }`, "b", "1; the name of the machine is a server_name"},
		{`server { listen 80; server_name ~(?=a); } server { listen 80; server_name ~b; }`, "b", "1; whether server_name ~(?=a) is for b cannot be said"},
		{`server { listen 80; server_name ~(?=a) b; }`, "b", "0"},
	} {
		if got := showServers(build(t, inHTTP(test.text)), 80, test.host); got != test.want {
			t.Errorf("%s: %s: %s, want %s", test.text, test.host, got, test.want)
		}
	}
	c := build(t, "server { listen 80; server_name a; }")
	if got := showServers(c, 80, "a"); got != "0; the configuration around this file is not in view" {
		t.Errorf("a fragment: %s", got)
	}
}

func TestAddresses(t *testing.T) {
	c := build(t, inHTTP(`server { listen 443 ssl; listen 0.0.0.0:80; listen [::]:80; listen 443 quic; }
		server { listen *:443; listen 8000-8010; listen localhost:80; listen unix:/run/x.sock; }`)+"stream { server { listen 443; proxy_pass 127.0.0.1:1; } }")
	var got []string
	for _, a := range c.Addresses(false) {
		got = append(got, fmt.Sprintf("%d-%d x%d tls=%v", a.Listens[0].Port, a.Listens[0].LastPort, len(a.Servers), a.TLS))
	}
	want := "443-443 x2 tls=true|80-80 x1 tls=false|80-80 x1 tls=false|443-443 x1 tls=false|8000-8010 x1 tls=false|80-80 x1 tls=false|0-0 x1 tls=false"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
	if n := len(c.Addresses(true)); n != 1 {
		t.Errorf("%d addresses of stream", n)
	}
	if n := len(c.ServersFor(8005, "x")); n != 1 {
		t.Errorf("%d servers in the range of ports", n)
	}
}

func TestProxyAt(t *testing.T) {
	c := build(t, inHTTP(`server { location /a { proxy_pass http://127.0.0.1:1;
		if ($arg_x) { fastcgi_pass 127.0.0.1:2; } if ($arg_y) { set $y 1; } limit_except GET { deny all; } location /a/b { } } }`))
	for _, s := range c.Scopes[1:] {
		got := ""
		if x := c.ProxyAt(s); x != nil {
			got = x.Kind.String()
		}
		want := map[string]string{"/a": "proxy_pass", "($arg_x)": "fastcgi_pass", "($arg_y)": "proxy_pass", "GET": "proxy_pass"}[strings.Join(s.Node.Values(), " ")]
		if got != want {
			t.Errorf("%s: %q, want %q", s.Path(), got, want)
		}
	}
}

func TestProxiesIn(t *testing.T) {
	c := build(t, "events {}\nhttp {\n"+`server { tunnel_pass 127.0.0.1:9; location /a { proxy_pass http://127.0.0.1:1;
		if ($arg_x) { fastcgi_pass 127.0.0.1:2; } limit_except GET { uwsgi_pass 127.0.0.1:3; }
		location /a/b { scgi_pass 127.0.0.1:4; } } location /c { } }`+"\n}\nstream { server { proxy_pass 127.0.0.1:5; } }\n")
	for _, s := range c.Scopes {
		var got []string
		for _, x := range c.ProxiesIn(s) {
			got = append(got, x.Kind.String())
			if x.Place() != s {
				t.Errorf("%s: the place of its %s is %s", s.Path(), x.Kind, x.Place().Path())
			}
		}
		want := map[string]string{
			"http/server": "tunnel_pass", "http/server/location[/a]": "proxy_pass fastcgi_pass uwsgi_pass",
			"http/server/location[/a]/location[/a/b]": "scgi_pass", "stream/server": "proxy_pass",
		}[s.Path()]
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%s: %q, want %q", s.Path(), got, want)
		}
	}
}

func TestRequestPath(t *testing.T) {
	for _, test := range []struct{ target, want string }{
		{"/a?b=c?d", "/a ? b=c?d"},
		{"/", "/ ? "},
		{"/a//b/./c/../d", "/a/b/d ? "},
		{"/a/..", "/ ? "},
		{"/a/.", "/a/ ? "},
		{"/a/b/../", "/a/ ? "},
		{"/a%2Fb%2e%2e%20%3Fx%25", "/a/b.. ?x% ? "},
		{"/a/%2e%2e/b", "/b ? "},
		{"/a#x?y", "/a ? "},
		{"/a?b#c", "/a ? b"},
		{"/...", "/... ? "},
		{"/..", "400"},
		{"/%0", "400"},
		{"/%zz", "400"},
		{"/%00", "400"},
		{"a", "400"},
	} {
		path, query, ok := model.RequestPath(test.target)
		got := path + " ? " + query
		if !ok {
			got = "400"
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.target, got, test.want)
		}
	}
}

func TestNamedLocation(t *testing.T) {
	c := build(t, inHTTP(`server { location /x { } location @a { root /a; } } server { location @a { root /b; } location @b { } }`))
	for i, want := range []map[string]string{{"@a": "/a", "@b": "none", "/x": "none"}, {"@a": "/b", "@b": "html", "@c": "none"}} {
		for name, root := range want {
			got := "none"
			if at := c.Servers[i].NamedLocation(name); at != nil {
				got = at.Effective("root").Arg(0)
			}
			if got != root {
				t.Errorf("%s of server %d: root %q, want %q", name, i, got, root)
			}
		}
	}
}
