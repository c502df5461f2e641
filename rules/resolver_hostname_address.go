package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "resolver-hostname-address",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a name server given by its name",
		Why: `nginx has the system look up the name of a name server when it starts. If it is not known at that moment, nginx does not start; and it keeps the address that it finds until the next reload. Once that has changed, no name is looked up any more: each request that needs one waits for "resolver_timeout", 30 seconds by default, and is then answered with 502.

Name servers have addresses that stay; write the address.`,
		Log: `[emerg] host not found in resolver "ns.example.com" in /etc/nginx/nginx.conf:3`,
		Bad: `events {}
http {
    resolver ns.example.com;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 192.0.2.53;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: `The name of a Kubernetes Service such as "kube-dns.kube-system.svc.cluster.local", whose address stays, "localhost", and names in extra_hosts of the containers that run the configuration.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, r := range resolvers(p) {
			for _, s := range r.servers {
				host := canonicalHost(s.Host)
				if !s.IsName() || r.node.Args[s.arg].Unknown || !isHostName(s.Host) || isLocalhost(host) || hasFixedAddress(p.Deploy, host) {
					continue
				}
				if isKubernetesService(host) || branches(r.node.File) {
					continue
				}
				reportNamedResolver(p, r, s)
				break
			}
		}
	},
})

// reportNamedResolver reports a name server that has a name for an address.
func reportNamedResolver(p *lint.Pass, r *nameServers, s nameServer) {
	f := lint.Finding{Place: lint.AtArg(r.node, s.arg), Help: "write the address of the name server"}
	log := fmt.Sprintf("host not found in resolver %q", s.Host)
	if p.Deploy.KnowsHost(s.Host) == deploy.No {
		f.Severity = lint.Error
		f.Message = fmt.Sprintf("nginx does not start ([emerg] %s): nothing in the compose project is called %q", log, s.Host)
		p.Report(r.node, f)
		return
	}
	f.Message = fmt.Sprintf("nginx looks up the name server %q only when it starts: no start while the name is unknown (%s), and no name is looked up any more after its address has changed", s.Host, log)
	if len(r.lookups) > 0 {
		f.Message += ": " + unresolvedText(p, r.lookups[0], "110: Operation timed out")
	}
	relateLookups(&f, r.lookups)
	p.Report(r.node, f)
}
