package model_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

func TestInferContext(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"events {} http { server {} }", ""},
		{"user www; worker_processes 2;", ""},
		{"stream { }", ""},
		{"mail { }", ""},
		{"include x;", ""},
		{"", ""},
		{"error_log x;", ""},
		{"server { listen 80; location / { } }", "http"},
		{"server { }", "http"},
		{"server { listen 80; proxy_pass http://app; }", "http"},
		{"server { listen 53 udp; proxy_pass dns; }", "stream"},
		{"server { listen 443; ssl_preread on; proxy_pass $backend; }", "stream"},
		{"server { listen 1; proxy_timeout 5s; proxy_pass 10.0.0.1:2; }", "stream"},
		{"server { listen 443 ssl; return 301 https://x; }", "http"},
		{"server { listen 25; protocol smtp; }", "mail"},
		{"server { listen 143; protocol imap; proxy_timeout 1h; starttls on; }", "mail"},
		{"upstream a { server b:1; }", "http"},
		{"upstream a { server b:1; } server { location / { proxy_pass http://a; } }", "http"},
		{"upstream a { server b:1; } server { listen 1; proxy_pass a; }", "stream"},
		{"map $a $b { default 1; } server { listen 80; }", "http"},
		{"log_format x y; upstream a { server b; }", "http"},
		{"types { text/html html; }", "http"},
		{"proxy_set_header Host $host; proxy_set_header X y;", "http"},
		{"proxy_connect_timeout 1s;", "http"},
		{"gzip on; gzip_types text/css;", "http"},
		{"location / { }", "http/server"},
		{"listen 80; server_name x; location / { }", "http/server"},
		{"server_name x; return 301 http://y;", "http/server"},
		{"location / { proxy_pass http://a; } location /x { }", "http/server"},
		{"proxy_pass http://a;", "http/server/location"},
		{"proxy_pass a;", "stream/server"},
		{"proxy_pass unix:/run/a.sock;", "stream/server"},
		{"proxy_pass $a;", "http/server/location"},
		{"proxy_pass a; proxy_set_header Host $host; proxy_redirect off;", "http/server/location"},
		{"if ($a) { return 403; }", "http/server"},
		{"if ($a) { limit_rate 10k; }", "http/server/location"},
		{"if ($a) { return 403; } if ($b) { proxy_pass http://c; }", "http/server/location"},
		{"proxy_pass http://a; proxy_set_header Host $host;", "http/server/location"},
		{"fastcgi_pass php:9000; include fastcgi_params;", "http/server/location"},
		{"try_files $uri =404; fastcgi_index index.php;", "http/server/location"},
		{"internal;", "http/server/location"},
		{"alias /x;", "http/server/location"},
		{"limit_except GET { deny all; }", "http/server/location"},
		{"fastcgi_param A b; fastcgi_param C d;", "http"},
		{"server 10.0.0.1:80; server 10.0.0.2:80;", "http/upstream"},
		{"server 10.0.0.1:80; keepalive 16;", "http/upstream"},
		{"ssl_preread on;", "stream"},
		{"listen 53; proxy_pass a:53;", "stream/server"},
		{"worker_connections 1024;", "events"},
		{"text/html html; image/png png;", ""},
		{"~bot 1; curl 1; perl 1; default 0;", ""},
		{"brand_new on; server { listen 80; location / { } }", "http"},
		{"nothing_known 1 2 3;", ""},
	} {
		f, err := conf.Parse("x.conf", []byte(test.text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(model.InferContext(f.Directives), "/"); got != test.want {
			t.Errorf("%s\n got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestInferContextOfAnything(t *testing.T) {
	if got := model.InferContext(nil); got != nil {
		t.Errorf("of nothing: %v", got)
	}
	odd := []*conf.Directive{nil, {}, {Name: "server", IsBlock: true, Inside: &conf.Inside{Block: []*conf.Directive{nil, {}}}}, {NameUnknown: true}}
	if got := strings.Join(model.InferContext(odd), "/"); got != "http" {
		t.Errorf("got %q", got)
	}
}

func TestInferredContextIsTheCallers(t *testing.T) {
	top := []*conf.Directive{{Name: "location", IsBlock: true, Args: []conf.Arg{{Value: "/"}}}}
	model.InferContext(top)[0] = "changed"
	if got := model.InferContext(top)[0]; got != "http" {
		t.Errorf("a caller changed it to %q", got)
	}
}
