package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// decode reads the next document. The library must not take the linter down,
// whatever it may stumble over.
func decode(dec *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return dec.Decode(n)
}

func isEnd(err error) bool { return errors.Is(err, io.EOF) }

// libraryMark is what the library puts before what it has to say.
var libraryMark = regexp.MustCompile(`^(yaml: )?(line \d+: )?`)

// broken tells that the text is no YAML. The library's line may be that of the
// block around the mistake, or missing: the first line that, as the last one,
// makes it say the same is nearer.
func (d *decoder) broken(src []byte, err error) {
	message := libraryMark.ReplaceAllString(err.Error(), "")
	lines := bytes.SplitAfter(src, []byte("\n"))
	n := 1 + sort.Search(len(lines)-1, func(i int) bool {
		var doc yaml.Node
		err := decode(yaml.NewDecoder(bytes.NewReader(bytes.Join(lines[:i+1], nil))), &doc)
		return err != nil && libraryMark.ReplaceAllString(err.Error(), "") == message
	})
	p := Problem{Line: n, Column: 1, Message: "this is no YAML: " + message}
	if line, ok := d.source.line(n); ok {
		text := strings.TrimLeft(line, " \t")
		p.Column = 1 + utf8.RuneCountInString(line) - utf8.RuneCountInString(text)
		p.Width = utf8.RuneCountInString(strings.TrimRight(text, " \t"))
		if strings.Contains(line[:len(line)-len(text)], "\t") {
			p.Message += " (lines are indented with blanks, not with tabs)"
		}
	}
	d.problems = append(d.problems, p)
}
