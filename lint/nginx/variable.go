package nginx

import (
	"slices"
	"strings"
)

// IsBuiltinVariable reports whether nginx itself gives the variable called
// name, without its "$", in http or in stream. Case does not count.
//
// That covers the families such as http_… and arg_…, the captures 1 to 9, and
// the variables of the modules published along with nginx: those of its
// commercial build, acme and otel.
func IsBuiltinVariable(name string) bool {
	return IsHTTPVariable(name) || IsStreamVariable(name)
}

// IsHTTPVariable reports whether nginx gives the variable in http. See
// [IsBuiltinVariable].
func IsHTTPVariable(name string) bool {
	return isVariable(name, httpVariables[:], httpPrefixes[:])
}

// IsStreamVariable reports whether nginx gives the variable in stream. See
// [IsBuiltinVariable].
func IsStreamVariable(name string) bool {
	return isVariable(name, streamVariables[:], streamPrefixes[:])
}

// HTTPVariables returns the names of the variables nginx gives in http,
// without the families such as http_…; sorted, the caller's own.
func HTTPVariables() []string { return slices.Clone(httpVariables[:]) }

// StreamVariables returns the names of the variables nginx gives in stream,
// without the families; sorted, the caller's own.
func StreamVariables() []string { return slices.Clone(streamVariables[:]) }

func isVariable(name string, names, prefixes []string) bool {
	if len(name) == 1 && name[0] >= '1' && name[0] <= '9' {
		return true
	}
	name = strings.ToLower(name)
	if _, ok := slices.BinarySearch(names, name); ok {
		return true
	}
	return slices.ContainsFunc(prefixes, func(p string) bool {
		return strings.HasPrefix(name, p)
	})
}

// httpPrefixes begin families of variables (NGX_HTTP_VAR_PREFIX,
// src/http/ngx_http_variables.c and ngx_http_upstream.c; jwt_ and oidc_ of the
// commercial modules).
var httpPrefixes = [...]string{
	"arg_", "cookie_", "http_", "sent_http_", "sent_trailer_",
	"upstream_cookie_", "upstream_http_", "upstream_trailer_",
	"proxy_protocol_tlv_", "jwt_claim_", "jwt_header_", "oidc_claim_",
}

var streamPrefixes = [...]string{"proxy_protocol_tlv_"}

// httpVariables comes from the tables of src/http/ngx_http_variables.c,
// ngx_http_upstream.c and the modules of src/http, and from the index of
// variables of nginx's documentation. Sorted.
var httpVariables = [...]string{
	"acme_certificate", "acme_certificate_key",
	"ancient_browser",
	"args",
	"binary_remote_addr",
	"body_bytes_sent",
	"bytes_sent",
	"connection", "connection_requests", "connection_time",
	"connections_active", "connections_reading", "connections_waiting", "connections_writing",
	"content_length", "content_type",
	"date_gmt", "date_local",
	"document_root", "document_uri",
	"fastcgi_path_info", "fastcgi_script_name",
	"geoip_area_code", "geoip_city", "geoip_city_continent_code", "geoip_city_country_code",
	"geoip_city_country_code3", "geoip_city_country_name", "geoip_country_code",
	"geoip_country_code3", "geoip_country_name", "geoip_dma_code", "geoip_latitude",
	"geoip_longitude", "geoip_org", "geoip_postal_code", "geoip_region", "geoip_region_name",
	"grpc_internal_trailers",
	"gzip_ratio",
	"host", "hostname",
	"http2", "http3", "https",
	"invalid_referer",
	"is_args", "is_request_port",
	"jwt_payload",
	"limit_conn_status", "limit_rate", "limit_req_status",
	"memcached_key",
	"modern_browser",
	"msec", "msie",
	"nginx_version",
	"otel_parent_id", "otel_parent_sampled", "otel_span_id", "otel_trace_id",
	"pid", "pipe",
	"proxy_add_x_forwarded_for", "proxy_host",
	"proxy_internal_body_length", "proxy_internal_chunked", "proxy_internal_connection",
	"proxy_port",
	"proxy_protocol_addr", "proxy_protocol_port", "proxy_protocol_server_addr",
	"proxy_protocol_server_port",
	"query_string",
	"realip_remote_addr", "realip_remote_port",
	"realpath_root",
	"remote_addr", "remote_port", "remote_user",
	"request", "request_body", "request_body_file", "request_completion", "request_filename",
	"request_id", "request_length", "request_method", "request_port", "request_time",
	"request_uri",
	"scheme",
	"secure_link", "secure_link_expires",
	"server_addr", "server_name", "server_port", "server_protocol",
	"session_log_binary_id", "session_log_id",
	"slice_range",
	"ssl_alpn_protocol", "ssl_cipher", "ssl_ciphers", "ssl_client_cert",
	"ssl_client_escaped_cert", "ssl_client_fingerprint", "ssl_client_i_dn",
	"ssl_client_i_dn_legacy", "ssl_client_raw_cert", "ssl_client_s_dn",
	"ssl_client_s_dn_legacy", "ssl_client_serial", "ssl_client_sigalg", "ssl_client_v_end",
	"ssl_client_v_remain", "ssl_client_v_start", "ssl_client_verify", "ssl_curve",
	"ssl_curves", "ssl_early_data", "ssl_ech_outer_server_name", "ssl_ech_status",
	"ssl_protocol", "ssl_server_name", "ssl_session_id", "ssl_session_reused", "ssl_sigalg",
	"status",
	"tcpinfo_rcv_space", "tcpinfo_rtt", "tcpinfo_rttvar", "tcpinfo_snd_cwnd",
	"time_iso8601", "time_local",
	"uid_got", "uid_reset", "uid_set",
	"upstream_addr", "upstream_bytes_received", "upstream_bytes_sent",
	"upstream_cache_etag", "upstream_cache_last_modified",
	"upstream_cache_status", "upstream_connect_time", "upstream_header_time",
	"upstream_last_addr", "upstream_last_server_name", "upstream_queue_time",
	"upstream_response_length", "upstream_response_time", "upstream_status",
	"uri",
}

// streamVariables comes from the tables of src/stream/ngx_stream_variables.c,
// ngx_stream_upstream.c and the modules of src/stream, and from the index of
// variables of nginx's documentation. Sorted.
var streamVariables = [...]string{
	"acme_certificate", "acme_certificate_key",
	"binary_remote_addr",
	"bytes_received", "bytes_sent",
	"connection",
	"geoip_area_code", "geoip_city", "geoip_city_continent_code", "geoip_city_country_code",
	"geoip_city_country_code3", "geoip_city_country_name", "geoip_country_code",
	"geoip_country_code3", "geoip_country_name", "geoip_dma_code", "geoip_latitude",
	"geoip_longitude", "geoip_org", "geoip_postal_code", "geoip_region", "geoip_region_name",
	"hostname",
	"limit_conn_status",
	"mqtt_preread_clientid", "mqtt_preread_username",
	"msec",
	"nginx_version",
	"pid",
	"protocol",
	"proxy_protocol_addr", "proxy_protocol_port", "proxy_protocol_server_addr",
	"proxy_protocol_server_port",
	"realip_remote_addr", "realip_remote_port",
	"remote_addr", "remote_port",
	"server_addr", "server_name", "server_port",
	"session_time",
	"ssl_alpn_protocol", "ssl_cipher", "ssl_ciphers", "ssl_client_cert",
	"ssl_client_fingerprint", "ssl_client_i_dn", "ssl_client_raw_cert", "ssl_client_s_dn",
	"ssl_client_serial", "ssl_client_sigalg", "ssl_client_v_end", "ssl_client_v_remain",
	"ssl_client_v_start", "ssl_client_verify", "ssl_curve", "ssl_curves",
	"ssl_ech_outer_server_name", "ssl_ech_status",
	"ssl_preread_alpn_protocols", "ssl_preread_protocol", "ssl_preread_server_name",
	"ssl_protocol", "ssl_server_name", "ssl_session_id", "ssl_session_reused", "ssl_sigalg",
	"status",
	"time_iso8601", "time_local",
	"upstream_addr", "upstream_bytes_received", "upstream_bytes_sent",
	"upstream_connect_time", "upstream_first_byte_time", "upstream_session_time",
}
