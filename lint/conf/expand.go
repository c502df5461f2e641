package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
)

// loader reads files, each once, and expands includes.
type loader struct {
	Options

	files map[string]*File // by real path
	fails map[string]error
	// locked says which files of directories may hold a configuration and
	// cannot be read.
	locked []error
	// fromRoots holds the trees of the roots that were told, nil before they are read.
	fromRoots []*Tree
	// others are what Doubt leaves aside.
	others []string
}

// read returns the parsed file at path. shown is how people are told of it.
func (l *loader) read(path, shown string) (*File, error) {
	real, err := l.FS.Real(path)
	if err != nil {
		return nil, err
	}
	if f := l.files[real]; f != nil {
		return f, nil
	}
	if err := l.fails[real]; err != nil {
		return nil, err
	}
	f, err := l.parse(path, shown, real)
	if err != nil {
		l.fails[real] = err
		return nil, err
	}
	l.files[real] = f
	return f, nil
}

func (l *loader) parse(path, shown, real string) (*File, error) {
	src, err := l.FS.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f, err := Parse(shown, src, l.Grammar)
	if err != nil {
		return nil, &InternalError{Err: err}
	}
	f.Real = real
	return f, nil
}

// InternalError is a failure of the parser itself, never of its input.
type InternalError struct{ Err error }

func (e *InternalError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *InternalError) Unwrap() error { return e.Err }

// expander builds one tree.
type expander struct {
	*loader
	tree     *Tree
	prefix   string // relative includes start here: the root file's directory
	deployed bool   // the root file lies where nginx reads it: paths mean this machine
	copied   *bool  // isCopy, once it was asked for
	// once says that a file is read where it is included first, and nowhere else.
	once  bool
	seen  map[*File]bool
	found map[*Directive][]*File // what includes lead to
	same  map[string][]*File     // the same by what they name, where all is well
	told  map[telling]bool
	nodes slab[Node]
	items []item // of the body at hand
	count int
	full  bool
	over  *Problem // that there are too many directives
	deep  bool     // that blocks nest too deep was told
	err   error
}

// telling is a problem with an include directive, which is told once however
// many ways lead there.
type telling struct {
	kind ProblemKind
	d    *Directive
}

// expand makes a tree of a root file and its surrounding context. Where includes
// multiply the directives beyond all bounds, each file's own are kept once.
func (l *loader) expand(root *File, prefix string, context []string) (*Tree, error) {
	e := l.expander(root, prefix, context)
	e.run()
	if e.over == nil {
		return e.tree, e.err
	}
	e.over.Message = fmt.Sprintf("includes expand to more than %d directives: each file is only read where it is included first", MaxNodes)
	problems := []Problem{*e.over}
	e = l.expander(root, prefix, context)
	e.once, e.tree.Problems = true, problems
	e.run()
	if e.over != nil {
		e.over.Message = fmt.Sprintf("more than %d directives in all files: the rest is not read", MaxNodes)
		e.tree.Problems = append(e.tree.Problems, *e.over)
	}
	e.tree.Incomplete = true
	return e.tree, e.err
}

func (l *loader) expander(root *File, prefix string, context []string) *expander {
	deployed := l.Deployed || underInstall(prefix)
	return &expander{
		loader: l, prefix: prefix, deployed: deployed,
		seen: map[*File]bool{}, found: map[*Directive][]*File{}, same: map[string][]*File{}, told: map[telling]bool{},
		tree: &Tree{
			Root: &Node{}, RootFile: root, Context: context, Told: l.told(root) != nil,
			Incomplete: len(context) > 0, Deployed: deployed,
		},
	}
}

// run reads all there is, or until it is too much.
func (e *expander) run() {
	root := e.tree.RootFile
	e.enter(root)
	at := e.tree.Root
	for _, name := range e.tree.Context {
		around := &Directive{Name: name, IsBlock: true, Inside: &Inside{Block: root.Directives}}
		at.Children = []Node{{Directive: around, Parent: at}}
		at = &at.Children[0]
	}
	e.fill(at, root.Directives, nil, 0)
}

// enter counts a file in, once.
func (e *expander) enter(f *File) {
	if e.seen[f] {
		return
	}
	e.seen[f] = true
	e.tree.Files = append(e.tree.Files, f)
	e.tree.Incomplete = e.tree.Incomplete || f.Template
}

// problem records trouble with an include directive.
func (e *expander) problem(k ProblemKind, d *Directive, via *Inclusion, message, help string) {
	e.tree.Problems = append(e.tree.Problems, problemAt(k, d, via, message, help))
}

func problemAt(k ProblemKind, d *Directive, via *Inclusion, message, help string) Problem {
	p := Problem{Kind: k, File: d.File, Span: d.Head, Message: message, Help: help, Via: via}
	if len(d.Args) > 0 {
		p.Span = d.Args[0].Span
	}
	return p
}

// item is a directive about to become a node.
type item struct {
	d   *Directive
	via *Inclusion
}

// fill makes the children of a node: a body's directives with what they include.
// depth is how many blocks of files are around them.
func (e *expander) fill(n *Node, body []*Directive, via *Inclusion, depth int) {
	if depth > MaxDepth {
		e.tooDeep(n.Directive, via)
		return
	}
	if slices.ContainsFunc(body, isInclude) {
		e.collect(body, via)
		if e.over != nil && !e.once {
			return // the tree is not used
		}
		n.Children = e.nodes.take(len(e.items))
		for i, it := range e.items {
			n.Children[i] = Node{Directive: it.d, Parent: n, Via: it.via}
		}
		e.items = e.items[:0]
	} else {
		body = body[:e.room(body, via)]
		n.Children = e.nodes.take(len(body))
		for i, d := range body {
			n.Children[i] = Node{Directive: d, Parent: n, Via: via}
		}
	}
	for i := range n.Children {
		if c := &n.Children[i]; len(c.Block()) > 0 && e.over == nil {
			e.fill(c, c.Block(), c.Via, depth+1)
		}
	}
}

// tooDeep records, once for the tree, that blocks nest too deep across includes.
func (e *expander) tooDeep(d *Directive, via *Inclusion) {
	if e.deep {
		return
	}
	e.deep, e.tree.Incomplete = true, true
	e.problem(Limit, d, via, fmt.Sprintf("blocks nest more than %d deep here, those around the include counted: what is deeper is not read", MaxDepth), "")
}

// room counts directives, and returns for how many of them there is room.
func (e *expander) room(body []*Directive, via *Inclusion) int {
	n := min(len(body), MaxNodes-e.count)
	e.count += n
	if n < len(body) && e.over == nil {
		p := problemAt(Limit, body[n], via, "", "")
		e.over = &p
	}
	return n
}

func isInclude(d *Directive) bool { return d.Name == "include" && !d.IsBlock && len(d.Args) == 1 }

// collect appends a body's directives to the items, each include followed by its
// files' own.
func (e *expander) collect(body []*Directive, via *Inclusion) {
	for i, d := range body {
		if e.room(body[i:i+1], via) == 0 {
			return
		}
		e.items = append(e.items, item{d, via})
		if isInclude(d) {
			e.include(d, via)
		}
	}
}

// include appends the directives of the files that d includes to the items.
func (e *expander) include(d *Directive, via *Inclusion) {
	if d.Unknown() {
		e.tree.Incomplete = true
		return
	}
	files, ok := e.found[d]
	if !ok {
		files = e.files(d, via)
		e.found[d] = files
	}
	if via.depth() >= MaxIncludeDepth {
		e.tree.Incomplete = true
		e.tellOnce(Limit, d, via, fmt.Sprintf("includes nest more than %d deep here: what is deeper is not read", MaxIncludeDepth), "")
		return
	}
	for _, f := range files {
		if f == e.tree.RootFile || via.reads(f) {
			e.tellOnce(IncludeCycle, d, via, fmt.Sprintf("include cycle: %q includes itself, and nginx reads it again and again until it runs out of files or stack", f.Path),
				"leave this file out of the include")
			continue
		}
		if e.once && e.seen[f] {
			continue
		}
		e.enter(f)
		e.collect(f.Directives, &Inclusion{Include: d, Outer: via, file: f})
	}
	if e.once { // what names the same leads to nothing any more
		e.found[d] = nil
		if _, ok := e.same[d.Args[0].Value]; ok {
			e.same[d.Args[0].Value] = nil
		}
	}
}

// depth is how many includes lead there.
func (v *Inclusion) depth() int {
	n := 0
	for ; v != nil; v = v.Outer {
		n++
	}
	return n
}

// reads reports whether a file is one of those that are being read.
func (v *Inclusion) reads(f *File) bool {
	for ; v != nil; v = v.Outer {
		if v.file == f {
			return true
		}
	}
	return false
}

// files returns what an include leads to, and reports what cannot be read. The
// same name leads to the same files, which there may be many of: where there was
// nothing to report about them, they are looked up once.
func (e *expander) files(d *Directive, via *Inclusion) []*File {
	name := d.Args[0].Value
	if out, ok := e.same[name]; ok {
		return out
	}
	problems := len(e.tree.Problems)
	var out []*File
	for _, p := range e.resolve(d, via) {
		if f := e.open(p, d, via); f != nil {
			out = append(out, f)
		}
	}
	if len(e.tree.Problems) == problems && !e.full {
		e.same[name] = out
	}
	return out
}

// tellOnce records a problem that may be met on many ways.
func (e *expander) tellOnce(k ProblemKind, d *Directive, via *Inclusion, message, help string) {
	if key := (telling{k, d}); !e.told[key] {
		e.told[key] = true
		e.problem(k, d, via, message, help)
	}
}

// open reads one included file, or reports why it cannot be.
func (e *expander) open(path string, d *Directive, via *Inclusion) *File {
	if len(e.seen) >= MaxFiles {
		if !e.full {
			e.full = true
			e.problem(Limit, d, via, fmt.Sprintf("more than %d files are included: the rest is not read", MaxFiles), "")
		}
		e.tree.Incomplete = true
		return nil
	}
	f, err := e.read(path, e.show(path))
	if err == nil {
		return f
	}
	if errors.Is(err, ErrNotRegular) && isDevice(e.FS, path) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) && !e.deployed {
		if target, away := e.leadsAway(path); target != "" {
			return e.open(target, d, via)
		} else if away {
			e.tree.Incomplete = true
			return nil
		}
	}
	e.tree.Incomplete = true
	var internal *InternalError
	switch {
	case errors.As(err, &internal):
		e.err = errors.Join(e.err, err)
	case errors.Is(err, ErrTooLarge):
		e.problem(Limit, d, via, fmt.Sprintf("%q is %v: it is not read", path, ErrTooLarge), "")
	case errors.Is(err, fs.ErrNotExist):
		e.problem(IncludeMissing, d, via, fmt.Sprintf("open() %q failed (2: No such file or directory)", path), "a pattern may match a dangling symbolic link: nginx opens it all the same")
	case errors.Is(err, ErrNotRegular):
		e.problem(IncludeUnreadable, d, via, fmt.Sprintf("%q is not a regular file: nginx cannot read a configuration from it", path), "")
	default:
		e.problem(IncludeUnreadable, d, via, fmt.Sprintf("%q cannot be read: %v", path, reason(err)), "")
	}
	return nil
}

// leadsAway reports whether a path is a link to an absolute path, as links in a
// checkout of /etc/nginx are, and returns the file of the checkout that it means.
func (e *expander) leadsAway(path string) (target string, away bool) {
	fsys, ok := e.FS.(interface{ Readlink(string) (string, error) })
	if !ok {
		return "", false
	}
	to, err := fsys.Readlink(path)
	if err != nil || !filepath.IsAbs(to) {
		return "", false
	}
	for _, p := range e.candidates(to) {
		if p != path && exists(e.FS, p) {
			return p, true
		}
	}
	return "", true
}

// isDevice reports whether a path is a character device such as /dev/null. nginx
// asks for its size, 0, and takes it for an empty file.
func isDevice(fsys FS, path string) bool {
	info, err := fsys.Stat(path)
	return err == nil && info.Mode()&fs.ModeCharDevice != 0
}

// reason is an error without the operation and path that are told anyway.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
