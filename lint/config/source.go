package config

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Error is all that is wrong in a configuration file.
type Error struct {
	// Path is the file.
	Path     string
	Problems []Problem
	source   *source
}

// Problem is one thing that is wrong in a configuration file.
type Problem struct {
	// Line and Column count from 1, the column in characters.
	Line, Column int
	// Width is how many characters it is about, 0 for none in particular.
	Width   int
	Message string
}

// Error tells all problems, one on a line.
func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, fmt.Sprintf("%s:%d:%d: %s", e.Path, p.Line, p.Column, p.Message))
	}
	return strings.Join(lines, "\n")
}

// Source returns the line that a problem is in, and the bytes of it that it is
// about. It is not ok where there is nothing to show.
func (e *Error) Source(p Problem) (line string, from, to int, ok bool) {
	line, ok = e.source.line(p.Line)
	if !ok || strings.TrimSpace(line) == "" {
		return "", 0, 0, false
	}
	from = byteOf(line, p.Column-1)
	return line, from, from + byteOf(line[from:], max(1, p.Width)), true
}

// byteOf is the byte at which the n-th character of a line begins.
func byteOf(line string, n int) int {
	at := 0
	for ; n > 0 && at < len(line); n-- {
		_, size := utf8.DecodeRuneInString(line[at:])
		at += size
	}
	return at
}

// source is the text of a configuration file by lines.
type source struct{ lines []string }

// newSource splits a text where YAML does.
func newSource(src []byte) *source {
	text := strings.TrimPrefix(string(src), "\uFEFF")
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n").Replace(text)
	return &source{strings.Split(text, "\n")}
}

func (s *source) line(n int) (string, bool) {
	if n < 1 || n > len(s.lines) {
		return "", false
	}
	return s.lines[n-1], true
}

// width is how many characters of its first line a value takes.
func (s *source) width(n *yaml.Node) int {
	line, ok := s.line(n.Line)
	if !ok {
		return 0
	}
	rest := strings.TrimRight(line[byteOf(line, n.Column-1):], " \t")
	switch {
	case n.Kind == yaml.AliasNode:
		return 1 + utf8.RuneCountInString(n.Value)
	case n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 && rest != "":
		if i := strings.IndexByte(rest[1:], rest[0]); i >= 0 {
			return utf8.RuneCountInString(rest[:i+2])
		}
	case n.Kind == yaml.ScalarNode && strings.HasPrefix(rest, n.Value):
		return utf8.RuneCountInString(n.Value)
	}
	return utf8.RuneCountInString(rest)
}

// parse reads the only document of a file; nil where it holds none or is broken.
func (d *decoder) parse(src []byte) *yaml.Node {
	if i := invalidUTF8(src); i >= 0 {
		d.problems = append(d.problems, Problem{Line: 1 + bytes.Count(src[:i], []byte("\n")), Column: 1, Message: "the file is not in UTF-8"})
		return nil
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc, next yaml.Node
	switch err := decode(dec, &doc); {
	case err == nil:
	case doc.Kind == 0 && isEnd(err):
		return nil // nothing but comments
	default:
		d.broken(src, err)
		return nil
	}
	if err := decode(dec, &next); err == nil {
		d.complain(&next, "only one document can be in the file")
		return nil
	} else if !isEnd(err) {
		d.broken(src, err)
		return nil
	}
	if len(doc.Content) == 0 || doc.Content[0].ShortTag() == "!!null" {
		return nil
	}
	return doc.Content[0]
}

// invalidUTF8 is the offset of the first byte that is none, -1 if there is none.
func invalidUTF8(src []byte) int {
	for i := 0; i < len(src); {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
