package rules

import (
	"path"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// unixUse is a place that names a Unix socket as an upstream.
type unixUse struct {
	// node is where the path is written: a *_pass, the server of a group, or
	// what gives a variable its value.
	node *conf.Node
	// path is the socket's, as nginx reads it.
	path  string
	place lint.Place
	// proxy and target are the pass; nil for a server of a group.
	proxy  *model.Proxy
	target *model.Target
	// peer and group are the server and its group; nil for a pass.
	peer  *model.Peer
	group *model.Upstream
}

// stream reports whether the place is in stream{}.
func (u unixUse) stream() bool {
	return u.group != nil && u.group.Stream || u.proxy != nil && u.proxy.Stream()
}

// passes are those that lead there.
func (u unixUse) passes() []*model.Proxy {
	if u.group != nil {
		return u.group.Proxies
	}
	return []*model.Proxy{u.proxy}
}

// directive is the name of the directive that takes the address.
func (u unixUse) directive() string {
	if u.proxy != nil {
		return u.proxy.Pass.Name
	}
	return u.peer.Node.Name
}

// unixKey is the key of [unixUses] among what rules share.
type unixKey struct{}

// unixUses are the sockets that are upstreams: servers of groups that are in
// service, and what passes are or can become; once for all rules.
func unixUses(p *lint.Pass) []unixUse {
	return p.Shared(unixKey{}, func() any { return findUnixUses(p.Config) }).([]unixUse)
}

func findUnixUses(c *model.Config) []unixUse {
	var uses []unixUse
	for _, g := range c.Upstreams {
		for peer := range g.Active() {
			if peer.URL.Unix != "" && !peer.Unknown {
				uses = append(uses, unixUse{node: peer.Node, path: peer.URL.Unix, place: lint.AtArg(peer.Node, 0), peer: peer, group: g})
			}
		}
	}
	for _, x := range c.Proxies {
		if x.Kind == model.Memcached && x.Target.Variable {
			continue
		}
		for i := range x.Candidates {
			t := &x.Candidates[i]
			if t.URL.Unix != "" && !t.Unknown && t.Origin != nil && !returnsFirst(x) {
				uses = append(uses, unixUse{node: t.Origin, path: t.URL.Unix, place: lint.AtArg(t.Origin, t.OriginArg), proxy: x, target: t})
			}
		}
	}
	return uses
}

// afterSocket splits a path behind its first component that is named as sockets
// are. There is no socket below another one, so that tail is none of its path.
func afterSocket(p string) (socket, tail string) {
	for at := 0; at < len(p); {
		i := strings.IndexAny(p[at:], "/:")
		if i < 0 {
			return p, ""
		}
		at += i
		switch path.Ext(p[:at]) {
		case ".sock", ".socket", ".sk":
			return p[:at], p[at:]
		}
		at++
	}
	return p, ""
}

// listensOnSocket reports whether a server of the configuration itself listens
// on the socket.
func listensOnSocket(p *lint.Pass, name string) bool {
	for _, use := range sockets(p).uses {
		if use.unix == name {
			return true
		}
	}
	return false
}

// relateSockets shows the other places of sockets.
func relateSockets(f *lint.Finding, message string, uses []unixUse) {
	places := make([]lint.Place, len(uses))
	for i, use := range uses {
		places[i] = use.place
	}
	relateSame(f, message, places...)
}
