package model

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Address is one address that servers listen on: nginx has a socket for it, or
// shares that of the wildcard address with the same port.
type Address struct {
	// Listens are the listen directives of the address in order, Servers the
	// servers that they stand in.
	Listens []*Listen
	Servers []*Server
	// TLS says that clients must speak TLS: one of the listen directives has ssl
	// (ngx_http_add_addresses, src/http/ngx_http.c).
	TLS bool

	cfg    *Config
	stream bool

	index                    sync.Once
	exact, leading, trailing map[string]namedServer
	ownName                  bool   // the machine's own name is among them
	hidden                   string // why there may be more
}

// Addresses are the addresses that servers listen on, those of http or those of
// stream, in the order in which they first occur, without those that nginx
// refuses or that are unknown. A range of ports is one address.
func (c *Config) Addresses(stream bool) []*Address {
	c.indexAddresses.Do(func() {
		c.httpAddresses, c.streamAddresses = c.addresses(false), c.addresses(true)
	})
	if stream {
		return c.streamAddresses
	}
	return c.httpAddresses
}

func (c *Config) addresses(stream bool) []*Address {
	var all []*Address
	byKey := map[addressKey]*Address{}
	for _, srv := range c.Servers {
		if srv.Stream != stream {
			continue
		}
		for i := range srv.Listens {
			l := &srv.Listens[i]
			if l.Unknown || l.Err != nil {
				continue
			}
			key := l.key()
			a := byKey[key]
			if a == nil {
				a = &Address{cfg: c, stream: stream}
				byKey[key] = a
				all = append(all, a)
			}
			a.Listens = append(a.Listens, l)
			a.Servers = append(a.Servers, srv)
			a.TLS = a.TLS || l.SSL
		}
	}
	return all
}

// addressKey tells addresses apart.
type addressKey struct {
	host       string
	port, last int
	udp        bool
}

func (l *Listen) key() addressKey {
	key := addressKey{host: strings.ToLower(l.URL.Host), port: l.Port, last: l.LastPort, udp: l.UDP || l.QUIC}
	switch {
	case l.URL.Unix != "":
		key.host = "unix:" + l.URL.Unix
	case l.URL.Wildcard && !strings.HasPrefix(l.URL.Host, "["):
		key.host = "*"
	case l.URL.Addr.IsValid():
		key.host = l.URL.Addr.String()
	}
	return key
}

// At reports whether the address has a port.
func (a *Address) At(port int) bool {
	l := a.Listens[0]
	return l.URL.Unix == "" && l.Port <= port && port <= l.LastPort
}

// Default is the server for requests whose host no server of the address has:
// the one with default_server, else the first (ngx_http_add_server and
// ngx_http_add_addresses, src/http/ngx_http.c).
func (a *Address) Default() *Server {
	for i, l := range a.Listens {
		if l.Default {
			return a.Servers[i]
		}
	}
	return a.Servers[0]
}

// ServerMatch is the server that a request gets to.
type ServerMatch struct {
	// Server is the server, Address the address the request came to.
	Server  *Server
	Address *Address
	// Name is the server_name that the host matched, as written; "" where the
	// server is the default one.
	Name string
	// Captures are what the groups of a name that is a regular expression
	// matched; see [Match].
	Captures map[string]string
	// Doubt tells why nginx may pick another server, "" when it does not.
	Doubt string
}

// ServersFor are the servers of http that requests for a host on a port get to,
// one for each address with that port. Of those nginx takes the address that
// the client connected to, and the wildcard one for all that are not listed.
func (c *Config) ServersFor(port int, host string) []ServerMatch {
	var out []ServerMatch
	for _, a := range c.Addresses(false) {
		if a.At(port) && !a.Listens[0].QUIC {
			out = append(out, a.ServerFor(host))
		}
	}
	return out
}

// ServerFor is the server that requests for a host get to: of the Host header
// without its port, or of the TLS server name. It is the one with that very
// name, else with the longest "*.example.org", else with the longest
// "www.example.*", else with the first regular expression that matches, else
// the default (ngx_http_find_virtual_server, src/http/ngx_http_request.c, and
// ngx_hash_find_combined, src/core/ngx_hash.c). Names have no case and no dot at
// their end.
func (a *Address) ServerFor(host string) ServerMatch {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	a.index.Do(a.indexNames)
	m := ServerMatch{Address: a, Doubt: a.hidden}
	if e, ok := a.exact[host]; ok {
		m.Server, m.Name = e.server, e.name
		return m
	}
	if a.ownName {
		m.doubt("the name of the machine is a server_name")
	}
	if e, ok := a.wildcard(host); ok {
		m.Server, m.Name = e.server, e.name
		return m
	}
	if !m.byRegex(host) {
		m.Server = a.Default()
	}
	return m
}

// wildcard looks for the longest wildcard name, first with the star in front.
func (a *Address) wildcard(host string) (namedServer, bool) {
	if e, ok := a.leading[host]; ok && e.bare {
		return e, true
	}
	for i := range len(host) {
		if host[i] != '.' || i == 0 {
			continue
		}
		if e, ok := a.leading[host[i+1:]]; ok {
			return e, true
		}
	}
	for i := len(host) - 2; i > 0; i-- {
		if host[i] != '.' {
			continue
		}
		if e, ok := a.trailing[host[:i]]; ok {
			return e, true
		}
	}
	return namedServer{}, false
}

// byRegex looks for the first name that is a regular expression and matches.
func (m *ServerMatch) byRegex(host string) bool {
	if host == "" {
		return false
	}
	for _, srv := range m.Address.Servers {
		for _, name := range srv.Names {
			pattern, ok := strings.CutPrefix(name, "~")
			if !ok {
				continue
			}
			// Hosts come in lower case: a capital letter makes nginx disregard it.
			captures, ok, known := m.Address.cfg.regexes.match(pattern, pattern != strings.ToLower(pattern), host)
			if !known {
				m.doubt(fmt.Sprintf("whether server_name %s is for %s cannot be said", name, host))
			}
			if ok {
				m.Server, m.Name, m.Captures = srv, name, captures
				return true
			}
		}
	}
	return false
}

func (m *ServerMatch) doubt(why string) {
	if m.Doubt == "" {
		m.Doubt = why
	}
}

// namedServer is a server and one of its names as written.
type namedServer struct {
	server *Server
	name   string
	bare   bool // the wildcard is for the name without anything before it, too
}

// indexNames files the names of all servers as nginx does: of two that are the
// same it drops the second, and .example.org counts as example.org there, so
// that the one drops the other (ngx_http_server_names, src/http/ngx_http.c, and
// ngx_hash_add_key, src/core/ngx_hash.c).
func (a *Address) indexNames() {
	a.hidden = a.whyHidden()
	a.exact = map[string]namedServer{}
	a.leading = map[string]namedServer{}
	a.trailing = map[string]namedServer{}
	bare := map[string]bool{} // what .example.org takes up of the exact names
	for _, srv := range a.Servers {
		for _, name := range srv.names() {
			e := namedServer{server: srv, name: name}
			key := strings.ToLower(name)
			switch {
			case strings.HasPrefix(key, "~"):
			case strings.HasPrefix(key, "*."):
				addName(a.leading, key[2:], e)
			case strings.HasPrefix(key, "."):
				key, e.bare = key[1:], true
				if _, taken := a.exact[key]; !taken && !bare[key] {
					bare[key] = true
					addName(a.leading, key, e)
				}
			case strings.HasSuffix(key, ".*"):
				addName(a.trailing, key[:len(key)-2], e)
			case key == "$hostname":
				a.ownName = true
			case !bare[key]:
				addName(a.exact, key, e)
			}
		}
	}
}

func addName(to map[string]namedServer, key string, e namedServer) {
	if _, taken := to[key]; !taken {
		to[key] = e
	}
}

// whyHidden tells why there may be further servers or names, "" when there are
// not.
func (a *Address) whyHidden() string {
	c := a.cfg
	if len(c.Tree.Context) > 0 {
		return "the configuration around this file is not in view"
	}
	for _, level := range []*Scope{c.Main, c.HTTP} {
		if level != nil && level.hidden() != "" {
			return level.hidden()
		}
	}
	for _, srv := range c.Servers {
		if srv.Stream != a.stream {
			continue
		}
		if why := srv.Scope.hidden(); why != "" {
			return why
		}
		for n := range srv.Scope.All("server_name") {
			if n.Unknown() {
				return "a template engine fills in a server_name"
			}
		}
		if slices.ContainsFunc(srv.Listens, func(l Listen) bool { return l.Unknown }) {
			return "a template engine fills in a listen"
		}
	}
	return ""
}

// names are the server's names; without any it has the empty one.
func (s *Server) names() []string {
	if len(s.Names) == 0 {
		return noNames
	}
	return s.Names
}

var noNames = []string{""}
