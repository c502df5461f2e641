package rules

import (
	"iter"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
	"github.com/nginxlint/nginxlint/lint/setter"
)

var _ = add(&lint.Rule{
	ID:       "invalid-value",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "an argument that the directive does not take",
		Why: "nginx reads the arguments of each directive while it starts: flags must be on or off, sizes and times have their own units, " +
			"and many directives take certain words only. It does not start with anything else.",
		Log: `[emerg] "proxy_read_timeout" directive invalid value in /etc/nginx/nginx.conf:6`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_read_timeout 90sec;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_read_timeout 90s;
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
		Silent: "Values that a template engine fills in, and what would need a name to be resolved or a file to be read. " +
			"A value that other releases take is reported by `directive-version`.",
		Links: []string{"https://nginx.org/en/docs/syntax.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		c := newCheckup(p)
		for v, r := range c.invalid() {
			if c.fixedIn(v, r).IsZero() {
				p.Report(v.node, lint.Finding{Place: lint.AtArg(v.node, r.Arg), Message: r.Message, Help: r.Help})
			}
		}
	},
})

// invalid yields what nginx refuses about the arguments of directives that are
// otherwise in order.
func (c *checkup) invalid() iter.Seq2[verdict, *setter.Refusal] {
	return func(yield func(verdict, *setter.Refusal) bool) {
		for v := range c.all() {
			if v.standing != accepted || v.node.File == nil || v.node.Unknown() {
				continue
			}
			d := c.argumentsOf(v)
			r := setter.Check(&d)
			if r == nil || hasSyntaxProblem(v.node) || c.acceptedElsewhere(v, d) {
				continue
			}
			if !yield(v, r) {
				return
			}
		}
	}
}

// argumentsOf is a directive as the checks of arguments want it.
func (c *checkup) argumentsOf(v verdict) setter.Directive {
	d := setter.Directive{
		Name: v.node.Name, Args: v.node.Values(), Context: v.scope.Context, Facts: v.facts, Version: c.version,
	}
	if v.node.IsBlock && v.scope.Context.Child(v.node.Name) == 0 {
		d.Parameters = parameters(v.node)
	}
	return d
}

// parameters are the lines of a block that holds no directives. What an include
// brings in follows it; where that is out of view, something unknown does.
func parameters(block *conf.Node) []setter.Parameter {
	out := make([]setter.Parameter, 0, len(block.Children))
	for i := range block.Children {
		n := &block.Children[i]
		param := setter.Parameter{Name: n.Name, Args: n.Values(), Unknown: n.Unknown()}
		if n.Name == "include" && len(n.Args) == 1 {
			if i+1 < len(block.Children) && block.Children[i+1].Via != nil && block.Children[i+1].Via.Include == n.Directive {
				continue
			}
			param.Unknown = true
		}
		out = append(out, param)
	}
	return out
}

// acceptedElsewhere reports whether the module that the directive has in another
// place, where it may be meant to be included, takes the arguments; and whether
// a third-party module has a directive of that name.
func (c *checkup) acceptedElsewhere(v verdict, d setter.Directive) bool {
	cmd := c.commands[v.node.Name]
	if cmd.shared {
		return true
	}
	if len(cmd.all) == 1 || !c.uncertain(v.scope) {
		return false
	}
	return slices.ContainsFunc(cmd.all, func(other *nginx.Directive) bool {
		if other == v.facts || !other.AcceptsArgs(len(d.Args), c.version) {
			return false
		}
		d.Facts, d.Context = other, other.Contexts&-other.Contexts
		return setter.Check(&d) == nil
	})
}
