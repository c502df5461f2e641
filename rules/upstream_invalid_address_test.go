package rules

import "testing"

func TestAddressHelp(t *testing.T) {
	for _, c := range []struct{ raw, directive, want string }{
		{"app:8080", "proxy_pass", `write "http://app:8080", or https://`},
		{"unix:/run/a.sock", "proxy_pass", `write "http://unix:/run/a.sock", or https://`},
		{"/run/a.sock", "proxy_pass", `write the address of the upstream, such as "http://127.0.0.1:8080", or "http://unix:" and the path of a socket`},
		{"http//app", "proxy_pass", `write "http://app"`},
		{"https:/app/", "proxy_pass", `write "https://app/"`},
		{"httpd:8080", "proxy_pass", `write "http://httpd:8080", or https://`},
		{"http:8080", "proxy_pass", `write "http://http:8080", or https://`},
		{"wss://app", "proxy_pass", `WebSockets are passed with "https://"`},
		{"https://app:50051", "grpc_pass", `write the scheme of gRPC, and no path: "grpcs://app:50051"`},
		{"http://app:50051/x", "grpc_pass", `write the scheme of gRPC, and no path: "grpc://app:50051"`},
		{"http://php:9000/", "fastcgi_pass", `write the address without the scheme and a path: "php:9000"`},
		{"/run/php.sock", "fastcgi_pass", `the path of a Unix socket begins with "unix:": "unix:/run/php.sock"`},
		{"http://app/x", groupServer, `write the address alone, "app"; the scheme and the path belong into the "proxy_pass" that names the group`},
	} {
		if got := addressHelp(c.raw, c.directive, false); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.directive, c.raw, got, c.want)
		}
	}
}
