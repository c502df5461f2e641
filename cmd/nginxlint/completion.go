package main

import (
	"embed"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/pflag"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/lint/nginx"
	"github.com/nginxlint/nginxlint/lint/report"
)

// completionScripts holds a template for each shell.
//
//go:embed completion/*.tmpl
var completionScripts embed.FS

// shells lists the shells that completion is written for.
func shells() []string { return []string{"bash", "zsh", "fish"} }

// value says what can follow a flag.
type value struct {
	// Needed means that the flag does not go without.
	Needed bool
	// Path means that it is the path of a file.
	Path bool
	// Name is what the known words are called, such as "rule"; empty where
	// none are known. Flags with one name have the same words.
	Name  string
	Words []entry
	// List means that several words can follow, separated by commas.
	List bool
	// Before parts a known word from the path of a file that can follow it.
	Before string
}

// completedFlag is a flag as shells complete it.
type completedFlag struct {
	Long, Short, Summary string
	Repeats              bool
	Value                value
}

// completion writes the script that makes one of [shells] complete nginxlint.
func (c *command) completion(shell string) (string, error) {
	t, err := template.New(shell+".tmpl").Funcs(template.FuncMap{
		"zsh": zshQuote, "zshFlag": zshFlag, "fish": fishQuote,
	}).ParseFS(completionScripts, "completion/"+shell+".tmpl")
	if err != nil {
		return "", err
	}
	flags := completedFlags(c.rules)
	var lists []value
	for _, f := range flags {
		known := func(v value) bool { return v.Name == f.Value.Name }
		if f.Value.Name != "" && !slices.ContainsFunc(lists, known) {
			lists = append(lists, f.Value)
		}
	}
	var b strings.Builder
	err = t.Execute(&b, map[string]any{"Flags": flags, "Lists": lists})
	return b.String(), err
}

// completedFlags lists all flags in the order of the help.
func completedFlags(rules []*lint.Rule) []completedFlag {
	values := values(rules)
	var out []completedFlag
	for _, g := range (&options{}).groups() {
		g.flags.VisitAll(func(f *pflag.Flag) {
			v := values[f.Name]
			v.Needed = f.NoOptDefVal == ""
			out = append(out, completedFlag{
				Long: f.Name, Short: f.Shorthand, Summary: gist(f), Value: v,
				Repeats: f.Value.Type() == "stringArray",
			})
		})
	}
	return out
}

// gist is the first clause of what the help says about a flag.
func gist(f *pflag.Flag) string {
	usage, _, _ := strings.Cut(usageOf(f), ";")
	usage, _, _ = strings.Cut(usage, ": ")
	return usage
}

// values says what can follow the flags that need something after them.
func values(rules []*lint.Rule) map[string]value {
	var ids, some []entry
	categories := map[string]bool{}
	for _, r := range rules {
		ids = append(ids, entry{r.ID, r.Doc.Summary})
		if category := string(r.Category); !categories[category] {
			categories[category] = true
			some = append(some, entry{category, "all rules of this category"})
		}
	}
	slices.SortFunc(some, func(a, b entry) int { return strings.Compare(a.Term, b.Term) })
	ignored := slices.Clone(some)
	some = append(some, ids...)
	for _, e := range ids {
		if lint.CannotIgnore(rules, e.Term) == "" {
			ignored = append(ignored, e)
		}
	}
	var formats []entry
	for _, f := range report.Formats() {
		formats = append(formats, entry{f.Name, f.Summary})
	}
	path := value{Path: true}
	return map[string]value{
		"select":         {Name: "selected", Words: append([]entry{{"all", "all rules"}, {"default", "the rules that run anyway"}}, some...), List: true},
		"ignore":         {Name: "ignored", Words: ignored, List: true},
		"explain":        {Name: "rule", Words: ids},
		"min-severity":   {Name: "severity", Words: plain(severityNames())},
		"fail-on":        {Name: "threshold", Words: plain(thresholdNames())},
		"format":         {Name: "format", Words: formats, Before: "="},
		"color":          {Name: "when", Words: plain(colorNames())},
		"context":        {Name: "blocks", Words: plain(contexts())},
		"completion":     {Name: "shell", Words: plain(shells())},
		"nginx-version":  {},
		"stdin-filename": path,
		"error-log":      path,
		"config":         path,
		"baseline":       path,
		"write-baseline": path,
		"add-ignores":    {},
		"effective":      {},
	}
}

// plain are words that speak for themselves.
func plain(words []string) []entry {
	var out []entry
	for _, w := range words {
		out = append(out, entry{Term: w})
	}
	return out
}

// contexts lists what --context can be, without locations in locations.
func contexts() []string {
	out := []string{"main"}
	var inside func(at nginx.Context, outer []string)
	inside = func(at nginx.Context, outer []string) {
		for _, block := range config.Blocks() {
			if next := at.Child(block); next != 0 && !slices.Contains(outer, block) {
				blocks := append(slices.Clone(outer), block)
				out = append(out, strings.Join(blocks, ","))
				inside(next, blocks)
			}
		}
	}
	inside(nginx.Main, nil)
	return out
}

// zshQuote makes one word for zsh of texts.
func zshQuote(texts ...string) string {
	return "'" + strings.ReplaceAll(strings.Join(texts, ""), "'", `'\''`) + "'"
}

// zshFlag describes a flag to zsh's _arguments.
func zshFlag(f completedFlag) string {
	names := "--" + f.Long
	if f.Short != "" {
		names += " -" + f.Short
	}
	before := "(" + names + ")"
	switch {
	case f.Repeats:
		before = "*"
	case f.Long == "help" || f.Long == "version" || f.Long == "man":
		before = "(- *)"
	}
	text := "[" + strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(f.Summary) + "]"
	long, short := "--"+f.Long, "-"+f.Short
	switch {
	case f.Value.Needed:
		long, short = long+"=", short+"+"
		text += ":" + zshAction(f.Value)
	case f.Long == "effective":
		long += "=-"
		text += "::URL: "
	}
	if f.Short == "" {
		return zshQuote(before, long, text)
	}
	return zshQuote(before) + "{" + short + "," + long + "}" + zshQuote(text)
}

// zshAction says to _arguments what follows a flag.
func zshAction(v value) string {
	switch {
	case v.Path:
		return "file:_files"
	case v.Name == "":
		return "value: "
	case v.List:
		return v.Name + ":_sequence _nginxlint_" + v.Name
	}
	return v.Name + ":_nginxlint_" + v.Name
}

// fishQuote makes one word for fish of a text.
func fishQuote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}
