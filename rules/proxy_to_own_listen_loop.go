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
		Summary: "a pass that leads back to itself",
		Why: `A pass to an address that this nginx listens on comes in like any other request. The "Host" header that goes along selects the server: the host of the address itself unless "proxy_set_header Host" says otherwise, and a host that no server has goes to the default server of the address. The unchanged URI then selects the same location, which passes it on again.

One request so takes up connection after connection until there are no more: within milliseconds all "worker_connections" are in use, by one client, and its request and those of others fail. The client gets 502, or 400 when "X-Forwarded-For" grows with each round until the header is too large.`,
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
		Silent: `Where it is not certain: addresses other than loopback addresses, "localhost" and Unix sockets; a Host header that is not known, or that may select another server; a pass that changes the URI; anything in the location or around it that may answer or treat the second request otherwise, such as "if", "return", "rewrite", "try_files", "allow", "auth_basic", "proxy_cache" or a directive that nginx itself does not know; groups with further servers; configurations of which a part is out of view. Loops over more than one location.`,
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
		l := loops{own: own, plain: map[*model.Scope]bool{}}
		var found byKey[*conf.Directive, circle]
		for _, x := range c.Proxies {
			if circle, ok := l.of(x); ok {
				found.add(sameStatement(x.Pass), circle)
			}
		}
		for _, circles := range found.all() {
			reportLoop(p, circles[0])
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
	// plain keeps the answers of treatsAllAlike.
	plain map[*model.Scope]bool
}

// of judges one pass.
func (l *loops) of(x *model.Proxy) (circle, bool) {
	c := circle{proxy: x}
	n := 0
	for c.endpoint = range x.EachEndpoint() {
		if n++; n > 1 {
			return circle{}, false
		}
	}
	if n == 0 || x.Target.Variable && c.endpoint.Upstream == nil && c.endpoint.URL.IsName() {
		return circle{}, false // the resolver decides where a name leads
	}
	sockets := l.own.accepting(c.endpoint)
	if len(sockets) == 0 || !soleAddress(x, c.endpoint) || x.Server == nil || !keepsURI(x) {
		return circle{}, false
	}
	for _, c.socket = range sockets {
		s := stranger{proxy: x, endpoint: c.endpoint, socket: c.socket}
		if c.socket.stream != x.Stream() || c.socket.traits().oldSSL || s.judge() || !l.returns(&c) {
			return circle{}, false
		}
	}
	if c.socket == nil || !l.treatsAllAlike(x) || !asWritten(x.Scope) {
		return circle{}, false
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
	return x.Scope.Context == nginx.Location && x.Scope.Modifier() != "@"
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
	return l.selectsAgain(c)
}

// selectsAgain reports whether the hosts that select the server do so at the
// socket too: all its names are its own there, and it is not the default server
// of another address only.
func (l *loops) selectsAgain(c *circle) bool {
	srv, names := c.proxy.Server, c.socket.names()
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
func (c *circle) findHost() bool {
	x := c.proxy
	sent, set := x.Header("Host")
	value := sent.Value
	name, port, _ := strings.Cut(value, ":")
	switch {
	case !set || name == "$proxy_host":
		c.fixed, c.host = true, x.Candidates[0].URL.Host
		if x.Candidates[0].URL.Unix != "" {
			c.host = "localhost" // ngx_http_proxy_set_vars, ngx_http_proxy_module.c
		}
		return true
	case name == "$host" || name == "$http_host":
		return true
	case strings.ContainsAny(name, "$[") || strings.ContainsAny(port, "$:") || name == "":
		return false
	}
	c.fixed, c.host = true, name
	return true
}

// treatsAllAlike reports whether nothing where a pass stands and around it may
// treat the request that comes back otherwise than the one before.
func (l *loops) treatsAllAlike(x *model.Proxy) bool {
	for at := x.Scope; at != nil && at.Parent != nil; at = at.Parent {
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
		f.Message = fmt.Sprintf("nginx itself listens on %s, %s, and every request is passed back to this very location until no connection is left: 502 (worker_connections are not enough)",
			address, c.selects())
		if sent, _ := c.proxy.Header("X-Forwarded-For"); strings.Contains(sent.Value, "$") {
			f.Message += ", or 400 once X-Forwarded-For has grown too large"
		}
	}
	if c.endpoint.Node != c.proxy.Pass {
		relate(&f, "the address", placeOf(c.endpoint))
	}
	relate(&f, "it listens here", lint.At(c.socket.listen))
	p.Report(c.proxy.Pass, f)
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
