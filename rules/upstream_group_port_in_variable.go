package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "upstream-group-port-in-variable",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "an upstream group that a variable names together with a port",
		Why: `An upstream group has no port; its servers have. When an address that comes out of variables has a port, nginx compares that as well, finds no group of that name and port, and takes the name for a host name: without a "resolver" every such request is answered with 502, with one it is 502 again unless DNS happens to know the name, and then the group's servers and settings are passed by.

Without variables nginx refuses to start with the same mistake (upstream "app" may not have port 8080). With them "nginx -t" accepts it.`,
		Log: `[error] no resolver defined to resolve app, client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            set $backend app;
            proxy_pass http://$backend:8080;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            set $backend app;
            proxy_pass http://$backend;
        }
    }
}
`,
		Silent: "Variables not all of whose values are known.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var groups byKey[*model.Upstream, runTimeUse]
		for use := range runTimeHosts(c) {
			if use.target.GroupWithPort != nil && use.target.NeedsDNS() {
				groups.add(use.target.GroupWithPort, use)
			}
		}
		for group, uses := range groups.all() {
			reportGroupWithPort(p, group, uses)
		}
	},
})

// reportGroupWithPort reports all places that name one group with a port. That
// of a place whose requests are certain to fail comes first.
func reportGroupWithPort(p *lint.Pass, group *model.Upstream, uses []runTimeUse) {
	first := uses[0]
	certain := false
	for _, use := range uses {
		if p.Config.Complete && !use.proxy.Scope.Effective("resolver").Set() && !p.Config.Uses("resolver_file") {
			first, certain = use, true
			break
		}
	}
	x, t := first.proxy, first.target
	f := lint.Finding{
		Place: lint.AtArg(x.Pass, 0),
		Message: fmt.Sprintf("with the port, nginx does not take %q of this %q for the upstream group but for a host name",
			t.URL.Host, x.Pass.Name),
		Help: fmt.Sprintf("leave \":%d\" out: the servers of the group %q have their own ports", t.Port, group.Name),
	}
	switch failure := "every such request is answered with " + refusedWith(p, "502", x); {
	case certain && x.Stream():
		f.Message += fmt.Sprintf(": every such connection is closed, session status 500 (no resolver defined to resolve %s)", t.Host())
	case certain:
		f.Message += fmt.Sprintf(": %s (no resolver defined to resolve %s)", failure, t.Host())
	case knownByDNS(p, group):
		f.Severity = lint.Warning
		f.Message += ": it looks that up in DNS and passes by the group's servers and settings"
	case x.Stream():
		f.Severity = lint.Warning
		f.Message += fmt.Sprintf(": unless DNS knows it, every such connection is closed, session status 500 (%s could not be resolved)", t.Host())
	default:
		f.Severity = lint.Warning
		f.Message += fmt.Sprintf(": unless DNS knows it, %s (%s could not be resolved)", failure, t.Host())
	}
	relate(&f, "the group", lint.AtArg(group.Node, 0))
	relateOrigins(&f, uses)
	relatePasses(&f, "the same group with a port", uses)
	p.Report(x.Pass, f)
}

// knownByDNS reports whether the group's name is probably that of a host too.
func knownByDNS(p *lint.Pass, group *model.Upstream) bool {
	for i := range group.Peers {
		if canonicalHost(group.Peers[i].URL.Host) == canonicalHost(group.Name) {
			return true
		}
	}
	return p.Deploy.KnowsHost(group.Name) == deploy.Yes
}
