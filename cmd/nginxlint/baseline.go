package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
)

// maxStale is how many stale entries of a baseline are named.
const maxStale = 10

// baselines reads --write-baseline, and the baseline that --baseline or the
// configuration file names.
func (c *command) baselines(o *options, r *request) error {
	r.writeBaseline = o.writeBaseline
	switch {
	case o.baseline == "-" || o.writeBaseline == "-":
		return errors.New("a baseline is a file: - is none")
	case o.noBaseline && o.baseline != "":
		return errors.New("--no-baseline and --baseline exclude each other")
	case o.writeBaseline != "":
		if o.baseline != "" && c.abs(o.baseline) != c.abs(o.writeBaseline) {
			return errors.New("--baseline and --write-baseline name different files: what is written has all findings, known or not")
		}
		return nil // it is written anew
	}
	path := r.settings.Baseline
	if path == "" || len(o.instead()) > 0 {
		return nil
	}
	name := o.baseline
	if name == "" {
		name = c.show(path)
	}
	text, err := c.fs.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot read the baseline %q: no such file: --write-baseline %s writes it", name, name)
	}
	if err != nil {
		return fmt.Errorf("cannot read the baseline %q: %w", name, reason(err))
	}
	b, err := lint.ParseBaseline(text, c.baselineHome(path))
	if err != nil {
		return fmt.Errorf("cannot read the baseline %q: %w", name, err)
	}
	r.baseline, r.baselineFile = b, name
	return nil
}

// baselineHome is where a baseline's paths count from.
func (c *command) baselineHome(path string) lint.BaselineHome {
	dir := filepath.Dir(path)
	if target, err := c.fs.Real(dir); err == nil {
		dir = target
	}
	return lint.BaselineHome{Dir: dir, Root: checkout(c.fs, dir)}
}

// saveBaseline writes all findings, which are known from then on.
func (c *command) saveBaseline(r *request, in *input, result *lint.Result) error {
	if len(result.Errors) > 0 {
		return fmt.Errorf("the run is incomplete: %q is not written", r.writeBaseline)
	}
	path := c.abs(r.writeBaseline)
	if c.isInput(path, result) {
		return fmt.Errorf("--write-baseline %s would replace a configuration that was linted", r.writeBaseline)
	}
	if err := c.replaceable(path, r); err != nil {
		return err
	}
	b := lint.NewBaseline(result.Findings, c.baselineHome(path))
	text, err := b.Encode()
	if err != nil {
		return err
	}
	err = replace(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return writing(fmt.Sprintf("%q", r.writeBaseline), err)
	}
	known := result.Accept()
	if !r.quiet {
		c.note("%s written to %s", count(known, "finding", "findings"), in.show(path))
		if n := len(result.Findings); n > 0 {
			c.note("%s no baseline hides: mend what %s", count(n, "finding that", "findings that"), "is reported")
		}
	}
	return nil
}

// replaceable checks that nothing but a baseline is replaced, and that flags do
// not keep a run from finding again what it knows.
func (c *command) replaceable(path string, r *request) error {
	text, err := c.fs.ReadFile(path)
	if err != nil || len(text) == 0 {
		return nil // not there, or writing it will fail, too
	}
	if !lint.IsBaseline(text) {
		return fmt.Errorf("--write-baseline %s would replace a file that is no baseline", r.writeBaseline)
	}
	old, err := lint.ParseBaseline(text, c.baselineHome(path))
	if err != nil || r.everyRule {
		return nil
	}
	for _, known := range old.Entries() {
		rule, err := lint.Find(c.rules, known.Rule)
		if err == nil && !slices.Contains(r.rules, rule) {
			return fmt.Errorf("--write-baseline with --select or --ignore would lose what %s knows of other rules, such as %s", r.writeBaseline, known.Rule)
		}
	}
	return nil
}

// isInput reports whether a path is that of a configuration that was read.
func (c *command) isInput(path string, result *lint.Result) bool {
	target, err := c.fs.Real(path)
	if err != nil {
		return false // not there: nothing can be lost
	}
	for _, f := range result.Files {
		if f.Real == target {
			return true
		}
	}
	return false
}

// tellStale names the entries of the baseline that match nothing any more.
func (c *command) tellStale(r *request, result *lint.Result) {
	n := len(result.Stale)
	if n == 0 {
		return
	}
	c.note("%s: to be dropped with --write-baseline %s",
		count(n, "entry of the baseline matches nothing any more", "entries of the baseline match nothing any more"), r.baselineFile)
	for i, k := range result.Stale {
		if i == maxStale {
			c.note("  and %d more", n-i)
			break
		}
		block := ""
		if k.Block != "" {
			block = " in " + k.Block
		}
		c.note("  %s: %s%s [%s]", k.File, k.Text, block, k.Rule)
	}
}
