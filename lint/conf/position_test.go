package conf_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// odd are texts in which bytes, code points and UTF-16 code units part, and
// lines end in every way.
var odd = map[string]string{
	"a long line":     "\n" + strings.Repeat("aä€😀\xff\x80\x80\x80\x80\xf0\x9f", 250) + ";\nb",
	"tabs":            "http\t{\n\t\tserver {\n\t \tlisten\t80;\t}\n}\n",
	"crlf":            "events {\r\n\tworker_connections 10;\r\n}\r\n\r\nhttp {\r\n}\r\n",
	"cr alone":        "a 1;\rb 2;\rc {\r d 3;\r}\r",
	"mixed ends":      "a 1;\r\nb 2;\n\rc 3;\n\n\r\r\nd 4;",
	"no end of line":  "a 1; b 2",
	"multi-byte":      "add_header X-Ä \"größe\" ; # ünïcode\nserver_name bücher.example мир.example;\n",
	"astral":          "add_header X \"😀😀\" always; set $a '𝕏';\n\tmap 😀 🎉 { 😀 \"👩‍👩‍👧\"; }\n",
	"combining":       "set $e e\u0301\u0301; set $f \"\u200b\" x;\n",
	"latin-1":         "add_header X \"gr\xf6\xdfe\"; set $\xe4 \xff\xfe;\n\xe9\xe8 {\n\xf0\x9f\x98 1;\n}\n",
	"truncated runes": "a \xe2\x82; b \xf0\x9f\x98\x80\xf0 c\xc3;\n",
	"surrogates":      "a \xed\xa0\xbd\xed\xb8\x80 b;\n",
	"separators":      "a \u2028b\u2029 c\u0085d; e\v1 f\f2;\n",
	"quotes":          "a 'x\ny' \"p\\\"q\r\nr\" z;\nb \"\" '' \"'\" '\"';\n",
	"quoted names":    "\"a b\" 1; 'c;d' { \"e{f\" \"}\"; }\n",
	"escapes":         `a \" \' \\ \t \r \n \x \; \{ \} \# \$x a\ b;` + "\n",
	"variables":       "set $a ${b}${c}; if (${d} = '${e}') { return 200 $f$g; } x $${{a};\n",
	"comments":        "# 😀\na # ä\n  b # \"'{};\n  c; # last\nd { # e\n  # f\n} # g",
	"comment at end":  "a 1;#",
	"template":        "server {\n  listen {{ port }};\n  root \"{{ ä }}/x\";\n{% if 😀 %}\n  a b;\n{% endif %}\n}\n",
	"lua":             "http { content_by_lua_block { s = \"}\" -- }\n t = {1, '😀'} } a 1; }\n",
	"byte order mark": "\xef\xbb\xbfa 1;\n b 2;\n",
	"nul":             "a \x00 b\x00c;\n",
	"empty":           "",
	"blank":           " \t\r\n \n",
	"broken":          "http {\n  server {\n    listen 80\n    root \"😀\n  }\n ä \"x\"y;\n",
}

// checkPositions compares every offset's position with the slow computation.
func checkPositions(t *testing.T, f *conf.File, offs []int32) {
	t.Helper()
	for _, off := range offs {
		if got, want := f.Position(off), place(f.Text, int(off)); got != want {
			t.Errorf("position of offset %d: got %+v, want %+v", off, got, want)
		}
	}
}

// offsets lists where directives and their words begin and end.
func offsets(ds []*conf.Directive, out []int32) []int32 {
	for _, d := range ds {
		out = append(out, d.Span.Start, d.Span.End, d.NameSpan.End, d.Head.End)
		for _, a := range d.Args {
			out = append(out, a.Span.Start, a.Span.End)
		}
		out = offsets(d.Block(), out)
	}
	return out
}

// checkValues checks that each word is what its span says.
func checkValues(t *testing.T, f *conf.File, ds []*conf.Directive) {
	t.Helper()
	for _, d := range ds {
		for _, a := range d.Args {
			raw := f.Slice(a.Span)
			switch {
			case a.Quote == 0:
				if got := refDecode(raw); got != a.Value {
					t.Errorf("%q: value %q, its bytes say %q", d.Name, a.Value, got)
				}
			case raw[0] != a.Quote:
				t.Errorf("%q: quote %q, its bytes are %q", d.Name, a.Quote, raw)
			case !a.Unknown:
				if raw[len(raw)-1] != a.Quote || refDecode(raw[1:len(raw)-1]) != a.Value {
					t.Errorf("%q: value %q, its bytes are %q", d.Name, a.Value, raw)
				}
			}
		}
		checkValues(t, f, d.Block())
	}
}

func checkText(t *testing.T, path, text string) {
	t.Helper()
	f, err := conf.Parse(path, []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	checkFile(t, f)
	checkValues(t, f, f.Directives)
	checkPositions(t, f, offsets(f.Directives, nil))
	if len(refused(f)) == 0 {
		checkComplete(t, f, f.Directives)
	}
	if !ours(text) && !quantified(text) && strings.Count(text, "{") <= conf.MaxDepth {
		compare(t, text)
	}
}

func TestPositionsOfFixtures(t *testing.T) {
	for name, text := range fixtures(t) {
		t.Run(strings.TrimPrefix(name, "../../testdata/parser/"), func(t *testing.T) { checkText(t, name, text) })
	}
}

func TestPositionsOfOddTexts(t *testing.T) {
	for name, text := range odd {
		t.Run(name, func(t *testing.T) {
			checkText(t, "odd.conf", text)
			f, err := conf.Parse("odd.conf", []byte(text), nil)
			if err != nil {
				t.Fatal(err)
			}
			for off := range int32(len(text) + 1) {
				checkPositions(t, f, []int32{off})
			}
		})
	}
}

func TestPositionOutsideOfFile(t *testing.T) {
	f, err := conf.Parse("x.conf", []byte("a 1;\nbä 2;"), nil)
	if err != nil {
		t.Fatal(err)
	}
	end := conf.Position{Offset: 11, Line: 2, Byte: 7, Rune: 6, UTF16: 6}
	for off, want := range map[int32]conf.Position{-5: {0, 1, 1, 1, 1}, 11: end, 12: end, 1 << 30: end} {
		if got := f.Position(off); got != want {
			t.Errorf("position of offset %d: got %+v, want %+v", off, got, want)
		}
	}
}

func TestLines(t *testing.T) {
	f, err := conf.Parse("x.conf", []byte("a 1;\r\n\n\tb 2; \nlast"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"", "a 1;", "", "\tb 2; ", "last", ""}
	for n, line := range want {
		if got := f.Line(n); got != line {
			t.Errorf("line %d: got %q, want %q", n, got, line)
		}
	}
	if f.LineCount() != 4 {
		t.Errorf("%d lines, want 4", f.LineCount())
	}
}
