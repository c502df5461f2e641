package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/rules"
)

// TestDocsOfConfiguration keeps the reference of the configuration file in step
// with its table of keys, and the options with the rules.
func TestDocsOfConfiguration(t *testing.T) {
	const path = docsFolder + "/configuration.md"
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := generated(t, generated(t, string(page), "keys", keysTable(t)), "options", optionsTable())
	if want == string(page) {
		return
	}
	if !*update {
		t.Fatalf("%s is not up to date: go test ./cmd/nginxlint -run Docs -update", path)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// generated replaces what stands between the marks of a generated part.
func generated(t *testing.T, page, name, text string) string {
	t.Helper()
	begin, end := "<!-- "+name+": generated -->\n", "<!-- end of "+name+" -->"
	head, rest, ok := strings.Cut(page, begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("the page has no %q … %q", begin, end)
	}
	return head + begin + text + end + tail
}

var templateKey = regexp.MustCompile(`(?m)^#([a-z-]+): (.+)$`)

// keysTable lists the keys of the configuration file with what the schema says
// of them, and the examples of the file that --init writes.
func keysTable(t *testing.T) string {
	t.Helper()
	var schema struct {
		Properties map[string]struct{ Description string }
	}
	if err := json.Unmarshal(config.Schema(rules.All()), &schema); err != nil {
		t.Fatal(err)
	}
	examples := map[string]string{}
	for _, m := range templateKey.FindAllStringSubmatch(config.Template(rules.All()), -1) {
		examples[m[1]] = m[2]
	}
	var b strings.Builder
	b.WriteString("| key | is | example |\n|---|---|---|\n")
	for _, key := range config.Keys() {
		is, example := schema.Properties[key].Description, examples[key]
		if is == "" || example == "" {
			t.Errorf("key %s: description %q, example %q", key, is, example)
		}
		fmt.Fprintf(&b, "| `%s` | %s | `%s` |\n", key, is, example)
	}
	return b.String()
}

// optionsTable lists the options of rules.
func optionsTable() string {
	var b strings.Builder
	b.WriteString("| rule | option | default | is |\n|---|---|---|---|\n")
	for _, r := range rules.All() {
		for _, o := range r.Options {
			fmt.Fprintf(&b, "| [`%s`](../../../rules/doc/%s.md) | `%s` | %s | %s, %s |\n", r.ID, r.ID, o.Name, o.Default, o.Kind, o.Summary)
		}
	}
	return b.String()
}
