package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "limit-status-503",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "clients that ask too often are told that the service is down",
		Why: `What "limit_req" and "limit_conn" turn away is answered with 503 by default, the status for a service that is down. Load balancers and monitors in front of nginx take it for that, and an "error_page 503" shows the page for an outage. The status for too many requests is 429: "limit_req_status 429;" and "limit_conn_status 429;".

Without "burst", "limit_req" allows no two requests closer together than the rate says: at 10r/s the second one within a tenth of a second is turned away, as when a browser loads a page with its images.`,
		Log: `[error] limiting requests, excess: 0.990 by zone "one", client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1", host: "example.com"`,
		Bad: `events {}
http {
    limit_req_zone $binary_remote_addr zone=one:10m rate=10r/s;
    server {
        listen 8080;
        location / {
            limit_req zone=one burst=20 nodelay;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    limit_req_zone $binary_remote_addr zone=one:10m rate=10r/s;
    limit_req_status 429;
    server {
        listen 8080;
        location / {
            limit_req zone=one burst=20 nodelay;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `A status that is set, 503 included, and an "error_page" that makes something else of a 503. Limits for all clients together, such as those of a zone for $server_name, which say that the service is at its limit. Limits where nothing is passed on, where a 503 of the upstream cannot be meant. stream, which has no status. "limit_req_dry_run" and "limit_conn_dry_run". Configurations that may set the status out of view.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req_status",
			"https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html#limit_conn_status",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		for _, name := range []string{"limit_req", "limit_conn"} {
			if c.Uses(name) {
				reportLimits(p, c, name)
			}
		}
	},
})

// reportLimits reports the limits of one kind that answer with the default
// status, all in one: one line in http is what they lack.
func reportLimits(p *lint.Pass, c *model.Config, name string) {
	var places []lint.Place
	var first *conf.Node
	seen := map[*conf.Directive]bool{}
	shared := sharedZones(c, name)
	for _, x := range c.Proxies {
		if x.Stream() || !limitedByDefault(p, x.Scope, name) || answersOtherwise(p, x.Scope, 503) {
			continue
		}
		for n := range x.Scope.ArrayScope(name).All(name) {
			if seen[n.Directive] || shared[limitZone(n)] {
				continue
			}
			seen[n.Directive] = true
			if first == nil {
				first = n
			}
			if len(places) < maxRelated {
				places = append(places, lint.At(n))
			}
		}
	}
	if first == nil {
		return
	}
	what := map[string]string{"limit_req": "limiting requests", "limit_conn": "limiting connections by zone"}[name]
	f := lint.Finding{
		Message: fmt.Sprintf("what %q turns away is answered with 503 (%s), as if the service were down", name, what),
		Help:    fmt.Sprintf("set \"%s_status 429;\"", name),
	}
	relateSame(&f, "503 here too", places...)
	p.Report(first, f)
}

// limitedByDefault reports whether limits are in effect at a level, and nothing
// sets what they answer (ngx_http_limit_req_merge_conf,
// src/http/modules/ngx_http_limit_req_module.c, and its like).
func limitedByDefault(p *lint.Pass, s *model.Scope, name string) bool {
	if s.ArrayScope(name) == nil {
		return false
	}
	status, dry := s.Effective(name+"_status"), s.Effective(name+"_dry_run")
	return !status.Set() && !dry.Set() && scalarKnown(p, s, status) && scalarKnown(p, s, dry)
}

// limitZone is the zone that a limit counts in.
func limitZone(n *conf.Node) string {
	if n.Name == "limit_conn" {
		return n.Arg(0)
	}
	for _, a := range n.Args {
		if zone, ok := strings.CutPrefix(a.Value, "zone="); ok {
			return zone
		}
	}
	return ""
}

// sharedZones are the zones of a kind of limit whose key says nothing of the
// client: all clients count as one, and what is turned away is what the service
// has no room for.
func sharedZones(c *model.Config, limit string) map[string]bool {
	zones := map[string]bool{}
	for _, s := range c.Scopes {
		for n := range s.All(limit + "_zone") {
			if ofAllClients(n.Arg(0)) {
				for _, a := range n.Args {
					if zone, ok := strings.CutPrefix(a.Value, "zone="); ok {
						name, _, _ := strings.Cut(zone, ":")
						zones[name] = true
					}
				}
			}
		}
	}
	return zones
}

// ofAllClients reports whether the key of a zone is the same for all clients of a
// site.
func ofAllClients(key string) bool {
	names, _ := variablesIn(key)
	for _, name := range names {
		switch strings.Trim(name, "{}") {
		case "server_name", "server_addr", "server_port", "host", "hostname", "scheme", "uri", "document_uri", "request_uri":
		default:
			return false
		}
	}
	return true
}
