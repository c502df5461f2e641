package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/rules"
)

// levelOf is how loud a rule's findings are in a file, by a configuration file
// in dir: its own severity, another one, off, or that the rule does not run.
func levelOf(t *testing.T, text, dir, rule string, file *conf.File) string {
	t.Helper()
	f, err := config.Decode([]byte(text), filepath.Join(dir, ".nginxlint.yaml"), nil, rules.All())
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Selection(rules.All(), conf.Disk{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Rules {
		if r.ID != rule {
			continue
		}
		if s.Level == nil {
			return r.Severity.String()
		}
		if level := s.Level(r, file, r.Severity); level != 0 {
			return level.String()
		}
		return "off"
	}
	return "not run"
}

func TestSelection(t *testing.T) {
	const pedantic = "upstream-variables-not-logged"
	tests := []struct{ text, path, rule, want string }{
		{"", "a.conf", "unknown-directive", "error"},
		{"", "a.conf", pedantic, "not run"},
		{"select: [bad-gateway]", "a.conf", "unknown-directive", "not run"},
		{"ignore: [startup]", "a.conf", "unknown-directive", "not run"},
		{"severity: {unknown-directive: info}", "a.conf", "unknown-directive", "info"},
		{"severity: {unknown-directive: off}", "a.conf", "unknown-directive", "not run"},
		{"paths: {'a/**': {ignore: [unknown-directive]}}", "a/b/c.conf", "unknown-directive", "off"},
		{"paths: {'a/**': {ignore: [startup]}}", "a/b/c.conf", "unknown-directive", "off"},
		{"paths: {'a/**': {ignore: [unknown-directive]}}", "b/c.conf", "unknown-directive", "error"},
		{"paths: {'*.conf': {ignore: [unknown-directive]}}", "b/c.conf", "unknown-directive", "error"},
		{"paths: {'**/*.conf': {ignore: [unknown-directive]}}", "c.conf", "unknown-directive", "off"},
		{"paths: {'a/*': {severity: {unknown-directive: warning}}}", "a/c.conf", "unknown-directive", "warning"},
		{"paths: {'a/*': {severity: {unknown-directive: off}}}", "a/c.conf", "unknown-directive", "off"},
		{"severity: {unknown-directive: info}\npaths: {'a/*': {severity: {unknown-directive: warning}}}", "a/c.conf", "unknown-directive", "warning"},
		{"paths: {'a/*': {severity: {unknown-directive: warning}}, 'a/c*': {severity: {unknown-directive: info}}}", "a/c.conf", "unknown-directive", "info"},
		{"select: [bad-gateway]\npaths: {'a/*': {select: [unknown-directive]}}", "a/c.conf", "unknown-directive", "error"},
		{"select: [bad-gateway]\npaths: {'a/*': {select: [unknown-directive]}}", "b/c.conf", "unknown-directive", "off"},
		{"paths: {'a/*': {select: [" + pedantic + "]}}", "a/c.conf", pedantic, "info"},
		{"paths: {'a/*': {select: [" + pedantic + "]}}", "b.conf", pedantic, "off"},
		{"paths: {'a/*': {select: [" + pedantic + "]}}", "a/c.conf", "unknown-directive", "off"},
		{"paths: {'a/*': {select: []}}", "a/c.conf", "unknown-directive", "off"},
		{"paths: {'a/*': {ignore: [startup]}, 'a/c*': {select: [unknown-directive]}}", "a/c.conf", "unknown-directive", "error"},
		{"paths: {'linked/*': {ignore: [unknown-directive]}}", "elsewhere", "unknown-directive", "off"},

		// What is not read is told whatever is selected, but for files that are not nginx's.
		{"select: [bad-gateway]", "a.conf", "syntax", "error"},
		{"ignore: [startup]", "a.conf", "syntax", "error"},
		{"select: []\npaths: {'a/*': {select: [bad-gateway]}}", "a/c.conf", "syntax", "error"},
		{"select: []\npaths: {'a/*': {select: [bad-gateway]}}", "b/c.conf", "syntax", "off"},
		{"paths: {'a/*': {ignore: [startup]}}", "a/c.conf", "syntax", "error"},
		{"paths: {'a/*': {ignore: [syntax]}}", "a/c.conf", "syntax", "off"},
		{"paths: {'a/*': {ignore: [all]}}", "a/c.conf", "syntax", "off"},
		{"paths: {'a/*': {ignore: [syntax]}}", "b/c.conf", "syntax", "error"},
		{"paths: {'a/*': {select: []}}", "a/c.conf", "syntax", "off"},
	}
	for _, tt := range tests {
		file := &conf.File{Path: tt.path, Real: filepath.Join("/work", tt.path)}
		if tt.path == "elsewhere" {
			file = &conf.File{Path: "/opt/x", Real: "/work/linked/x"}
		}
		if got := levelOf(t, tt.text, "/work", tt.rule, file); got != tt.want {
			t.Errorf("%s\n%s of %s is %s, want %s", tt.text, tt.rule, tt.path, got, tt.want)
		}
	}
}

func TestSelectionLeavesNothing(t *testing.T) {
	for _, text := range []string{"ignore: [all]", "select: []", "select: [unknown-directive]\nseverity: {unknown-directive: off}"} {
		f, err := config.Decode([]byte(text), "/work/.nginxlint.yaml", nil, rules.All())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Selection(rules.All(), conf.Disk{}, "/work"); !errors.Is(err, config.ErrNoRule) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestLinkedFolder: globs count from the folder of the file by any of its names.
func TestLinkedFolder(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "real/a"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	file := &conf.File{Path: filepath.Join(dir, "real/a/x.conf"), Real: filepath.Join(dir, "real/a/x.conf")}
	if got := levelOf(t, "paths: {'a/*': {ignore: [syntax]}}", filepath.Join(dir, "link"), "syntax", file); got != "off" {
		t.Errorf("it is %s", got)
	}
}

func TestIdleGlobs(t *testing.T) {
	f, err := config.Decode([]byte("contexts:\n  'snippets/*': http\n  '*.conf': main\npaths:\n  'a/**': {}\n  'b/**': {}\n"), "/work/.nginxlint.yaml", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	files := []*conf.File{{Path: "x.conf", Real: "/work/x.conf"}, {Path: "/work/a/b/c.conf", Real: "/elsewhere"}}
	want := []config.Idle{{Glob: "snippets/*", Line: 2}, {Glob: "b/**", Line: 6}}
	if got := f.Idle(files, conf.Disk{}, "/work"); !slices.Equal(got, want) {
		t.Errorf("idle are %v, want %v", got, want)
	}
	if got := new(config.File).Idle(files, conf.Disk{}, "/work"); got != nil {
		t.Errorf("of no globs idle are %v", got)
	}
}

func TestContextOf(t *testing.T) {
	f, err := config.Decode([]byte("contexts: {'**': main, 'a/*': 'http,server'}"), "/work/.nginxlint.yaml", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	of := f.ContextOf(conf.Disk{}, "/work")
	if got := strings.Join(of(&conf.File{Path: "a/x"}), ","); got != "http,server" {
		t.Errorf("a/x is in %q", got)
	}
	if got := of(&conf.File{Path: "b/x"}); got == nil || len(got) != 0 {
		t.Errorf("b/x is in %q", got)
	}
	if got := of(&conf.File{Path: "/elsewhere"}); got != nil {
		t.Errorf("what lies elsewhere is in %q", got)
	}
	if (&config.File{}).ContextOf(conf.Disk{}, "/work") != nil {
		t.Error("a file that says nothing knows contexts")
	}
}

func TestAliasesOfRules(t *testing.T) {
	all := []*lint.Rule{{ID: "new", Aliases: []string{"old"}, Category: "c", Options: []lint.Option{{Name: "o", Kind: lint.OptionNumber, Default: "1"}}}}
	f, err := config.Decode([]byte("select: [old]\nseverity: {old: info}\nrules: {old: {o: 2}}\n"), "/work/.nginxlint.yaml", nil, all)
	if err != nil || f.Severity[0].Rule != all[0] || f.Options[0].Value != 2 {
		t.Errorf("%v: %+v", err, f)
	}
	for _, text := range []string{"severity: {old: info, new: off}\n", "rules: {old: {o: 2}, new: {o: 2}}\n"} {
		if _, err := config.Decode([]byte(text), "/work/.nginxlint.yaml", nil, all); err == nil || !strings.Contains(err.Error(), "is there twice") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
