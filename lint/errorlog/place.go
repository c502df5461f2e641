package errorlog

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Place is where in the configuration lines come from. Fields that are not
// known are nil.
type Place struct {
	Server *model.Server
	// Scope is the location, or the server's own level.
	Scope *model.Scope
	Proxy *model.Proxy
	Group *model.Upstream
	// Node is the directive that a line names by file and line.
	Node *conf.Node
	// Unsure says that it is the likely place, not the only possible one.
	Unsure bool
}

// Locator finds the places of lines in configurations.
type Locator struct {
	configs []*model.Config
	// byName files servers of http by the name that nginx logs.
	byName map[string][]*model.Server
	http   []*model.Server
	stream []*model.Server
	// inServer files proxies by their server.
	inServer map[*model.Server][]*model.Proxy
}

// NewLocator makes a locator for configurations.
func NewLocator(configs []*model.Config) *Locator {
	x := &Locator{configs: configs, byName: map[string][]*model.Server{}, inServer: map[*model.Server][]*model.Proxy{}}
	for _, c := range configs {
		for _, s := range c.Servers {
			if s.Stream {
				x.stream = append(x.stream, s)
				continue
			}
			x.http = append(x.http, s)
			name := loggedName(s)
			x.byName[name] = append(x.byName[name], s)
		}
		for _, p := range c.Proxies {
			x.inServer[p.Server] = append(x.inServer[p.Server], p)
		}
	}
	return x
}

// loggedName is the name of a server in the log: its first, in lower case,
// without a dot in front (ngx_http_core_merge_srv_conf,
// src/http/ngx_http_core_module.c).
func loggedName(s *model.Server) string {
	if len(s.Names) == 0 {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(s.Names[0]), ".")
}

// Limits of what a worker remembers of places.
const (
	maxRemembered = 1 << 15
	maxRemember   = 512 // bytes of a key
	// maxDistant bounds what is looked for in the whole configuration, which
	// takes longer; what comes after that many is not looked for.
	maxDistant = 1 << 8
)

// finder is the part of a locator that remembers.
type finder struct {
	*Locator
	scratch []byte
	seen    map[string]Place
	distant map[string]Place
}

// Worker returns a function that finds places; it remembers them, and is for
// one goroutine.
func (x *Locator) Worker() func(*Line, *Message) Place {
	f := &finder{Locator: x, seen: map[string]Place{}, distant: map[string]Place{}}
	return f.find
}

func (x *finder) find(l *Line, m *Message) Place {
	if m.Kind == Startup || l.Client == nil {
		return x.named(l)
	}
	path, address := l.Path(), l.Address()
	x.scratch = append(x.scratch[:0], transport(l))
	x.scratch = append(x.scratch, l.Server...)
	x.scratch = append(append(x.scratch, 0), path...)
	x.scratch = append(append(x.scratch, 0), address...)
	if place, ok := x.seen[string(x.scratch)]; ok {
		return place
	}
	place := x.place(l, path, address)
	if len(x.seen) < maxRemembered && len(x.scratch) < maxRemember {
		x.seen[string(x.scratch)] = place
	}
	return place
}

// place finds where a request got to.
func (x *finder) place(l *Line, path, upstream []byte) Place {
	to := parseAddress(upstream)
	var best Place
	score := noMatch
	for _, s := range x.servers(l) {
		p, how := x.inside(s, path, to)
		switch {
		case how > score:
			best, score = p, how
		case how == score && how != noMatch && p != best:
			best.Unsure = true
		}
	}
	if score >= likely || !to.known() {
		return best
	}
	far := x.remember(string(upstream), func() Place { return x.byAddress(to) })
	if far.Proxy != nil || best == (Place{}) {
		return far
	}
	best.Group = far.Group
	return best
}

// byAddress looks for an address in the whole configuration.
func (x *Locator) byAddress(to address) Place {
	if p := x.onlyProxy(to); p != nil {
		_, group := meets(p, to)
		return Place{Server: p.Server, Scope: p.Place(), Proxy: p, Group: group}
	}
	return Place{Group: x.group(to)}
}

// named finds the directive that a line names.
func (x *finder) named(l *Line) Place {
	at := bytes.LastIndex(l.Message, []byte(" in "))
	if at < 0 || len(l.Message)-at > maxRemember {
		return Place{}
	}
	where := string(l.Message[at+len(" in "):])
	return x.remember(where, func() Place { return x.atLine(where) })
}

func (x *finder) remember(name string, work func() Place) Place {
	place, ok := x.distant[name]
	if !ok && len(x.distant) < maxDistant {
		place = work()
		x.distant[name] = place
	}
	return place
}

// match says how well a place goes with a line.
type match uint8

const (
	noMatch   match = iota
	possible        // the path leads there, or nothing speaks against it
	likely          // the address can be the proxy's: a name's, or a variable's
	certainly       // the address is written there
)

// inside looks for the place in a server.
func (x *Locator) inside(s *model.Server, path []byte, to address) (Place, match) {
	p := Place{Server: s, Scope: s.Scope}
	how := noMatch
	if s.Stream {
		how = possible
	} else if uri := normal(path); uri != "" {
		at := s.LocationFor(uri)
		p.Scope, p.Unsure, how = at.Scope, at.Doubt != "", possible
	}
	here := p.Scope.Config().ProxiesIn(p.Scope)
	if !to.known() {
		if len(here) == 1 {
			p.Proxy = here[0]
		}
		return p, max(how, possible)
	}
	if how != noMatch {
		if proxy, group, fit := bestOf(here, to); fit > possible {
			p.Proxy, p.Group = proxy, group
			p.Unsure = p.Unsure && fit < certainly
			return p, fit
		}
	}
	// The request was sent on inside nginx, by error_page or try_files, say.
	if proxy := only(x.inServer[s], to); proxy != nil {
		_, group := meets(proxy, to)
		return Place{Server: s, Scope: proxy.Place(), Proxy: proxy, Group: group}, likely
	}
	return Place{Server: s, Scope: s.Scope, Unsure: true}, possible
}

// bestOf is the first proxy that goes best with an address.
func bestOf(proxies []*model.Proxy, to address) (best *model.Proxy, group *model.Upstream, how match) {
	for _, p := range proxies {
		if fit, g := meets(p, to); fit > how {
			best, group, how = p, g, fit
		}
	}
	return best, group, how
}

// only is the proxy that an address is written in, if it is the only one.
func only(proxies []*model.Proxy, to address) *model.Proxy {
	var found *model.Proxy
	for _, p := range proxies {
		if fit, _ := meets(p, to); fit == certainly {
			if found != nil {
				return nil
			}
			found = p
		}
	}
	return found
}

func (x *Locator) onlyProxy(to address) *model.Proxy {
	var found *model.Proxy
	for _, c := range x.configs {
		p := only(c.Proxies, to)
		if p != nil && found != nil {
			return nil
		}
		if p != nil {
			found = p
		}
	}
	return found
}

// group is the upstream group that an address names or is a server of, if there
// is one only.
func (x *Locator) group(to address) *model.Upstream {
	var found *model.Upstream
	for _, c := range x.configs {
		for _, u := range c.Upstreams {
			if u.Stream == (to.scheme == "") && inGroup(u, to) == certainly {
				if found != nil {
					return nil
				}
				found = u
			}
		}
	}
	return found
}

// address is the upstream of a line.
type address struct {
	scheme string // "" in stream
	host   string // a name, or an address without a port; "" for a socket
	addr   netip.Addr
	port   int
	unix   string
}

func (a address) known() bool { return a.host != "" || a.unix != "" }

func parseAddress(b []byte) (a address) {
	if len(b) == 0 {
		return a
	}
	rest := string(b)
	if scheme, after, ok := strings.Cut(rest, "://"); ok {
		a.scheme, rest = scheme, after
	}
	if path, ok := strings.CutPrefix(rest, "unix:"); ok {
		a.unix = path
		return a
	}
	a.host = rest
	if colon := strings.LastIndexByte(rest, ':'); colon > strings.LastIndexByte(rest, ']') {
		if port, err := strconv.Atoi(rest[colon+1:]); err == nil {
			a.host, a.port = rest[:colon], port
		}
	}
	if addr, err := netip.ParseAddr(strings.Trim(a.host, "[]")); err == nil {
		a.addr = addr
	}
	return a
}

// meets says whether a proxy can have connected to an address, and by which of
// its groups.
func meets(p *model.Proxy, to address) (match, *model.Upstream) {
	if p.Stream() != (to.scheme == "") {
		return noMatch, nil
	}
	best, group := noMatch, (*model.Upstream)(nil)
	for i := range p.Candidates {
		c := &p.Candidates[i]
		if scheme := schemeOf(p, c.Scheme); scheme != to.scheme {
			continue
		}
		fit := noMatch
		switch {
		case c.Upstream != nil:
			fit = inGroup(c.Upstream, to)
		case c.Err == nil:
			fit = sameAddress(c.URL.Unix, c.URL.Host, c.URL.Addr, c.Port, to)
		}
		if fit > best {
			best, group = fit, c.Upstream
		}
	}
	if best == noMatch && !p.AllKnown && (p.Target.Scheme == "" || schemeOf(p, p.Target.Scheme) == to.scheme) {
		return likely, nil
	}
	return best, group
}

// schemeOf is the scheme as nginx logs it: that of the pass, else the
// protocol's name.
func schemeOf(p *model.Proxy, scheme string) string {
	switch {
	case p.Stream():
		return ""
	case scheme == "":
		return p.Kind.Prefix()
	}
	return scheme
}

// inGroup says whether an address is that of a group: nginx logs the group's
// name where it did not come to choose a server.
func inGroup(u *model.Upstream, to address) match {
	if to.unix == "" && to.port == 0 && strings.EqualFold(u.Name, to.host) {
		return certainly
	}
	best := noMatch
	for i := range u.Peers {
		if p := &u.Peers[i]; p.Err == nil && !p.Unknown {
			best = max(best, sameAddress(p.URL.Unix, p.URL.Host, p.URL.Addr, p.Port, to))
		}
	}
	return best
}

func sameAddress(unix, host string, addr netip.Addr, port int, to address) match {
	switch {
	case unix != "" || to.unix != "":
		if unix == to.unix {
			return certainly
		}
	case addr.IsValid():
		if addr == to.addr && port == to.port {
			return certainly
		}
	case strings.EqualFold(host, to.host):
		return certainly
	case to.addr.IsValid() && port == to.port:
		return likely // an address of the host's
	}
	return noMatch
}

// atLine finds the directive at FILE:LINE.
func (x *Locator) atLine(where string) Place {
	file, number, ok := strings.Cut(where, ":")
	line, err := strconv.Atoi(number)
	if !ok || err != nil || file == "" {
		return Place{}
	}
	for _, c := range x.configs {
		for _, f := range c.Tree.Files {
			if sameFile(f.Path, file) || sameFile(f.Real, file) {
				if n := nodeAt(c.Tree.Root, f, line); n != nil {
					return Place{Node: n}
				}
			}
		}
	}
	return Place{}
}

// sameFile reports whether a path is that of nginx's message: the checkout that
// is looked at may have the same file below another folder.
func sameFile(path, logged string) bool {
	if path == logged {
		return true
	}
	base := logged
	if i := strings.Index(logged, "/nginx/"); i >= 0 {
		base = logged[i+len("/nginx/"):]
	}
	return strings.HasSuffix(path, "/"+base) || path == base
}

// nodeAt is the last directive of a file that begins at or before a line and
// ends on it or later: nginx gives the line that it had read up to.
func nodeAt(n *conf.Node, f *conf.File, line int) *conf.Node {
	var found *conf.Node
	for i := range n.Children {
		c := &n.Children[i]
		if in := nodeAt(c, f, line); in != nil {
			found = in
		} else if c.Directive != nil && c.File == f && f.Position(c.Head.Start).Line <= line && line <= f.Position(c.Head.End).Line {
			found = c
		}
	}
	return found
}

// normal is a request's path as nginx compares it with locations: unescaped, its
// slashes and dots resolved (ngx_http_parse_complex_uri,
// src/http/ngx_http_parse.c).
func normal(path []byte) string {
	if len(path) == 0 {
		return ""
	}
	if bytes.IndexByte(path, '%') < 0 && !bytes.Contains(path, []byte("//")) && !bytes.Contains(path, []byte("/.")) {
		return string(path)
	}
	var out []byte
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			if v, err := strconv.ParseUint(string(path[i+1:i+3]), 16, 8); err == nil {
				c = byte(v)
				i += 2
			}
		}
		out = append(out, c)
	}
	var parts []string
	text := string(out)
	for part := range strings.SplitSeq(text, "/") {
		switch part {
		case "", ".":
		case "..":
			parts = parts[:max(0, len(parts)-1)]
		default:
			parts = append(parts, part)
		}
	}
	clean := "/" + strings.Join(parts, "/")
	if clean != "/" && (strings.HasSuffix(text, "/") || strings.HasSuffix(text, "/.") || strings.HasSuffix(text, "/..")) {
		clean += "/"
	}
	return clean
}
