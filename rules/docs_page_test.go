package rules

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/report"
)

// index is the table of all rules.
func index(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("# The rules\n\n" +
		"This page and those it leads to are made from the rules themselves. `nginxlint --list-rules` and `nginxlint --explain ID` show the same.\n\n" +
		"| rule | level | finds | shown on nginx |\n|---|---|---|---|\n")
	for _, r := range All() {
		fmt.Fprintf(&b, "| [`%s`](%s/%s.md) | %s | %s | %s |\n", r.ID, pages, r.ID, level(r), r.Doc.Summary, proved(t, r))
	}
	b.WriteString("\n**error**: nginx refuses to start, or every request there fails. " +
		"**warning**: it fails under an ordinary event such as a restart, a deploy, a DNS change, a big header. " +
		"**info**: worth knowing. A finding may be quieter than its rule where less is known.\n\n" +
		"[What all this is proved on](../cmd/nginxlint/docs/proofs.md), [how to write a rule](../cmd/nginxlint/docs/writing-rules.md).\n")
	return b.String()
}

// page is what one rule's findings link to. The headings are part of the
// interface: links to them lead somewhere.
func page(t *testing.T, r *lint.Rule) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", r.ID, report.Sentence(r))
	fmt.Fprintf(&b, "Level: **%s**. Category: `%s`.", r.Severity, r.Category)
	if r.Pedantic {
		fmt.Fprintf(&b, " Off unless selected: `--select %s`.", r.ID)
	}
	if r.NeedsDeploy {
		b.WriteString(" Speaks only next to a compose file or Dockerfile that carries the configuration.")
	}
	if len(r.Aliases) > 0 {
		fmt.Fprintf(&b, " Former ids, which keep working: `%s`.", strings.Join(r.Aliases, "`, `"))
	}
	b.WriteString("\n")
	section := func(title, body string) {
		if body = strings.Trim(body, "\n"); body != "" {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", title, body)
		}
	}
	section("Why", r.Doc.Why)
	section("In nginx's error log", block("text", r.Doc.Log))
	section("Bad", block("nginx", r.Doc.Bad)+said(t, r))
	section("Good", block("nginx", r.Doc.Good))
	section("Options", options(r))
	section("When it stays silent", period(r.Doc.Silent))
	section("Shown on a real nginx", proofs(t, r))
	section("See also", "* "+strings.Join(slices.Concat(r.Doc.Links, []string{"[All rules](../README.md)"}), "\n* "))
	return b.String()
}

// options lists what can be set about a rule.
func options(r *lint.Rule) string {
	if len(r.Options) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("Set below `rules` in the [configuration file](../../cmd/nginxlint/docs/configuration.md).\n\n| option | default | is |\n|---|---|---|\n")
	for _, o := range r.Options {
		fmt.Fprintf(&b, "| `%s` | %s | %s, %s |\n", o.Name, o.Default, o.Kind, o.Summary)
	}
	return b.String()
}

// block is a fenced block of code, or nothing for none.
func block(language, code string) string {
	if code = strings.Trim(code, "\n"); code == "" {
		return ""
	}
	return "```" + language + "\n" + code + "\n```\n"
}

func period(s string) string {
	if s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// said is what the rule says about its bad example, and what it tells to change.
func said(t *testing.T, r *lint.Rule) string {
	t.Helper()
	if r.Doc.Bad == "" || r.NeedsDeploy {
		return ""
	}
	result := example(t, []*lint.Rule{r}, r.Doc.Bad)
	write, _ := report.Lookup("text")
	var out strings.Builder
	if err := write.Write(&out, result, report.Options{Quiet: true, Width: 120}); err != nil {
		t.Fatal(err)
	}
	// Messages that name a file name it as it lies here.
	dir := filepath.Dir(result.Configs[0].Tree.RootFile.Real)
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(out.String(), dir, "/etc/nginx")) {
		// This is the page that it leads to.
		if !strings.Contains(line, "= see: "+r.URL()) {
			lines = append(lines, line)
		}
	}
	return "\nnginxlint says:\n\n" + block("text", strings.Join(lines, ""))
}

// proofs lists the configurations that a real nginx was run on.
func proofs(t *testing.T, r *lint.Rule) string {
	t.Helper()
	if r.Unproved != "" {
		return "Not shown: " + period(r.Unproved)
	}
	var b strings.Builder
	b.WriteString("What nginx answers and logs is written down in a proof, and a test compares it with what a real nginx does.\n\n" +
		"| proof | configuration | nginx |\n|---|---|---|\n")
	for _, proof := range proofsOf(t, r) {
		for _, c := range proof.Cases {
			on := strings.Join(releases(t, []*linttest.Case{c}), ", ")
			if on == "" {
				on = "none of those at hand"
			}
			if only := c.Versions(); only != "" {
				on += " (only " + only + ")"
			}
			name := filepath.Base(proof.Path)
			fmt.Fprintf(&b, "| [%s](../../testdata/rules/%s/%s) | %s | %s |\n", name, r.ID, name, c.Name, on)
		}
	}
	return b.String()
}

func level(r *lint.Rule) string {
	text := r.Severity.String()
	if r.Pedantic {
		text += ", off unless selected"
	}
	return text
}

// proved says on which releases of nginx how many configurations show what a
// rule says.
func proved(t *testing.T, r *lint.Rule) string {
	t.Helper()
	if r.Unproved != "" {
		return "no: " + r.Unproved
	}
	var cases []*linttest.Case
	for _, proof := range proofsOf(t, r) {
		cases = append(cases, proof.Cases...)
	}
	return fmt.Sprintf("%s: %d configurations", strings.Join(releases(t, cases), ", "), len(cases))
}

func proofsOf(t *testing.T, r *lint.Rule) []*linttest.Proof {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(fixtures, r.ID, "proof*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	proofs := make([]*linttest.Proof, len(paths))
	for i, path := range paths {
		if proofs[i], err = linttest.ReadProof(path); err != nil {
			t.Fatal(err)
		}
	}
	return proofs
}

// provedOn are the releases that every proof which applies to them is run on.
var provedOn = []string{"1.18.0", "1.22.1", "1.26.3", "1.30.0"}

// releases are those that any of the cases are run on.
func releases(t *testing.T, cases []*linttest.Case) []string {
	t.Helper()
	var on []string
	for _, version := range provedOn {
		applies := slices.ContainsFunc(cases, func(c *linttest.Case) bool {
			ok, err := c.Applies(version)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		})
		if applies {
			on = append(on, version[:strings.LastIndexByte(version, '.')])
		}
	}
	return on
}
