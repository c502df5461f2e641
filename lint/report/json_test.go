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

func TestJSONSchemaDescribesEveryField(t *testing.T) {
	describesEveryField(t, JSONSchema(), jsonReport{}, map[string]any{
		"tool": jsonTool{}, "summary": jsonSummary{}, "finding": jsonFinding{},
		"related": jsonRelated{}, "place": jsonPlace{}, "position": jsonPosition{},
	})
}

// describesEveryField holds a schema against what is written as a whole and as
// its definitions: every field is described, and required unless it can be left
// out, and no other.
func describesEveryField(t *testing.T, schema string, whole any, defs map[string]any) {
	t.Helper()
	type object struct {
		Properties map[string]any `json:"properties"`
		Required   []string       `json:"required"`
	}
	var doc struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal([]byte(schema), &doc); err != nil {
		t.Fatal(err)
	}
	check := func(name string, o object, value any) {
		var written, always []string
		for _, f := range reflect.VisibleFields(reflect.TypeOf(value)) {
			if f.Anonymous {
				continue
			}
			tag, option, _ := strings.Cut(f.Tag.Get("json"), ",")
			written = append(written, tag)
			if option != "omitempty" {
				always = append(always, tag)
			}
		}
		slices.Sort(written)
		slices.Sort(always)
		described := slices.Sorted(maps.Keys(o.Properties))
		required := slices.Sorted(slices.Values(o.Required))
		if !slices.Equal(written, described) || !slices.Equal(always, required) {
			t.Errorf("%s:\nwritten   %v\ndescribed %v\nalways    %v\nrequired  %v", name, written, described, always, required)
		}
	}
	check("the whole", doc.object, whole)
	for name, value := range defs {
		check(name, doc.Defs[name], value)
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
