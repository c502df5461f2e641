package nginx

import (
	"path"
	"strings"
	"sync"
)

// family is what the directives of a third-party module are called.
type family struct {
	module string
	// names are whole names, or with a * at the end what they begin with.
	names string
}

// families are common modules that do not come with nginx, builds of nginx by
// others that have directives of their own, and releases newer than the table of
// directives. The names are those of their ngx_command_t tables.
var families = [...]family{
	{"echo-nginx-module", "echo echo_*"},
	{"ngx_brotli", "brotli brotli_*"},
	{"zstd-nginx-module", "zstd zstd_*"},
	{"nginx-module-vts", "vhost_traffic_status vhost_traffic_status_*"},
	{"nginx-module-sts", "server_traffic_status server_traffic_status_* stream_server_traffic_status stream_server_traffic_status_*"},
	{"nginx-rtmp-module", "rtmp rtmp_* push_reconnect"},
	{"nchan", "nchan_* push_store_messages push_subscriber push_publisher push_message_timeout push_channel_group"},
	{"nginx-push-stream-module", "push_stream_*"},
	{"ModSecurity-nginx", "modsecurity modsecurity_* ModSecurityEnabled ModSecurityConfig"},
	{"Phusion Passenger", "passenger_* rails_* rack_env union_station_*"},
	{"ngx-fancyindex", "fancyindex fancyindex_*"},
	{"nginx-dav-ext-module", "dav_ext_*"},
	{"ngx_http_auth_pam_module", "auth_pam auth_pam_*"},
	{"ngx_http_substitutions_filter_module", "subs_filter subs_filter_* subs_line_buffer_size subs_buffers"},
	{"nginx-upload-progress-module", "upload_progress upload_progress_* track_uploads report_uploads"},
	{"nginx-upload-module", "upload_*"},
	{"nginx-upstream-fair", "fair upstream_fair_*"},
	{"ngx_cache_purge", "proxy_cache_purge fastcgi_cache_purge scgi_cache_purge uwsgi_cache_purge cache_purge_*"},
	{
		"naxsi", "naxsi_* LearningMode SecRulesEnabled SecRulesDisabled DeniedUrl CheckRule BasicRule MainRule " +
			"LibInjectionSql LibInjectionXss IgnoreIP IgnoreCIDR learning_mode rules_enabled rules_disabled " +
			"denied_url check_rule basic_rule main_rule libinjection_sql libinjection_xss",
	},
	{"ngx_pagespeed", "pagespeed pagespeed_* ModPagespeed*"},
	{"nginx-vod-module", "vod vod_*"},
	{"nginx-http-sysguard", "sysguard sysguard_*"},
	{
		"set-misc-nginx-module", "set_if_empty set_quote_* set_escape_uri set_unescape_uri set_encode_* set_decode_* set_base32_* " +
			"set_misc_base32_* set_sha1 set_md5 set_hmac_* set_random set_secure_random_* set_rotate set_local_today " +
			"set_formatted_* set_hashed_upstream",
	},
	{"array-var-nginx-module", "array_split array_join array_map array_map_op"},
	{"form-input-nginx-module", "set_form_input set_form_input_multi"},
	{"iconv-nginx-module", "set_iconv iconv_*"},
	{"encrypted-session-nginx-module", "encrypted_session_* set_encrypt_session set_decrypt_session"},
	{"memc-nginx-module", "memc_*"},
	{"redis2-nginx-module", "redis2_*"},
	{"ngx_http_redis", "redis_*"},
	{"srcache-nginx-module", "srcache_*"},
	{"drizzle-nginx-module", "drizzle_*"},
	{"ngx_postgres", "postgres_*"},
	{"rds-json-nginx-module", "rds_json rds_json_*"},
	{"rds-csv-nginx-module", "rds_csv rds_csv_*"},
	{"xss-nginx-module", "xss_*"},
	{"coolkit", "override_method"},
	{"replace-filter-nginx-module", "replace_filter replace_filter_*"},
	{"lua-nginx-module", "lua_* *_by_lua*"},
	{"nginx-http-auth-digest", "auth_digest auth_digest_*"},
	{"nginx-auth-ldap", "auth_ldap auth_ldap_* ldap_server"},
	{"spnego-http-auth-nginx-module", "auth_gss auth_gss_*"},
	{"nginx-auth-jwt", "auth_jwt auth_jwt_*"},
	{"nginx-keyval", "keyval keyval_zone keyval_zone_*"},
	{"nginx-ct", "ssl_ct ssl_ct_*"},
	{"nginx_cookie_flag_module", "set_cookie_flag"},
	{"nginx_cookie_limit_req_module", "cookie_limit_req cookie_limit_req_* proxy_cookie_limit_req"},
	{"testcookie-nginx-module", "testcookie testcookie_*"},
	{"nginx-upsync-module", "upsync upsync_*"},
	{"ngx_http_dyups_module", "dyups_*"},
	{"nginx_upstream_check_module", "check check_* shm_size"},
	{"nginx-sticky-module-ng", "sticky sticky_*"},
	{"nginx_tcp_proxy_module", "tcp"},
	{
		"ngx_http_proxy_connect_module", "proxy_connect proxy_connect_allow proxy_connect_address proxy_connect_bind " +
			"proxy_connect_data_timeout proxy_connect_response proxy_connect_send_timeout proxy_connect_read_timeout",
	},
	{"ngx_http_geoip2_module", "geoip2 geoip2_*"},
	{"nginx-opentracing", "opentracing opentracing_* zipkin_* jaeger_* lightstep_* datadog_*"},
	{"opentelemetry", "opentelemetry opentelemetry_* otel_* NginxModule*"},
	{"nginx-module-njs", "js_*"},
	{"nginx-ssl-ja3", "ssl_ja3 ssl_ja3_* ssl_ja4 ssl_ja4_*"},
	{"ngx_dynamic_tls_records", "ssl_dyn_rec_*"},
	{"nginx-security-headers", "security_headers security_headers_* hide_server_tokens"},
	{"nginx-length-hiding-filter-module", "length_hiding length_hiding_*"},
	{"nginx-limit-upstream", "limit_upstream_*"},
	{"nginx_limit_speed_module", "limit_speed limit_speed_*"},
	{"nginx_limit_upload_module", "limit_upload_*"},
	{"nginx_accept_language_module", "set_from_accept_language"},
	{"nginx-concat", "concat concat_*"},
	{"ngx_small_light", "small_light small_light_*"},
	{"ngx_mruby", "mruby_*"},
	{"ngx_php7", "php_* init_by_php* content_by_php* rewrite_by_php* access_by_php* log_by_php*"},
	{"ngx_wasm_module", "wasm wasm_* proxy_wasm proxy_wasm_* resolver_add"},
	{"nginx_ajp_module", "ajp_*"},
	{"nginx-sxg-module", "sxg sxg_*"},
	{"nginx-acme", "acme_*"},
	{"nginx-eval-module", "eval eval_*"},
	{"nginx-let-module", "let let_rand let_*"},
	{"nginx_mogilefs_module", "mogilefs_*"},
	{"nginx-gridfs", "gridfs mongo mongo_*"},
	{"nginx-statsd", "statsd_*"},
	{"graphite-nginx-module", "graphite_*"},
	{"nginx-influxdb-module", "influxdb"},
	{"nginx-sflow-module", "sflow"},
	{"ngx_http_accounting_module", "http_accounting http_accounting_*"},
	{"ngx_aws_auth", "aws_*"},
	{"ngx_unzip", "file_in_unzip file_in_unzip_*"},
	{"mod_zip", "mod_zip*"},
	{"ngx_slowfs_cache", "slowfs_*"},
	{"nginx-video-thumbextractor-module", "video_thumbextractor video_thumbextractor_*"},
	{"ngx_waf", "waf waf_*"},
	{"nginx-kafka-log", "kafka_* kafka"},
	// What nginx has had since 1.31.5, the first release that the table does not know:
	// ngx_http_core_module and ngx_http_json_module.
	{"nginx 1.31.5", "client_body_early_read json_set json_max_depth"},
	{
		"Tengine", "trim trim_css trim_js trim_types footer footer_types session_sticky session_sticky_hide_cookie " +
			"server_info server_tag server_admin force_exit vnswrr consistent_hash dynamic_resolve backtrace_log " +
			"backtrace_max_stack_size dubbo_* xquic_* tfs_* ssl_async slice_arg_begin slice_arg_end limit_req_whitelist " +
			"unbuffered_upload debug_pool log_empty_request dso",
	},
	{
		"Angie", "acme_client acme_client_path acme_dns_port acme_http_port acme_hook api api_config_files status_zone " +
			"auto_redirect metric_zone metric_complex_zone metric upstream_probe upstream_probe_timeout feedback " +
			"backup_switch prometheus prometheus_template bind_conn sticky_secret sticky_strict " +
			"http3_max_table_capacity response_time_factor rdp_preread mqtt_preread docker_endpoint docker_max_object_size",
	},
}

// ThirdParty returns the common third-party module, or build of nginx by
// others, that has a directive of that name. Some names are those of
// directives of nginx too, which may then take other arguments.
func ThirdParty(name string) (module string, ok bool) {
	names := familyNames()
	if module, ok = names.whole[name]; ok {
		return module, true
	}
	for _, p := range names.patterns {
		if p.begins && strings.HasPrefix(name, p.word) || !p.begins && strings.Contains(name, p.word) {
			return p.module, true
		}
	}
	return "", false
}

// pattern is what names of directives begin with, or else have in the middle.
type pattern struct {
	word   string
	begins bool
	module string
}

type familyIndex struct {
	whole    map[string]string // to the module
	patterns []pattern
}

// familyNames takes the families apart, once.
var familyNames = sync.OnceValue(func() familyIndex {
	index := familyIndex{whole: map[string]string{}}
	for i := range families {
		f := &families[i]
		for name := range strings.FieldsSeq(f.names) {
			word := strings.Trim(name, "*")
			switch {
			case strings.HasPrefix(name, "*"):
				index.patterns = append(index.patterns, pattern{word, false, f.module})
			case strings.HasSuffix(name, "*"):
				index.patterns = append(index.patterns, pattern{word, true, f.module})
			case index.whole[name] == "":
				index.whole[name] = f.module
			}
		}
	}
	return index
})

// moduleFiles are words in the names of the files of dynamic modules whose
// directives are known: those that come with nginx and those of families.
const moduleFiles = "stream_module mail_module image_filter xslt perl geoip ndk lua headers_more js_module otel njs " +
	"app_protect echo brotli zstd vhost_traffic_status server_traffic_status rtmp nchan push_stream modsecurity passenger " +
	"fancyindex dav_ext auth_pam subs_filter substitutions uploadprogress upload_progress upload upstream_fair cache_purge naxsi " +
	"pagespeed vod sysguard set_misc array_var form_input iconv encrypted_session memc redis srcache drizzle postgres " +
	"rds_json rds_csv xss auth_digest auth_ldap auth_spnego auth_jwt keyval ssl_ct cookie_flag testcookie upsync dyups " +
	"upstream_check sticky proxy_connect opentracing opentelemetry length_hiding concat small_light mruby wasm sxg acme " +
	"security_headers accept_language graphite statsd"

// KnownModuleFile reports whether the directives of a dynamic module are known
// here, by the path that load_module is given.
func KnownModuleFile(file string) bool {
	base := path.Base(file)
	for word := range strings.FieldsSeq(moduleFiles) {
		if strings.Contains(base, word) {
			return true
		}
	}
	return false
}
