package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// options are the command line as it was typed.
type options struct {
	selected, ignored    []string
	minSeverity, failOn  string
	exitZero             bool
	listRules            bool
	explain              string
	effective            string
	formats              []string
	color                string
	quiet, verbose       bool
	nginxVersion         string
	context              string
	config               string
	noConfig             bool
	initConfig           bool
	printConfig          bool
	printSchema          bool
	stdinFilename        string
	errorLogs            []string
	demo                 bool
	noIgnores            bool
	addIgnores           string
	baseline             string
	noBaseline           bool
	writeBaseline        string
	reportOnly           bool
	version, help, man   bool
	completion           string
	paths                []string
	failOnGiven, minimum bool // --fail-on and --min-severity were given
}

// everyProxy is the value of --effective without one.
const everyProxy = "all"

// group is the flags under one heading of the help.
type group struct {
	title string
	flags *pflag.FlagSet
}

// groups declares all flags.
func (o *options) groups() []group {
	rules, output, input := newFlagSet(), newFlagSet(), newFlagSet()
	file, modes, other := newFlagSet(), newFlagSet(), newFlagSet()

	rules.StringArrayVar(&o.selected, "select", nil, "run only these `rules`: ids, categories, \"all\", or \"default\" for those that run anyway, separated by commas; can be repeated")
	rules.StringArrayVar(&o.ignored, "ignore", nil, "leave out these `rules`, whatever selects them; can be repeated")
	rules.StringVar(&o.minSeverity, "min-severity", "info", "show findings of this `severity` and above: info, warning or error; what is not shown does not count for --fail-on")
	rules.StringVar(&o.failOn, "fail-on", "warning", "exit with 1 on findings of this `severity` and above, inclusive: info, warning, error; or never")
	rules.BoolVar(&o.exitZero, "exit-zero", false, "the same as --fail-on never")

	rules.BoolVar(&o.noIgnores, "no-ignores", false, "show also what comments (nginxlint:ignore) hide")
	rules.StringVar(&o.addIgnores, "add-ignores", "", "hide every finding by a comment above its directive that gives this `reason`, in the files named and below the folders named, then lint again")
	rules.StringVar(&o.baseline, "baseline", "", "show only findings that this `file`, written by --write-baseline, does not know")
	rules.BoolVar(&o.noBaseline, "no-baseline", false, "show also what the baseline knows that the configuration file names")
	rules.StringVar(&o.writeBaseline, "write-baseline", "", "write all findings into this `file`, so that later runs show only new ones")

	output.StringArrayVarP(&o.formats, "format", "f", nil, "write this `format`: "+formatNames()+"; format=path writes to a file, beside the text on the terminal; can be repeated; in GitHub Actions, github adds to the job's summary, too (default text)")
	output.StringVar(&o.color, "color", "auto", "`when` to colour the output: auto, always or never; auto heeds NO_COLOR and FORCE_COLOR")
	output.BoolVarP(&o.quiet, "quiet", "q", false, "print findings only: no summary, nothing when there are none")
	output.BoolVarP(&o.verbose, "verbose", "v", false, "tell on standard error what was read, for which nginx, and how long it took")

	input.StringVar(&o.nginxVersion, "nginx-version", "", "`version` of the nginx that will run it, such as 1.24 or 1.25.3")
	input.StringVar(&o.context, "context", "", "`blocks` that surround the named files, outermost first, such as http,server; \"main\" for none; without it, fragments tell by what is in them")
	input.StringVar(&o.stdinFilename, "stdin-filename", "", "take standard input for the unsaved text of the file at this `path`")
	input.BoolVar(&o.reportOnly, "report-only", false, "lint the configurations that the files named belong to, and report only what is in these files; those that are some other program's are left aside")
	input.BoolVar(&o.demo, "demo", false, "lint a small broken configuration that is built in")

	file.StringVarP(&o.config, "config", "c", "", "read this configuration `file`, not the .nginxlint.yaml of the first path's folder or of the nearest one above it; so does NGINXLINT_CONFIG")
	file.BoolVar(&o.noConfig, "no-config", false, "read no configuration file")
	file.BoolVar(&o.initConfig, "init", false, "write a .nginxlint.yaml to begin with into this folder, and exit")
	file.BoolVar(&o.printConfig, "print-config", false, "print the settings that hold, and where each comes from, and exit")
	file.BoolVar(&o.printSchema, "print-schema", false, "print the JSON Schema of the configuration file, and exit")

	modes.BoolVar(&o.listRules, "list-rules", false, "list the rules and exit; --select and --ignore choose which")
	modes.StringVar(&o.explain, "explain", "", "explain the `rule` of this id and exit")
	modes.StringVar(&o.effective, "effective", "", "show what is in effect at every proxy, or at those that requests for a `URL` get to: each setting and where it comes from, the targets, the findings")
	modes.Lookup("effective").NoOptDefVal = everyProxy
	modes.StringArrayVar(&o.errorLogs, "error-log", nil, "read this `log` of nginx and say what its lines mean and which place of the configuration they come from; plain or .gz, \"-\" for standard input; can be repeated")

	other.StringVar(&o.completion, "completion", "", "print the completion script for this `shell`, and exit: "+strings.Join(shells(), ", "))
	other.BoolVar(&o.man, "man", false, "print the manual page in roff, and exit")
	other.BoolVar(&o.version, "version", false, "print version and build, and exit")
	other.BoolVarP(&o.help, "help", "h", false, "print this help, and exit")
	return []group{
		{"Rules", rules},
		{"Output", output},
		{"Input", input},
		{"Configuration file", file},
		{"Instead of linting", modes},
		{"Other", other},
	}
}

func newFlagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet("nginxlint", pflag.ContinueOnError)
	fs.SortFlags = false
	fs.SetOutput(io.Discard)
	return fs
}

// parse reads the command line. Its errors are one clear line.
func parse(args []string) (*options, error) {
	o := &options{}
	all := newFlagSet()
	for _, g := range o.groups() {
		all.AddFlagSet(g.flags)
	}
	if err := singleDash(all, args); err != nil {
		return nil, err
	}
	if err := all.Parse(args); err != nil {
		return nil, mistyped(all, err)
	}
	if all.Changed("completion") {
		if err := choice("completion", o.completion, shells()); err != nil {
			return nil, err
		}
	}
	if err := given(all); err != nil {
		return nil, err
	}
	o.paths = all.Args()
	if o.effective == everyProxy && len(o.paths) > 0 && strings.Contains(o.paths[0], "://") {
		o.effective, o.paths = o.paths[0], o.paths[1:]
	}
	o.failOnGiven, o.minimum = all.Changed("fail-on"), all.Changed("min-severity")
	return o, nil
}

// given checks that flags which were given have a value. An empty one, such as
// that of a variable that is not set, would do the same as no flag, and go
// unnoticed.
func given(all *pflag.FlagSet) error {
	var err error
	all.Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && f.DefValue == "" && f.Value.String() == "" {
			err = fmt.Errorf("--%s: the value is empty", f.Name)
		}
	})
	return err
}

// singleDash catches -select, which would be read as -s -e -l and so on.
func singleDash(all *pflag.FlagSet, args []string) error {
	for _, arg := range args {
		if arg == "--" {
			return nil
		}
		if !strings.HasPrefix(arg, "-") || strings.HasPrefix(arg, "--") {
			continue
		}
		name, _, _ := strings.Cut(arg[1:], "=")
		if len(name) > 1 && all.Lookup(name) != nil {
			return fmt.Errorf("unknown flag %q: did you mean %q?", "-"+name, "--"+name)
		}
	}
	return nil
}

// mistyped turns an error of pflag into one that helps.
func mistyped(all *pflag.FlagSet, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &missing):
		return fmt.Errorf("--%s needs a value: %s", missing.GetFlag().Name, usageOf(missing.GetFlag()))
	case errors.As(err, &invalid):
		return fmt.Errorf("--%s takes no value such as %q", invalid.GetFlag().Name, invalid.GetValue())
	case !errors.As(err, &unknown):
		return err
	}
	if unknown.GetSpecifiedShortnames() != "" {
		name := unknown.GetSpecifiedName()[:1]
		if instead, ok := elsewhere()[name]; ok {
			return fmt.Errorf("unknown flag %q: did you mean %q?", "-"+name, instead)
		}
		return fmt.Errorf("unknown flag %q: --help lists all flags", "-"+name)
	}
	name := unknown.GetSpecifiedName()
	if instead, ok := elsewhere()[name]; ok {
		return fmt.Errorf("unknown flag %q: did you mean %q?", "--"+name, instead)
	}
	if near, ok := nearest(name, flagNames(all)); ok {
		return fmt.Errorf("unknown flag %q: did you mean %q?", "--"+name, "--"+near)
	}
	return fmt.Errorf("unknown flag %q: --help lists all flags", "--"+name)
}

// usageOf is what the help says about a flag, without its marks.
func usageOf(f *pflag.Flag) string {
	_, usage := pflag.UnquoteUsage(f)
	return usage
}

// elsewhere maps flags of other linters to ours.
func elsewhere() map[string]string {
	return map[string]string{
		"o":               "--format FORMAT=FILE",
		"V":               "--version",
		"output":          "--format FORMAT=FILE",
		"output-format":   "--format",
		"no-color":        "--color never",
		"no-colour":       "--color never",
		"only":            "--select",
		"enable":          "--select",
		"config-file":     "--config",
		"rcfile":          "--config",
		"isolated":        "--no-config",
		"norc":            "--no-config",
		"show-settings":   "--print-config",
		"init-config":     "--init",
		"disable":         "--ignore",
		"exclude":         "--ignore",
		"skips":           "--ignore",
		"rules":           "--list-rules",
		"severity":        "--min-severity",
		"no-fail":         "--exit-zero",
		"stdin":           "-",
		"target-version":  "--nginx-version",
		"no-exit-codes":   "--exit-zero",
		"ignore-noqa":     "--no-ignores",
		"add-noqa":        "--add-ignores",
		"suppress-all":    "--write-baseline",
		"filter":          "--report-only",
		"stdin-file-path": "--stdin-filename",
	}
}

func flagNames(all *pflag.FlagSet) []string {
	names := map[string]bool{}
	all.VisitAll(func(f *pflag.Flag) { names[f.Name] = true })
	return slices.Sorted(maps.Keys(names))
}

// nearest returns the word that was most likely meant: one of other case, the
// only one that begins like it, or the one with the fewest letters amiss.
func nearest(word string, among []string) (string, bool) {
	lower := strings.ToLower(word)
	var begin []string
	for _, w := range among {
		if w == lower {
			return w, true
		}
		if lower != "" && strings.HasPrefix(w, lower) {
			begin = append(begin, w)
		}
	}
	if len(begin) == 1 {
		return begin[0], true
	}
	return nginx.Nearest(lower, among)
}

// choice checks that a flag's value is one of a few words.
func choice(flag, value string, among []string) error {
	if slices.Contains(among, value) {
		return nil
	}
	if near, ok := nearest(value, among); ok {
		return fmt.Errorf("--%s: unknown value %q: did you mean %q?", flag, value, near)
	}
	return fmt.Errorf("--%s: unknown value %q: it is one of %s", flag, value, strings.Join(among, ", "))
}

// words splits the comma-separated values of a repeatable flag.
func words(flag string, values []string) ([]string, error) {
	var out []string
	for _, v := range values {
		for word := range strings.SplitSeq(v, ",") {
			if word = strings.TrimSpace(word); word == "" {
				return nil, fmt.Errorf("--%s: empty word in %q", flag, v)
			}
			out = append(out, word)
		}
	}
	return out, nil
}
