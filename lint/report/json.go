package report

import (
	"bufio"
	"bytes"
	_ "embed" // for the schema
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

//go:embed schema.json
var schema string

// JSONSchema is the JSON Schema (draft 2020-12) of the json format.
func JSONSchema() string { return schema }

// jsonVersion is the version of the json format. It grows when a field is
// removed, renamed or changes its meaning; new fields do not change it.
const jsonVersion = 1

type jsonReport struct {
	Version  int           `json:"version"`
	Tool     jsonTool      `json:"tool"`
	Summary  jsonSummary   `json:"summary"`
	Findings []jsonFinding `json:"findings"`
	Errors   []string      `json:"errors"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	URL     string `json:"url"`
}

// jsonToolOf names this program in what it writes.
func jsonToolOf(o Options) jsonTool {
	return jsonTool{Name: toolName, Version: Release(o.Version), URL: "https://" + lint.Home}
}

type jsonSummary struct {
	Files    int `json:"files"`
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	// What is not among the findings.
	Ignored   int `json:"ignored"`
	Known     int `json:"known"`
	Elsewhere int `json:"elsewhere"`
}

type jsonFinding struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Category string `json:"category"`
	Message  string `json:"message"`
	Help     string `json:"help"`
	URL      string `json:"url"`
	jsonPlace
	Block       string        `json:"block"`
	Subject     string        `json:"subject"`
	Fingerprint string        `json:"fingerprint"`
	Related     []jsonRelated `json:"related"`
	Includes    []jsonPlace   `json:"includes"`
}

type jsonPlace struct {
	File  string       `json:"file"`
	Start jsonPosition `json:"start"`
	End   jsonPosition `json:"end"`
}

type jsonPosition struct {
	Line        int `json:"line"`
	Column      int `json:"column"`
	ByteColumn  int `json:"byte_column"`
	UTF16Column int `json:"utf16_column"`
	Offset      int `json:"offset"`
}

type jsonRelated struct {
	Message string `json:"message"`
	jsonPlace
}

// writeJSON writes one object; [JSONSchema] describes it. Columns are given in
// Unicode code points, bytes and UTF-16 units, all counted from 1.
func writeJSON(w io.Writer, r *lint.Result, o Options) error {
	out := jsonReport{
		Version: jsonVersion,
		Tool:    jsonToolOf(o),
		Summary: jsonSummary{
			Files:    len(r.Files),
			Errors:   r.Count(lint.Error),
			Warnings: r.Count(lint.Warning),
			Infos:    r.Count(lint.Info),

			Ignored: r.Hidden.Ignored, Known: r.Hidden.Known, Elsewhere: r.Hidden.Elsewhere,
		},
		Findings: []jsonFinding{},
		Errors:   make([]string, 0, len(r.Errors)),
	}
	names := newFingerprints(o)
	for _, err := range r.Errors {
		out.Errors = append(out.Errors, err.Error())
	}
	return encodeList(w, out, "findings", len(r.Findings), func(i int) any {
		return jsonFindingOf(&r.Findings[i], names.of(&r.Findings[i]), o)
	})
}

// encode writes v as indented JSON, leaving <, > and & as they are. The encoder
// writes once, when it has the whole text.
func encode(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// encodeList is encode for an object with a list that is empty in v and whose n
// elements are made, and written, one by one: they may fill hundreds of megabytes.
func encodeList(w io.Writer, v any, name string, n int, element func(int) any) error {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		return err
	}
	// No string holds a line's end, and nothing else has this indent.
	head := "\n  \"" + name + "\": ["
	before, after, _ := strings.Cut(b.String(), head)
	out := bufio.NewWriter(w)
	fmt.Fprint(out, before, head)
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("    ", "  ")
	indent := "\n    "
	for i := range n {
		b.Reset()
		if err := e.Encode(element(i)); err != nil {
			return err
		}
		fmt.Fprint(out, indent, strings.TrimSuffix(b.String(), "\n"))
		indent = ",\n    "
	}
	if n > 0 {
		fmt.Fprint(out, "\n  ")
	}
	fmt.Fprint(out, after)
	return out.Flush()
}

func jsonFindingOf(f *lint.Finding, fingerprint string, o Options) jsonFinding {
	out := jsonFinding{
		Rule:        f.Rule.ID,
		Severity:    f.Severity.String(),
		Category:    string(f.Rule.Category),
		Message:     f.Message,
		Help:        f.Help,
		URL:         f.Rule.URL(),
		jsonPlace:   jsonPlaceOf(f.Place, o),
		Block:       f.Block,
		Subject:     f.Subject,
		Fingerprint: fingerprint,
		Related:     make([]jsonRelated, 0, len(f.Related)),
		Includes:    []jsonPlace{},
	}
	for _, rel := range f.Related {
		out.Related = append(out.Related, jsonRelated{Message: rel.Message, jsonPlace: jsonPlaceOf(rel.Place, o)})
	}
	for _, p := range trail(f.Place) {
		out.Includes = append(out.Includes, jsonPlaceOf(p, o))
	}
	return out
}

func jsonPlaceOf(p lint.Place, o Options) jsonPlace {
	p = normal(p)
	return jsonPlace{
		File:  shown(p.File, o.Dir),
		Start: jsonPositionOf(p.Position()),
		End:   jsonPositionOf(p.End()),
	}
}

func jsonPositionOf(p conf.Position) jsonPosition {
	return jsonPosition{Line: p.Line, Column: p.Rune, ByteColumn: p.Byte, UTF16Column: p.UTF16, Offset: p.Offset}
}
