package rules

import (
	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

var _ = add(&lint.Rule{
	ID:       "include-missing",
	Severity: lint.Error,
	Category: lint.Startup,
	Firm:     true,
	Doc: lint.Doc{
		Summary: "an include of a file that is not there",
		Why: "A plain path in an include must exist when nginx reads its configuration, or nginx does not start. " +
			"A pattern such as conf.d/*.conf may match nothing.",
		Log: `[emerg] open() "/etc/nginx/snippets/tls.conf" failed (2: No such file or directory) in /etc/nginx/nginx.conf:3`,
		Bad: `events {}
http {
    include conf.d/tls-settings.conf;
}
`,
		Good: `events {}
http {
    include conf.d/*.conf;
}
`,
		Silent: "In a checkout, files that lie elsewhere on the target machine or that nginx's packages bring along need not be there: " +
			"only a relative path into a folder that the checkout has is then reported.",
		Links: []string{"https://nginx.org/en/docs/ngx_core_module.html#include"},
	},
	OnConfig: reportProblems(conf.IncludeMissing),
})
