package report

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// toolName is the linter's name in every report.
const toolName = "nginxlint"

// fileOf is the place's file; one without text stands in where there is none,
// so that no writer has to ask.
func fileOf(p lint.Place) *conf.File {
	if p.File != nil {
		return p.File
	}
	return &conf.File{Path: "(configuration)", Real: "(configuration)"}
}

// normal is the place with a file and with a span that lies in it.
func normal(p lint.Place) lint.Place {
	p.File = fileOf(p)
	size := int32(len(p.File.Text))
	p.Span.Start = max(0, min(p.Span.Start, size))
	p.Span.End = max(p.Span.Start, min(p.Span.End, size))
	return p
}

// trail lists the include directives that lead to a place, innermost first.
func trail(p lint.Place) []lint.Place {
	var out []lint.Place
	for v := p.Via; v != nil; v = v.Outer {
		if v.Include != nil {
			out = append(out, normal(lint.Place{File: v.Include.File, Span: v.Include.Head, Via: v.Outer}))
		}
	}
	return out
}

// reach is the place itself, or else the innermost include directive leading to
// it whose file can be shown; via then says where the place really is.
func reach(p lint.Place, dir string, can func(*conf.File) bool) (at lint.Place, via string, ok bool) {
	p = normal(p)
	if can(p.File) {
		return p, "", true
	}
	for _, step := range trail(p) {
		if can(step.File) {
			return step, fmt.Sprintf("%s:%d", shown(p.File, dir), p.Position().Line), true
		}
	}
	return p, "", false
}

// lastOf is the line of the place's last byte: a place that ends with a line's
// end does not reach into the next line.
func lastOf(p lint.Place) int {
	return p.File.Position(max(p.Span.Start, p.Span.End-1)).Line
}

// shown is a file's path as people see it: relative to dir where it is below it.
func shown(f *conf.File, dir string) string {
	if rel, ok := below(dir, f.Path); ok {
		return rel
	}
	return f.Path
}

// below is path relative to dir, if dir is absolute and path is in it. Both are
// taken as they are spelt; nothing is looked up.
func below(dir, path string) (string, bool) {
	if !filepath.IsAbs(dir) || !filepath.IsAbs(path) {
		return "", false
	}
	rel, err := filepath.Rel(dir, path)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return rel, true
}

// NoVersion stands for the version of a build that has none, as Go spells it.
const NoVersion = "(devel)"

// Release is how a version of nginxlint is written everywhere: without its v,
// and [NoVersion] for a build that has none.
func Release(version string) string {
	switch version {
	case "", "devel", NoVersion:
		return NoVersion
	}
	return strings.TrimPrefix(version, "v")
}

// sentences are a finding's message and help, for consumers that show a finding
// as one text.
func sentences(f *lint.Finding) string {
	if f.Help == "" {
		return period(f.Message)
	}
	return period(f.Message) + " Help: " + period(f.Help)
}

// clip cuts a text to at most n bytes, never inside a character, and marks the cut.
func clip(s string, n int) string {
	const mark = "…"
	if len(s) <= n {
		return s
	}
	n -= len(mark)
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + mark
}

// within reports whether a file is in a directory.
func within(root string) func(*conf.File) bool {
	return func(f *conf.File) bool { _, ok := below(root, f.Real); return ok }
}
