package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestEveryLineOfJSONLIsAFindingOfJSON(t *testing.T) {
	described, err := jsonschema.UnmarshalJSON(strings.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", described); err != nil {
		t.Fatal(err)
	}
	finding, err := c.Compile("schema.json#/$defs/finding")
	if err != nil {
		t.Fatal(err)
	}
	if finding.Validate(map[string]any{"rule": "x"}) == nil {
		t.Error("the schema takes anything")
	}
	whole := documents(t, "json")
	for name, doc := range documents(t, "jsonl") {
		var object struct{ Findings []json.RawMessage }
		if err := json.Unmarshal([]byte(whole[name]), &object); err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(doc, "\n")
		if last := len(lines) - 1; lines[last] != "" || last != len(object.Findings) {
			t.Fatalf("%s: %d lines for %d findings, the last ends with %q", name, last, len(object.Findings), lines[last])
		}
		for i, want := range object.Findings {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(lines[i]))
			if err == nil {
				err = finding.Validate(v)
			}
			if err != nil {
				t.Fatalf("%s, line %d: %v", name, i+1, err)
			}
			var flat bytes.Buffer
			if err := json.Compact(&flat, want); err != nil {
				t.Fatal(err)
			}
			if flat.String()+"\n" != lines[i] {
				t.Fatalf("%s, line %d is\n%s, in json it is\n%s", name, i+1, lines[i], &flat)
			}
		}
	}
}
