package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "proxy-to-own-listen-loop",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a pass that leads back to itself, perhaps by way of others",
		Why: `A pass to an address that this nginx listens on comes in like any other request. The "Host" header that goes along selects the server: the host of the address itself unless "proxy_set_header Host" says otherwise, and a host that no server has goes to the default server of the address. The unchanged URI then selects the same location, which passes it on again. The way back may lead over other servers and locations of this nginx that pass requests on.

One request so takes up connection after connection until there are no more: within milliseconds all "worker_connections" are in use, by one client, and its request and those of others fail. The client gets 502 where the connection is one too many to accept, 500 where it is one too many to open, and 400 when "X-Forwarded-For" grows with each round until the header is too large.`,
		Log: `[alert] 512 worker_connections are not enough
[error] recv() failed (104: Connection reset by peer) while reading response header from upstream, client: 127.0.0.1`,
		Bad: `events {}
http {
    server {
        listen 8080;
        server_name app.example;
        location / {
            proxy_set_header Host $host;
            proxy_pass http://127.0.0.1:8080;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        server_name app.example;
        location / {
            proxy_set_header Host $host;
            proxy_pass http://127.0.0.1:3000;
        }
    }
}
`,
		Silent: `Where it is not certain: addresses other than loopback addresses, "localhost" and Unix sockets; a Host header that is not known, or that may select another server; a pass that changes the URI otherwise than by a path of its own; anything in the location or around it that may answer or treat the second request otherwise, such as "if", "return", "rewrite", "try_files", "allow", "auth_basic", "proxy_cache" or a directive that nginx itself does not know; groups with further servers, even if they are down, or with "max_conns"; what may keep the request that comes back from being read: headers or a body set that nginx may refuse, timeouts of 0, protocols or ciphers of TLS that are set, "ssl_reject_handshake", HTTP/2 without TLS before nginx 1.25.1; configurations of which a part is out of view. Of "try_files" before a named location that passes requests back, it is what the location is there for that no file answers them. A URI that grows with each round, and loops of http over a server of stream.`,
		Links: []string{
			"https://nginx.org/en/docs/http/request_processing.html",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
			"https://nginx.org/en/docs/ngx_core_module.html#worker_connections",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		own := ownSocketsOf(p)
		if !own.all {
			return
		}
		l := loops{
			own: own, plain: map[*model.Scope]bool{}, sound: map[*model.Scope]bool{},
			departures: map[*model.Proxy]departure{}, fallbacks: map[*model.Server]map[string][]*model.Scope{},
		}
		var found byKey[*conf.Directive, circle]
		for _, x := range c.Proxies {
			if circle, ok := l.of(x); ok {
				found.add(sameStatement(x.Pass), circle)
			}
		}
		for _, circles := range found.all() {
			reportLoop(p, circles[0])
		}
		for _, rounds := range l.rounds(c, &found) {
			reportRounds(p, rounds)
		}
	},
})

// circle is a pass that leads back to itself.
type circle struct {
	proxy    *model.Proxy
	endpoint model.Endpoint
	socket   *ownSocket
	// host is the Host header, "" where the client's goes along or there is none.
	host string
	// fixed says that host is what is sent, whatever the client asked for.
	fixed bool
}

// loops looks for passes that lead back to themselves.
type loops struct {
	own *ownSockets
	// plain keeps the answers of treatsAllAlike, sound those of sendsRequests,
	// departures those of departure that are certain.
	plain      map[*model.Scope]bool
	sound      map[*model.Scope]bool
	departures map[*model.Proxy]departure
	// fallbacks keeps what entries finds.
	fallbacks map[*model.Server]map[string][]*model.Scope
	// looks counts the locations that were looked at.
	looks int
}

// departure is a pass whose requests all go to this nginx itself, and there to
// one of sockets.
type departure struct {
	endpoint model.Endpoint
	sockets  []*ownSocket
}

// departure judges where one pass goes, and whether nothing keeps requests from
// going there; without sockets it is not certain.
func (l *loops) departure(x *model.Proxy) departure {
	var d departure
	n := 0
	for d.endpoint = range x.EachEndpoint() {
		if n++; n > 1 {
			return departure{}
		}
	}
	if n == 0 || x.Target.Variable && d.endpoint.Upstream == nil && d.endpoint.URL.IsName() {
		return departure{} // the resolver decides where a name leads
	}
	d.sockets = l.own.accepting(d.endpoint)
	if len(d.sockets) == 0 || !soleAddress(x, d.endpoint) || x.Server == nil {
		return departure{}
	}
	for _, socket := range d.sockets {
		s := stranger{proxy: x, endpoint: d.endpoint, socket: socket}
		if socket.stream != x.Stream() || socket.traits().oldSSL || s.judge() || !arrives(x, d.endpoint, socket) {
			return departure{}
		}
	}
	if !l.treatsAllAlike(x.Scope) || !asWritten(x.Scope) || !l.sendsRequests(x) {
		return departure{}
	}
	return d
}

// of judges one pass.
func (l *loops) of(x *model.Proxy) (circle, bool) {
	d := l.departure(x)
	if len(d.sockets) == 0 {
		return circle{}, false
	}
	l.departures[x] = d
	if !keepsURI(x) {
		return circle{}, false
	}
	c := circle{proxy: x, endpoint: d.endpoint}
	for _, c.socket = range d.sockets {
		if !l.returns(&c) {
			return circle{}, false
		}
	}
	return c, true
}

// keepsURI reports whether the request's URI is passed on as it came, so that it
// selects the same location again.
func keepsURI(x *model.Proxy) bool {
	switch x.Kind {
	case model.StreamProxy:
		return true
	case model.Grpc:
	case model.HTTPProxy:
		t := &x.Candidates[0]
		if t.HasURI && t.URI != "$request_uri" && (x.Target.Variable || t.URI != x.Scope.Pattern() || !isPrefix(x.Scope)) {
			return false
		}
	default:
		return false
	}
	// Where a variable chooses, what was sent on once may come to another location.
	return x.Scope.Context == nginx.Location && x.Scope.Modifier() != "@" && (x.Server == nil || !x.Server.ByVariable)
}

// isPrefix reports whether a location is a prefix or a whole path, of which
// proxy_pass replaces what matched by its own URI.
func isPrefix(s *model.Scope) bool {
	m := s.Modifier()
	return m == "" || m == "^~" || m == "="
}

// returns reports whether the socket hands what is passed there to the server
// that it came from.
func (l *loops) returns(c *circle) bool {
	x := c.proxy
	switch {
	case listenOf(x.Server, c.socket.socketAddress) == nil:
		return false
	case x.Stream():
		return len(c.socket.servers) == 1
	case !c.findHost():
		return false
	case c.fixed:
		return c.socket.names().find(c.host) == x.Server
	}
	return l.selectsAgain(x.Server, c.socket)
}

// selectsAgain reports whether the hosts that select a server do so at a socket
// of it too: all its names are its own there, and it is not the default server of
// another address only.
func (l *loops) selectsAgain(srv *model.Server, socket *ownSocket) bool {
	names := socket.names()
	if names.unknown || !names.owns(srv) {
		return false
	}
	if names.standard == srv {
		return true
	}
	return !slices.ContainsFunc(srv.Listens, func(listen model.Listen) bool {
		other := l.own.byAddress[socketAddress{addr: listen.URL.Addr, port: listen.Port, unix: listen.URL.Unix}]
		return listen.Port != listen.LastPort || other != nil && other.names().standard == srv
	})
}

// findHost works out the Host header that is sent; it is not ok where that is
// not known.
func (c *circle) findHost() (ok bool) {
	c.host, c.fixed, ok = sentHost(c.proxy)
	return ok
}

// sentHost is the Host header that a pass sends, unless it hands on the one that
// came, which is not fixed; it is not ok where that is not known.
func sentHost(x *model.Proxy) (host string, fixed, ok bool) {
	sent, set := x.Header("Host")
	name, port, _ := strings.Cut(sent.Value, ":")
	switch {
	case !set || name == "$proxy_host":
		if x.Candidates[0].URL.Unix != "" {
			return "localhost", true, true // ngx_http_proxy_set_vars, ngx_http_proxy_module.c
		}
		return x.Candidates[0].URL.Host, true, true
	case name == "$host" || name == "$http_host":
		return "", false, true
	case !isHost(name, port):
		return "", false, false
	}
	return name, true, true
}

// treatsAllAlike reports whether nothing at a level and around it may treat the
// request that comes back otherwise than the one before.
func (l *loops) treatsAllAlike(at *model.Scope) bool {
	for ; at != nil && at.Parent != nil; at = at.Parent {
		alike, known := l.plain[at]
		if !known {
			alike = at.Gaps == 0 && !slices.ContainsFunc(at.Node.Children, func(n conf.Node) bool { return n.Directive != nil && !isIndifferent(&n) })
			l.plain[at] = alike
		}
		if !alike {
			return false
		}
	}
	return true
}

// isIndifferent reports whether a directive certainly does not keep requests of
// its level from a pass, and does not tell the first from the second.
func isIndifferent(n *conf.Node) bool {
	switch n.Name {
	case "proxy_set_body": // which may be too large
		return false
	case "proxy_cache", "proxy_method", "proxy_bind", "proxy_ssl_verify", "proxy_store",
		"grpc_bind", "grpc_ssl_verify", "ssl_verify_client", "ssl_reject_handshake":
		return n.Arg(0) == "off"
	case "error_page": // which may have an answer of its own for what fails
		return strings.HasPrefix(lastArg(n), "/") && !slices.ContainsFunc(n.Values(), func(v string) bool { return strings.HasPrefix(v, "=") })
	case "listen", "server_name", "location", "server", "upstream", "include", "root", "index", "set", "types",
		"default_type", "add_header", "charset", "expires", "etag", "sendfile", "tcp_nopush", "tcp_nodelay",
		"send_timeout", "reset_timedout_connection", "server_tokens", "server_name_in_redirect", "port_in_redirect",
		"absolute_redirect", "merge_slashes", "error_log", "access_log", "log_format",
		"log_not_found", "log_subrequest", "map", "geo", "split_clients", "resolver", "resolver_timeout", "http2",
		"types_hash_max_size", "types_hash_bucket_size", "variables_hash_max_size", "variables_hash_bucket_size",
		"map_hash_max_size", "map_hash_bucket_size", "server_names_hash_max_size", "server_names_hash_bucket_size",
		"limit_req_zone", "limit_conn_zone", "autoindex", "underscores_in_headers", "aio", "directio", "preread_timeout",
		"large_client_header_buffers", "set_real_ip_from", "real_ip_header", "real_ip_recursive":
		return true
	}
	for _, prefix := range [...]string{"proxy_", "grpc_", "fastcgi_", "uwsgi_", "scgi_", "ssl_", "gzip", "keepalive_", "client_", "open_file_cache"} {
		if strings.HasPrefix(n.Name, prefix) {
			return commands()[n.Name] != nil
		}
	}
	return false
}

// reportLoop reports one pass.
func reportLoop(p *lint.Pass, c circle) {
	f := lint.Finding{
		Place: lint.AtArg(c.proxy.Pass, 0),
		Help:  "name the address that the application listens on",
	}
	address := addressText(c.endpoint)
	if c.proxy.Stream() {
		f.Message = fmt.Sprintf("nginx itself listens on %s and passes every connection back to this very server until none are left, and all are closed (worker_connections are not enough)", address)
	} else {
		f.Message = fmt.Sprintf("nginx itself listens on %s, %s, and every request is passed back to this very location until no connection is left: %s (worker_connections are not enough)",
			address, c.selects(), refusedWith(p, "502 or 500", c.proxy))
		if addsForwarded(c.proxy) {
			f.Message += forwardedGrows
		}
	}
	if c.endpoint.Node != c.proxy.Pass {
		relate(&f, "the address", placeOf(c.endpoint))
	}
	relate(&f, "it listens here", lint.At(c.socket.listen))
	p.Report(c.proxy.Pass, f)
}

// forwardedGrows is what else may become of a request whose header grows.
const forwardedGrows = ", or 400 once X-Forwarded-For has grown too large"

// addsForwarded reports whether a pass adds the address to those that came.
func addsForwarded(x *model.Proxy) bool {
	sent, _ := x.Header("X-Forwarded-For")
	return strings.Contains(sent.Value, "$")
}

// selects says why the same server answers.
func (c *circle) selects() string {
	switch {
	case len(c.socket.servers) == 1:
		return "with this server alone"
	case c.fixed:
		return fmt.Sprintf("the Host header %q selects the same server", c.host)
	}
	return "the client's Host header selects the same server again"
}
