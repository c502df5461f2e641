package rules

import (
	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "invalid-regex",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a regular expression that PCRE refuses",
		Why: "nginx compiles the regular expressions of locations, server names, rewrites, conditions and maps while it starts, and does not start with one that the PCRE library refuses: " +
			"parentheses or brackets that do not match, a quantifier with nothing before it, a group that does not exist. A pattern such as `*.php` is one for file names, " +
			"and not a regular expression.",
		Log: `[emerg] pcre2_compile() failed: quantifier does not follow a repeatable item in "*.php" at "*.php" in /etc/nginx/nginx.conf:5`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location ~ *.php {
            return 404;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location ~ \.php$ {
            return 404;
        }
    }
}
`,
		Silent: "Mistakes of other kinds than these few, and expressions that only some releases of PCRE take.",
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#location", "https://www.pcre.org/current/doc/html/pcre2pattern.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, i := range invalid(p) {
			if i.Regex {
				i.report(p, i.Message, i.Help)
			}
		}
	},
})
