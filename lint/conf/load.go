package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Options say how [Load] reads.
type Options struct {
	// FS is where everything is read from; nil is the disk.
	FS FS
	// Grammar helps to mend broken files; it may be nil.
	Grammar Grammar
	// Infer tells which blocks to put around a file that begins with these
	// directives, outermost first; nothing for a whole configuration. Nil puts
	// none around any.
	Infer func(top []*Directive) []string
	// Context, if not nil, is used in place of Infer for files that are named.
	Context []string
	// ContextOf tells what to put around a file that no root includes, in place
	// of Infer; nil where it does not know. It may be nil itself.
	ContextOf func(*File) []string
	// Roots are the absolute paths of whole configurations: a file that one of
	// them includes is read from there, and a directory that holds some means
	// these.
	Roots []string
	// Prefix maps absolute paths of includes to where the files lie, and Renamed
	// runs of names in them to others. Dumps know neither.
	Prefix, Renamed []Mapping
	// Dir is the absolute working directory, which paths are shown relative to.
	Dir string
	// Deployed says that paths in the configuration mean the paths of FS: it
	// is that of the very machine, or a dump.
	Deployed bool
	// Doubt leaves files aside that are named, but that no configuration
	// includes and that by their content are some other program's.
	Doubt bool
}

// ErrNothing is returned by [Load] for a directory without configuration files.
var ErrNothing = errors.New("no nginx configuration found")

// Load reads the configurations that paths mean. A directory means the
// nginx.conf in it or, without one, every configuration in it that no other
// includes. A file means itself, or a configuration above it that includes it.
// A file that holds the output of "nginx -T" means the files in it.
//
// The error says what could not be read at all; what is wrong inside the files
// is in the trees.
func Load(paths []string, o Options) (*Set, error) {
	if o.FS == nil {
		o.FS = Disk{}
	}
	l := &loader{Options: o, files: map[string]*File{}, fails: map[string]error{}}
	set := &Set{}
	var errs []error
	for _, p := range paths {
		trees, err := l.load(p, set.Trees)
		if err != nil {
			errs = append(errs, err)
		}
		set.Trees = append(set.Trees, trees...)
	}
	set.Others = l.others
	return set, errors.Join(append(errs, l.locked...)...)
}

// load returns the trees of one path, without those that are there already.
func (l *loader) load(path string, have []*Tree) ([]*Tree, error) {
	abs := path
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(l.Dir, path)
	}
	info, err := l.FS.Stat(abs)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if info.IsDir() {
		return l.directory(abs, path, have)
	}
	f, err := l.read(abs, l.show(abs))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if isDump(f.Text) {
		return l.dump(f)
	}
	if l.Context == nil {
		if trees, err := l.rootsOf([]*File{f}, have); err != nil || len(trees) > 0 {
			return trees, err
		}
	}
	if reached(have, f) {
		return nil, nil
	}
	if len(l.context(f)) > 0 || l.Context == nil && !isRoot(f) {
		if t := l.above(abs, f); t != nil {
			return []*Tree{t}, nil
		}
	}
	if l.Doubt && l.told(f) == nil && !looksLikeNginx(f) && !l.knows(f) {
		l.others = append(l.others, f.Path)
		return nil, nil
	}
	t, err := l.tree(f, filepath.Dir(abs))
	return []*Tree{t}, err
}

// tree is the tree of a file that stands alone.
func (l *loader) tree(f *File, prefix string) (*Tree, error) {
	return l.expand(f, prefix, l.context(f))
}

// told is what the user says stands around a file, nil for nothing.
func (l *loader) told(f *File) []string {
	switch {
	case l.Context != nil:
		return l.Context
	case l.ContextOf != nil:
		return l.ContextOf(f)
	}
	return nil
}

// context is what to put around a file that stands alone.
func (l *loader) context(f *File) []string {
	if told := l.told(f); told != nil {
		return told
	}
	if l.Infer != nil {
		return l.Infer(f.Directives)
	}
	return nil
}

// unreadable says which path cannot be read and why.
func unreadable(path string, err error) error {
	return fmt.Errorf("cannot read %q: %w", path, reason(err))
}

// isRoot reports whether a file can only be a whole configuration.
func isRoot(f *File) bool {
	return slices.ContainsFunc(f.Directives, func(d *Directive) bool {
		return d.IsBlock && (d.Name == "http" || d.Name == "events" || d.Name == "stream" || d.Name == "mail")
	})
}

// reached reports whether a file is part of a tree.
func reached(trees []*Tree, f *File) bool {
	return slices.ContainsFunc(trees, func(t *Tree) bool { return slices.Contains(t.Files, f) })
}

// maxAbove is how many folders are searched upwards for a root.
const maxAbove = 8

// above finds a configuration in the folders above a file that includes it. The
// search ends at the folder of a checkout, or of an installed nginx.
func (l *loader) above(abs string, f *File) *Tree {
	if l.Context != nil {
		return nil
	}
	dir := filepath.Dir(abs)
	for range maxAbove {
		for _, name := range []string{"nginx.conf", "nginx/nginx.conf", "conf/nginx.conf"} {
			root := filepath.Join(dir, name)
			if root == abs || !exists(l.FS, root) {
				continue
			}
			r, err := l.read(root, l.show(root))
			if err != nil || !isRoot(r) {
				continue
			}
			if t, err := l.expand(r, filepath.Dir(root), nil); err == nil && slices.Contains(t.Files, f) {
				return t
			}
		}
		if exists(l.FS, filepath.Join(dir, ".git")) || slices.Contains(installs, dir) || dir == filepath.Dir(dir) {
			return nil
		}
		dir = filepath.Dir(dir)
	}
	return nil
}

// show is how a path is told to people: relative to the working directory where
// it lies below it.
func (l *loader) show(path string) string {
	if l.Dir != "" {
		if rel, err := filepath.Rel(l.Dir, path); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return rel
		}
	}
	return path
}

// directory returns the trees of a directory.
func (l *loader) directory(abs, path string, have []*Tree) ([]*Tree, error) {
	if told := l.rootsBelow(abs); len(told) > 0 && l.Context == nil {
		return l.each(told, have)
	}
	root := filepath.Join(abs, "nginx.conf")
	if info, err := l.FS.Stat(root); err == nil && !info.IsDir() {
		return l.load(root, have)
	}
	found, err := l.find(abs)
	if err != nil {
		return nil, unreadable(path, err)
	}
	trees, err := l.roots(found, have)
	if err == nil && len(trees) == 0 && !slices.ContainsFunc(found, func(f *File) bool { return reached(have, f) }) {
		err = fmt.Errorf("%w in %q", ErrNothing, path)
	}
	return trees, err
}

// each returns the trees of several files.
func (l *loader) each(paths []string, have []*Tree) ([]*Tree, error) {
	var out []*Tree
	var errs []error
	for _, p := range paths {
		trees, err := l.load(p, slices.Concat(have, out))
		out, errs = append(out, trees...), append(errs, err)
	}
	return out, errors.Join(errs...)
}

// roots makes trees of files, each file in one tree at least: whole
// configurations first, then fragments that nothing else includes.
func (l *loader) roots(found []*File, have []*Tree) ([]*Tree, error) {
	var trees []*Tree
	var errs []error
	if l.Context == nil {
		told, err := l.rootsOf(found, have)
		trees, errs = append(trees, told...), append(errs, err)
	}
	add := func(f *File) {
		t, err := l.tree(f, filepath.Dir(f.Real))
		errs = append(errs, err)
		trees = append(trees, t)
	}
	for _, f := range found {
		if isRoot(f) && !reached(have, f) && !reached(trees, f) {
			add(f)
		}
	}
	var rest []*File
	for _, f := range found {
		if !reached(have, f) && !reached(trees, f) {
			rest = append(rest, f)
		}
	}
	included := map[*File]bool{}
	fragments := make([]*Tree, len(rest))
	for i, f := range rest {
		t, err := l.tree(f, filepath.Dir(f.Real))
		errs = append(errs, err)
		fragments[i] = t
		for _, g := range t.Files[1:] {
			included[g] = true
		}
	}
	for i, f := range rest {
		if !included[f] {
			trees = append(trees, fragments[i])
		}
	}
	for i, f := range rest { // only a cycle leaves files over
		if !reached(trees, f) {
			trees = append(trees, fragments[i])
		}
	}
	return trees, errors.Join(errs...)
}

// skipped are folders that hold no configuration of the project's own.
var skipped = map[string]bool{"node_modules": true, "vendor": true, "__pycache__": true, "venv": true}

// find reads the configuration files below a directory, in order of their paths.
func (l *loader) find(dir string) ([]*File, error) {
	entries, err := l.FS.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []*File
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.IsDir() {
			if !strings.HasPrefix(e.Name(), ".") && !skipped[e.Name()] {
				below, err := l.find(path)
				if errors.Is(err, fs.ErrPermission) {
					l.lock(path, err)
				} else if err != nil {
					return out, err
				}
				out = append(out, below...)
			}
			continue
		}
		if f := l.sniff(path); f != nil && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, nil
}

// sniff reads a file of a directory if its name allows a configuration of nginx
// and its content is one.
func (l *loader) sniff(path string) *File {
	if !mayBeConfiguration(path) {
		return nil
	}
	f, err := l.read(path, l.show(path))
	if errors.Is(err, fs.ErrPermission) {
		l.lock(path, err)
	}
	if err != nil || !looksLikeNginx(f) {
		return nil
	}
	return f
}

// lock records, once, that what a directory holds cannot be read.
func (l *loader) lock(path string, err error) {
	told := fmt.Errorf("cannot read %q: %w", l.show(path), reason(err))
	if !slices.ContainsFunc(l.locked, func(e error) bool { return e.Error() == told.Error() }) {
		l.locked = append(l.locked, told)
	}
}

// mayBeConfiguration judges a file by its name.
func mayBeConfiguration(path string) bool {
	base := strings.ToLower(filepath.Base(path))
	if strings.HasPrefix(base, ".") || strings.HasSuffix(base, "~") {
		return false
	}
	for _, ext := range []string{".conf", ".nginx", ".vhost", ".nginxconf"} {
		if strings.HasSuffix(base, ext) {
			return true
		}
	}
	switch filepath.Base(filepath.Dir(path)) {
	case "sites-enabled", "sites-available":
		return filepath.Ext(base) == "" || isDomain(base)
	case "conf.d", "http.d", "snippets", "vhosts", "sites":
		return filepath.Ext(base) == ""
	}
	ours := strings.Contains(strings.ToLower(path), "nginx")
	if isTemplateName(base) {
		return ours || strings.Contains(base, ".conf")
	}
	ext := filepath.Ext(base)
	return ours && (ext == "" || ext == ".d")
}

// leftovers are endings of files that editors, package managers and people leave
// beside the ones they were made from. Those with more than letters, such as
// ".dpkg-old", are no domains anyway. The hooks for pre-commit leave out the same.
var leftovers = []string{
	".bak", ".backup", ".old", ".orig", ".save", ".swp", ".disabled", ".off", ".sample", ".example", ".dist", ".new", ".tmp",
	".rpmnew", ".rpmsave", ".md", ".txt", ".sh", ".py", ".pem", ".key", ".crt", ".json", ".yml", ".yaml",
}

// isDomain reports whether a file of sites-available is named as people name
// them there: by the site's domain.
func isDomain(base string) bool {
	ext := filepath.Ext(base)
	return len(ext) > 2 && strings.Trim(ext[1:], "abcdefghijklmnopqrstuvwxyz") == "" && !slices.Contains(leftovers, ext)
}

// looksLikeNginx judges a file by its content: other programs use the same
// names and other languages.
func looksLikeNginx(f *File) bool {
	ours := strings.Contains(strings.ToLower(f.Path), "nginx")
	for _, d := range f.Directives {
		if !d.IsBlock {
			continue
		}
		switch d.Name {
		case "http", "events", "stream", "mail", "server", "types":
			// FreeRADIUS and BIND have a "server" with a name.
			if ours || len(d.Args) == 0 {
				return true
			}
		case "upstream", "location", "map", "geo", "split_clients":
			return true
		}
	}
	return len(f.Problems) == 0 && len(f.Directives) > 0 && ours
}

// knows reports whether most of a file's statements are ones that nginx knows.
// Blocks have been judged before, and other programs have an "include" as well.
func (l *loader) knows(f *File) bool {
	known, all := 0, 0
	for _, d := range f.Directives {
		if d.Name == "include" {
			continue
		}
		all++
		if !d.IsBlock && l.Grammar != nil && l.Grammar.Shape(d.Name).Simple {
			known++
		}
	}
	return 2*known > all
}

// Text returns the tree of a configuration that is in no file, such as standard
// input; name is shown in place of a path. Relative includes start at Dir.
func Text(name string, src []byte, o Options) (*Tree, error) {
	if o.FS == nil {
		o.FS = Disk{}
	}
	l := &loader{Options: o, files: map[string]*File{}, fails: map[string]error{}}
	f, err := Parse(name, src, o.Grammar)
	if err != nil {
		return nil, &InternalError{Err: err}
	}
	if isDump(f.Text) {
		trees, err := l.dump(f)
		if err != nil {
			return nil, err
		}
		return trees[0], nil
	}
	return l.tree(f, o.Dir)
}
