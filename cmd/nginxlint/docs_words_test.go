package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

var flagSpan = regexp.MustCompile(`^--([a-z][a-z-]*)`)

// flagExists checks that a flag that a sentence speaks of is one.
func flagExists(span string) error {
	m := flagSpan.FindStringSubmatch(span)
	if m == nil {
		return nil
	}
	for _, g := range (&options{}).groups() {
		if g.flags.Lookup(m[1]) != nil {
			return nil
		}
	}
	return errors.New("there is no such flag")
}

var pathSpan = regexp.MustCompile(`^(?:cmd|lint|rules|testdata|\.ci)/[\w./*-]+$`)

// pathExists checks that a file of the repository that a sentence speaks of is
// there.
func (d *docCheck) pathExists(span string) error {
	if !pathSpan.MatchString(span) {
		return nil
	}
	found, err := filepath.Glob(filepath.Join(d.folder.repo, filepath.FromSlash(span)))
	if err == nil && len(found) == 0 {
		err = errors.New("there is no such file")
	}
	return err
}

var envName = regexp.MustCompile(`\bNGINXLINT_[A-Z_]+`)

var knownVariables struct {
	once  sync.Once
	names map[string]bool
}

// variables are the environment variables that programs and scripts of the
// repository name, but for this test.
func variables(repo string) map[string]bool {
	knownVariables.once.Do(func() {
		names := map[string]bool{}
		knownVariables.names = names
		// What cannot be read names nothing, which is then told.
		_ = filepath.WalkDir(repo, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			base := e.Name()
			script := filepath.Base(filepath.Dir(path)) == ".ci"
			if !script && filepath.Ext(base) != ".go" || strings.HasPrefix(base, "docs_") {
				return nil
			}
			source, err := os.ReadFile(path)
			for _, name := range envName.FindAll(source, -1) {
				names[string(name)] = true
			}
			return err
		})
	})
	return knownVariables.names
}
