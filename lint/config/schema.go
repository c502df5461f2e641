package config

import (
	"bytes"
	"encoding/json"

	"github.com/nginxlint/nginxlint/lint"
)

// Schema is the JSON Schema of a configuration file, for the rules that there are.
func Schema(rules []*lint.Rule) []byte {
	s := fileKeys(rules).schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "configuration of nginxlint"
	s["type"] = []string{"object", "null"} // a file of comments says nothing
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		panic(err) // it is made of maps and strings
	}
	return b.Bytes()
}
