package errorlog

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nginxlint/nginxlint/rules"
)

// lines are what nginx writes, by the id of the message.
var lines = []struct{ id, line string }{
	{"no-port", `[error] no port in upstream "app", client: 192.0.2.1`},
	{"no-resolver", `[error] no resolver defined to resolve app.test, client: 192.0.2.1`},
	{"no-upstream-configuration", `[alert] no upstream configuration, client: 192.0.2.1`},
	{"cache-key-too-long", `[error] proxy_buffer_size 4096 is not enough for cache key, it should be increased to at least 6144, client: 192.0.2.1`},
	{"cache-unknown", `[error] cache "two" not found, client: 192.0.2.1`},
	{"resolve-format", `[error] app could not be resolved (1: Format error), client: 192.0.2.1`},
	{"resolve-server-failure", `[error] app could not be resolved (2: Server failure)`},
	{"resolve-not-found", `[error] app could not be resolved (3: Host not found)`},
	{"resolve-unimplemented", `[error] app could not be resolved (4: Unimplemented)`},
	{"resolve-refused", `[error] app could not be resolved (5: Operation refused)`},
	{"resolve-timeout", `[error] app could not be resolved (110: Operation timed out)`},
	{"resolve-failed", `[error] app could not be resolved (9: Unknown error)`},
	{"no-live-upstreams", `[error] no live upstreams while connecting to upstream`},
	{"timed-out-connecting", `[error] upstream timed out (110: Connection timed out) while connecting to upstream`},
	{"timed-out-connecting", `[error] upstream timed out (110: Operation timed out) while connecting to upstream`},
	{"timed-out-handshake", `[error] upstream timed out (110: Connection timed out) while SSL handshaking to upstream`},
	{"timed-out-sending", `[error] upstream timed out (110: Connection timed out) while sending request to upstream`},
	{"timed-out-reading-header", `[error] upstream timed out (110: Connection timed out) while reading response header from upstream`},
	{"timed-out-upgraded", `[error] upstream timed out (110: Connection timed out) while proxying upgraded connection`},
	{"timed-out-reading-body", `[error] upstream timed out (110: Connection timed out) while reading upstream`},
	{"timed-out-stream", `[error] upstream timed out (110: Connection timed out) while proxying connection`},
	{"timed-out-idle", `[info] connection timed out (110: Connection timed out) while proxying connection, client: 192.0.2.1`},
	{"timed-out", `[error] upstream timed out (110: Connection timed out), client: 192.0.2.1`},
	{"connect-refused", `[error] connect() failed (111: Connection refused) while connecting to upstream`},
	{"connect-refused", `[error] connect() failed (61: Connection refused) while connecting to upstream`},
	{"connect-refused", `[error] kevent() reported that connect() failed (61: Connection refused) while connecting to upstream`},
	{"connect-no-route", `[error] connect() failed (113: No route to host) while connecting to upstream`},
	{"connect-no-route", `[error] connect() failed (113: Host is unreachable) while connecting to upstream`},
	{"connect-no-route", `[crit] connect() to [2001:db8::1]:80 failed (101: Network is unreachable) while connecting to upstream`},
	{"connect-timed-out-by-system", `[error] connect() failed (110: Connection timed out) while connecting to upstream`},
	{"connect-reset", `[error] connect() failed (104: Connection reset by peer) while connecting to upstream`},
	{"connect-ports-used-up", `[crit] connect() to 127.0.0.1:18999 failed (99: Cannot assign requested address) while connecting to upstream`},
	{"connect-socket-missing", `[crit] connect() to unix:/run/app.sock failed (2: No such file or directory) while connecting to upstream`},
	{"connect-socket-permission", `[crit] connect() to unix:/run/app.sock failed (13: Permission denied) while connecting to upstream`},
	{"connect-permission", `[crit] connect() to 10.0.0.1:8080 failed (13: Permission denied) while connecting to upstream`},
	{"connect-socket-backlog", `[error] connect() to unix:/run/app.sock failed (11: Resource temporarily unavailable) while connecting to upstream`},
	{"connect-not-a-directory", `[crit] connect() to unix:/run/app.sock/api failed (20: Not a directory) while connecting to upstream`},
	{"connect-invalid", `[crit] connect() to 10.0.0.1:80 failed (22: Invalid argument) while connecting to upstream`},
	{"connect-failed", `[crit] connect() to 10.0.0.1:80 failed (95: Operation not supported) while connecting to upstream`},
	{"tls-upstream", `[alert] SSL_set_tlsext_host_name("app") failed (SSL:) while SSL handshaking to upstream`},
	{"tls-upstream", `[alert] SSL_set_alpn_protos() failed (SSL:) while SSL handshaking to upstream`},
	{"tls-verify", `[error] upstream SSL certificate verify error: (20:unable to get local issuer certificate) while SSL handshaking to upstream`},
	{"tls-verify-expired", `[error] upstream SSL certificate verify error: (10:certificate has expired) while SSL handshaking to upstream`},
	{"tls-verify-self-signed", `[error] upstream SSL certificate verify error: (18:self-signed certificate) while SSL handshaking to upstream`},
	{"tls-verify", `[error] upstream SSL certificate verify error: (22:certificate chain too long) while SSL handshaking to upstream`},
	{"tls-shutdown", `[error] SSL_shutdown() failed (SSL: error:80000020:system library::Broken pipe:tls_retry_write_records failure) (32: Broken pipe) while connecting to upstream, client: 192.0.2.1`},
	{"client-handshake", `[crit] SSL_shutdown() failed (SSL: error:0A000123:SSL routines::application data after close notify), client: 192.0.2.1`},
	{"resolver-answers-error", `[error] DNS error (1: Format error), query id:53001, name:"backend.test"`},
	{"resolver-answers-error", `[error] DNS error (9: Unknown error), query id:53001`},
	{"udp-refused", `[error] recv() failed (111: Connection refused) while proxying and reading from upstream, udp client: 127.0.0.1, server: 127.0.0.1:53, upstream: "127.0.0.1:5353", bytes from/to client:1/0, bytes from/to upstream:0/1`},
	{"start-duplicate", `[emerg] conflicting parameter "x" in /etc/nginx/nginx.conf:2`},
	{"start-directive-value", `[emerg] value "200" must be between 300 and 599 in /etc/nginx/nginx.conf:2`},
	{"start-listen-address", `[emerg] invalid port in "127.0.0.1:x" of the "listen" directive in /etc/nginx/nginx.conf:2`},
	{"start-host-not-found", `[emerg] host not found in "nope.invalid:80" of the "listen" directive in /etc/nginx/nginx.conf:2`},
	{"tls-verify-name", `[error] upstream SSL certificate does not match "up" while SSL handshaking to upstream`},
	{"tls-no-name", `[error] SSL_do_handshake() failed (SSL: error:14094410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:SSL alert number 40) while SSL handshaking to upstream`},
	{"tls-wrong-name", `[crit] SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream`},
	{"tls-version", `[error] SSL_do_handshake() failed (SSL: error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70) while SSL handshaking to upstream`},
	{"tls-plain-text", `[error] SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream`},
	{"tls-client-certificate", `[error] SSL_read() failed (SSL: error:0A00045C:SSL routines::tlsv13 alert certificate required:SSL alert number 116) while reading response header from upstream`},
	{"tls-handshake", `[error] SSL_do_handshake() failed (104: Connection reset by peer) while SSL handshaking to upstream`},
	{"tls-handshake", `[error] peer closed connection in SSL handshake while SSL handshaking to upstream`},
	{"tls-handshake", `[error] peer closed connection in SSL handshake (104: Connection reset by peer) while SSL handshaking to upstream`},
	{"client-handshake", `[info] peer closed connection in SSL handshake while SSL handshaking, client: 192.0.2.1`},
	{"client-handshake", `[crit] SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking, client: 192.0.2.1`},
	{"send-failed", `[error] writev() failed (32: Broken pipe) while sending request to upstream`},
	{"send-failed", `[error] send() failed (104: Connection reset by peer) while sending request to upstream`},
	{"send-failed", `[error] sendfile() failed (32: Broken pipe) while sending request to upstream`},
	{"closed-before-header", `[error] upstream prematurely closed connection while reading response header from upstream`},
	{"closed-in-body", `[error] upstream prematurely closed connection while reading upstream`},
	{"closed", `[error] upstream prematurely closed connection while SSL handshaking to upstream`},
	{"response-before-request", `[error] upstream prematurely sent response while connecting to upstream`},
	{"reset", `[error] recv() failed (104: Connection reset by peer) while reading response header from upstream`},
	{"reset-in-body", `[error] readv() failed (104: Connection reset by peer) while reading upstream`},
	{"reset-upgraded", `[info] recv() failed (104: Connection reset by peer) while proxying upgraded connection`},
	{"too-big-header", `[error] upstream sent too big header while reading response header from upstream`},
	{"upgrade-in-subrequest", `[error] connection upgrade in subrequest while reading response header from upstream`},
	{"length-and-chunked", `[error] upstream sent duplicate header line: "Content-Length: 2", previous value: "Content-Length: 2" while reading response header from upstream`},
	{"length-and-chunked", `[error] upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time while reading response header from upstream`},
	{"length-and-chunked", `[error] upstream sent invalid "Content-Length" header: "Content-Length: 5, 5" while reading response header from upstream`},
	{"length-and-chunked", `[error] upstream sent unknown "Transfer-Encoding": "identity" while reading response header from upstream`},
	{"invalid-url", `[error] invalid URL prefix in "127.0.0.1:3000", client: 192.0.2.1`},
	{"invalid-address", `[error] no host in upstream "", client: 192.0.2.1`},
	{"invalid-address", `[error] invalid port in upstream "a:70000", client: 192.0.2.1`},
	{"no-http-header", `[error] upstream sent no valid HTTP/1.0 header while reading response header from upstream`},
	{"invalid-header", `[error] upstream sent invalid header: "a\x20..." while reading response header from upstream`},
	{"invalid-header", `[error] upstream sent HTTP/1.0 response with early hints while reading response header from upstream`},
	{"not-http2", `[error] upstream sent too large http2 frame: 4740180 while reading response header from upstream`},
	{"http2-rejected", `[error] upstream sent goaway with error 1 while reading response header from upstream`},
	{"http2-rejected", `[error] upstream rejected request with error 7 while reading response header from upstream`},
	{"http2-header-too-large", `[error] upstream sent too large http2 header value length: 4200 while reading response header from upstream`},
	{"http2-header-too-large", `[error] upstream sent too large http2 header while reading response header from upstream`},
	{"request-too-big", `[error] too long http2 URI, client: 192.0.2.1`},
	{"request-too-big", `[alert] fastcgi request record is too big, client: 192.0.2.1`},
	{"request-too-big", `[alert] uwsgi request is too big: 70000, client: 192.0.2.1`},
	{"invalid-fastcgi", `[error] upstream sent unexpected FastCGI record: 6 while reading response header from upstream`},
	{"fastcgi-closed", `[error] upstream prematurely closed FastCGI stdout while reading response header from upstream`},
	{"fastcgi-closed", `[error] upstream prematurely closed FastCGI request while reading upstream`},
	{"invalid-header", `[error] upstream sent invalid status "x" while reading response header from upstream`},
	{"not-fastcgi", `[error] upstream sent unsupported FastCGI protocol version: 72 while reading response header from upstream`},
	{"invalid-fastcgi", `[error] upstream sent invalid FastCGI record type: 80 while reading response header from upstream`},
	{"invalid-fastcgi", `[error] upstream sent unexpected FastCGI request id high byte: 9 while reading response header from upstream`},
	{"fastcgi-stderr", `[error] FastCGI sent in stderr: "a word" while reading response header from upstream`},
	{"fastcgi-fatal", `[error] FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught" while reading response header from upstream`},
	{"fastcgi-no-script", `[error] FastCGI sent in stderr: "Primary script unknown" while reading response header from upstream`},
	{"memcached-key", `[error] the "$memcached_key" variable is not set, client: 192.0.2.1`},
	{"memcached-invalid", `[error] memcached sent invalid response: "HTTP" while reading response header from upstream`},
	{"invalid-response", `[error] upstream sent frame for closed stream 5 while reading response header from upstream`},
	{"invalid-response", `[error] no connection data found for keepalive http2 connection while sending request to upstream`},
	{"resolving-unreachable", `[error] send() failed (111: Connection refused) while resolving, resolver: 127.0.0.53:53`},
	{"resolving-unreachable", `[error] recv() failed (111: Connection refused) while resolving, resolver: 127.0.0.53:53`},
	{"resolving-unreachable", `[crit] connect() to [::1]:53 failed (101: Network is unreachable) while resolving, resolver: [::1]:53`},
	{"too-many-files", `[alert] socket() failed (24: Too many open files) while connecting to upstream`},
	{"too-many-files", `[crit] accept4() failed (24: Too many open files)`},
	{"too-many-files", `[crit] open() "/var/www/a" failed (24: Too many open files), client: 192.0.2.1`},
	{"worker-connections", `[alert] 512 worker_connections are not enough while connecting to upstream`},
	{"worker-connections", `[alert] 512 worker_connections are not enough`},
	{"worker-connections-low", `[warn] 512 worker_connections are not enough, reusing connections`},
	{"bind-failed", `[crit] bind(192.0.2.9) failed (99: Cannot assign requested address) while connecting to upstream`},
	{"bind-failed", `[crit] bind(127.0.0.1) failed (22: Invalid argument) while connecting to upstream`},
	{"transparent-forbidden", `[alert] setsockopt(IP_TRANSPARENT) failed (1: Operation not permitted) while connecting to upstream`},
	{"server-disabled", `[warn] upstream server temporarily disabled while connecting to upstream`},
	{"zone-full", `[error] cannot add new server to upstream "app", memory exhausted`},
	{"auth-request-status", `[error] auth request unexpected status: 502 while sending to client, client: 192.0.2.1`},
	{"limit-req", `[error] limiting requests, excess: 0.960 by zone "api", client: 192.0.2.1`},
	{"limit-req-delay", `[warn] delaying request, excess: 0.960, by zone "api", client: 192.0.2.1`},
	{"limit-dry-run", `[error] limiting requests, dry run, excess: 0.960 by zone "api"`},
	{"limit-conn", `[error] limiting connections by zone "addr", client: 192.0.2.1`},
	{"zone-full", `[alert] could not allocate node in limit_req zone "api"`},
	{"zone-full", `[crit] ngx_slab_alloc() failed: no memory in limit_req zone "api"`},
	{"named-location-missing", `[error] could not find named location "@fb", client: 192.0.2.1`},
	{"redirection-cycle", `[error] rewrite or internal redirection cycle while internally redirecting to "/index.html", client: 192.0.2.1`},
	{"redirection-cycle", `[error] rewrite or internal redirection cycle while processing "/a", client: 192.0.2.1`},
	{"slice", `[error] unexpected range in slice response: 0-99 while reading response header from upstream`},
	{"proxy-protocol", `[error] broken header: "GET / HTTP/1.1" while reading PROXY protocol, client: 192.0.2.1`},
	{"client-handshake", `[info] client sent plain HTTP request to HTTPS port while reading client request headers, client: 192.0.2.1`},
	{"temporary-file", `[crit] open() "/var/lib/nginx/proxy/1/00/0000000001" failed (13: Permission denied) while reading upstream, client: 192.0.2.1`},
	{"file-forbidden", `[error] open() "/var/www/a" failed (13: Permission denied), client: 192.0.2.1`},
	{"file-not-found", `[error] open() "/var/www/upstream sent too big header" failed (2: No such file or directory), client: 192.0.2.1`},
	{"no-index", `[error] directory index of "/var/www/" is forbidden, client: 192.0.2.1`},
	{"forbidden", `[error] access forbidden by rule, client: 192.0.2.1`},
	{"body-too-large", `[error] client intended to send too large body: 2097152 bytes, client: 192.0.2.1`},
	{"authentication", `[error] user "a": password mismatch, client: 192.0.2.1`},
	{"client-left", `[info] epoll_wait() reported that client prematurely closed connection, so upstream connection is closed too while connecting to upstream`},
	{"client-timed-out", `[info] client timed out (110: Connection timed out) while waiting for request, client: 192.0.2.1`},
	{"client-closed", `[info] recv() failed (104: Connection reset by peer) while waiting for request, client: 192.0.2.1`},
	{"worker-died", `[alert] worker process 33 exited on signal 9`},
	{"no-memory", `[emerg] malloc(4096) failed (12: Cannot allocate memory), client: 192.0.2.1`},
	{"disk-full", `[crit] pwrite() "/var/lib/nginx/proxy/1" failed (28: No space left on device) while reading upstream`},
	{"stapling-resolver", `[warn] no resolver defined to resolve r3.o.lencr.org while requesting certificate status, responder: r3.o.lencr.org`},
	{"stapling-resolver", `[error] r3.o.lencr.org could not be resolved (3: Host not found) while requesting certificate status, responder: r3.o.lencr.org`},

	{"start-host-not-found", `[emerg] host not found in upstream "app" in /etc/nginx/nginx.conf:3`},
	{"start-host-not-found", `[emerg] host not found in resolver "dns" in /etc/nginx/nginx.conf:3`},
	{"start-upstream-address", `[emerg] no port in upstream "php" in /etc/nginx/nginx.conf:3`},
	{"start-upstream-address", `[emerg] invalid host in upstream "http://a" in /etc/nginx/nginx.conf:3`},
	{"start-upstream-address", `[emerg] invalid port in upstream "a:b" in /etc/nginx/nginx.conf:3`},
	{"start-upstream-address", `[emerg] no path in the unix domain socket in upstream "unix:" in /etc/nginx/nginx.conf:3`},
	{"start-url-prefix", `[emerg] invalid URL prefix in /etc/nginx/nginx.conf:3`},
	{"start-duplicate", `[emerg] "proxy_pass" directive is duplicate in /etc/nginx/nginx.conf:3`},
	{"start-group-without-servers", `[emerg] no servers are inside upstream in /etc/nginx/nginx.conf:3`},
	{"start-resolve-requirements", `[emerg] load balancing method does not support resolving names at run time in upstream "a" in /etc/nginx/nginx.conf:3`},
	{"start-resolve-requirements", `[emerg] no resolver defined to resolve names at run time in upstream "a" in /etc/nginx/nginx.conf:3`},
	{"start-resolve-requirements", `[emerg] service upstream "a" requires "resolve" parameter in /etc/nginx/nginx.conf:3`},
	{"start-zone", `[emerg] zone "a" is too small in /etc/nginx/nginx.conf:3`},
	{"start-zone", `[emerg] "proxy_cache" zone "a" is unknown in /etc/nginx/nginx.conf:3`},
	{"start-buffers", `[emerg] there must be at least 2 "proxy_buffers" in /etc/nginx/nginx.conf:3`},
	{"start-buffers", `[emerg] "proxy_temp_file_write_size" must be equal to or greater than the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers" in /etc/nginx/nginx.conf:3`},
	{"start-tls-files", `[emerg] cannot load certificate "/a.crt": BIO_new_file() failed (SSL: error:80000002:system library::No such file or directory)`},
	{"start-tls-files", `[emerg] no proxy_ssl_trusted_certificate for proxy_ssl_verify in /etc/nginx/nginx.conf:3`},
	{"start-tls-settings", `[emerg] SSL_CONF_cmd("x", "y") failed (SSL:) in /etc/nginx/nginx.conf:3`},
	{"start-variable", `[emerg] unknown "connection_upgrade" variable`},
	{"start-variable-bracket", `[emerg] the closing bracket in "DOMAIN" variable is missing in /etc/nginx/nginx.conf:3`},
	{"start-resolver", `[emerg] "ipv4" and "ipv6" cannot both be "off" in /etc/nginx/nginx.conf:3`},
	{"start-resolver", `[emerg] no name servers defined in /etc/nginx/nginx.conf:3`},
	{"worker-connections-listens", `[emerg] 2 worker_connections are not enough for 2 listening sockets`},
	{"start-port-in-use", `[emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)`},
	{"start-port-in-use", `[emerg] still could not bind()`},
	{"start-bind-forbidden", `[emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)`},
	{"start-directive-value", `[emerg] invalid value "0" in "keepalive" directive in /etc/nginx/nginx.conf:3`},
	{"start-user", `[emerg] getpwnam("nobody2") failed in /etc/nginx/nginx.conf:3`},
	{"start-user", `[emerg] getgrnam("nobody") failed in /etc/nginx/nginx.conf:3`},
	{"start-unknown-directive", `[emerg] unknown directive "check" in /etc/nginx/nginx.conf:3`},
	{"start-directive-place", `[emerg] "proxy_pass" directive is not allowed here in /etc/nginx/nginx.conf:3`},
	{"start-file-missing", `[emerg] open() "/etc/nginx/x.conf" failed (2: No such file or directory) in /etc/nginx/nginx.conf:3`},
	{"start-log-format", `[emerg] unknown log format "main" in /etc/nginx/nginx.conf:3`},
	{"start-redirect-default", `[emerg] "proxy_redirect default" cannot be used with "proxy_pass" directive with variables in /etc/nginx/nginx.conf:3`},
	{"start-stream-handler", `[emerg] no handler for server in /etc/nginx/nginx.conf:3`},
	{"start-warning", `[warn] load balancing method redefined in /etc/nginx/nginx.conf:3`},
	{"start-warning", `[warn] 2048 worker_connections exceed open file resource limit: 1024`},
	{"start-warning", `[warn] conflicting server name "a" on 0.0.0.0:80, ignored`},
	{"start-warning", `[warn] the "listen ... http2" directive is deprecated, use the "http2" directive instead in /etc/nginx/nginx.conf:3`},
	{"start-warning", `[warn] protocol options redefined for 0.0.0.0:443 in /etc/nginx/nginx.conf:3`},
	{"start-warning", `[warn] no "fastcgi_cache_key" for "fastcgi_cache" in /etc/nginx/nginx.conf:3`},
}

func TestRecognize(t *testing.T) {
	for _, c := range lines {
		level, text, _ := strings.Cut(c.line[1:], "] ")
		got := "unknown"
		if m := Recognize(levelOf([]byte(level)), []byte(text)); m != nil {
			got = m.ID
		}
		if got != c.id {
			t.Errorf("%s\n\tis %s, want %s", c.line, got, c.id)
		}
	}
}

// TestMessages holds that the table is complete in itself.
func TestMessages(t *testing.T) {
	id := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	known := map[string]bool{}
	for _, r := range rules.All() {
		known[r.ID] = true
	}
	for _, m := range Messages() {
		switch {
		case seen[m.ID]:
			t.Errorf("%s stands twice", m.ID)
		case !id.MatchString(m.ID) || m.Kind == "" || m.Severity == 0 || m.Effect == "" || m.Means == "" || m.Do == "" || len(m.match) == 0:
			t.Errorf("%s is incomplete", m.ID)
		}
		seen[m.ID] = true
		for _, id := range m.Rules {
			if !known[id] {
				t.Errorf("%s names the rule %s, which is not there", m.ID, id)
			}
		}
		for _, text := range []string{m.Means, m.Do} {
			if strings.HasSuffix(text, ".") || strings.Contains(text, "  ") {
				t.Errorf("%s: %q", m.ID, text)
			}
		}
	}
}

// TestRuleLogs holds that every line of an error log that a rule's documentation
// shows is known.
func TestRuleLogs(t *testing.T) {
	for _, r := range rules.All() {
		if strings.HasPrefix(r.Doc.Log, "[") && Documented(r.Doc.Log) == nil {
			t.Errorf("%s: %s is not known", r.ID, r.Doc.Log)
		}
	}
}

// notMessages are texts of proofs' steps that are a part of a line only, from
// which nobody could tell the message.
var notMessages = []string{
	`[::1]:${app.port}`, "address and port pair", "No such file or directory", "Is a directory", "_compile() failed: missing ",
	"while reading PROXY protocol", "while SSL handshaking to upstream", "while proxying upgraded connection", "failed (13: Permission denied)",
	"failed (2: No such file or directory)", "tlsv1 alert protocol version", "no protocols available",
	`/recv\(\) failed|upstream prematurely closed connection/`, `/(send|recv)\(\) failed \(111: Connection refused\) while resolving/`,
	`/\[info\].*upstream timed out \(110: Connection timed out\) while proxying upgraded connection/`,
	"failed (98: Address already in use)", `"proxy_pass" cannot have URI part`, "no ssl_client_certificate",
}

// TestProofLogs holds that what proofs see nginx log is known.
func TestProofLogs(t *testing.T) {
	files, err := filepath.Glob("../../testdata/rules/*/proof*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no proofs: %v", err)
	}
	step := regexp.MustCompile(`(?m)^log (?:count=\d+ )?(.+)$`)
	fail := regexp.MustCompile(`(?m)^(?:start|test|reload) fail (.+)$`)
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if !strings.HasSuffix(f.Name, ".want") {
				continue
			}
			for _, m := range step.FindAllStringSubmatch(string(f.Data), -1) {
				if !knownText(m[1], Error) && !knownText(m[1], Warn) && !knownText(m[1], Emerg) {
					t.Errorf("%s: %s: unknown: %s", file, f.Name, m[1])
				}
			}
			for _, m := range fail.FindAllStringSubmatch(string(f.Data), -1) {
				if !knownText(m[1], Emerg) && !strings.HasPrefix(m[1], "/") {
					t.Errorf("%s: %s: unknown: %s", file, f.Name, m[1])
				}
			}
		}
	}
}

// knownText reports whether a part of a line, as a proof expects it, is a known
// message or the beginning of one.
func knownText(text string, level Level) bool {
	if plain, err := strconv.Unquote(text); err == nil {
		text = plain
	}
	if slices.Contains(notMessages, text) {
		return true
	}
	if strings.HasPrefix(text, "/") && strings.HasSuffix(text, "/") {
		text = strings.NewReplacer(`\(`, "(", `\)`, ")", ".*", " ", `\`, "").Replace(strings.Trim(text, "/"))
	}
	if Recognize(level, []byte(text)) != nil {
		return true
	}
	// The proof may expect the beginning alone.
	for _, end := range []string{": Connection refused) while connecting to upstream", ": x) while reading response header from upstream", " (SSL: x) while SSL handshaking to upstream", " in /etc/nginx/nginx.conf:1"} {
		if Recognize(level, []byte(text+end)) != nil {
			return true
		}
	}
	return false
}
