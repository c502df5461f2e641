package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "upstream-name-typo",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a name that is almost that of an upstream group, so that nginx takes it for a host",
		Why: `A *_pass names an upstream group by its very name, whatever the case of its letters. Any other name is one of a host, which nginx looks up when it starts. A letter too few, or "-" for "_", and nginx does not start, unless some host has that name by chance: then the requests go there, and pass by the group's servers and settings.

http and stream have groups of their own: one that is written in "stream" is none for a "proxy_pass" of http.

The protocols without a default port, and stream, refuse such a name without looking it up (no port in upstream), which "upstream-invalid-address" reports.`,
		Log: `[emerg] host not found in upstream "backnd" in /etc/nginx/nginx.conf:9`,
		Bad: `events {}
http {
    upstream backend {
        server 192.0.2.10:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://backnd;
        }
    }
}
`,
		Good: `events {}
http {
    upstream backend {
        server 192.0.2.10:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://backend;
        }
    }
}
`,
		Silent: `Names with a dot, and those that are written with a port anywhere, which groups do not have. Names that the servers of a group have or that the compose project knows. Names that differ in a number ("app1", "app2"). Passes of other protocols than HTTP, of which nginx refuses the missing port: see upstream-invalid-address. Configurations that are not in view as a whole.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, t := range nameTypos(p).all() {
			reportNameTypo(p, t)
		}
	},
})

// nameTypo is a place that names a host which probably stands for a group.
type nameTypo struct {
	use   hostUse
	group *model.Upstream
}

// nameTyposKey is the key of [nameTypos] among what rules share.
type nameTyposKey struct{}

// nameTypos are the hosts that are probably misspelled groups, under their
// canonical names; once for all rules.
func nameTypos(p *lint.Pass) *byKey[string, nameTypo] {
	return p.Shared(nameTyposKey{}, func() any { return findNameTypos(p) }).(*byKey[string, nameTypo])
}

func findNameTypos(p *lint.Pass) *byKey[string, nameTypo] {
	typos := &byKey[string, nameTypo]{}
	if !p.Config.Complete || len(p.Config.Upstreams) == 0 || !slices.ContainsFunc(p.Config.Proxies, mayNameGroup) {
		return typos
	}
	var hosts byKey[string, hostUse]
	hostsOnly := map[string]bool{}
	for use := range writtenHosts(p) {
		hosts.add(use.host, use)
		if use.peer != nil || use.proxy.Target.HasPort || strings.HasSuffix(use.proxy.Target.Host(), ".") {
			hostsOnly[use.host] = true
		}
	}
	for host, uses := range hosts.all() {
		if hostsOnly[host] || strings.Contains(host, ".") || isLocalhost(host) || p.Deploy.KnowsHost(host) == deploy.Yes || hasFixedAddress(p.Deploy, host) {
			continue
		}
		for _, use := range uses {
			if group := meantGroup(p, use.stream(), host); group != nil {
				typos.add(host, nameTypo{use, group})
			}
		}
	}
	return typos
}

// mayNameGroup reports whether a pass names a host in the way groups are named.
func mayNameGroup(x *model.Proxy) bool {
	t := &x.Target
	return !t.HasPort && t.NeedsDNS() && !strings.Contains(t.Host(), ".")
}

// maxNearGroups is how many groups a misspelled name is compared with.
const maxNearGroups = 300

// groupNames are the groups of http, or of stream, by their canonical names, and
// by those without "-" and "_".
type groupNames struct {
	names           []string
	byName, byMarks map[string]*model.Upstream
}

// groupNamesKey is the key of [groupNames] among what rules share.
type groupNamesKey struct{ stream bool }

func groupNamesOf(p *lint.Pass, stream bool) *groupNames {
	return p.Shared(groupNamesKey{stream}, func() any {
		g := &groupNames{byName: map[string]*model.Upstream{}, byMarks: map[string]*model.Upstream{}}
		for _, u := range p.Config.Upstreams {
			name := canonicalHost(u.Name)
			if u.Stream != stream || u.Unknown || g.byName[name] != nil {
				continue
			}
			g.names = append(g.names, name)
			g.byName[name] = u
			g.byMarks[withoutMarks(name)] = u
		}
		return g
	}).(*groupNames)
}

// meantGroup is the group that a canonical host is a misspelling of, or nil: one
// of the same name in the other one of http and stream, one that differs in "-"
// and "_" only, or the nearest one.
func meantGroup(p *lint.Pass, stream bool, host string) *model.Upstream {
	if other := p.Config.Upstream(!stream, host); other != nil {
		return other
	}
	groups := groupNamesOf(p, stream)
	if g := groups.byMarks[withoutMarks(host)]; g != nil {
		return g
	}
	if len(host) < 4 || len(groups.names) > maxNearGroups {
		return nil
	}
	near, ok := nginx.Nearest(host, groups.names)
	if !ok || withoutDigits(near) == withoutDigits(host) {
		return nil
	}
	return groups.byName[near]
}

func withoutMarks(s string) string { return strings.NewReplacer("-", "", "_", "").Replace(s) }

// reportNameTypo reports all places with one such name.
func reportNameTypo(p *lint.Pass, typos []nameTypo) {
	first := typos[0]
	use, group := first.use, first.group
	f := lint.Finding{
		Place: use.place(),
		Help:  fmt.Sprintf("write %q", group.Name),
	}
	why := fmt.Sprintf("no upstream group is called so; %q is one", group.Name)
	if group.Stream {
		why = `the upstream group of that name is one of "stream", not of "http"`
		f.Help = `write an upstream group for it in "http" too`
	}
	f.Message = fmt.Sprintf("%q of this %q is a host for nginx, which does not start unless one is called so (host not found in upstream %q): %s",
		use.proxy.Target.Host(), use.node.Name, use.logName(), why)
	if p.Deploy.KnowsHost(use.host) != deploy.No && len(group.Proxies) > 0 {
		f.Severity = lint.Warning
	}
	uses := make([]hostUse, len(typos))
	for i, t := range typos {
		uses[i] = t.use
	}
	relate(&f, "the group", lint.AtArg(group.Node, 0))
	relateHosts(&f, "the same name", uses)
	p.Report(use.node, f)
}
