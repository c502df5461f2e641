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
	// Via are the steps from one location to the next, in another way the one that
	// leads there first.
	Via []Step
	// Note is what else is to know of who gets there or what the answer is.
	Note string
	// Proxies are those that pass it on; none where nginx answers itself.
	Proxies []*model.Proxy
	// Answer is what answers it where no proxy does, or nil.
	Answer *conf.Node
	// Otherwise are other ways of the request, each on the condition of its first
	// step; those have none.
	Otherwise []Arrival

	// path is the one that the request has there.
	path string
	// over says that no error_page is for the answer: nginx has given up, or sends
	// the client elsewhere.
	over bool
	// seen are the hops that have led there.
	seen []hop
	// left is how many more ways are to be followed.
	left *int
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

// arrive adds where the request gets to, unless it is known already: what becomes
// of it in a server is the same at all its addresses.
func (a Arrival) arrive(known []Arrival, path string) []Arrival {
	if slices.ContainsFunc(known, func(b Arrival) bool { return b.Server == a.Server }) {
		return known
	}
	left := maxWays
	a.left = &left
	a.follow(hop{path: path, server: true})
	a.sortOut()
	left = maxWays
	a.errorPages()
	for i := range a.Otherwise {
		a.Otherwise[i].Otherwise = nil
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
	// file says that there is a file for the path.
	file bool
}

// follow looks for the location of a path, and for where its rewrites lead, its
// try_files when no file is there, and its index.
func (a *Arrival) follow(next hop) {
	a.Location = a.Server.Scope
	for more := true; more; {
		why := ""
		switch {
		case slices.Contains(a.seen, next):
			why = "this goes round in a circle"
		case len(a.seen) > maxChanges:
			why = "another location is looked for more than ten times"
		}
		if why != "" {
			a.Proxies, a.Answer, a.Note, a.over = nil, nil, why+": nginx answers 500", true
			return
		}
		a.seen = append(a.seen, next)
		next, more = a.take(next)
	}
}

// take has a request arrive, and says where it goes on to from there, if it does.
func (a *Arrival) take(h hop) (next hop, more bool) {
	if h.server {
		r := a.rewrite(a.Server.Scope, h.path)
		if r.answered {
			a.Location, a.Proxies = a.Server.Scope, nil
			return hop{}, false
		}
		h.moveTo(r.path)
	}
	if h.named != nil {
		a.settle(h.named, "")
	} else {
		m := a.Server.LocationFor(h.path)
		a.settle(m.Scope, m.Doubt)
		if m.Redirect {
			a.Proxies, a.Answer, a.Note, a.over = nil, nil, "nginx answers 301, to the same path with a slash behind", true
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
		h.moveTo(r.path)
	}
	a.path = h.path
	next, more = a.tryFiles(h)
	if by := (Step{Node: a.Location.Own("try_files"), When: NoFile}); more {
		if len(a.Proxies) > 0 { // it is passed on here where there is a file
			a.note(by, next)
			return hop{}, false
		}
		a.Via = append(a.Via, by)
	}
	if a.looksForIndex(h.path) {
		a.index(h.path, more)
	}
	return next, more
}

// moveTo gives it another path.
func (h *hop) moveTo(path string) {
	h.path, h.file = path, h.file && path == h.path
}

// tryFiles says where the try_files of the location leads to when no file is there.
func (a *Arrival) tryFiles(h hop) (next hop, more bool) {
	n := a.Location.Own("try_files")
	if n == nil || n.Unknown() || len(n.Args) == 0 {
		return hop{}, false
	}
	last := len(n.Args) - 1
	if h.file && slices.Contains(n.Values()[:last], "$uri") {
		return hop{}, false
	}
	next, to := a.fallback(n.Arg(last), h.path)
	if to == nil || to == a.Location {
		return hop{}, false
	}
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
