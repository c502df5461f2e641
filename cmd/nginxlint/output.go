package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nginxlint/nginxlint/lint/report"
)

// output is a format and where it goes to.
type output struct {
	format report.Format
	path   string // "" is standard output
}

// formatNames lists the formats for people.
func formatNames() string { return strings.Join(formats(), ", ") }

func formats() []string {
	var names []string
	for _, f := range report.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// outputs reads the values of --format. The terminal gets text unless another
// format is for it.
func outputs(values []string) ([]output, error) {
	var out []output
	var onTerminal string
	files := map[string]bool{}
	for _, v := range values {
		name, path, toFile := strings.Cut(v, "=")
		if err := choice("format", name, formats()); err != nil {
			return nil, err
		}
		f, _ := report.Lookup(name)
		switch {
		case toFile && path == "":
			return nil, fmt.Errorf("--format: %q names no file", v)
		case !toFile || path == "-":
			if onTerminal != "" {
				return nil, fmt.Errorf("--format: both %s and %s are for standard output: give one a file, as in %s=FILE", onTerminal, name, name)
			}
			onTerminal, path = name, ""
		case files[filepath.Clean(path)]:
			return nil, fmt.Errorf("--format: two formats are for the file %q", path)
		default:
			files[filepath.Clean(path)] = true
		}
		out = append(out, output{f, path})
	}
	if onTerminal == "" {
		text, _ := report.Lookup("text")
		out = append([]output{{text, ""}}, out...)
	}
	return out, nil
}

// writing is an error of writing to something.
func writing(to string, err error) error {
	return fmt.Errorf("cannot write to %s: %w", to, reason(err))
}

// reason is an error without the operation and path that are told anyway.
func reason(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// write sends what render writes to an output.
func (c *command) write(o output, render func(io.Writer) error) error {
	if o.path == "" {
		if err := render(c.out); err != nil {
			return writing("standard output", err)
		}
		return nil
	}
	if err := replace(c.abs(o.path), render); err != nil {
		return writing(fmt.Sprintf("%q", o.path), err)
	}
	return nil
}

// replace gives a file its new content, all of it or none: another program
// never sees half a report. What is no regular file is written to as it is.
func replace(path string, render func(io.Writer) error) (err error) {
	var old fs.FileInfo
	switch info, err := os.Stat(path); {
	case err == nil && !info.Mode().IsRegular():
		return into(path, os.O_WRONLY, render)
	case err == nil:
		old = info
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	temp := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%s.%d.tmp", filepath.Base(path), os.Getpid()))
	defer func() {
		if err != nil && !errors.Is(err, fs.ErrExist) {
			_ = os.Remove(temp) // the first error counts
		}
	}()
	if err := into(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, render); err != nil {
		return err
	}
	if old != nil {
		keepOwner(temp, old)
		if err := os.Chmod(temp, old.Mode().Perm()); err != nil {
			return err
		}
	}
	return os.Rename(temp, path)
}

// into writes to a file that is opened so. A new one may be read and written by
// all, less the umask.
func into(path string, flag int, render func(io.Writer) error) error {
	f, err := os.OpenFile(path, flag, 0o666)
	if err != nil {
		return err
	}
	if err := render(f); err != nil {
		_ = f.Close() // the first error counts
		return err
	}
	return f.Close()
}
