package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// stdinName is how standard input is shown.
const stdinName = "<stdin>"

// input is what one run reads.
type input struct {
	set   *conf.Set
	fs    conf.FS
	dir   string
	paths []string
	errs  []error
}

// load reads what the request names. What cannot be read is in errs, and does
// not keep the rest from being read.
func (c *command) load(r *request) *input {
	in := &input{set: &conf.Set{}, fs: c.fs, dir: c.dir, paths: r.paths}
	if r.demo {
		in.fs, in.dir, in.paths = demoFS(), "/", []string{"demo"}
	}
	if roots := r.settings.Roots; len(in.paths) == 0 && len(roots) > 0 {
		for _, root := range roots {
			in.paths = append(in.paths, c.show(root))
		}
		if !r.quiet {
			c.note("no path given: linting %s, by %s", strings.Join(in.paths, ", "), r.settings.by("roots"))
		}
	}
	if len(in.paths) == 0 {
		path, err := c.defaultPath(r.settings.here)
		if err != nil {
			in.errs = append(in.errs, err)
			return in
		}
		if !r.quiet {
			c.note("no path given: linting %s", path)
		}
		in.paths = []string{path}
	}
	paths, stdin := c.split(r, in)
	o := conf.Options{
		FS: in.fs, Grammar: lint.Grammar(), Infer: model.InferContext, Context: r.context, Dir: in.dir, Doubt: r.reportOnly,
		ContextOf: r.settings.ContextOf(in.fs, in.dir), Roots: r.settings.Roots, Prefix: r.settings.Prefix, Renamed: r.settings.Include,
	}
	if stdin != nil {
		tree, err := conf.Text(stdinName, stdin, o)
		if err != nil {
			in.errs = append(in.errs, fmt.Errorf("cannot read standard input: %w", err))
		} else {
			in.set.Trees = append(in.set.Trees, tree)
		}
	}
	in.loadPaths(c, paths, o)
	return in
}

// split tells standard input from the paths. As the unsaved text of a file it
// is that file's content from here on.
func (c *command) split(r *request, in *input) (paths []string, stdin []byte) {
	for _, p := range in.paths {
		if p != "-" {
			paths = append(paths, p)
			continue
		}
		name := r.stdinFilename
		text, err := c.readStdin(name != "")
		if err != nil {
			in.errs = append(in.errs, err)
			continue
		}
		if name == "" {
			stdin = text
			continue
		}
		if info, err := c.fs.Stat(c.abs(name)); err == nil && info.IsDir() {
			in.errs = append(in.errs, fmt.Errorf("--stdin-filename: %q is a directory", name))
			continue
		}
		in.fs = conf.Overlay{Base: c.fs, Files: map[string][]byte{c.abs(name): text}}
		paths = append(paths, name)
	}
	return paths, stdin
}

func (in *input) loadPaths(c *command, paths []string, o conf.Options) {
	there := paths
	if in.dir == c.dir {
		var errs []error
		there, errs = c.existing(in.fs, paths)
		in.errs = append(in.errs, errs...)
	}
	if len(there) == 0 {
		return
	}
	set, err := conf.Load(there, o)
	in.set.Trees = append(in.set.Trees, set.Trees...)
	in.set.Others = set.Others
	if err != nil {
		in.errs = append(in.errs, unwrap(err)...)
	}
}

// unwrap returns the errors that were joined to one.
func unwrap(err error) []error {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		return joined.Unwrap()
	}
	return []error{err}
}

// readStdin reads standard input. An empty one, or one with nothing but nginx's
// own complaints, comes from a command before the pipe that failed: silence
// would hide that. An editor's buffer may well be empty.
func (c *command) readStdin(isBuffer bool) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(c.in, conf.MaxFileSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read standard input: %w", reason(err))
	case len(text) > conf.MaxFileSize:
		return nil, fmt.Errorf("cannot read standard input: %w", conf.ErrTooLarge)
	case isBuffer:
		return text, nil
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("nothing to lint: standard input is empty")
	case onlyMessages(string(text)):
		return nil, fmt.Errorf("nothing to lint: standard input holds messages of nginx and no configuration:\n%s", bytes.TrimSpace(text))
	}
	return text, nil
}

// onlyMessages reports whether a text holds nothing but what nginx says about
// a configuration, as "nginx -T 2>&1" does where there is an error in it.
func onlyMessages(text string) bool {
	for line := range strings.Lines(text) {
		if s := strings.TrimSpace(line); s != "" && !strings.HasPrefix(s, "nginx: ") {
			return false
		}
	}
	return true
}
