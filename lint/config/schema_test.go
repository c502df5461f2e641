package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/rules"
)

func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema(rules.All())))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// generic is a YAML value as an editor hands it to a schema.
func generic(t testing.TB, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.DocumentNode:
		return generic(t, n.Content[0])
	case yaml.AliasNode:
		return generic(t, n.Alias)
	case yaml.SequenceNode:
		out := []any{}
		for _, c := range n.Content {
			out = append(out, generic(t, c))
		}
		return out
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			out[n.Content[i].Value] = generic(t, n.Content[i+1])
		}
		return out
	case yaml.ScalarNode:
		switch n.ShortTag() {
		case "!!null":
			return nil
		case "!!bool", "!!int", "!!float":
			var v any
			if err := n.Decode(&v); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(v)
			if err != nil {
				return n.Value // .inf and .nan
			}
			if v, err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err != nil {
				t.Fatal(err)
			}
			return v
		}
		return n.Value
	}
	return nil
}

// agree checks that schema and decoder are of one mind about a document.
func agree(t *testing.T, s *jsonschema.Schema, text string) (accepted bool) {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	var value any
	if doc.Kind != 0 {
		value = generic(t, &doc)
	}
	bySchema := s.Validate(value)
	_, byDecoder := config.Decode([]byte(text), "/work/.nginxlint.yaml", nil, rules.All())
	if (bySchema == nil) != (byDecoder == nil) {
		t.Errorf("%s\nthe schema says %v\nthe decoder says %v", text, bySchema, byDecoder)
	}
	return byDecoder == nil
}

// values are what the generator of documents puts behind keys: for each key some
// that are right, and all of the others, which mostly are not.
var values = map[string][]string{
	"nginx": {
		`"1.24"`, `"1.25.3"`, `"1"`, `plus`, `nginx`, `angie`, `{version: "1.24"}`, `{flavour: tengine}`, `{version: "1.25.3.1", flavour: openresty}`, `{}`,
		`{flavour: plus, version: "1.27.2"}`, `"0.8"`, `"1.2.3.4"`, `"v1.24"`, `1.24`, `1`, `{version: "1.24", flavour: angie}`, `{version: 1.24}`, `{flavor: plus}`, `"1.24 "`, `"99999"`, `apache`,
	},
	"roots":        {`[nginx.conf]`, `[]`, `[a, ./b, /c]`, `[""]`, `[1]`, `nginx.conf`},
	"prefix":       {`{/etc/nginx: .}`, `{/: x}`, `{etc: x}`, `{"": x}`, `{/etc: ""}`, `{/etc: null}`},
	"include":      {`{sites-enabled: sites-available}`, `{a/b: c}`, `{/a: b}`, `{a: /b}`, `{"*": a}`, `{..: a}`, `{a: "../b"}`, `{"a/": b}`, `{.hidden: b}`, `{"...": b}`},
	"select":       {`[syntax]`, `[startup, all]`, `[]`, `[synatx]`, `syntax`, `[Syntax]`, `[[syntax]]`, `[null]`},
	"ignore":       {`[bad-gateway]`, `[all]`, `[syntax]`, `[all, input-limit]`},
	"severity":     {`{localhost-upstream: info}`, `{unknown-directive: off}`, `{unknown-directive: "off"}`, `{unknown-directive: loud}`, `{sytax: off}`, `{startup: off}`, `{unknown-directive: false}`, `{}`, `{syntax: off}`, `{syntax: info}`},
	"fail-on":      {`info`, `warning`, `error`, `never`, `off`, `Error`},
	"min-severity": {`info`, `error`, `never`},
	"rules": {
		`{resolver-valid-too-long: {maximum: 10m}}`, `{resolver-valid-too-long: {maximum: 600}}`, `{resolver-valid-too-long: {maximum: 0x10}}`, `{resolver-valid-too-long: {maximum: 4.0}}`,
		`{resolver-valid-too-long: {maximum: 1e3}}`, `{resolver-valid-too-long: {maximum: 1.5}}`, `{resolver-valid-too-long: {maximum: -1}}`, `{resolver-valid-too-long: {maximum: 99999999999}}`,
		`{resolver-valid-too-long: {maximum: 10y}}`, `{resolver-valid-too-long: {maximum: ""}}`, `{resolver-valid-too-long: {}}`, `{resolver-valid-too-long: {maximun: 1}}`,
		`{worker-connections-low: {few: 10}}`, `{worker-connections-low: {few: 0}}`, `{worker-connections-low: {few: "10"}}`, `{worker-connections-low: {few: ten}}`, `{worker-connections-low: {few: true}}`,
		`{proxy-buffer-size-small: {minimum: 8k, ample: 1M}}`, `{proxy-buffer-size-small: {minimum: 8g}}`, `{proxy-buffer-size-small: {minimum: .inf}}`, `{syntax: {}}`, `{nope: {}}`, `{resolver-valid-too-long: 5}`,
	},
	"paths": {
		`{"legacy/**": {ignore: [syntax]}}`, `{a: {select: [], severity: {unknown-directive: off}}}`, `{./a/*.conf: {}}`, `{/a: {}}`, `{../a: {}}`, `{a/: {}}`, `{"": {}}`, `{a: null}`, `{a: {rules: {}}}`, `{404: {}}`,
		`{"!a": {}}`, `{"./!a": {}}`, `{"././a": {}}`, `{"./../a": {}}`, `{".//a": {}}`, `{"[!a]": {}}`, `{"a!": {}}`, `{"**": {select: [default]}}`,
	},
	"contexts": {
		`{"*": main}`, `{a: "http,server"}`, `{a: "http, server ,location,location,if"}`, `{a: "stream,upstream"}`, `{a: "mail,server"}`, `{a: events}`, `{a: "http,server,if"}`, `{a: "http,server,location,limit_except"}`,
		`{a: server}`, `{a: "http,"}`, `{a: ""}`, `{a: "main,http"}`, `{a: "http,server,location,if,location"}`, `{a: [http]}`, `{a: "http;server"}`, `{a: "mail,upstream"}`, `{a: " main "}`,
	},
	"directives": {
		`{a: {}}`, `{a: null}`, `{a: {contexts: []}}`, `{a: {contexts: [http, "stream,server", if], block: true}}`, `{a: {block: false}}`, `{a: {block: yes}}`, `{a: {block: "true"}}`, `{a b: {}}`, `{1a: {}}`, `{a: {contexts: http}}`, `{a: {contexts: [htp]}}`,
	},
	"baseline": {`base.json`, `/abs`, `""`, `[]`, `5`, `2026-01-01`},
	"selct":    {`[syntax]`},
	"5":        {`5`},
}

// TestSchemaAndDecoder: what the one takes, the other takes. Twins of keys, globs
// with an open bracket, and fail-on against min-severity are beyond a schema.
func TestSchemaAndDecoder(t *testing.T) {
	s := compiled(t)
	for _, text := range []string{"", "{}", "null", "# a comment", "[]", "5", "text", "true"} {
		agree(t, s, text)
	}
	accepted, all := map[string]int{}, 0
	for key := range values {
		for other := range values {
			for _, v := range values[other] {
				all++
				if agree(t, s, key+": "+v+"\n") {
					accepted[key]++
				}
			}
		}
		if known := key != "selct" && key != "5"; (accepted[key] > 0) != known {
			t.Errorf("%d values of %q are accepted", accepted[key], key)
		}
	}
	t.Logf("%d documents of one key", all)
}

// TestSchemaAndDecoderOnWholeFiles puts several keys together.
func TestSchemaAndDecoderOnWholeFiles(t *testing.T) {
	s := compiled(t)
	random := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 2000 {
		var b strings.Builder
		for _, key := range config.Keys() {
			if key != "min-severity" && random.IntN(3) == 0 {
				v := values[key][random.IntN(min(len(values[key]), 4))]
				if random.IntN(12) == 0 {
					v = values[key][random.IntN(len(values[key]))]
				}
				fmt.Fprintf(&b, "%s: %s\n", key, v)
			}
		}
		if agree(t, s, b.String()) {
			accepted++
		}
	}
	if accepted < 200 || accepted > 1800 {
		t.Errorf("%d of 2000 documents are accepted: the test says little", accepted)
	}
}

// TestTemplate: a new file says nothing yet, and each of its examples is right.
func TestTemplate(t *testing.T) {
	template := config.Template(rules.All())
	if f, bad := problems(t, template, nil, "/work"); bad != nil || f.Line("nginx") != 0 {
		t.Errorf("the template says something: %q", bad)
	}
	s := compiled(t)
	n := 0
	for line := range strings.Lines(template) {
		example, ok := strings.CutPrefix(line, "#")
		if !ok || strings.HasPrefix(example, " ") {
			continue
		}
		n++
		if !agree(t, s, example) {
			t.Errorf("the example %q is wrong", example)
		}
	}
	if n != len(config.Keys()) {
		t.Errorf("there are %d examples of %d keys", n, len(config.Keys()))
	}
	uncommented := strings.ReplaceAll(strings.ReplaceAll(template, "# ", "## "), "\n#", "\n")
	if !agree(t, s, strings.TrimPrefix(uncommented, "#")) {
		t.Error("the examples do not go together")
	}
}

// reprinted prints a file and decodes it again.
func reprinted(t *testing.T, f *config.File) (printed string, again *config.File) {
	t.Helper()
	var b bytes.Buffer
	if err := config.Print(&b, f, func(string) string { return "here" }); err != nil {
		t.Fatal(err)
	}
	again, err := config.Decode(b.Bytes(), f.Path, nil, rules.All())
	if err != nil {
		t.Fatalf("what is printed does not load: %v\n%s", err, &b)
	}
	return b.String(), again
}

// TestPrintLoadsAgain: what is printed says the same.
func TestPrintLoadsAgain(t *testing.T) {
	for key, all := range values {
		for _, v := range all {
			f, err := config.Decode([]byte(key+": "+v+"\n"), "/work/.nginxlint.yaml", nil, rules.All())
			if err != nil {
				continue
			}
			first, again := reprinted(t, f)
			if second, _ := reprinted(t, again); first != second {
				t.Errorf("%s: %s\nis printed as\n%s\nand that as\n%s", key, v, first, second)
			}
			if empty := map[string]bool{"{}": true, "[]": true, `{resolver-valid-too-long: {}}`: true}; first == "" && !empty[v] {
				t.Errorf("%s: %s is not printed", key, v)
			}
		}
	}
}

// FuzzDecode: no text takes the linter down; what is taken is printed so that it
// is taken again; each problem has a place in the text.
func FuzzDecode(f *testing.F) {
	for key, all := range values {
		for _, v := range all {
			f.Add(key + ": " + v + "\n")
		}
	}
	f.Add("prefix: {/a: ., /a/: .}\n")
	f.Add("paths: {a: {}, ./a: {}}\n")
	f.Add("a: &a [*a]\nselect: *a\n")
	f.Add("paths: {.//conf: {}, ././/a: {}}")
	f.Add("contexts: {./../x: http, .//../y: http}")
	f.Add(`contexts: {a: "se\rrr"}`)
	f.Add(`contexts: {a: "http,\x1b,"}`)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := config.Decode([]byte(text), filepath.FromSlash("/work/.nginxlint.yaml"), conf.FS(nil), rules.All())
		var e *config.Error
		if err == nil {
			reprinted(t, file)
			return
		}
		if !errors.As(err, &e) || len(e.Problems) == 0 {
			t.Fatalf("%v", err)
		}
		for _, p := range e.Problems {
			if p.Line < 1 || p.Column < 1 || strings.ContainsAny(p.Message, "\n\r\x1b") {
				t.Errorf("%+v", p)
			}
			if line, from, to, ok := e.Source(p); ok && (from < 0 || to < from || to > len(line)) {
				t.Errorf("%+v: %d to %d of %q", p, from, to, line)
			}
		}
	})
}
