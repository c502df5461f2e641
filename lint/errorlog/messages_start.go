package errorlog

import "github.com/nginxlint/nginxlint/lint"

const noStart = "nginx does not start, or keeps its old configuration"

// startMessages are about start and reload. Rules that say the same are found
// by the log lines in their documentation.
var startMessages = []*Message{
	start("host-not-found", `the host was unknown to the system when nginx started: names that are written out are looked up then, once`,
		`correct the name; start nginx after the service that has it; or let nginx look it up at run time, with a variable and a "resolver", or with "resolve" from 1.27.3 on`,
		"host not found in upstream ", "host not found in resolver ", "host not found in "),
	start("port-in-use", `another process, or another block of this configuration, listens on that address and port; nginx -t does not see it`,
		`stop the other process, or listen elsewhere`, "bind() to *failed ({inuse}: ", "still could not bind()", "listen() to *failed ({inuse}: "),
	start("bind-forbidden", `nginx may not listen there: ports below 1024 need root or CAP_NET_BIND_SERVICE, others a type that SELinux knows`,
		`start as root, or listen on a port above 1023`, "bind() to *failed ({acces}: "),
	start("bind-no-address", `the address of "listen" is not this machine's (yet)`,
		`listen on an address of this machine, or on all`, "bind() to *failed ({notavail}: "),
	start("bind-failed-at-start", `nginx cannot listen there, for the reason in brackets`,
		`see the reason in brackets`, "bind() to *failed (", "listen() to *failed (", "setsockopt(*) * failed ("),
	start("listen-address", `nginx cannot read the address of a "listen"`,
		`write an address, a port, both with a colon between them, or "unix:" and a path; brackets around IPv6`, `*of the "listen" directive`),
	start("upstream-address", `nginx cannot read the address of an upstream`,
		`write host and port alone in "server" and in the passes without a scheme; "unix:" before a socket; brackets around IPv6`,
		"no port in upstream ", "invalid host in ", "invalid port in ", "invalid port range in ", "no host in ", "invalid IPv6 address in ", "no path in the unix domain socket", "too long path in the unix domain socket", "no port in "),
	start("url-prefix", `the argument of "proxy_pass" does not begin with http:// or https://`, `write the scheme`, "invalid URL prefix"),
	start("pass-with-uri", `"proxy_pass" has a URI where there is no prefix that it could replace`, `leave the URI out`,
		`"* cannot have URI part in location`),
	start("duplicate", `something stands twice that nginx takes once`, `leave one out`,
		`"*" directive is duplicate`, "duplicate upstream ", "duplicate location ", "duplicate listen options for ", "a duplicate default server for ", "a duplicate listen ", `duplicate "`, "duplicate ", "conflicting parameter "),
	start("group-without-servers", `an upstream group has no servers, or backup servers only`, `give it a server`,
		"no servers are inside upstream", "no servers in upstream "),
	start("group-with-port", `the name of an upstream group has a port behind it`, `leave the port out`, `upstream "*" may not have port`),
	start("server-parameter", `a parameter that this nginx does not know, or not with this balancing method`, `leave it out, or update nginx`,
		"invalid parameter ", "balancing method does not support parameter ", "unknown parameter "),
	start("resolve-requirements", `"resolve" and "service" at an upstream's server need a "zone", a "resolver" in the group or in "http", and a method that supports them`, `add what is missing`,
		"no resolver defined to resolve names at run time", "load balancing method does not support resolving names at run time", "resolving names at run time requires upstream ", `service upstream "`),
	start("zone", `a zone of shared memory is missing, too small, or declared in two ways`, `declare it once, with a size`,
		"invalid zone name ", "invalid zone size ", `zone "*" is too small`, "zero size shared memory zone ", "the shared memory zone ", `"*" zone "*" is unknown`, `"*" zone `, `*zone "*" is already bound to key `, `sticky zone "`, "unknown zone ", `the size * of shared memory zone`),
	start("buffers", `sizes of buffers do not fit together`, `set what belongs together at one level: "proxy_buffer_size 16k; proxy_buffers 8 16k; proxy_busy_buffers_size 32k;"`,
		`there must be at least 2 "`, `"*_busy_buffers_size" must be `, `"*_temp_file_write_size" must be `, `"*_max_temp_file_size" must be `),
	start("tls-files", `a certificate or key is missing or unreadable, or the two do not belong together`, `correct the path; nginx reads it as root when it starts`,
		`no "*ssl_certificate" is defined`, `no "*ssl_certificate_key" is defined`, "no *ssl_trusted_certificate for ", "no ssl_client_certificate for ", "cannot load certificate", "cannot load CRL", `cannot load `, "SSL_CTX_load_verify_locations(", "SSL_CTX_use_PrivateKey", "PEM_read_bio", "BIO_new_file("),
	start("tls-settings", `OpenSSL does not take a setting of TLS`, `see the reason in brackets`,
		"SSL_CTX_set_cipher_list(", "SSL_CONF_cmd(", "SSL_CTX_", "EVP_", "no ssl configured for the server"),
	start("variable", `a variable is used that nothing defines`, `define it with "map" or "set", or correct its name`,
		`unknown "*" variable`, "the duplicate "),
	start("variable-bracket", `"${" begins the name of a variable, and what follows is none up to its "}", as in a default of a shell`, `have it filled in before nginx reads the file, or write "${name}"`,
		`the closing bracket in "*" variable is missing`),
	start("resolver", `the "resolver" directive is not as it should be`, `name at least one address of a name server`,
		`"ipv4" and "ipv6" cannot both be "off"`, "no name servers defined"),
	start("events", `the configuration has no "events" block`, `add "events {}"`, `no "events" section in configuration`),
	start("user", `the user or group of "user" does not exist here`, `create it, or name another one`, `getpwnam("`, `getgrnam("`),
	start("unknown-directive", `this nginx does not know the directive: a typing error, a module that is not loaded, an older release, or one of NGINX Plus`, `correct it, load the module or leave it out`,
		`unknown directive "`),
	start("directive-place", `a directive stands in a block where it must not`, `move it`, `"*" directive is not allowed here`),
	start("directive-value", `a directive has arguments that it does not take`, `correct the value`,
		"invalid number of arguments in ", "invalid value ", `"*" directive invalid value`, `"*" directive * invalid`, `it must be "on" or "off"`, "invalid number ", "invalid size ", "invalid time ", "invalid ", `value must be `, `value "*" must be `),
	start("syntax", `the configuration's text is broken there`, `correct it; the mistake may stand in the line before`,
		"unexpected ", `directive "*" has no opening`, `directive "*" is not terminated by ";"`, "too long parameter", `unknown "`, "conf parse"),
	start("file-missing", `a file that the configuration names is not there`, `correct the path, or create the file`,
		`open() "*failed ({noent}: `),
	start("charset", `no "charset_map" leads from the one charset to the other`, `add the "charset_map"`, `no "charset_map" between `),
	start("thread-pool", `the pool of threads is not defined`, `define it with "thread_pool" outside of all blocks`, "unknown thread pool "),
	start("log-format", `an "access_log" names a format that is not defined above it`, `define it with "log_format" in "http"`, "unknown log format "),
	start("regex", `a regular expression is none that PCRE takes`, `correct it, and put it in quotes if it has { or ; in it`, "pcre_compile() failed", "pcre2_compile() failed", `regex "`, "using regex "),
	start("module", `a module does not load: its file is missing, or made for another release of nginx`, `install the module of this very release`, `dlopen() "`, `module "`, `dlsym() "`),
	start("redirect-default", `"proxy_redirect default" needs a "proxy_pass" without variables before it`, `write what to replace, or move it below`, `"proxy_redirect default" `),
	start("stream-handler", `a server of "stream" or "mail" has nothing that handles its sessions, or no address`, `give it a "proxy_pass" and a "listen"`, "no handler for server", `no "listen" is defined for server`),
	start("location-outside", `a location inside another one is for paths that never get there`, `begin its prefix with the outer one`, `named location "`, `location "*" is outside location `, `location "*" cannot be inside`),
	start("hash", `the tables for names are too small for those of the configuration`, `raise the size that the line names`, "could not build "),
	start("files-at-start", `nginx cannot read or write a file that it needs to start`, `see path and reason`,
		`open() "*" failed (`, `pread() "`, `mkdir() "`, `chown("`, "getcwd", "chdir("),
}

// lifeMessages are about start and reload, too, and no refusals.
var lifeMessages = []*Message{
	{
		ID: "start-warning", Kind: Startup, Severity: lint.Info, Effect: "nginx starts; something is not as written",
		Means: `nginx took the configuration, and says what it made of it or what is out of date`,
		Do:    `see the line`,
		Rules: []string{"upstream-keepalive-not-effective"},
		match: []string{
			"load balancing method redefined", "* worker_connections exceed open file resource limit", "conflicting server name ", `the "listen ... http2" directive is deprecated`, `the "*" directive is `,
			"protocol options redefined for ", `no "*cache_key" for `, `"ssl_stapling" ignored`, `the "user" directive makes sense only`, "could not build optimal ", "low address bits of ", `"*" is deprecated`, `could not change`, `duplicate MIME type`, `server name "`,
		},
	},
	{
		ID: "lifecycle", Kind: Startup, Severity: lint.Info, Effect: "none",
		Means: `nginx started, reloaded or ended`,
		Do:    `nothing`,
		match: []string{
			"using the ", "nginx/", "openresty/", "built by ", "OS: ", "getrlimit(RLIMIT_NOFILE)", "start worker process", "start cache ", "signal ", "gracefully shutting down", "exiting", "exit",
			"worker process * exited with code", "cache * process * exited with code", "reconfiguring", "reopening logs", "changing binary", "shutting down", "start new binary", "http file cache: ", "inherited socket", "worker process is shutting down", "child process",
		},
	},
}

// start is a message of a configuration that nginx refuses.
func start(id, means, do string, match ...string) *Message {
	m := &Message{ID: "start-" + id, Kind: Startup, Severity: lint.Error, Effect: noStart, Means: means, Do: do, match: match}
	if id == "host-not-found" {
		m.Ask = `getent hosts {name}`
		m.about = [2]string{`"`, `"`}
	}
	return m
}
