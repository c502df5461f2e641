package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/nginx"
	"github.com/nginxlint/nginxlint/lint/report"
)

// ruleDocVersion is the version of the JSON that --list-rules and --explain
// print. It grows when a field is removed, renamed or changes its meaning.
const ruleDocVersion = 1

// ruleDocs is that JSON: one object, with one rule for --explain.
type ruleDocs struct {
	Version int       `json:"version"`
	Rules   []ruleDoc `json:"rules"`
}

type ruleDoc struct {
	ID              string   `json:"id"`
	Aliases         []string `json:"aliases"`
	Severity        string   `json:"severity"`
	Category        string   `json:"category"`
	Pedantic        bool     `json:"pedantic"`
	NeedsDeployment bool     `json:"needs_deployment"`
	URL             string   `json:"url"`
	Summary         string   `json:"summary"`
	Why             string   `json:"why"`
	Log             string   `json:"log"`
	Bad             string   `json:"bad"`
	Good            string   `json:"good"`
	Silent          string   `json:"silent"`
	Links           []string `json:"links"`
	Unproved        string   `json:"unproved"`

	Except  []nginx.Flavour `json:"except_flavours"`
	Options []ruleOption    `json:"options"`
}

type ruleOption struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Default string `json:"default"`
	Summary string `json:"summary"`
}

// listRules prints the rules: all of them, or those that are chosen.
func (c *command) listRules(r *request) int {
	rules := r.rules
	if r.everyRule {
		rules = c.rules
	}
	return c.ruleDocs(r, "--list-rules", rules, func(w io.Writer) error { return tabulate(w, rules) })
}

// explain prints the documentation of one rule.
func (c *command) explain(o *options, r *request) int {
	rule, err := lint.Find(c.rules, o.explain)
	if err != nil {
		return c.fail(err)
	}
	return c.ruleDocs(r, "--explain", []*lint.Rule{rule}, func(w io.Writer) error { return explainRule(w, rule, r.width) })
}

// ruleDocs writes rules to all outputs, as JSON or by text.
func (c *command) ruleDocs(r *request, flag string, rules []*lint.Rule, text func(io.Writer) error) int {
	for _, o := range r.outputs {
		if o.format.Name != "text" && o.format.Name != "json" {
			return c.fail(fmt.Errorf("%s can be text or json, not %s", flag, o.format.Name))
		}
	}
	for _, o := range r.outputs {
		render := text
		if o.format.Name == "json" {
			render = func(w io.Writer) error { return encode(w, rules) }
		}
		if err := c.write(o, render); err != nil {
			return c.fail(err)
		}
	}
	return exitClean
}

func encode(w io.Writer, rules []*lint.Rule) error {
	out := ruleDocs{Version: ruleDocVersion, Rules: make([]ruleDoc, 0, len(rules))}
	for _, r := range rules {
		options := make([]ruleOption, 0, len(r.Options))
		for _, o := range r.Options {
			options = append(options, ruleOption{o.Name, string(o.Kind), o.Default, o.Summary})
		}
		out.Rules = append(out.Rules, ruleDoc{
			ID: r.ID, Aliases: append([]string{}, r.Aliases...), Severity: r.Severity.String(), Category: string(r.Category),
			Pedantic: r.Pedantic, NeedsDeployment: r.NeedsDeploy, URL: r.URL(),
			Summary: r.Doc.Summary, Why: r.Doc.Why, Log: r.Doc.Log, Bad: r.Doc.Bad, Good: r.Doc.Good, Silent: r.Doc.Silent,
			Links: append([]string{}, r.Doc.Links...), Unproved: r.Unproved,
			Except: append([]nginx.Flavour{}, r.Except...), Options: options,
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// tabulate prints a line for each rule.
func tabulate(w io.Writer, rules []*lint.Rule) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rules {
		summary := r.Doc.Summary
		if r.Pedantic {
			summary += " (only if selected)"
		}
		if _, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", r.ID, r.Severity, r.Category, summary); err != nil {
			return err
		}
	}
	return t.Flush()
}

// maxProse is how wide text to read is set, in columns.
const maxProse = 80

// explainRule prints a rule's documentation to read in a terminal.
func explainRule(w io.Writer, r *lint.Rule, width int) error {
	if width <= 0 || width > maxProse {
		width = maxProse
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s, %s)\n\n%s\n", r.ID, r.Severity, r.Category, report.Wrap(sentence(r.Doc.Summary), width))
	section := func(title, text string) {
		if text = strings.Trim(text, "\n"); text != "" {
			fmt.Fprintf(&b, "\n%s\n%s\n", title, text)
		}
	}
	section("Why", prose(r.Doc.Why, width))
	section("In nginx's error log", indent(r.Doc.Log))
	section("Bad", indent(r.Doc.Bad))
	section("Good", indent(r.Doc.Good))
	silent := r.Silence()
	if r.NeedsDeploy {
		silent = strings.TrimSpace("Without a compose file or Dockerfile that carries the configuration. " + silent)
	}
	section("Silent", prose(silent, width))
	if r.Pedantic {
		section("Off", prose("Runs only if it is selected by its id.", width))
	}
	section("Options", optionsText(r, width))
	if len(r.Aliases) > 0 {
		section("Former ids", indent(strings.Join(r.Aliases, ", ")))
	}
	section("See also", indent(strings.Join(append([]string{r.URL()}, r.Doc.Links...), "\n")))
	_, err := io.WriteString(w, b.String())
	return err
}

// optionsText lists a rule's options.
func optionsText(r *lint.Rule, width int) string {
	var items []string
	for _, o := range r.Options {
		items = append(items, fmt.Sprintf("  %s (%s, by default %s)\n%s", o.Name, o.Kind, o.Default, indent(indent(report.Wrap(o.Summary, width-4)))))
	}
	return strings.Join(items, "\n")
}

// sentence begins with a capital, unless with a name in lower case, and ends
// with a full stop.
func sentence(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if first != "nginx" && !strings.ContainsAny(first, "_-$.") && first != "" {
		s = strings.ToUpper(s[:1]) + s[1:]
	}
	return s + "."
}

// prose sets paragraphs below a heading. Lines that begin with a blank or with
// the mark of a list stay as they are.
func prose(text string, width int) string {
	var out []string
	for p := range strings.SplitSeq(strings.Trim(text, "\n"), "\n\n") {
		if strings.HasPrefix(p, " ") || strings.HasPrefix(p, "* ") || strings.HasPrefix(p, "- ") || strings.HasPrefix(p, "```") {
			out = append(out, indent(p))
			continue
		}
		out = append(out, indent(report.Wrap(p, width-2)))
	}
	return strings.Join(out, "\n\n")
}

// indent moves all lines but empty ones to the right.
func indent(text string) string {
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = "  " + line
		}
	}
	return strings.Join(lines, "\n")
}
