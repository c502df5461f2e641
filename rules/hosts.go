package rules

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

// hostUse is one place where a host name is written out for an upstream, so
// that nginx looks it up when it reads its configuration and never again
// (ngx_parse_url called from ngx_http_upstream_server and from
// ngx_http_upstream_init_round_robin, src/http).
type hostUse struct {
	// node is the *_pass, or the server of a group, scope its level.
	node  *conf.Node
	scope *model.Scope
	// host is the name in lower case, without a final dot.
	host string
	port int
	// proxy is the *_pass; nil for a server of a group.
	proxy *model.Proxy
	// peer and group are the server and its group; nil for a *_pass.
	peer  *model.Peer
	group *model.Upstream
}

// stream reports whether the place is in stream{}.
func (u hostUse) stream() bool { return u.scope.Stream() }

// place is the address.
func (u hostUse) place() lint.Place { return lint.AtArg(u.node, 0) }

// passes are those that lead there.
func (u hostUse) passes() []*model.Proxy {
	if u.group != nil {
		return u.group.Proxies
	}
	return []*model.Proxy{u.proxy}
}

// logName is the name as nginx's "host not found in upstream" shows it: all of
// a server's address, only the host of a *_pass.
func (u hostUse) logName() string {
	if u.peer != nil {
		return u.node.Arg(0)
	}
	return u.proxy.Target.Host()
}

// writtenHosts yields the places that name a host of an upstream. Names of
// groups are none; neither are names that may be those of groups out of view,
// names looked up again and again with "resolve", those of stand-ins, and what a template or a
// person has yet to fill in.
func writtenHosts(p *lint.Pass) iter.Seq[hostUse] {
	return func(yield func(hostUse) bool) {
		for _, group := range p.Config.Upstreams {
			for i := range group.Peers {
				peer := &group.Peers[i]
				if !peer.NeedsDNS() || peer.Resolve || group.StandIns || !isHostName(peer.URL.Host) {
					continue
				}
				use := hostUse{node: peer.Node, scope: group.Scope, host: canonicalHost(peer.URL.Host), port: peer.Port, peer: peer, group: group}
				if !yield(use) {
					return
				}
			}
		}
		for _, x := range p.Config.Proxies {
			t := &x.Target
			if !t.NeedsDNS() || t.GroupWithPort != nil || !isHostName(t.Host()) || mayBeGroup(p, t) {
				continue
			}
			if !yield(hostUse{node: x.Pass, scope: x.Scope, host: canonicalHost(t.Host()), port: t.Port, proxy: x}) {
				return
			}
		}
	}
}

// mayBeGroup reports whether a name may be that of an upstream group out of
// view: groups are named without a port and, but for rare ones, without a dot.
func mayBeGroup(p *lint.Pass, t *model.Target) bool {
	return !p.Config.Complete && !t.HasPort && !strings.Contains(t.Host(), ".") && p.Deploy.KnowsHost(t.Host()) != deploy.Yes
}

// canonicalHost is a host name in the form in which equal ones are the same.
func canonicalHost(host string) string {
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// isHostName reports whether a host can be a name in DNS or /etc/hosts, as
// opposed to a number that getaddrinfo reads as an address ("127.1"), to
// what a shell or a template replaces ("${APP}"), and to what asks a person for
// a name ("YOUR_HOST", "__HOST__").
func isHostName(host string) bool {
	for i := range len(host) {
		c := host[i]
		if c != '-' && c != '.' && c != '_' && c < 0x80 && !isAlphanumeric(c) {
			return false
		}
	}
	name := strings.TrimSuffix(host, ".")
	last := name[strings.LastIndexByte(name, '.')+1:]
	if last == "" || '0' <= last[0] && last[0] <= '9' {
		return false
	}
	shouted := host == strings.ToUpper(host) && host != strings.ToLower(host)
	return !shouted && (!strings.HasPrefix(host, "__") || !strings.HasSuffix(host, "__"))
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// isLocalhost reports whether a canonical name is one of the machine's own
// (RFC 6761, section 6.3, and what distributions write into /etc/hosts).
func isLocalhost(host string) bool {
	switch host {
	case "localhost", "localhost.localdomain", "ip6-localhost", "localhost6":
		return true
	}
	return strings.HasSuffix(host, ".localhost")
}

// hasFixedAddress reports whether every container that runs the configuration
// has the address of a name in its extra_hosts.
func hasFixedAddress(e *deploy.Evidence, host string) bool {
	return !e.Empty() && !slices.ContainsFunc(e.Containers, func(c *deploy.Container) bool {
		for name := range c.ExtraHosts {
			if canonicalHost(name) == host {
				return false
			}
		}
		return true
	})
}

// inCompose reports whether every container that runs the configuration is a
// compose service on a network of its project, where Docker's own name server
// answers at 127.0.0.11.
func inCompose(e *deploy.Evidence) bool {
	return !e.Empty() && !slices.ContainsFunc(e.Containers, func(c *deploy.Container) bool {
		return !c.Compose || c.NetworkMode != ""
	})
}

// byKey gathers things under keys, both in the order in which they came.
type byKey[K comparable, T any] struct {
	keys   []K
	things map[K][]T
}

func (b *byKey[K, T]) add(key K, thing T) {
	if b.things == nil {
		b.things = make(map[K][]T)
	}
	if _, seen := b.things[key]; !seen {
		b.keys = append(b.keys, key)
	}
	b.things[key] = append(b.things[key], thing)
}

// has reports whether anything was added under a key.
func (b *byKey[K, T]) has(key K) bool {
	_, ok := b.things[key]
	return ok
}

// all yields the keys with what was added under each.
func (b *byKey[K, T]) all() iter.Seq2[K, []T] {
	return func(yield func(K, []T) bool) {
		for _, key := range b.keys {
			if !yield(key, b.things[key]) {
				return
			}
		}
	}
}

// relateHosts shows where else hosts are written.
func relateHosts(f *lint.Finding, message string, uses []hostUse) {
	places := make([]lint.Place, len(uses))
	for i, use := range uses {
		places[i] = use.place()
	}
	relateSame(f, message, places...)
}

// relate adds related places to a finding, each once: what stands in a snippet
// is met as often as it is included.
func relate(f *lint.Finding, message string, places ...lint.Place) {
	addRelated(f, lint.Related{Message: message}, places)
}

// relateSame adds places that the finding is about as much as about its own.
func relateSame(f *lint.Finding, message string, places ...lint.Place) {
	addRelated(f, lint.Related{Message: message, Same: true}, places)
}

func addRelated(f *lint.Finding, like lint.Related, places []lint.Place) {
	type spot struct {
		file *conf.File
		span conf.Span
	}
	seen := map[spot]bool{{f.Place.File, f.Place.Span}: true}
	for _, r := range f.Related {
		seen[spot{r.File, r.Span}] = true
	}
	for _, p := range places {
		if at := (spot{p.File, p.Span}); p.File != nil && !seen[at] {
			seen[at] = true
			like.Place = p
			f.Related = append(f.Related, like)
		}
	}
}

// runTimeUse is an address that a *_pass with variables can become.
type runTimeUse struct {
	proxy  *model.Proxy
	target *model.Target
}

// runTimeHosts yields the addresses with a name that a *_pass with variables
// can become, where all that it can become is known.
func runTimeHosts(c *model.Config) iter.Seq[runTimeUse] {
	return func(yield func(runTimeUse) bool) {
		for _, x := range c.Proxies {
			if !x.Target.Variable || !x.AllKnown || returnsFirst(x) {
				continue
			}
			for i := range x.Candidates {
				if t := &x.Candidates[i]; t.Err == nil && t.URL.IsName() && !yield(runTimeUse{x, t}) {
					return
				}
			}
		}
	}
}

// relatePasses shows the *_pass directives of uses.
func relatePasses(f *lint.Finding, message string, uses []runTimeUse) {
	places := make([]lint.Place, len(uses))
	for i, use := range uses {
		places[i] = lint.AtArg(use.proxy.Pass, 0)
	}
	relateSame(f, message, places...)
}

// relateOrigins shows where the host that uses have in common is written, where
// that is elsewhere.
func relateOrigins(f *lint.Finding, uses []runTimeUse) {
	var places []lint.Place
	for _, use := range uses {
		if t := use.target; t.Origin != nil && t.Origin != use.proxy.Pass {
			places = append(places, lint.AtArg(t.Origin, t.OriginArg))
		}
	}
	relate(f, fmt.Sprintf("%q is written here", uses[0].target.Host()), places...)
}

// protocolText picks what is said of a proxy of http or of stream.
func protocolText(x *model.Proxy, http, stream string) string {
	if x.Stream() {
		return stream
	}
	return http
}

// returnsFirst reports whether a "return" of the location or of the server
// answers before requests come to the pass: the rewrite phases are over by then
// (ngx_http_core_rewrite_phase, src/http/ngx_http_core_module.c). A "break" may
// skip it; then nothing is said all the same.
func returnsFirst(x *model.Proxy) bool {
	if x.Stream() {
		return false
	}
	return x.Scope.Own("return") != nil || x.Server != nil && x.Server.Scope != nil && x.Server.Scope.Own("return") != nil
}
