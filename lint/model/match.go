package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Match is the location that a request gets to.
type Match struct {
	// Scope is the location, or the server's own level where no location is
	// for the path.
	Scope *Scope
	// Redirect says that nginx answers 301 to the same path with a slash
	// behind, since Scope is a location for that and passes requests on.
	Redirect bool
	// Captures are what groups of regular expressions matched: by number ("1")
	// those of the last one on the way to the location, by name in lower case
	// those of all; nil where there was none.
	Captures map[string]string
	// Doubt tells why nginx may pick another location, "" when it does not:
	// then Scope is only the likely one.
	Doubt string
}

// LocationFor is the location that nginx picks in a server of http for a path:
// the one of the request without its query, unescaped and with its slashes and
// dots resolved, which is $uri. Named locations are out of its reach.
//
// On each level that is the exact location, else the longest prefix, unless a
// regular expression of the level matches, the first in order. A prefix with
// "^~" keeps nginx from looking at the regular expressions of its own level.
// Levels inside the longest prefix come before the regular expressions next to
// it, and those that a variable chooses come last
// (ngx_http_core_find_location, src/http/ngx_http_core_module.c). Case counts
// everywhere but in "~*", as it does on Linux.
func (s *Server) LocationFor(path string) Match {
	m := Match{Scope: s.Scope}
	if s.Stream {
		return m
	}
	m.Redirect = m.find(s.Scope, path) == foundRedirect
	return m
}

// found is what the search on one level ended with.
type found uint8

const (
	foundNone     found = iota // NGX_DECLINED: nothing but the level itself
	foundPrefix                // NGX_AGAIN: a prefix, so look inside it
	foundFinal                 // NGX_OK: an exact location or a regular expression
	foundRedirect              // NGX_DONE: the path lacks the slash of a location
)

// find looks for the location of a path below a level.
func (m *Match) find(level *Scope, path string) found {
	if why := level.hidden(); why != "" {
		m.doubt(why)
	}
	in, end := m.static(level, path)
	if in != nil {
		m.Scope = in
	}
	noRegex := false
	if end == foundPrefix {
		noRegex = in.Modifier() == "^~"
		end = m.find(in, path)
	}
	if noRegex || end == foundFinal || end == foundRedirect {
		return end
	}
	for in := range level.Levels() {
		modifier := in.Modifier()
		if modifier != "~" && modifier != "~*" || in.Node.Unknown() {
			continue
		}
		captures, ok, known := level.cfg.regexes.match(in.Pattern(), modifier == "~*", path)
		if !known {
			m.doubt(fmt.Sprintf("whether location %s %s is for %s cannot be said", modifier, in.Pattern(), path))
		}
		if ok {
			m.Scope = in
			m.capture(captures)
			m.find(in, path)
			return foundFinal
		}
	}
	if level.Server.ByVariable {
		m.variable(level)
	}
	return end
}

// variable doubts where a variable of the request chooses a location of the level.
func (m *Match) variable(level *Scope) {
	for in := range level.Levels() {
		if in.modifier == "$" {
			m.doubt(fmt.Sprintf("whether it is location %s depends on the variable", in.pattern))
		}
	}
}

// capture notes what a regular expression has captured. A variable keeps what a
// group of its name has captured before (ngx_http_regex_exec,
// src/http/ngx_http_variables.c).
func (m *Match) capture(found map[string]string) {
	for name, text := range m.Captures {
		if _, again := found[name]; !again && name[0] > '9' {
			found[name] = text
		}
	}
	m.Captures = found
}

// static looks for the exact or the longest prefix location of a level
// (ngx_http_core_find_static_location).
func (m *Match) static(level *Scope, path string) (best *Scope, end found) {
	// The location for path with a slash behind, the exact one if there are two,
	// and whether one of them wants that slash.
	var slash *Scope
	wanted := false
	longest := -1
	for in := range level.Levels() {
		if in.Context != nginx.Location {
			continue
		}
		if in.Node.Unknown() {
			m.doubt("the head of a location is filled in by a template engine")
			continue
		}
		modifier, pattern := in.modifier, in.pattern
		switch modifier {
		case "=":
			if pattern == path {
				return in, foundFinal
			}
		case "", "^~":
			if len(pattern) > longest && strings.HasPrefix(path, pattern) {
				best, longest = in, len(pattern)
			}
		default:
			continue
		}
		if len(pattern) == len(path)+1 && strings.HasPrefix(pattern, path) && strings.HasSuffix(pattern, "/") {
			wanted = wanted || in.wantsSlash()
			if slash == nil || modifier == "=" {
				slash = in
			}
		}
	}
	switch {
	case longest == len(path):
		return best, foundPrefix
	case wanted:
		return slash, foundRedirect
	case best != nil:
		return best, foundPrefix
	}
	return nil, foundNone
}

// wantsSlash reports whether requests for the location's path without its last
// slash are redirected there: it ends in one, and requests are passed on right
// there; uwsgi_pass and scgi_pass with variables do not count
// (clcf->auto_redirect; see ngx_http_proxy_pass, ngx_http_uwsgi_pass and their
// relatives in src/http/modules).
func (s *Scope) wantsSlash() bool {
	if !strings.HasSuffix(s.Pattern(), "/") {
		return false
	}
	for k := range StreamProxy {
		n := s.Own(k.String())
		if n != nil && (k != Uwsgi && k != Scgi || !strings.Contains(n.Arg(0), "$")) {
			return true
		}
	}
	return false
}

// hidden tells what may be on a level besides what is in view, "" when nothing.
func (s *Scope) hidden() string {
	switch {
	case s.Gaps&GapTemplate != 0:
		return "a template engine decides what stands in " + s.label()
	case s.Gaps&(GapInclude|GapPattern) != 0:
		return "files included into " + s.label() + " are not in view"
	}
	return ""
}

// doubt keeps the first reason why the search may end elsewhere.
func (m *Match) doubt(why string) {
	if m.Doubt == "" {
		m.Doubt = why
	}
}

// ForMethod is the level whose directives apply to requests of a method that get
// to a location: that inside its limit_except where the method is not one of
// those named there, else the location itself. With GET, HEAD is named too
// (ngx_http_core_limit_except and ngx_http_update_location_config,
// src/http/ngx_http_core_module.c).
func (s *Scope) ForMethod(method string) *Scope {
	if s.Context != nginx.Location {
		return s
	}
	for in := range s.Levels() {
		if in.Context != nginx.LimitExcept {
			continue
		}
		if !slices.ContainsFunc(in.Node.Values(), func(allowed string) bool {
			return strings.EqualFold(allowed, method) || method == "HEAD" && strings.EqualFold(allowed, "GET")
		}) {
			return in
		}
	}
	return s
}

// ProxyAt is what passes requests on that end up at a level, nil where nothing
// does: its own *_pass, else, at an if or a limit_except, that of the location
// around it (a limit_except does not take over memcached_pass). Of several *_pass at one level the last counts.
func (c *Config) ProxyAt(s *Scope) *Proxy {
	c.indexPasses.Do(c.filePasses)
	for at := s; at != nil; at = at.Parent {
		x := c.passAt[at]
		if x != nil && !reachOf(x.Kind.String()).past(s, at) {
			return nil
		}
		if x != nil || !at.noname() {
			return x
		}
	}
	return nil
}

// Place is the location that the proxy is in, else the level it stands in.
func (x *Proxy) Place() *Scope {
	if in := x.Scope.Location(); in != nil {
		return in
	}
	return x.Scope
}

// ProxiesIn are those that may pass on what gets to a location, or to a server's
// own level: its own, and those of its if and limit_except, in document order.
// Locations inside it have theirs.
func (c *Config) ProxiesIn(place *Scope) []*Proxy {
	c.indexPasses.Do(c.filePasses)
	return c.passesIn[place]
}

func (c *Config) filePasses() {
	c.passAt = make(map[*Scope]*Proxy, len(c.Proxies))
	c.passesIn = make(map[*Scope][]*Proxy, len(c.Proxies))
	for _, x := range c.Proxies {
		c.passAt[x.Scope] = x
		c.passesIn[x.Place()] = append(c.passesIn[x.Place()], x)
	}
}

// namedKey is a named location of a server.
type namedKey struct {
	server *Server
	name   string
}

// NamedLocation is the location of a server with a name such as "@app", the first
// of several, nil for none: error_page and try_files lead there
// (ngx_http_named_location, src/http/ngx_http_core_module.c).
func (s *Server) NamedLocation(name string) *Scope {
	c := s.Scope.Config()
	c.indexNamed.Do(func() {
		c.namedAt = map[namedKey]*Scope{}
		for _, srv := range c.Servers {
			for _, at := range srv.Locations {
				if key := (namedKey{srv, at.Pattern()}); at.Modifier() == "@" && c.namedAt[key] == nil {
					c.namedAt[key] = at
				}
			}
		}
	})
	return c.namedAt[namedKey{s, name}]
}
