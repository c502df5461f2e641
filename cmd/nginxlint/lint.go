package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/report"
)

// lint reads, checks and reports.
func (c *command) lint(r *request) int {
	start := time.Now()
	in := c.load(r)
	loaded := time.Now()
	result := lint.Run(in.set, c.lintOptions(r, in))
	result.Errors = append(in.errs, result.Errors...)
	if r.addIgnores != "" && c.annotate(r, in, result) {
		in = c.load(r)
		result = lint.Run(in.set, c.lintOptions(r, in))
		result.Errors = append(in.errs, result.Errors...)
	}
	if r.writeBaseline != "" {
		if err := c.saveBaseline(r, in, result); err != nil {
			result.Errors = append(result.Errors, err)
		}
	}
	checked := time.Now()

	errs := c.report(r, in, result)
	c.tellHidden(r, in, result)
	written := time.Now()
	if r.verbose {
		c.describe(r, in, result)
		c.note("read in %v, checked in %v, written in %v", took(start, loaded), took(loaded, checked), took(checked, written))
	}
	if r.demo && !r.quiet {
		c.note("this was a built-in example; try \"nginxlint /etc/nginx\", or \"nginxlint --explain %s\"", example(result))
	}
	if errs = append(result.Errors, errs...); len(errs) > 0 {
		return c.fail(errs...)
	}
	for i := range result.Findings {
		if result.Findings[i].Severity >= r.failOn {
			return exitFound
		}
	}
	return exitClean
}

// lintOptions are what the request says about linting.
func (c *command) lintOptions(r *request, in *input) lint.Options {
	s := r.settings
	o := lint.Options{
		Rules: r.rules, Known: c.rules, NoIgnores: r.noIgnores, Now: c.now(), Baseline: r.baseline,
		Version: s.Target.Version, Flavour: s.Target.Flavour, Directives: s.Directives,
		Values: s.values(), MinSeverity: r.min, Level: r.level, FS: in.fs,
	}
	if r.reportOnly {
		o.Only = c.named(r, in)
	}
	return o
}

// took is a duration for people.
func took(from, to time.Time) time.Duration { return to.Sub(from).Round(10 * time.Microsecond) }

// example is a rule to explain.
func example(result *lint.Result) string {
	if len(result.Findings) > 0 {
		return result.Findings[0].Rule.ID
	}
	return "syntax"
}

// report writes all outputs.
func (c *command) report(r *request, in *input, result *lint.Result) []error {
	spare := func(o output) error { return c.spare(r, o, result) }
	// Where nothing was read, "no problems" would be a lie, and the errors follow.
	errs := c.writeOutputs(r, in, len(result.Files) == 0, spare, func(o output, w io.Writer, options report.Options) error {
		return o.format.Write(w, result, options)
	})
	if slices.ContainsFunc(r.outputs, func(o output) bool { return o.format.Name == "github" }) {
		errs = append(errs, c.stepSummary(in, result)...)
	}
	return errs
}

// writeOutputs has every output written, text not where it has nothing to say.
// spare tells which file must not be replaced. One that cannot be written does
// not keep the others from being written.
func (c *command) writeOutputs(r *request, in *input, nothing bool, spare func(output) error, write func(output, io.Writer, report.Options) error) []error {
	var errs []error
	for _, o := range r.outputs {
		if nothing && o.format.Name == "text" {
			continue
		}
		options := report.Options{Dir: in.dir, Root: checkout(in.fs, in.dir), Version: currentVersion(), Quiet: r.quiet}
		if o.path == "" {
			options.Color, options.Width = r.color, r.width
		} else if err := spare(o); err != nil {
			errs = append(errs, err)
			continue
		}
		if err := c.write(o, func(w io.Writer) error { return write(o, w, options) }); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// stepSummary adds to the summary of a step of GitHub Actions, if this is one.
func (c *command) stepSummary(in *input, result *lint.Result) []error {
	path := c.env("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	render := func(w io.Writer) error { return report.StepSummary(w, result, report.Options{Dir: in.dir}) }
	if err := into(c.abs(path), os.O_WRONLY|os.O_CREATE|os.O_APPEND, render); err != nil {
		return []error{writing(fmt.Sprintf("GITHUB_STEP_SUMMARY, %q", path), err)}
	}
	return nil
}

// spare keeps a report from replacing what was read, or another report.
func (c *command) spare(r *request, o output, result *lint.Result) error {
	would := fmt.Sprintf("--format %s=%s would replace", o.format.Name, o.path)
	for _, other := range r.outputs {
		if other.path == o.path {
			break
		}
		if other.path != "" && c.same(other.path, o.path) {
			return fmt.Errorf("%s the %s report", would, other.format.Name)
		}
	}
	switch {
	case c.isInput(c.abs(o.path), result):
		return fmt.Errorf("%s a configuration that was linted", would)
	case r.settings.Path != "" && c.same(r.settings.Path, o.path):
		return fmt.Errorf("%s the configuration file", would)
	case r.settings.Baseline != "" && c.same(r.settings.Baseline, o.path),
		r.writeBaseline != "" && c.same(r.writeBaseline, o.path):
		return fmt.Errorf("%s the baseline", would)
	}
	return nil
}
