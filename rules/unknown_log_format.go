package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "unknown-log-format",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "an access_log whose format is not defined, or not yet",
		Why: "access_log names a log_format, which must stand before it: nginx reads its configuration from top to bottom, includes in their places. " +
			"Only `combined` is there from the start, and only in http. nginx does not start otherwise.",
		Log: `[emerg] unknown log format "main" in /etc/nginx/nginx.conf:4`,
		Bad: `events {}
http {
    access_log /var/log/nginx/access.log main;
    log_format main '$remote_addr "$request" $status';
}
`,
		Good: `events {}
http {
    log_format main '$remote_addr "$request" $status';
    access_log /var/log/nginx/access.log main;
}
`,
		Silent: "Configurations that are not in view as a whole.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_log_module.html#access_log",
			"https://nginx.org/en/docs/stream/ngx_stream_log_module.html#access_log",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Complete || !c.Uses("access_log") {
			return
		}
		for _, s := range c.Scopes {
			if s.Context.Has(nginx.HTTP | nginx.Stream) {
				f := formats{stream: s.Stream()}
				if f.collect(s); !f.blind {
					f.check(p, s)
				}
			}
		}
	},
})

// formats are the log formats of http or of stream.
type formats struct {
	stream bool
	// all are those of the whole block; seen those met so far, in lower case.
	all  []*conf.Node
	seen map[string]bool
	// blind says that a template engine names one.
	blind bool
}

// collect finds all formats.
func (f *formats) collect(s *model.Scope) {
	for _, in := range append([]*model.Scope{s}, s.Inside()...) {
		f.blind = f.blind || in.Foreign() && slices.ContainsFunc(in.Node.Children, func(n conf.Node) bool { return n.NameUnknown })
	}
	walk := newTextWalk(s.Config(), func(name string) bool { return name == "log_format" }, func(_ *model.Scope, n *conf.Node) { f.add(n) })
	walk.other = f.collectIn
	walk.through(s)
}

// collectIn finds what looks like a format in a block that is no level.
func (f *formats) collectIn(block *conf.Node) {
	for i := range block.Children {
		n := &block.Children[i]
		f.blind = f.blind || n.NameUnknown
		if n.Name == "log_format" {
			f.add(n)
		}
		f.collectIn(n)
	}
}

func (f *formats) add(n *conf.Node) {
	if len(n.Args) > 0 {
		f.all = append(f.all, n)
		f.blind = f.blind || n.Args[0].Unknown
	}
}

// check goes through the block as nginx does (ngx_http_log_set_log,
// src/http/modules/ngx_http_log_module.c, and its twin of stream): names of
// formats are compared without regard to case.
func (f *formats) check(p *lint.Pass, s *model.Scope) {
	f.seen = map[string]bool{"combined": !f.stream}
	walk := newTextWalk(p.Config, func(name string) bool { return name == "log_format" || name == "access_log" }, func(_ *model.Scope, n *conf.Node) { f.judge(p, n) })
	walk.other = func(n *conf.Node) { f.checkIn(p, n) }
	walk.through(s)
}

// checkIn is check for a block that is no level.
func (f *formats) checkIn(p *lint.Pass, block *conf.Node) {
	for i := range block.Children {
		f.judge(p, &block.Children[i])
		f.checkIn(p, &block.Children[i])
	}
}

// judge looks at the next directive.
func (f *formats) judge(p *lint.Pass, n *conf.Node) {
	switch {
	case n.Name == "log_format" && len(n.Args) > 0:
		f.seen[strings.ToLower(n.Arg(0))] = true
	case n.Name == "access_log" && len(n.Args) > 1 && n.Arg(0) != "off" && !n.Args[1].Unknown && !n.Args[0].Unknown && !n.IsBlock:
		if !f.seen[strings.ToLower(n.Arg(1))] {
			f.report(p, n)
		}
	}
}

func (f *formats) report(p *lint.Pass, n *conf.Node) {
	name := n.Arg(1)
	finding := lint.Finding{Place: lint.AtArg(n, 1), Message: fmt.Sprintf("unknown log format %q", name)}
	names := make([]string, 0, len(f.all)+1)
	for _, format := range f.all {
		if strings.EqualFold(format.Arg(0), name) {
			finding.Message += ": it is defined further down, and nginx reads from top to bottom"
			finding.Help = `move the "log_format" up, before the first "access_log" that names it`
			relate(&finding, "defined here", lint.AtArg(format, 0))
			p.Report(n, finding)
			return
		}
		names = append(names, format.Arg(0))
	}
	if !f.stream {
		names = append(names, "combined")
	}
	slices.Sort(names)
	switch near, ok := nginx.Nearest(name, names); {
	case ok:
		finding.Help = fmt.Sprintf("did you mean %q?", near)
	case strings.Contains(name, "="):
		finding.Help = "the name of a format comes first, and then the parameters"
	default:
		finding.Help = `define it with "log_format" above this line`
	}
	p.Report(n, finding)
}
