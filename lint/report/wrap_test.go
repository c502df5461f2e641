package report

import "testing"

func TestWrapBreaksAtBlanks(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{
		{"", 10, ""},
		{"one two", 7, "one two"},
		{"one two", 6, "one\ntwo"},
		{"  one \n two\tthree ", 9, "one two\nthree"},
		{"a unbreakable b", 3, "a\nunbreakable\nb"},
		{"日本 語", 7, "日本 語"},
		{"日本 語", 6, "日本\n語"},
	} {
		if got := Wrap(c.text, c.width); got != c.want {
			t.Errorf("%q in %d columns is %q, want %q", c.text, c.width, got, c.want)
		}
	}
}
