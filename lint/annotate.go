package lint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// MaxReason is how long the reason of a comment may be that [Annotate] writes,
// in bytes: nginx refuses comments of 4,096 bytes and more.
const MaxReason = 500

// idsPerComment keeps comments below that size.
const idsPerComment = 20

// maxIndent is the deepest indent that comments take over: a line of megabytes may
// begin with one of megabytes.
const maxIndent = 200

// CheckReason reports why a text cannot be the reason of a comment.
func CheckReason(reason string) error {
	switch {
	case strings.TrimSpace(reason) == "":
		return errors.New("the reason is empty")
	case len(reason) > MaxReason:
		return fmt.Errorf("the reason is longer than %d bytes", MaxReason)
	case strings.ContainsFunc(reason, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }):
		return errors.New("the reason does not fit into one line of plain text")
	case strings.ContainsAny(reason, "{}") || strings.Contains(reason, "<%"):
		return errors.New("the reason holds what template engines take for theirs: leave braces and \"<%\" out")
	}
	return nil
}

// Annotation is a file with comments added.
type Annotation struct {
	File *conf.File
	// Text is the file's new text.
	Text string
	// Comments is how many were added, Findings how many findings they hide.
	Comments, Findings int
}

// Annotate adds comments to files that hide findings, each above the statement
// that its finding is about. It changes no file that nginx would refuse, and
// leaves out findings that no comment can hide; left is how many these are.
func Annotate(findings []Finding, reason string) (done []Annotation, left int, err error) {
	var files []*conf.File
	marks := map[*conf.File]*marking{}
	for i := range findings {
		f := &findings[i]
		path := annotated(f)
		if len(path) == 0 {
			left++
			continue
		}
		m := marks[f.Place.File]
		if m == nil {
			m = &marking{file: f.Place.File, rules: map[*conf.Directive][]string{}}
			marks[m.file] = m
			files = append(files, m.file)
		}
		m.add(f, path)
	}
	for _, f := range files {
		a, err := marks[f].write(strings.TrimSpace(reason))
		if err != nil {
			return nil, left, err
		}
		done = append(done, a)
	}
	return done, left, nil
}

// marking is the comments that a file gets.
type marking struct {
	file     *conf.File
	findings int
	paths    [][]*conf.Directive // from the outermost block to the one that gets a comment
	rules    map[*conf.Directive][]string
	ends     map[int]string // how lines end, as far as it was asked for
}

// annotated is the path to the directive that gets the comment for a finding;
// it is empty where none can be written.
func annotated(f *Finding) []*conf.Directive {
	file := f.Place.File
	if f.Rule.Firm || file == nil || len(file.Problems) > 0 {
		return nil
	}
	path := target(file, file.Enclosing(f.Place.Span.Start))
	if len(path) > 0 && path[len(path)-1].NameUnknown {
		return nil // a template engine may join the lines
	}
	return path
}

func (m *marking) add(f *Finding, path []*conf.Directive) {
	m.findings++
	d := path[len(path)-1]
	if m.rules[d] == nil {
		m.paths = append(m.paths, path)
	}
	if !slices.Contains(m.rules[d], f.Rule.ID) {
		m.rules[d] = append(m.rules[d], f.Rule.ID)
	}
}

// target cuts a path behind the directive that gets the comment: the innermost,
// or a block that begins on the same line and is the first thing on it.
func target(f *conf.File, path []*conf.Directive) []*conf.Directive {
	for n := len(path); n > 0; n-- {
		start := path[n-1].Span.Start
		if standsAlone(f, start) {
			return path[:n]
		}
		if n > 1 && lineStart(f, path[n-2].Span.Start) != lineStart(f, start) {
			break
		}
	}
	return path
}

// write makes the file's new text.
func (m *marking) write(reason string) (Annotation, error) {
	a := Annotation{File: m.file, Findings: m.findings}
	slices.SortFunc(m.paths, func(x, y []*conf.Directive) int {
		return int(x[len(x)-1].Span.Start - y[len(y)-1].Span.Start)
	})
	var out strings.Builder
	at := int32(0)
	for _, path := range m.paths {
		d := path[len(path)-1]
		// What an outer block's comment hides needs none of its own.
		ids := slices.DeleteFunc(slices.Clone(m.rules[d]), func(id string) bool {
			return slices.ContainsFunc(path[:len(path)-1], func(outer *conf.Directive) bool { return slices.Contains(m.rules[outer], id) })
		})
		slices.Sort(ids)
		before := m.file.Text[at:d.Span.Start]
		if !standsAlone(m.file, d.Span.Start) {
			before = strings.TrimRight(before, " \t")
		}
		out.WriteString(before)
		at = d.Span.Start
		a.Comments += m.comments(&out, d.Span.Start, ids, reason)
	}
	out.WriteString(m.file.Text[at:])
	a.Text = out.String()
	return a, m.check(a.Text)
}

// comments writes the comments of one statement, which begins at an offset.
func (m *marking) comments(out *strings.Builder, at int32, ids []string, reason string) int {
	start := lineStart(m.file, at)
	line := strings.TrimPrefix(m.file.Text[start:at], "\ufeff")
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	if len(indent) > maxIndent {
		indent = ""
	}
	end := m.lineEnd(at)
	n := 0
	for some := range slices.Chunk(ids, idsPerComment) {
		if n == 0 && !standsAlone(m.file, at) {
			out.WriteString(end + indent)
		}
		fmt.Fprintf(out, "# %s%s %s -- %s%s%s", ignoreMark, ignoreOne, strings.Join(some, ","), reason, end, indent)
		n++
	}
	return n
}

// lineEnd is how the line at an offset ends or, where it is the last, the one
// before it.
func (m *marking) lineEnd(at int32) string {
	line := m.file.Position(at).Line
	end, known := m.ends[line]
	if !known {
		end = lineEnd(m.file.Text, int(at))
		if m.ends == nil {
			m.ends = map[int]string{}
		}
		m.ends[line] = end
	}
	return end
}

func lineEnd(text string, at int) string {
	i := strings.IndexByte(text[at:], '\n')
	if i >= 0 {
		i += at
	} else {
		i = strings.LastIndexByte(text[:at], '\n')
	}
	if i > 0 && text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// check reports whether nginx would read something else than before.
func (m *marking) check(text string) error {
	f, err := conf.Parse(m.file.Path, []byte(text), Grammar())
	if err != nil {
		return fmt.Errorf("reading %q with comments: %w", m.file.Path, err)
	}
	if len(f.Problems) > 0 || !sameStatements(f.Directives, m.file.Directives) {
		return fmt.Errorf("%q would mean something else with comments in it, please report this: it was left as it is", m.file.Path)
	}
	return nil
}

func sameStatements(a, b []*conf.Directive) bool {
	return slices.EqualFunc(a, b, func(x, y *conf.Directive) bool {
		return x.IsBlock == y.IsBlock && x.Body().Len() == y.Body().Len() && x.Text() == y.Text() && sameStatements(x.Block(), y.Block())
	})
}
