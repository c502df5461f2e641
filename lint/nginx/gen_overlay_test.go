package nginx

import (
	"slices"
	"testing"
)

// overlay is a fact that a reading of the command tables and merge macros of
// nginx's source does not give, because the module has code of its own for it.
type overlay struct {
	names  []string
	in     Context // the places of the directive meant
	def    string
	values []string
	past   []past
	// inherit replaces InheritCustom.
	inherit Inheritance
}

func (o overlay) apply(t *testing.T, directives []*Directive) {
	t.Helper()
	for _, name := range o.names {
		i := slices.IndexFunc(directives, func(d *Directive) bool {
			return d.Name == name && d.Contexts.Has(o.in)
		})
		if i < 0 {
			t.Fatalf("overlay of %s: no such directive in %s", name, o.in)
		}
		d := directives[i]
		if o.def != "" {
			if d.def != "" {
				t.Errorf("overlay of %s: has the default %q", name, d.def)
			}
			d.def = o.def
		}
		if o.values != nil {
			d.Values = o.values
		}
		if o.inherit != InheritCustom {
			d.inherit = o.inherit
		}
		d.past = append(d.past, o.past...)
		slices.SortStableFunc(d.past, func(a, b past) int { return a.before.Compare(b.before) })
	}
}

// overlays name, for each group, the function of nginx's source that decides.
var overlays = []overlay{
	// ngx_core_module_init_conf, src/core/nginx.c
	{names: []string{"daemon", "master_process"}, in: Main, def: "on"},
	{names: []string{"worker_processes"}, in: Main, def: "1"},
	// ngx_regex_init_conf, src/core/ngx_regex.c
	{names: []string{"pcre_jit"}, in: Main, def: "off"},
	// ngx_event_core_init_conf, src/event/ngx_event.c
	{names: []string{"worker_connections"}, in: Events, def: "512"},
	{names: []string{"multi_accept", "accept_mutex"}, in: Events, def: "off"},
	// ngx_http_core_merge_loc_conf, src/http/ngx_http_core_module.c
	{names: []string{"keepalive_timeout"}, in: HTTP, def: "75s", inherit: InheritValue},
	{names: []string{"root"}, in: HTTP, def: "html", inherit: InheritValue},
	{names: []string{"aio", "directio", "disable_symlinks"}, in: HTTP, def: "off", inherit: InheritValue},
	{names: []string{"open_file_cache"}, in: HTTP, def: "off"},
	{names: []string{"resolver"}, in: HTTP, inherit: InheritValue},
	{names: []string{"error_page", "error_log"}, in: HTTP, inherit: InheritList},
	// ngx_http_index_merge_loc_conf, src/http/modules/ngx_http_index_module.c
	{names: []string{"index"}, in: HTTP, def: "index.html", inherit: InheritList},
	// ngx_http_map_create_conf and ngx_http_map_init_conf
	{names: []string{"map_hash_max_size"}, in: HTTP, def: "2048"},
	{names: []string{"map_hash_bucket_size"}, in: HTTP, def: "64"},
	{names: []string{"map_hash_max_size"}, in: Stream, def: "2048"},
	{names: []string{"map_hash_bucket_size"}, in: Stream, def: "64"},

	// The merge functions of the proxying modules: what is left unset is
	// computed by hand.
	{
		names: []string{
			"proxy_max_temp_file_size", "fastcgi_max_temp_file_size",
			"uwsgi_max_temp_file_size", "scgi_max_temp_file_size",
		},
		in: HTTP, def: "1024m",
	},
	{
		names: []string{
			"proxy_cache", "fastcgi_cache", "uwsgi_cache", "scgi_cache",
			"proxy_store", "fastcgi_store", "uwsgi_store", "scgi_store",
			"proxy_ssl_certificate_cache", "grpc_ssl_certificate_cache", "uwsgi_ssl_certificate_cache",
		},
		in: HTTP, def: "off", inherit: InheritValue,
	},
	{
		names: []string{"proxy_cache_key", "fastcgi_cache_key", "uwsgi_cache_key", "scgi_cache_key"},
		in:    HTTP, inherit: InheritValue,
	},
	{
		names: []string{"proxy_cache_methods", "fastcgi_cache_methods", "uwsgi_cache_methods", "scgi_cache_methods"},
		in:    HTTP, def: "GET HEAD",
		// ngx_http_upstream_cache_method_mask, src/http/ngx_http_upstream.c
		values: []string{"GET", "HEAD", "POST"}, inherit: InheritValue,
	},
	{
		names: []string{
			"proxy_ignore_headers", "fastcgi_ignore_headers", "uwsgi_ignore_headers",
			"scgi_ignore_headers", "grpc_ignore_headers",
		},
		in: HTTP,
		// ngx_http_upstream_ignore_headers_masks, src/http/ngx_http_upstream.c
		values: []string{
			"X-Accel-Redirect", "X-Accel-Expires", "X-Accel-Limit-Rate", "X-Accel-Buffering",
			"X-Accel-Charset", "Expires", "Cache-Control", "Set-Cookie", "Vary",
		},
	},
	{names: []string{"proxy_redirect"}, in: HTTP, def: "default", inherit: InheritList},
	{
		names: []string{"proxy_cookie_domain", "proxy_cookie_path", "proxy_cookie_flags"},
		in:    HTTP, def: "off", inherit: InheritList,
	},

	// ngx_http_upstream_init_main_conf and the peer's own fallback:
	// ngx_http_upstream.c and ngx_stream_upstream.c take 30 seconds.
	{names: []string{"resolver_timeout"}, in: Upstream, def: "30s"},
	{names: []string{"resolver_timeout"}, in: StreamUpstream, def: "30s"},
	// ngx_http_upstream_init_keepalive; up to 1.29.6 a group without the
	// directive kept no connections.
	{
		names: []string{"keepalive"}, in: Upstream, def: "32 local",
		past: []past{{before: Version{1, 29, 7}, what: aspectDefault}},
	},

	// Lists with a setter of their own: a level with any entry of its own
	// takes none from outside.
	{names: []string{"add_header", "add_trailer"}, in: HTTP, inherit: InheritList},
	{names: []string{"fastcgi_param", "uwsgi_param", "scgi_param"}, in: HTTP, inherit: InheritList},
	// ngx_http_upstream_hide_headers_hash, src/http/ngx_http_upstream.c
	{
		names: []string{
			"proxy_hide_header", "fastcgi_hide_header", "uwsgi_hide_header", "scgi_hide_header", "grpc_hide_header",
			"proxy_pass_header", "fastcgi_pass_header", "uwsgi_pass_header", "scgi_pass_header", "grpc_pass_header",
		},
		in: HTTP, inherit: InheritList,
	},
	{
		names: []string{
			"proxy_set_body", "client_body_temp_path",
			"proxy_temp_path", "fastcgi_temp_path", "uwsgi_temp_path", "scgi_temp_path",
		},
		in: HTTP, inherit: InheritValue,
	},
	{names: []string{"allow", "deny"}, in: HTTP, inherit: InheritList},
	{names: []string{"allow", "deny"}, in: Stream, inherit: InheritList},
	{names: []string{"limit_req", "limit_conn"}, in: HTTP, inherit: InheritList},
	{names: []string{"limit_conn"}, in: Stream, inherit: InheritList},
	{names: []string{"access_log", "set_real_ip_from", "sub_filter", "auth_request_set"}, in: HTTP, inherit: InheritList},
	{names: []string{"access_log", "set_real_ip_from"}, in: Stream, inherit: InheritList},
	{names: []string{"mirror", "auth_request", "expires"}, in: HTTP, def: "off", inherit: InheritValue},

	// ngx_http_ssl_merge_srv_conf, src/http/modules/ngx_http_ssl_module.c, and
	// its sisters of mail and stream
	{names: []string{"ssl_session_cache"}, in: HTTP, def: "none", inherit: InheritValue},
	{names: []string{"ssl_session_cache"}, in: Stream, def: "none", inherit: InheritValue},
	{names: []string{"ssl_session_cache"}, in: Mail, def: "none", inherit: InheritValue},
	{names: []string{"ssl_certificate_cache", "ssl_ocsp_cache"}, in: HTTP, def: "off", inherit: InheritValue},
	{names: []string{"ssl_certificate_cache", "ssl_ocsp_cache"}, in: Stream, def: "off", inherit: InheritValue},
	{names: []string{"proxy_ssl_certificate_cache"}, in: Stream, def: "off", inherit: InheritValue},
	{names: []string{"ssl"}, in: HTTP, def: "off"},
	{names: []string{"ssl"}, in: Mail, def: "off"},
}
