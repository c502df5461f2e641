package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/lint/report"
)

// writeTemplate writes a configuration file to begin with.
func (c *command) writeTemplate() int {
	have, err := config.In(c.fs, c.dir)
	if err != nil {
		return c.fail(err)
	}
	if have != "" {
		return c.fail(fmt.Errorf("--init: there is a %s already", c.show(have)))
	}
	name := config.DefaultName()
	err = into(c.abs(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, func(w io.Writer) error {
		_, err := io.WriteString(w, config.Template(c.rules))
		return err
	})
	switch {
	case errors.Is(err, fs.ErrExist):
		return c.fail(fmt.Errorf("--init: there is a %s already", name))
	case err != nil:
		return c.fail(writing(name, err))
	}
	return c.print("wrote " + name + "\n")
}

// printConfig prints the settings that hold.
func (c *command) printConfig(o *options, r *request) int {
	s := r.settings
	where := "There is no configuration file; paths count from the working directory."
	if s.Path != "" {
		where = "The configuration file is " + c.show(s.Path) + "; paths count from its folder."
	}
	text := "# " + where + "\n"
	if o.context != "" {
		text += "# --context " + o.context + " counts for the files that are named; no key says the same.\n"
	}
	if code := c.print(text); code != exitClean {
		return code
	}
	if err := config.Print(c.out, &s.File, s.by); err != nil {
		return c.fail(writing("standard output", err))
	}
	return exitClean
}

// misconfigured tells what is wrong in a configuration file, with the lines that
// it is about.
func (c *command) misconfigured(e *config.Error) {
	for _, p := range e.Problems {
		c.note("%s:%d:%d: %s", c.show(e.Path), p.Line, p.Column, p.Message)
		if line, from, to, ok := e.Source(p); ok {
			// There is nowhere to tell of a failure.
			_ = report.Snippet(c.err, line, p.Line, from, to, report.Options{})
		}
	}
}
