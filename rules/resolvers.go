package rules

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// lookup is a host name that nginx asks a resolver for while it runs.
type lookup struct {
	// host is the name in lower case, without a final dot.
	host string
	// place is the address: of the *_pass, or of the server marked "resolve".
	place lint.Place
	// scope is the level of the pass or of the group.
	scope *model.Scope
	// proxy is the *_pass with variables; nil for a server of a group.
	proxy *model.Proxy
	// origin is where the host is written, if that is not the place.
	origin lint.Place
}

// nameServer is an address of a resolver directive.
type nameServer struct {
	nginx.URL
	arg int
}

// nameServers is one resolver directive of http or stream.
type nameServers struct {
	node    *conf.Node
	scope   *model.Scope
	servers []nameServer
	// valid is the index of the last "valid=", -1 without one, and seconds its
	// value.
	valid   int
	seconds int64
	// unknown says that a template engine, or what nginx refuses, leaves open
	// what it is given.
	unknown bool
	// lookups are the names that it is asked for, in document order; others says
	// that it may be asked for further ones.
	lookups []lookup
	others  bool
}

// resolversKey is the key of [resolvers] among what rules share.
type resolversKey struct{}

// resolvers are the resolver directives with what they are asked for, once for
// all rules.
func resolvers(p *lint.Pass) []*nameServers {
	return p.Shared(resolversKey{}, func() any { return findResolvers(p) }).([]*nameServers)
}

func findResolvers(p *lint.Pass) []*nameServers {
	var all []*nameServers
	byNode := map[*conf.Node]*nameServers{}
	for _, s := range p.Config.Scopes {
		if s.Context.Has(nginx.Main | nginx.Events | nginx.Mail | nginx.MailServer) {
			continue
		}
		if n := s.Own("resolver"); n != nil && n.File != nil {
			r := readResolver(n, s)
			all = append(all, r)
			byNode[n] = r
		}
	}
	if len(all) == 0 {
		return nil
	}
	for _, x := range p.Config.Proxies {
		if x.Target.Variable && x.Kind != model.Memcached {
			if r := resolverOf(p, byNode, x.Scope); r != nil {
				r.asksFor(x)
			}
		}
	}
	for _, u := range p.Config.Upstreams {
		for i := range u.Peers {
			peer := &u.Peers[i]
			if !peer.Resolve {
				continue
			}
			r := resolverOf(p, byNode, u.Scope)
			switch {
			case r == nil:
			case peer.Unknown || peer.Err != nil || !isHostName(peer.URL.Host):
				r.others = true
			case !peer.Down:
				r.lookups = append(r.lookups, lookup{host: canonicalHost(peer.URL.Host), place: lint.AtArg(peer.Node, 0), scope: u.Scope})
			}
		}
	}
	return all
}

// resolverOf is the resolver in effect at a level, nil where there is none or
// another one may be out of view.
func resolverOf(p *lint.Pass, byNode map[*conf.Node]*nameServers, at *model.Scope) *nameServers {
	v := at.Effective("resolver")
	if !v.Set() {
		return nil
	}
	r := byNode[v.Node]
	if r != nil && !scalarKnown(p, at, v) {
		r.others = true
		return nil
	}
	return r
}

// readResolver takes a resolver directive apart (ngx_resolver_create,
// src/core/ngx_resolver.c).
func readResolver(n *conf.Node, s *model.Scope) *nameServers {
	r := &nameServers{node: n, scope: s, valid: -1, unknown: n.Unknown() || branches(n.File)}
	for i := range n.Args {
		arg := n.Arg(i)
		name, value, isParameter := strings.Cut(arg, "=")
		if !isParameter {
			u, err := nginx.ParseURL(arg, nginx.URLOptions{DefaultPort: 53})
			r.unknown = r.unknown || err != nil
			r.servers = append(r.servers, nameServer{u, i})
			continue
		}
		switch name {
		case "valid":
			seconds, ok := nginx.ParseSec(value)
			r.valid, r.seconds = i, seconds
			r.unknown = r.unknown || !ok
		case "ipv4", "ipv6", "status_zone":
		default:
			r.unknown = true
		}
	}
	r.unknown = r.unknown || len(r.servers) == 0
	return r
}

// asksFor notes the names that a *_pass with variables makes nginx ask for.
func (r *nameServers) asksFor(x *model.Proxy) {
	r.others = r.others || !x.AllKnown
	if returnsFirst(x) {
		r.others = true
		return
	}
	for i := range x.Candidates {
		t := &x.Candidates[i]
		if !t.NeedsDNS() || t.Unknown || t.Err != nil || t.GroupWithPort != nil {
			continue
		}
		if !isHostName(t.Host()) {
			r.others = true
			continue
		}
		l := lookup{host: canonicalHost(t.Host()), place: lint.AtArg(x.Pass, 0), scope: x.Scope, proxy: x}
		if t.Origin != nil && t.Origin != x.Pass {
			l.origin = lint.AtArg(t.Origin, t.OriginArg)
		}
		r.lookups = append(r.lookups, l)
	}
}

// only reports whether all name servers are such, and whether some are.
func (r *nameServers) only(is func(nameServer) bool) (all, some bool) {
	all = len(r.servers) > 0
	for _, s := range r.servers {
		ok := is(s)
		all, some = all && ok, some || ok
	}
	return all, some
}

// isDockerDNS reports whether an address is that of Docker's own name server,
// which only containers on networks made by the user have.
func isDockerDNS(s nameServer) bool { return s.Addr == dockerDNS && s.Port == 53 }

// named are the lookups for which want is true.
func (r *nameServers) named(want func(lookup) bool) []lookup {
	var out []lookup
	for _, l := range r.lookups {
		if want(l) {
			out = append(out, l)
		}
	}
	return out
}

// hostsOf lists the hosts of lookups for a message, at most three of them.
func hostsOf(lookups []lookup) string {
	var names []string
	seen := map[string]bool{}
	for _, l := range lookups {
		if !seen[l.host] {
			seen[l.host] = true
			names = append(names, strconv.Quote(l.host))
		}
	}
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n > 3:
		return fmt.Sprintf("%s and %d others", strings.Join(names[:2], ", "), n-2)
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// relateLookups shows where names are asked for, and where they are written.
func relateLookups(f *lint.Finding, lookups []lookup) {
	var asked, written []lint.Place
	for _, l := range lookups[:min(len(lookups), maxRelated)] {
		asked = append(asked, l.place)
		written = append(written, l.origin)
	}
	relate(f, "looked up for this", asked...)
	relate(f, "written here", written...)
}

// staleText says what comes of an address that is kept after it has changed.
func staleText(p *lint.Pass, l lookup) string {
	switch {
	case l.proxy != nil && onlyUDP(l.proxy):
		return "datagrams are lost"
	case l.scope.Stream():
		return "connections are closed (connect() failed, session status 502)"
	case l.proxy == nil:
		return oldAddressFails(p)
	}
	return oldAddressFails(p, l.proxy)
}

// oldAddressFails says what comes of requests to where an upstream was before.
func oldAddressFails(p *lint.Pass, passes ...*model.Proxy) string {
	return "requests fail with " + staleAnswer(p, passes...)
}

// staleAnswer is what they are answered with.
func staleAnswer(p *lint.Pass, passes ...*model.Proxy) string {
	if text := answeredWith(p, "502 or 504", passes...); text != "502 or 504" {
		return text + " (connect() failed)"
	}
	return "502 (connect() failed) or 504"
}

// unresolvedText says what comes of a name that is not resolved, for the reason
// that nginx logs. A group has no address for it then
// (ngx_http_upstream_zone_resolve_handler, src/http/modules); stream answers a
// pass with another status than http (ngx_stream_proxy_resolve_handler,
// src/stream/ngx_stream_proxy_module.c).
func unresolvedText(p *lint.Pass, l lookup, reason string) string {
	log := fmt.Sprintf("%s could not be resolved (%s)", l.host, reason)
	switch {
	case l.proxy == nil && l.scope.Stream():
		return "the group has no address for it, and closes connections where it has no others: " + log + ", no live upstreams"
	case l.proxy == nil:
		return "the group has no address for it, and answers with 502 where it has no others: " + log + ", no live upstreams"
	case l.scope.Stream():
		return "every such connection is closed, session status 500 (" + log + ")"
	}
	return "every such request is answered with " + refusedWith(p, "502", l.proxy) + " (" + log + ")"
}

// showSeconds writes a time as a configuration would.
func showSeconds(n int64) string {
	for _, unit := range []struct {
		seconds int64
		letter  string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}} {
		if n >= unit.seconds && n%unit.seconds == 0 {
			return fmt.Sprintf("%d%s", n/unit.seconds, unit.letter)
		}
	}
	return fmt.Sprintf("%ds", n)
}

// publicDNS are well-known name servers that answer everybody on the internet,
// and so know public names only.
var publicDNS = sync.OnceValue(func() map[netip.Addr]bool {
	known := map[netip.Addr]bool{}
	for _, addr := range []string{
		"8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844", // Google
		"1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001", // Cloudflare
		"1.1.1.2", "1.0.0.2", "1.1.1.3", "1.0.0.3",
		"9.9.9.9", "149.112.112.112", "9.9.9.10", "9.9.9.11", "2620:fe::fe", "2620:fe::9", // Quad9
		"208.67.222.222", "208.67.220.220", // OpenDNS
		"4.2.2.1", "4.2.2.2", "4.2.2.3", "4.2.2.4", // Level 3
		"94.140.14.14", "94.140.15.15", // AdGuard
		"223.5.5.5", "223.6.6.6", "119.29.29.29", "114.114.114.114", "114.114.115.115", // Alibaba, Tencent, 114DNS
		"77.88.8.8", "77.88.8.1", // Yandex
		"84.200.69.80", "84.200.70.40", // DNS.WATCH
	} {
		known[netip.MustParseAddr(addr)] = true
	}
	return known
})

func isPublicDNS(s nameServer) bool { return publicDNS()[s.Addr] }
