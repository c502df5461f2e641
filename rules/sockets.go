package rules

import (
	"net/netip"
	"strconv"
	"sync"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// socketAddress is what a server listens on, as nginx compares addresses
// (ngx_http_add_listen, src/http/ngx_http.c; ngx_cmp_sockaddr,
// src/core/ngx_inet.c). http and stream each have their own list.
type socketAddress struct {
	stream bool
	udp    bool
	addr   netip.Addr
	port   int
	unix   string
}

// String is the address as nginx prints it.
func (a socketAddress) String() string {
	if a.unix != "" {
		return "unix:" + a.unix
	}
	return netip.AddrPortFrom(a.addr, uint16(a.port)).String()
}

// socketUse is an address of a listen directive. A range of ports has several.
type socketUse struct {
	socketAddress
	server *model.Server
	listen *model.Listen
}

// maxSocketUses bounds the work for ranges of ports.
const maxSocketUses = 200_000

// socketsInUse are the addresses of all listen directives, and of http servers
// without any, in order.
type socketsInUse struct {
	uses []socketUse
	// all says that there are no others: none that a template decides, and none
	// with a host name.
	all bool
	// opened are the sockets that nginx opens for them.
	opened func() []openedSocket
	// clashes are the first clash of each listen directive.
	clashes func() []listenClash
}

// socketsKey is the key of [sockets] among what rules share.
type socketsKey struct{}

// sockets works out what the servers listen on, once for all rules.
func sockets(p *lint.Pass) *socketsInUse {
	return p.Shared(socketsKey{}, func() any {
		s := &socketsInUse{}
		s.uses, s.all = socketUses(p.Config)
		s.opened = sync.OnceValue(func() []openedSocket { return openedSockets(s.uses) })
		s.clashes = sync.OnceValue(func() []listenClash { return listenClashes(s.uses, p.Config.Version) })
		return s
	}).(*socketsInUse)
}

// socketUses are the uses of [socketsInUse], and whether they are all.
func socketUses(c *model.Config) (uses []socketUse, all bool) {
	n := 0
	for _, srv := range c.Servers {
		n += len(srv.Listens)
	}
	uses, all = make([]socketUse, 0, n), true
	for _, srv := range c.Servers {
		for i := range srv.Listens {
			l := &srv.Listens[i]
			switch {
			case l.Unknown || l.Err != nil || l.URL.IsName() || len(uses) > maxSocketUses:
				all = false
				continue
			case l.URL.Unix != "":
				uses = append(uses, socketUse{socketAddress{stream: srv.Stream, udp: isUDP(srv, l), unix: l.URL.Unix}, srv, l})
				continue
			}
			for port := l.Port; port <= l.LastPort; port++ {
				uses = append(uses, socketUse{socketAddress{stream: srv.Stream, udp: isUDP(srv, l), addr: l.URL.Addr, port: port}, srv, l})
			}
		}
	}
	return uses, all
}

func isUDP(srv *model.Server, l *model.Listen) bool {
	return srv.Stream && l.UDP || !srv.Stream && l.QUIC
}

// sharedStream is the release from which servers of stream may share an address,
// told apart by their names.
var sharedStream = nginx.V(1, 25, 5)

// listenClash is one thing that nginx refuses about a listen directive in view
// of those before it.
type listenClash struct {
	kind   clashKind
	at     socketUse
	before socketUse
}

type clashKind uint8

const (
	sameServerTwice clashKind = iota // the server listens there already
	optionsTwice                     // a second directive has options of the socket
	defaultTwice                     // a second server wants to be the default one
	pairTwice                        // stream before 1.25.5: the address is taken
)

// bound is what nginx knows of an address while it reads the configuration: who
// took it first, all servers there, who set options of the socket, and who is
// the default server.
type bound struct {
	first, options, standard *socketUse // nil where there is none yet
	servers                  map[*model.Server]*socketUse
}

// listenClashes are the first clash of each listen directive. nginx looks for
// them in this order (ngx_http_add_addresses, src/http/ngx_http.c;
// ngx_stream_core_listen, src/stream/ngx_stream_core_module.c, release 1.25.4).
func listenClashes(uses []socketUse, v nginx.Version) []listenClash {
	seen := map[socketAddress]*bound{}
	var clashes []listenClash
	for i := range uses {
		use := &uses[i]
		if use.listen.Node == nil || branches(use.listen.Node.File) || !untemplated(use.server.Scope) {
			continue
		}
		b := seen[use.socketAddress]
		if b == nil {
			b = &bound{servers: map[*model.Server]*socketUse{}}
			seen[use.socketAddress] = b
		}
		if clash, ok := b.add(use, v); ok {
			if i > 0 && len(clashes) > 0 && clashes[len(clashes)-1].at.listen == use.listen {
				continue // another port of the same range
			}
			clashes = append(clashes, clash)
		}
	}
	return clashes
}

// add notes a further listen on the address and returns how it clashes.
func (b *bound) add(use *socketUse, v nginx.Version) (listenClash, bool) {
	before, twice := b.servers[use.server]
	if use.stream && v.Before(sharedStream) {
		if b.first != nil {
			return listenClash{pairTwice, *use, *b.first}, true
		}
		b.first = use
		return listenClash{}, false
	}
	if twice {
		return listenClash{sameServerTwice, *use, *before}, true
	}
	b.servers[use.server] = use
	if use.listen.OwnSocket {
		if b.options != nil {
			return listenClash{optionsTwice, *use, *b.options}, true
		}
		b.options = use
	}
	if use.listen.Default {
		if b.standard != nil {
			return listenClash{defaultTwice, *use, *b.standard}, true
		}
		b.standard = use
	}
	return listenClash{}, false
}

// untemplated reports whether no template engine decides which directives there
// are at the level and around it: two that seem to stand side by side may be two
// ways of one.
func untemplated(s *model.Scope) bool {
	if s.Config().Complete {
		return true // no configuration with a template is
	}
	var checked *conf.File
	for ; s != nil; s = s.Parent {
		if s.Gaps&model.GapTemplate != 0 {
			return false
		}
		if s.Node.Directive == nil || s.Node.File == checked {
			continue
		}
		if checked = s.Node.File; branches(checked) {
			return false
		}
	}
	return true
}

// asWritten reports whether a level and those around it hold what is written and
// nothing more: a template engine may put further directives into its input,
// also where a mark that stands for whole statements is not seen any more.
func asWritten(s *model.Scope) bool {
	if s.Config().Complete {
		return true // no configuration with a template is
	}
	for i := range s.Node.Children {
		if n := &s.Node.Children[i]; n.Directive != nil && n.File != nil && n.File.Template {
			return false
		}
	}
	for ; s != nil; s = s.Parent {
		if s.Gaps&model.GapTemplate != 0 || s.Node.Directive != nil && s.Node.File != nil && s.Node.File.Template {
			return false
		}
	}
	return true
}

// branches reports whether a template engine decides which statements of a file
// reach nginx.
func branches(f *conf.File) bool { return f != nil && f.Branches }

// openedSocket is a socket that nginx opens.
type openedSocket struct {
	socketUse
	reuseport bool
	// own says that an option of the socket is set, which keeps a wildcard from
	// taking over the address.
	own bool
	// dual says that an IPv6 socket takes IPv4 too.
	dual bool
}

// openedSockets are the sockets that nginx opens for the addresses: of those
// with one port, a wildcard takes over all that have no options of their own
// (ngx_http_init_listening, src/http/ngx_http.c).
func openedSockets(uses []socketUse) []openedSocket {
	type portKey struct {
		stream, udp, ipv6 bool
		port              int
	}
	var order []socketAddress
	merged := map[socketAddress]*openedSocket{}
	wildcards := map[portKey]bool{}
	keyOf := func(a socketAddress) portKey { return portKey{a.stream, a.udp, a.addr.Is6(), a.port} }
	for i := range uses {
		use := &uses[i]
		s := merged[use.socketAddress]
		if s == nil {
			s = &openedSocket{socketUse: *use}
			merged[use.socketAddress] = s
			order = append(order, use.socketAddress)
		}
		s.own = s.own || use.listen.OwnSocket
		s.reuseport = s.reuseport || use.listen.Reuseport
		s.dual = s.dual || use.addr.Is6() && use.addr.IsUnspecified() && !use.listen.IPv6Only
		if use.unix == "" && use.addr.IsUnspecified() {
			wildcards[keyOf(use.socketAddress)] = true
		}
	}
	var out []openedSocket
	for _, a := range order {
		s := merged[a]
		if a.unix == "" && !a.addr.IsUnspecified() && wildcards[keyOf(a)] && !s.own {
			continue
		}
		out = append(out, *s)
	}
	return out
}

// reportStart reports what nginx refuses when it starts, unless the text around
// the directive is broken so that it may have been meant otherwise.
func reportStart(p *lint.Pass, n *conf.Node, f lint.Finding) {
	if n.Directive == nil || n.File == nil || hasSyntaxProblem(n) || afterBraceProblem(n) {
		return
	}
	p.Report(n, f)
}

// again is what to do about something that is there twice: if it is one and the
// same text, a file is included twice.
func again(first, second *conf.Node, otherwise string) string {
	if first.Directive == second.Directive && second.Via != nil {
		return "the file is included twice: by include " + strconv.Quote(second.Via.Include.Arg(0))
	}
	return otherwise
}
