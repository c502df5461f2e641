package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "resolver-valid-too-long",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Options: []lint.Option{
		{Name: "maximum", Kind: lint.OptionTime, Default: "5m", Summary: "the longest \"valid=\" that nothing is said about"},
		{Name: "docker-maximum", Kind: lint.OptionTime, Default: "1m", Summary: "the same for the containers that Docker's name server knows"},
	},
	Doc: lint.Doc{
		Summary: "a valid= that keeps addresses long after they have changed",
		Why: `nginx keeps the address of a name for as long as its DNS record says. "valid=" of the "resolver" overrides that, in both directions: with "valid=1h", nginx uses an address for an hour, whatever the record says.

If the address changes meanwhile, as it does when a container is created anew or a service moves, requests fail until the time is over: with 502 where the old address refuses connections, with 504 where nothing answers. A reload begins anew.

Without "valid=" the record decides, which is right nearly everywhere.`,
		Log: `[error] connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, upstream: "http://192.0.2.10:3000/"`,
		Bad: `events {}
http {
    resolver 10.0.0.2 valid=1h;
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
    resolver 10.0.0.2 valid=30s;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: `Up to five minutes, for the containers that Docker's name server knows up to one. "localhost". A resolver that no known name of an upstream is asked of, such as one for OCSP.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, r := range resolvers(p) {
			if r.unknown || r.valid < 0 {
				continue
			}
			docker, _ := r.only(isDockerDNS)
			long := r.named(func(l lookup) bool {
				limit := p.Option("maximum")
				if docker && isShortName(l.host) {
					limit = p.Option("docker-maximum")
				}
				return r.seconds > limit/1000 && !isLocalhost(l.host)
			})
			if len(long) == 0 {
				continue
			}
			f := lint.Finding{
				Place: lint.AtArg(r.node, r.valid),
				Message: fmt.Sprintf("nginx keeps the address of %s for %s, whatever DNS says: once it has changed, %s for up to that long",
					hostsOf(long), showSeconds(r.seconds), staleText(p, long[0])),
				Help: `"valid=10s" to "valid=30s" is common; without "valid=", the DNS record decides`,
			}
			if docker {
				f.Help = `"valid=10s" is common with Docker's name server`
			}
			relateLookups(&f, long)
			p.Report(r.node, f)
		}
	},
})
