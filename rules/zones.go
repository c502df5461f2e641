package rules

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// zoneUse is a place that names a zone of shared memory. All modules share the
// names; what keeps them apart is who uses a zone (ngx_shared_memory_add,
// src/core/ngx_cycle.c).
type zoneUse struct {
	node *conf.Node
	arg  int
	// owner is what the zone is used for, as a message puts it.
	owner string
	name  string
	// size is that of a place that declares the zone, 0 at one that only uses it.
	size int64
	// declares says that the place declares the zone, whatever the size is.
	declares bool
	// sole says that only one place may declare such a zone.
	sole bool
}

// zonesInUse are the places that name zones, in the order in which nginx reads
// them. Names with variables and those that a template fills in are left out;
// unclear says that there are such places among the declarations.
type zonesInUse struct {
	uses    []zoneUse
	unclear bool
}

// zonesKey is the key of [zones] among what rules share.
type zonesKey struct{}

// zones looks for the places that name zones, once for all rules.
func zones(p *lint.Pass) *zonesInUse {
	return p.Shared(zonesKey{}, func() any {
		z := &zonesInUse{}
		if !slices.ContainsFunc(p.Config.Names(), namesZone) {
			return z
		}
		newTextWalk(p.Config, namesZone, func(s *model.Scope, n *conf.Node) {
			for _, use := range zonesOf(n, s.Context) {
				if n.NameUnknown || use.node.Args[use.arg].Unknown {
					z.unclear = z.unclear || use.declares
					continue
				}
				z.uses = append(z.uses, use)
			}
		}).through(p.Config.Main)
		return z
	}).(*zonesInUse)
}

// namesZone reports whether directives of a name can name a zone, see [zonesOf].
func namesZone(name string) bool {
	switch name {
	case "limit_req_zone", "limit_conn_zone", "limit_req", "limit_conn", "ssl_session_cache", "ssl_ocsp_cache", "zone":
		return true
	}
	return strings.HasSuffix(name, "_cache_path") || strings.HasSuffix(name, "_cache")
}

// zonesOf are the zones that a directive names.
func zonesOf(n *conf.Node, in nginx.Context) []zoneUse {
	if len(n.Args) == 0 {
		return nil
	}
	module := "http"
	switch {
	case in.Has(nginx.Stream | nginx.StreamServer | nginx.StreamUpstream):
		module = "stream"
	case in.Has(nginx.Mail | nginx.MailServer):
		module = "mail"
	case in.Has(nginx.Main | nginx.Events):
		return nil
	}
	switch n.Name {
	case "limit_req_zone":
		return declared(n, "zone=", "limit_req", true)
	case "limit_conn_zone":
		return declared(n, "zone=", "limit_conn of "+module, true)
	case "limit_req":
		return usedAs(n, "limit_req")
	case "limit_conn":
		return []zoneUse{{node: n, owner: "limit_conn of " + module, name: n.Arg(0)}}
	case "ssl_session_cache":
		return declared(n, "shared:", "ssl_session_cache of "+module, false)
	case "ssl_ocsp_cache":
		return declared(n, "shared:", "ssl_ocsp_cache", false)
	case "zone":
		if in.Has(nginx.Upstream | nginx.StreamUpstream) {
			return upstreamZone(n, "the upstream groups of "+module)
		}
	}
	if prefix, ok := strings.CutSuffix(n.Name, "_cache_path"); ok && isCaching(prefix) && module == "http" {
		return declared(n, "keys_zone=", prefix+"_cache", true)
	}
	if prefix, ok := strings.CutSuffix(n.Name, "_cache"); ok && isCaching(prefix) && module == "http" {
		if name := n.Arg(0); name != "off" && !strings.Contains(name, "$") {
			return []zoneUse{{node: n, owner: n.Name, name: name}}
		}
	}
	return nil
}

// isCaching reports whether the module whose directives begin so has a cache.
func isCaching(prefix string) bool {
	switch prefix {
	case "proxy", "fastcgi", "uwsgi", "scgi":
		return true
	}
	return false
}

// declared reads "PREFIXname:size"; of several the last counts.
func declared(n *conf.Node, prefix, owner string, sole bool) []zoneUse {
	for i := len(n.Args) - 1; i >= 0; i-- {
		text, ok := strings.CutPrefix(n.Args[i].Value, prefix)
		if !ok {
			continue
		}
		name, sizeText, _ := strings.Cut(text, ":")
		size, _ := nginx.ParseSize(sizeText)
		return []zoneUse{{node: n, arg: i, owner: owner, name: name, size: size, declares: true, sole: sole}}
	}
	return nil
}

// usedAs reads "zone=name".
func usedAs(n *conf.Node, owner string) []zoneUse {
	for i := range n.Args {
		if name, ok := strings.CutPrefix(n.Args[i].Value, "zone="); ok {
			return []zoneUse{{node: n, arg: i, owner: owner, name: name}}
		}
	}
	return nil
}

// upstreamZone reads the zone of a group, which may leave the size to another.
func upstreamZone(n *conf.Node, owner string) []zoneUse {
	use := zoneUse{node: n, owner: owner, name: n.Arg(0)}
	if len(n.Args) > 1 {
		use.declares = true
		use.size, _ = nginx.ParseSize(n.Arg(1))
		if n.Args[1].Unknown {
			use.size = 0
		}
	}
	return []zoneUse{use}
}
