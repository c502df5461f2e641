package rules

import (
	"iter"
	"maps"
	"math/bits"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// standing is what nginx makes of a directive where it stands. nginx looks in
// the order of ngx_conf_handler (src/core/ngx_conf_file.c) and stops at the first
// thing that it refuses; so each directive has one standing, and one rule speaks.
type standing uint8

const (
	accepted     standing = iota // its name, place, form and number of arguments are right
	unclear                      // nothing can be said, or another rule has said it
	unknown                      // no module that is known here has such a directive
	commercial                   // only NGINX Plus has it
	misversioned                 // other releases have it, the target has not
	misplaced                    // it cannot stand here
	unterminated                 // it has a block and takes none
	unopened                     // it takes a block and has none
	miscounted                   // wrong number of arguments
)

// spot is a directive in its level.
type spot struct {
	scope *model.Scope
	node  *conf.Node
}

// verdict is a directive with its standing.
type verdict struct {
	standing
	spot
	// command is what nginx knows of its name, nil where it knows nothing.
	command *command
	// facts is nginx's directive of that name here; where it is misversioned or
	// misplaced, one of that name elsewhere; nil where nginx knows none.
	facts *nginx.Directive
	head  model.Head
}

// command is all that nginx knows of one name.
type command struct {
	contexts nginx.Context
	in       [16]*nginx.Directive // by the number of the context's bit
	all      []*nginx.Directive
	// number tells the commands apart, counted from 0.
	number int
	// shared says that a third-party module has a directive of that name too.
	shared bool
	// foreign says that nginx itself has none, and the user has declared it.
	foreign bool
}

// commands is nginx's directives by name.
var commands = sync.OnceValue(func() map[string]*command {
	names := nginx.Names()
	out := make(map[string]*command, len(names))
	for i, name := range names {
		c := &command{all: nginx.Lookup(name), number: i}
		_, c.shared = nginx.ThirdParty(name)
		for _, d := range c.all {
			c.contexts |= d.Contexts
			for rest := uint32(d.Contexts); rest != 0; rest &= rest - 1 {
				c.in[bits.TrailingZeros32(rest)] = d
			}
		}
		out[name] = c
	}
	return out
})

// withDeclared adds the directives that the configuration's user has declared.
// One that nginx has too is shared by both.
func withDeclared(own map[string]*command, declared []*nginx.Directive) map[string]*command {
	if len(declared) == 0 {
		return own
	}
	out := maps.Clone(own)
	for _, d := range declared {
		if known := own[d.Name]; known != nil {
			both := *known
			both.shared = true
			out[d.Name] = &both
			continue
		}
		c := &command{contexts: d.Contexts, all: []*nginx.Directive{d}, number: len(out), foreign: true}
		for rest := uint32(d.Contexts); rest != 0; rest &= rest - 1 {
			c.in[bits.TrailingZeros32(rest)] = d
		}
		out[d.Name] = c
	}
	return out
}

// at is the directive that can stand in a single context, or nil.
func (c *command) at(in nginx.Context) *nginx.Directive {
	return c.in[levelNumber(in)]
}

// levelNumber is the number of a single context's bit.
func levelNumber(in nginx.Context) int {
	return bits.TrailingZeros32(uint32(in)) % len(command{}.in)
}

// checkup is the directives of one configuration with their standings.
type checkup struct {
	commands map[string]*command
	config   *model.Config
	version  nginx.Version
	// whole says that the configuration certainly begins at the main level.
	whole bool
	// elsewhere tells whether a fragment would be in order in other blocks than
	// those that were put around it.
	elsewhere func() bool
	// refused holds the directives that are not accepted, by standing.
	refused [miscounted + 1][]spot
	// named holds the commands by the numbers of the names, nil for unknown names.
	named []*command
	// accepts tells for all directives, in order of levels and places, whether
	// they are accepted and written in a file.
	accepts []bool
}

// startupKey is the key of [startup] among what rules share.
type startupKey struct{}

// startup goes through the directives of the configuration, once for all rules.
func startup(p *lint.Pass) *checkup {
	return p.Shared(startupKey{}, func() any { return newCheckup(p.Config) }).(*checkup)
}

func newCheckup(config *model.Config) *checkup {
	c := &checkup{commands: withDeclared(commands(), config.Declared), config: config, version: config.Version, whole: isWhole(config.Tree)}
	c.elsewhere = sync.OnceValue(c.fitsElsewhere)
	c.named = make([]*command, len(config.Names()))
	for i, name := range config.Names() {
		c.named[i] = c.commands[name]
	}
	n := 0
	for _, s := range config.Scopes {
		n += len(s.Node.Children)
	}
	c.accepts = make([]bool, 0, n)
	surrounded := len(config.Tree.Context) > 0
	for _, s := range config.Scopes {
		for i, head := range s.Heads() {
			if c.fine(s, head) {
				c.accepts = append(c.accepts, !surrounded || s.Node.Children[i].File != nil)
				continue
			}
			at := spot{s, &s.Node.Children[i]}
			if v := c.judge(at); v.standing > unclear {
				c.refused[v.standing] = append(c.refused[v.standing], at)
			}
			c.accepts = append(c.accepts, false)
		}
	}
	return c
}

// fine reports whether a directive is accepted, by what most are.
func (c *checkup) fine(s *model.Scope, head model.Head) bool {
	cmd := c.named[head.Name]
	if cmd == nil {
		return false
	}
	d := cmd.at(s.Context)
	return d != nil && d.Block == head.Block && d.KnownIn(c.version) && d.AcceptsArgs(int(head.Args), c.version)
}

// isWhole reports whether a tree is what nginx itself is started with, as far as
// can be told: a file of main directives only may be a fragment too.
func isWhole(t *conf.Tree) bool {
	if len(t.Context) > 0 {
		return false
	}
	return path.Base(t.RootFile.Path) == "nginx.conf" || slices.ContainsFunc(t.Root.Children, func(n conf.Node) bool {
		return n.IsBlock && nginx.Main.Child(n.Name) != 0
	})
}

// refusals yields the directives of a standing. There may be millions: their
// verdicts are not kept.
func (c *checkup) refusals(as standing) iter.Seq[verdict] {
	return func(yield func(verdict) bool) {
		for _, at := range c.refused[as] {
			if !yield(c.judge(at)) {
				return
			}
		}
	}
}

// accepted yields the directives about which nothing is wrong so far, all those
// of a level one after the other, as far as want, which may be nil, wants their
// names.
func (c *checkup) accepted(want func(*command) bool) iter.Seq[verdict] {
	wanted := make([]bool, len(c.named))
	for i, cmd := range c.named {
		wanted[i] = cmd != nil && (want == nil || want(cmd))
	}
	return func(yield func(verdict) bool) {
		n := 0
		for _, s := range c.config.Scopes {
			for i, head := range s.Heads() {
				if cmd := c.named[head.Name]; wanted[head.Name] && c.accepts[n+i] &&
					!yield(verdict{accepted, spot{s, &s.Node.Children[i]}, cmd, cmd.at(s.Context), head}) {
					return
				}
			}
			n += len(s.Heads())
		}
	}
}

// judge tells the standing of a directive in a level.
func (c *checkup) judge(at spot) verdict {
	s, n := at.scope, at.node
	cmd := c.commands[n.Name]
	if cmd == nil {
		return verdict{standing: c.nameless(s, n), spot: at}
	}
	d := cmd.at(s.Context)
	if d != nil && d.Block == n.IsBlock && d.KnownIn(c.version) && d.AcceptsArgs(len(n.Args), c.version) {
		return verdict{standing: accepted, spot: at, command: cmd, facts: d}
	}
	if n.File == nil || n.NameUnknown || cmd.shared || hasSyntaxProblem(n) {
		return verdict{standing: unclear, spot: at, command: cmd, facts: d}
	}
	if d == nil || !d.KnownIn(c.version) {
		return c.absent(at, cmd, d)
	}
	if c.uncertain(s) && cmd.acceptsSomewhere(n, c.version) {
		return verdict{standing: unclear, spot: at, command: cmd, facts: d}
	}
	switch {
	case n.IsBlock && !d.Block:
		return verdict{standing: unterminated, spot: at, command: cmd, facts: d}
	case !n.IsBlock && d.Block:
		return verdict{standing: unopened, spot: at, command: cmd, facts: d}
	case n.Unknown():
		return verdict{standing: unclear, spot: at, command: cmd, facts: d} // a template may make any number of words
	case isPlusForm(n):
		return verdict{standing: commercial, spot: at, command: cmd, facts: d}
	}
	return verdict{standing: miscounted, spot: at, command: cmd, facts: d}
}

// nameless tells the standing of a directive that nginx does not have.
func (c *checkup) nameless(s *model.Scope, n *conf.Node) standing {
	if n.File == nil || n.NameUnknown || hasSyntaxProblem(n) {
		return unclear
	}
	if _, ok := nginx.ThirdParty(n.Name); ok {
		return unclear
	}
	if module, ok := conf.Module(n.Name); ok {
		if module == conf.Plus {
			return commercial
		}
		return unclear
	}
	if !c.whole && !c.config.Tree.Told && s.Parent == nil {
		return unclear // perhaps the body of a map or the like, kept in a file of its own
	}
	return unknown
}

// absent tells the standing of a directive that the target does not have here.
func (c *checkup) absent(at spot, cmd *command, here *nginx.Directive) verdict {
	d := here
	if d == nil {
		d = cmd.all[0]
	}
	if here == nil && slices.ContainsFunc(cmd.all, func(d *nginx.Directive) bool { return d.KnownIn(c.version) }) {
		return verdict{standing: misplaced, spot: at, command: cmd, facts: d}
	}
	if d.Since.Compare(c.version) > 0 && wasPlus(at.node.Name) {
		return verdict{standing: commercial, spot: at, command: cmd, facts: d}
	}
	return verdict{standing: misversioned, spot: at, command: cmd, facts: d}
}

// acceptsSomewhere reports whether in some place a directive may have the form
// it has.
func (c *command) acceptsSomewhere(n *conf.Node, v nginx.Version) bool {
	return slices.ContainsFunc(c.all, func(d *nginx.Directive) bool {
		return d.Block == n.IsBlock && d.KnownIn(v) && d.AcceptsArgs(len(n.Args), v)
	})
}

// uncertain reports whether a level is known by what stands in it only: it, or
// all blocks around it, may be others where the fragment is included.
func (c *checkup) uncertain(s *model.Scope) bool {
	if c.whole || c.config.Tree.Told {
		return false
	}
	const certain = nginx.Events | nginx.HTTP | nginx.Stream | nginx.Mail |
		nginx.Location | nginx.ServerIf | nginx.LocationIf | nginx.LimitExcept
	for ; s != nil; s = s.Parent {
		if written := s.Node.Directive != nil && s.Node.File != nil; written && s.Context.Has(certain) {
			return false
		}
	}
	return true
}

// fitsElsewhere reports whether there is a place where all directives of the
// fragment could stand.
func (c *checkup) fitsElsewhere() bool {
	top := c.config.Tree.Root
	for range c.config.Tree.Context {
		top = &top.Children[0]
	}
	for in := nginx.Main; in <= nginx.MailServer; in <<= 1 {
		if c.fits(top, in) {
			return true
		}
	}
	return false
}

// fits reports whether all directives inside a block that nginx knows can stand
// where they do if the block is the place in.
func (c *checkup) fits(block *conf.Node, in nginx.Context) bool {
	for i := range block.Children {
		n := &block.Children[i]
		cmd := c.commands[n.Name]
		if cmd == nil || cmd.shared {
			continue
		}
		d := cmd.at(in)
		if d == nil || d.Block != n.IsBlock {
			return false
		}
		if inside := in.Child(n.Name); inside != 0 && !c.fits(n, inside) {
			return false
		}
	}
	return true
}

// hasSyntaxProblem reports whether the parser had trouble with the head or the
// end of a statement. What else is wrong with it is then not told.
func hasSyntaxProblem(n *conf.Node) bool {
	return slices.ContainsFunc(n.File.Problems, func(p conf.Problem) bool {
		if p.Kind != conf.Syntax || p.Accepted {
			return false
		}
		inHead := p.Span.Start <= n.Head.End && p.Span.End >= n.Head.Start
		return inHead || p.Span.Start <= n.Span.End && p.Span.End >= n.Span.End
	})
}

// afterBraceProblem reports whether, in the file of a directive or in one that
// includes it, the braces before it do not match: it may have been meant for
// another block than the one it is in.
func afterBraceProblem(n *conf.Node) bool {
	d := n.Directive
	for via := n.Via; ; via = via.Outer {
		if slices.ContainsFunc(d.File.Problems, func(p conf.Problem) bool {
			return p.Kind == conf.Syntax && !p.Accepted && p.Span.Start <= d.Head.End && strings.ContainsAny(p.Message, "{}")
		}) {
			return true
		}
		if via == nil {
			return false
		}
		d = via.Include
	}
}

// levelNames are the contexts as messages call them, by the number of their bit.
var levelNames = [...]string{
	"at the main level", "in events", "in http", "in a server", "in a location", "in an upstream group",
	"in an if of a server", "in an if of a location", "in limit_except",
	"in stream", "in a server of stream", "in an upstream group of stream",
	"in mail", "in a server of mail",
}

// here names the level for a message.
func here(s *model.Scope) string {
	return levelNames[bits.TrailingZeros32(uint32(s.Context))%len(levelNames)]
}
