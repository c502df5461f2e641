package setter

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// gatewayCases are all cases of these families.
func gatewayCases() []gatewayCase {
	return slices.Concat(upstreamCases(), proxyCases(), cacheCases(), sslCases())
}

func accepted(in nginx.Context, lines ...string) []gatewayCase {
	var out []gatewayCase
	for _, line := range lines {
		out = append(out, gatewayCase{in: in, line: line})
	}
	return out
}

func refused(in nginx.Context, want string, lines ...string) []gatewayCase {
	var out []gatewayCase
	for _, line := range lines {
		out = append(out, gatewayCase{in: in, line: line, want: want})
	}
	return out
}

func upstreamCases() []gatewayCase {
	var out []gatewayCase
	for _, in := range []nginx.Context{nginx.Upstream, nginx.StreamUpstream} {
		out = append(out, accepted(in,
			"server 127.0.0.1:2 weight=1", "server 127.0.0.1:2 weight=007", "server 127.0.0.1:2 max_conns=0 max_fails=0 fail_timeout=0",
			"server 127.0.0.1:2 fail_timeout=1m30s backup", "server 127.0.0.1:2 down down", "server 127.0.0.1:2 weight=2 weight=3",
			"hash $remote_addr", "hash $remote_addr consistent", "hash plain", `hash ""`, "random", "random two", "random two least_conn",
			"zone z 32k", "zone z 1m", "least_conn")...)
		for _, p := range []string{
			"weight=0", "weight=", "weight=-1", "weight=1.5", "weight=a", "weight", "Weight=1", "max_conns=", "max_conns=-1", "max_fails=x", "max_fails",
			"fail_timeout=", "fail_timeout=10x", "fail_timeout=1ms", "fail_timeout=-1", "backups", "Backup", "backup=1", "down=1", "DOWN", "up", "127.0.0.1:3", "slow_start=x", "weight:1", `""`,
		} {
			out = append(out, refused(in, `invalid parameter "`+strings.Trim(p, `"`)+`"`, "server 127.0.0.1:2 "+p)...)
		}
		out = append(out, refused(in, `invalid parameter "Consistent"`, "hash $remote_addr Consistent")...)
		out = append(out, refused(in, "invalid variable name", "hash $", "hash a$-b")...)
		out = append(out, refused(in, `the closing bracket in "remote_addr" variable is missing`, "hash ${remote_addr")...)
		out = append(out, refused(in, `invalid parameter "three"`, "random three", "random three least_conn")...)
		out = append(out, refused(in, `invalid parameter "ip_hash"`, "random two ip_hash")...)
		out = append(out, refused(in, `invalid zone size "64kb"`, "zone z 64kb")...)
		out = append(out, refused(in, `invalid zone name ""`, `zone ""`, `zone "" 64k`)...)
		out = append(out, refused(in, `zone "z" is too small`, "zone z 31k", "zone z 0")...)
		out = append(out, gatewayCase{in: in, line: "server 127.0.0.1:2 resolve", want: `invalid parameter "resolve"`, before: "1.27.3"})
	}
	out = append(out, accepted(nginx.Upstream, "keepalive 1", "keepalive 0032", "ip_hash")...)
	out = append(out, refused(nginx.Upstream, `in "keepalive" directive`, "keepalive -1", "keepalive x", "keepalive 1k", `keepalive ""`)...)
	return append(out, gatewayCase{in: nginx.Upstream, line: "server 127.0.0.1:2 route=a", want: `invalid parameter "route=a"`, before: "1.29.6"},
		gatewayCase{in: nginx.Upstream, line: "keepalive 4 shared", want: `invalid parameter "shared"`},
		gatewayCase{in: nginx.Upstream, line: "keepalive 4 local"},
		gatewayCase{in: nginx.Upstream, line: "sticky cookie a expires=1h domain=.a path=/ httponly secure samesite=lax"},
		gatewayCase{in: nginx.Upstream, line: "sticky cookie a samesite=$arg_b"},
		gatewayCase{in: nginx.Upstream, line: "sticky cookies a", want: `unknown parameter "cookies"`},
		gatewayCase{in: nginx.Upstream, line: "sticky cookie a http", want: `unknown parameter "http"`},
		gatewayCase{in: nginx.Upstream, line: "sticky cookie a samesite=no", want: `invalid "samesite" parameter value`},
		gatewayCase{in: nginx.Upstream, line: "sticky cookie a expires=x", want: `invalid "expires" parameter value`},
		gatewayCase{in: nginx.Upstream, line: "sticky route $uri"})
}

func proxyCases() []gatewayCase {
	l, s := nginx.Location, nginx.StreamServer
	out := slices.Concat([]gatewayCase{{in: l, line: "proxy_bind [::1]", want: "invalid address", before: "1.27.0"}},
		accepted(l, "proxy_pass http://127.0.0.1:1/$uri", "proxy_pass http://$host", "fastcgi_pass $host", "grpc_pass grpc://$host",
			"uwsgi_pass $host:1", "scgi_pass $host", "proxy_bind off", "proxy_bind 127.0.0.1", "proxy_bind 127.0.0.1:80",
			"proxy_bind ::1", "proxy_bind [::1]:80", "proxy_bind [127.0.0.1]:80", "proxy_bind $remote_addr transparent", "proxy_bind 127.0.0.1 transparent",
			"proxy_bind off$uri", "fastcgi_bind 127.0.0.2",
			"proxy_redirect off", "proxy_redirect http://a/ /", `proxy_redirect http://a/ ""`, "proxy_redirect ~^http://([^/]+)/(.*)$ /$1/$2", "proxy_redirect ~*a b", "proxy_redirect off off",
			"proxy_redirect $host /", "proxy_cookie_domain off", "proxy_cookie_domain .a .b", "proxy_cookie_domain ~a(b) $1", "proxy_cookie_path off", "proxy_cookie_path ~*^/a /b",
			"proxy_cookie_flags off", "proxy_cookie_flags ~ secure", "proxy_cookie_flags one nonsense",
			"proxy_set_header X $host", `proxy_set_header X ""`, "proxy_set_body $uri", "proxy_method $request_method", "proxy_limit_rate 10k",
			"fastcgi_param A b if_not_empty", "fastcgi_param A $uri", "uwsgi_param A b", "scgi_param A b", "grpc_set_header A b",
			"fastcgi_split_path_info ^(.+?\\.php)(/.*)$", "fastcgi_split_path_info ^(?<a>.+)(.*)$", "fastcgi_split_path_info ^(?:a)(?'n'b)(?=c)(.*)$", "fastcgi_split_path_info (?|(a)|(b))(c)",
			"proxy_store on", "proxy_store off", "proxy_store /a$uri", "proxy_store_access user:rw group:rw all:r", "proxy_store_access all:rw",
			"proxy_temp_path t 1 2 3", "proxy_temp_path t", "proxy_temp_path t 10", "proxy_temp_path t 4 4 2",
			"proxy_ssl_name $host", "proxy_next_upstream error http_500", "memcached_bind 127.0.0.1", "fastcgi_index index.php", "proxy_ssl_certificate $host", "proxy_cache_bypass $http_a 0"),
		refused(l, "invalid variable name", "proxy_pass http://$", "proxy_pass http://127.0.0.1/$-", "fastcgi_pass $", "grpc_pass $", "uwsgi_pass $", "scgi_pass $",
			"proxy_bind $", "proxy_redirect a $", "proxy_redirect $ a", "proxy_cookie_path a $", "proxy_cookie_domain ~a $", "proxy_cookie_flags a $", "proxy_set_header X $", "proxy_set_body $", "proxy_method $", "fastcgi_param A $",
			"grpc_set_header A $", "proxy_store /a$", "proxy_ssl_name $", "proxy_cache_bypass $host $", "proxy_no_cache $", "proxy_cache_key $", "fastcgi_param A $ if_not_empty"),
		refused(l, "invalid address", "proxy_bind localhost", "proxy_bind 127.0.0.1:0", "proxy_bind 127.0.0.1:65536", "proxy_bind 127.0.0.1:", "proxy_bind on", `proxy_bind ""`,
			"proxy_bind ::1:80:g", "proxy_bind 255.255.255.255", "proxy_bind 1.2.3.4.:5", "proxy_bind eth0", "proxy_bind 256.1.1.1", "proxy_bind off transparent", "fastcgi_bind x"),
		refused(l, `invalid parameter "opaque"`, "proxy_bind 127.0.0.1 opaque"),
		refused(l, "invalid parameter", "proxy_redirect on", "proxy_redirect /", "proxy_cookie_domain a", "proxy_cookie_path on", "proxy_cookie_flags a", "fastcgi_param A b if_empty", "scgi_param A b c", "uwsgi_param A b c"),
		refused(l, "missing closing parenthesis", "proxy_cookie_domain ~(a b", "proxy_redirect ~*(a b", "proxy_cookie_path ~( b", "proxy_cookie_flags ~( b"),
		refused(l, `must have 2 captures`, "fastcgi_split_path_info ^(.+)$", "fastcgi_split_path_info .", "fastcgi_split_path_info (a)(b)(c)", "fastcgi_split_path_info (?P<x>a)(b)(c)", "fastcgi_split_path_info (?:a)(?=b)(?<!c)(?i)(d)", "fastcgi_split_path_info [(](a)", `fastcgi_split_path_info \((a)`),
		accepted(l, "uwsgi_modifier1 0", "uwsgi_modifier2 255"),
		refused(l, "value must be between 0 and 255", "uwsgi_modifier1 256"),
		refused(l, "invalid number", "uwsgi_modifier1 -1", "uwsgi_modifier2 x"),
		refused(l, "directive invalid value", "proxy_limit_rate 10x", "proxy_limit_rate -1", "proxy_limit_rate 1g", "fastcgi_limit_rate x"),
		refused(l, "invalid value", "proxy_store_access user", "proxy_store_access user:x", "proxy_store_access other:rw", "proxy_store_access user:wr", "proxy_store_access rw",
			"proxy_temp_path t 0", "proxy_temp_path t a", "proxy_temp_path t 4 4 4", "proxy_temp_path t 11", "proxy_temp_path t 1 -1", "proxy_next_upstream error http_501"),
		accepted(s, "proxy_pass $remote_addr:80", "proxy_bind $remote_addr transparent", "proxy_bind 127.0.0.1", "proxy_upload_rate 1k", "proxy_download_rate $server_port", "proxy_ssl_name $remote_addr"),
		refused(s, "invalid variable name", "proxy_pass $", "proxy_bind $", "proxy_upload_rate $", "proxy_ssl_name a$"),
		refused(s, "invalid address", "proxy_bind localhost"),
		refused(s, "invalid value", "proxy_upload_rate 1x", "proxy_download_rate 1g"),
		accepted(nginx.HTTP, "proxy_set_header X $", "fastcgi_param A $", "proxy_set_body $"),
		refused(nginx.Server, "invalid variable name", "proxy_set_header X $", "fastcgi_param A $", "proxy_set_body $"),
	)
	return out
}

func cacheCases() []gatewayCase {
	h, l := nginx.HTTP, nginx.Location
	out := slices.Concat(
		accepted(h, "proxy_cache_path c keys_zone=a:1m levels=1:2", "proxy_cache_path c keys_zone=a:1m levels=2:2:2 inactive=1d max_size=1g",
			"fastcgi_cache_path c keys_zone=a:1m levels= use_temp_path=off loader_files=10 loader_sleep=1ms loader_threshold=1s manager_files=0 manager_sleep=0 manager_threshold=1",
			"proxy_cache_path c keys_zone=a:1m keys_zone=b:1m", "uwsgi_cache_path c keys_zone=a:1m", "scgi_cache_path c max_size=0 keys_zone=a:1m"),
		refused(h, `must have "keys_zone" parameter`, "proxy_cache_path c levels=1", "proxy_cache_path c keys_zone=:1m", "fastcgi_cache_path c inactive=1m"),
		refused(h, `invalid keys zone size`, "proxy_cache_path c keys_zone=a", "proxy_cache_path c keys_zone=a:", "proxy_cache_path c keys_zone=a:1g", "proxy_cache_path c keys_zone=a:x"),
		refused(h, `is too small`, "proxy_cache_path c keys_zone=a:8191", "proxy_cache_path c keys_zone=a:0"),
		refused(h, `invalid "levels"`, "proxy_cache_path c keys_zone=a:1m levels=3", "proxy_cache_path c keys_zone=a:1m levels=1:", "proxy_cache_path c keys_zone=a:1m levels=1:2:2:1",
			"proxy_cache_path c keys_zone=a:1m levels=12", "proxy_cache_path c keys_zone=a:1m levels=0", "proxy_cache_path c keys_zone=a:1m levels=1:2:2:", "proxy_cache_path c keys_zone=a:1m levels=1,2"),
		refused(h, "invalid use_temp_path value", "proxy_cache_path c keys_zone=a:1m use_temp_path=yes", "proxy_cache_path c keys_zone=a:1m use_temp_path=ON"),
		refused(h, "invalid inactive value", "proxy_cache_path c keys_zone=a:1m inactive=x", "proxy_cache_path c keys_zone=a:1m inactive=1ms", "proxy_cache_path c keys_zone=a:1m inactive="),
		refused(h, "invalid max_size value", "proxy_cache_path c keys_zone=a:1m max_size=1t", "proxy_cache_path c keys_zone=a:1m max_size="),
		refused(h, "invalid loader_files value", "proxy_cache_path c keys_zone=a:1m loader_files=x"),
		refused(h, "invalid manager_sleep value", "proxy_cache_path c keys_zone=a:1m manager_sleep=1y"),
		refused(h, "invalid parameter", "proxy_cache_path c keys_zone=a:1m max=1", "proxy_cache_path c keys_zone=a:1m off", "proxy_cache_path c keys_zone", "proxy_cache_path c 1 2 keys_zone=a:1m",
			"proxy_cache_path c Levels=1:2 keys_zone=a:1m", "proxy_cache_path c keys_zone=a:1m purge=on"),
		accepted(l, "proxy_cache off", "proxy_cache_key $uri", "proxy_cache_valid 1m", "proxy_cache_valid 200 301 any 1m", "proxy_cache_valid 0", "proxy_cache_valid 100 599 1y", "proxy_cache_valid 0200 1m",
			"fastcgi_cache_valid any 1m", "fastcgi_cache_key a", "proxy_cache $uri"),
		refused(l, "invalid time value", "proxy_cache_valid any", "proxy_cache_valid 200 any", "proxy_cache_valid 1ms", "proxy_cache_valid 200 10x", `proxy_cache_valid ""`),
		refused(l, "invalid status", "proxy_cache_valid 99 1m", "proxy_cache_valid 600 1m", "proxy_cache_valid 2xx 1m", "proxy_cache_valid 200 ANY 1m", "proxy_cache_valid 200,301 1m"),
		refused(l, "invalid variable name", "proxy_cache $", "fastcgi_cache_key $"),
	)
	return append(out, gatewayCase{in: h, line: "proxy_cache_path c keys_zone=a:1m min_free=1g", want: "invalid parameter", before: "1.19.1"},
		gatewayCase{in: h, line: "proxy_cache_path c keys_zone=a:1m min_free=x", want: "min_free=x"})
}

func sslCases() []gatewayCase {
	out := []gatewayCase{}
	for _, in := range []nginx.Context{nginx.Server, nginx.StreamServer} {
		out = append(out, accepted(in, "ssl_session_cache off", "ssl_session_cache none", "ssl_session_cache builtin", "ssl_session_cache builtin:0 shared:a:32k", "ssl_session_cache shared:a:1m",
			"ssl_session_cache off none", "ssl_session_timeout 1d", "ssl_protocols TLSv1.2 TLSv1.3")...)
		out = append(out, refused(in, "invalid session cache", "ssl_session_cache on", "ssl_session_cache shared", "ssl_session_cache shared:SSL", "ssl_session_cache shared::1m", "ssl_session_cache shared:a:1g",
			"ssl_session_cache shared:a:", "ssl_session_cache builtin:", "ssl_session_cache builtin:x", "ssl_session_cache SHARED:a:1m", "ssl_session_cache shared:a:10mb", "ssl_session_cache shared:a:1m:2m")...)
		out = append(out, refused(in, "is too small", "ssl_session_cache shared:a:31k", "ssl_session_cache shared:a:0")...)
		out = append(out, refused(in, "invalid value", "ssl_session_timeout 1ms", "ssl_protocols TLSv1.4", "ssl_prefer_server_ciphers yes")...)
		out = append(out, accepted(in, "ssl_certificate_cache off", "ssl_certificate_cache max=1", "ssl_certificate_cache max=1 inactive=1m valid=1m")...)
	}
	s := nginx.Server
	out = append(out, refused(s, "invalid parameter", "ssl_certificate_cache max=0", "ssl_certificate_cache max=1 max", "ssl_certificate_cache max=1 valid=x", "ssl_certificate_cache maximum=1")...)
	out = append(out, refused(s, `must have the "max" parameter`, "ssl_certificate_cache inactive=1m")...)
	return append(out, slices.Concat(
		accepted(s, "ssl_ocsp_cache off", "ssl_ocsp_cache shared:a:32k", "http2_pool_size 112", "http2_body_preread_size 2147483647", "http2_streams_index_size 32",
			"http2_chunk_size 1", "http2_push off", "http2_push /a$uri", "http2_max_concurrent_pushes 3"),
		refused(s, "invalid OCSP cache", "ssl_ocsp_cache on", "ssl_ocsp_cache shared:a", "ssl_ocsp_cache shared:a:x"),
		refused(s, `OCSP cache "shared:a:1k" is too small`, "ssl_ocsp_cache shared:a:1k"),
		accepted(nginx.HTTP, "http2_recv_buffer_size 33"),
		refused(nginx.HTTP, "value is too small", "http2_recv_buffer_size 16"),
		refused(nginx.HTTP, "invalid value", "http2_recv_buffer_size x"),
		refused(s, "the pool size must be no less than 112", "http2_pool_size 111"),
		refused(s, "the pool size must be a multiple of 16", "http2_pool_size 120"),
		refused(s, "the maximum body preread buffer size is 2147483647", "http2_body_preread_size 2048m"),
		refused(s, "must be a power of two", "http2_streams_index_size 0", "http2_streams_index_size 33"),
		refused(s, "cannot be zero", "http2_chunk_size 0"),
	)...)
}
