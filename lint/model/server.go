package model

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Server is a server{} of http or stream.
type Server struct {
	Node  *conf.Node
	Scope *Scope
	// Stream says that it is a server of stream{}.
	Stream bool
	// Names are the names of all its server_name directives as written, in
	// order; nil when there is none, where nginx takes "".
	Names []string
	// Listens are its addresses. An http server without a listen directive has
	// the default one (ngx_http_core_server, src/http/ngx_http_core_module.c).
	Listens []Listen
	// Locations are all its locations, nested ones included, in document order.
	Locations []*Scope
	// ByVariable says that a variable chooses one of them: its Modifier is "$".
	ByVariable bool
}

// Listen is one address that a server listens on.
type Listen struct {
	// Node is the listen directive, nil for the default address.
	Node *conf.Node
	// URL is the address; the zero value goes with Err.
	URL nginx.URL
	// Err is nginx's refusal of the address.
	Err error
	// Port is the port in effect, 0 for a Unix socket. LastPort is that of a
	// range of ports, else Port.
	Port, LastPort int
	// The parameters; see ngx_http_core_listen, src/http/ngx_http_core_module.c.
	SSL, HTTP2, QUIC, UDP, ProxyProtocol bool
	// Default says that it has default_server, or its old name default.
	Default bool
	// Reuseport, Deferred and Bind are the parameters of those names. nginx
	// gives the address a socket of its own with bind or any parameter of the
	// socket itself, which OwnSocket says.
	Reuseport, Deferred, Bind, OwnSocket bool
	// IPv6Only is nginx's default, on, unless ipv6only=off is written.
	IPv6Only bool
	// Params are the parameters with a value as written, and those without one
	// with "". It is nil when there are none.
	Params map[string]string
	// Unknown says that a template engine decides (part of) it.
	Unknown bool
}

// The port of a listen directive without one, and of an http server without a
// listen directive: the latter is 8000 for nginx not started by root, which
// nothing in a configuration tells.
const defaultListenPort = 80

// TLS reports whether clients may, or must, speak TLS to the server: one of its
// addresses asks for it, or the ssl directive of old does.
func (s *Server) TLS() bool {
	for i := range s.Listens {
		if s.Listens[i].SSL || s.Listens[i].QUIC {
			return true
		}
	}
	on, ok := s.Scope.Effective("ssl").Flag()
	return on && ok
}

// plain reports whether clients may speak to the server without TLS.
func (s *Server) plain() bool {
	if on, ok := s.Scope.Effective("ssl").Flag(); on && ok {
		return false
	}
	for i := range s.Listens {
		if l := &s.Listens[i]; l.Unknown || !l.SSL && !l.QUIC {
			return true
		}
	}
	return false
}

func (b *builder) finishServer(s *Server) {
	n := 0
	for node := range s.Scope.All("server_name") {
		n += len(node.Args)
	}
	if n > 0 {
		s.Names = make([]string, 0, n)
		for node := range s.Scope.All("server_name") {
			s.Names = append(s.Names, node.Values()...)
		}
	}
	n = 0
	for range s.Scope.All("listen") {
		n++
	}
	switch {
	case n > 0:
		s.Listens = b.listens.many(n)
		i := 0
		for node := range s.Scope.All("listen") {
			s.Listens[i] = readListen(node, s.Stream)
			i++
		}
	case !s.Stream:
		s.Listens = b.listens.many(1)
		s.Listens[0] = defaultListen()
	}
	if s.Stream {
		return
	}
	n = 0
	inside := s.Scope.Inside()
	for _, in := range inside {
		if in.Context == nginx.Location {
			n++
		}
	}
	s.Locations = b.locs.many(n)[:0]
	for _, in := range inside {
		if in.Context == nginx.Location {
			s.Locations = append(s.Locations, in)
			s.ByVariable = s.ByVariable || in.modifier == "$"
		}
	}
}

// defaultListen is *:80.
func defaultListen() Listen {
	u, err := nginx.ParseURL("*:80", nginx.URLOptions{Listen: true, DefaultPort: defaultListenPort})
	return Listen{URL: u, Err: err, Port: defaultListenPort, LastPort: defaultListenPort, IPv6Only: true}
}

func readListen(n *conf.Node, stream bool) Listen {
	l := Listen{Node: n, IPv6Only: true, Unknown: n.Unknown()}
	l.readParams()
	if len(n.Args) == 0 || n.Args[0].Unknown {
		l.Unknown = true
		return l
	}
	opt := nginx.URLOptions{Listen: true}
	if !stream {
		opt.DefaultPort = defaultListenPort
	}
	l.URL, l.Err = nginx.ParseURL(n.Arg(0), opt)
	if l.Err != nil || l.URL.Unix != "" {
		return l
	}
	switch {
	case l.URL.HasPort:
		l.Port = l.URL.Port
	case stream:
		l.Err = fmt.Errorf("no port in %q of the \"listen\" directive", n.Arg(0))
		return l
	default:
		l.Port = defaultListenPort
	}
	l.LastPort = max(l.Port, l.URL.LastPort)
	return l
}

func (l *Listen) readParams() {
	for i := 1; i < len(l.Node.Args); i++ {
		key, val, _ := strings.Cut(l.Node.Args[i].Value, "=")
		if l.Params == nil {
			l.Params = make(map[string]string, len(l.Node.Args)-1)
		}
		l.Params[key] = val
		switch key {
		case "ssl":
			l.SSL = true
		case "http2":
			l.HTTP2 = true
		case "quic", "http3": // as builds called it before nginx 1.25.0
			l.QUIC = true
		case "udp":
			l.UDP = true
		case "proxy_protocol":
			l.ProxyProtocol = true
		case "default_server", "default":
			l.Default = true
		case "reuseport":
			l.Reuseport, l.OwnSocket = true, true
		case "deferred":
			l.Deferred, l.OwnSocket = true, true
		case "bind":
			l.Bind, l.OwnSocket = true, true
		case "ipv6only":
			l.IPv6Only, l.OwnSocket = val != "off", true
		case "backlog", "rcvbuf", "sndbuf", "accept_filter", "fastopen", "so_keepalive", "setfib":
			l.OwnSocket = true
		}
	}
}
