package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/term"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/errorlog"
	"github.com/nginxlint/nginxlint/lint/report"
)

// errorLogs checks --error-log against the rest of the command line.
func (c *command) errorLogs(o *options, r *request) error {
	r.errorLogs = o.errorLogs
	if len(r.errorLogs) == 0 {
		return nil
	}
	if slices.Contains(r.errorLogs, "") {
		return errors.New("--error-log: a path is empty")
	}
	stdin := stdins(r.errorLogs)
	if stdin > 0 && stdins(r.paths) > 0 {
		return errors.New(`standard input can be read once only: "-" is both a log and a configuration`)
	}
	switch {
	case stdin > 1:
		return errors.New(`standard input can be read once only: give one "--error-log -"`)
	case o.demo:
		return errors.New("--demo lints its own example, which has no log")
	}
	for _, out := range r.outputs {
		if _, ok := report.LookupErrorLog(out.format.Name); !ok {
			return fmt.Errorf("--error-log cannot be written as %s: it is text or json", out.format.Name)
		}
	}
	return nil
}

// readErrorLogs reads logs of nginx and leads their lines back to the configuration.
func (c *command) readErrorLogs(r *request) int {
	start := time.Now()
	in := c.loadForLog(r)
	options := c.lintOptions(r, in)
	// Quiet findings and hidden ones may explain a loud line.
	options.MinSeverity, options.NoIgnores, options.Baseline = 0, true, nil
	result := lint.Run(in.set, options)
	var locate func() func(*errorlog.Line, *errorlog.Message) errorlog.Place
	if len(in.set.Trees) > 0 {
		locate = errorlog.NewLocator(result.Configs).Worker
	}
	loaded := time.Now()

	held, errs := errorlog.Read(c.logSources(r.errorLogs), locate)
	held.Explain(r.rules, result.Findings)
	held.Groups = shownGroups(held.Groups, r.min)
	read := time.Now()
	if len(errs) == 0 && held.Lines > 0 && held.Lines == held.Broken {
		errs = append(errs, errors.New("no line is of nginx's error log; is it another log?"))
	}
	errs = append(append(in.errs, result.Errors...), errs...)

	failed := c.reportLogs(r, in, result, report.ErrorLog{Report: held, Errors: errs})
	if r.verbose {
		c.describe(r, in, result)
		c.note("configuration in %v, %d bytes of log in %v (%.0f MB/s)", took(start, loaded), held.Bytes, took(loaded, read), float64(held.Bytes)/1e6/read.Sub(loaded).Seconds())
	}
	if errs = append(errs, failed...); len(errs) > 0 {
		return c.fail(errs...)
	}
	for _, g := range held.Groups {
		if g.Message.Severity >= r.failOn {
			return exitFound
		}
	}
	return exitClean
}

// loadForLog reads the configuration. Without one at hand, the log is read all
// the same.
func (c *command) loadForLog(r *request) *input {
	if len(r.paths)+len(r.settings.Roots) == 0 {
		if _, err := c.defaultPath(r.settings.here); err != nil {
			if !r.quiet {
				c.note("no configuration found: lines are not led back to one; name it after the log")
			}
			return &input{set: &conf.Set{}, fs: c.fs, dir: c.dir}
		}
	}
	return c.load(r)
}

func shownGroups(all []*errorlog.Group, least lint.Severity) []*errorlog.Group {
	var out []*errorlog.Group
	for _, g := range all {
		if g.Message.Severity >= least {
			out = append(out, g)
		}
	}
	return out
}

// logSources are the logs to open. They may be larger than what is read of a
// configuration, and pipes.
func (c *command) logSources(paths []string) []errorlog.Source {
	var out []errorlog.Source
	for _, p := range paths {
		if p == "-" {
			out = append(out, errorlog.Source{Name: stdinName, Open: func() (io.ReadCloser, error) { return io.NopCloser(c.in), nil }})
			continue
		}
		out = append(out, errorlog.Source{Name: p, Open: func() (io.ReadCloser, error) {
			f, err := os.Open(c.abs(p))
			if err != nil {
				return nil, reason(err)
			}
			if why := notReadable(f); why != "" {
				_ = f.Close() // nothing was read
				return nil, errors.New(why)
			}
			return f, nil
		}})
	}
	return out
}

// notReadable says why a file can be no log, "" if it may be one: devices such as
// /dev/zero have no end. Terminals have, and /dev/null is an empty log.
func notReadable(f *os.File) string {
	info, err := f.Stat()
	switch {
	case err != nil:
		return ""
	case info.IsDir():
		return "it is a directory"
	case info.Mode()&os.ModeDevice == 0 || term.IsTerminal(int(f.Fd())):
		return ""
	}
	if null, err := os.Stat(os.DevNull); err == nil && os.SameFile(info, null) {
		return ""
	}
	return "it is a device"
}

// reportLogs writes all outputs.
func (c *command) reportLogs(r *request, in *input, result *lint.Result, held report.ErrorLog) []error {
	nothing := held.Bytes == 0 && len(held.Errors) > 0 // the errors follow
	spare := func(o output) error { return c.spareLogs(r, result, o) }
	return c.writeOutputs(r, in, nothing, spare, func(o output, w io.Writer, options report.Options) error {
		write, _ := report.LookupErrorLog(o.format.Name)
		return write(w, held, options)
	})
}

// spareLogs keeps a report from replacing a log or a configuration that was read.
func (c *command) spareLogs(r *request, result *lint.Result, o output) error {
	for _, p := range r.errorLogs {
		if p != "-" && c.same(p, o.path) {
			return fmt.Errorf("--format %s=%s would replace a log that was read", o.format.Name, o.path)
		}
	}
	return c.spare(r, o, result)
}

// same reports whether two paths lead to one file that is there.
func (c *command) same(a, b string) bool {
	first, err := c.fs.Real(c.abs(a))
	if err != nil {
		return false
	}
	second, err := c.fs.Real(c.abs(b))
	return err == nil && first == second
}
