package conf

import "strings"

// Arg is one word of a directive, its name included.
type Arg struct {
	// Value is the word as nginx sees it: without quotes, escapes decoded.
	Value string
	// Span is the word in the file, quotes included.
	Span Span
	// Quote is ' or " for a quoted word, else 0.
	Quote byte
	// Unknown says that a template engine fills in (part of) the value, so
	// that nothing can be said about it.
	Unknown bool
}

// Directive is one statement as it is written in a file.
type Directive struct {
	// Name is the directive's name.
	Name string
	// File is where it is written; nil for the blocks that stand in for the
	// missing surroundings of a fragment.
	File *File
	// Args are the words after the name. Parentheses of an "if" stay as written.
	Args []Arg
	// NameSpan is the name, Head the name and all arguments, Span the whole
	// statement with its terminator or block.
	NameSpan, Head, Span Span
	// Inside is what stands between the braces, nil where nothing does: few
	// directives have any, and there may be millions of directives.
	Inside *Inside
	// IsBlock says that the directive has a { } body.
	IsBlock bool
	// NameUnknown says that a template engine fills in (part of) the name.
	NameUnknown bool

	// traits are those of the words, once they are known: most questions about a
	// directive need not look at its words then.
	traits traits
}

// Inside is what stands between the braces of a directive.
type Inside struct {
	// Block holds the directives, before includes.
	Block []*Directive
	// Body is the source text of a *_by_lua_block, without its braces.
	Body Span
}

// Block returns the directives written between the braces, before includes.
func (d *Directive) Block() []*Directive {
	if d.Inside == nil {
		return nil
	}
	return d.Inside.Block
}

// Body returns the source text of a *_by_lua_block, without its braces; else
// an empty span.
func (d *Directive) Body() Span {
	if d.Inside == nil {
		return Span{}
	}
	return d.Inside.Body
}

// traits are what may be asked of all words of a directive.
type traits uint8

const (
	traitsKnown traits = 1 << iota
	hasUnknown         // a template engine fills in a part of one
	hasDollar          // there is a dollar sign in an argument
)

// wordTraits are the traits of a directive.
func (d *Directive) wordTraits() traits {
	if d.traits != 0 {
		return d.traits
	}
	t := traitsKnown
	if d.NameUnknown {
		t |= hasUnknown
	}
	for i := range d.Args {
		if d.Args[i].Unknown {
			t |= hasUnknown
		}
		if strings.IndexByte(d.Args[i].Value, '$') >= 0 {
			t |= hasDollar
		}
	}
	return t
}

// Arg returns the value of the i-th argument, counted from 0, or "".
func (d *Directive) Arg(i int) string {
	if i < 0 || i >= len(d.Args) {
		return ""
	}
	return d.Args[i].Value
}

// Values returns the values of all arguments.
func (d *Directive) Values() []string {
	out := make([]string, len(d.Args))
	for i := range d.Args {
		out[i] = d.Args[i].Value
	}
	return out
}

// Unknown reports whether a template engine fills in any part of the head.
func (d *Directive) Unknown() bool { return d.wordTraits()&hasUnknown != 0 }

// Dollar reports whether there is a dollar sign in an argument, and so may be a
// variable.
func (d *Directive) Dollar() bool { return d.wordTraits()&hasDollar != 0 }

// Introduction is what stands before a block's body: the head and the opening
// brace, with what is between them. Without a block it is the whole statement.
func (d *Directive) Introduction() Span {
	if !d.IsBlock || d.File == nil {
		return d.Span
	}
	if body := d.Body(); body != (Span{}) {
		return Span{d.Span.Start, body.Start}
	}
	text := d.File.Text[:d.Span.End]
	for i := int(d.Head.End); i < len(text); i++ {
		switch text[i] {
		case ' ', '\t', '\r', '\n':
		case '#':
			n := strings.IndexByte(text[i:], '\n')
			if n < 0 {
				return d.Head
			}
			i += n
		case '{':
			return Span{d.Span.Start, int32(i + 1)}
		default:
			return d.Head
		}
	}
	return d.Head
}

// Text is the directive's head with words separated by one blank: the same for
// the same statement however it is laid out.
func (d *Directive) Text() string {
	var b strings.Builder
	b.WriteString(d.Name)
	for i := range d.Args {
		b.WriteByte(' ')
		b.WriteString(d.Args[i].Value)
	}
	return b.String()
}

// Node is a directive at one place where it takes effect. A directive of a file
// that is included twice is two nodes.
type Node struct {
	// Directive is what is written; for [Tree.Root] it is nil.
	*Directive
	// Parent is the enclosing block's node, nil for [Tree.Root].
	Parent *Node
	// Children are the directives in effect in the block, includes expanded.
	// The include directives themselves stay in, before what they include.
	Children []Node
	// Via is how the file was reached: nil in the root file.
	Via *Inclusion
}

// Inclusion is one step of an include trail.
type Inclusion struct {
	// Include is the include directive.
	Include *Directive
	// Outer is how that directive's own file was reached, nil for the root.
	Outer *Inclusion

	file *File // that is reached
}

// Child returns the first child of that name, or nil.
func (n *Node) Child(name string) *Node {
	for i := range n.Children {
		if n.Children[i].Name == name {
			return &n.Children[i]
		}
	}
	return nil
}

// All yields the children of that name in order.
func (n *Node) All(name string) func(yield func(*Node) bool) {
	return func(yield func(*Node) bool) {
		for i := range n.Children {
			if n.Children[i].Name == name && !yield(&n.Children[i]) {
				return
			}
		}
	}
}
