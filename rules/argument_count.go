package rules

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "argument-count",
	Severity: lint.Error,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: "a directive with too few or too many arguments",
		Why: "nginx counts the words between the name of a directive and its semicolon, and refuses a number that the directive does not take. " +
			"One too many is often a value with a blank in it that lacks quotes, or a line without its semicolon.",
		Log: `[emerg] invalid number of arguments in "root" directive in /etc/nginx/nginx.conf:5`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        root /srv/my site;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        root "/srv/my site";
    }
}
`,
		Silent: "Values that a template engine fills in may become any number of words.",
		Links:  []string{"https://nginx.org/en/docs/dirindex.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		c := startup(p)
		for v := range c.refusals(miscounted) {
			n := len(v.node.Args)
			f := lint.Finding{
				Message: fmt.Sprintf("invalid number of arguments in %q directive: it takes %s, not %d", v.node.Name, counts(v.facts, c.version), n),
				Help:    swallowed(v.node),
			}
			if since := v.facts.AcceptsArgs(n, nginx.Version{}); since {
				f.Message += fmt.Sprintf(" (nginx %s)", c.version)
			}
			p.Report(v.node, f)
		}
	},
})

// counts lists the numbers of arguments that a directive takes.
func counts(d *nginx.Directive, v nginx.Version) string {
	var some []string
	most := d.MaxArgs()
	if most < 0 {
		for n := 0; ; n++ {
			if d.AcceptsArgs(n, v) {
				return strconv.Itoa(n) + " or more"
			}
		}
	}
	for n := range most + 1 {
		if d.AcceptsArgs(n, v) {
			some = append(some, strconv.Itoa(n))
		}
	}
	if last := len(some) - 1; last > 0 {
		return strings.Join(some[:last], ", ") + " or " + some[last]
	}
	if len(some) == 1 && some[0] == "0" {
		return "none"
	}
	return strings.Join(some, "")
}

// swallowed is help where the arguments look like the next statement: they stand
// on a line of their own that begins with the name of a directive.
func swallowed(n *conf.Node) string {
	line := n.File.Position(n.NameSpan.Start).Line
	for i := range n.Args {
		at := n.File.Position(n.Args[i].Span.Start).Line
		if at == line {
			continue
		}
		if nginx.Lookup(n.Args[i].Value) != nil {
			return fmt.Sprintf("end line %d with \";\": nginx takes line %d for arguments", line, at)
		}
		line = at
	}
	return ""
}
