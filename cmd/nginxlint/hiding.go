package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// hiding reads the flags about findings that are not to be shown.
func (c *command) hiding(o *options, r *request) error {
	r.noIgnores, r.reportOnly = o.noIgnores, o.reportOnly
	if err := c.onlyLinting(o); err != nil {
		return err
	}
	if o.addIgnores != "" {
		if err := lint.CheckReason(o.addIgnores); err != nil {
			return fmt.Errorf("--add-ignores: %w", err)
		}
		r.addIgnores = o.addIgnores
	}
	switch {
	case o.addIgnores != "" && o.noIgnores:
		return errors.New("--add-ignores and --no-ignores exclude each other")
	case o.addIgnores != "" && o.writeBaseline != "":
		return errors.New("--add-ignores and --write-baseline both hide every finding: give one of them")
	case o.addIgnores != "" && slices.Contains(r.paths, "-"):
		return errors.New("--add-ignores writes into files: standard input is none")
	case o.addIgnores != "" && o.demo:
		return errors.New("--add-ignores writes into files: the example of --demo is built in")
	case o.reportOnly && len(r.paths) == 0:
		return errors.New("--report-only reports what is in the files named: name one")
	case o.reportOnly && o.writeBaseline != "":
		return errors.New("--write-baseline with --report-only would lose what it knows of other files")
	}
	return c.baselines(o, r)
}

// onlyLinting keeps these flags from those that do something else than linting.
func (c *command) onlyLinting(o *options) error {
	given := o.instead()
	if len(given) == 0 || o.printConfig {
		return nil
	}
	instead := given[0]
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--add-ignores", o.addIgnores != ""},
		{"--baseline", o.baseline != ""},
		{"--no-baseline", o.noBaseline},
		{"--write-baseline", o.writeBaseline != ""},
		{"--report-only", o.reportOnly},
		{"--no-ignores", o.noIgnores && instead != "--effective"},
	} {
		if f.given {
			return fmt.Errorf("%s is about findings: it has no meaning with %s", f.name, instead)
		}
	}
	return nil
}

// named tells the files that the paths of a run name, or that lie below them:
// all files of a dump, of course.
func (c *command) named(r *request, in *input) func(*conf.File) bool {
	files, folders := in.targets(r)
	dumped := map[*conf.File]bool{}
	for _, t := range in.set.Trees {
		for _, f := range t.Files {
			dumped[f] = dumped[f] || t.Dump
		}
	}
	return func(f *conf.File) bool {
		return dumped[f] || files[f.Real] || slices.ContainsFunc(folders, func(dir string) bool {
			rel, err := filepath.Rel(dir, f.Real)
			return err == nil && filepath.IsLocal(rel)
		})
	}
}

// targets are the real paths of the files and folders that a run was given.
func (in *input) targets(r *request) (files map[string]bool, folders []string) {
	files = map[string]bool{}
	for _, p := range in.paths {
		if p == "-" {
			if p = r.stdinFilename; p == "" {
				files[stdinName] = true
				continue
			}
		}
		if !filepath.IsAbs(p) {
			p = filepath.Join(in.dir, p)
		}
		target, err := in.fs.Real(p)
		if err != nil {
			continue // it could not be read, and that is told
		}
		if info, err := in.fs.Stat(target); err == nil && info.IsDir() {
			folders = append(folders, target)
		} else {
			files[target] = true
		}
	}
	return files, folders
}

// tellHidden notes, on standard error, what a report cannot show.
func (c *command) tellHidden(r *request, in *input, result *lint.Result) {
	if r.quiet {
		return
	}
	for _, path := range in.set.Others {
		c.note("%q is left aside: no configuration includes it, and it does not look like nginx's", path)
	}
	if n := result.Hidden.ElsewhereFatal; n > 0 {
		c.note("%s in files that were not named: lint without --report-only for all", count(n, "error that keeps nginx from starting is", "errors that keep nginx from starting are"))
	}
	c.tellStale(r, result)
}

// count is a number with its noun and verb.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
