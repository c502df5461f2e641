package main

import (
	"runtime/debug"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
)

func TestVersionOf(t *testing.T) {
	module := func(v string) *debug.BuildInfo { return &debug.BuildInfo{Main: debug.Module{Version: v}} }
	tests := []struct {
		name   string
		linked string
		info   *debug.BuildInfo
		want   string
	}{
		{"installed as a module", "", module("v1.2.3"), "1.2.3"},
		{"set by the linker", "v1.2.4", module("v1.2.3"), "1.2.4"},
		{"no release set by the linker", "devel", module("v1.2.3"), "(devel)"},
		{"built in a checkout", "", module("(devel)"), "(devel)"},
		{"no version", "", module(""), "(devel)"},
		{"no build information", "", nil, "(devel)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := versionOf(tt.linked, tt.info); got != tt.want {
				t.Errorf("the version is %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTheBuildTellsItsCommit(t *testing.T) {
	info := &debug.BuildInfo{
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "0123abc"}, {Key: "vcs.time", Value: "2025-11-21T03:51:00Z"}, {Key: "vcs.modified", Value: "true"},
		},
	}
	got := describeBuild("1.2.3", sourceOf(source{}, info))
	if want := "nginxlint 1.2.3\ncommit 0123abc of 2025-11-21T03:51:00Z, with changes\nbuilt with "; !strings.HasPrefix(got, want) {
		t.Errorf("the build is %q, want it to begin with %q", got, want)
	}
	info.Settings[2].Value = "false"
	if got := describeBuild("1.2.3", sourceOf(source{}, info)); strings.Contains(got, "changes") {
		t.Errorf("the build is %q", got)
	}
	linked := source{commit: "4567def", date: "2026-01-02T03:04:05Z"}
	got = describeBuild("1.2.3", sourceOf(linked, info))
	if want := "nginxlint 1.2.3\ncommit 4567def of 2026-01-02T03:04:05Z\nbuilt with "; !strings.HasPrefix(got, want) {
		t.Errorf("the build is %q, want it to begin with %q", got, want)
	}
	if got := sourceOf(linked, nil); got != linked {
		t.Errorf("without build information the source is %+v", got)
	}
}

// fullRule is a rule with everything a rule can have.
func fullRule() *lint.Rule {
	return &lint.Rule{
		ID: "full-rule", Aliases: []string{"old-name"}, Severity: lint.Info, Category: lint.Performance, Pedantic: true, NeedsDeploy: true,
		Unproved: "it is none",
		Doc: lint.Doc{
			Summary: "a rule of <everything>",
			Why:     "The first paragraph is long enough to be broken into several lines where the terminal is narrow.\n\nThe second is short.\n\n* one\n* two",
			Log:     "[error] a line that is never broken, however long it is and however narrow the terminal",
			Bad:     "events {\n\n    worker_connections 1;\n}\n",
			Good:    "events {}\n",
			Silent:  "Where it knows nothing.",
			Links:   []string{"https://nginx.org/"},
		},
	}
}

func TestExplain(t *testing.T) {
	var b strings.Builder
	if err := explainRule(&b, fullRule(), 40); err != nil {
		t.Fatal(err)
	}
	want := `full-rule (info, performance)

A rule of <everything>.

Why
  The first paragraph is long enough to
  be broken into several lines where the
  terminal is narrow.

  The second is short.

  * one
  * two

In nginx's error log
  [error] a line that is never broken, however long it is and however narrow the terminal

Bad
  events {

      worker_connections 1;
  }

Good
  events {}

Silent
  Without a compose file or Dockerfile
  that carries the configuration. Where
  it knows nothing.

Off
  Runs only if it is selected by its id.

Former ids
  old-name

See also
  https://` + lint.Home + `/blob/main/rules/doc/full-rule.md
  https://nginx.org/
`
	if b.String() != want {
		t.Errorf("explained as\n%s\nwant\n%s", b.String(), want)
	}
}

func TestRulesAsJSON(t *testing.T) {
	var b strings.Builder
	if err := encode(&b, []*lint.Rule{fullRule()}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"version": 1,`, `"id": "full-rule",`, `"old-name"`, `"severity": "info",`, `"category": "performance",`, `"pedantic": true,`,
		`"needs_deployment": true,`, `"summary": "a rule of <everything>",`, `"silent": "Where it knows nothing.",`, `"unproved": "it is none"`,
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is missing from\n%s", want, b.String())
		}
	}
	b.Reset()
	if err := encode(&b, []*lint.Rule{{ID: "bare"}}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Errorf("a list is null in\n%s", b.String())
	}
}

func TestSentence(t *testing.T) {
	for s, want := range map[string]string{
		"a thing":              "A thing.",
		"nginx says no":        "nginx says no.",
		"proxy_pass to itself": "proxy_pass to itself.",
		`"localhost" again`:    `"localhost" again.`,
	} {
		if got := sentence(s); got != want {
			t.Errorf("%q becomes %q, want %q", s, got, want)
		}
	}
}

// TestHelpFits keeps the help within its width.
func TestHelpFits(t *testing.T) {
	for line := range strings.Lines(help()) {
		if n := len([]rune(strings.TrimRight(line, "\n"))); n > helpWidth {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}
