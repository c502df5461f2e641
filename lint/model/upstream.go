package model

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Upstream is an upstream{} group.
type Upstream struct {
	// Name is as written. Groups are found without regard to case.
	Name string
	Node *conf.Node
	// Scope is the level inside the block: Scope.Own("keepalive") and the like.
	Scope *Scope
	// Stream says that it is a group of stream{}.
	Stream bool
	// Peers are its servers in order.
	Peers []Peer
	// Proxies are those that can pass to it, as far as known, in document order.
	Proxies []*Proxy
	// Unknown says that a template engine decides the name.
	Unknown bool
	// StandIns says that the servers only satisfy nginx, which wants some: a
	// module by others chooses the addresses when requests come, such as the code
	// of balancer_by_lua_block; see [Upstream.Chooser].
	StandIns bool
}

// Peer is one server of an upstream group.
type Peer struct {
	Node *conf.Node
	// URL is its address; the zero value goes with Err.
	URL nginx.URL
	// Err is nginx's refusal of the address.
	Err error
	// Port is the port in effect: 80 in http when none is written, 0 for
	// none (Unix sockets, and names that are looked up as services).
	Port int
	// The parameters; see ngx_http_upstream_server, src/http/ngx_http_upstream.c.
	Down, Backup, Resolve, Drain bool
	// Weight is 1, MaxFails 1 and FailTimeout 10 seconds by default; MaxConns
	// and SlowStart are 0 by default, which is none. A value that nginx refuses
	// counts as the default.
	Weight, MaxFails, MaxConns int
	FailTimeout, SlowStart     time.Duration
	Route, Service             string
	// Params are the parameters with a value as written, and those without one
	// with "". It is nil when there are none.
	Params map[string]string
	// Unknown says that a template engine decides (part of) it.
	Unknown bool
}

// NeedsDNS reports whether the address has a host name that nginx looks up: at
// start, or with the resolver when Resolve is set.
func (p *Peer) NeedsDNS() bool {
	return !p.Unknown && p.Err == nil && p.URL.IsName()
}

// Single reports whether the group has one address only, for which nginx does
// not count failures: max_fails and fail_timeout have no effect then. It is not
// known when that one server is a host name, which may have several addresses,
// or a template is involved. (peers->single, ngx_http_upstream_init_round_robin,
// src/http/ngx_http_upstream_round_robin.c.)
func (u *Upstream) Single() (single, known bool) {
	if len(u.Peers) > 1 {
		return false, true
	}
	if len(u.Peers) == 0 || u.Unknown {
		return false, false
	}
	p := &u.Peers[0]
	if p.Backup || p.Unknown || p.Err != nil || p.URL.IsName() {
		return false, false
	}
	return true, true
}

// Active yields the servers that are not marked down, none where they are
// stand-ins.
func (u *Upstream) Active() iter.Seq[*Peer] {
	return func(yield func(*Peer) bool) {
		for i := range u.Peers {
			if !u.StandIns && !u.Peers[i].Down && !yield(&u.Peers[i]) {
				return
			}
		}
	}
}

// defaultPeerPort is the port of an upstream server in http that names none
// (ngx_http_upstream_server). Stream has no such default.
const defaultPeerPort = 80

// defaultFailTimeout is that of a server without fail_timeout.
const defaultFailTimeout = 10 * time.Second

func (b *builder) finishUpstream(u *Upstream) {
	u.Unknown = u.Node.Unknown()
	n := 0
	for range u.Scope.All("server") {
		n++
	}
	u.Peers = b.peers.many(n)
	i := 0
	for node := range u.Scope.All("server") {
		u.Peers[i] = readPeer(node, u.Stream)
		i++
	}
	u.StandIns = u.Chooser() != nil
}

// Chooser is the directive by others whose module chooses the addresses in place
// of the group's servers, nil where those count.
func (u *Upstream) Chooser() *conf.Node {
	if !u.Scope.Foreign() {
		return nil
	}
	for i := range u.Scope.Node.Children {
		if n := &u.Scope.Node.Children[i]; n.Directive != nil && choosesAddresses(n.Name) {
			return n
		}
	}
	return nil
}

// choosesAddresses reports whether a directive by others replaces the servers of
// a group: those of lua-nginx-module and of nginx-upsync-module do.
func choosesAddresses(name string) bool {
	switch name {
	case "balancer_by_lua", "balancer_by_lua_block", "balancer_by_lua_file", "upsync":
		return true
	}
	return false
}

func readPeer(n *conf.Node, stream bool) Peer {
	p := Peer{
		Node: n, Weight: 1, MaxFails: 1, FailTimeout: defaultFailTimeout,
		Unknown: n.Unknown(),
	}
	p.readParams()
	if len(n.Args) == 0 || n.Args[0].Unknown {
		p.Unknown = true
		return p
	}
	opt := nginx.URLOptions{}
	if !stream {
		opt.DefaultPort = defaultPeerPort
	}
	u, err := nginx.ParseURL(n.Arg(0), opt)
	if err != nil {
		p.Err = fmt.Errorf("%w in upstream %q", err, n.Arg(0))
		return p
	}
	p.URL = u
	switch {
	case u.Unix != "" || p.Service != "":
	case u.HasPort:
		p.Port = u.Port
	case stream:
		p.Err = fmt.Errorf("%w %q", errNoPort, n.Arg(0))
	default:
		p.Port = defaultPeerPort
	}
	return p
}

func (p *Peer) readParams() {
	p.Params = params(p.Node, 1)
	for key, val := range p.Params {
		switch key {
		case "down":
			p.Down = true
		case "backup":
			p.Backup = true
		case "resolve":
			p.Resolve = true
		case "drain":
			p.Drain = true
		case "weight":
			setCount(&p.Weight, val)
		case "max_fails":
			setCount(&p.MaxFails, val)
		case "max_conns":
			setCount(&p.MaxConns, val)
		case "fail_timeout":
			setSeconds(&p.FailTimeout, val)
		case "slow_start":
			setSeconds(&p.SlowStart, val)
		case "route":
			p.Route = val
		case "service":
			p.Service = val
		}
	}
}

// params reads key=value and bare parameters from the i-th argument on. Of one
// that is given twice the last counts, as for nginx.
func params(n *conf.Node, i int) map[string]string {
	if len(n.Args) <= i {
		return nil
	}
	out := make(map[string]string, len(n.Args)-i)
	for ; i < len(n.Args); i++ {
		key, val, _ := strings.Cut(n.Args[i].Value, "=")
		out[key] = val
	}
	return out
}

func setCount(dst *int, s string) {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		*dst = n
	}
}

func setSeconds(dst *time.Duration, s string) {
	if n, ok := nginx.ParseSec(s); ok {
		*dst = time.Duration(n) * time.Second
	}
}
