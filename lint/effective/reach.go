package effective

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Arrival is where a request gets to.
type Arrival struct {
	Server *model.Server
	// Default says that no server has the name that was asked for.
	Default bool
	// Location is the level that nginx picks for it: a location, or the server's
	// own level.
	Location *model.Scope
	// Doubt says why it may be another one, "" when nothing speaks for that.
	Doubt string
	// Via are the rewrites and try_files that lead from one location to the next.
	Via []*conf.Node
	// Note is what else is to know of who gets there or what the answer is.
	Note string
	// Proxies are those that pass it on; none where nginx answers itself.
	Proxies []*model.Proxy
	// Answer is what answers it where no proxy does, or nil.
	Answer *conf.Node
}

// ParseLocation reads an address that a client asks for: http://, https://, the
// same for a WebSocket as ws:// and wss://, or, for a server of stream, tcp:// or
// udp://.
func ParseLocation(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no address: %w", text, err)
	}
	switch u.Scheme {
	case "http", "https":
	case "ws", "wss":
		u.Scheme = strings.Replace(u.Scheme, "ws", "http", 1)
	case "tcp", "udp":
		if u.Port() == "" {
			return nil, fmt.Errorf("%q has no port", text)
		}
	default:
		return nil, fmt.Errorf("%q is no address that begins with http://, https://, tcp:// or udp://", text)
	}
	if u.Host == "" {
		return nil, fmt.Errorf("%q has no host", text)
	}
	if _, _, ok := model.RequestPath(pathOf(u)); !ok {
		return nil, fmt.Errorf("nginx answers 400 to the path of %q", text)
	}
	return u, nil
}

// Reach follows a request for an address: one arrival for each address with that
// port that nginx listens on. Where nothing listens there, something in front of
// nginx may: then any address counts that has a server of that very name.
func Reach(c *model.Config, u *url.URL) []Arrival {
	port := portOf(u)
	if u.Scheme == "tcp" || u.Scheme == "udp" {
		return connections(c, port, u.Scheme == "udp")
	}
	p, _, ok := model.RequestPath(pathOf(u))
	if !ok {
		return nil
	}
	var out, behind []Arrival
	for _, address := range c.Addresses(false) {
		m := address.ServerFor(hostOf(u))
		a := Arrival{Server: m.Server, Default: m.Name == "", Doubt: m.Doubt}
		switch {
		case address.At(port) && address.TLS == (u.Scheme == "https") && !address.Listens[0].QUIC:
			out = a.arrive(out, p)
		case m.Name != "" && m.Name != "_":
			a.Doubt = fmt.Sprintf("nothing listens for %s on port %d here: taken for a request that something in front passes on", u.Scheme, port)
			behind = a.arrive(behind, p)
		}
	}
	if len(out) == 0 {
		return behind
	}
	return out
}

// arrive adds where the request gets to, unless it is known already.
func (a Arrival) arrive(known []Arrival, path string) []Arrival {
	a.follow(path)
	if slices.ContainsFunc(known, func(b Arrival) bool { return b.Location == a.Location }) {
		return known
	}
	return append(known, a)
}

// pathOf is the path as a client asks for it.
func pathOf(u *url.URL) string { return "/" + strings.TrimPrefix(u.EscapedPath(), "/") }

// hostOf is the host as nginx compares it with names of servers: an IPv6 address
// is in brackets there.
func hostOf(u *url.URL) string {
	if name := u.Hostname(); !strings.Contains(name, ":") {
		return name
	}
	return "[" + u.Hostname() + "]"
}

func portOf(u *url.URL) int {
	if port, err := strconv.Atoi(u.Port()); err == nil {
		return port
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// maxChanges is how often nginx looks for a location again before it gives up
// (NGX_HTTP_MAX_URI_CHANGES, src/http/ngx_http_request.h).
const maxChanges = 10

// hop is a request on its way to a location.
type hop struct {
	path string
	// named is the named location that it is sent to, nil for that of its path.
	named *model.Scope
	// server says that it goes through the server's own directives first, as
	// when it comes in or a try_files gives it another path.
	server bool
}

// follow looks for the location of a path, and for where its rewrites lead, and
// its try_files when no file is there.
func (a *Arrival) follow(path string) {
	a.Location = a.Server.Scope
	var seen []hop
	for next, more := (hop{path: path, server: true}), true; more; {
		why := ""
		switch {
		case slices.Contains(seen, next):
			why = "this goes round in a circle"
		case len(seen) > maxChanges:
			why = "another location is looked for more than ten times"
		}
		if why != "" {
			a.Proxies, a.Answer, a.Note = nil, nil, why+": nginx answers 500"
			return
		}
		seen = append(seen, next)
		next, more = a.take(next)
	}
}

// take has a request arrive, and says where it goes on to from there, if it does.
func (a *Arrival) take(h hop) (next hop, more bool) {
	if h.server {
		r := a.rewrite(a.Server.Scope, h.path)
		if r.answered {
			a.Proxies = nil
			return hop{}, false
		}
		h.path = r.path
	}
	if h.named != nil {
		a.settle(h.named, "")
	} else {
		m := a.Server.LocationFor(h.path)
		a.settle(m.Scope, m.Doubt)
		if m.Redirect {
			a.Proxies, a.Answer, a.Note = nil, nil, "nginx answers 301, to the same path with a slash behind"
			return hop{}, false
		}
	}
	if len(a.Via) == 0 && a.Location.Effective("internal").Set() {
		a.Note = "the location is internal: clients that ask for it get 404, only requests that nginx itself sends here are passed on"
	}
	if a.Location != a.Server.Scope { // whose directives have run
		r := a.rewrite(a.Location, h.path)
		if r.answered {
			a.Proxies = nil
			return hop{}, false
		}
		if r.changed {
			return hop{path: r.path}, true
		}
		h.path = r.path
	}
	return a.tryFiles(h.path)
}

// tryFiles says where the try_files of the location leads to when no file is there.
func (a *Arrival) tryFiles(path string) (next hop, more bool) {
	n := a.Location.Own("try_files")
	if len(a.Proxies) > 0 || n == nil || n.Unknown() || len(n.Args) == 0 {
		return hop{}, false
	}
	next, to := a.fallback(n.Arg(len(n.Args)-1), path)
	if to == nil || to == a.Location {
		return hop{}, false
	}
	a.Via = append(a.Via, n)
	return next, true
}

// fallback is where the last argument of try_files sends a request, and the level
// that this is; nil for a status or an argument that only the request makes known.
func (a *Arrival) fallback(last, path string) (next hop, to *model.Scope) {
	if strings.HasPrefix(last, "@") {
		in := a.Server.NamedLocation(last)
		return hop{path: path, named: in}, in
	}
	uri, _, _ := strings.Cut(last, "?")
	if !strings.HasPrefix(uri, "/") || strings.Contains(uri, "$") {
		return hop{}, nil
	}
	return hop{path: uri, server: true}, a.Server.LocationFor(uri).Scope
}

// settle takes a level for the request's, with what passes it on there.
func (a *Arrival) settle(at *model.Scope, doubt string) {
	a.Location, a.Answer = at, nil
	a.doubt(doubt)
	a.Proxies = at.Config().ProxiesIn(at)
	for _, name := range []string{"stub_status", "try_files", "alias", "root"} {
		if v := at.Effective(name); v.Node != nil {
			a.Answer = v.Node
			break
		}
	}
}

// connections are the servers of stream that listen on a port.
func connections(c *model.Config, port int, udp bool) []Arrival {
	var out []Arrival
	for _, address := range c.Addresses(true) {
		if !address.At(port) || address.Listens[0].UDP != udp {
			continue
		}
		a := Arrival{Server: address.Default()}
		a.settle(a.Server.Scope, "")
		out = append(out, a)
	}
	return out
}
