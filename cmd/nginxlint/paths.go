package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// Limits of the search for an nginx.conf.
const (
	maxSearchDepth   = 8
	maxSearchFolders = 10_000
)

// abs is the absolute path of one that counts from the working directory.
func (c *command) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(c.dir, path)
}

// defaultPath is what is linted where no path is given: the installed nginx's
// configuration or the nearest nginx.conf below the working directory. That one
// counts more where a configuration file speaks of this folder: its settings are
// none for the installed nginx.
func (c *command) defaultPath(spokenOf bool) (string, error) {
	if spokenOf {
		if path, ok := c.nearest(); ok {
			return path, nil
		}
	}
	if _, err := c.fs.Stat(c.system); err == nil {
		return c.system, nil
	}
	if path, ok := c.nearest(); ok {
		return path, nil
	}
	return "", fmt.Errorf("nothing to lint: there is no %s, and no nginx.conf below this folder\n"+
		"name a file or a folder, pipe \"nginx -T\" into \"nginxlint -\", or see it work with --demo", c.system)
}

// nearest is the nearest nginx.conf at or below the working directory.
func (c *command) nearest() (string, bool) {
	path, ok := search(c.fs, c.dir, "nginx.conf")
	if rel, err := filepath.Rel(c.dir, path); ok && err == nil {
		return rel, true
	}
	return path, ok
}

// search finds the nearest file of a name at or below dir, breadth first.
func search(fsys conf.FS, dir, name string) (string, bool) {
	level := []string{dir}
	seen := 0
	for range maxSearchDepth {
		var next []string
		for _, d := range level {
			path := filepath.Join(d, name)
			if info, err := fsys.Stat(path); err == nil && info.Mode().IsRegular() {
				return path, true
			}
		}
		for _, d := range level {
			if seen++; seen > maxSearchFolders {
				return "", false
			}
			entries, err := fsys.ReadDir(d)
			if err != nil {
				continue // what cannot be read holds nothing to find
			}
			for _, e := range entries {
				if e.IsDir() && !passedOver(e.Name()) {
					next = append(next, filepath.Join(d, e.Name()))
				}
			}
		}
		level = next
	}
	return "", false
}

// passedOver reports whether a folder holds nothing of the project's own.
func passedOver(name string) bool {
	return name == ".git" || name == "node_modules" || name == "vendor"
}

// existing splits paths into those that are there and errors about the others.
func (c *command) existing(fsys conf.FS, paths []string) (there []string, errs []error) {
	for _, p := range paths {
		_, err := fsys.Stat(c.abs(p))
		switch {
		case err == nil:
			there = append(there, p)
		case errors.Is(err, fs.ErrNotExist):
			errs = append(errs, c.missing(fsys, p))
		default:
			errs = append(errs, fmt.Errorf("cannot read %q: %w", p, reason(err)))
		}
	}
	return there, errs
}

// missing says that a path is not there, and which one was likely meant.
func (c *command) missing(fsys conf.FS, path string) error {
	err := fmt.Errorf("cannot read %q: no such file or directory", path)
	if near, ok := c.nearPath(fsys, path); ok {
		return fmt.Errorf("%w: did you mean %q?", err, near)
	}
	all := newFlagSet()
	for _, g := range (&options{}).groups() {
		all.AddFlagSet(g.flags)
	}
	if all.Lookup(path) != nil {
		return fmt.Errorf("%w: did you mean \"--%s\"?", err, path)
	}
	return err
}

// nearPath mends a path name by name.
func (c *command) nearPath(fsys conf.FS, path string) (string, bool) {
	sep := string(filepath.Separator)
	at := ""
	if filepath.IsAbs(path) {
		at = sep
	}
	for name := range strings.SplitSeq(strings.Trim(filepath.Clean(path), sep), sep) {
		next := filepath.Join(at, name)
		if _, err := fsys.Stat(c.abs(next)); err != nil {
			entries, err := fsys.ReadDir(c.abs(at))
			if err != nil {
				return "", false
			}
			var names []string
			for _, e := range entries {
				if e.Name() != name { // a link that leads nowhere is not what was meant
					names = append(names, e.Name())
				}
			}
			near, ok := nearest(name, names)
			if !ok {
				return "", false
			}
			next = filepath.Join(at, near)
		}
		at = next
	}
	return at, true
}

// checkout is the real path of the nearest folder from dir upwards that holds a
// .git, or of dir where none does.
func checkout(fsys conf.FS, dir string) string {
	root := dir
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := fsys.Stat(filepath.Join(at, ".git")); err == nil {
			root = at
			break
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	if path, err := fsys.Real(root); err == nil {
		return path
	}
	return root
}
