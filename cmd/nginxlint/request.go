package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/config"
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
	settings      *settings
	level         func(*lint.Rule, *conf.File, lint.Severity) lint.Severity
	context       []string
	stdinFilename string
	errorLogs     []string
	color         bool
	width         int
	quiet         bool
	verbose       bool
	demo          bool
	noIgnores     bool
	addIgnores    string // the reason; "" adds none
	baseline      *lint.Baseline
	baselineFile  string // as people are told of it
	writeBaseline string
	reportOnly    bool
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
	steps := []func(*options, *request) error{c.words, c.configure, c.target, c.colors, c.inputs, c.errorLogs, c.hiding}
	for _, step := range steps {
		if err := step(o, r); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// words checks the words of --min-severity and --fail-on.
func (c *command) words(o *options, _ *request) error {
	if err := choice("min-severity", o.minSeverity, severityNames()); err != nil {
		return err
	}
	return choice("fail-on", o.failOn, thresholdNames())
}

// severityNames are the values of --min-severity.
func severityNames() []string {
	var names []string
	for _, s := range lint.Severities() {
		names = append(names, s.String())
	}
	return names
}

// thresholdNames are the values of --fail-on.
func thresholdNames() []string { return append(severityNames(), "never") }

// configure reads the configuration file and the flags that count more than it.
func (c *command) configure(o *options, r *request) error {
	selected, err := words("select", o.selected)
	if err != nil {
		return err
	}
	ignored, err := words("ignore", o.ignored)
	if err != nil {
		return err
	}
	// Words of flags are known or not, whatever the file says.
	if _, err := lint.Select(c.rules, selected, ignored); err != nil {
		return err
	}
	version, err := targetVersion(o.nginxVersion)
	if err != nil {
		return err
	}
	if o.explain != "" || o.listRules {
		o.noConfig, o.config = true, "" // they are about all rules, and read no file
	}
	if r.settings, err = c.settings(o); err != nil {
		return err
	}
	if err := r.settings.overrule(o, version, selected, ignored); err != nil {
		return err
	}
	if o.baseline != "" {
		r.settings.Baseline = c.abs(o.baseline)
		r.settings.from("baseline", "--baseline")
	}
	if o.noBaseline {
		r.settings.Baseline = ""
	}
	r.everyRule = len(selected)+len(ignored) == 0
	r.min, r.failOn = level(r.settings.MinSeverity), level(r.settings.FailOn)
	chosen, err := r.settings.Selection(c.rules, c.fs, c.dir)
	if errors.Is(err, config.ErrNoRule) {
		return r.settings.noRule()
	}
	r.rules, r.level = chosen.Rules, chosen.Level
	return err
}

// noRule says which words leave no rule to run.
func (s *settings) noRule() error {
	var by []string
	for _, key := range []string{"select", "ignore", "severity"} {
		if origin := s.origin[key]; origin != "" {
			by = append(by, key+" ("+origin+")")
		}
	}
	if s.Path == "" {
		return errors.New("--select and --ignore leave no rule to run")
	}
	return fmt.Errorf("no rule is left to run: %s", strings.Join(by, ", "))
}

// targetVersion reads --nginx-version.
func targetVersion(text string) (nginx.Version, error) {
	if text == "" {
		return nginx.Version{}, nil
	}
	v, err := nginx.ParseVersion(text)
	if err != nil {
		return v, fmt.Errorf("--nginx-version: %w", err)
	}
	return v, nil
}

// target reads --context.
func (c *command) target(o *options, r *request) error {
	if o.context == "" {
		return nil
	}
	blocks, _, err := config.ParseBlocks(o.context)
	if err != nil {
		return fmt.Errorf("--context: %w", err)
	}
	r.context = blocks
	return nil
}

// colorNames are the values of --color.
func colorNames() []string { return []string{"auto", "always", "never"} }

// colors reads --color and what the environment says about it. A flag counts
// more than NO_COLOR, that more than FORCE_COLOR, and that more than whether
// standard output is a terminal.
func (c *command) colors(o *options, r *request) error {
	if err := choice("color", o.color, colorNames()); err != nil {
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
	stdin := stdins(r.paths)
	switch {
	case slices.Contains(r.paths, ""):
		return errors.New("a path is empty")
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

// stdins is how many of the paths mean standard input.
func stdins(paths []string) int {
	n := 0
	for _, p := range paths {
		if p == "-" {
			n++
		}
	}
	return n
}

// instead lists the flags given that have something else done than linting.
func (o *options) instead() []string {
	var given []string
	for _, mode := range []struct {
		flag string
		on   bool
	}{
		{"--explain", o.explain != ""},
		{"--list-rules", o.listRules},
		{"--effective", o.effective != ""},
		{"--error-log", len(o.errorLogs) > 0},
		{"--init", o.initConfig},
		{"--print-config", o.printConfig},
		{"--print-schema", o.printSchema},
	} {
		if mode.on {
			given = append(given, mode.flag)
		}
	}
	return given
}

// modes checks the flags that have something else done than linting: one at a
// time.
func (o *options) modes() error {
	given := o.instead()
	switch {
	case len(given) > 1:
		return fmt.Errorf("%s and %s exclude each other", given[0], given[1])
	case (o.initConfig || o.printSchema) && len(o.paths) > 0:
		return fmt.Errorf("%s lints nothing: %q is one path too many", given[0], o.paths[0])
	}
	return nil
}
