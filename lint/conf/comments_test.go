package conf_test

import (
	"slices"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

func TestComments(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"none":               {"a 1;\n", nil},
		"every place":        {"# 1\na 1; # 2\nb { # 3\n  c # 4\n  2; } # 5", []string{"# 1", "# 2", "# 3", "# 4", "# 5"}},
		"in a word":          {"a x#1 \"y # 2\" 'z # 3' \\# ${#4};\n", nil},
		"a word with quotes": {"a \"x\"#1\n;", []string{"#1"}},
		"CRLF":               {"a 1; # 1\r\n# 2\r\n", []string{"# 1\r", "# 2\r"}},
		"Lua": {
			"content_by_lua_block { # x\n -- # y\n s = '# z' } # 1\n",
			[]string{"# 1"},
		},
		"before a Lua block":          {"content_by_lua_block # 1\n{ a = #t } # 2", []string{"# 1", "# 2"}},
		"template":                    {"{# no # comment #}\na 1; # 1\n{{ x # y }}\n", []string{"# 1"}},
		"not nginx's comment":         {"/* # 1 */ a;\n", []string{"# 1 */ a;"}},
		"looked at ahead":             {"http {\n listen 80}\n # 1\n}\n# 2\n", []string{"# 1", "# 2"}},
		"in a file of missing braces": {"http {\n server { # 1\n location / { # 2\n }\n # 3\n", []string{"# 1", "# 2", "# 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := conf.Parse("nginx.conf", []byte(c.text), lint.Grammar())
			if err != nil {
				t.Fatal(err)
			}
			checkFile(t, f)
			var got []string
			for _, span := range f.Comments {
				got = append(got, f.Slice(span))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q:\ngot  %q\nwant %q", c.text, got, c.want)
			}
		})
	}
}

func TestEnclosing(t *testing.T) {
	text := "events {}\nhttp {\n  server { listen 80; }\n  a;\n}\n"
	f, err := conf.Parse("nginx.conf", []byte(text), lint.Grammar())
	if err != nil {
		t.Fatal(err)
	}
	for off := range len(text) + 1 {
		var want []*conf.Directive
		for ds := f.Directives; ds != nil; {
			i := slices.IndexFunc(ds, func(d *conf.Directive) bool { return d.Span.Contains(int32(off)) })
			if i < 0 {
				break
			}
			want = append(want, ds[i])
			ds = ds[i].Block()
		}
		if got := f.Enclosing(int32(off)); !slices.Equal(got, want) {
			t.Errorf("at %d: %d directives, want %d", off, len(got), len(want))
		}
	}
}

func TestIntroduction(t *testing.T) {
	for text, want := range map[string]string{
		"a 1 ;":                      "a 1 ;",
		"a 1 { b; }":                 "a 1 {",
		"a # {\n# }\n { b; }":        "a # {\n# }\n {",
		"content_by_lua_block { x }": "content_by_lua_block {",
		"a {}":                       "a {",
	} {
		f, err := conf.Parse("nginx.conf", []byte(text), lint.Grammar())
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Slice(f.Directives[0].Introduction()); got != want {
			t.Errorf("%q begins with %q, want %q", text, got, want)
		}
	}
}
