package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
	"github.com/nginxlint/nginxlint/lint/setter"
)

// isAsRead reports whether nginx reads the files of a configuration as they are:
// elsewhere a script may well fill in its words on the way.
func isAsRead(c *model.Config) bool {
	return c.Tree.Deployed && len(c.Tree.Context) == 0
}

// noteUnfilled finds words that a script was to fill in, such as %PORT% and
// <HOST>, where nginx refuses them.
func noteUnfilled(p *lint.Pass, note func(placeholder)) {
	if !isAsRead(p.Config) {
		return
	}
	c := startup(p)
	var d setter.Directive
	for v := range c.accepted(nil) {
		if !v.head.Unknown || v.node.IsBlock || v.node.NameUnknown || v.command.shared || v.command.foreign {
			continue
		}
		c.fillIn(&d, v, v.node.Values())
		for i := range v.node.Args {
			word := ""
			if a := &v.node.Args[i]; a.Unknown && a.Quote == 0 {
				word = conf.FilledIn(v.node.File.Slice(a.Span))
			}
			if word == "" {
				continue
			}
			refusal := addressRefusal(p.Config, v.spot, i)
			if r := setter.Check(&d); refusal == "" && r != nil && r.Arg == i && r.Parameter == 0 && c.takenBy(v).IsZero() {
				refusal = r.Message
			}
			if refusal != "" {
				note(placeholder{node: v.node, place: lint.AtArg(v.node, i), text: word, refusal: refusal, word: true})
			}
		}
	}
}

// addressRefusal is what nginx says of an argument that is the address of a socket
// with a word to fill in, "" where it may take it. No host is called %HOST% or
// <HOST>: neither DNS nor /etc/hosts have names with such letters.
func addressRefusal(c *model.Config, at spot, arg int) string {
	text := at.node.Arg(arg)
	name, opt, in := at.node.Name, nginx.URLOptions{}, "upstream %q"
	pass, port := false, false
	switch {
	case name == "listen" && arg == 0:
		opt.Listen, in = true, `%q of the "listen" directive`
	case name == "resolver" && !strings.Contains(text, "="):
		in = "resolver %q"
	case name == "server" && at.scope.Node.Name == "upstream" && arg == 0 && !slices.Contains(at.node.Values(), "resolve"):
	case strings.HasSuffix(name, "_pass") && len(at.node.Args) == 1 && !strings.Contains(text, "$"):
		pass, opt.URIPart = true, true
		port = name != "proxy_pass" || at.scope.Stream()
		if _, address, found := strings.Cut(text, "://"); found {
			text = address
		}
	default:
		return ""
	}
	u, err := nginx.ParseURL(text, opt)
	switch {
	case err != nil:
		return fmt.Sprintf("%v in "+in, err, text)
	case conf.FilledIn(u.Host) == "" || !u.IsName() || isGroupName(c, u.Host):
		return ""
	case port && !u.HasPort: // they have no default; a server is looked up first
		return fmt.Sprintf("no port in "+in, text)
	case pass:
		text = u.Host // the only part that the log shows
	}
	return fmt.Sprintf("host not found in "+in, text)
}

// isGroupName reports whether an upstream group is called so.
func isGroupName(c *model.Config, name string) bool {
	return slices.ContainsFunc(c.Upstreams, func(u *model.Upstream) bool { return strings.EqualFold(u.Name, name) })
}

// reportMarks reports files that nginx reads as they are with the marks of a
// template engine in them. nginx takes a brace outside of quotes for the start
// of a block, which none begins with a brace (ngx_conf_read_token,
// src/core/ngx_conf_file.c).
func reportMarks(p *lint.Pass) {
	if !isAsRead(p.Config) {
		return
	}
	for _, f := range p.Config.Tree.Files {
		if f.TemplateByName() || !refusesMark(f) {
			continue
		}
		text, _, cut := strings.Cut(f.Slice(f.Mark), "\n")
		if cut {
			text = text[:2]
		}
		p.ReportPlace(lint.Finding{
			Place:   lint.Place{File: f, Span: f.Mark},
			Message: fmt.Sprintf("nginx fills in nothing by itself: it takes the brace of %q for that of a block, and does not start", text),
			Help:    `have the template engine fill it in, and nginx read what comes out`,
		})
	}
}

// refusesMark reports whether nginx cannot take the first mark in a file, as it
// can one in quotes.
func refusesMark(f *conf.File) bool {
	mark := f.Slice(f.Mark)
	if !strings.HasPrefix(mark, "{") || strings.HasSuffix(f.Text[:f.Mark.Start], "$") {
		return false // behind a dollar sign a brace is part of the word, and so is a second one
	}
	around := f.Enclosing(f.Mark.Start)
	if len(around) == 0 {
		return !isSingleBrace(mark)
	}
	d := around[len(around)-1]
	inQuotes := func(a conf.Arg) bool { return a.Quote != 0 && a.Span.Contains(f.Mark.Start) }
	if slices.ContainsFunc(d.Args, inQuotes) || d.NameSpan.Contains(f.Mark.Start) && strings.ContainsAny(f.Slice(d.NameSpan)[:1], `"'`) {
		return false
	}
	return !isSingleBrace(mark) || !d.IsBlock && d.Head.Contains(f.Mark.Start)
}

// isSingleBrace reports whether a mark is a {NAME}: behind the name of a block it
// could be the block's first word.
func isSingleBrace(mark string) bool {
	return !strings.HasPrefix(mark, "{{") && !strings.HasPrefix(mark, "{%") && !strings.HasPrefix(mark, "{#")
}
