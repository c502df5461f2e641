package errorlog

import "github.com/nginxlint/nginxlint/lint"

// systemMessages are about what the machine gives nginx.
var systemMessages = []*Message{
	{
		ID: "worker-connections-low", Kind: System, Severity: lint.Warning, Effect: "idle keep-alive connections are closed",
		Means: `nearly all connections of a worker are in use; it closes idle ones to go on`,
		Do:    `raise "worker_connections" (and "worker_rlimit_nofile" with it)`,
		match: []string{"* worker_connections are not enough, reusing connections"},
	},
	{
		ID: "worker-connections-listens", Kind: Startup, Severity: lint.Error, Effect: "nginx does not start",
		Means: `there are more listening sockets than connections`,
		Do:    `raise "worker_connections"`,
		Rules: []string{"worker-connections-below-listens"},
		match: []string{"* worker_connections are not enough for "},
	},
	{
		ID: "worker-connections", Kind: System, Severity: lint.Error, Effect: "500, or the client's connection is closed",
		Means: `all connections of a worker are in use (512 by default); a request that is passed on takes two. A server that passes to itself uses up any number`,
		Do:    `raise "worker_connections" (and "worker_rlimit_nofile" with it); look for a pass that leads back to this nginx`,
		Ask:   `ss -tn state established | wc -l`,
		Rules: []string{"worker-connections-vs-nofile", "worker-connections-low", "proxy-to-own-listen-loop"},
		match: []string{"* worker_connections are not enough"},
	},
	{
		ID: "too-many-files", Kind: System, Severity: lint.Error, Effect: "500, or connections wait",
		Means: `the process may open no more files; each connection is one`,
		Do:    `set "worker_rlimit_nofile" to twice "worker_connections" or more; LimitNOFILE in systemd and ulimits of the container count too`,
		Ask:   `grep 'open files' /proc/$(pgrep -o nginx)/limits`,
		Rules: []string{"worker-connections-vs-nofile"},
		match: []string{"*failed ({mfile}: ", "*failed ({nfile}: "},
	},
	{
		ID: "disk-full", Kind: System, Severity: lint.Error, Effect: "500, or an answer that ends too early",
		Means: `no room is left on the disk`,
		Do:    `make room; bound caches with "max_size", and temporary files with "max_temp_file_size"`,
		Ask:   `df -h; df -i`,
		match: []string{"*failed ({nospc}: "},
	},
	{
		ID: "read-only", Kind: System, Severity: lint.Error, Effect: "500",
		Means: `nginx cannot write where it must, since the file system is read-only`,
		Do:    `mount something writable for caches and temporary files ("client_body_temp_path" and its kind)`,
		match: []string{"*failed ({rofs}: "},
	},
	{
		ID: "no-memory", Kind: System, Severity: lint.Error, Effect: "500, or no start",
		Means: `the system gave no more memory`,
		Do:    `lower buffers and connections, or give the machine or container more memory`,
		Ask:   `journalctl -k -g 'out of memory|oom-kill'`,
		match: []string{"malloc(*) failed", "posix_memalign(*) failed", "memalign(*) failed", "mmap(*) failed", "*failed ({nomem}: ", "fork() failed"},
	},
	{
		ID: "worker-died", Kind: System, Severity: lint.Error, Effect: "all requests in the worker are lost",
		Means: `a worker ended by a signal: 9 is a kill, such as that of the kernel out of memory; 11, 7 and 6 are faults, most often of a module`,
		Do:    `for 9 look for the kernel's word about memory; for the others update nginx and its modules`,
		Ask:   `journalctl -k -g 'out of memory|oom-kill|segfault'`,
		match: []string{"worker process * exited on signal ", "cache manager process * exited on signal ", "cache loader process * exited on signal "},
		about: [2]string{"on signal ", " "},
	},
	{
		ID: "worker-gave-up", Kind: System, Severity: lint.Error, Effect: "fewer workers, or none",
		Means: `a worker could not go on and is not started again; the lines before say why`,
		Do:    `see the lines before`,
		match: []string{"worker process * exited with fatal code", "* exited with fatal code"},
	},
	{
		ID: "temporary-file", Kind: System, Severity: lint.Error, Effect: "500, or an answer that ends too early",
		Means: `nginx cannot write its temporary files or its cache: their folder is missing, or belongs to someone else`,
		Do:    `let the folder belong to the workers' user`,
		Ask:   `namei -l {file}`,
		match: []string{`open() "*" failed (* while `, `mkdir() "*" failed (`, `pwrite() "*" failed (`, `pwritev() "*" failed (`, `write() "*" failed (`, `rename() "*" failed (`},
		about: [2]string{`"`, `"`},
	},
	{
		ID: "socket-failed", Kind: System, Severity: lint.Error, Effect: "500",
		Means: `the system gave no socket, for the reason in brackets`,
		Do:    `see the reason in brackets`,
		match: []string{"socket() failed ("},
	},
	{
		ID: "accept-failed", Kind: System, Severity: lint.Warning, Effect: "connections wait",
		Means: `a new connection could not be taken, for the reason in brackets`,
		Do:    `see the reason in brackets`,
		match: []string{"accept() failed (", "accept4() failed (", "accept() not ready"},
	},
	{
		ID: "connections-left-open", Kind: System, Severity: lint.Warning, Effect: "none",
		Means: `a worker that ended had connections left that it should have closed: a fault in a module, or of nginx`,
		Do:    `update nginx and its modules`,
		match: []string{"open socket #", "aborting", "the http output chain is empty", "zero size buf in ", "no more chain"},
	},
	{
		ID: "cache-entry", Kind: System, Severity: lint.Info, Effect: "the answer, but not from the cache",
		Means: `a file of the cache is not what it should be: removed, cut, or of another key; nginx does without`,
		Do:    `let nothing but nginx touch the cache's folder`,
		match: []string{"cache file ", "ignore long locked inactive cache entry", `unlink() "*" failed (`, "stalled cache updating", `could not allocate node in cache keys zone`},
	},
	{
		ID: "log-file", Kind: System, Severity: lint.Warning, Effect: "lines are missing in a log",
		Means: `a log cannot be written`,
		Do:    `look at its folder and disk`,
		match: []string{`send() failed (*) while logging to syslog`, "could not open error log file"},
	},
}

// clientMessages are about what clients do.
var clientMessages = []*Message{
	{
		ID: "body-too-large", Kind: Client, Severity: lint.Warning, Effect: "413",
		Means:    `a client wanted to send more than "client_max_body_size" (1m by default)`,
		Do:       `raise "client_max_body_size" where uploads are meant`,
		Settings: []string{"=client_max_body_size"},
		match:    []string{"client intended to send too large "},
	},
	{
		ID: "request-buffered", Kind: Client, Severity: lint.Info, Effect: "none",
		Means: `the body of a request was larger than "client_body_buffer_size", and went through a temporary file`,
		Do:    `nothing`,
		match: []string{"a client request body is buffered to a temporary file"},
	},
	{
		ID: "authentication", Kind: Client, Severity: lint.Info, Effect: "401 or 403",
		Means:  `a client gave no or a wrong user name or password`,
		Do:     `nothing, unless the client should get in`,
		match:  []string{`user "*" was not found in `, `user "*": password mismatch`, "no user/password was provided for basic authentication"},
		quotes: true,
	},
	{
		ID: "invalid-request", Kind: Client, Severity: lint.Info, Effect: "400, 414 or 494",
		Means:  `a client sent what is no valid request, or too long a one`,
		Do:     `nothing, unless a client of yours is among them: then see "large_client_header_buffers"`,
		match:  []string{"client sent ", "client wanted to send ", "client attempted to request the server name different from", "client canceled stream", "client closed prematurely"},
		quotes: true,
	},
	{
		ID: "client-timed-out", Kind: Client, Severity: lint.Info, Effect: "408, or the connection is closed",
		Means: `a client was silent for longer than one of the timeouts for clients`,
		Do:    `nothing`,
		match: []string{"client timed out ("},
	},
	{
		ID: "client-closed", Kind: Client, Severity: lint.Info, Effect: "the connection is closed",
		Means: `a client closed the connection, or it broke`,
		Do:    `nothing`,
		match: []string{
			"client * closed keepalive connection", "client closed connection", "client * closed", "recv() failed (* while reading client", "recv() failed (* while waiting for request", "recv() failed (* while keepalive",
			"recv() failed (", "readv() failed (", "send() failed (", "writev() failed (", "sendfile() failed (", "sendfile64() failed (", "sendmsg() failed (", "shutdown() failed (",
			"connect() failed (* while keepalive", "setsockopt(", "getpeername() failed", "close() socket failed", "reset connection",
		},
	},
	{
		ID: "http2-client", Kind: Client, Severity: lint.Info, Effect: "the connection is closed",
		Means: `a client broke the rules of HTTP/2 or HTTP/3`,
		Do:    `nothing, unless it is often: then it may be an attack`,
		match: []string{"http2 flood detected", "client sent stream", "http3 flood detected", "quic ", "*while processing HTTP/2 connection", "*while handling "},
	},
	{
		ID: "resolver-response", Kind: Client, Severity: lint.Info, Effect: "none",
		Means: `a name server sent an answer that nginx did not ask for, or asked for no more`,
		Do:    `nothing, unless it is often: then the "resolver" answers late`,
		match: []string{"unexpected response for ", "unexpected DNS response", "unexpected A record", "unexpected AAAA record", "invalid DNS response", "wrong ident", "short DNS response", "unknown query name"},
	},
}
