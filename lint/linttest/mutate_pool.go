package linttest

import "strings"

// pick returns one of some values.
func pick[T any](c *mutation, values ...T) T { return values[c.IntN(len(values))] }

// poolValue returns a value that some directive takes: likely of another type than the one it is
// to replace.
func (c *mutation) poolValue() string {
	group := pool[c.IntN(len(pool))]
	return group[c.IntN(len(group))]
}

// quoteUnlessRaw writes a value as one word.
func quoteUnlessRaw(v string) string {
	if strings.HasPrefix(v, "$") && !strings.ContainsAny(v, "{} ;\"'\\") {
		return v
	}
	return quoteWord(v)
}

var variables = []string{
	"$host", "${host}", "$uri", "$remote_addr", "$arg_a", "$http_x_a", "$unknown_thing", "${unknown_thing}", "$", "${", "${host", "$1", "${1}", "$0",
	"$$", "${}", "$a-b", "$ssl_preread_server_name", "$upstream_addr", "$upstream_http_x", "$cookie_a", "$proxy_host", "$sent_http_x", "$status",
	"$request_time", "$bytes_sent", "$mapped", "$limit_rate", "$args", "$host$", "$server_name",
}

// pool holds values by kind.
var pool = [][]string{
	variables,
	{"0", "1", "-1", "2", "16", "100", "65535", "65536", "70000", "99999999999999999999", "1.5", "0x10", "1e3", "007", "+1", "4294967296", "2147483648"},
	{"1k", "4K", "8m", "1g", "512", "0k", "1t", "k", "1kb", "1.5m", "-1k", "8 k", "16K", "1M", "4k"},
	{"1s", "60", "500ms", "1m", "1h30m", "1d", "1w", "1M", "1y", "30sec", "1m1h", "-1s", "s", "5 s", "1h ", "0s", "1ms", "10s"},
	{"on", "off", "On", "OFF", "yes", "no", "true", "false", "none", "auto", "always", "any", "all", "default", "local"},
	{"127.0.0.1", "127.0.0.1:18081", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:", "127.0.0.1:http", "[::1]:18081", "[::1", "::1", "unix:x.sock", "unix:", "localhost:18080", "nowhere.invalid", "300.1.1.1", "127.0.0.1:18080:1", ":18080", "[::1]", "[::g]:1", "127.0.0.1:-1"},
	{"127.0.0.1/8", "10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/33", "::/0", "fe80::/129", "2001:db8::/32", "127.0.0.1-127.0.0.9", "127.0.0.1:18080-18090", "127.0.0.1:18090-18080", "10.0.0.0/", "10.0.0/8"},
	{"http://127.0.0.1:18080", "http://127.0.0.1:18080/", "http://", "https://127.0.0.1", "ftp://127.0.0.1", "http:/127.0.0.1", "grpc://127.0.0.1:18080", "//x", "/x", "/x/", "http://$host", "http://127.0.0.1:70000/", "http://unix:x.sock:/a", "$scheme://127.0.0.1", "http://[::1]:18080/$uri"},
	{"", " ", "-", "=", ":", "/", "@x", "@", "*", "*.example.com", "example.*", ".example.com", "~^www\\d+$", "~(", "a b", "\"", "'", "{", "}", ";", "\\", "#", "ä"},
	{"debug", "info", "warn", "crit", "combined", "main", "json", "stderr", "syslog:server=127.0.0.1", "syslog:server=127.0.0.1:70000", "syslog:serv=x", "syslog:server=127.0.0.1,facility=x", "memory:32k", "tmp/x.log"},
	{"200", "301", "404", "299", "600", "99", "1000", "=200", "=", "444", "499", "302", "999", "5xx", "308"},
	{"GET", "POST", "FOO", "HEAD", "text/html", "text/*", "utf-8", "koi8-r", "TLSv1.2", "TLSv1.4", "SSLv3", "HIGH:!aNULL", "nonsense", "http_500", "http_501", "error", "timeout", "updating", "non_idempotent", "X-Name", "HTTP_HOST"},
	{"default_server", "default", "ssl", "http2", "quic", "proxy_protocol", "reuseport", "backlog=1", "backlog=x", "rcvbuf=1k", "sndbuf=-1", "so_keepalive=on", "so_keepalive=1:2:3", "so_keepalive=x", "deferred", "bind", "ipv6only=on", "fastopen=3", "setfib=1", "udp", "accept_filter=x", "backlog=0", "fastopen=x"},
	{"weight=1", "weight=0", "weight=-1", "max_fails=x", "max_fails=0", "fail_timeout=5x", "fail_timeout=0", "backup", "down", "max_conns=1", "max_conns=x", "resolve", "service=x", "slow_start=1s", "route=a", "consistent", "two", "least_conn", "least_time=header"},
	{"burst=1", "burst=x", "burst=0", "nodelay", "delay=1", "delay=x", "zone=x:1m", "zone=x", "zone=:1m", "zone=x:1k", "zone=x:-1", "rate=1r/s", "rate=1r", "rate=0r/s", "rate=1r/d", "rate=1000r/m", "zone=one", "zone=one:10m"},
	{"levels=1:2", "levels=1:2:3:4", "levels=3", "levels=1:2:2", "keys_zone=c:1m", "keys_zone=c", "keys_zone=c:1k", "inactive=1m", "inactive=x", "max_size=1g", "max_size=x", "min_free=1m", "use_temp_path=off", "use_temp_path=x", "loader_files=1", "loader_files=x", "manager_sleep=1s", "purger=on"},
	{"valid=10s", "valid=x", "valid=0", "ipv6=off", "ipv6=on", "ipv6=x", "ipv4=off", "status_zone=x", "buffer=32k", "buffer=0", "flush=1s", "gzip", "gzip=9", "gzip=10", "if=$host", "if=", "escape=json", "escape=none", "escape=x", "max=1", "inactive=20s", "shared:SSL:1m", "shared:SSL", "shared::1m", "builtin:1000", "builtin:x"},
	{"last", "break", "redirect", "permanent", "if_not_empty", "ranges", "hostnames", "volatile", "proxy_recursive", "~", "~*", "^~", "!~", "-f", "!-d", "-x", "(", ")", "epoch", "max", "modified", "@1h", "@25h", "min_uses", "user:rw", "user:rwx", "group:x", "path=/", "domain=x", "expires=1h", "1:2", "20%", "*", "101%", "0.01%"},
	{"cert.crt", "cert.key", "missing.pem", "htpasswd", "empty.conf", "mime.types", "tmp/a", "prime256v1", "auto:x", "engine:x:y", "data:x"},
}
