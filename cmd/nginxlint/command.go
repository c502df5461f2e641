package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/term"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/rules"
)

// Exit codes.
const (
	exitClean  = 0 // nothing at or above --fail-on
	exitFound  = 1 // findings at or above --fail-on
	exitFailed = 2 // could not do its job
)

// command is nginxlint with everything around it that it can touch.
type command struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	// dir is the absolute working directory.
	dir string
	fs  conf.FS
	// system is the configuration that is linted where no path is given.
	system string
	rules  []*lint.Rule
	// terminal tells the width of the terminal that out is, if it is one.
	terminal func() (width int, ok bool)
	now      func() time.Time
}

// newCommand returns the command as the process runs it.
func newCommand() *command {
	ignoreBrokenPipes()
	// Without a working directory, absolute paths still work.
	dir, _ := os.Getwd()
	return &command{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		env: os.Getenv, dir: dir, fs: conf.Disk{}, system: "/etc/nginx", rules: rules.All(), now: time.Now,
		terminal: func() (int, bool) {
			fd := int(os.Stdout.Fd())
			if !term.IsTerminal(fd) {
				return 0, false
			}
			width, _, err := term.GetSize(fd)
			if err != nil {
				width = 0
			}
			return width, true
		},
	}
}

// run does what the arguments say and returns the exit code.
func (c *command) run(args []string) (code int) {
	defer func() {
		if v := recover(); v != nil {
			code = c.fail(fmt.Errorf("internal error, please report it at https://%s/issues: %v", lint.Home, v))
		}
	}()
	o, err := parse(args)
	if err != nil {
		return c.fail(err)
	}
	switch {
	case o.help:
		return c.print(help())
	case o.version:
		return c.print(buildInfo())
	case o.man:
		return c.print(c.manual())
	case o.completion != "":
		script, err := c.completion(o.completion)
		if err != nil {
			return c.fail(err)
		}
		return c.print(script)
	}
	if err := o.modes(); err != nil {
		return c.fail(err)
	}
	switch {
	case o.printSchema:
		return c.print(string(config.Schema(c.rules)))
	case o.initConfig:
		return c.writeTemplate()
	}
	r, err := c.request(o)
	if err != nil {
		return c.fail(err)
	}
	switch {
	case o.explain != "":
		return c.explain(o, r)
	case o.listRules:
		return c.listRules(r)
	case o.printConfig:
		return c.printConfig(o, r)
	case o.effective != "":
		return c.effective(o, r)
	}
	if len(r.errorLogs) > 0 {
		return c.readErrorLogs(r)
	}
	return c.lint(r)
}

// fail tells what went wrong on standard error.
func (c *command) fail(errs ...error) int {
	for _, err := range errs {
		// The reader of standard output has gone: nobody wants to know.
		if errors.Is(err, syscall.EPIPE) {
			continue
		}
		var file *config.Error
		if errors.As(err, &file) {
			c.misconfigured(file)
			continue
		}
		c.note("%s", strings.TrimRight(err.Error(), "\n"))
	}
	return exitFailed
}

// note writes a line to standard error. There is nowhere to tell of a failure.
func (c *command) note(format string, args ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		_, _ = fmt.Fprintln(c.err, "nginxlint: "+line)
	}
}

// print writes text to standard output.
func (c *command) print(text string) int {
	if _, err := io.WriteString(c.out, text); err != nil {
		return c.fail(writing("standard output", err))
	}
	return exitClean
}
