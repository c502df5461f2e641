package rules

import (
	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

var _ = add(&lint.Rule{
	ID:       "include-cycle",
	Severity: lint.Error,
	Category: lint.Startup,
	Firm:     true,
	Doc: lint.Doc{
		Summary: "a file that includes itself",
		Why: "nginx follows includes without looking back: it reads the file again and again, until a directive that may stand only once stops it, " +
			"or it runs out of file descriptors or of stack and crashes.",
		Log: `[emerg] "events" directive is duplicate in /etc/nginx/nginx.conf:1`,
		Bad: `events {}
include *.conf;
`,
		Good: `events {}
include conf.d/*.conf;
`,
		Links: []string{"https://nginx.org/en/docs/ngx_core_module.html#include"},
	},
	OnConfig: reportProblems(conf.IncludeCycle),
})
