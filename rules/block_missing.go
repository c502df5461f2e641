package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "block-missing",
	Severity: lint.Error,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: "a directive without its block, or with one that it does not take",
		Why: "Some directives hold a block in braces, the others end in a semicolon. nginx refuses one in the form of the other. " +
			"A few names are both, in different places: `server` is a block in http and a line in upstream.",
		Log: `[emerg] directive "server" has no opening "{" in /etc/nginx/nginx.conf:3`,
		Bad: `events {}
http {
    upstream app {
        server 127.0.0.1:8000 {}
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 127.0.0.1:8000;
    }
}
`,
		Silent: "A block after a directive that never has one is reported by `syntax`.",
		Links:  []string{"https://nginx.org/en/docs/beginners_guide.html#conf_structure"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		c := startup(p)
		for v := range c.refusals(unopened) {
			if !afterBraceProblem(v.node) {
				p.Report(v.node, lint.Finding{
					Message: fmt.Sprintf(`directive %q has no opening "{"`, v.node.Name),
					Help:    "write its block in braces instead of the semicolon",
				})
			}
		}
		for v := range c.refusals(unterminated) {
			if !afterBraceProblem(v.node) {
				p.Report(v.node, lint.Finding{
					Message: fmt.Sprintf(`directive %q is not terminated by ";"`, v.node.Name),
					Help:    fmt.Sprintf("%s it has no block: end it with \";\"", here(v.scope)),
				})
			}
		}
	},
})
