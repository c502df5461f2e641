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

var _ = add(&lint.Rule{
	ID:       "hardcoded-connection-upgrade",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: `plain requests that are passed on with "Connection: upgrade"`,
		Why: `"proxy_set_header Connection upgrade" is needed for WebSockets, but written out it goes with every request of the location, pages and images included, which then ask for an upgrade without saying to what. Most servers ignore that. Some do not: uvicorn 0.17 answers every such request with 400.

A map from $http_upgrade sends the header only when the client asks for an upgrade. With an empty value for all other requests nginx sends no Connection header then, and connections to the upstream can be kept; the widespread "close" in its place prevents that.`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      '';
    }
    server {
        listen 8080;
        location / {
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `Locations that only serve WebSockets, as far as the names of location, server and upstream tell (/ws, socket.io, hub …), or an "if" that looks at $http_upgrade. It is no obstacle to upstream keepalive: such connections are kept.`,
		Links: []string{
			"https://nginx.org/en/docs/http/websocket.html",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var headers byKey[*conf.Directive, *model.Proxy]
		sent, sorters := headersSent(p), newUpgradeSorters(c)
		for _, x := range c.Proxies {
			if x.Kind != model.HTTPProxy {
				continue
			}
			h := sent.of(x).connection
			if h.Node != nil && !h.Node.Unknown() && asksForUpgrade(h.Value) && !onlyWebsockets(x) && !sorters.sort(x) {
				headers.add(h.Node.Directive, x)
			}
		}
		for _, passes := range headers.all() {
			reportConnectionUpgrade(p, passes)
		}
	},
})

// asksForUpgrade reports whether the value of a Connection header, a list of
// words, has "upgrade" among them.
func asksForUpgrade(value string) bool {
	if len(value) < len("upgrade") {
		return false
	}
	for word := range strings.SplitSeq(value, ",") {
		if strings.EqualFold(strings.TrimSpace(word), "upgrade") {
			return true
		}
	}
	return false
}

// upgradeSorters are the levels, and the servers, with an "if" that looks at the
// client's Upgrade or Connection header; own says of a server that it is one of its
// own, not of a location.
type upgradeSorters struct {
	levels  map[*model.Scope]bool
	servers map[*model.Server]bool
	own     map[*model.Server]bool
}

func newUpgradeSorters(c *model.Config) upgradeSorters {
	found := upgradeSorters{map[*model.Scope]bool{}, map[*model.Server]bool{}, map[*model.Server]bool{}}
	if !c.Uses("if") {
		return found
	}
	for _, s := range c.Scopes {
		if s.Context.Has(nginx.ServerIf|nginx.LocationIf) && s.Server != nil && slices.ContainsFunc(s.Node.Values(), looksAtUpgrade) {
			found.levels[s], found.levels[s.Parent], found.servers[s.Server] = true, true, true
			if s.Context == nginx.ServerIf {
				found.own[s.Server] = true
			}
		}
	}
	return found
}

// sort reports whether plain requests may not come to a pass: by an "if" around it,
// of its location or of the server, or, where clients do not get to the location
// themselves, by any one of the server's.
func (u upgradeSorters) sort(x *model.Proxy) bool {
	return u.levels[x.Scope] || u.levels[x.Scope.Location()] || u.own[x.Server] || u.servers[x.Server] && !reachedByClients(x.Scope)
}

func looksAtUpgrade(condition string) bool {
	condition = strings.ToLower(condition)
	return strings.Contains(condition, "$http_upgrade") || strings.Contains(condition, "$http_connection") || strings.Contains(condition, "$connection_upgrade")
}

func reportConnectionUpgrade(p *lint.Pass, passes []*model.Proxy) {
	h, _ := passes[0].Header("Connection")
	f := lint.Finding{
		Place: lint.AtArg(h.Node, 1),
		Message: fmt.Sprintf("nginx sends \"Connection: %s\" with plain requests too, which some servers answer with 400",
			h.Value),
		Help: `send it only with a request for an upgrade: "map $http_upgrade $connection_upgrade { default upgrade; '' ''; }" in http, and "proxy_set_header Connection $connection_upgrade;" here`,
	}
	if len(passes) > 1 {
		relate(&f, "sent from here", passPlaces(passes)...)
	}
	p.Report(h.Node, f)
}
