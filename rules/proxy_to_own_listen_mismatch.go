package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-to-own-listen-mismatch",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a pass to another server of the same nginx, in a protocol that it does not speak there",
		Why: `Where one server passes to another of the same nginx, the configuration itself shows both ends:

- Plain HTTP sent to "listen ... ssl" is answered with 400, "The plain HTTP request was sent to HTTPS port". One "ssl" makes all servers of that address and port expect TLS.
- TLS sent to a listen without "ssl" gets plain text back: 502.
- A listen with "proxy_protocol" expects a PROXY line before anything else. No pass of http can send one, and the connection is closed: 502. In stream, "proxy_protocol on" sends it; where it is not expected, http takes it for a broken request: 400.
- FastCGI, memcached and gRPC do not understand the HTTP/1 answer that they get: 502. gRPC needs "http2" at the other end. uwsgi and SCGI pass the 400 on.`,
		Log: `[error] broken header: "GET / HTTP/1.0" while reading PROXY protocol, client: 127.0.0.1, server: 127.0.0.1:8443`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://127.0.0.1:8443;
        }
    }
    server {
        listen 127.0.0.1:8443 proxy_protocol;
        root /var/www/html;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://127.0.0.1:8444;
        }
    }
    server {
        listen 127.0.0.1:8443 proxy_protocol;
        listen 127.0.0.1:8444;
        root /var/www/html;
    }
}
`,
		Silent: `Addresses that need not be this nginx: all but loopback addresses, "localhost" and Unix sockets. Configurations of which a part is out of view, since a listen there may be the nearer one. A server of stream that hands the connection on as it is, with the PROXY line that a load balancer in front may send. An error_page for 400 or 497, which makes something else of that answer. What stream passes to stream, a "localhost" that is looked up at run time, uwsgi and SCGI where HTTP/2 is expected, and "ssl on" of old. Servers that stand in for those that the code of "balancer_by_lua_block" chooses.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#listen",
			"https://nginx.org/en/docs/http/ngx_http_ssl_module.html#errors",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_protocol",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		own := ownSocketsOf(p)
		if !own.all {
			return
		}
		var wrong byKey[strangerKey, stranger]
		local := groupSearch{}
		for _, x := range c.Proxies {
			for _, e := range local.endpoints(x, func(e model.Endpoint) bool { return len(own.accepting(e)) > 0 }) {
				if s, ok := own.strange(x, e); ok {
					wrong.add(strangerKey{sameStatement(e.Node), s.does}, s)
				}
			}
		}
		for _, ways := range wrong.all() {
			reportStrangers(p, ways)
		}
	},
})

// stranger is a pass to an own socket in the wrong protocol.
type stranger struct {
	proxy    *model.Proxy
	endpoint model.Endpoint
	socket   *ownSocket
	// does says what is sent, and what is expected. ends says what becomes of it.
	does, ends, help string
	// answers400 says that it ends with nginx's own 400, which error_page may
	// replace.
	answers400 bool
}

type strangerKey struct {
	node *conf.Directive
	does string
}

// strange judges one address that a proxy can connect to.
func (o *ownSockets) strange(x *model.Proxy, e model.Endpoint) (stranger, bool) {
	if e.Peer != nil && (e.Peer.Down || e.Peer.Resolve) || e.URL.IsName() && x.Target.Variable {
		return stranger{}, false
	}
	var found stranger
	for i, socket := range o.accepting(e) {
		s := stranger{proxy: x, endpoint: e, socket: socket}
		ok := s.judge()
		if !ok || i > 0 && s.does != found.does || socket.traits().oldSSL || s.answers400 && socket.traits().catches400 {
			return stranger{}, false
		}
		if i == 0 {
			found = s
		}
	}
	return found, found.socket != nil
}

// plainHTTPS is what nginx says of a plain request on a port for TLS.
const plainHTTPS = "400 (The plain HTTP request was sent to HTTPS port)"

// judge compares what is sent with what is expected.
func (s *stranger) judge() bool {
	tls, known := s.proxy.TLS()
	if !known || s.proxy.Kind == model.Tunnel {
		return false
	}
	if s.proxy.Stream() {
		return s.judgeStream(tls)
	}
	switch {
	case s.socket.proxyProtocol:
		s.does = `sends no PROXY protocol to %s, where this nginx itself expects it`
		s.ends, s.help = "502 (broken header while reading PROXY protocol)", `pass to a listen without "proxy_protocol"`
		return true
	case s.socket.ssl && !tls && s.socket.stream:
		s.does = `speaks without TLS to %s, where this nginx itself expects TLS`
		s.ends, s.help = "502 (upstream prematurely closed connection)", `pass to a listen without "ssl"`
		return true
	case s.socket.stream:
		return false
	}
	return s.judgeHTTP(tls)
}

// judgeHTTP is for a pass of http to a listen of http.
func (s *stranger) judgeHTTP(tls bool) bool {
	kind := s.proxy.Kind
	switch {
	case tls && !s.socket.ssl:
		s.does = `speaks TLS to %s, where this nginx itself listens without "ssl"`
		s.ends = "502 (SSL_do_handshake() failed, wrong version number)"
		s.help = fmt.Sprintf("write %q", plainScheme(kind))
		return true
	case kind == model.HTTPProxy && s.socket.ssl && !tls:
		s.does = `speaks plain HTTP to %s, where this nginx itself expects TLS`
		s.ends, s.answers400 = plainHTTPS, true
		s.help = `write "https://", or pass to a listen without "ssl"`
		return true
	case kind == model.Grpc && s.socket.ssl && !tls:
		s.does = `speaks gRPC without TLS to %s, where this nginx itself expects TLS`
		s.ends, s.help = "502 (upstream sent too large http2 frame: 4740180)", `write "grpcs://", or pass to a listen without "ssl"`
		return true
	case kind == model.Grpc && !s.socket.traits().http2:
		s.does = `speaks gRPC to %s, where this nginx itself has no HTTP/2`
		s.ends = "502 (upstream sent too large http2 frame: 4740180)"
		if tls {
			s.ends = "502" // by release a failed handshake or a frame
		}
		s.help = "give that server HTTP/2, or pass to the gRPC backend itself"
		return true
	}
	return s.judgeForeign()
}

// judgeForeign is for the protocols that no listen of nginx understands.
func (s *stranger) judgeForeign() bool {
	switch s.proxy.Kind {
	case model.FastCGI:
		s.does, s.ends = `speaks FastCGI to %s`, "502 (upstream sent unsupported FastCGI protocol version)"
	case model.Memcached:
		s.does, s.ends = `speaks the memcached protocol to %s`, "502 (memcached sent invalid response)"
	case model.Uwsgi, model.Scgi:
		if s.socket.traits().http2 {
			return false // 400 or 502, by release
		}
		s.does, s.ends, s.answers400 = `speaks `+s.proxy.Kind.Prefix()+` to %s`, "400", true
	default:
		return false
	}
	s.does += `, where this nginx itself expects HTTP`
	s.help = fmt.Sprintf(`use "proxy_pass", or name the address that the %s server listens on`, s.proxy.Kind.Prefix())
	return true
}

// judgeStream is for a pass of stream. What it hands on is the client's, except
// that it may add a PROXY line, take TLS off and put it on.
func (s *stranger) judgeStream(tls bool) bool {
	sends, ok := s.proxy.Effective("protocol").Flag()
	if !ok {
		return false
	}
	switch {
	case s.socket.proxyProtocol && !sends && !tls && handsOnAll(s.proxy):
		return false
	case s.socket.proxyProtocol && !sends:
		s.does = `sends no PROXY protocol to %s, where this nginx itself expects it`
		s.ends = "broken header while reading PROXY protocol"
		s.help = `write "proxy_protocol on;", or pass to a listen without "proxy_protocol"`
	case s.socket.stream:
		return false
	case sends && !s.socket.proxyProtocol:
		s.does = `sends the PROXY protocol to %s, where this nginx itself does not expect it`
		s.ends, s.answers400 = "400", true
		s.help = `add "proxy_protocol" to that "listen", or leave it out here`
	case tls && !s.socket.ssl:
		s.does = `speaks TLS to %s, where this nginx itself listens without "ssl"`
		s.ends, s.help = "SSL_do_handshake() failed, wrong version number", `leave out "proxy_ssl"`
	case s.socket.ssl && !tls && takesTLSOff(s.proxy.Server):
		s.does = `takes TLS off and passes plain text to %s, where this nginx itself expects TLS`
		s.ends, s.answers400 = plainHTTPS, true
		s.help = `write "proxy_ssl on;", or pass to a listen without "ssl"`
	default:
		return false
	}
	return true
}

// handsOnAll reports whether the first bytes that a pass of stream sends are those
// that the client sent, unread: a load balancer in front may begin with a PROXY
// line, which then arrives. Where nginx looks for TLS, there can be none.
func handsOnAll(x *model.Proxy) bool {
	preread, ok := x.Scope.Effective("ssl_preread").Flag()
	if x.Server == nil || ok && preread {
		return false
	}
	return slices.ContainsFunc(x.Server.Listens, func(l model.Listen) bool { return !l.SSL && !l.ProxyProtocol })
}

// takesTLSOff reports whether all connections to a server of stream come in TLS
// that ends there.
func takesTLSOff(srv *model.Server) bool {
	return srv != nil && len(srv.Listens) > 0 && !slices.ContainsFunc(srv.Listens, func(l model.Listen) bool { return !l.SSL })
}

// plainScheme is how the protocol is written without TLS.
func plainScheme(k model.Kind) string {
	switch k {
	case model.Grpc:
		return "grpc://"
	case model.Uwsgi:
		return "uwsgi://"
	}
	return "http://"
}

// reportStrangers reports all ways from one address to a socket.
func reportStrangers(p *lint.Pass, ways []stranger) {
	s := ways[0]
	f := lint.Finding{Place: placeOf(s.endpoint), Help: s.help}
	says := fmt.Sprintf("%q "+s.does, s.proxy.Kind, addressText(s.endpoint))
	switch {
	case !soleAddress(s.proxy, s.endpoint):
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("%s: what is passed there fails, %s", says, s.ends)
	case s.proxy.Stream() && !s.answers400:
		f.Message = fmt.Sprintf("%s: every connection there is closed (%s)", says, s.ends)
	default:
		f.Message = fmt.Sprintf("%s: every request there is answered with %s", says, s.answer(p))
	}
	relate(&f, "it listens here", lint.At(s.socket.shows()))
	var passes []*model.Proxy
	for _, way := range ways {
		if way.proxy.Pass != s.endpoint.Node {
			passes = append(passes, way.proxy)
		}
	}
	relate(&f, "passes there", passPlaces(passes)...)
	p.Report(s.endpoint.Node, f)
}

// answer is what clients get, with what nginx logs.
func (s *stranger) answer(p *lint.Pass) string {
	status, log, _ := strings.Cut(s.ends, " ")
	return strings.TrimSpace(refusedWith(p, status, s.proxy) + " " + log)
}

// soleAddress reports whether a pass goes nowhere else than to an address.
func soleAddress(x *model.Proxy, e model.Endpoint) bool {
	if !x.AllKnown || len(x.Candidates) != 1 {
		return false
	}
	if e.Upstream == nil {
		return true
	}
	n := 0
	for range e.Upstream.Active() {
		n++
	}
	return n == 1 && !mayHoldOthers(e.Upstream)
}

// addressText is an address for messages: a socket's path or a host and a port.
func addressText(e model.Endpoint) string {
	if e.URL.Unix != "" {
		return "unix:" + e.URL.Unix
	}
	return fmt.Sprintf("%s:%d", e.URL.Host, e.Port)
}
