package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// checked parses and checks a command line.
func checked(t *testing.T, env map[string]string, isTerminal bool, args ...string) *request {
	t.Helper()
	c, _, _ := testCommand(nil)
	c.env = func(name string) string { return env[name] }
	c.terminal = func() (int, bool) { return 100, isTerminal }
	o, err := parse(args)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.request(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDefaults(t *testing.T) {
	r := checked(t, nil, false)
	if len(r.paths) != 0 || r.min != lint.Info || r.failOn != lint.Warning || !r.settings.Target.Version.IsZero() || r.context != nil || !r.everyRule || r.color {
		t.Errorf("the defaults are %+v", r)
	}
	if len(r.outputs) != 1 || r.outputs[0].format.Name != "text" || r.outputs[0].path != "" {
		t.Errorf("the outputs are %v", r.outputs)
	}
}

func TestFlagsAndPathsMix(t *testing.T) {
	r := checked(t, nil, false, "a.conf", "-q", "b", "--nginx-version=1.25.3", "-", "--", "-c.conf", "--select")
	if want := []string{"a.conf", "b", "-", "-c.conf", "--select"}; !slices.Equal(r.paths, want) {
		t.Errorf("the paths are %q, want %q", r.paths, want)
	}
	if !r.quiet || r.settings.Target.Version != nginx.V(1, 25, 3) {
		t.Errorf("quiet is %v, the version %v", r.quiet, r.settings.Target.Version)
	}
}

func TestSeverities(t *testing.T) {
	tests := []struct {
		args        string
		min, failOn lint.Severity
	}{
		{"--fail-on error", lint.Info, lint.Error},
		{"--fail-on info", lint.Info, lint.Info},
		{"--fail-on never", lint.Info, never},
		{"--exit-zero", lint.Info, never},
		{"--exit-zero --fail-on info", lint.Info, never},
		{"--min-severity error", lint.Error, lint.Error}, // what is not shown does not count
		{"--min-severity warning --fail-on warning", lint.Warning, lint.Warning},
		{"--min-severity error --fail-on never", lint.Error, never},
	}
	for _, tt := range tests {
		r := checked(t, nil, false, strings.Fields(tt.args)...)
		if r.min != tt.min || r.failOn != tt.failOn {
			t.Errorf("%s: shows %v, fails on %v, want %v, %v", tt.args, r.min, r.failOn, tt.min, tt.failOn)
		}
	}
}

func TestOutputs(t *testing.T) {
	tests := []struct {
		values []string
		want   string
	}{
		{nil, "text"},
		{[]string{"json"}, "json"},
		{[]string{"sarif=a.sarif"}, "text sarif=a.sarif"},
		{[]string{"text", "sarif=a.sarif"}, "text sarif=a.sarif"},
		{[]string{"sarif=a.sarif", "json"}, "sarif=a.sarif json"},
		{[]string{"json=a=b.json", "text=-"}, "json=a=b.json text"},
		{[]string{"json=a", "json=b"}, "text json=a json=b"},
	}
	for _, tt := range tests {
		got, err := outputs(tt.values)
		if err != nil {
			t.Errorf("%q: %v", tt.values, err)
			continue
		}
		var words []string
		for _, o := range got {
			word := o.format.Name
			if o.path != "" {
				word += "=" + o.path
			}
			words = append(words, word)
		}
		if s := strings.Join(words, " "); s != tt.want {
			t.Errorf("%q: %q, want %q", tt.values, s, tt.want)
		}
	}
}

func TestColors(t *testing.T) {
	tests := []struct {
		name     string
		flag     string
		env      map[string]string
		terminal bool
		want     bool
	}{
		{"a terminal", "auto", nil, true, true},
		{"no terminal", "auto", nil, false, false},
		{"a dumb terminal", "auto", map[string]string{"TERM": "dumb"}, true, false},
		{"NO_COLOR", "auto", map[string]string{"NO_COLOR": "1"}, true, false},
		{"an empty NO_COLOR says nothing", "auto", map[string]string{"NO_COLOR": ""}, true, true},
		{"FORCE_COLOR", "auto", map[string]string{"FORCE_COLOR": "1"}, false, true},
		{"FORCE_COLOR=0 says nothing", "auto", map[string]string{"FORCE_COLOR": "0"}, false, false},
		{"FORCE_COLOR on a dumb terminal", "auto", map[string]string{"FORCE_COLOR": "3", "TERM": "dumb"}, true, true},
		{"NO_COLOR counts more", "auto", map[string]string{"NO_COLOR": "1", "FORCE_COLOR": "1"}, true, false},
		{"always counts more than NO_COLOR", "always", map[string]string{"NO_COLOR": "1"}, false, true},
		{"never counts more than FORCE_COLOR", "never", map[string]string{"FORCE_COLOR": "1"}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := checked(t, tt.env, tt.terminal, "--color", tt.flag).color; got != tt.want {
				t.Errorf("colour is %v, want %v", got, tt.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	among := []string{"error", "warning", "info", "never", "nginx-version", "nginx-variant"}
	for word, want := range map[string]string{
		"warn": "warning", "eror": "error", "ERROR": "error", "infos": "info", "nginx": "", "xyz": "", "": "",
	} {
		if got, _ := nearest(word, among); got != want {
			t.Errorf("the nearest to %q is %q, want %q", word, got, want)
		}
	}
}

// TestEveryFlagOfOthersLeadsToOurs follows what a mistaken flag is answered with.
func TestEveryFlagOfOthersLeadsToOurs(t *testing.T) {
	all := newFlagSet()
	for _, g := range (&options{}).groups() {
		all.AddFlagSet(g.flags)
	}
	for theirs, ours := range elsewhere() {
		if all.Lookup(theirs) != nil {
			t.Errorf("--%s is a flag of ours", theirs)
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(ours, "--"), " ")
		if ours != "-" && all.Lookup(name) == nil {
			t.Errorf("--%s leads to %s, which is none", theirs, ours)
		}
	}
}
