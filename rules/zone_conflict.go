package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "zone-conflict",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a zone of shared memory that is declared in two ways",
		Why: `All modules of nginx share the names of zones: "limit_req_zone", "limit_conn_zone", the caches, the TLS session caches and the upstream groups, in http, stream and mail. nginx does not start when

- one name is used for two things, such as a request limit and a cache, or an upstream group of http and one of stream;
- one zone is declared with two sizes;
- a limit or a cache is declared twice.

The TLS session cache may be named in many servers, and several groups may share a zone, always with one size.`,
		Log: `[emerg] the shared memory zone "app" is already declared for a different use in /etc/nginx/nginx.conf:4`,
		Bad: `events {}
http {
    limit_req_zone $binary_remote_addr zone=app:10m rate=10r/s;
    limit_conn_zone $binary_remote_addr zone=app:10m;
}
`,
		Good: `events {}
http {
    limit_req_zone $binary_remote_addr zone=app_requests:10m rate=10r/s;
    limit_conn_zone $binary_remote_addr zone=app_connections:10m;
}
`,
		Silent: `What a template engine decides.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#limit_req_zone",
			"https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_session_cache",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		known := map[string]*knownZone{}
		for _, use := range zones(p).uses {
			if s := c.ScopeOf(use.node); s != nil && !untemplated(s) {
				continue
			}
			zone := known[use.name]
			if zone == nil {
				known[use.name] = &knownZone{first: use, sized: use, declared: use}
				continue
			}
			zone.add(p, use)
		}
	},
})

// knownZone is a zone as far as nginx has read about it.
type knownZone struct {
	first zoneUse
	// sized is the first place with a size, declared the first declaration.
	sized, declared zoneUse
	reported        bool
}

// add compares a further place with what is known (ngx_shared_memory_add,
// src/core/ngx_cycle.c, and its callers).
func (z *knownZone) add(p *lint.Pass, use zoneUse) {
	f := lint.Finding{Place: lint.AtArg(use.node, use.arg)}
	before := z.first
	switch {
	case use.owner != z.first.owner:
		f.Message = fmt.Sprintf(`the shared memory zone "%s" is already declared for a different use: for %s`, use.name, z.first.owner)
		f.Help = "give one of the two another name"
	case use.size > 0 && z.sized.size > 0 && use.size != z.sized.size:
		before = z.sized
		f.Message = fmt.Sprintf(`the size %d of shared memory zone "%s" conflicts with already declared size %d`, use.size, use.name, z.sized.size)
		f.Help = again(before.node, use.node, "one zone has one size")
	case use.sole && use.declares && z.declared.declares:
		before = z.declared
		f.Message = fmt.Sprintf(`duplicate zone "%s"`, use.name)
		if use.node.Name == "limit_req_zone" || use.node.Name == "limit_conn_zone" {
			f.Message = fmt.Sprintf(`%s "%s" is already bound to key "%s"`, use.node.Name, use.name, before.node.Arg(0))
		}
		f.Help = again(before.node, use.node, "keep one of the two, or give one another name")
	default:
		if z.sized.size == 0 {
			z.sized = use
		}
		if !z.declared.declares {
			z.declared = use
		}
		return
	}
	if z.reported {
		return
	}
	z.reported = true
	relate(&f, "declared or used here first", lint.AtArg(before.node, before.arg))
	reportStart(p, use.node, f)
}
