package model

import (
	"iter"
	"path"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Scope is one level of a configuration: main, events, http, server, location,
// if, limit_except, upstream, mail, stream and those inside mail and stream.
type Scope struct {
	// Node is the block; for the main level the tree's root, which is a node
	// without a directive.
	Node *conf.Node
	// Context is the one context that directives of this level stand in.
	Context nginx.Context
	// Gaps says what of the level is not in view; of a complete configuration,
	// everything is.
	Gaps Gap

	// foreign says that there is a directive at the level that nginx does not have.
	foreign bool

	// Parent is the enclosing level, nil for the main level.
	Parent *Scope
	// Server is the server this level is or is in, nil outside the servers of
	// http and stream.
	Server *Server

	cfg   *Config
	own   nameSet // the names at this level
	outer nameSet // the names at the levels around it
	heads []Head
	// modifier and pattern are a location's.
	modifier, pattern string
	index             map[Name]extent // where the children of each name are; only for long blocks
	pos               int32           // index in cfg.Scopes
	end               int32           // index after the last level inside this one
}

// Gap is a set of reasons why a level may hold directives that are not in view.
type Gap uint8

// The gaps.
const (
	// GapInclude: a file that is included by its name could not be read.
	GapInclude Gap = 1 << iota
	// GapPattern: a pattern of an include matches nothing here, and may match
	// where the configuration is deployed.
	GapPattern
	// GapTemplate: a template engine decides which directives there are.
	GapTemplate
	// GapHeaders: Debian's proxy_params is not in view, which sets headers with
	// proxy_set_header and nothing else.
	GapHeaders
	// GapFragment: the block was put around a fragment, and holds more where the
	// fragment is included.
	GapFragment
)

// gapOf is the gap that the i-th directive of a block leaves. Files of nginx's
// packages that hold only types and parameters leave none.
func gapOf(children []conf.Node, i int) Gap {
	n := &children[i]
	if n.NameUnknown {
		return GapTemplate
	}
	if n.Name != "include" || i+1 < len(children) && children[i+1].Via != nil && children[i+1].Via.Include == n.Directive {
		return 0
	}
	file := n.Arg(0)
	switch path.Base(file) {
	case "mime.types", "fastcgi.conf", "fastcgi_params", "uwsgi_params", "scgi_params":
		return 0
	case "proxy_params":
		return GapHeaders
	}
	if strings.ContainsAny(file, "*?[") {
		return GapPattern
	}
	return GapInclude
}

// longBlock is how many children a block must have for an index of its names
// to be worth its memory.
const longBlock = 256

// Own returns the first directive of that name at this very level, or nil.
func (s *Scope) Own(name string) *conf.Node {
	return s.first(s.cfg.Number(name))
}

func (s *Scope) first(name Name) *conf.Node {
	if name == 0 || s.own&name.bit() == 0 {
		return nil
	}
	if s.index != nil {
		if e, ok := s.index[name]; ok {
			return &s.Node.Children[e.first]
		}
		return nil
	}
	for i := range s.heads {
		if s.heads[i].Name == name {
			return &s.Node.Children[i]
		}
	}
	return nil
}

// All yields the directives of that name at this very level, in order.
func (s *Scope) All(name string) iter.Seq[*conf.Node] {
	return func(yield func(*conf.Node) bool) {
		s.each(s.cfg.Number(name), yield)
	}
}

func (s *Scope) each(name Name, yield func(*conf.Node) bool) {
	if name == 0 || s.own&name.bit() == 0 {
		return
	}
	from, to := 0, len(s.heads)
	if s.index != nil {
		e := s.index[name]
		from, to = int(e.first), int(e.end)
	}
	for i := from; i < to; i++ {
		if s.heads[i].Name == name && !yield(&s.Node.Children[i]) {
			return
		}
	}
}

// Foreign reports whether there is a directive at the level that open source nginx
// does not have, of which nobody knows what it does.
func (s *Scope) Foreign() bool { return s.foreign }

// extent is the range of children that holds all those of one name.
type extent struct{ first, end int32 }

// openRun notes that a run of children of one name begins with the i-th, and
// closeRun that it ends before it.
func (s *Scope) openRun(name Name, i int) {
	if name == 0 {
		return
	}
	s.own |= name.bit()
	if s.index != nil {
		if _, ok := s.index[name]; !ok {
			s.index[name] = extent{first: int32(i)}
		}
	}
}

func (s *Scope) closeRun(name Name, i int) {
	if s.index == nil {
		return
	}
	if e, ok := s.index[name]; ok {
		e.end = int32(i)
		s.index[name] = e
	}
}

// Position is the level's index in [Config.Scopes], to keep what belongs to it in a
// slice.
func (s *Scope) Position() int { return int(s.pos) }

// Config is the configuration that the level is part of.
func (s *Scope) Config() *Config { return s.cfg }

// Name is the level's block, such as http or location.
func (s *Scope) Name() string {
	if s.Node == nil || s.Node.Directive == nil {
		return "main"
	}
	return s.Node.Name
}

// label is the level with what tells it from its siblings.
func (s *Scope) label() string {
	name := s.Name()
	arg := ""
	switch name {
	case "server":
		if n := s.Own("server_name"); n != nil {
			arg = n.Arg(0)
		} else if n := s.Own("listen"); n != nil {
			arg = n.Arg(0)
		}
	case "location", "if", "limit_except":
		arg = strings.Join(s.Node.Values(), " ")
	case "upstream":
		arg = s.Node.Arg(0)
	}
	if arg == "" {
		return name
	}
	return name + "[" + arg + "]"
}

// Path is the way to the level from outside in, such as
// http/server[example.org]/location[/api]. That of the main level is "".
func (s *Scope) Path() string {
	if s.Parent == nil {
		return ""
	}
	if outer := s.Parent.Path(); outer != "" {
		return outer + "/" + s.label()
	}
	return s.label()
}

// Inside returns all levels inside s at any depth, in document order.
func (s *Scope) Inside() []*Scope { return s.cfg.Scopes[s.pos+1 : s.end] }

// Levels yields the levels right inside s, in document order.
func (s *Scope) Levels() iter.Seq[*Scope] {
	return func(yield func(*Scope) bool) {
		for i := s.pos + 1; i < s.end; {
			in := s.cfg.Scopes[i]
			if !yield(in) {
				return
			}
			i = in.end
		}
	}
}

// Contains reports whether o is s or inside it.
func (s *Scope) Contains(o *Scope) bool {
	return o != nil && o.cfg == s.cfg && s.pos <= o.pos && o.pos < s.end
}

// Stream reports whether the level is stream{} or inside it.
func (s *Scope) Stream() bool {
	return s.Context.Has(nginx.Stream | nginx.StreamServer | nginx.StreamUpstream)
}

// Location returns the nearest location that s is or is in, or nil.
func (s *Scope) Location() *Scope {
	for ; s != nil; s = s.Parent {
		if s.Context == nginx.Location {
			return s
		}
	}
	return nil
}

// Modifier is the modifier of a location: "", =, ^~, ~ or ~*; "@" for a named
// one, where Pattern is the name with its @; "$" for one that a variable chooses,
// where Pattern is that variable. A modifier may be written without a blank before
// the pattern (ngx_http_core_location, src/http/ngx_http_core_module.c).
func (s *Scope) Modifier() string { return s.modifier }

// Pattern is the prefix, regular expression or name of a location.
func (s *Scope) Pattern() string { return s.pattern }

// choosesByVariable is the release since which "location $variable" is for requests
// for which the variable is neither empty nor "0"; it is a prefix before, which no
// path begins with.
var choosesByVariable = nginx.V(1, 31, 5)

func locationOf(n *conf.Node, version nginx.Version) (modifier, pattern string) {
	if len(n.Args) >= 2 {
		return n.Arg(0), n.Arg(1)
	}
	arg := n.Arg(0)
	switch {
	case strings.HasPrefix(arg, "^~"), strings.HasPrefix(arg, "~*"):
		return arg[:2], arg[2:]
	case strings.HasPrefix(arg, "="), strings.HasPrefix(arg, "~"):
		return arg[:1], arg[1:]
	case strings.HasPrefix(arg, "@"):
		return "@", arg
	case strings.HasPrefix(arg, "$") && !version.Before(choosesByVariable):
		return "$", arg
	}
	return "", arg
}

// ScopeOf returns the level that a node stands in: that of the nearest block
// around it which is one. It is nil for nodes of other trees.
func (c *Config) ScopeOf(n *conf.Node) *Scope {
	for p := n.Parent; p != nil; p = p.Parent {
		if s := c.Inner(p); s != nil {
			return s
		}
	}
	return nil
}

// Inner returns the level inside the block n, nil for a block that is none.
func (c *Config) Inner(n *conf.Node) *Scope {
	c.indexNodes.Do(func() {
		c.byNode = make(map[*conf.Node]*Scope, len(c.Scopes))
		for _, s := range c.Scopes {
			c.byNode[s.Node] = s
		}
	})
	return c.byNode[n]
}
