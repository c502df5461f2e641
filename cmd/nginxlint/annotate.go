package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// annotate writes the comments of --add-ignores, and reports whether a file was
// changed. What cannot be written is told, and reported as any finding.
func (c *command) annotate(r *request, in *input, result *lint.Result) (changed bool) {
	ours := c.named(r, in)
	outside := map[string]int{}
	findings := slices.DeleteFunc(slices.Clone(result.Findings), func(f lint.Finding) bool {
		if f.Rule.Firm || f.Place.File == nil || ours(f.Place.File) && !in.dumped(f.Place.File) {
			return false
		}
		outside[f.Place.File.Path]++
		return true
	})
	notes, left, err := lint.Annotate(findings, r.addIgnores)
	if err != nil {
		result.Errors = append(result.Errors, err)
		return false
	}
	for _, a := range notes {
		if err := c.rewrite(a); err != nil {
			in.errs = append(in.errs, err)
			result.Errors = append(result.Errors, err)
			continue
		}
		changed = true
		c.tell(r, "%s: %s for %s", a.File.Path, count(a.Comments, "comment added", "comments added"), count(a.Findings, "finding", "findings"))
	}
	for _, f := range result.Files {
		if n := outside[f.Path]; n > 0 {
			c.tell(r, "%s: left as it is with %s, for it is not below what was named", f.Path, count(n, "finding", "findings"))
		}
	}
	if left > 0 {
		c.tell(r, "%s", count(left, "finding cannot be hidden by a comment", "findings cannot be hidden by comments"))
	}
	return changed
}

// dumped reports whether a file is one of those in the output of "nginx -T".
func (in *input) dumped(f *conf.File) bool {
	return slices.ContainsFunc(in.set.Trees, func(t *conf.Tree) bool { return t.Dump && slices.Contains(t.Files, f) })
}

// tell notes what was done, unless only findings are wanted.
func (c *command) tell(r *request, format string, args ...any) {
	if !r.quiet {
		c.note(format, args...)
	}
}

// rewrite gives a file its new text, if it still is what was read.
func (c *command) rewrite(a lint.Annotation) error {
	text, err := c.fs.ReadFile(a.File.Real)
	switch {
	case err != nil:
	case !bytes.Equal(text, []byte(a.File.Text)):
		err = errors.New("it has changed since it was read")
	default:
		err = replace(a.File.Real, func(w io.Writer) error {
			_, err := io.WriteString(w, a.Text)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("cannot add comments to %q: %w", a.File.Path, reason(err))
	}
	return nil
}
