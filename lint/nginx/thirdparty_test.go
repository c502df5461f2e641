package nginx

import "testing"

func TestThirdPartyDirectives(t *testing.T) {
	for name, want := range map[string]string{
		"echo":                        "echo-nginx-module",
		"echo_sleep":                  "echo-nginx-module",
		"echoes":                      "",
		"brotli_comp_level":           "ngx_brotli",
		"vhost_traffic_status_zone":   "nginx-module-vts",
		"set_escape_uri":              "set-misc-nginx-module",
		"set_real_ip_from":            "",
		"balancer_by_lua_block":       "lua-nginx-module",
		"ssl_client_hello_by_lua":     "lua-nginx-module",
		"check_http_send":             "nginx_upstream_check_module",
		"proxy_cache_purge":           "ngx_cache_purge",
		"proxy_connect_timeout":       "",
		"MainRule":                    "naxsi",
		"json_set":                    "nginx 1.31.5",
		"client_body_early_read":      "nginx 1.31.5",
		"proxy_pass":                  "",
		"":                            "",
		"server_traffic_status_zone":  "nginx-module-sts",
		"stream_server_traffic_statu": "",
	} {
		got, ok := ThirdParty(name)
		if got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %t, want %q", name, got, ok, want)
		}
	}
}

// TestFewNamesAreShared keeps the patterns from swallowing nginx's own names:
// of a shared name little can be said.
func TestFewNamesAreShared(t *testing.T) {
	for _, name := range Names() {
		if module, ok := ThirdParty(name); ok && name != "sticky" {
			t.Errorf("%s is taken for a directive of %s", name, module)
		}
	}
}

func TestKnownModuleFile(t *testing.T) {
	for file, want := range map[string]bool{
		"modules/ngx_http_brotli_filter_module.so":           true,
		"/usr/lib/nginx/modules/ngx_stream_module.so":        true,
		"modules/ngx_http_headers_more_filter_module.so":     true,
		"modules/ngx_http_vhost_traffic_status_module.so":    true,
		"/opt/brotli/ngx_http_secret_sauce.so":               false,
		"modules/ngx_http_js_module.so":                      true,
		"/usr/lib/nginx/modules/ngx_http_corporate_guard.so": false,
	} {
		if got := KnownModuleFile(file); got != want {
			t.Errorf("%s: got %t", file, got)
		}
	}
}
