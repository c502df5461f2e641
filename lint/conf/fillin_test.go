package conf_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// TestFilledIn has words that a script fills in, in files of any name, and words
// that look a little like it and are nginx's own.
func TestFilledIn(t *testing.T) {
	for _, c := range []struct {
		path, text string
		want       string // the unknown words, blanks between them
	}{
		{"default.tpl", "listen %ip%:%proxy_port%;", "%ip%:%proxy_port%"},
		{"x.conf", "proxy_pass http://%ip%:%web_port%;", "http://%ip%:%web_port%"},
		{"x.conf", "rewrite ^/%d0%b0%d1%8f$ /x;", ""},
		{"x.conf", "return 302 /a%20b%20c;", ""},
		{"x.conf", "server <BACKEND>;", "<BACKEND>"},
		{"x.conf", "allow <Your-IP-Addr>;", "<Your-IP-Addr>"},
		{"x.conf", "ssl_certificate /etc/<DOMAIN>/a.pem;", "/etc/<DOMAIN>/a.pem"},
		{"x.conf", "location ~ ^/(?<the_name>.+)$ {}", ""},
		{"x.conf", `location ~ ^/(?<NAME>.+)/(?P<OTHER>.+) {}`, ""},
		{"x.conf", "sub_filter </head> <b>;", ""},
		{"x.conf", "listen @PORT@;", "@PORT@"},
		{"x.conf", "error_page 502 @UPSTREAM;", ""},
		{"x.conf", "server !FPM_HOST!:!FPM_PORT!;", "!FPM_HOST!:!FPM_PORT!"},
		{"x.conf", "ssl_ciphers ALL!ADH!LOW:!EXP;", ""},
		{"x.conf", "ssl_ciphers HIGH:EXPORT;", ""},
		{"x.conf", "listen [::]:PORT_PLACEHOLDER;", "[::]:PORT_PLACEHOLDER"},
		{"x.conf", "server app:__PORT__;", "app:__PORT__"},
		{"x.conf", "proxy_pass http://app:BACKEND_PORT/api;", "http://app:BACKEND_PORT/api"},
		{"x.conf", "server app:port;", ""},
		{"x.conf", "ssl_session_cache shared:SSL:10m;", ""},
		{"x.conf", "server {sock};", "{sock}"},
		{"x.conf", "root /home/{host}/public;", "/home/{host}/public"},
		{"x.conf", "proxy_pass http://127.0.0.1:[% port %];", "http://127.0.0.1:[% port %]"},
		{"x.conf", "proxy_pass http://127.0.0.1:[%- port -%];", "http://127.0.0.1:[%- port -%]"},
		{"x.conf", "location ~ [%+]x {}", ""},
		{"x.conf", "rewrite ^/[%-z] /a; rewrite ^/[x%] /b;", ""},
		{"x.conf", "server 127.0.0.1:%(port)s;", "127.0.0.1:%(port)s"},
		{"x.conf", "location ~ ^/(%(abc|def))$ {}", ""},
		{"x.conf", "proxy_pass http://${NAME:?}/${PATH_OF_IT:-x};", "http://${NAME:?}/${PATH_OF_IT:-x}"},
		{"x.conf", "proxy_pass http://${host}:8080;", ""},
		{"x.conf.tpl", "resolver ${dns};", "${dns}"},
		{"x.conf", "resolver ${dns};", ""},
		{"x.conf", `listen "<%- address %>"<%- ssl ? " ssl" : "" %>;`, "<%- address %>"},
		{"x.conf.j2", `listen "80"{{ ' ssl' if ssl }}{{ more }} reuseport;`, "{{ ' ssl' if ssl }}{{ more }}"},
		{"x.tftpl", "server_name a%{ if www } b%{ endif };", "a%{ if www } b%{ endif }"},
	} {
		f, err := conf.Parse(c.path, []byte(c.text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Problems) > 0 {
			t.Errorf("%s: %q: %s", c.path, c.text, f.Problems[0].Message)
		}
		var got []string
		for _, d := range f.Directives {
			for _, a := range d.Args {
				if a.Unknown {
					got = append(got, a.Value)
				}
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q: unknown %q, want %q", c.path, c.text, s, c.want)
		}
	}
}

// TestFilledInStatements has files whose template engine fills in whole
// statements, and one where nothing is filled in.
func TestFilledInStatements(t *testing.T) {
	for _, c := range []struct{ path, text, problem string }{
		{"nginx.conf.tpl", "location / {\n  ${headers}\n  ${pass}\n}\n", ""},
		{"nginx.conf.tpl", "<BASIC_AUTH>\nroot /x;\n", ""},
		{"nginx.conf.tftpl", "%{ for s in servers ~}\nserver { listen ${s}; }\n%{ endfor ~}\n", ""},
		{"nginx.conf.erb", "upstream a { <%\n  x = binds.map do |b|\n    \"server #{b};\"\n  end\n%><% x.each do |s| %>\n  <%= s %><% end %>\n}\n", ""},
		{"nginx.conf.tt", "server {\n[% IF ssl %]\n listen 443;\n[% END %]\n}\n", ""},
		{"nginx.conf", "location / {break};", "unexpected end of file"},
		{"nginx.conf", "location / {\n  ${headers}\n}\n", `unexpected "}"`},
	} {
		f, err := conf.Parse(c.path, []byte(c.text), nil)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if len(f.Problems) > 0 {
			got = f.Problems[0].Message
		}
		if !strings.HasPrefix(got, c.problem) || c.problem == "" && got != "" {
			t.Errorf("%s: %q: %q, want %q", c.path, c.text, got, c.problem)
		}
	}
}
