package main

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/linttest"
)

// testManual is the page of a release.
func testManual(t *testing.T) string {
	t.Helper()
	defer func(v, c, d string) { version, commit, date = v, c, d }(version, commit, date)
	version, commit, date = "v1.2.3", "0123abc", "2026-01-02T03:04:05Z"
	c, stdout, stderr := testCommand(nil)
	if code := c.run([]string{"--man"}); code != exitClean || stderr.Len() > 0 {
		t.Fatalf("--man exits with %d and says %q", code, stderr)
	}
	return stdout.String()
}

func TestManualHasItsSections(t *testing.T) {
	page := testManual(t)
	if want := `.TH "NGINXLINT" "1" "2026-01-02" "nginxlint 1.2.3" "User Commands"` + "\n"; !strings.HasPrefix(page, want) {
		t.Errorf("the page begins with %q, want %q", page[:len(want)], want)
	}
	var sections []string
	for _, m := range regexp.MustCompile(`(?m)^\.SH "(.*)"$`).FindAllStringSubmatch(page, -1) {
		sections = append(sections, m[1])
	}
	const want = "NAME, SYNOPSIS, DESCRIPTION, OPTIONS, COMMENTS, EXIT STATUS, ENVIRONMENT, FILES, EXAMPLES, SEE ALSO"
	if got := strings.Join(sections, ", "); got != want {
		t.Errorf("the sections are %s, want %s", got, want)
	}
}

// TestManualIsWellFormed has it checked by the programs that set such pages.
func TestManualIsWellFormed(t *testing.T) {
	for _, args := range [][]string{
		{"mandoc", "-Tlint", "-Wstyle"},
		{"groff", "-man", "-Tutf8", "-ww", "-z"},
	} {
		t.Run(args[0], func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), linttest.Program(t, args[0]), args[1:]...)
			cmd.Stdin = strings.NewReader(testManual(t))
			if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// TestManualIsWhatTheHelpSays looks for all that the help has in the page as
// it is set, where it must be fit for copying into a shell.
func TestManualIsWhatTheHelpSays(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), linttest.Program(t, "mandoc"), "-Tascii", "-Owidth=200")
	cmd.Stdin = strings.NewReader(testManual(t))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	// Bold is a letter over itself, italic one over a line.
	text := regexp.MustCompile(".\b").ReplaceAllString(string(out), "")
	text = strings.Join(strings.Fields(text), " ")
	has := func(want string) {
		if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, g := range (&options{}).groups() {
		has(g.title)
		g.flags.VisitAll(func(f *pflag.Flag) { has("--" + f.Name); has(sentence(usageOf(f))) })
	}
	for _, e := range slices.Concat(examples(), exitCodes(), comments(), environment()) {
		has(e.Term + " " + sentence(e.Text))
	}
	has("-f, --format format Write this format")
	has("--effective[=URL] Show what is in effect")
	has("above: info, warning or error; what is not shown does not count for --fail-on. The default is info.")
	has(about)
	has("https://" + lint.Home)
	if t.Failed() {
		t.Log(text)
	}
}

func TestRoff(t *testing.T) {
	p := &manPage{}
	p.request("TH", `a "b" \c-d`)
	p.text(roff(`.a 'b' \c--d é`))
	p.line(roff("'e"))
	want := ".TH \"a \\(dqb\\(dq \\ec-d\"\n\\&.a 'b' \\ec\\-\\-d \\[u00E9]\n\\&'e\n"
	if got := p.b.String(); got != want {
		t.Errorf("the page is %q, want %q", got, want)
	}
}
