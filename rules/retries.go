package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// crew is what is known about the servers of a group that has at least two
// addresses in service, all of them in view. Only then does nginx count
// failures, and have another server to try (ngx_http_upstream_init_round_robin
// and ngx_http_upstream_free_round_robin_peer,
// src/http/ngx_http_upstream_round_robin.c; the same in stream).
type crew struct {
	// size is how many servers are not marked down, backup servers included.
	size int
	// exact says that each of them has one address: none is a host name.
	exact bool
	// maxFails and failTimeout are the lowest; 0 where one of the servers is
	// never set aside, so that the group always has one.
	maxFails    int
	failTimeout time.Duration
	// first is the server that comes back first.
	first *model.Peer
	// remote says that a server may be on another machine, where a connection
	// can stay without an answer.
	remote bool
}

// crewsKey is the key of [crews] among what rules share.
type crewsKey struct{}

// crews are the groups with at least two addresses in service. One server with
// a host name may be any number of addresses, and is no crew.
func crews(p *lint.Pass) map[*model.Upstream]*crew {
	return p.Shared(crewsKey{}, func() any {
		found := map[*model.Upstream]*crew{}
		for _, u := range p.Config.Upstreams {
			if len(u.Peers) < 2 {
				continue
			}
			if c, ok := crewOf(u); ok && c.size > 1 {
				found[u] = &c
			}
		}
		return found
	}).(map[*model.Upstream]*crew)
}

// crewOf is not ok for a group of which something is not known.
func crewOf(u *model.Upstream) (crew, bool) {
	c := crew{exact: true}
	for i := range u.Peers {
		peer := &u.Peers[i]
		if peer.Unknown || peer.Err != nil {
			return c, false
		}
		if peer.Down {
			continue
		}
		c.size++
		c.exact = c.exact && !peer.NeedsDNS()
		_, here := loopbackHost(peer.URL)
		c.remote = c.remote || !here && peer.URL.Unix == ""
		if c.size == 1 || peer.MaxFails < c.maxFails {
			c.maxFails = peer.MaxFails
		}
		if c.size == 1 || peer.FailTimeout < c.failTimeout {
			c.failTimeout, c.first = peer.FailTimeout, peer
		}
	}
	return c, !u.Unknown && !mayHoldOthers(u)
}

// setsAside reports whether failures can leave the group without a server for
// that long.
func (c crew) setsAside(pause time.Duration) bool { return c.maxFails > 0 && c.failTimeout >= pause }

// settingUse is a pass to a group for which a setting is in effect.
type settingUse struct {
	proxy *model.Proxy
	group *model.Upstream
	crew  *crew
	value *model.Value
}

// settingKey is the key of [settingUses] among what rules share: the setting.
type settingKey string

// settingUses gathers the passes to crews under the statement that sets the
// protocol's own form of a directive for them, in document order. Passes for
// which it is not set, or not known for certain, are left out.
func settingUses(p *lint.Pass, suffix string) *byKey[*conf.Directive, settingUse] {
	known := crews(p)
	return p.Shared(settingKey(suffix), func() any {
		var uses byKey[*conf.Directive, settingUse]
		if len(known) == 0 || !p.Config.UsesSetting(suffix) {
			return &uses
		}
		for _, x := range p.Config.Proxies {
			addSettingUses(p, &uses, x, suffix)
		}
		return &uses
	}).(*byKey[*conf.Directive, settingUse])
}

// addSettingUses adds one pass, once for each of its crews.
func addSettingUses(p *lint.Pass, uses *byKey[*conf.Directive, settingUse], x *model.Proxy, suffix string) {
	var value *model.Value
	for u := range x.Upstreams() {
		c := crews(p)[u]
		if c == nil {
			continue
		}
		if value == nil {
			v := x.Effective(suffix)
			if !v.Set() || v.Unknown() || !scalarKnown(p, x.Scope, v) {
				return
			}
			value = &v
		}
		uses.add(sameStatement(value.Node), settingUse{x, u, c, value})
	}
}

// reportUses reports each statement that sets the protocol's own form of a
// directive, with those of its [settingUses] that hurt, if any do.
func reportUses(p *lint.Pass, suffix string, hurts func(*lint.Pass, settingUse) bool, report func(*lint.Pass, []settingUse)) {
	for _, uses := range settingUses(p, suffix).all() {
		var hurt []settingUse
		for _, use := range uses {
			if hurts(p, use) {
				hurt = append(hurt, use)
			}
		}
		if len(hurt) > 0 {
			report(p, hurt)
		}
	}
}

// relateUses shows the groups and the passes.
func relateUses(f *lint.Finding, message string, uses []settingUse) {
	passes := make([]*model.Proxy, len(uses))
	for i, use := range uses {
		passes[i] = use.proxy
	}
	relate(f, message, passPlaces(passes)...)
}

// groupList lists the groups of uses for a message.
func groupList(uses []settingUse) string {
	var names []string
	seen := map[*model.Upstream]bool{}
	for _, use := range uses {
		if !seen[use.group] {
			seen[use.group] = true
			names = append(names, fmt.Sprintf("%q", use.group.Name))
		}
	}
	if len(names) > 1 {
		return fmt.Sprintf("%s (and %d more)", names[0], len(names)-1)
	}
	return strings.Join(names, "")
}

// onlyOneTry reports whether a *_next_upstream_tries, or what is not known of
// one, leaves no second try.
func onlyOneTry(p *lint.Pass, x *model.Proxy) bool {
	tries := x.Effective("next_upstream_tries")
	return tries.Unknown() || tries.Arg(0) == "1" || !scalarKnown(p, x.Scope, tries)
}

// retriedOn reports whether a condition is in effect that moves a request on to
// the next server. What is not known is no.
func retriedOn(p *lint.Pass, x *model.Proxy, condition string) bool {
	next := x.Effective("next_upstream")
	if next.Unknown() || !scalarKnown(p, x.Scope, next) {
		return false
	}
	if x.Stream() {
		on, ok := next.Flag()
		return on && ok
	}
	return !next.Has("off") && next.Has(condition)
}

// fallsBack reports whether the location has an answer of its own for a 502.
func fallsBack(p *lint.Pass, x *model.Proxy) bool { return answersOtherwise(p, x.Scope, 502) }

// showTime writes a time as a configuration would.
func showTime(d time.Duration) string {
	switch {
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d > time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}

// mayCarryConnections reports whether anything passes to the group, or may where
// that is out of view.
func mayCarryConnections(p *lint.Pass, u *model.Upstream) bool {
	return len(u.Proxies) > 0 || !p.Config.Complete
}

// carriesUDP reports whether a server of stream takes datagrams, for which
// connecting never fails.
func carriesUDP(x *model.Proxy) bool {
	if !x.Stream() || x.Server == nil {
		return false
	}
	for i := range x.Server.Listens {
		if isUDP(x.Server, &x.Server.Listens[i]) || x.Server.Listens[i].Unknown {
			return true
		}
	}
	return false
}

// onlyUDP reports whether a server of stream takes nothing but datagrams.
func onlyUDP(x *model.Proxy) bool {
	return x.Stream() && x.Server != nil && len(x.Server.Listens) > 0 && !slices.ContainsFunc(x.Server.Listens, func(l model.Listen) bool {
		return l.Unknown || !isUDP(x.Server, &l)
	})
}

// placeOfParam is the place of a server's parameter such as max_fails=3, the
// head of the directive where it has none.
func placeOfParam(n *conf.Node, name string) lint.Place {
	for i, a := range n.Args {
		if strings.HasPrefix(a.Value, name+"=") {
			return lint.AtArg(n, i)
		}
	}
	return lint.At(n)
}
