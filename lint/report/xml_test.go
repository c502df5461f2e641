package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// xmlElement is what a schema says of an element.
type xmlElement struct {
	required, optional []string // attributes
	children           []string
	text               bool // text other than blanks between elements
}

// checkXML checks a document against the elements of a schema; "" is what
// stands above the root.
func checkXML(doc string, schema map[string]xmlElement) error {
	d := xml.NewDecoder(strings.NewReader(doc))
	path := []string{""}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		above := path[len(path)-1]
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			if !slices.Contains(schema[above].children, name) {
				return fmt.Errorf("<%s> in <%s>", name, above)
			}
			if err := checkAttributes(token, schema[name]); err != nil {
				return err
			}
			path = append(path, name)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if !schema[above].text && strings.TrimSpace(string(token)) != "" {
				return fmt.Errorf("text %q in <%s>", token, above)
			}
		}
	}
}

func checkAttributes(e xml.StartElement, schema xmlElement) error {
	var names []string
	for _, a := range e.Attr {
		if slices.Contains(names, a.Name.Local) {
			return fmt.Errorf("<%s> has %s twice", e.Name.Local, a.Name.Local)
		}
		names = append(names, a.Name.Local)
		if !slices.Contains(schema.required, a.Name.Local) && !slices.Contains(schema.optional, a.Name.Local) {
			return fmt.Errorf("<%s> has %s", e.Name.Local, a.Name.Local)
		}
	}
	for _, want := range schema.required {
		if !slices.Contains(names, want) {
			return fmt.Errorf("<%s> has no %s", e.Name.Local, want)
		}
	}
	return nil
}

func TestXMLHoldsWhatItCanAndShowsTheRest(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 日本 👍":    "plain é 日本 👍",
		"a\tb\nc\rd":      "a\tb\nc\rd",
		"\x00\x1b[31m":    `\x00\x1b[31m`,
		"\xff\xc3(":       `\xff\xc3(`,
		"\ufffe\uffff":    `\ufffe\uffff`,
		"\u0085\u2028":    "\u0085\u2028",
		"\ufffd":          "\ufffd",
		"<&>\"']]>":       "<&>\"']]>",
		"\xed\xa0\x80end": `\xed\xa0\x80end`,
	} {
		type document struct {
			Attr string `xml:"a,attr"`
			Text string `xml:",chardata"`
		}
		var b strings.Builder
		if err := encodeXML(&b, document{legalXML(in), legalXML(in)}); err != nil {
			t.Fatal(err)
		}
		var got document
		if err := xml.Unmarshal([]byte(b.String()), &got); err != nil {
			t.Errorf("%q: %v", in, err)
		}
		if got.Attr != want || got.Text != want {
			t.Errorf("%q is read as %q and %q, want %q", in, got.Attr, got.Text, want)
		}
	}
}
