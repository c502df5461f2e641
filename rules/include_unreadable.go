package rules

import (
	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

var _ = add(&lint.Rule{
	ID:       "include-unreadable",
	Severity: lint.Error,
	Category: lint.Startup,
	Firm:     true,
	Doc: lint.Doc{
		Summary: "an include of something that is no readable file",
		Why: "Directories, FIFOs and sockets cannot be read as a configuration: nginx does not start, or waits for ever on a FIFO. " +
			"The same is said of files and folders that may not be read here: what they should define is missing from the rest of the check.",
		Log: `[emerg] pread() "/etc/nginx/sites-enabled" failed (21: Is a directory)`,
		Bad: `events {}
http {
    include .;
}
`,
		Good: `events {}
http {
    include sites-enabled/*.conf;
}
`,
		Links: []string{"https://nginx.org/en/docs/ngx_core_module.html#include"},
	},
	OnConfig: reportProblems(conf.IncludeUnreadable),
})
