package rules

import (
	"path"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "events-missing",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a configuration without an events block",
		Why:     "nginx does not start without an `events` block, even an empty one.",
		Log:     `[emerg] no "events" section in configuration`,
		Bad: `http {
    server {
        listen 127.0.0.1:8080;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
    }
}
`,
		Silent: "Files that may be included by another one: those that are not called nginx.conf and hold no http, stream or mail block, or set nothing else at the main level, and those with an include that is not in view.",
		Links:  []string{"https://nginx.org/en/docs/ngx_core_module.html#events"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if c.Main.Own("events") != nil || !isRootFile(c) || c.Main.Gaps != 0 || branches(c.Tree.RootFile) {
			return
		}
		f := lint.Finding{
			Place:   lint.Place{File: c.Tree.RootFile},
			Message: `no "events" section in configuration`,
			Help:    "add an events block at the main level, it may be empty: events {}",
		}
		children := c.Main.Node.Children
		for i := range children {
			n := &children[i]
			if afterBraceProblem(n) {
				return
			}
			if n.IsBlock && nginx.Main.Child(n.Name) != 0 {
				reportName(p, n, f)
				return
			}
		}
		p.ReportPlace(f)
	},
})

// isRootFile reports whether the file that the configuration begins with is the
// one that nginx is started with: it is called so, or holds what hardly anybody
// keeps in a file to include.
func isRootFile(c *model.Config) bool {
	t := c.Tree
	if len(t.Context) > 0 {
		return false
	}
	if path.Base(t.RootFile.Path) == "nginx.conf" {
		return true
	}
	if c.HTTP == nil && c.Stream == nil && c.Main.Own("mail") == nil {
		return false // a few settings of the main level, kept apart
	}
	for _, name := range []string{"worker_processes", "pid", "user", "daemon", "worker_rlimit_nofile"} {
		if c.Main.Own(name) != nil {
			return true
		}
	}
	return false
}
