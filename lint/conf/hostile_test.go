package conf_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

func TestNoGoroutineIsLeftBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	texts := []string{"a 1;", "a {", "}", `"`, "if () { }", "a { if () { b; } }", "location {\n" + strings.Repeat("a 1;\n", 10_000) + "}"}
	for i := range 300 {
		if _, err := conf.Parse("x.conf", []byte(texts[i%len(texts)]), lint.Grammar()); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}

// TestShapesThatCrossplaneRefuses are in the tree as they are written.
func TestShapesThatCrossplaneRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"if () { a; }":                          "if () { a; }",
		"foo { if () { } }":                     "foo { if () {} }",
		"if ( ) { }":                            "if ( ) {}",
		"if { a; }":                             "if { a; }",
		"if;":                                   "if;",
		"server { if ($a = b ) { return 1; } }": "server { if ($a = b ) { return 1; } }",
		"map $a $b { x; default; a b c; hostnames; include m n; }": "map $a $b { x; default; a b c; hostnames; include m n; }",
		"types { text/html; include; a b; }":                       "types { text/html; include; a b; }",
		"geo $a { a b c d; \"\" 1; '#' 2; }":                       "geo $a { a b c d;  1; # 2; }",
		"match x { status 200; body ~ \"x\"; }":                    "match x { status 200; body ~ x; }",
		"split_clients $a $b { 50% ; * x y; }":                     "split_clients $a $b { 50%; * x y; }",
		"charset_map a b { 80; }":                                  "charset_map a b { 80; }",
		"a { map $a $b { } types { } }":                            "a { map $a $b {} types {} }",
		`"" { '' ""; }`:                                            " {  ; }",
		`"{" ";" "}"; "#" "# x";`:                                  "{ ; }; # # x;",
		"\x01 \x02; \x02 { \x03 \x01; } \x03;":                     "\x01 \x02; \x02 { \x03 \x01; } \x03;",
		"map a { \x03 \x03; }":                                     "map a { \x03 \x03; }",
		"set_by_lua_block $x{ return {} } a;":                      "set_by_lua_block $x {…} a;",
		"content_by_lua_block{}content_by_lua_block {}":            "content_by_lua_block {…} content_by_lua_block {…}",
		"\"content_by_lua_block\" { \"}\" }":                       "content_by_lua_block {…}",
		"include a { b; }":                                         "include a { b; }",
		"events; http; server;":                                    "events; http; server;",
	} {
		for _, g := range []conf.Grammar{nil, lint.Grammar()} {
			f, err := conf.Parse("x.conf", []byte(text), g)
			if err != nil {
				t.Errorf("%q: %v", text, err)
				continue
			}
			if got := sketch(f.Directives); got != want {
				t.Errorf("%q:\n got %q\nwant %q", text, got, want)
			}
		}
	}
}

// hostile are texts that make a parser recurse, wait or eat.
func hostile() map[string]string {
	rep := strings.Repeat
	return map[string]string{
		"10k blocks":               rep("location / {\n", 10_000) + rep("}\n", 10_000),
		"100k blocks":              rep("a{", 100_000) + "b;" + rep("}", 100_000),
		"100k blocks, unclosed":    rep("location / {", 100_000),
		"100k blocks inside types": "http{types{" + rep("c{", 100_000),
		"1M blocks":                rep("a{", 1_000_000) + rep("}", 1_000_000),
		"1M blocks, unclosed":      rep("a{", 1_000_000),
		"blocks on lines of growing indentation": func() string {
			var b strings.Builder
			for i := range 900 {
				b.WriteString(rep(" ", i) + "location / {\n")
			}
			return b.String()
		}(),
		"1M opening braces":   rep("{", 1_000_000),
		"1M closing braces":   rep("}", 1_000_000),
		"1M pairs":            rep("{}", 500_000),
		"1M quotes":           rep(`"`, 1_000_000),
		"1M quotes, mixed":    rep(`"'`, 500_000),
		"1M quoted lines":     rep("\"x\n'y\n", 200_000),
		"1M semicolons":       rep(";", 1_000_000),
		"1M backslashes":      rep(`\`, 1_000_000),
		"1M dollars":          rep("${", 500_000),
		"1M hashes":           rep("#", 1_000_000),
		"1M comments":         rep("#\n", 500_000),
		"1M line feeds":       rep("\n", 1_000_000),
		"1M NUL":              rep("\x00", 1_000_000),
		"one word of 1 MB":    "a " + rep("b", 1_000_000) + ";",
		"one name of 1 MB":    rep("b", 1_000_000) + " a;",
		"100k arguments":      "a" + rep(" b", 100_000) + ";",
		"100k known names":    "root" + rep("\nroot", 100_000) + ";",
		"100k glued braces":   "a {" + rep("root x}\n", 100_000),
		"template marks":      rep("{{ x }}", 100_000),
		"template marks, end": rep("{{ x }}", 100_000) + "y",
		"open template marks": rep("{{", 200_000) + rep("{% ", 100_000),
		"Lua, unclosed":       rep("content_by_lua_block { [[ }\n", 50_000),
		"Lua comments":        rep("content_by_lua_block { --[[ \n}\n", 50_000),
		"Lua strings":         rep("a_by_lua_block { \"\n", 50_000),
		"Lua brackets":        "a_by_lua_block {" + rep("[=", 200_000) + rep("-", 200_000),
		"quantifiers":         "a " + rep("b{1,2}", 100_000) + ";",
		"every byte": func() string {
			var b []byte
			for i := range 256 * 16 {
				b = append(b, byte(i), byte(i>>4))
			}
			return string(b)
		}(),
	}
}

func TestHostileTextsAreParsed(t *testing.T) {
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			f, err := conf.Parse("x.conf", []byte(text), lint.Grammar())
			if err != nil {
				t.Fatal(err)
			}
			checkFile(t, f)
		})
	}
}

func TestNestingLimit(t *testing.T) {
	text := strings.Repeat("a{", conf.MaxDepth) + "b;" + strings.Repeat("}", conf.MaxDepth) + "z;"
	f, err := conf.Parse("x.conf", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Problems) != 0 || len(f.Directives) != 2 {
		t.Errorf("at the limit: %q", troubles(f))
	}
	f, err = conf.Parse("x.conf", []byte("a {"+text+"}z;"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Problems) != 1 || f.Problems[0].Kind != conf.Limit || f.Position(f.Problems[0].Span.Start).Byte != 4+2*(conf.MaxDepth-1) {
		t.Errorf("beyond the limit: %q", troubles(f))
	}
	if names := sketch(f.Directives); !strings.HasSuffix(names, "z; } z;") || strings.Contains(names, "b") {
		t.Error("what follows the deep blocks is lost, or their content is not")
	}
}

// TestNestingLimitAcrossIncludes checks that files of deep blocks that include each
// other inside them do not nest deeper than one file may.
func TestNestingLimitAcrossIncludes(t *testing.T) {
	files := map[string]string{}
	for i := range 5 {
		files[fmt.Sprintf("/c/%d.conf", i)] = strings.Repeat("a {", 400) + fmt.Sprintf("include %d.conf;", i+1) + strings.Repeat("}", 400) + "z;"
	}
	files["/c/5.conf"] = "b;"
	set, err := conf.Load([]string{"/c/0.conf"}, conf.Options{FS: newMemFS(files), Dir: "/c"})
	if err != nil {
		t.Fatal(err)
	}
	tree := set.Trees[0]
	var deepest func(n *conf.Node) int
	deepest = func(n *conf.Node) int {
		depth := 0
		for i := range n.Children {
			depth = max(depth, 1+deepest(&n.Children[i]))
		}
		return depth
	}
	depth := deepest(tree.Root)
	if len(tree.Problems) != 1 || tree.Problems[0].Kind != conf.Limit || !tree.Incomplete || depth != conf.MaxDepth+1 {
		t.Errorf("%d deep, problems %+v", depth, tree.Problems)
	}
	if last := tree.Root.Children[len(tree.Root.Children)-1]; last.Name != "z" {
		t.Errorf("what follows the deep blocks is lost: the last is %q", last.Name)
	}
}

func TestProblemLimit(t *testing.T) {
	f, err := conf.Parse("x.conf", []byte(strings.Repeat(";\n", 1000)), nil)
	if err != nil {
		t.Fatal(err)
	}
	last := f.Problems[len(f.Problems)-1]
	if len(f.Problems) != conf.MaxProblems+1 || last.Kind != conf.Limit || f.Position(last.Span.Start).Line != conf.MaxProblems+1 {
		t.Errorf("%d problems, the last is %q", len(f.Problems), last.Message)
	}
}

func TestLargeFileIsTheSumOfItsParts(t *testing.T) {
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "server {\n  listen %d;\n  location / { root /x; if () { a; } }\n  types { a b; }\n}\n", i)
	}
	b.WriteString("map $a $b {\n" + strings.Repeat("  x 1;\n", 20_000) + "}\n")
	f, err := conf.Parse("x.conf", []byte(b.String()), lint.Grammar())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Problems) > 0 || len(f.Directives) != 3001 || len(f.Directives[3000].Block()) != 20_000 {
		t.Fatalf("%d directives, problems %q", len(f.Directives), troubles(f))
	}
	one := "server { listen N; location / { root /x; if () { a; } } types { a b; } }"
	for i, d := range f.Directives[:3000] {
		if got := sketch([]*conf.Directive{d}); got != strings.Replace(one, "N", fmt.Sprint(i), 1) {
			t.Fatalf("server %d: %s", i, got)
		}
	}
	lines := []int{1, 6, 11}
	var got []int
	for _, d := range f.Directives[:3] {
		got = append(got, f.Position(d.Span.Start).Line)
	}
	if !slices.Equal(got, lines) {
		t.Errorf("lines %v", got)
	}
}

func TestManyIncludes(t *testing.T) {
	files := map[string]string{"/c/nginx.conf": "include d/*;"}
	for i := range 20_000 {
		files[fmt.Sprintf("/c/d/%05d", i)] = "a 1;\n"
	}
	tree := mustLoad(t, files)
	if len(tree.Files) != 20_001 || len(tree.Root.Children) != 20_001 || len(tree.Problems) > 0 {
		t.Errorf("%d files, %d nodes, problems %.200q", len(tree.Files), len(tree.Root.Children), told(tree))
	}
}

func TestWordsLimit(t *testing.T) {
	text := strings.Repeat(strings.Repeat("a ", 10_000)+";\n", conf.MaxWords/10_000) + "last;\n"
	f, err := conf.Parse("x.conf", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Problems) != 1 || f.Problems[0].Kind != conf.Limit || len(f.Directives) != conf.MaxWords/10_000 {
		t.Errorf("%d directives, problems %q", len(f.Directives), troubles(f))
	}
}

// Files of millions of directives cost so many times this.
func TestDirectivesAreSmall(t *testing.T) {
	words := func(n uintptr) uintptr { return n * unsafe.Sizeof(uintptr(0)) }
	for what, size := range map[string][2]uintptr{
		"a directive": {unsafe.Sizeof(conf.Directive{}), words(11)},
		"a node":      {unsafe.Sizeof(conf.Node{}), words(6)},
		"an argument": {unsafe.Sizeof(conf.Arg{}), words(4)},
	} {
		if size[0] > size[1] && words(1) == 8 {
			t.Errorf("%s takes %d bytes, not %d", what, size[0], size[1])
		}
	}
}
