package rules

import (
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// ownSocket is an address that this nginx listens on for TCP, with all servers
// there. What one of them says of the protocol holds for all
// (ngx_http_add_addresses, src/http/ngx_http.c).
type ownSocket struct {
	socketAddress
	servers                   []*model.Server
	ssl, http2, proxyProtocol bool
	// dual says that an IPv6 address takes IPv4 too.
	dual bool
	// listen is the first of its directives, sslListen and ppListen the first
	// with that parameter.
	listen, sslListen, ppListen *conf.Node
	// names are the servers by their names, traits what they have in common; both
	// are worked out when asked for.
	names  func() *serverNames
	traits func() socketTraits
}

// socketTraits are what some server of a socket has.
type socketTraits struct {
	// oldSSL says that the "ssl" directive of old is in play.
	oldSSL bool
	// catches400 says that a page makes something else of nginx's own 400.
	catches400 bool
	// http2 says that HTTP/2 may be spoken.
	http2 bool
}

func (s *ownSocket) findTraits() socketTraits {
	t := socketTraits{http2: s.http2}
	for _, srv := range s.servers {
		t.oldSSL = t.oldSSL || srv.Scope.Effective("ssl").Set()
		http2 := srv.Scope.Effective("http2")
		on, ok := http2.Flag()
		t.http2 = t.http2 || http2.Set() && (on || !ok)
		pages, _ := srv.Scope.Array("error_page")
		t.catches400 = t.catches400 || slices.ContainsFunc(pages, func(n *conf.Node) bool {
			return slices.Contains(n.Values(), "400") || slices.Contains(n.Values(), "497")
		})
	}
	return t
}

// shows is the directive that shows how the socket is to be spoken to.
func (s *ownSocket) shows() *conf.Node {
	switch {
	case s.proxyProtocol:
		return s.ppListen
	case s.ssl:
		return s.sslListen
	}
	return s.listen
}

// ownSockets are what this nginx listens on.
type ownSockets struct {
	byAddress map[socketAddress]*ownSocket
	// ports has all port numbers listened on, whatever the address.
	ports map[int]ownPort
	// all says that there are no others.
	all bool
}

// ownPort says what is expected on a port: TLS or not, by some listen of it.
type ownPort struct{ tls, plain bool }

// ownSocketsKey is the key of [ownSocketsOf] among what rules share.
type ownSocketsKey struct{}

// ownSocketsOf gathers what the servers listen on, once for all rules.
func ownSocketsOf(p *lint.Pass) *ownSockets {
	return p.Shared(ownSocketsKey{}, func() any {
		in := sockets(p)
		own := &ownSockets{byAddress: map[socketAddress]*ownSocket{}, ports: map[int]ownPort{}, all: in.all && listensInView(p.Config)}
		for i := range in.uses {
			if use := &in.uses[i]; !use.udp {
				own.add(use)
			}
		}
		return own
	}).(*ownSockets)
}

// listensInView reports whether the configuration has no server and no listen
// out of view. What is included at the main level may hold a stream block, whose
// sockets cannot be open beside those of http, and nothing else of the kind.
func listensInView(c *model.Config) bool {
	const inner = nginx.HTTP | nginx.Server | nginx.Stream | nginx.StreamServer
	if c.Complete {
		return true
	}
	if len(c.Tree.Context) > 0 || c.Tree.RootFile.Template || c.Main.Gaps&model.GapTemplate != 0 {
		return false
	}
	return !slices.ContainsFunc(c.Scopes, func(s *model.Scope) bool {
		return inner.Has(s.Context) && (s.Gaps&^model.GapHeaders != 0 || !asWritten(s))
	})
}

// add notes a further server on an address. Of a server without a listen it is
// not known where it listens: nginx not started by root takes another port.
func (o *ownSockets) add(use *socketUse) {
	port := o.ports[use.port]
	port.tls = port.tls || use.listen.SSL
	port.plain = port.plain || !use.listen.SSL
	o.ports[use.port] = port
	if use.listen.Node == nil {
		o.all = false
		return
	}
	s := o.byAddress[use.socketAddress]
	if s == nil {
		s = &ownSocket{socketAddress: use.socketAddress, listen: use.listen.Node}
		s.names = sync.OnceValue(func() *serverNames { return newServerNames(s) })
		s.traits = sync.OnceValue(s.findTraits)
		o.byAddress[use.socketAddress] = s
	}
	s.servers = append(s.servers, use.server)
	if use.listen.SSL && !s.ssl {
		s.ssl, s.sslListen = true, use.listen.Node
	}
	if use.listen.ProxyProtocol && !s.proxyProtocol {
		s.proxyProtocol, s.ppListen = true, use.listen.Node
	}
	s.http2 = s.http2 || use.listen.HTTP2
	s.dual = s.dual || use.addr.Is6() && use.addr.IsUnspecified() && !use.listen.IPv6Only
}

var (
	loopback4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	loopback6 = netip.IPv6Loopback()
)

// accepting are the sockets that accept a connection to an address, which is
// certain for loopback addresses and Unix sockets only: what else is this
// machine no configuration tells. There are two for "localhost" if both of its
// addresses are listened on, and none where it is not certain which.
func (o *ownSockets) accepting(e model.Endpoint) []*ownSocket {
	if !o.all {
		return nil
	}
	var found []*ownSocket
	switch u := e.URL; {
	case u.Unix != "":
		found = []*ownSocket{o.one(socketAddress{unix: u.Unix})}
	case u.IsName() && canonicalHost(u.Host) == "localhost":
		found = []*ownSocket{o.at(loopback4, e.Port)}
		if six := o.at(loopback6, e.Port); six != nil {
			found = append(found, six)
		}
	case u.Addr.IsUnspecified() && u.Addr.Is4():
		found = []*ownSocket{o.at(loopback4, e.Port)}
	case u.Addr.IsUnspecified():
		found = []*ownSocket{o.at(loopback6, e.Port)}
	case u.IsLoopback() && u.Addr != dockerDNS:
		found = []*ownSocket{o.at(u.Addr, e.Port)}
	}
	if slices.Contains(found, nil) {
		return nil
	}
	return found
}

// at is the socket for a local address: its own, else that of all addresses.
func (o *ownSockets) at(addr netip.Addr, port int) *ownSocket {
	if s := o.one(socketAddress{addr: addr, port: port}); s != nil {
		return s
	}
	if addr.Is6() {
		return o.one(socketAddress{addr: netip.IPv6Unspecified(), port: port})
	}
	if s := o.one(socketAddress{addr: netip.IPv4Unspecified(), port: port}); s != nil {
		return s
	}
	if s := o.one(socketAddress{addr: netip.IPv6Unspecified(), port: port}); s != nil && s.dual {
		return s
	}
	return nil
}

// one is the socket of http or of stream at an address; nginx cannot open both.
func (o *ownSockets) one(a socketAddress) *ownSocket {
	http := o.byAddress[a]
	a.stream = true
	stream := o.byAddress[a]
	switch {
	case stream == nil:
		return http
	case http == nil:
		return stream
	}
	return nil
}

// serverNames are the servers of an http address by the names that requests ask
// for. Of two servers with the same name the first has it
// (ngx_http_server_names, src/http/ngx_http.c).
type serverNames struct {
	exact map[string]*model.Server
	// head has "*.example.org" as "example.org", tail "mail.*" as "mail".
	head, tail map[string]*model.Server
	// standard is the default server.
	standard *model.Server
	// regex says that there are regular expressions, unknown that a name has a
	// variable.
	regex, unknown bool
}

func newServerNames(s *ownSocket) *serverNames {
	n := &serverNames{
		exact: map[string]*model.Server{}, head: map[string]*model.Server{}, tail: map[string]*model.Server{},
		standard: s.servers[0],
	}
	for _, srv := range s.servers {
		if l := listenOf(srv, s.socketAddress); l != nil && l.Default {
			n.standard = srv
			break
		}
	}
	for _, srv := range s.servers {
		if len(srv.Names) == 0 {
			claim(n.exact, "", srv)
		}
		for _, name := range srv.Names {
			n.add(strings.ToLower(name), srv)
		}
	}
	return n
}

// listenOf is the listen of a server that an address comes from, or nil.
func listenOf(srv *model.Server, at socketAddress) *model.Listen {
	for i := range srv.Listens {
		l := &srv.Listens[i]
		if isUDP(srv, l) || l.Err != nil || at.unix != l.URL.Unix {
			continue
		}
		if at.unix != "" || l.URL.Addr == at.addr && l.Port <= at.port && at.port <= l.LastPort {
			return l
		}
	}
	return nil
}

func claim(names map[string]*model.Server, name string, srv *model.Server) {
	if names[name] == nil {
		names[name] = srv
	}
}

func (n *serverNames) add(name string, srv *model.Server) {
	switch {
	case strings.HasPrefix(name, "~"):
		n.regex = true
	case strings.Contains(name, "$"):
		n.unknown = true
	case strings.HasPrefix(name, "*."):
		claim(n.head, name[2:], srv)
	case strings.HasPrefix(name, "."):
		claim(n.exact, name[1:], srv)
		claim(n.head, name[1:], srv)
	case strings.HasSuffix(name, ".*"):
		claim(n.tail, strings.TrimSuffix(name, ".*"), srv)
	default:
		claim(n.exact, name, srv)
	}
}

// owns reports whether a server has all its names to itself; of those that are
// regular expressions that is not known.
func (n *serverNames) owns(srv *model.Server) bool {
	return !slices.ContainsFunc(srv.Names, func(name string) bool {
		switch name = strings.ToLower(name); {
		case strings.HasPrefix(name, "*."):
			return n.head[name[2:]] != srv
		case strings.HasPrefix(name, "."):
			return n.head[name[1:]] != srv || n.exact[name[1:]] != srv
		case strings.HasSuffix(name, ".*"):
			return n.tail[strings.TrimSuffix(name, ".*")] != srv
		}
		return n.exact[name] != srv // none has a regular expression
	})
}

// find is the server that a Host header selects: by its exact name, else by the
// longest wildcard that begins with an asterisk, by the longest that ends with
// one, by a regular expression, else the default one
// (ngx_http_find_virtual_server, src/http/ngx_http_request.c). It is nil where
// that is not known.
func (n *serverNames) find(host string) *model.Server {
	if n.unknown {
		return nil
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if srv := n.exact[host]; srv != nil {
		return srv
	}
	for rest := host; ; {
		_, after, more := strings.Cut(rest, ".")
		if !more {
			break
		}
		if srv := n.head[after]; srv != nil {
			return srv
		}
		rest = after
	}
	for i := strings.LastIndexByte(host, '.'); i > 0; i = strings.LastIndexByte(host[:i], '.') {
		if srv := n.tail[host[:i]]; srv != nil {
			return srv
		}
	}
	if n.regex {
		return nil
	}
	return n.standard
}
