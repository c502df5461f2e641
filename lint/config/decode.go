package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// shape is a form that a value can have. What decode takes, and what the schema
// allows, are the same.
type shape[T any] interface {
	// decode reads a value that is there. It is not ok where something is wrong
	// with it, which it has complained of then.
	decode(d *decoder, n *yaml.Node) (T, bool)
	// schema is the JSON Schema of the value.
	schema() schema
}

type schema = map[string]any

// decoder goes through a file and collects what is wrong.
type decoder struct {
	source   *source
	dir      string
	fs       conf.FS
	problems []Problem
	// keys lead to the value at hand.
	keys   []string
	visits int
}

// complain records a problem with a value.
func (d *decoder) complain(n *yaml.Node, format string, args ...any) {
	if len(d.problems) == maxProblems {
		return
	}
	message := fmt.Sprintf(format, args...)
	if len(d.keys) > 0 {
		message = strings.Join(d.keys, ": ") + ": " + message
	}
	if len(d.problems) == maxProblems-1 {
		message = "there are too many problems: further ones are not told"
	}
	d.problems = append(d.problems, Problem{Line: max(1, n.Line), Column: max(1, n.Column), Width: d.source.width(n), Message: message})
}

// under does something below a key.
func (d *decoder) under(key string, do func()) {
	if quoted := strconv.Quote(key); quoted != `"`+key+`"` {
		key = quoted // it could break lines, or worse
	}
	d.keys = append(d.keys, key)
	do()
	d.keys = d.keys[:len(d.keys)-1]
}

// follow returns what a value is, where it is an alias. It is nil where too much
// has been looked at: aliases can multiply a short text without end.
func (d *decoder) follow(n *yaml.Node) *yaml.Node {
	if d.visits++; d.visits > maxVisits {
		if d.visits == maxVisits+1 {
			d.complain(n, "there is too much in the file: only %d values are read", maxVisits)
		}
		return nil
	}
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// entries yields the keys of a mapping with their values.
func (d *decoder) entries(n *yaml.Node, what string, each func(key, value *yaml.Node)) bool {
	m := d.follow(n)
	if m == nil {
		return false
	}
	if m.Kind != yaml.MappingNode {
		d.complain(n, "it takes a mapping%s", what)
		return false
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key := d.follow(m.Content[i])
		if key == nil {
			return false
		}
		switch {
		case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!null":
			d.complain(m.Content[i], "a key is one word or text")
		case key.ShortTag() == "!!merge":
			d.complain(m.Content[i], "mappings cannot be merged: write out what is to be here")
		case seen[key.Value]:
			d.complain(m.Content[i], "%q is there twice", key.Value)
		default:
			seen[key.Value] = true
			each(m.Content[i], m.Content[i+1])
		}
	}
	return true
}

// value is a mapping's value, nil if there is none.
func (d *decoder) value(key string, n *yaml.Node) *yaml.Node {
	v := d.follow(n)
	if v != nil && v.ShortTag() == "!!null" && v.Kind == yaml.ScalarNode {
		d.complain(n, "%q has no value: leave it out, or give it one", key)
		return nil
	}
	return v
}

// text is the text of a scalar; ok says that it is one, and no number or the like.
func (d *decoder) text(n *yaml.Node, example string) (text string, ok bool) {
	v := d.follow(n)
	switch {
	case v == nil:
		return "", false
	case v.Kind != yaml.ScalarNode:
		d.complain(n, "it takes one word or text, such as %s", example)
		return "", false
	case v.ShortTag() == "!!str", v.ShortTag() == "!!timestamp":
		return v.Value, true
	case v.ShortTag() == "!!null":
		d.complain(n, "there is no value here")
	default:
		d.complain(n, "it takes text: write it in quotes, as in %q", v.Value)
	}
	return "", false
}

// among checks that a word is one of those that are known.
func (d *decoder) among(n *yaml.Node, what, word string, known []string, otherwise string) bool {
	if slices.Contains(known, word) {
		return true
	}
	if len(d.problems) == maxProblems {
		return false // nobody is told what was meant
	}
	if near, ok := nearest(word, known); ok {
		d.complain(n, "unknown %s %q: did you mean %q?", what, word, near)
	} else {
		d.complain(n, "unknown %s %q: %s", what, word, otherwise)
	}
	return false
}

// nearest is the word that was most likely meant.
func nearest(word string, among []string) (string, bool) {
	folded := strings.ReplaceAll(strings.ToLower(word), "_", "-")
	for _, w := range among {
		if w == folded {
			return w, true
		}
	}
	return nginx.Nearest(folded, among)
}

// oneOf lists words for people.
func oneOf(words []string) string { return "it is one of " + strings.Join(words, ", ") }
