package conf

import "testing"

func TestModuleOfADirective(t *testing.T) {
	for name, want := range map[string]string{
		"content_by_lua_block": "lua-nginx-module",
		"lua_shared_dict":      "lua-nginx-module",
		"more_set_headers":     "headers-more-nginx-module",
		"js_content":           "njs",
		"otel_trace":           "nginx-otel",
		"geoip2":               "ngx_http_geoip2_module",
		"app_protect_enable":   "NGINX App Protect",
		"health_check":         Plus,
		"auth_jwt":             Plus,
		"zone_sync":            Plus,
		"sticky":               "",
		"proxy_pass":           "",
		"keepalive":            "",
		"no_such_directive":    "",
	} {
		got, ok := Module(name)
		if got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %t, want %q", name, got, ok, want)
		}
	}
}
