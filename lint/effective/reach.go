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

// maxSteps is how many internal redirects are followed; nginx gives up after ten
// (NGX_HTTP_MAX_URI_CHANGES, src/http/ngx_http_request.h).
const maxSteps = 10

// follow looks for the location of a path, and for where its rewrites lead, and
// its try_files when no file is there.
func (a *Arrival) follow(path string) {
	a.Location = a.Server.Scope
	r := a.rewrite(a.Server.Scope, path)
	if r.answered {
		return
	}
	path = r.path
	paths := []string{path}
	for range maxSteps {
		m := a.Server.LocationFor(path)
		a.settle(m.Scope, m.Doubt)
		if m.Redirect {
			a.Proxies, a.Answer, a.Note = nil, nil, "nginx answers 301, to the same path with a slash behind"
			return
		}
		if a.Location == a.Server.Scope {
			break // its directives have run
		}
		if len(a.Via) == 0 && a.Location.Effective("internal").Set() {
			a.Note = "the location is internal: clients that ask for it get 404, only requests that nginx itself sends here are passed on"
		}
		r := a.rewrite(a.Location, path)
		if r.answered {
			a.Proxies = nil
			return
		}
		if !r.changed {
			break
		}
		if slices.Contains(paths, r.path) {
			a.Proxies, a.Answer, a.Note = nil, nil, "the rewrites go round in a circle: nginx answers 500"
			return
		}
		path = r.path
		paths = append(paths, path)
	}
	a.tryFiles()
}

// tryFiles looks for where try_files lead when no file is there.
func (a *Arrival) tryFiles() {
	for range maxSteps {
		if len(a.Proxies) > 0 {
			return
		}
		next := a.Location.Own("try_files")
		if next == nil || next.Unknown() || len(next.Args) == 0 {
			return
		}
		last := next.Arg(len(next.Args) - 1)
		to, doubt := a.fallback(last)
		if to == nil || to == a.Location {
			return
		}
		a.Via = append(a.Via, next)
		a.settle(to, doubt)
	}
}

// fallback is the level that the last argument of try_files leads to, nil for a
// status or an argument that only the request makes known.
func (a *Arrival) fallback(last string) (to *model.Scope, doubt string) {
	if strings.HasPrefix(last, "@") {
		for _, in := range a.Server.Locations {
			if in.Modifier() == "@" && in.Pattern() == last {
				return in, ""
			}
		}
		return nil, ""
	}
	uri, _, _ := strings.Cut(last, "?")
	if !strings.HasPrefix(uri, "/") || strings.Contains(uri, "$") {
		return nil, ""
	}
	m := a.Server.LocationFor(uri)
	return m.Scope, m.Doubt
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
