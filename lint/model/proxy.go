package model

import (
	"iter"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Kind is the protocol that a [Proxy] speaks to its upstream.
type Kind uint8

// The kinds of proxies.
const (
	HTTPProxy   Kind = iota // proxy_pass in http
	FastCGI                 // fastcgi_pass
	Uwsgi                   // uwsgi_pass
	Scgi                    // scgi_pass
	Grpc                    // grpc_pass
	Memcached               // memcached_pass
	Tunnel                  // tunnel_pass
	StreamProxy             // proxy_pass in stream
)

var prefixes = [...]string{
	HTTPProxy: "proxy", FastCGI: "fastcgi", Uwsgi: "uwsgi", Scgi: "scgi",
	Grpc: "grpc", Memcached: "memcached", Tunnel: "tunnel", StreamProxy: "proxy",
}

// Prefix is what the names of the protocol's directives begin with: proxy,
// fastcgi, uwsgi, scgi, grpc, memcached or tunnel.
func (k Kind) Prefix() string {
	if int(k) < len(prefixes) {
		return prefixes[k]
	}
	return ""
}

// String is the name of the protocol's pass directive, such as fastcgi_pass.
func (k Kind) String() string { return k.Prefix() + "_pass" }

// kindOf is the kind of a *_pass directive at a level. Those of other modules
// (auth_http and the like) and misplaced ones are none.
func kindOf(name string, ctx nginx.Context) (Kind, bool) {
	if ctx == nginx.StreamServer {
		return StreamProxy, name == "proxy_pass"
	}
	inLocation := ctx.Has(nginx.Location | nginx.LocationIf | nginx.LimitExcept)
	for k := range StreamProxy {
		if prefix := prefixes[k]; len(name) == len(prefix)+len("_pass") && strings.HasPrefix(name, prefix) {
			return k, inLocation || k == Tunnel && ctx == nginx.Server
		}
	}
	return 0, false
}

// Proxy is a place that passes requests or connections on: one *_pass.
type Proxy struct {
	Kind Kind
	// Pass is the *_pass directive, Scope the level it stands in, Server the
	// server around that.
	Pass   *conf.Node
	Scope  *Scope
	Server *Server
	// Target is the argument as written. With Variable set nginx works it out
	// for each request, and Candidates has what it can become.
	Target Target
	// Candidates are the places it can pass to: exactly one for an argument
	// without variables, else every value that is known, in the order found.
	// Those whose host or port cannot be known are left out. Proxies may share
	// the slice; it must not be changed.
	Candidates []Target
	// AllKnown says that Candidates are all there are.
	AllKnown bool

	cfg *Config
	pos int32 // index in cfg.Proxies
}

// Position is the proxy's index in [Config.Proxies], to keep what belongs to it in
// a slice.
func (x *Proxy) Position() int { return int(x.pos) }

// Config is the configuration that the proxy belongs to.
func (x *Proxy) Config() *Config { return x.cfg }

// Stream reports whether it is a proxy of stream{}.
func (x *Proxy) Stream() bool { return x.Kind == StreamProxy }

// Directive is the name of the protocol's own form of a directive:
// x.Directive("buffer_size") is proxy_buffer_size, fastcgi_buffer_size or the like.
func (x *Proxy) Directive(suffix string) string {
	return x.Kind.Prefix() + "_" + suffix
}

// Effective is the value of the protocol's own form of a directive.
func (x *Proxy) Effective(suffix string) Value {
	return x.Scope.Effective(x.Directive(suffix))
}

// TLS reports whether it speaks TLS to the upstream, as far as known.
func (x *Proxy) TLS() (on, known bool) {
	switch x.Kind {
	case StreamProxy:
		v := x.Scope.Effective("proxy_ssl")
		if !v.Set() {
			return false, true
		}
		return v.Flag()
	case FastCGI, Scgi, Memcached, Tunnel:
		return false, true
	}
	if x.Target.Scheme != "" {
		return x.Target.TLS(), true
	}
	if !x.AllKnown || len(x.Candidates) == 0 {
		return false, false
	}
	for i := range x.Candidates {
		if x.Candidates[i].Scheme == "" || x.Candidates[i].TLS() != x.Candidates[0].TLS() {
			return false, false
		}
	}
	return x.Candidates[0].TLS(), true
}

// Upstreams yields the explicit groups it can pass to, each once.
func (x *Proxy) Upstreams() func(yield func(*Upstream) bool) {
	return func(yield func(*Upstream) bool) {
		if x.literal() {
			if u := x.Target.Upstream; u != nil {
				yield(u)
			}
			return
		}
		for i := range x.Candidates {
			u := x.Candidates[i].Upstream
			if u == nil || x.namesBefore(i, u) {
				continue
			}
			if !yield(u) {
				return
			}
		}
	}
}

// literal reports whether Target is what the only candidate is a copy of, which
// need not be looked at then.
func (x *Proxy) literal() bool { return !x.Target.Variable && len(x.Candidates) == 1 }

func (x *Proxy) namesBefore(i int, u *Upstream) bool {
	for j := range i {
		if x.Candidates[j].Upstream == u {
			return true
		}
	}
	return false
}

// Endpoint is an address that a proxy can connect to.
type Endpoint struct {
	// Node is where the address is written: the pass, the set or the entry of a
	// map it comes from, or the server in a group.
	Node *conf.Node
	// URL is the address and Port the port in effect, 0 for none.
	URL  nginx.URL
	Port int
	// Peer is the group's server, nil for an address that is no group's.
	Peer *Peer
	// Upstream is the group, or nil.
	Upstream *Upstream
}

// Endpoints are the addresses it can connect to, groups taken apart. Those
// that nginx refuses or that are unknown are left out, and so are stand-ins.
func (x *Proxy) Endpoints() []Endpoint {
	var out []Endpoint
	for e := range x.EachEndpoint() {
		out = append(out, e)
	}
	return out
}

// EachEndpoint yields what [Proxy.Endpoints] returns, without a slice for it.
func (x *Proxy) EachEndpoint() iter.Seq[Endpoint] {
	return func(yield func(Endpoint) bool) {
		for u := range x.Upstreams() {
			for i := range u.Peers {
				p := &u.Peers[i]
				if !u.StandIns && p.Err == nil && !p.Unknown && !yield(Endpoint{Node: p.Node, URL: p.URL, Port: p.Port, Peer: p, Upstream: u}) {
					return
				}
			}
		}
		for i := range x.Candidates {
			t := &x.Candidates[i]
			if x.literal() {
				t = &x.Target
			}
			if t.Err != nil || t.Unknown || t.Upstream != nil || t.GroupWithPort != nil {
				continue
			}
			if !yield(Endpoint{Node: t.Origin, URL: t.URL, Port: t.Port}) {
				return
			}
		}
	}
}

// Header is a header or parameter that a proxy sends.
type Header struct {
	// Name is as written, Value too: nginx sends nothing when it is empty.
	Name, Value string
	Node        *conf.Node
}

// HeaderDirective is the directive that sets what is sent with each request, ""
// for a protocol that has none.
func (x *Proxy) HeaderDirective() string {
	switch x.Kind {
	case HTTPProxy:
		return "proxy_set_header"
	case Grpc:
		return "grpc_set_header"
	case FastCGI:
		return "fastcgi_param"
	case Uwsgi:
		return "uwsgi_param"
	case Scgi:
		return "scgi_param"
	}
	return ""
}

// Headers yields the *_set_header, for FastCGI, uwsgi and SCGI the *_param, in
// effect; nginx's own defaults are not among them. The level is the one that
// supplies them, where one more must be written in order not to lose the others.
// It is nil where there are none, or for a protocol that has none.
func (x *Proxy) Headers() (iter.Seq[Header], *Scope) {
	at, name := x.headers()
	return func(yield func(Header) bool) { eachHeader(at, name, yield) }, at
}

// headers is where the headers in effect stand, and the number of their directive.
func (x *Proxy) headers() (*Scope, Name) {
	directive := x.HeaderDirective()
	at := x.Scope.ArrayScope(directive)
	if at == nil {
		return nil, 0
	}
	return at, x.cfg.Number(directive)
}

func eachHeader(at *Scope, directive Name, yield func(Header) bool) {
	if at == nil {
		return
	}
	at.each(directive, func(n *conf.Node) bool {
		return yield(Header{Name: n.Arg(0), Value: n.Arg(1), Node: n})
	})
}
