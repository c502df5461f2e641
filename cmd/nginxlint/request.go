package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// never is louder than any finding: with it nothing fails.
const never = lint.Error + 1

// request is a command line that has been checked.
type request struct {
	paths         []string
	outputs       []output
	rules         []*lint.Rule
	everyRule     bool // neither --select nor --ignore was given
	min, failOn   lint.Severity
	version       nginx.Version
	context       []string
	stdinFilename string
	errorLogs     []string
	color         bool
	width         int
	quiet         bool
	verbose       bool
	demo          bool
}

// request checks the command line.
func (c *command) request(o *options) (*request, error) {
	r := &request{
		paths: o.paths, stdinFilename: o.stdinFilename,
		quiet: o.quiet, verbose: o.verbose, demo: o.demo,
	}
	var err error
	if r.outputs, err = outputs(o.formats); err != nil {
		return nil, err
	}
	steps := []func(*options, *request) error{c.severities, c.choose, c.target, c.colors, c.inputs, c.errorLogs}
	for _, step := range steps {
		if err := step(o, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// severities reads --min-severity, --fail-on and --exit-zero.
func (c *command) severities(o *options, r *request) error {
	levels := map[string]lint.Severity{"never": never}
	var names []string
	for _, s := range lint.Severities() {
		levels[s.String()] = s
		names = append(names, s.String())
	}
	if err := choice("min-severity", o.minSeverity, names); err != nil {
		return err
	}
	if err := choice("fail-on", o.failOn, append(names, "never")); err != nil {
		return err
	}
	r.min, r.failOn = levels[o.minSeverity], levels[o.failOn]
	if o.failOnGiven && o.minimum && r.failOn < r.min {
		return fmt.Errorf("--fail-on %s contradicts --min-severity %s: findings that are not shown do not count", o.failOn, o.minSeverity)
	}
	if o.exitZero {
		r.failOn = never
	}
	return nil
}

// choose reads --select and --ignore.
func (c *command) choose(o *options, r *request) error {
	selected, err := words("select", o.selected)
	if err != nil {
		return err
	}
	ignored, err := words("ignore", o.ignored)
	if err != nil {
		return err
	}
	r.everyRule = len(selected)+len(ignored) == 0
	if r.rules, err = lint.Select(c.rules, selected, ignored); err != nil {
		return err
	}
	if len(r.rules) == 0 {
		return errors.New("--select and --ignore leave no rule to run")
	}
	return nil
}

// target reads --nginx-version and --context.
func (c *command) target(o *options, r *request) error {
	if o.nginxVersion != "" {
		v, err := nginx.ParseVersion(o.nginxVersion)
		if err != nil {
			return fmt.Errorf("--nginx-version: %w", err)
		}
		r.version = v
	}
	var err error
	r.context, err = surroundings(o.context)
	return err
}

// surroundings reads the blocks of --context; nil means that none were given.
func surroundings(list string) ([]string, error) {
	switch list {
	case "":
		return nil, nil
	case "main":
		return []string{}, nil
	}
	known := []string{"events", "http", "if", "limit_except", "location", "mail", "main", "server", "stream", "upstream"}
	blocks, err := words("context", []string{list})
	if err != nil {
		return nil, err
	}
	at := nginx.Main
	for i, block := range blocks {
		if err := choice("context", block, known); err != nil {
			return nil, err
		}
		inside := at.Child(block)
		if inside == 0 {
			return nil, misplaced(block, blocks[:i])
		}
		at = inside
	}
	return blocks, nil
}

// misplaced says that a block cannot stand inside others, and where it can.
func misplaced(block string, outer []string) error {
	where := "at the top"
	if len(outer) > 0 {
		where = "in " + strings.Join(outer, ",")
	}
	err := fmt.Errorf("--context: there is no %q %s", block, where)
	full := map[string]string{
		"server":       "http,server",
		"upstream":     "http,upstream",
		"location":     "http,server,location",
		"if":           "http,server,location,if",
		"limit_except": "http,server,location,limit_except",
	}
	if instead, ok := full[block]; ok {
		return fmt.Errorf("%w: did you mean %q?", err, instead)
	}
	return err
}

// colors reads --color and what the environment says about it. A flag counts
// more than NO_COLOR, that more than FORCE_COLOR, and that more than whether
// standard output is a terminal.
func (c *command) colors(o *options, r *request) error {
	if err := choice("color", o.color, []string{"auto", "always", "never"}); err != nil {
		return err
	}
	width, isTerminal := c.terminal()
	r.width = width
	force := c.env("FORCE_COLOR")
	switch {
	case o.color != "auto":
		r.color = o.color == "always"
	case c.env("NO_COLOR") != "":
	case force != "" && force != "0" && force != "false":
		r.color = true
	default:
		r.color = isTerminal && c.env("TERM") != "dumb"
	}
	return nil
}

// inputs checks what is read against each other.
func (c *command) inputs(o *options, r *request) error {
	stdin := 0
	for _, p := range r.paths {
		switch p {
		case "-":
			stdin++
		case "":
			return errors.New("a path is empty")
		}
	}
	switch {
	case o.effective != "" && (o.explain != "" || o.listRules || len(o.errorLogs) > 0):
		return errors.New("--effective excludes --explain, --list-rules and --error-log")
	case o.explain != "" && o.listRules:
		return errors.New("--explain and --list-rules exclude each other")
	case (o.explain != "" || o.listRules) && len(r.paths) > 0:
		return fmt.Errorf("--explain and --list-rules lint nothing: %q is one path too many", r.paths[0])
	case o.demo && len(r.paths) > 0:
		return fmt.Errorf("--demo lints its own example: %q is one path too many", r.paths[0])
	case stdin > 1:
		return errors.New(`standard input can be read once only: give one "-"`)
	case o.stdinFilename != "" && stdin == 0:
		return errors.New(`--stdin-filename needs "-" as path, so that standard input is read`)
	}
	return nil
}
