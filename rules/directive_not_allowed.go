package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "directive-not-allowed",
	Severity: lint.Error,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: "a directive in a block where nginx does not allow it",
		Why: "Each directive belongs into certain blocks. In any other one nginx refuses it, even where it would make sense to people: " +
			"an `if` in a location takes fewer directives than the location, and a `server` of stream others than one of http.",
		Log: `[emerg] "proxy_pass" directive is not allowed here in /etc/nginx/nginx.conf:5`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        proxy_pass http://127.0.0.1:8000;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
		Silent: "A file that is only part of a configuration is taken for part of the blocks that suit it: something is said only if it suits none. " +
			"After a brace that does not match, the blocks are not certain and nothing is said.",
		Links: []string{"https://nginx.org/en/docs/dirindex.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		c := startup(p)
		for v := range c.refusals(misplaced) {
			if afterBraceProblem(v.node) || c.uncertain(v.scope) && c.elsewhere() {
				continue
			}
			reportName(p, v.node, lint.Finding{
				Message: fmt.Sprintf("%q directive is not allowed here, %s", v.node.Name, here(v.scope)),
				Help:    "it can stand in: " + places(v.command, v.scope.Context).String(),
			})
		}
	},
})

// protocols are the contexts of one protocol.
var protocols = [...]nginx.Context{
	nginx.HTTP | nginx.Server | nginx.Location | nginx.Upstream | nginx.ServerIf | nginx.LocationIf | nginx.LimitExcept,
	nginx.Stream | nginx.StreamServer | nginx.StreamUpstream,
	nginx.Mail | nginx.MailServer,
}

// places is where a directive can stand: of the protocol at hand if there are any.
func places(c *command, in nginx.Context) nginx.Context {
	all := c.contexts
	for _, p := range protocols {
		if p.Has(in) && all.Has(p) {
			return all & p
		}
	}
	return all
}
