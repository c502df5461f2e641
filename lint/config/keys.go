package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// fileKeys is the table of all keys: the decoder, the schema and the template
// are made from it.
func fileKeys(rules []*lint.Rule) object[File] {
	choice, levels := ruleWords(rules), ruleLevels{rules}
	refused := choice.without(func(id string) string { return lint.CannotIgnore(rules, id) })
	return object[File]{fields: []field[File]{
		key("nginx", "the nginx that the configuration is for: its version, its flavour ("+flavourNames()+"), or both as in {version: \"1.24\", flavour: openresty}",
			`"1.24"`, targetShape{}, func(f *File, v Target) { f.Target = v }),
		key("roots", "root files: linted where no path is given, and a file that is named is linted from the roots that include it",
			"[nginx.conf]", list[string]{pathShape{mustBe: aFile}, "[nginx.conf]"}, func(f *File, v []string) { f.Roots = v }),
		key("prefix", "folders of absolute paths in the configuration, and where they are found here",
			"{/etc/nginx: .}", table[string]{key: absolutePath, of: pathShape{mustBe: aFolder}},
			func(f *File, v []entry[string]) { f.Prefix = mappings(v) }),
		key("include", "names in the paths of includes, and what to read in their place",
			"{sites-enabled: sites-available}", table[string]{key: includeName, of: includeName},
			func(f *File, v []entry[string]) { f.Include = mappings(v) }),
		key("select", "run only these rules: ids, categories, all, or default for those that run anyway", "[bad-gateway, startup]",
			list[string]{choice, "[startup]"}, func(f *File, v []string) { f.Select = v }),
		key("ignore", "leave out these rules: ids or categories", "[localhost-upstream]",
			list[string]{refused, "[startup]"}, func(f *File, v []string) { f.Ignore = v }),
		key("severity", "how loud findings of a rule are: error, warning, info or off", "{localhost-upstream: warning}",
			levels, func(f *File, v []RuleLevel) { f.Severity = v }),
		key("fail-on", "exit with 1 on findings of this severity and above: info, warning, error; or never", "error",
			severityWord("never"), func(f *File, v string) { f.FailOn = v }),
		key("min-severity", "show findings of this severity and above: info, warning or error", "warning",
			severityWord(), func(f *File, v string) { f.MinSeverity = v }),
		key("rules", "options of rules; --explain tells them", "{resolver-valid-too-long: {maximum: 10m}}",
			optionKeys(rules), func(f *File, v []OptionValue) { f.Options = v }),
		key("paths", "what is different in the files that match a glob, which counts from the folder of this file: select, ignore and severity; where several match, later ones count more",
			`{"legacy/**": {ignore: [localhost-upstream]}}`, table[PathRules]{key: globShape, of: pathKeys(choice, levels)},
			func(f *File, v []entry[PathRules]) { f.Paths = pathRules(v) }),
		key("contexts", "the blocks that surround fragments which match a glob, outermost first; main for none; where several match, the last one counts",
			`{"snippets/*.conf": "http,server"}`, table[[]string]{key: globShape, of: blocksShape{}},
			func(f *File, v []entry[[]string]) { f.Contexts = contextRules(v) }),
		key("directives", "directives of other modules: where they can stand (anywhere, without contexts), and whether they have a block",
			"{frobnicate: {contexts: [http, server, location]}}", table[declaration]{key: directiveName, of: declarationShape(), null: true},
			func(f *File, v []entry[declaration]) { f.Directives = declared(v) }),
		key("baseline", "a file of findings that are known and not told again", ".nginxlint-baseline.json",
			pathShape{}, func(f *File, v string) { f.Baseline = v }),
	}}
}

// decodeFile reads the whole file and notes the lines of its keys.
func decodeFile(d *decoder, top *yaml.Node, rules []*lint.Rule, f *File) {
	at := map[string]*yaml.Node{}
	fileKeys(rules).decodeInto(d, top, f, func(name string, key *yaml.Node) {
		f.lines[name], at[name] = key.Line, key
	})
	if f.FailOn != "" && f.MinSeverity != "" && Contradict(f.FailOn, f.MinSeverity) {
		d.complain(at["fail-on"], "fail-on: %s contradicts min-severity: %s: findings that are not shown do not count", f.FailOn, f.MinSeverity)
	}
}

// Contradict reports whether findings that make a run fail would not be shown,
// by the words of fail-on and min-severity.
func Contradict(failOn, minSeverity string) bool {
	fail, failing := lint.ParseSeverity(failOn)
	least, ok := lint.ParseSeverity(minSeverity)
	return failing && ok && fail < least
}

// few names the first words of a list.
func few(words []string) string {
	const enough = 3
	if len(words) <= enough {
		return strings.Join(words, ", ")
	}
	return strings.Join(words[:enough], ", ") + " …"
}

func severityWord(more ...string) word {
	var names []string
	for _, s := range lint.Severities() {
		names = append(names, s.String())
	}
	return word{what: "severity", known: append(names, more...)}
}

const seeRules = "--list-rules lists them all"

// ruleWords are the words that choose rules.
func ruleWords(rules []*lint.Rule) word {
	known := append(ruleIDs(rules), lint.Collections()...)
	for _, r := range rules {
		if c := string(r.Category); !slices.Contains(known, c) {
			known = append(known, c)
		}
	}
	return word{what: "rule", known: known, otherwise: seeRules}
}

// without are the words but for those that why says something against.
func (w word) without(why func(word string) string) word {
	w.but = why
	w.known = slices.DeleteFunc(slices.Clone(w.known), func(known string) bool { return why(known) != "" })
	return w
}

// ruleIDs are the ids of rules, former ones too.
func ruleIDs(rules []*lint.Rule) []string {
	var out []string
	for _, r := range rules {
		out = append(append(out, r.ID), r.Aliases...)
	}
	return out
}

// off is the level of a rule whose findings are not told.
const off = "off"

// ruleLevels is a mapping of rules to severities.
type ruleLevels struct{ rules []*lint.Rule }

func (l ruleLevels) table() table[string] {
	ids := word{what: "rule", known: ruleIDs(l.rules), otherwise: seeRules}
	return table[string]{key: ids.without(l.fixed), of: severityWord(off)}
}

// fixed says why the severity of a rule cannot be changed.
func (l ruleLevels) fixed(id string) string {
	if lint.CannotIgnore(l.rules, id) == "" {
		return ""
	}
	return fmt.Sprintf("the severity of rule %q is fixed: what is not read cannot be judged", id)
}

func (l ruleLevels) schema() schema { return l.table().schema() }

func (l ruleLevels) decode(d *decoder, n *yaml.Node) ([]RuleLevel, bool) {
	entries, good := l.table().decode(d, n)
	var out []RuleLevel
	for _, e := range entries {
		r, err := lint.Find(l.rules, e.key)
		if err != nil {
			return nil, false // it has been complained of
		}
		if slices.ContainsFunc(out, func(o RuleLevel) bool { return o.Rule == r }) {
			d.complain(e.node, "rule %q is there twice", r.ID)
			good = false
		}
		level, _ := lint.ParseSeverity(e.value) // off is 0
		out = append(out, RuleLevel{r, level})
	}
	return out, good
}

// pathKeys are the keys below a glob of paths.
func pathKeys(choice word, levels ruleLevels) object[PathRules] {
	return object[PathRules]{fields: []field[PathRules]{
		key("select", "in place of the rules that are selected for all files", "[startup]",
			list[string]{choice, "[startup]"}, func(p *PathRules, v []string) { p.Select = v }),
		key("ignore", "rules to leave out", "[localhost-upstream]",
			list[string]{choice, "[startup]"}, func(p *PathRules, v []string) { p.Ignore = v }),
		key("severity", "how loud findings of a rule are", "{localhost-upstream: off}",
			levels, func(p *PathRules, v []RuleLevel) { p.Severity = v }),
	}}
}

func pathRules(entries []entry[PathRules]) []PathRules {
	out := make([]PathRules, len(entries))
	for i, e := range entries {
		out[i] = e.value
		out[i].Glob, out[i].Line = e.key, e.node.Line
	}
	return out
}

func contextRules(entries []entry[[]string]) []ContextRule {
	out := make([]ContextRule, len(entries))
	for i, e := range entries {
		out[i] = ContextRule{e.key, e.node.Line, e.value}
	}
	return out
}

func mappings(entries []entry[string]) []conf.Mapping {
	out := make([]conf.Mapping, len(entries))
	for i, e := range entries {
		out[i] = conf.Mapping{From: e.key, To: e.value}
	}
	return out
}

// optionKeys are the keys of the rules that have options, and below them these.
func optionKeys(rules []*lint.Rule) ruleOptions {
	o := object[[]OptionValue]{}
	for _, r := range rules {
		if len(r.Options) == 0 {
			continue
		}
		below := object[[]OptionValue]{}
		for i := range r.Options {
			opt := &r.Options[i]
			below.fields = append(below.fields, key(opt.Name, fmt.Sprintf("%s (by default %s)", opt.Summary, opt.Default), opt.Default,
				quantity{r, opt}, func(out *[]OptionValue, v OptionValue) { *out = append(*out, v) }))
		}
		for _, id := range append([]string{r.ID}, r.Aliases...) {
			o.fields = append(o.fields, key(id, r.Doc.Summary, "", below,
				func(out *[]OptionValue, v []OptionValue) { *out = append(*out, v...) }))
		}
	}
	o.but = func(id string) string {
		r, err := lint.Find(rules, id)
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("rule %q has no options", r.ID)
	}
	return ruleOptions{o}
}

// ruleOptions is the mapping of rules to their options.
type ruleOptions struct{ object[[]OptionValue] }

func (o ruleOptions) decode(d *decoder, n *yaml.Node) ([]OptionValue, bool) {
	out, good := o.object.decode(d, n)
	seen := map[*lint.Option]bool{}
	for _, v := range out {
		if seen[v.Option] {
			d.complain(n, "option %q of rule %q is there twice", v.Option.Name, v.Rule.ID)
			good = false
		}
		seen[v.Option] = true
	}
	return out, good
}

// Keys are the keys of a configuration file, in the order of their table.
func Keys() []string { return fileKeys(nil).names() }
