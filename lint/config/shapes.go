package config

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v3"
)

// word is one of a few words.
type word struct {
	what  string // what it is called in messages
	known []string
	// otherwise says where to find the known ones; "" lists them.
	otherwise string
	// but, if not nil, says why a word that is not known is refused, "" for no
	// special reason.
	but func(string) string
}

func (w word) decode(d *decoder, n *yaml.Node) (string, bool) {
	text, ok := d.text(n, w.known[0])
	if !ok {
		return "", false
	}
	if w.but != nil && !slices.Contains(w.known, text) {
		if why := w.but(text); why != "" {
			d.complain(n, "%s", why)
			return "", false
		}
	}
	otherwise := w.otherwise
	if otherwise == "" {
		otherwise = oneOf(w.known)
	}
	return text, d.among(n, w.what, text, w.known, otherwise)
}

func (w word) schema() schema { return schema{"enum": w.known} }

// text is text of a pattern, which Go and JavaScript read alike.
type text struct {
	pattern string
	never   string // a pattern that it must not match, "" for none
	want    string // what it is, for "it is not …"
	example string
	// check, if not nil, finds what patterns cannot.
	check func(d *decoder, n *yaml.Node, s string) bool
	// clean, if not nil, gives texts that mean the same one form.
	clean func(string) string
}

func (t text) decode(d *decoder, n *yaml.Node) (string, bool) {
	s, ok := d.text(n, t.example)
	if !ok {
		return "", false
	}
	matches := regexp.MustCompile(t.pattern).MatchString(s)
	if !matches || t.never != "" && regexp.MustCompile(t.never).MatchString(s) {
		d.complain(n, "%q is not %s, such as %s", s, t.want, t.example)
		return "", false
	}
	if t.check != nil && !t.check(d, n, s) {
		return s, false
	}
	if t.clean != nil {
		s = t.clean(s)
	}
	return s, true
}

func (t text) schema() schema {
	s := schema{"type": "string", "pattern": t.pattern}
	if t.never != "" {
		s["not"] = schema{"pattern": t.never}
	}
	return s
}

// flag is true or false.
type flag struct{}

func (flag) decode(d *decoder, n *yaml.Node) (bool, bool) {
	v := d.follow(n)
	if v == nil {
		return false, false
	}
	if v.Kind != yaml.ScalarNode || v.ShortTag() != "!!bool" {
		d.complain(n, "it is true or false")
		return false, false
	}
	var b bool
	err := v.Decode(&b)
	return b, err == nil
}

func (flag) schema() schema { return schema{"type": "boolean"} }

// list is a list of values of one shape.
type list[T any] struct {
	of      shape[T]
	example string
}

func (l list[T]) decode(d *decoder, n *yaml.Node) ([]T, bool) {
	v := d.follow(n)
	if v == nil {
		return nil, false
	}
	if v.Kind != yaml.SequenceNode {
		d.complain(n, "it takes a list, such as %s", l.example)
		return nil, false
	}
	out, good := []T{}, true
	for _, item := range v.Content {
		value, ok := l.of.decode(d, item)
		good = good && ok
		out = append(out, value)
	}
	return out, good
}

func (l list[T]) schema() schema { return schema{"type": "array", "items": l.of.schema()} }

// table maps keys that the user chooses to values of one shape, in the order of
// the file.
type table[T any] struct {
	key shape[string]
	of  shape[T]
	// null says that a key may be without a value.
	null bool
}

type entry[T any] struct {
	key   string
	node  *yaml.Node // of the key
	value T
}

func (t table[T]) decode(d *decoder, n *yaml.Node) ([]entry[T], bool) {
	out, good := []entry[T]{}, true
	seen := map[string]bool{}
	ok := d.entries(n, "", func(key, value *yaml.Node) {
		e := entry[T]{node: key}
		var ok bool
		name := asText(d.follow(key))
		if e.key, ok = t.key.decode(d, name); !ok {
			good = false // and the value is looked at all the same
		} else if seen[e.key] {
			d.complain(key, "%q is there twice", e.key)
			good = false
		}
		seen[e.key] = true
		d.under(name.Value, func() {
			if v := d.follow(value); v == nil || t.null && v.ShortTag() == "!!null" {
				return
			}
			if d.value(e.key, value) == nil {
				good = false
				return
			}
			e.value, ok = t.of.decode(d, value)
			good = good && ok
		})
		out = append(out, e)
	})
	return out, ok && good
}

// asText is a key that stands for its text, whatever it looks like.
func asText(key *yaml.Node) *yaml.Node {
	if key == nil {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str"}
	}
	text := *key
	text.Tag = "!!str"
	return &text
}

func (t table[T]) schema() schema {
	value := t.of.schema()
	if t.null {
		value = schema{"anyOf": []schema{value, {"type": "null"}}}
	}
	return schema{"type": "object", "propertyNames": t.key.schema(), "additionalProperties": value}
}

// object is a mapping with known keys.
type object[T any] struct {
	fields []field[T]
	// but, if not nil, says why a key that is not known cannot be one.
	but func(name string) string
}

// field is one key of an object.
type field[T any] struct {
	name string
	// summary says what it does; example is what could stand behind the key.
	summary, example string
	decode           func(d *decoder, n *yaml.Node, into *T) bool
	schema           func() schema
}

// key makes a field.
func key[T, V any](name, summary, example string, takes shape[V], put func(*T, V)) field[T] {
	return field[T]{
		name: name, summary: summary, example: example, schema: takes.schema,
		decode: func(d *decoder, n *yaml.Node, into *T) bool {
			v, ok := takes.decode(d, n)
			if ok {
				put(into, v)
			}
			return ok
		},
	}
}

func (o object[T]) names() []string {
	out := make([]string, len(o.fields))
	for i := range o.fields {
		out[i] = o.fields[i].name
	}
	return out
}

func (o object[T]) decode(d *decoder, n *yaml.Node) (T, bool) {
	var out T
	ok := o.decodeInto(d, n, &out, nil)
	return out, ok
}

// decodeInto reads a mapping; note, if not nil, is told of each key that is there.
func (o object[T]) decodeInto(d *decoder, n *yaml.Node, into *T, note func(name string, key *yaml.Node)) bool {
	good := true
	names := o.names()
	ok := d.entries(n, " with the keys "+few(names), func(k, v *yaml.Node) {
		name := d.follow(k)
		if name == nil || !o.knows(d, k, name.Value, names) {
			good = false
			return
		}
		if d.value(name.Value, v) == nil {
			good = false
			return
		}
		if note != nil {
			note(name.Value, k)
		}
		f := &o.fields[slices.Index(names, name.Value)]
		d.under(f.name, func() { good = f.decode(d, v, into) && good })
	})
	return ok && good
}

// knows checks a key.
func (o object[T]) knows(d *decoder, n *yaml.Node, name string, names []string) bool {
	if o.but != nil && !slices.Contains(names, name) {
		if why := o.but(name); why != "" {
			d.complain(n, "%s", why)
			return false
		}
	}
	return d.among(n, "key", name, names, oneOf(names))
}

func (o object[T]) schema() schema {
	properties := schema{}
	for _, f := range o.fields {
		s := f.schema()
		if f.summary != "" {
			s["description"] = f.summary
		}
		properties[f.name] = s
	}
	return schema{"type": "object", "additionalProperties": false, "properties": properties}
}
