package rules

import (
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
	Except:   nginx.Relatives(),
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
			"A value that other releases take is reported by `directive-version`, and the path of a socket that is too long by `unix-socket-path-too-long`. " +
			"An environment variable that nothing fills in, as in `listen ${PORT}`, is for `unexpanded-template-variable`.",
		Links: []string{"https://nginx.org/en/docs/syntax.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, i := range invalid(p) {
			_, unexpanded := i.environmentVariable()
			if i.takes.IsZero() && !i.Regex && !unexpanded && !isLongSocket(&i) {
				i.report(p, i.Message, i.Help)
			}
		}
	},
})

// invalidity is what nginx refuses about the arguments of a directive that is
// otherwise in order.
type invalidity struct {
	verdict
	*setter.Refusal
	// at is the statement at fault: the directive, or a line of its block.
	at *conf.Node
	// takes is a release that takes what the target refuses; zero if none does,
	// or if the target is not known.
	takes nginx.Version
}

// report reports the argument at fault.
func (i *invalidity) report(p *lint.Pass, message, help string) {
	p.Report(i.at, lint.Finding{Place: lint.AtArg(i.at, i.Arg), Message: message, Help: help})
}

// invalidKey is the key of [invalid] among what rules share.
type invalidKey struct{}

// invalid goes through the arguments of all directives, once for all rules.
func invalid(p *lint.Pass) []invalidity {
	c := startup(p)
	return p.Shared(invalidKey{}, func() any { return c.invalid() }).([]invalidity)
}

func (c *checkup) invalid() []invalidity {
	var out []invalidity
	var d setter.Directive // used again and again, as its arguments are: a refusal keeps neither
	var args []string
	for v := range c.accepted(c.isChecked) {
		if v.head.Unknown {
			continue
		}
		args = args[:0]
		for i := range v.node.Args {
			args = append(args, v.node.Args[i].Value)
		}
		c.fillIn(&d, v, args)
		r := setter.Check(&d)
		if r == nil {
			continue
		}
		i := invalidity{verdict: v, Refusal: r, at: v.node}
		if r.Parameter > 0 {
			i.at = parameterNodes(v.node)[r.Parameter-1]
		}
		if hasSyntaxProblem(i.at) || c.acceptedElsewhere(v, d) || d.Parameters != nil && branches(i.at.File) {
			continue
		}
		i.takes = c.takenBy(v)
		out = append(out, i)
	}
	return out
}

// isChecked reports whether there may be something to say about the arguments of a
// command.
func (c *checkup) isChecked(cmd *command) bool {
	return slices.ContainsFunc(cmd.all, func(d *nginx.Directive) bool { return setter.Checks(d, c.version) })
}

// withArguments is a directive as the checks of arguments want it.
func (c *checkup) withArguments(v verdict, args []string) setter.Directive {
	var d setter.Directive
	c.fillIn(&d, v, args)
	return d
}

// fillIn fills in such a directive, which may be one that was checked before.
func (c *checkup) fillIn(d *setter.Directive, v verdict, args []string) {
	d.Name, d.Args, d.Context, d.Facts, d.Version = v.facts.Name, args, v.scope.Context, v.facts, c.version
	d.Parameters = nil
	if v.node.IsBlock && v.scope.Context.Child(v.node.Name) == 0 {
		for _, n := range parameterNodes(v.node) {
			d.Parameters = append(d.Parameters, setter.Parameter{
				Name: n.Name, Args: n.Values(), Unknown: n.Unknown() || n.Name == "include" && len(n.Args) == 1,
			})
		}
	}
}

// parameterNodes are the lines of a block that holds no directives. Includes are
// left out where what they bring in follows; those out of view stay.
func parameterNodes(block *conf.Node) []*conf.Node {
	out := make([]*conf.Node, 0, len(block.Children))
	for i := range block.Children {
		n := &block.Children[i]
		if n.Name == "include" && len(n.Args) == 1 && i+1 < len(block.Children) {
			if via := block.Children[i+1].Via; via != nil && via.Include == n.Directive {
				continue
			}
		}
		out = append(out, n)
	}
	return out
}

// acceptedElsewhere reports whether the module that the directive has in another
// place, where it may be meant to be included, takes the arguments; and whether
// a third-party module has a directive of that name.
func (c *checkup) acceptedElsewhere(v verdict, d setter.Directive) bool {
	cmd := v.command
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
