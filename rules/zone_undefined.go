package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "zone-undefined",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a zone of shared memory that nothing declares",
		Why: `"limit_req", "limit_conn", "proxy_cache" and its relatives, and the "zone" of an upstream group without a size name a zone of shared memory. Something has to declare it with its size: "limit_req_zone", "limit_conn_zone", "proxy_cache_path", or another group's "zone". nginx does not start with a zone of no size.

The modules do not share zones: "fastcgi_cache" needs a "fastcgi_cache_path", and stream has its own "limit_conn_zone".`,
		Log: `[emerg] zero size shared memory zone "api"`,
		Bad: `events {}
http {
    limit_req_zone $binary_remote_addr zone=app:10m rate=10r/s;
    server {
        listen 8080;
        location / {
            limit_req zone=api burst=5;
        }
    }
}
`,
		Good: `events {}
http {
    limit_req_zone $binary_remote_addr zone=api:10m rate=10r/s;
    server {
        listen 8080;
        location / {
            limit_req zone=api burst=5;
        }
    }
}
`,
		Silent: `Zones that may be declared out of view: in fragments, behind includes that are not there, by a template engine, by a directive that nginx itself does not know.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_limit_req_module.html",
			"https://nginx.org/en/docs/http/ngx_http_limit_conn_module.html",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_cache_path",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		z := zones(p)
		if z.unclear || !c.Complete {
			return
		}
		type key struct{ owner, name string }
		there := map[key]bool{}
		elsewhere := map[string]bool{} // of another owner, which zone-conflict is about
		for _, use := range z.uses {
			if use.declares {
				there[key{use.owner, use.name}] = true
				elsewhere[use.name] = true
			}
		}
		var missing byKey[key, zoneUse]
		for _, use := range z.uses {
			if !use.declares && !there[key{use.owner, use.name}] && !elsewhere[use.name] {
				missing.add(key{use.owner, use.name}, use)
			}
		}
		for k, places := range missing.all() {
			if !declaredByOther(c, k.name) {
				reportUndefinedZone(p, places, z.uses)
			}
		}
	},
})

// declaredByOther reports whether a directive that nginx does not know, perhaps
// one with a slip in its name, seems to declare the zone.
func declaredByOther(c *model.Config, zone string) bool {
	found := false
	newTextWalk(c, func(name string) bool { return commands()[name] == nil }, func(_ *model.Scope, n *conf.Node) {
		for i := range n.Args {
			found = found || strings.Contains(n.Args[i].Value, zone+":")
		}
	}).through(c.Main)
	return found
}

// reportUndefinedZone reports the places that use one zone.
func reportUndefinedZone(p *lint.Pass, places, uses []zoneUse) {
	first := places[0]
	f := lint.Finding{Place: lint.AtArg(first.node, first.arg), Help: declarationOf(first)}
	if strings.HasSuffix(first.node.Name, "_cache") {
		// ngx_http_proxy_merge_loc_conf, src/http/modules/ngx_http_proxy_module.c
		f.Message = fmt.Sprintf(`%q zone "%s" is unknown`, first.node.Name, first.name)
	} else { // ngx_init_cycle, src/core/ngx_cycle.c
		f.Message = fmt.Sprintf(`zero size shared memory zone "%s": nothing declares it`, first.name)
	}
	var names []string
	for _, use := range uses {
		if use.declares && use.owner == first.owner {
			names = append(names, use.name)
		}
	}
	if near, ok := nginx.Nearest(first.name, names); ok {
		f.Help = fmt.Sprintf("did you mean %q?", near)
	}
	for _, use := range places[1:] {
		relateSame(&f, "used here too", lint.AtArg(use.node, use.arg))
	}
	reportStart(p, first.node, f)
}

// declarationOf says how to declare a zone.
func declarationOf(use zoneUse) string {
	switch {
	case strings.HasSuffix(use.node.Name, "_cache"):
		return fmt.Sprintf(`declare it with "%s_path DIRECTORY keys_zone=%s:10m;" in http`, use.node.Name, use.name)
	case use.node.Name == "zone":
		return fmt.Sprintf(`give it a size: "zone %s 64k;"`, use.name)
	}
	return fmt.Sprintf(`declare it with "%s_zone $binary_remote_addr zone=%s:10m …;"`, use.node.Name, use.name)
}
