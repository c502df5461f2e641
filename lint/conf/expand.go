package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
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
	seen     map[*File]bool
	found    map[*Directive][]*File // what includes lead to
	told     map[telling]bool
	nodes    slab[Node]
	count    int
	full     bool
	err      error
}

// telling is a problem with an include directive, which is told once however
// many ways lead there.
type telling struct {
	kind ProblemKind
	d    *Directive
}

// level is one file's part of the include trail while it is expanded.
type level struct {
	via   *Inclusion
	file  *File
	outer *level
	depth int
}

// expand makes a tree of a root file and its surrounding context.
func (l *loader) expand(root *File, prefix string, context []string) (*Tree, error) {
	e := &expander{
		loader: l, prefix: prefix, deployed: l.Deployed || underInstall(prefix),
		seen: map[*File]bool{}, found: map[*Directive][]*File{}, told: map[telling]bool{},
		tree: &Tree{Root: &Node{}, RootFile: root, Context: context, Told: l.told(root) != nil, Incomplete: len(context) > 0},
	}
	e.tree.Deployed = e.deployed
	e.enter(root)
	at := e.tree.Root
	for _, name := range context {
		at.Children = []Node{{Directive: &Directive{Name: name, IsBlock: true}, Parent: at}}
		at = &at.Children[0]
		at.Block = root.Directives
	}
	e.fill(at, root.Directives, &level{file: root})
	return e.tree, e.err
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
func (e *expander) problem(k ProblemKind, d *Directive, lv *level, message, help string) {
	p := Problem{Kind: k, File: d.File, Span: d.Head, Message: message, Help: help, Via: lv.via}
	if len(d.Args) > 0 {
		p.Span = d.Args[0].Span
	}
	e.tree.Problems = append(e.tree.Problems, p)
}

// item is a directive about to become a node.
type item struct {
	d  *Directive
	lv *level
}

// fill makes the children of a node: a body's directives with what they include.
func (e *expander) fill(n *Node, body []*Directive, lv *level) {
	items := make([]item, 0, len(body))
	items = e.collect(items, body, lv)
	n.Children = e.nodes.take(len(items))
	for i, it := range items {
		n.Children[i] = Node{Directive: it.d, Parent: n, Via: it.lv.via}
	}
	for i, it := range items {
		if len(it.d.Block) > 0 {
			e.fill(&n.Children[i], it.d.Block, it.lv)
		}
	}
}

// collect appends a body's directives, each include followed by its files' own.
func (e *expander) collect(items []item, body []*Directive, lv *level) []item {
	for _, d := range body {
		if e.count++; e.count > MaxNodes {
			if !e.full {
				e.full = true
				e.tree.Incomplete = true
				e.problem(Limit, d, lv, fmt.Sprintf("includes expand to more than %d directives: the rest is not read", MaxNodes), "")
			}
			return items
		}
		items = append(items, item{d, lv})
		if d.Name == "include" && !d.IsBlock && len(d.Args) == 1 {
			items = e.include(items, d, lv)
		}
	}
	return items
}

// include appends the directives of the files that d includes.
func (e *expander) include(items []item, d *Directive, lv *level) []item {
	if d.Unknown() {
		e.tree.Incomplete = true
		return items
	}
	files, ok := e.found[d]
	if !ok {
		files = e.files(d, lv)
		e.found[d] = files
	}
	if lv.depth+1 > MaxIncludeDepth {
		e.tree.Incomplete = true
		e.once(Limit, d, lv, fmt.Sprintf("includes nest more than %d deep here: what is deeper is not read", MaxIncludeDepth), "")
		return items
	}
	via := &Inclusion{Include: d, Outer: lv.via}
	for _, f := range files {
		if lv.reads(f) {
			e.once(IncludeCycle, d, lv, fmt.Sprintf("include cycle: %q includes itself, and nginx reads it again and again until it runs out of files or stack", f.Path),
				"leave this file out of the include")
			continue
		}
		e.enter(f)
		items = e.collect(items, f.Directives, &level{via: via, file: f, outer: lv, depth: lv.depth + 1})
	}
	return items
}

// files returns what an include leads to, and reports what cannot be read.
func (e *expander) files(d *Directive, lv *level) []*File {
	var out []*File
	for _, p := range e.resolve(d, lv) {
		if f := e.open(p, d, lv); f != nil {
			out = append(out, f)
		}
	}
	return out
}

// once records a problem that may be met on many ways.
func (e *expander) once(k ProblemKind, d *Directive, lv *level, message, help string) {
	if key := (telling{k, d}); !e.told[key] {
		e.told[key] = true
		e.problem(k, d, lv, message, help)
	}
}

// reads reports whether this level or an outer one reads f already.
func (lv *level) reads(f *File) bool {
	for ; lv != nil; lv = lv.outer {
		if lv.file == f {
			return true
		}
	}
	return false
}

// open reads one included file, or reports why it cannot be.
func (e *expander) open(path string, d *Directive, lv *level) *File {
	if len(e.seen) >= MaxFiles {
		if !e.full {
			e.full = true
			e.problem(Limit, d, lv, fmt.Sprintf("more than %d files are included: the rest is not read", MaxFiles), "")
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
			return e.open(target, d, lv)
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
		e.problem(Limit, d, lv, fmt.Sprintf("%q is %v: it is not read", path, ErrTooLarge), "")
	case errors.Is(err, fs.ErrNotExist):
		e.problem(IncludeMissing, d, lv, fmt.Sprintf("open() %q failed (2: No such file or directory)", path), "a pattern may match a dangling symbolic link: nginx opens it all the same")
	case errors.Is(err, ErrNotRegular):
		e.problem(IncludeUnreadable, d, lv, fmt.Sprintf("%q is not a regular file: nginx cannot read a configuration from it", path), "")
	default:
		e.problem(IncludeUnreadable, d, lv, fmt.Sprintf("%q cannot be read: %v", path, reason(err)), "")
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
