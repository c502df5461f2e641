package deploy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// maxFile is the largest compose file or Dockerfile that is read, in bytes.
	maxFile = 1 << 20
	// maxVisits is how many mapping entries are looked at in one file, merge
	// keys expanded: what aliases could multiply without end.
	maxVisits = 1 << 20
	maxMerges = 16 // nested merge keys
	maxAlias  = 16 // aliases that lead to aliases
)

// document is one YAML file with what its text needs to be understood.
type document struct {
	path string
	dir  string // folder that relative paths count from
	top  *yaml.Node
	vars map[string]string // from the project's .env
	// partial says that there is more to it than the first document, or that
	// maxVisits was reached.
	partial bool
	visits  int
}

// parseYAML reads the first document of data; more says that there are others.
func parseYAML(data []byte) (top *yaml.Node, more bool, err error) {
	// The file is not the one that is linted: should the library ever stumble
	// over it, linting must go on without it.
	defer func() {
		if r := recover(); r != nil {
			top, err = nil, fmt.Errorf("parse YAML: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, false, fmt.Errorf("parse YAML: %w", err)
	}
	more = !errors.Is(dec.Decode(&next), io.EOF)
	return &doc, more, nil
}

// deref follows aliases and unwraps the document; nil for nothing, including
// what compose's !reset takes away.
func deref(n *yaml.Node) *yaml.Node {
	for range maxAlias {
		switch {
		case n == nil || n.Kind == 0 || n.Tag == "!reset":
			return nil
		case n.Kind == yaml.AliasNode:
			n = n.Alias
		case n.Kind == yaml.DocumentNode:
			if len(n.Content) == 0 {
				return nil
			}
			n = n.Content[0]
		default:
			return n
		}
	}
	return nil
}

type pair struct {
	key, value *yaml.Node
}

// pairs lists a mapping's entries, merge keys expanded, each key once.
func (d *document) pairs(n *yaml.Node) []pair {
	var out []pair
	d.collect(deref(n), 0, map[string]bool{}, &out)
	return out
}

func (d *document) collect(n *yaml.Node, depth int, seen map[string]bool, out *[]pair) {
	if n == nil || n.Kind != yaml.MappingNode || depth > maxMerges {
		return
	}
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		if d.visits++; d.visits > maxVisits {
			d.partial = true
			return
		}
		key := deref(n.Content[i])
		if key == nil || key.Kind != yaml.ScalarNode {
			continue
		}
		if key.Value == "<<" {
			merges = append(merges, n.Content[i+1])
		} else if !seen[key.Value] {
			seen[key.Value] = true
			*out = append(*out, pair{key, n.Content[i+1]})
		}
	}
	for _, m := range merges {
		m = deref(m)
		if m != nil && m.Kind == yaml.SequenceNode {
			for _, item := range m.Content {
				d.collect(deref(item), depth+1, seen, out)
			}
			continue
		}
		d.collect(m, depth+1, seen, out)
	}
}

// fields is a mapping by key; keys whose value is nothing are left out.
func (d *document) fields(n *yaml.Node) map[string]*yaml.Node {
	m := map[string]*yaml.Node{}
	for _, p := range d.pairs(n) {
		if v := deref(p.value); v != nil && v.Tag != "!!null" {
			m[p.key.Value] = v
		}
	}
	return m
}

// list is the items of a sequence; a single scalar is a list of one.
func (d *document) list(n *yaml.Node) []*yaml.Node {
	n = deref(n)
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode && n.Tag != "!!null" {
		return []*yaml.Node{n}
	}
	if n.Kind != yaml.SequenceNode {
		return nil
	}
	var out []*yaml.Node
	for _, item := range n.Content {
		if d.visits++; d.visits > maxVisits {
			d.partial = true
			return out
		}
		if item = deref(item); item != nil {
			out = append(out, item)
		}
	}
	return out
}

// text is a scalar with its variables replaced; ok says that the value is known.
func (d *document) text(n *yaml.Node) (value string, ok bool) {
	n = deref(n)
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return "", false
	}
	if templated(n.Value) {
		return "", false
	}
	return interpolate(n.Value, d.vars, composeSyntax)
}

// templated reports whether a value is still to be filled in by a template
// engine, or by the container engine for each container.
func templated(s string) bool {
	return strings.Contains(s, "{{") || strings.Contains(s, "{%") || strings.Contains(s, "<%")
}

// texts is a list of known scalars; ok says that all are known.
func (d *document) texts(n *yaml.Node) (values []string, ok bool) {
	ok = true
	for _, item := range d.list(n) {
		v, known := d.text(item)
		if !known {
			ok = false
			continue
		}
		values = append(values, v)
	}
	return values, ok
}

func (d *document) place(n *yaml.Node) Place {
	return Place{Path: d.path, Line: n.Line, Column: n.Column}
}
