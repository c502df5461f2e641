package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "resolve-parameter-requirements",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: `"resolve" at an upstream server without what it needs`,
		Why: `With the parameter "resolve" (open source nginx since 1.27.3) nginx looks up the name of a server again and again. For that the group needs

- a "zone", the shared memory that the workers have the addresses in;
- a "resolver" in the group itself or in the http (or stream) block. One in a server or a location does not count.

"service=", which looks up SRV records, needs "resolve", a name instead of an address, and no port.`,
		Log: `[emerg] resolving names at run time requires upstream "app" in /etc/nginx/nginx.conf:3 to be in shared memory`,
		Bad: `events {}
http {
    upstream app {
        server app.example.com:8000 resolve;
    }
    server {
        listen 8080;
        resolver 192.0.2.53;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 192.0.2.53;
    upstream app {
        zone app 64k;
        server app.example.com:8000 resolve;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Addresses, for which "resolve" has no effect. A zone or resolver that may be out of view. Releases before 1.27.3, which do not know the parameter at all: that is another finding.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve",
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#service",
		},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		if p.Config.Version.Before(resolveSince) || !untemplated(u.Scope) {
			return
		}
		var first *conf.Node
		for i := range u.Peers {
			peer := &u.Peers[i]
			if peer.Unknown || peer.Err != nil {
				continue
			}
			if _, service := peer.Params["service"]; service && reportService(p, peer) {
				continue
			}
			if first == nil && peer.Resolve && peer.URL.IsName() {
				first = peer.Node
			}
		}
		if first != nil {
			reportResolveNeeds(p, u, first)
		}
	},
})

// resolveSince is the release that brought "resolve" to open source nginx.
var resolveSince = nginx.V(1, 27, 3)

// reportService reports what "service=" lacks at a server
// (ngx_http_upstream_server, src/http/ngx_http_upstream.c, release 1.27.3).
func reportService(p *lint.Pass, peer *model.Peer) bool {
	var message string
	address := peer.Node.Arg(0)
	switch {
	case !peer.Resolve:
		message = fmt.Sprintf(`service upstream "%s" requires "resolve" parameter`, address)
	case peer.URL.HasPort:
		message = fmt.Sprintf(`service upstream "%s" may not have port`, address)
	case !peer.URL.IsName():
		message = fmt.Sprintf(`service upstream "%s" requires domain name`, address)
	default:
		return false
	}
	reportStart(p, peer.Node, lint.Finding{Message: message})
	return true
}

// reportResolveNeeds reports what a group with run-time lookups lacks
// (ngx_http_upstream_init_round_robin, src/http/ngx_http_upstream_round_robin.c,
// release 1.27.3).
func reportResolveNeeds(p *lint.Pass, u *model.Upstream, server *conf.Node) {
	f := lint.Finding{Place: lint.At(server)}
	if u.Scope.Own("zone") == nil {
		if u.Scope.Gaps != 0 || !asWritten(u.Scope) {
			return
		}
		f.Message = fmt.Sprintf(`resolving names at run time requires upstream "%s" to be in shared memory`, u.Name)
		f.Help = fmt.Sprintf(`add "zone %s 64k;" to the group`, u.Name)
		reportStart(p, server, f)
		return
	}
	resolver := u.Scope.Effective("resolver")
	if resolver.Set() || !nothingElse(p, u.Scope, nil, false) {
		return
	}
	block := "http"
	if u.Stream {
		block = "stream"
	}
	f.Message = fmt.Sprintf(`no resolver defined to resolve names at run time in upstream "%s"`, u.Name)
	f.Help = fmt.Sprintf(`set "resolver" in the %s block or in the group; one in a server does not count`, block)
	reportStart(p, server, f)
}
