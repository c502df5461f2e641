package lint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"strings"
)

// baselineVersion is the version of the file's form. It grows when a field is
// removed, renamed or changes its meaning.
const baselineVersion = 1

type baselineFile struct {
	Version  int            `json:"version"`
	Findings []baselineLine `json:"findings"`
}

type baselineLine struct {
	File  string `json:"file"`
	Block string `json:"block"`
	Text  string `json:"text"`
	Rule  string `json:"rule"`
	Count int    `json:"count"`
}

// Encode is the text of the baseline's file: JSON, with one entry a line, the
// same for the same findings.
func (b *Baseline) Encode() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"version\": %d,\n  \"findings\": [", baselineVersion)
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	indent := "\n    "
	for _, k := range b.Entries() {
		out.WriteString(indent)
		if err := e.Encode(baselineLine{k.File, k.Block, k.Text, k.Rule, k.Count}); err != nil {
			return nil, fmt.Errorf("encoding the baseline: %w", err)
		}
		out.Truncate(out.Len() - 1) // the encoder's line feed
		indent = ",\n    "
	}
	if len(b.known) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]\n}\n")
	return out.Bytes(), nil
}

// byteOrderMark is what some editors begin a file with.
const byteOrderMark = "\ufeff"

// conflict is a line that git leaves where it could not merge. No line of JSON
// begins like that.
var conflict = regexp.MustCompile(`(?m)^(<{7}|={7}|>{7}|\|{7})([ \r].*)?$\n?`)

// ParseBaseline reads the text of a baseline's file.
func ParseBaseline(text []byte, home BaselineHome) (*Baseline, error) {
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if at := conflict.FindIndex(text); at != nil {
		return nil, fmt.Errorf("line %d: a conflict that git left: resolve it, or write the baseline anew", 1+bytes.Count(text[:at[0]], []byte("\n")))
	}
	var version struct{ Version int }
	if err := json.Unmarshal(text, &version); err != nil {
		return nil, atLine(text, err)
	}
	switch {
	case version.Version == 0:
		return nil, errors.New(`it is no baseline: there is no "version" in it`)
	case version.Version != baselineVersion:
		return nil, fmt.Errorf("it has version %d and this program knows %d: write it anew", version.Version, baselineVersion)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var file baselineFile
	if err := d.Decode(&file); err != nil {
		return nil, atLine(text, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands behind its end")
	}
	b := &Baseline{home: home, known: map[Identity]int{}}
	for i, line := range file.Findings {
		switch {
		case line.Rule == "" || line.File == "":
			return nil, fmt.Errorf("entry %d names no rule or no file", i+1)
		case line.Count < 1:
			return nil, fmt.Errorf("entry %d has a count of %d", i+1, line.Count)
		}
		id := Identity{Rule: line.Rule, File: path.Clean(line.File), Block: line.Block, Text: line.Text}
		b.known[id] += min(line.Count, math.MaxInt-b.known[id])
	}
	return b, nil
}

// beginning is how a baseline's file is written.
var beginning = regexp.MustCompile(`^\s*\{\s*"version":\s*[1-9][0-9]*,\s*"findings":\s*\[`)

// IsBaseline reports whether a text is that of a baseline's file, of whatever
// version, and also if git left conflicts in it.
func IsBaseline(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	if conflict.Match(text) {
		return beginning.Match(conflict.ReplaceAll(text, nil))
	}
	var file struct {
		Version  int
		Findings []json.RawMessage
	}
	return json.Unmarshal(text, &file) == nil && file.Version > 0 && file.Findings != nil
}

// atLine adds to an error of the decoder the line that it is in, if it tells.
func atLine(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var offset int64
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	default:
		return errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	offset = max(0, min(offset, int64(len(text))))
	line := 1 + bytes.Count(text[:offset], []byte("\n"))
	return fmt.Errorf("line %d: %s", line, strings.TrimPrefix(err.Error(), "json: "))
}
