package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// envConfig names the configuration file where no flag does.
const envConfig = "NGINXLINT_CONFIG"

// settings are what holds in the end: flags count more than the environment,
// that more than the configuration file, and that more than the defaults.
type settings struct {
	config.File
	// origin tells where the value of a key comes from; keys that are not in it
	// have their default.
	origin map[string]string
	// here says that the file was found from the working directory.
	here bool
}

// from notes where the value of a key comes from.
func (s *settings) from(key, origin string) { s.origin[key] = origin }

// by says where the value of a key comes from.
func (s *settings) by(key string) string {
	if origin := s.origin[key]; origin != "" {
		return origin
	}
	return "default"
}

// settings reads the configuration file that is in effect.
func (c *command) settings(o *options) (*settings, error) {
	s := &settings{File: config.File{Dir: c.dir}, origin: map[string]string{}}
	path, err := c.configPath(o, s)
	if err != nil || path == "" {
		return s, err
	}
	f, err := config.Load(c.fs, path, c.rules)
	if err != nil {
		return nil, err
	}
	s.File = *f
	for _, key := range config.Keys() {
		if line := f.Line(key); line != 0 {
			s.from(key, fmt.Sprintf("%s:%d", c.show(path), line))
		}
	}
	return s, nil
}

// configPath is the absolute path of the configuration file, "" for none.
func (c *command) configPath(o *options, s *settings) (string, error) {
	env := c.env(envConfig)
	switch {
	case o.noConfig && o.config != "":
		return "", errors.New("--config and --no-config exclude each other")
	case o.noConfig:
		return "", nil
	case o.config != "":
		return c.configFile("--config", o.config)
	case o.demo:
		return "", nil // the example stands for itself
	case env != "":
		return c.configFile(envConfig, env)
	}
	start := c.startDir(o)
	path, err := config.Find(c.fs, start)
	s.here = path != "" && len(o.paths) == 0
	if err != nil || path != "" || len(o.paths) > 0 {
		return path, err
	}
	if path, err = c.defaultPath(false); err != nil {
		return "", nil // that there is nothing to lint is told later
	}
	return config.Find(c.fs, c.folder(path))
}

// configFile is the path of a configuration file that was named.
func (c *command) configFile(by, path string) (string, error) {
	if _, errs := c.existing(c.fs, []string{path}); len(errs) > 0 {
		return "", fmt.Errorf("%s: %w", by, errs[0])
	}
	return c.abs(path), nil
}

// startDir is where the search for a configuration file begins: the folder of
// the first path.
func (c *command) startDir(o *options) string {
	switch {
	case len(o.paths) == 0:
		return c.dir
	case o.paths[0] != "-":
		return c.folder(o.paths[0])
	case o.stdinFilename != "":
		return c.folder(o.stdinFilename)
	}
	return c.dir
}

// folder is a path if it is a folder, and the folder that it is in if not.
func (c *command) folder(path string) string {
	path = c.abs(path)
	if info, err := c.fs.Stat(path); err == nil && info.IsDir() {
		return path
	}
	return filepath.Dir(path)
}

// show is a path relative to the working directory if it is below it.
func (c *command) show(path string) string { return relativeTo(c.dir, path) }

// overrule lets the flags count more than the file. They have been checked.
func (s *settings) overrule(o *options, version nginx.Version, selected, ignored []string) error {
	if len(o.selected) > 0 {
		s.choose(selected)
	}
	if len(o.ignored) > 0 {
		s.Ignore = slices.Concat(s.Ignore, ignored)
		s.from("ignore", also("--ignore", s.origin["ignore"]))
		for i, p := range s.Paths {
			if p.Select != nil {
				s.Paths[i].Ignore = slices.Concat(p.Ignore, ignored)
			}
		}
	}
	if !version.IsZero() {
		if s.Target.Flavour.OwnReleases() {
			return fmt.Errorf("--nginx-version: %s, the flavour by %s, numbers its releases on its own", s.Target.Flavour, s.by("nginx"))
		}
		s.Target.Version = version
		file := ""
		if s.Target.Flavour != "" {
			file = s.origin["nginx"]
		}
		s.from("nginx", also("--nginx-version", file))
	}
	return s.overruleLevels(o)
}

// also joins two origins.
func also(flag, file string) string {
	if file == "" {
		return flag
	}
	return flag + ", and " + file
}

// choose runs the selected rules only, whatever the file selects and ignores for
// all files. What it leaves out in some files stays out there.
func (s *settings) choose(selected []string) {
	s.Select, s.Ignore = selected, nil
	s.from("select", "--select")
	delete(s.origin, "ignore")
	var levels []config.RuleLevel
	for _, l := range s.Severity {
		if l.Level != 0 {
			levels = append(levels, l)
		}
	}
	s.Severity = levels
	paths := make([]config.PathRules, len(s.Paths))
	for i, p := range s.Paths {
		p.Select = nil
		paths[i] = p
	}
	s.Paths = paths
}

// overruleLevels reads what is shown and what fails.
func (s *settings) overruleLevels(o *options) error {
	if o.minimum {
		s.MinSeverity = o.minSeverity
		s.from("min-severity", "--min-severity")
	}
	if o.failOnGiven {
		s.FailOn = o.failOn
		s.from("fail-on", "--fail-on")
	}
	if s.MinSeverity == "" {
		s.MinSeverity = o.minSeverity
	}
	if s.FailOn == "" {
		s.FailOn = o.failOn
	}
	// What is not shown does not count. Who asks to see less has not asked for
	// more to fail on; who asks for that must see it.
	if config.Contradict(s.FailOn, s.MinSeverity) {
		if given := s.origin["fail-on"]; given != "" && (o.failOnGiven || !o.minimum) {
			return fmt.Errorf("%s contradicts %s: findings that are not shown do not count",
				s.words("fail-on", s.FailOn), s.words("min-severity", s.MinSeverity))
		}
		s.FailOn = s.MinSeverity
		s.from("fail-on", s.by("min-severity"))
	}
	if o.exitZero {
		s.FailOn = "never"
		s.from("fail-on", "--exit-zero")
	}
	return nil
}

// words is a key with its value, as it was written.
func (s *settings) words(key, value string) string {
	if by := s.by(key); by != "--"+key {
		return fmt.Sprintf("%s: %s (%s)", key, value, by)
	}
	return "--" + key + " " + value
}

// level is a word of a flag or of the file as a severity.
func level(word string) lint.Severity {
	if s, ok := lint.ParseSeverity(word); ok {
		return s
	}
	return never
}

// values are those of the rules' options.
func (s *settings) values() lint.OptionValues {
	out := lint.OptionValues{}
	for _, v := range s.Options {
		if out[v.Rule] == nil {
			out[v.Rule] = map[string]int64{}
		}
		out[v.Rule][v.Option.Name] = v.Value
	}
	return out
}
