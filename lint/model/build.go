package model

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// builder makes a Config in one walk over the tree. What needs all levels to be
// known, such as upstream groups for targets, is done after it.
type builder struct {
	cfg *Config

	scopes  slab[Scope]
	servers slab[Server]
	ups     slab[Upstream]
	proxies slab[Proxy]
	targets slab[Target]
	listens slab[Listen]
	peers   slab[Peer]
	locs    slab[*Scope]
	heads   slab[Head]

	vars *variables // nil until a variable is met
	// seenPass is what the arguments of passes without variables amount to;
	// big configurations repeat them.
	seenPass map[passKey]*Target
	// seenRunTime is the same for those with variables whose values do not
	// depend on where they are used, candidates the number of other values.
	seenRunTime map[passKey]outcome
	candidates  int
}

func (b *builder) walkMain(root *conf.Node) {
	b.cfg.Main = b.newScope(root, nginx.Main, nil)
	b.walk(b.cfg.Main)
}

// newScope adds a level. Its end is set when the walk has left it.
func (b *builder) newScope(n *conf.Node, ctx nginx.Context, parent *Scope) *Scope {
	s := b.scopes.one()
	s.Node, s.Context, s.Parent, s.cfg = n, ctx, parent, b.cfg
	s.pos = int32(len(b.cfg.Scopes))
	if parent != nil {
		s.Server = parent.Server
	}
	b.cfg.Scopes = append(b.cfg.Scopes, s)
	return s
}

// walk visits the directives of a level and the levels inside it.
func (b *builder) walk(s *Scope) {
	children := s.Node.Children
	if len(children) > longBlock {
		s.index = make(map[Name]extent)
	}
	s.heads = b.heads.many(len(children))
	last, number := "", Name(0)
	for i := range children {
		n := &children[i]
		if n.Directive == nil {
			continue
		}
		name := n.Name
		if !b.cfg.Complete && (n.NameUnknown || name == "include") {
			s.Gaps |= gapOf(children, i)
		}
		if n.File != nil && n.File.Branches {
			s.Gaps |= GapTemplate
		}
		if name != last { // runs of location, server, proxy_set_header …
			s.closeRun(number, i)
			last, number = name, b.cfg.names.add(name)
			s.openRun(number, i)
		}
		s.heads[i] = headOf(n, number)
		if n.NameUnknown || b.cfg.names.foreign(number) {
			s.foreign = true
		}
		if n.IsBlock {
			b.block(s, n)
		} else if strings.HasSuffix(name, "_pass") {
			b.pass(s, n)
		}
	}
	s.closeRun(number, len(children))
	s.end = int32(len(b.cfg.Scopes))
}

// block enters a block that is a level. Others hold parameters, are unknown, or
// are not allowed where they stand.
func (b *builder) block(s *Scope, n *conf.Node) {
	ctx := s.Context.Child(n.Name)
	if ctx == 0 {
		return
	}
	in := b.newScope(n, ctx, s)
	if n.File == nil {
		in.Gaps = GapFragment
	}
	switch ctx {
	case nginx.HTTP:
		if b.cfg.HTTP == nil {
			b.cfg.HTTP = in
		}
	case nginx.Stream:
		if b.cfg.Stream == nil {
			b.cfg.Stream = in
		}
	case nginx.Server, nginx.StreamServer:
		srv := b.servers.one()
		srv.Node, srv.Scope, srv.Stream = n, in, ctx == nginx.StreamServer
		in.Server = srv
		b.cfg.Servers = append(b.cfg.Servers, srv)
	case nginx.Location:
		in.modifier, in.pattern = locationOf(n, b.cfg.Version) // now, while the directive is in the cache
	case nginx.Upstream, nginx.StreamUpstream:
		u := b.ups.one()
		u.Name, u.Node, u.Scope, u.Stream = n.Arg(0), n, in, ctx == nginx.StreamUpstream
		b.cfg.Upstreams = append(b.cfg.Upstreams, u)
	}
	b.walk(in)
}

// pass adds a proxy. Its target waits until all upstream groups are known.
func (b *builder) pass(s *Scope, n *conf.Node) {
	kind, ok := kindOf(n.Name, s.Context)
	if !ok {
		return
	}
	x := b.proxies.one()
	x.Kind, x.Pass, x.Scope, x.Server, x.cfg = kind, n, s, s.Server, b.cfg
	x.pos = int32(len(b.cfg.Proxies))
	if len(n.Args) > 0 { // read now, while the directive is in the cache
		x.Target.Raw, x.Target.Unknown = n.Args[0].Value, n.Args[0].Unknown
	}
	b.cfg.Proxies = append(b.cfg.Proxies, x)
}

// finishScopes fills in what levels know of those around them, which are all known
// now.
func (b *builder) finishScopes() {
	for _, s := range b.cfg.Scopes {
		if s.Parent != nil {
			s.outer = s.Parent.outer | s.Parent.own
		}
	}
}

func (b *builder) finishServers() {
	for _, srv := range b.cfg.Servers {
		b.finishServer(srv)
	}
}

func (b *builder) finishUpstreams() {
	c := b.cfg
	if len(c.Upstreams) == 0 {
		return
	}
	c.groups = make(map[groupKey]*Upstream, len(c.Upstreams))
	for _, u := range c.Upstreams {
		b.finishUpstream(u)
		if u.Name == "" || u.Node.Unknown() {
			continue
		}
		key := groupKey{u.Stream, strings.ToLower(u.Name)}
		if c.groups[key] == nil { // nginx refuses a second one
			c.groups[key] = u
		}
	}
}

// finishLiterals works out where the proxies without variables pass to. They come
// first, since they make the implicit upstreams that the others may match.
func (b *builder) finishLiterals() {
	for _, x := range b.cfg.Proxies {
		b.literal(x)
	}
}

// finishProxies works out where the others pass to, and which groups are used.
func (b *builder) finishProxies() {
	c := b.cfg
	for _, x := range c.Proxies {
		if x.Target.Variable {
			b.runTime(x)
		}
	}
	for _, x := range c.Proxies {
		for i := range x.Candidates {
			u := x.Candidates[i].Upstream
			if u == nil || len(u.Proxies) > 0 && u.Proxies[len(u.Proxies)-1] == x {
				continue
			}
			u.Proxies = append(u.Proxies, x)
		}
	}
}
