package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "resolver-docker-ttl",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "Docker's name server without valid=, which keeps addresses for ten minutes",
		Why: `nginx keeps the address of a name for as long as its DNS record says. Docker's own name server, 127.0.0.11, says 600 seconds for the names of containers, although the address of a container can be another one each time it is created, and those of a scaled service come and go.

So for up to ten minutes after a deployment nginx goes on connecting to the old address: 502 where it refuses connections, 504 where nothing answers, or the answer of whichever container has the address now. "valid=" overrides the time. Docker's name server is asked on the same machine, so that asking it often costs next to nothing.`,
		Log: `[error] connect() failed (113: No route to host) while connecting to upstream, client: 192.0.2.1, upstream: "http://172.18.0.3:3000/"`,
		Bad: `events {}
http {
    resolver 127.0.0.11;
    server {
        listen 8080;
        location / {
            set $app app;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 127.0.0.11 valid=10s;
    server {
        listen 8080;
        location / {
            set $app app;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: `Other name servers, whose times can be relied on, also beside it. Names with a domain, which Docker asks others for and whose time it hands on. Containers that do not have it, which resolver-loopback-in-container reports.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
			"https://github.com/docker/compose/issues/11467",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		if lacksDockerDNS(p.Deploy) {
			return // resolver-loopback-in-container says so
		}
		for _, r := range resolvers(p) {
			if docker, _ := r.only(isDockerDNS); !docker || r.unknown || r.valid >= 0 {
				continue
			}
			containers := r.named(func(l lookup) bool { return isShortName(l.host) && !isLocalhost(l.host) })
			if len(containers) == 0 {
				continue
			}
			f := lint.Finding{
				Message: fmt.Sprintf("nginx keeps the address of %s for ten minutes, as Docker's name server says (TTL 600): once it has changed, %s for up to that long",
					hostsOf(containers), staleText(p, containers[0])),
				Help: `add "valid=10s" to the "resolver"`,
			}
			relateLookups(&f, containers)
			p.Report(r.node, f)
		}
	},
})
