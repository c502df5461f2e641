package report

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// validate checks a document against a JSON Schema.
func validate(t *testing.T, schema, doc string) error {
	t.Helper()
	s, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", s); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	return compiled.Validate(v)
}

func TestJSONFollowsItsSchema(t *testing.T) {
	failed := sample(t)
	failed.Errors = []error{errors.New("rule x panicked")}
	clean := sample(t)
	clean.Findings = nil
	for name, doc := range map[string]string{
		"sample": render(t, "json", sample(t), sampleOptions()),
		"clean":  render(t, "json", clean, Options{}),
		"failed": render(t, "json", failed, Options{}),
		"nested": render(t, "json", deepTrail(t, 3), Options{}),
	} {
		if err := validate(t, JSONSchema(), doc); err != nil {
			t.Errorf("%s: %v\n%s", name, err, doc)
		}
	}
}

func TestJSONSchemaRefusesWhatIsNoReport(t *testing.T) {
	good := render(t, "json", sample(t), sampleOptions())
	for old, bad := range map[string]string{
		`"version": 1`:          `"version": 2`,
		`"severity": "warning"`: `"severity": "fatal"`,
		`"line": 3`:             `"line": 0`,
		`"errors": []`:          `"errors": null`,
	} {
		doc := strings.Replace(good, old, bad, 1)
		if doc == good {
			t.Fatalf("%s is not in the sample", old)
		}
		if validate(t, JSONSchema(), doc) == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// Every field that is written is described and required, and no other.
func TestJSONSchemaDescribesEveryField(t *testing.T) {
	type object struct {
		Properties map[string]any `json:"properties"`
		Required   []string       `json:"required"`
	}
	var doc struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(JSONSchema()), &doc); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		described object
		written   any
	}{
		"report":   {doc.object, jsonReport{}},
		"tool":     {doc.Defs["tool"], jsonTool{}},
		"summary":  {doc.Defs["summary"], jsonSummary{}},
		"finding":  {doc.Defs["finding"], jsonFinding{}},
		"related":  {doc.Defs["related"], jsonRelated{}},
		"place":    {doc.Defs["place"], jsonPlace{}},
		"position": {doc.Defs["position"], jsonPosition{}},
	} {
		var written []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(c.written)) {
			if !f.Anonymous {
				written = append(written, f.Tag.Get("json"))
			}
		}
		slices.Sort(written)
		described := slices.Sorted(maps.Keys(c.described.Properties))
		required := slices.Sorted(slices.Values(c.described.Required))
		if !slices.Equal(written, described) || !slices.Equal(written, required) {
			t.Errorf("%s:\nwritten   %v\ndescribed %v\nrequired  %v", name, written, described, required)
		}
	}
}

func TestJSONColumnsCountCharactersBytesAndUTF16Units(t *testing.T) {
	f := parse(t, "a.conf", "set $x 'é👍'; proxy_buffer_size 2k;\n")
	var doc jsonReport
	if err := json.Unmarshal([]byte(render(t, "json", one(on(t, f, "2k", 0)), Options{})), &doc); err != nil {
		t.Fatal(err)
	}
	want := jsonPosition{Line: 1, Column: 32, ByteColumn: 36, UTF16Column: 33, Offset: 35}
	if got := doc.Findings[0].Start; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
