package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

const (
	// maxStations is how many passes a request is followed over.
	maxStations = 16
	// maxLooks is how many locations are looked at for one configuration, where
	// each search may take a look at all those of a server.
	maxLooks = 4_000_000
)

// station is a request at a pass that hands it back to this nginx.
type station struct {
	proxy *model.Proxy
	// path is what selected the location, "" in stream.
	path string
	// host is the Host header that some pass before has set, "" for the client's.
	host string
	// entry is the location whose try_files hands requests on to the pass; nil
	// for a pass that stands in its own.
	entry *model.Scope
}

// round is the way that a request takes again and again.
type round struct {
	// start is the request when it comes in, at a pass that is on the way.
	start station
	// way is what it takes then: each station leads to the next, the last one to
	// the first.
	way []station
}

// rounds finds the ways over more than one pass, those with a pass in common
// together. Passes that lead back to themselves at once are left out.
func (l *loops) rounds(c *model.Config, circles *byKey[*conf.Directive, circle]) [][]round {
	var found [][]round
	seen := map[*conf.Directive]int{} // index in found
	for _, x := range c.Proxies {
		if _, ok := l.departures[x]; !ok || circles.has(sameStatement(x.Pass)) {
			continue
		}
		r, ok := l.follow(x)
		if !ok {
			continue
		}
		i := len(found)
		for _, at := range r.way {
			if known, ok := seen[sameStatement(at.proxy.Pass)]; ok {
				i = known
			}
		}
		if i == len(found) {
			found = append(found, nil)
		}
		found[i] = append(found[i], r)
		for _, at := range r.way {
			seen[sameStatement(at.proxy.Pass)] = i
		}
	}
	return found
}

// follow is the round that a request takes which gets to a pass; it is not ok
// where there is none with that pass, or where it is not certain.
func (l *loops) follow(x *model.Proxy) (round, bool) {
	start, ok := l.start(x)
	if !ok {
		return round{}, false
	}
	way := []station{start}
	for len(way) <= maxStations {
		next, ok := l.next(start, way[len(way)-1])
		if !ok {
			return round{}, false
		}
		if i := slices.Index(way, next); i >= 0 {
			way = way[i:]
			return round{start, way}, slices.ContainsFunc(way, func(at station) bool { return at.proxy == x })
		}
		way = append(way, next)
	}
	return round{}, false
}

// start is a request that certainly gets to a pass.
func (l *loops) start(x *model.Proxy) (station, bool) {
	at := station{proxy: x}
	switch {
	case x.Stream():
		return at, true
	case x.Scope.Context != nginx.Location:
		return at, false
	case x.Scope.Modifier() != "@":
		at.path = l.pathTo(x.Server, x.Scope)
		return at, at.path != ""
	}
	for _, entry := range l.entries(x.Server, x.Scope.Pattern()) {
		if at.path = l.pathTo(x.Server, entry); at.path != "" {
			at.entry = entry
			return at, true
		}
	}
	return at, false
}

// pathTo is a path for which nginx picks a location, "" where none is at hand.
func (l *loops) pathTo(srv *model.Server, to *model.Scope) string {
	if !isPrefix(to) || !isPlainPath(to.Pattern()) {
		return ""
	}
	for _, rest := range [...]string{"", "x"} {
		if path := to.Pattern() + rest; !mayBeThere(to, path) && l.location(srv, path) == to {
			return path
		}
		if to.Modifier() == "=" {
			break
		}
	}
	return ""
}

// location is what nginx picks for a path, nil where that is not certain.
func (l *loops) location(srv *model.Server, path string) *model.Scope {
	if l.looks += 1 + len(srv.Locations); l.looks > maxLooks {
		return nil
	}
	m := srv.LocationFor(path)
	if m.Doubt != "" || m.Redirect {
		return nil
	}
	return m.Scope
}

// isPlainPath reports whether a path goes over the wire as it is, and selects
// locations as it is.
func isPlainPath(path string) bool {
	read, _, ok := model.RequestPath(path)
	return ok && read == path && !strings.ContainsFunc(path, func(r rune) bool {
		return r >= 0x80 || !isAlphanumeric(byte(r)) && !strings.ContainsRune("/._-~", r)
	})
}

// fallback is the named location that a location hands requests on to for which
// there is no file; "" where that may be a matter of more than the request's path.
func fallback(at *model.Scope) string {
	n := at.Own("try_files")
	if n == nil || at.Context != nginx.Location || !strings.HasPrefix(lastArg(n), "@") {
		return ""
	}
	for _, v := range n.Values()[:len(n.Args)-1] {
		if strings.Contains(strings.NewReplacer("$uri", "", "$document_root", "").Replace(v), "$") {
			return ""
		}
	}
	return lastArg(n)
}

// entries are the locations of a server that hand requests on to a named one.
func (l *loops) entries(srv *model.Server, name string) []*model.Scope {
	byName, known := l.fallbacks[srv]
	if !known {
		byName = map[string][]*model.Scope{}
		for _, at := range srv.Locations {
			if to := fallback(at); to != "" && at.Modifier() != "@" {
				byName[to] = append(byName[to], at)
			}
		}
		l.fallbacks[srv] = byName
	}
	return byName[name]
}

// next is where the request at a station gets to. Of localhost, both addresses
// must lead there.
func (l *loops) next(start, at station) (station, bool) {
	to := station{host: at.host}
	if !at.proxy.Stream() {
		var ok bool
		if to.path, ok = sentPath(at); !ok {
			return station{}, false
		}
		host, fixed, ok := sentHost(at.proxy)
		if fixed {
			to.host = strings.ToLower(host)
		}
		if !ok {
			return station{}, false
		}
	}
	for i, socket := range l.departures[at.proxy].sockets {
		srv := l.answers(start, to.host, socket)
		if srv == nil {
			return station{}, false
		}
		x, entry := l.passOf(srv, to.path)
		if x == nil || i > 0 && (x != to.proxy || entry != to.entry) {
			return station{}, false
		}
		to.proxy, to.entry = x, entry
	}
	if to.entry != nil && (to.entry != start.entry || to.path != start.path) {
		return station{}, false // there may be a file for it
	}
	_, ok := l.departures[to.proxy]
	return to, ok
}

// sentPath is the path that a pass sends: the one that came, or with a URI of the
// pass in place of what the location matched.
func sentPath(at station) (string, bool) {
	x := at.proxy
	t := &x.Candidates[0]
	switch {
	case keepsURI(x), at.entry != nil && (!t.HasURI || t.URI == "$request_uri"):
		return at.path, true
	case x.Kind != model.HTTPProxy || x.Target.Variable || !isPrefix(x.Scope) || !strings.HasPrefix(at.path, x.Scope.Pattern()):
		return "", false
	}
	path := t.URI + at.path[len(x.Scope.Pattern()):]
	return path, isPlainPath(path)
}

// answers is the server that a request gets to at a socket, nil where that is not
// certain. The client's own Host header has selected the server that it came to.
func (l *loops) answers(start station, host string, socket *ownSocket) *model.Server {
	switch came := start.proxy.Server; {
	case len(socket.servers) == 1:
		return socket.servers[0]
	case socket.stream:
		return nil
	case host != "":
		return socket.names().find(host)
	case listenOf(came, socket.socketAddress) != nil && l.selectsAgain(came, socket):
		return came
	}
	return nil
}

// passOf is the pass that a path leads to in a server, and the location whose
// try_files hands it on to that if it stands in a named one.
func (l *loops) passOf(srv *model.Server, path string) (x *model.Proxy, entry *model.Scope) {
	if srv.Stream {
		return srv.Scope.Config().ProxyAt(srv.Scope), nil
	}
	at := l.location(srv, path)
	if at == nil {
		return nil, nil
	}
	if name := fallback(at); name != "" {
		to := srv.NamedLocation(name)
		if to == nil || !l.onlyTriesFiles(at) {
			return nil, nil
		}
		return at.Config().ProxyAt(to), at
	}
	if x = at.Config().ProxyAt(at); x == nil || x.Scope != at {
		return nil, nil
	}
	return x, nil
}

// onlyTriesFiles reports whether nothing else of a location and around it keeps
// requests from the named location of its try_files.
func (l *loops) onlyTriesFiles(at *model.Scope) bool {
	return at.Gaps == 0 && asWritten(at) && l.treatsAllAlike(at.Parent) &&
		!slices.ContainsFunc(at.Node.Children, func(n conf.Node) bool {
			return n.Directive != nil && n.Name != "try_files" && !isIndifferent(&n)
		})
}

// reportRounds reports ways that have a pass in common.
func reportRounds(p *lint.Pass, rounds []round) {
	first := rounds[0]
	x := first.start.proxy
	f := lint.Finding{Place: lint.AtArg(x.Pass, 0), Help: "name the address that the application listens on"}
	address := addressText(soleEndpoint(x))
	if x.Stream() {
		f.Message = fmt.Sprintf("nginx itself listens on %s, and every connection passed there comes back to this very server, again and again, until none are left, and all are closed (worker_connections are not enough)", address)
	} else {
		what := fmt.Sprintf("a request for %q", first.start.path)
		if first.start.entry != nil {
			what += " that no file answers"
		}
		f.Message = fmt.Sprintf("nginx itself listens on %s, and %s comes back from there to this very location, again and again, until no connection is left: %s (worker_connections are not enough)", address, what, refusedWith(p, "502 or 500", x))
		if slices.ContainsFunc(first.way, func(at station) bool { return addsForwarded(at.proxy) }) {
			f.Message += forwardedGrows
		}
	}
	for _, r := range rounds {
		passes := make([]*model.Proxy, len(r.way))
		for i, at := range r.way {
			passes[i] = at.proxy
		}
		relate(&f, "on the way", passPlaces(passes)...)
	}
	p.Report(x.Pass, f)
}

// soleEndpoint is the address of a pass that has one.
func soleEndpoint(x *model.Proxy) (e model.Endpoint) {
	for e = range x.EachEndpoint() {
		break
	}
	return e
}
