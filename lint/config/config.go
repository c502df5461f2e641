package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// File is what a configuration file says. The zero File says nothing.
type File struct {
	// Path is the file itself, "" where there is none, and Dir the folder that
	// its relative paths and globs count from; both are absolute.
	Path, Dir string

	Target Target
	// Roots are absolute paths.
	Roots []string
	// Prefix maps absolute folders of nginx configurations to absolute ones
	// here, Include names in paths of includes to others.
	Prefix, Include []conf.Mapping
	// Select and Ignore are words for [lint.Select]; nil where they are not there.
	Select, Ignore []string
	Severity       []RuleLevel
	// FailOn and MinSeverity are words; "" where they are not there.
	FailOn, MinSeverity string
	Options             []OptionValue
	Paths               []PathRules
	Contexts            []ContextRule
	Directives          []*nginx.Directive
	// Baseline is an absolute path, or "".
	Baseline string

	lines map[string]int
}

// Target is the nginx that a configuration is for.
type Target struct {
	Version nginx.Version
	Flavour nginx.Flavour
}

// RuleLevel is how loud the findings of a rule are; 0 is off.
type RuleLevel struct {
	Rule  *lint.Rule
	Level lint.Severity
}

// OptionValue is the value of a rule's option.
type OptionValue struct {
	Rule   *lint.Rule
	Option *lint.Option
	// Text is the value as it is written, Value what the rule gets.
	Text  string
	Value int64
}

// PathRules say what is different in the files that match a glob.
type PathRules struct {
	Glob string
	// Line is the line that the glob stands on.
	Line int
	// Select and Ignore are words for [lint.Select]; nil where they are not there.
	Select, Ignore []string
	Severity       []RuleLevel
}

// ContextRule says what stands around the fragments that match a glob.
type ContextRule struct {
	Glob string
	// Line is the line that the glob stands on.
	Line   int
	Blocks []string
}

// Line is the line that a key of the file stands on, 0 if it is not there.
func (f *File) Line(key string) int { return f.lines[key] }

// names are the files that are looked for.
var names = []string{".nginxlint.yaml", ".nginxlint.yml"}

// DefaultName is what a new configuration file is called.
func DefaultName() string { return names[0] }

// Find looks for a configuration file in a folder and those above it, up to the
// root of the repository. It returns "" if there is none.
func Find(fsys conf.FS, dir string) (string, error) {
	for {
		path, err := In(fsys, dir)
		if path != "" || err != nil {
			return path, err
		}
		if _, err := fsys.Stat(filepath.Join(dir, ".git")); err == nil || dir == filepath.Dir(dir) {
			return "", nil
		}
		dir = filepath.Dir(dir)
	}
}

// In returns the configuration file that a folder holds, or "".
func In(fsys conf.FS, dir string) (string, error) {
	var found []string
	for _, name := range names {
		path := filepath.Join(dir, name)
		switch _, err := fsys.Stat(path); {
		case err == nil:
			found = append(found, path)
		case errors.Is(err, fs.ErrPermission) && exists(fsys, dir):
			return "", fmt.Errorf("cannot read the configuration file %q: %w", path, reason(err))
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%q holds both %s: keep one of them", dir, strings.Join(names, " and "))
}

func exists(fsys conf.FS, path string) bool {
	_, err := fsys.Stat(path)
	return err == nil
}

// Limits on what is read.
const (
	maxFile = 256 << 10
	// maxVisits is how many values are looked at, those behind aliases each time.
	maxVisits = 50_000
	// maxProblems is how many problems of one file are told.
	maxProblems = 50
)

// Load reads the configuration file at an absolute path. What is wrong in it is
// an [*Error].
func Load(fsys conf.FS, path string, rules []*lint.Rule) (*File, error) {
	info, err := fsys.Stat(path)
	var src []byte
	switch {
	case err != nil:
	case info.IsDir():
		err = conf.ErrNotRegular
	case info.Size() <= maxFile:
		src, err = fsys.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the configuration file %q: %w", path, reason(err))
	}
	if info.Size() > maxFile || len(src) > maxFile {
		return nil, fmt.Errorf("cannot read the configuration file %q: larger than %d KiB", path, maxFile>>10)
	}
	return Decode(src, path, fsys, rules)
}

// Decode reads the text of the configuration file at an absolute path. Files and
// folders that it names must be there; a nil file system looks for none.
func Decode(src []byte, path string, fsys conf.FS, rules []*lint.Rule) (*File, error) {
	d := &decoder{source: newSource(src), dir: filepath.Dir(path), fs: fsys}
	f := &File{Path: path, Dir: d.dir, lines: map[string]int{}}
	if top := d.parse(src); top != nil {
		decodeFile(d, top, rules, f)
	}
	if len(d.problems) > 0 {
		return nil, &Error{Path: path, Problems: d.problems, source: d.source}
	}
	return f, nil
}

// reason is an error without the operation and path that are told anyway.
func reason(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}
