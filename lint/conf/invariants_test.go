package conf_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// checkFile holds a parsed file against everything that is true of any file,
// however broken.
func checkFile(t *testing.T, f *conf.File) {
	t.Helper()
	checkBlock(t, f, f.Directives, conf.Span{0, int32(len(f.Text))}, 1)
	if len(f.Problems) > conf.MaxProblems+1 {
		t.Errorf("%d problems", len(f.Problems))
	}
	checkComments(t, f)
	last := int32(0)
	for _, p := range f.Problems {
		if p.Span.Start < 0 || p.Span.End < p.Span.Start || int(p.Span.End) > len(f.Text) || p.Span.Start < last {
			t.Errorf("problem %q: span %v of %d bytes, after %d", p.Message, p.Span, len(f.Text), last)
		}
		last = p.Span.Start
		if p.File != f || p.Message == "" {
			t.Errorf("problem without file or message: %+v", p)
		}
		for _, n := range p.Related {
			if n.Span.Start < 0 || n.Span.End < n.Span.Start || int(n.Span.End) > len(f.Text) {
				t.Errorf("note %q: span %v of %d bytes", n.Message, n.Span, len(f.Text))
			}
		}
	}
}

// checkComments checks that comments follow each other, each to the end of its
// line, and that none is part of a word.
func checkComments(t *testing.T, f *conf.File) {
	t.Helper()
	at := int32(0)
	for _, c := range f.Comments {
		if c.Start < at || c.End <= c.Start || int(c.End) > len(f.Text) {
			t.Errorf("comment at %v of %d bytes, behind %d", c, len(f.Text), at)
			return
		}
		at = c.End
		if text := f.Slice(c); text[0] != '#' || strings.Contains(text, "\n") || int(c.End) < len(f.Text) && f.Text[c.End] != '\n' {
			t.Errorf("comment %q does not go from # to the end of its line", text)
		}
		path := f.Enclosing(c.Start)
		if len(path) == 0 {
			continue
		}
		d := path[len(path)-1]
		words := []conf.Span{d.NameSpan, d.Body()}
		for _, a := range d.Args {
			words = append(words, a.Span)
		}
		for _, w := range words {
			if w.Contains(c.Start) {
				t.Errorf("comment %q is part of a word or of the code of %q", f.Slice(c), d.Name)
			}
		}
	}
}

// checkBlock checks that directives follow each other inside their block.
func checkBlock(t *testing.T, f *conf.File, ds []*conf.Directive, in conf.Span, depth int) {
	t.Helper()
	if depth > conf.MaxDepth+1 {
		t.Fatalf("nests %d deep", depth)
	}
	at := in.Start
	for _, d := range ds {
		if d.File != f {
			t.Errorf("%q is of another file", d.Name)
		}
		if d.Span.Start < at || d.Span.End > in.End || d.Head.Start != d.Span.Start || d.Head.End > d.Span.End || d.NameSpan.Start != d.Head.Start {
			t.Errorf("%q: name %v, head %v, span %v; expected from %d inside %v", d.Name, d.NameSpan, d.Head, d.Span, at, in)
			return
		}
		at = d.Span.End
		end := d.NameSpan.End
		for _, a := range d.Args {
			if a.Span.Start < end || a.Span.End <= a.Span.Start {
				t.Errorf("%q: argument %q at %v, expected behind %d", d.Name, a.Value, a.Span, end)
			}
			end = a.Span.End
		}
		if end != d.Head.End {
			t.Errorf("%q: the last word ends at %d, the head at %d", d.Name, end, d.Head.End)
		}
		checkBody(t, f, d, depth)
	}
}

func checkBody(t *testing.T, f *conf.File, d *conf.Directive, depth int) {
	t.Helper()
	if !d.IsBlock && len(d.Block()) > 0 {
		t.Errorf("%q has children and no block", d.Name)
	}
	if d.Body() != (conf.Span{}) && (!d.IsBlock || d.Body().Start < d.Head.End || d.Body().End > d.Span.End || len(d.Block()) > 0) {
		t.Errorf("%q: body %v in %v", d.Name, d.Body(), d.Span)
	}
	checkBlock(t, f, d.Block(), conf.Span{d.Head.End, d.Span.End}, depth+1)
}

// checkComplete checks what is true of the files that nginx takes: every
// statement ends in its own punctuation, and no word is left out.
func checkComplete(t *testing.T, f *conf.File, ds []*conf.Directive) {
	t.Helper()
	for _, d := range ds {
		want := byte(';')
		if d.IsBlock {
			want = '}'
		}
		if got := f.Text[d.Span.End-1]; got != want {
			t.Errorf("%q ends in %q, expected %q", d.Name, got, want)
		}
		checkComplete(t, f, d.Block())
	}
}

// place is a position worked out the slow way, from the definition alone.
func place(text string, off int) conf.Position {
	p := conf.Position{Offset: off, Line: 1 + strings.Count(text[:off], "\n")}
	before := []byte(text[:off])
	if i := strings.LastIndex(text[:off], "\n"); i >= 0 {
		before = before[i+1:]
	}
	runes := []rune(string(before)) // each invalid byte becomes one U+FFFD
	p.Byte = len(before) + 1
	p.Rune = len(runes) + 1
	p.UTF16 = len(utf16.Encode(runes)) + 1
	return p
}
