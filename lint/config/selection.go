package config

import (
	"errors"
	"path/filepath"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// Selection is which rules run, and how loud their findings are where.
type Selection struct {
	Rules []*lint.Rule
	// Level is for [lint.Options]; nil where nothing is different from the rules'
	// own severities.
	Level func(*lint.Rule, *conf.File, lint.Severity) lint.Severity
}

// ErrNoRule is returned by [File.Selection] where no rule is left.
var ErrNoRule = errors.New("select and ignore leave no rule to run")

// Selection chooses among all rules. What the file says of paths counts for the
// files of a configuration whose paths are shown relative to dir.
func (f *File) Selection(all []*lint.Rule, fsys conf.FS, dir string) (Selection, error) {
	general, err := chosen(all, f.Select, f.Ignore, f.Severity)
	if err != nil {
		return Selection{}, err
	}
	run := slices.Clone(general)
	l := levelling{file: f, tree: newTree(f.Dir, fsys, dir), general: set(general), byFile: map[*conf.File]fileLevels{}}
	for _, p := range f.Paths {
		var selected []*lint.Rule
		if p.Select != nil {
			if selected, err = chosen(all, p.Select, nil, nil); err != nil {
				return Selection{}, err
			}
		}
		ignored, err := ignored(all, p.Ignore, p.Severity)
		if err != nil {
			return Selection{}, err
		}
		l.paths = append(l.paths, pathLevels{p, selected, ignored})
		run = append(run, selected...)
	}
	s := Selection{Rules: slices.DeleteFunc(slices.Clone(all), func(r *lint.Rule) bool { return !slices.Contains(run, r) })}
	if len(s.Rules) == 0 {
		return s, ErrNoRule
	}
	if len(f.Severity)+len(f.Paths) > 0 {
		s.Level = l.level
	}
	return s, nil
}

// chosen are the rules that words and levels leave. An empty list selects none.
func chosen(all []*lint.Rule, selected, ignored []string, levels []RuleLevel) ([]*lint.Rule, error) {
	if selected != nil && len(selected) == 0 {
		return nil, nil
	}
	return lint.Select(all, selected, slices.Concat(ignored, switchedOff(levels)))
}

// ignored are the rules that words and levels take away.
func ignored(all []*lint.Rule, words []string, levels []RuleLevel) (map[*lint.Rule]bool, error) {
	rules, err := lint.Meant(all, slices.Concat(words, switchedOff(levels)))
	return set(rules), err
}

func switchedOff(levels []RuleLevel) []string {
	var out []string
	for _, l := range levels {
		if l.Level == 0 {
			out = append(out, l.Rule.ID)
		}
	}
	return out
}

func set(rules []*lint.Rule) map[*lint.Rule]bool {
	out := make(map[*lint.Rule]bool, len(rules))
	for _, r := range rules {
		out[r] = true
	}
	return out
}

// pathLevels are the rules that count in the files of a glob.
type pathLevels struct {
	PathRules
	selected []*lint.Rule
	ignored  map[*lint.Rule]bool
}

// levelling decides on findings. It is used by one goroutine at a time.
type levelling struct {
	file    *File
	tree    tree
	general map[*lint.Rule]bool
	paths   []pathLevels
	byFile  map[*conf.File]fileLevels
}

// fileLevels are the rules that count in one file, and the severities that are
// not their own.
type fileLevels struct {
	active   map[*lint.Rule]bool
	severity map[*lint.Rule]lint.Severity
}

func (l *levelling) level(r *lint.Rule, f *conf.File, s lint.Severity) lint.Severity {
	levels, ok := l.byFile[f]
	if !ok {
		levels = l.of(f)
		l.byFile[f] = levels
	}
	if !levels.active[r] {
		return 0
	}
	if other, ok := levels.severity[r]; ok {
		return other
	}
	return s
}

// of goes through the globs in their order: later ones count more.
func (l *levelling) of(f *conf.File) fileLevels {
	out := fileLevels{map[*lint.Rule]bool{}, map[*lint.Rule]lint.Severity{}}
	for r := range l.general {
		out.active[r] = true
	}
	out.set(l.file.Severity)
	for _, p := range l.paths {
		if !l.tree.matches(p.Glob, f) {
			continue
		}
		if p.Select != nil {
			out.active = set(p.selected)
		}
		for r := range p.ignored {
			delete(out.active, r)
		}
		out.set(p.Severity)
	}
	return out
}

func (l *fileLevels) set(levels []RuleLevel) {
	for _, level := range levels {
		if level.Level != 0 {
			l.severity[level.Rule] = level.Level
		}
	}
}

// ContextOf is for [conf.Options]: what the file says of the surroundings of a
// fragment, nil where it says nothing of any.
func (f *File) ContextOf(fsys conf.FS, dir string) func(*conf.File) []string {
	if len(f.Contexts) == 0 {
		return nil
	}
	t := newTree(f.Dir, fsys, dir)
	return func(file *conf.File) []string {
		for _, c := range slices.Backward(f.Contexts) {
			if t.matches(c.Glob, file) {
				return c.Blocks
			}
		}
		return nil
	}
}

// Idle is a glob that no file matches.
type Idle struct {
	Glob string
	// Line is the line of the configuration file that it stands on.
	Line int
}

// Idle are the globs of the file that none of some files matches, in order of their
// lines. The paths of the files are shown relative to dir.
func (f *File) Idle(files []*conf.File, fsys conf.FS, dir string) []Idle {
	var out []Idle
	for _, p := range f.Paths {
		out = append(out, Idle{p.Glob, p.Line})
	}
	for _, c := range f.Contexts {
		out = append(out, Idle{c.Glob, c.Line})
	}
	if len(out) == 0 {
		return nil
	}
	t := newTree(f.Dir, fsys, dir)
	out = slices.DeleteFunc(out, func(glob Idle) bool {
		return slices.ContainsFunc(files, func(file *conf.File) bool { return t.matches(glob.Glob, file) })
	})
	slices.SortStableFunc(out, func(a, b Idle) int { return a.Line - b.Line })
	return out
}

// tree is the folder that globs count from.
type tree struct {
	dirs []string // as it is written, and without symbolic links
	cwd  string   // what paths are shown relative to
}

func newTree(dir string, fsys conf.FS, cwd string) tree {
	t := tree{dirs: []string{dir}, cwd: cwd}
	if resolved, err := fsys.Real(dir); err == nil && resolved != dir {
		t.dirs = append(t.dirs, resolved)
	}
	return t
}

// matches reports whether a file, by its path or by the one that links lead to,
// matches a glob.
func (t tree) matches(glob string, f *conf.File) bool {
	path := f.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(t.cwd, path)
	}
	for _, p := range []string{path, f.Real} {
		for _, dir := range t.dirs {
			rel, err := filepath.Rel(dir, p)
			if err != nil || !filepath.IsLocal(rel) {
				continue
			}
			if ok, _ := doublestar.Match(glob, filepath.ToSlash(rel)); ok { // the glob has been checked
				return true
			}
		}
	}
	return false
}
