package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "upstream-with-port-reference",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a pass that names an upstream group together with a port",
		Why: `The servers of an upstream group have their own ports. A pass names the group alone; with a port behind the name nginx does not start.

The names of groups have no upper and lower case, and the modules of http share them: "fastcgi_pass app:9000" clashes with an "upstream app" that only "proxy_pass" uses. In an address with variables nginx would take such a name for a host: see "upstream-group-port-in-variable".`,
		Log: `[emerg] upstream "app" may not have port 8000 in /etc/nginx/nginx.conf:9`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app:8000;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `A group of stream does not clash with a pass of http, nor the other way round.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var wrong byKey[*model.Upstream, *model.Proxy]
		for _, x := range c.Proxies {
			if t := &x.Target; t.GroupWithPort != nil && !t.Variable && !t.Unknown {
				wrong.add(t.GroupWithPort, x)
			}
		}
		for group, passes := range wrong.all() {
			t := &passes[0].Target
			f := lint.Finding{
				Place:   lint.AtArg(passes[0].Pass, 0),
				Message: fmt.Sprintf(`upstream "%s" may not have port %d: the servers of the group have their own`, t.Host(), t.Port),
				Help:    fmt.Sprintf("write %q without the port, or give the group another name", t.Host()),
			}
			relate(&f, "the group", lint.At(group.Node))
			relateSame(&f, "with a port too", passPlaces(passes[1:])...)
			reportStart(p, passes[0].Pass, f)
		}
	},
})
