package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "duplicate-default-server",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "two default servers for one address",
		Why: `One server answers the requests whose host no server has: the one with "default_server" in the "listen" of that address, else the first. nginx does not start when two claim it. That is common where a new site is added beside the distribution's own "sites-enabled/default".

Addresses count in all spellings: "80", "*:80" and "0.0.0.0:80" are the same, "[::]:80" and "127.0.0.1:80" are others.`,
		Log: `[emerg] a duplicate default server for 0.0.0.0:80 in /etc/nginx/sites-enabled/site:2`,
		Bad: `events {}
http {
    server {
        listen 8080 default_server;
    }
    server {
        listen *:8080 default_server;
        server_name b.example;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080 default_server;
    }
    server {
        listen *:8080;
        server_name b.example;
    }
}
`,
		Silent: `Addresses with a host name, which only the machine itself can tell apart, and what a template engine decides.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#listen", "https://nginx.org/en/docs/http/request_processing.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, clash := range sockets(p).clashes() {
			if clash.kind != defaultTwice {
				continue
			}
			first, second := clash.before.listen.Node, clash.at.listen.Node
			f := lint.Finding{
				Place:   lint.AtArg(second, 0),
				Message: fmt.Sprintf("a duplicate default server for %s", clash.at),
				Help:    again(first, second, `keep "default_server" in one of the two`),
			}
			relate(&f, "the default server already", lint.At(first))
			reportStart(p, second, f)
		}
	},
})
