package report

import "github.com/nginxlint/nginxlint/lint"

// palette paints text with ANSI colours when true, else leaves it alone. It is
// the only thing in this package that writes escape sequences.
type palette bool

func (p palette) paint(code, s string) string {
	if !p || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p palette) bold(s string) string   { return p.paint("1", s) }
func (p palette) gutter(s string) string { return p.paint("1;34", s) }
func (p palette) green(s string) string  { return p.paint("1;32", s) }

// severity paints s in the colour of how loud it is.
func (p palette) severity(v lint.Severity, s string) string {
	switch v {
	case lint.Error:
		return p.paint("1;31", s)
	case lint.Warning:
		return p.paint("1;33", s)
	case lint.Info:
		return p.paint("1;36", s)
	}
	return s
}
