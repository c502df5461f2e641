// Package linttest proves rules: with fixtures, which say what a rule finds, and with live proofs,
// which show that nginx does what the rule says it does.
//
// # Live proofs
//
// A proof is a txtar archive (golang.org/x/tools/txtar). Its head names what stands around nginx;
// each NAME.conf with a NAME.want is a case: a whole configuration, and what is to be seen of it.
// [Prove] runs every case on every nginx at hand, on the loopback interface only, each with
// backends, ports and a folder of its own.
//
//	backend app http header=4200
//	-- bad.conf --
//	events {}
//	http {
//	    server { listen ${listen}; location / { proxy_pass http://${app}; } }
//	}
//	-- bad.want --
//	GET / 502
//	log upstream sent too big header while reading response header from upstream
//	-- good.conf --
//	events {}
//	http {
//	    proxy_buffer_size 8k;
//	    server { listen ${listen}; location / { proxy_pass http://${app}; } }
//	}
//	-- good.want --
//	GET / 200
//
// Lines are split at blanks; double quotes keep blanks together; # begins a comment. Every other
// file of the archive is written, by its name, into the folder that nginx runs in.
//
// # Configurations
//
// These are replaced in every file, and in the expectations:
//
//	${listen} ${listen.NAME}     an address for nginx to listen on
//	${port} ${port.NAME}         its port number alone
//	${BACKEND}                   a backend's address, unix:PATH for a socket; also .host and .port
//	${dns}                       the DNS server's address; also .host and .port
//	${dir}                       the folder that nginx runs in
//
// The harness adds what keeps nginx inside that folder: the process id, logs and temporary folders,
// "daemon off", "user root" where the test runs as root, and the stream module where it is to be
// loaded. It adds nothing that the configuration sets itself, and no line. The error log has level
// info; an error_log in the configuration hides what it takes from the steps below.
//
// # The head
//
//	backend NAME KIND [OPTION ...]
//	dns NAME [ttl=SECONDS] ANSWER ... [then ANSWER ...]
//	hosts ADDRESS[,ADDRESS ...] NAME
//	cert FILE [names=NAME,...] [intermediates=N]
//	nginx OP VERSION [OP VERSION ...]
//	netns
//	user NAME
//
// A backend's kind is http, h2 (HTTP/2 and gRPC), fastcgi, uwsgi, scgi, memcached, tcp, closed
// (nothing listens there) or full (its queue takes no connection any more). Options of the server:
//
//	unix, mode=OCTAL       a unix socket, and its permissions (666)
//	on=ADDRESS             the loopback address (127.0.0.1)
//	port=BACKEND           the port number of an earlier backend
//	down                   it is not started; see the step "backend NAME start"
//	tls                    TLS, with a certificate of ca.crt, which is in ${dir}
//	names=NAME,...         the certificate's names and IP addresses (app.test,127.0.0.1)
//	intermediates=N        so many authorities between ca.crt and the certificate
//	sni=required           handshake failure (alert 40) without a server name
//	sni=NAME               unrecognized name (alert 112) for others, alert 40 for none
//	tls-min=V, tls-max=V   protocol versions, such as 1.3
//	client-cert            asks for a client certificate of ca.crt
//
// Options of the answers; after at=PREFIX they are for the targets that begin so, and start anew
// from a plain "200 ok":
//
//	status=N, body=TEXT    what is answered; TEXT with Go's backslash sequences
//	size=SIZE              the body is filled up to SIZE (bytes, or with k or m)
//	echo                   the body tells the request and its header
//	header=SIZE            a header field of that many bytes
//	cookies=N, fields=N    N cookies of a kilobyte each, N small header fields
//	field="NAME: VALUE"    one more header field
//	delay=TIME             waits before the answer; between=TIME: after its header
//	close, reset           ends the connection instead of an answer
//	early                  answers without reading the request's body, and closes
//	once                   closes the connection after the answer
//	max=N                  closes it on the request after the Nth, without an answer
//	idle=TIME              closes it when nothing comes for that long
//	want=N, send=TEXT      tcp: reads N bytes, then sends TEXT (and goes on, or echo, close, reset)
//
// The DNS server answers A and AAAA queries; an answer is addresses, or nxdomain, servfail or
// silent. Those after "then" are given from the step "dns flip" on. What it says is for nginx's
// resolver alone; "hosts" is for the names that nginx has the system resolve: it makes nginx see an
// /etc/hosts of its own. FILE.crt and FILE.key of a cert are in ${dir}.
//
// The last three lines hold for all cases, or at the top of a .want for one. "nginx" says which
// versions the case applies to. "netns" gives nginx a network of its own, as a container would:
// nothing listens on its loopback interface but itself; ${listen} is a unix socket then. Where the
// machine refuses this the case is skipped with the words NOT PROVED, and fails where proofs are
// required; see [EnvProof]. "user" makes nginx's workers another user where the test runs as root.
//
// # Steps
//
// A .want is a list of steps. Each has ten seconds at most.
//
//	start [ok]                        implied before the first step that needs nginx to run
//	start fail TEXT                   nginx ends, and says TEXT
//	test [ok], test fail TEXT         the same of nginx -t
//	reload [ok], reload fail TEXT     and of a reload, which nginx survives
//	use FILE                          FILE becomes the configuration; reload then
//	METHOD TARGET [OPTION ...] OUTCOME ...
//	TCP [on=NAME] [send=TEXT] closed|open|TEXT [closed|open]
//	log [count=N] TEXT                the error log has a line (N lines) with TEXT, or soon will
//	nolog TEXT                        it has none; without TEXT: none of level error or above
//	access [count=N] TEXT             the same as log of the access log
//	conns|requests BACKEND OP N       how many connections or requests it has seen
//	body BACKEND OP N                 the size of the last request's body
//	request BACKEND "GET / HTTP/1.0"  the last request's first line
//	header BACKEND NAME VALUE|none    a field of its header
//	sni BACKEND NAME|none             the server name in the last handshake
//	queries NAME OP N                 how often the DNS server was asked for NAME
//	backend NAME stop|start           also ends its connections
//	backend NAME set OPTION ...       changes its answers
//	dns flip
//	hosts ADDRESS[,ADDRESS ...] NAME
//	sleep TIME
//
// TEXT is the rest of the line, in quotes or not, or a regular expression between slashes. OP is
// one of = < <= > >=.
//
// A request's outcomes are a status, "reset" (the connection ends without an answer), "cut" (the
// answer ends too early) or, with h2, "http1" (HTTP/2 is not spoken there). Several are requests one after another; "502*3" is three of a kind. With
// parallel=N they are sent at once and come in any order, and "502+" is one or more. Each request
// has a connection of its own. Its other options:
//
//	on=NAME                    to ${listen.NAME}
//	host=NAME                  the Host header, and the server name in TLS (localhost)
//	field="NAME: VALUE"        a header field, may be repeated
//	body=SIZE                  a body
//	tls, http10, h2            TLS, HTTP/1.0, HTTP/2
//	under=TIME, over=TIME      how long the answer takes
//	has=TEXT                   a text in its body, may be repeated
//	answer="NAME: VALUE"       a field of its header, may be repeated
package linttest
