package setter

import (
	"slices"
	"strings"
)

// isFixedVariable reports whether nginx refuses to define a variable again: it
// has the name for itself in every build since 1.18, and did not mark it as
// changeable (NGX_HTTP_VAR_CHANGEABLE; ngx_http_add_variable,
// src/http/ngx_http_variables.c, and its twin of stream). Variables of modules
// that are only built in on demand are left out.
func isFixedVariable(stream bool, name string) bool {
	names := fixedHTTPVariables
	if stream {
		names = fixedStreamVariables
	}
	_, ok := slices.BinarySearch(names, strings.ToLower(name))
	return ok
}

// Both are sorted.
var (
	fixedHTTPVariables = []string{
		"binary_remote_addr", "body_bytes_sent", "bytes_sent", "connection", "connection_requests", "content_length", "content_type", "date_gmt",
		"date_local", "document_root", "document_uri", "fastcgi_path_info", "fastcgi_script_name", "gzip_ratio", "host", "hostname",
		"http_cookie", "http_host", "http_referer", "http_user_agent", "http_via", "http_x_forwarded_for", "https", "is_args",
		"limit_conn_status", "limit_req_status", "msec", "nginx_version", "pid", "pipe", "proxy_add_x_forwarded_for", "proxy_protocol_addr",
		"proxy_protocol_port", "proxy_protocol_server_addr", "proxy_protocol_server_port", "query_string", "realpath_root", "remote_addr",
		"remote_port", "remote_user", "request", "request_body", "request_body_file", "request_completion", "request_filename", "request_id",
		"request_length", "request_method", "request_time", "request_uri", "scheme", "sent_http_cache_control", "sent_http_connection",
		"sent_http_content_length", "sent_http_content_type", "sent_http_keep_alive", "sent_http_last_modified", "sent_http_link",
		"sent_http_location", "sent_http_transfer_encoding", "server_addr", "server_name", "server_port", "server_protocol", "status",
		"time_iso8601", "time_local", "uid_got", "uid_set", "upstream_addr", "upstream_bytes_received", "upstream_bytes_sent",
		"upstream_cache_status", "upstream_connect_time", "upstream_header_time", "upstream_response_length", "upstream_response_time",
		"upstream_status", "uri",
	}
	fixedStreamVariables = []string{
		"binary_remote_addr", "bytes_received", "bytes_sent", "connection", "hostname", "limit_conn_status", "msec", "nginx_version", "pid",
		"protocol", "proxy_protocol_addr", "proxy_protocol_port", "proxy_protocol_server_addr", "proxy_protocol_server_port", "remote_addr",
		"remote_port", "server_addr", "server_port", "session_time", "status", "time_iso8601", "time_local", "upstream_addr",
		"upstream_bytes_received", "upstream_bytes_sent", "upstream_connect_time", "upstream_first_byte_time", "upstream_session_time",
	}
)
