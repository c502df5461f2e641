package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/lint/nginx"
	"github.com/nginxlint/nginxlint/rules"
)

// problems decodes a text and writes its problems as line:column+width message.
func problems(t *testing.T, text string, fsys conf.FS, dir string) (*config.File, []string) {
	t.Helper()
	f, err := config.Decode([]byte(text), filepath.Join(dir, ".nginxlint.yaml"), fsys, rules.All())
	var e *config.Error
	if err == nil {
		return f, nil
	}
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	var out []string
	for _, p := range e.Problems {
		out = append(out, fmt.Sprintf("%d:%d+%d %s", p.Line, p.Column, p.Width, p.Message))
		if _, from, to, ok := e.Source(p); ok && to <= from && p.Width > 0 {
			t.Errorf("%v shows nothing", p)
		}
	}
	return f, out
}

func TestProblemsHaveTheirPlace(t *testing.T) {
	tests := []struct{ text, want string }{
		{"selct: [syntax]\n", `1:1+5 unknown key "selct": did you mean "select"?`},
		{"Select: [syntax]\n", `1:1+6 unknown key "Select": did you mean "select"?`},
		{"min_severity: info\n", `1:1+12 unknown key "min_severity": did you mean "min-severity"?`},
		{"# ü\n\nselect: ['synatx']\n", `3:10+8 select: unknown rule "synatx": did you mean "syntax"?`},
		{"nginx: 1.20\n", `1:8+4 nginx: it takes text: write it in quotes, as in "1.20"`},
		{"nginx: {version: \"1.8.1\", flavour: angie}\n", `1:18+7 nginx: angie numbers its releases on its own: leave the version out`},
		{"nginx: \"1.25.3.1\"\n", `1:8+10 nginx: "1.25.3.1" is not a release of nginx: more than three numbers`},
		{"nginx: openrest\n", `1:8+8 nginx: unknown flavour "openrest": did you mean "openresty"?`},
		{"paths:\n  \"ü[\": {}\n", `2:3+4 paths: "ü[" is no glob: a bracket or a brace is not closed`},
		{"select: &a [syntax]\nignore: [*a]\n", `2:10+2 ignore: it takes one word or text, such as argument-count`},
		{"a: &a [*a]\n", `1:1+1 unknown key "a": it is one of nginx, roots, prefix, include, select, ignore, severity, fail-on, min-severity, rules, paths, contexts, directives, baseline`},
		{"select: [syntax\n", `1:1+15 this is no YAML: did not find expected ',' or ']'`},
		{"select:\n  - syntax\n bad\n", `3:2+3 this is no YAML: did not find expected key`},
		{"severity:\n\tsyntax: off\n", `2:2+11 this is no YAML: found character that cannot start any token (lines are indented with blanks, not with tabs)`},
		{"a\n---\nb\n", `2:1+3 only one document can be in the file`},
		{"- a\n", `1:1+3 it takes a mapping with the keys nginx, roots, prefix …`},
		{"? [a]\n: b\n", `1:3+3 a key is one word or text`},
		{"<<: {select: [syntax]}\n", `1:1+2 mappings cannot be merged: write out what is to be here`},
		{"ignore:\n", `1:8+0 "ignore" has no value: leave it out, or give it one`},
		{"select: \xff\n", "1:1+0 the file is not in UTF-8"},
		{"fail-on: info\nmin-severity: warning\n", `1:1+7 fail-on: info contradicts min-severity: warning: findings that are not shown do not count`},
		{"roots: [\"\"]\n", `1:9+2 roots: "" is not a path, such as nginx.conf`},
		{"paths: {\"a\\nb\": 1}\n", `1:17+1 paths: "a\nb": it takes a mapping with the keys select, ignore, severity`},
	}
	for _, tt := range tests {
		_, got := problems(t, tt.text, nil, "/work")
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("%q:\ngot  %q\nwant %q", tt.text, got, tt.want)
		}
	}
}

func TestAllProblemsAreTold(t *testing.T) {
	_, got := problems(t, "slect: 1\nseverity: {unknown-directive: loud, x: off}\npaths: {a: {ingore: []}}\nbaseline: [x]\n", nil, "/work")
	if len(got) != 5 {
		t.Errorf("there are %d problems: %q", len(got), got)
	}
}

func TestWhatAFileSays(t *testing.T) {
	f, bad := problems(t, `# all of it
nginx: {version: "1.25.3.1", flavour: openresty}
roots: [nginx/nginx.conf, /etc/x.conf]
prefix: {/etc/nginx/: ./nginx}
include: {sites-enabled: sites-available}
select: [startup]
ignore: [unknown-variable]
severity: {localhost-upstream: off, unknown-directive: info}
fail-on: never
min-severity: error
rules:
  resolver-valid-too-long: {maximum: 10m, docker-maximum: 30}
paths:
  ./legacy/**: {ignore: [syntax], select: []}
contexts: {"*.inc": "http, server", "*": main}
directives:
  frob: {contexts: [server, if, "stream,server"]}
  knob: {block: true}
  plain:
baseline: base.json
`, nil, "/work")
	if bad != nil {
		t.Fatal(bad)
	}
	if f.Target.Version != nginx.V(1, 25, 3) || f.Target.Flavour != nginx.OpenResty {
		t.Errorf("the target is %+v", f.Target)
	}
	if !slices.Equal(f.Roots, []string{"/work/nginx/nginx.conf", "/etc/x.conf"}) || f.Baseline != "/work/base.json" {
		t.Errorf("the roots are %q, the baseline is %q", f.Roots, f.Baseline)
	}
	if !slices.Equal(f.Prefix, []conf.Mapping{{From: "/etc/nginx", To: "/work/nginx"}}) || !slices.Equal(f.Include, []conf.Mapping{{From: "sites-enabled", To: "sites-available"}}) {
		t.Errorf("the mappings are %q and %q", f.Prefix, f.Include)
	}
	if len(f.Severity) != 2 || f.Severity[0].Level != 0 || f.Severity[1].Level != lint.Info {
		t.Errorf("the severities are %v", f.Severity)
	}
	if len(f.Options) != 2 || f.Options[0].Value != 600_000 || f.Options[1].Value != 30_000 {
		t.Errorf("the options are %v", f.Options)
	}
	if len(f.Paths) != 1 || f.Paths[0].Glob != "legacy/**" || f.Paths[0].Select == nil || f.FailOn != "never" || f.MinSeverity != "error" {
		t.Errorf("the paths are %v", f.Paths)
	}
	if len(f.Contexts) != 2 || !slices.Equal(f.Contexts[0].Blocks, []string{"http", "server"}) || f.Contexts[1].Blocks == nil || len(f.Contexts[1].Blocks) != 0 {
		t.Errorf("the contexts are %v", f.Contexts)
	}
	d := f.Directives
	if len(d) != 3 || d[0].Contexts != nginx.Server|nginx.ServerIf|nginx.LocationIf|nginx.StreamServer || d[0].Block || !d[1].Block || !d[2].Contexts.Has(nginx.Mail) {
		t.Errorf("the directives are %+v", d)
	}
	if f.Line("roots") != 3 || f.Line("baseline") != 20 {
		t.Errorf("roots is on line %d, baseline on %d", f.Line("roots"), f.Line("baseline"))
	}
}

func TestFilesWithoutAWord(t *testing.T) {
	for _, text := range []string{"", "\n", "# only a comment\n", "---\n", "null\n", "{}\n", "\uFEFF# with a mark\n"} {
		if _, bad := problems(t, text, nil, "/work"); bad != nil {
			t.Errorf("%q: %q", text, bad)
		}
	}
}

func TestPathsMustLeadSomewhere(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"nginx", "legacy"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "nginx/nginx.conf"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, bad := problems(t, "roots: [nginx/nginx.conf]\nprefix: {/etc/nginx: nginx}\nbaseline: not-yet\npaths: {legacy/**: {}}\n", conf.Disk{}, dir); bad != nil {
		t.Error(bad)
	}
	for text, want := range map[string]string{
		"roots: [nginx.conf]\n":                    `cannot read "nginx.conf": no such file or directory`,
		"roots: [nginx]\n":                         `"nginx" is a folder: name a file`,
		"prefix: {/etc/nginx: nginx/nginx.conf}\n": `"nginx/nginx.conf" is no folder`,
		"paths: {legacy: {}}\n":                    `"legacy" is a folder: for the files in it, write "legacy/**"`,
	} {
		if _, bad := problems(t, text, conf.Disk{}, dir); len(bad) != 1 || !strings.HasSuffix(bad[0], want) {
			t.Errorf("%q: got %q, want %q", text, bad, want)
		}
	}
}

// TestHostileFiles: none takes long, none is told of at length.
func TestHostileFiles(t *testing.T) {
	words := strings.Repeat("syntax, ", 20_000)
	var bomb, wide strings.Builder
	bomb.WriteString("a: &a [x, x, x, x, x, x, x, x, x]\n")
	for c := 'b'; c < 'n'; c++ {
		fmt.Fprintf(&bomb, "%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), ", "))
	}
	wide.WriteString("select: &all [" + words + "syntax]\npaths:\n")
	for i := range 3000 {
		fmt.Fprintf(&wide, "  p%d: {select: *all}\n", i)
	}
	for name, text := range map[string]string{
		"open brackets":   strings.Repeat("[", 250_000),
		"open braces":     strings.Repeat("{a: ", 60_000),
		"indentation":     deep(400),
		"a bomb":          bomb.String(),
		"aliases":         wide.String(),
		"unknown keys":    strings.Repeat("x: 1\n", 40_000),
		"unknown words":   "select: [" + strings.Repeat("x, ", 60_000) + "]\n",
		"one long line":   "select: [\"" + strings.Repeat("x", 250_000) + "\"]\n",
		"question marks":  strings.Repeat("? ", 100_000),
		"dashes":          strings.Repeat("- ", 100_000),
		"itself":          "select: &a [*a]\npaths: &b {x: *b}\n",
		"quotes":          strings.Repeat(`"`, 200_001),
		"directives":      strings.Repeat("%YAML 1.1\n", 20_000),
		"broken at last":  strings.Repeat("# x\n", 60_000) + "a: b: c\n",
		"many documents":  strings.Repeat("---\n", 60_000),
		"control letters": strings.Repeat("\x01", 1000),
	} {
		t.Run(name, func(t *testing.T) {
			_, bad := problems(t, text, nil, "/work")
			if len(bad) == 0 || len(bad) > 50 {
				t.Errorf("there are %d problems", len(bad))
			}
		})
	}
}

func deep(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, ".nginxlint.yaml")
	if err := os.WriteFile(path, []byte(strings.Repeat("# x\n", 100_000)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(conf.Disk{}, path, nil); err == nil || !strings.HasSuffix(err.Error(), "larger than 256 KiB") {
		t.Errorf("a large file: %v", err)
	}
	if _, err := config.Load(conf.Disk{}, dir, nil); err == nil || !strings.HasSuffix(err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", err)
	}
}

func TestFind(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"repo/.git", "repo/a/b", "repo/c", "both"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{".nginxlint.yaml", "repo/a/.nginxlint.yml", "both/.nginxlint.yml", "both/.nginxlint.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for from, want := range map[string]string{"repo/a/b": "repo/a/.nginxlint.yml", "repo/a": "repo/a/.nginxlint.yml", "repo/c": "", ".": ".nginxlint.yaml", "gone/deep": ".nginxlint.yaml"} {
		if want != "" {
			want = filepath.Join(dir, want)
		}
		if got, err := config.Find(conf.Disk{}, filepath.Join(dir, from)); err != nil || got != want {
			t.Errorf("from %s: %q, %v, want %q", from, got, err, want)
		}
	}
	if _, err := config.Find(conf.Disk{}, filepath.Join(dir, "both")); err == nil || !strings.Contains(err.Error(), "keep one of them") {
		t.Errorf("both: %v", err)
	}
}
