package config

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Print writes settings as a configuration file: each key that says something,
// with where it comes from as a comment. Paths are relative to the file's folder
// where they lie below it.
func Print(w io.Writer, f *File, origin func(key string) string) error {
	var b bytes.Buffer
	for _, k := range f.keys() {
		if k.value == nil {
			continue
		}
		b.WriteString("# " + strings.Join(strings.Fields(origin(k.name)), " ") + "\n")
		e := yaml.NewEncoder(&b)
		e.SetIndent(2)
		if err := e.Encode(mapOf(pair{k.name, k.value})); err != nil {
			return err
		}
		if err := e.Close(); err != nil {
			return err
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// setting is a key of the file with its value, nil for one that says nothing.
type setting struct {
	name  string
	value *yaml.Node
}

// keys are the settings in the order of the table of keys.
func (f *File) keys() []setting {
	return []setting{
		{"nginx", f.Target.node()},
		{"roots", texts(f.relative(f.Roots))},
		{"prefix", f.prefixes()},
		{"include", mapped(f.Include, func(to string) string { return to })},
		{"select", texts(f.Select)},
		{"ignore", texts(f.Ignore)},
		{"severity", levels(f.Severity)},
		{"fail-on", oneText(f.FailOn)},
		{"min-severity", oneText(f.MinSeverity)},
		{"rules", options(f.Options)},
		{"paths", f.paths()},
		{"contexts", f.contexts()},
		{"directives", declarations(f.Directives)},
		{"baseline", oneText(strings.Join(f.relative(nonEmpty(f.Baseline)), ""))},
	}
}

// pair is a key with its value.
type pair struct {
	key   string
	value *yaml.Node
}

func oneText(s string) *yaml.Node {
	if s == "" {
		return nil
	}
	var n yaml.Node
	n.SetString(s)
	return &n
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// texts is a list; an empty one is there, nil is not.
func texts(list []string) *yaml.Node {
	if list == nil {
		return nil
	}
	n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle}
	for _, s := range list {
		n.Content = append(n.Content, oneText(s))
	}
	return n
}

// mapOf is a mapping of the pairs that have a value.
func mapOf(pairs ...pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, p := range pairs {
		if p.value != nil {
			n.Content = append(n.Content, oneText(p.key), p.value)
		}
	}
	return n
}

// filled is a mapping, nil for one without entries.
func filled(pairs []pair) *yaml.Node {
	if len(pairs) == 0 {
		return nil
	}
	return mapOf(pairs...)
}

func (t Target) node() *yaml.Node {
	switch {
	case t.Version.IsZero():
		return oneText(string(t.Flavour))
	case t.Flavour == "":
		return oneText(t.Version.String())
	}
	return mapOf(pair{"version", oneText(t.Version.String())}, pair{"flavour", oneText(string(t.Flavour))})
}

// relative are paths as the file would have them.
func (f *File) relative(paths []string) []string {
	if paths == nil {
		return nil
	}
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = filepath.ToSlash(p)
		if rel, err := filepath.Rel(f.Dir, p); err == nil && filepath.IsLocal(rel) {
			out[i] = filepath.ToSlash(rel)
		}
	}
	return out
}

func mapped(list []conf.Mapping, to func(string) string) *yaml.Node {
	var pairs []pair
	for _, m := range list {
		pairs = append(pairs, pair{filepath.ToSlash(m.From), oneText(to(m.To))})
	}
	return filled(pairs)
}

func (f *File) prefixes() *yaml.Node {
	return mapped(f.Prefix, func(to string) string { return f.relative([]string{to})[0] })
}

func levels(list []RuleLevel) *yaml.Node {
	var pairs []pair
	for _, l := range list {
		word := off
		if l.Level != 0 {
			word = l.Level.String()
		}
		pairs = append(pairs, pair{l.Rule.ID, oneText(word)})
	}
	return filled(pairs)
}

func options(list []OptionValue) *yaml.Node {
	var pairs []pair
	for i := 0; i < len(list); {
		rule, of := list[i].Rule, []pair{}
		for ; i < len(list) && list[i].Rule == rule; i++ {
			n := &yaml.Node{}
			if err := n.Encode(list[i].Text); err != nil || list[i].Option.Kind == "number" {
				n = &yaml.Node{Kind: yaml.ScalarNode, Value: list[i].Text}
			}
			of = append(of, pair{list[i].Option.Name, n})
		}
		pairs = append(pairs, pair{rule.ID, mapOf(of...)})
	}
	return filled(pairs)
}

func (f *File) paths() *yaml.Node {
	var pairs []pair
	for _, p := range f.Paths {
		pairs = append(pairs, pair{p.Glob, mapOf(pair{"select", texts(p.Select)}, pair{"ignore", texts(p.Ignore)}, pair{"severity", levels(p.Severity)})})
	}
	return filled(pairs)
}

func (f *File) contexts() *yaml.Node {
	var pairs []pair
	for _, c := range f.Contexts {
		blocks := strings.Join(c.Blocks, ",")
		if blocks == "" {
			blocks = "main"
		}
		pairs = append(pairs, pair{c.Glob, oneText(blocks)})
	}
	return filled(pairs)
}

func declarations(list []*nginx.Directive) *yaml.Node {
	var pairs []pair
	for _, d := range list {
		var block *yaml.Node
		if d.Block {
			block = &yaml.Node{Kind: yaml.ScalarNode, Value: "true"}
		}
		pairs = append(pairs, pair{d.Name, mapOf(pair{"contexts", texts(contextsOf(d.Contexts))}, pair{"block", block})})
	}
	return filled(pairs)
}

// contextsOf names the places of a directive; nil for anywhere.
func contextsOf(c nginx.Context) []string {
	if c == nginx.Declare("", 0, false).Contexts {
		return nil
	}
	out := []string{}
	for _, name := range contextNames() {
		at, ok := alone[name]
		if !ok {
			_, at, _ = ParseBlocks(name) // the names are those that it knows
		}
		if c.Has(at) {
			out = append(out, name)
		}
	}
	return out
}
