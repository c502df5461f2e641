package conf

import (
	"path/filepath"
	"slices"
	"strings"
)

// Mapping says that what one path means is found at another.
type Mapping struct{ From, To string }

// mapped returns where an absolute path of a configuration lies by the mappings
// of prefixes, of which the longest that fits counts.
func mapped(prefixes []Mapping, path string) (string, bool) {
	best := Mapping{}
	for _, m := range prefixes {
		if within(path, m.From) && len(m.From) > len(best.From) {
			best = m
		}
	}
	if best.From == "" {
		return "", false
	}
	return filepath.Join(best.To, strings.TrimPrefix(path, best.From)), true
}

// renamed returns a path with runs of its names replaced, each once, in the
// order of the mappings.
func renamed(names []Mapping, path string) string {
	const sep = string(filepath.Separator)
	for _, m := range names {
		parts, from := strings.Split(path, sep), strings.Split(m.From, sep)
		for i := 0; i+len(from) <= len(parts); i++ {
			if slices.Equal(parts[i:i+len(from)], from) {
				path = strings.Join(slices.Replace(parts, i, i+len(from), strings.Split(m.To, sep)...), sep)
				break
			}
		}
	}
	return path
}

// rootsOf returns the trees of the roots that were told which are, or include,
// one of the files; those that are there already are left out.
func (l *loader) rootsOf(files []*File, have []*Tree) ([]*Tree, error) {
	if l.fromRoots == nil {
		for _, path := range l.Roots {
			root, err := l.read(path, l.show(path))
			if err != nil {
				return nil, unreadable(l.show(path), err)
			}
			t, err := l.tree(root, filepath.Dir(path))
			if err != nil {
				return nil, err
			}
			l.fromRoots = append(l.fromRoots, t)
		}
	}
	var out []*Tree
	for _, t := range l.fromRoots {
		there := slices.ContainsFunc(have, func(h *Tree) bool { return h.RootFile == t.RootFile })
		if !there && slices.ContainsFunc(files, func(f *File) bool { return slices.Contains(t.Files, f) }) {
			out = append(out, t)
		}
	}
	return out, nil
}

// rootsBelow are the roots that were told which lie in a folder.
func (l *loader) rootsBelow(dir string) []string {
	var out []string
	for _, path := range l.Roots {
		if within(path, dir) {
			out = append(out, path)
		}
	}
	return out
}
