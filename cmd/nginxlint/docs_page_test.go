package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// docPage is a page of the documentation, taken apart.
type docPage struct {
	path   string
	source []byte
	blocks []docBlock
	links  []string
	spans  []string // code within a sentence
	anchor map[string]bool
}

// docBlock is a block of code. A comment ahead of it says what more it is:
//
//	<!-- file: nginx.conf -->      a file of the folder that the page's commands run in
//	<!-- from: rules/x.go -->      the text of that file of the repository, renewed with -update
type docBlock struct {
	language   string // "" where it is indented or has none
	mark, name string // "file" or "from", and of what
	line       int
	start, end int // its text in the page
	text       string
}

// readDoc reads a page.
func readDoc(path string) (*docPage, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return parseDoc(path, source), nil
}

var docMark = regexp.MustCompile(`^<!-- (file|from): (\S+) -->\s*$`)

// parseDoc takes a page apart.
func parseDoc(path string, source []byte) *docPage {
	p := &docPage{path: filepath.ToSlash(path), source: source, anchor: map[string]bool{}}
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	root := markdown.Parser().Parse(text.NewReader(source))
	// The walker returns no error, so Walk has none either.
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			p.visit(n)
		}
		return ast.WalkContinue, nil
	})
	return p
}

func (p *docPage) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		p.block(n, string(n.Language(p.source)))
	case *ast.CodeBlock:
		p.block(n, "")
	case *ast.Link:
		p.links = append(p.links, string(n.Destination))
	case *ast.Image:
		p.links = append(p.links, string(n.Destination))
	case *ast.CodeSpan:
		var b strings.Builder
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			if t, ok := c.(*ast.Text); ok {
				b.Write(t.Segment.Value(p.source))
			}
		}
		p.spans = append(p.spans, b.String())
	case *ast.Heading:
		if id, ok := n.AttributeString("id"); ok {
			p.anchor[string(id.([]byte))] = true
		}
	}
}

// block keeps a block of code.
func (p *docPage) block(n ast.Node, language string) {
	lines := n.Lines()
	b := docBlock{language: language}
	if lines.Len() > 0 {
		b.start, b.end = lines.At(0).Start, lines.At(lines.Len()-1).Stop
	}
	b.line = bytes.Count(p.source[:b.start], []byte("\n")) + 1
	b.text = string(lines.Value(p.source))
	if html, ok := n.PreviousSibling().(*ast.HTMLBlock); ok {
		if m := docMark.FindSubmatch(html.Lines().Value(p.source)); m != nil {
			b.mark, b.name = string(m[1]), string(m[2])
		}
	}
	p.blocks = append(p.blocks, b)
}
