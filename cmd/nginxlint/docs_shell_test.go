package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// others are the commands besides nginxlint that a page may tell to run. They
// are not run here.
var others = []string{"apt-get", "docker", "git", "go", "nginx", "pip", "pre-commit", "reviewdog"}

// docFolder is a folder that the commands of a page run in: a checkout of its
// own, so that nothing around it is looked at.
type docFolder struct {
	dir  string // absolute
	repo string // the root of this repository
}

// command is nginxlint as a user of the folder has it, without a terminal and
// without an environment.
func (f *docFolder) command() *command {
	c := newCommand()
	c.dir, c.in = f.dir, strings.NewReader("")
	c.system = filepath.Join(f.dir, "etc", "nginx")
	c.env = func(string) string { return "" }
	c.terminal = func() (int, bool) { return 0, false }
	return c
}

// transcript runs the commands of a console block and returns the block as it
// should be.
func (f *docFolder) transcript(block string) (string, error) {
	var out strings.Builder
	for line := range strings.Lines(block) {
		script, ok := strings.CutPrefix(line, "$ ")
		if !ok {
			if out.Len() == 0 {
				return "", errors.New(`a console block begins with "$ " and a command`)
			}
			continue // what the last command has written, which is renewed
		}
		said, err := f.run(script)
		if err != nil {
			return "", err
		}
		out.WriteString(line + said)
	}
	return out.String(), nil
}

// run runs a script that calls nothing but nginxlint and what a shell can do
// itself, and returns what it writes.
func (f *docFolder) run(script string) (string, error) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(script), "")
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	runner, err := interp.New(
		interp.Dir(f.dir), interp.Env(expand.ListEnviron()), interp.StdIO(nil, &out, &out),
		interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return f.exec }),
	)
	if err != nil {
		return "", err
	}
	var status interp.ExitStatus
	if err := runner.Run(context.Background(), file); err != nil && !errors.As(err, &status) {
		return "", err
	}
	said := strings.ReplaceAll(out.String(), f.dir, "/home/me/site")
	said = versionLine.ReplaceAllString(said, "nginxlint: version …, rules: …")
	return tookLine.ReplaceAllString(said, "nginxlint: read in …, checked in …, written in …"), nil
}

// The folder has a name for people, and what --verbose says is shown without
// what changes from build to build and from run to run.
var (
	versionLine = regexp.MustCompile(`(?m)^nginxlint: version .*, rules: \d+$`)
	tookLine    = regexp.MustCompile(`(?m)^nginxlint: read in \S+, checked in \S+, written in \S+$`)
)

// exec runs nginxlint within this process.
func (f *docFolder) exec(ctx context.Context, args []string) error {
	if args[0] != "nginxlint" {
		return fmt.Errorf("%q is not run here", args[0])
	}
	h := interp.HandlerCtx(ctx)
	c := f.command()
	c.out, c.err = h.Stdout, h.Stderr
	if h.Stdin != nil {
		c.in = h.Stdin
	}
	if code := c.run(args[1:]); code != exitClean {
		return interp.ExitStatus(code)
	}
	return nil
}

// instructions checks the commands of an sh block: those of nginxlint by its
// own flags, and by a run where all that they read is in the folder.
func (f *docFolder) instructions(block string) []error {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(block), "")
	if err != nil {
		return []error{err}
	}
	// What a command in a command says is not known here.
	words := &expand.Config{Env: expand.ListEnviron(), CmdSubst: func(io.Writer, *syntax.CmdSubst) error { return nil }}
	var errs []error
	syntax.Walk(file, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			args, err := expand.Fields(words, call.Args...)
			if err == nil {
				err = f.instruction(args)
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", strings.Join(args, " "), err))
			}
		}
		return true
	})
	return errs
}

// instruction checks a command that a page tells to run.
func (f *docFolder) instruction(args []string) error {
	switch name := args[0]; {
	case name == "nginxlint":
		return f.own(args[1:])
	case name == "go":
		return f.goCommand(args[1:])
	case strings.HasPrefix(name, ".ci/"):
		info, err := os.Stat(filepath.Join(f.repo, name))
		if err == nil && !info.Mode().IsRegular() {
			return errors.New("is no script")
		}
		return err
	case !slices.Contains(others, name) && !interp.IsBuiltin(name):
		return errors.New("is none of the commands that this test knows")
	}
	return nil
}

// own checks a command line of nginxlint, and runs it where it can be run.
func (f *docFolder) own(args []string) error {
	c := f.command()
	var out, errs bytes.Buffer
	c.out, c.err = &out, &errs
	o, err := parse(args)
	if err != nil {
		return err
	}
	if _, err := c.request(o); err != nil {
		return err
	}
	files := slices.Concat(o.paths, o.errorLogs)
	for _, path := range files {
		if _, err := os.Stat(filepath.Join(f.dir, path)); err != nil {
			return nil // it stands for one of the reader's
		}
	}
	alone := o.demo || o.listRules || o.explain != "" || o.help || o.version
	if len(files) == 0 && !alone {
		return nil
	}
	if code := c.run(args); code == exitFailed {
		return fmt.Errorf("exits with 2: %s", &errs)
	}
	return nil
}

// goCommand checks that what the go command is told to work on is there.
func (f *docFolder) goCommand(args []string) error {
	var packages []string
	pattern := ""
	for i, arg := range args {
		switch {
		case strings.HasPrefix(arg, "./"):
			dir := strings.TrimSuffix(strings.TrimSuffix(arg, "..."), "/")
			if info, err := os.Stat(filepath.Join(f.repo, dir)); err != nil || !info.IsDir() {
				return fmt.Errorf("there is no package %s", arg)
			}
			packages = append(packages, dir)
			if arg == "./cmd/nginxlint" && args[0] == "run" {
				return f.own(args[i+1:])
			}
		case i > 0 && slices.Contains([]string{"-run", "-bench", "-fuzz"}, args[i-1]):
			pattern = arg
		}
	}
	if pattern == "" || pattern == "^$" {
		return nil
	}
	return f.hasTest(packages, pattern)
}

var testFunc = regexp.MustCompile(`(?m)^func ((?:Test|Benchmark|Fuzz)\w+)\(`)

// hasTest checks that a pattern names a test of the packages.
func (f *docFolder) hasTest(packages []string, pattern string) error {
	top, _, _ := strings.Cut(pattern, "/")
	re, err := regexp.Compile(top)
	if err != nil {
		return err
	}
	for _, p := range packages {
		files, err := filepath.Glob(filepath.Join(f.repo, p, "*_test.go"))
		if err != nil {
			return err
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			for _, m := range testFunc.FindAllSubmatch(source, -1) {
				if re.Match(m[1]) {
					return nil
				}
			}
		}
	}
	return fmt.Errorf("no test there is called %s", pattern)
}
