package conf_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// outline writes a tree of nodes on one line, each with the include trail that
// led to it.
func outline(n *conf.Node) string {
	var b strings.Builder
	for i := range n.Children {
		c := &n.Children[i]
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(c.Text())
		if c.Via != nil {
			b.WriteByte('@')
			b.WriteString(c.Via.Include.Arg(0))
		}
		if len(c.Children) > 0 {
			b.WriteString(" { " + outline(c) + " }")
		} else {
			b.WriteByte(';')
		}
	}
	return b.String()
}

// told lists a tree's own problems.
func told(tree *conf.Tree) []string {
	var out []string
	for _, p := range tree.Problems {
		at := p.File.Position(p.Span.Start)
		out = append(out, fmt.Sprintf("%s:%d:%d %s", p.File.Path, at.Line, at.Byte, p.Message))
	}
	return out
}

func loadMem(t *testing.T, files map[string]string, o conf.Options, paths ...string) *conf.Set {
	t.Helper()
	o.FS, o.Grammar, o.Dir = newMemFS(files), lint.Grammar(), "/c"
	set, err := conf.Load(paths, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, tree := range set.Trees {
		checkTree(t, tree)
	}
	return set
}

func loadTree(t *testing.T, files map[string]string) *conf.Tree {
	t.Helper()
	set := loadMem(t, files, conf.Options{Deployed: true}, "/c/nginx.conf")
	if len(set.Trees) != 1 {
		t.Fatalf("%d trees", len(set.Trees))
	}
	return set.Trees[0]
}

var inclusions = []struct {
	name       string
	files      map[string]string
	want       string
	problems   []string
	incomplete bool
}{
	{
		name:  "in place",
		files: map[string]string{"nginx.conf": "a 1; include x; b 2;", "x": "c 3;"},
		want:  "a 1; include x; c 3@x; b 2;",
	},
	{
		name:  "relative to the root's folder, not to the including file",
		files: map[string]string{"nginx.conf": "include d/x;", "d/x": "include d/y; include y;", "d/y": "y d;", "y": "y c;"},
		want:  "include d/x; include d/y@d/x; y d@d/y; include y@d/x; y c@y;",
	},
	{
		name:  "pattern sorted, no dot files, negated sets",
		files: map[string]string{"nginx.conf": "include d/*.conf; include d/[!a].conf; include d/.[a-z]*;", "d/b.conf": "b;", "d/a.conf": "a;", "d/.h.conf": "h;", "d/.x.conf.swp": "x"},
		want:  "include d/*.conf; a@d/*.conf; b@d/*.conf; include d/[!a].conf; b@d/[!a].conf; include d/.[a-z]*; h@d/.[a-z]*; x@d/.[a-z]*;",
	},
	{
		name:       "a pattern that matches the folder itself",
		files:      map[string]string{"nginx.conf": "include d/.*; a;", "d/.h": "h;"},
		want:       "include d/.*; h@d/.*; a;",
		problems:   []string{`nginx.conf:1:9 "/c/d/." is not a regular file: nginx cannot read a configuration from it`, `nginx.conf:1:9 "/c/d/.." is not a regular file: nginx cannot read a configuration from it`},
		incomplete: true,
	},
	{
		name:  "patterns that match nothing, or are none",
		files: map[string]string{"nginx.conf": "include d/*.conf; include [; include d/[; include nope/*/x; a;", "d/x": "x;"},
		want:  "include d/*.conf; include [; include d/[; include nope/*/x; a;",
	},
	{
		name:       "missing file",
		files:      map[string]string{"nginx.conf": "a;\n include  nope; b;"},
		want:       "a; include nope; b;",
		problems:   []string{`nginx.conf:2:11 open() "/c/nope" failed (2: No such file or directory)`},
		incomplete: true,
	},
	{
		name:       "directory",
		files:      map[string]string{"nginx.conf": "include d; include *; a;", "d/x": "x;"},
		want:       "include d; include *; a;",
		problems:   []string{`nginx.conf:1:9 "/c/d" is not a regular file: nginx cannot read a configuration from it`, `nginx.conf:1:20 "/c/d" is not a regular file: nginx cannot read a configuration from it`, `nginx.conf:1:20 include cycle: "nginx.conf" includes itself, and nginx reads it again and again until it runs out of files or stack`},
		incomplete: true,
	},
	{
		name:       "empty name",
		files:      map[string]string{"nginx.conf": `include ""; a;`},
		want:       "include ; a;",
		problems:   []string{`nginx.conf:1:9 "/c" is not a regular file: nginx cannot read a configuration from it`},
		incomplete: true,
	},
	{
		name:     "itself",
		files:    map[string]string{"nginx.conf": "a; include nginx.conf; b;"},
		want:     "a; include nginx.conf; b;",
		problems: []string{`nginx.conf:1:12 include cycle: "nginx.conf" includes itself, and nginx reads it again and again until it runs out of files or stack`},
	},
	{
		name:     "itself, spelt otherwise",
		files:    map[string]string{"nginx.conf": "a; include d/../nginx.conf; b;", "d/x": ""},
		want:     "a; include d/../nginx.conf; b;",
		problems: []string{`nginx.conf:1:12 include cycle: "nginx.conf" includes itself, and nginx reads it again and again until it runs out of files or stack`},
	},
	{
		name:     "each other",
		files:    map[string]string{"nginx.conf": "include a; z;", "a": "include b; a;", "b": "b; include a;"},
		want:     "include a; include b@a; b@b; include a@b; a@a; z;",
		problems: []string{`b:1:12 include cycle: "a" includes itself, and nginx reads it again and again until it runs out of files or stack`},
	},
	{
		name:  "in map, types and geo",
		files: map[string]string{"nginx.conf": "map $a $b { include m; } types { include t; } geo $c { include m; }", "m": "x 1;", "t": "text/html;"},
		want:  "map $a $b { include m; x 1@m; } types { include t; text/html@t; } geo $c { include m; x 1@m; }",
	},
	{
		name:       "broken and missing ones in map and types",
		files:      map[string]string{"nginx.conf": "map $a $b { include m; default 1; } types { include nope; a b; }", "m": "x 1; y"},
		want:       "map $a $b { include m; x 1@m; y@m; default 1; } types { include nope; a b; }",
		problems:   []string{`nginx.conf:1:53 open() "/c/nope" failed (2: No such file or directory)`},
		incomplete: true,
	},
	{
		name:       "a template decides",
		files:      map[string]string{"nginx.conf": "include {{ x }}; a;"},
		want:       "include {{ x }}; a;",
		incomplete: true,
	},
	{
		name:  "a name cut at NUL",
		files: map[string]string{"nginx.conf": "include x\x00y;", "x": "x;"},
		want:  "include x\x00y; x@x\x00y;",
	},
	{
		name:  "not an include",
		files: map[string]string{"nginx.conf": "include a b; include; include x { y; }", "a": "a;", "x": "x;"},
		want:  "include a b; include; include x { y; }",
	},
}

func TestIncludes(t *testing.T) {
	for _, test := range inclusions {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{}
			for name, text := range test.files {
				files["/c/"+name] = text
			}
			tree := loadTree(t, files)
			if got := outline(tree.Root); got != test.want {
				t.Errorf("tree:\n got %s\nwant %s", got, test.want)
			}
			if got := told(tree); !slices.Equal(got, test.problems) {
				t.Errorf("problems:\n got %q\nwant %q", got, test.problems)
			}
			if tree.Incomplete != test.incomplete {
				t.Errorf("incomplete: %v", tree.Incomplete)
			}
		})
	}
}

func TestSnippetInTwoContextsIsTwoNodes(t *testing.T) {
	tree := loadTree(t, map[string]string{
		"/c/nginx.conf": "http {\n include snip;\n server {\n  include snip;\n }\n}\n",
		"/c/snip":       "server_tokens off;\n",
	})
	http := tree.Root.Child("http")
	first, second := http.Child("server_tokens"), http.Child("server").Child("server_tokens")
	if first == nil || second == nil || first == second || first.Directive != second.Directive {
		t.Fatalf("got nodes %p and %p of directives", first, second)
	}
	if first.Parent != http || second.Parent.Name != "server" {
		t.Error("wrong parents")
	}
	for line, n := range map[int]*conf.Node{2: first, 4: second} {
		include := n.Via.Include
		if at := include.File.Position(include.Span.Start); at.Line != line || n.Via.Outer != nil {
			t.Errorf("reached through line %d, want %d", at.Line, line)
		}
	}
	if len(tree.Files) != 2 {
		t.Errorf("%d files, want 2: each is read once", len(tree.Files))
	}
}

func TestEachFileIsReadOnce(t *testing.T) {
	files := map[string]string{"/c/snip": "a;"}
	var b strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&b, "include d/%d.conf; include snip;\n", i)
		files[fmt.Sprintf("/c/d/%d.conf", i)] = "x { include snip; }"
	}
	b.WriteString("include d/*.conf;")
	files["/c/nginx.conf"] = b.String()
	m := newMemFS(files)
	set, err := conf.Load([]string{"/c/nginx.conf"}, conf.Options{FS: m, Deployed: true})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(set.Trees[0].Files); n != 3002 {
		t.Errorf("%d files", n)
	}
	for name, n := range m.reads {
		if n != 1 {
			t.Fatalf("%q was read %d times", name, n)
		}
	}
	if n := len(set.Trees[0].Root.Children); n != 4*3000+1+3000 {
		t.Errorf("%d nodes at the top", n)
	}
}

func TestIncludeBombEnds(t *testing.T) {
	files := map[string]string{"/c/nginx.conf": "include f0; include f0; http { include f40; } z;"}
	for i := range 40 {
		files[fmt.Sprintf("/c/f%d", i)] = fmt.Sprintf("include f%d; include f%d;", i+1, i+1)
	}
	files["/c/f40"] = "a;"
	tree := mustLoad(t, files)
	if !tree.Incomplete {
		t.Error("the tree calls itself complete")
	}
	if got := told(tree); len(got) != 1 || !strings.Contains(got[0], fmt.Sprintf("more than %d directives", conf.MaxNodes)) {
		t.Errorf("problems: %.300q", got)
	}
	// Every file is there once, and what follows the bomb too.
	all := outline(tree.Root)
	if got := strings.Count(all, "include"); got != 2+2*40+1 || strings.Count(all, "a@") != 1 || !strings.HasSuffix(all, " http { include f40; } z;") || len(tree.Files) != 42 {
		t.Errorf("%d includes and %d files in %.300s … %s", got, len(tree.Files), all, all[max(0, len(all)-100):])
	}
}

func TestTooManyDirectivesInAllFiles(t *testing.T) {
	files := map[string]string{"/c/nginx.conf": "include a; include b; z;"}
	for _, name := range []string{"/c/a", "/c/b"} {
		files[name] = strings.Repeat("a;", conf.MaxNodes/2+1)
	}
	tree := mustLoad(t, files)
	got := told(tree)
	if len(got) != 2 || !strings.Contains(got[1], "in all files: the rest is not read") || !tree.Incomplete {
		t.Errorf("problems: %.300q", got)
	}
	if n := len(tree.Root.Children); n != conf.MaxNodes {
		t.Errorf("%d nodes", n)
	}
}

func TestDeepIncludesEnd(t *testing.T) {
	files := map[string]string{"/c/nginx.conf": "include f0; z;"}
	for i := range 300 {
		files[fmt.Sprintf("/c/f%d", i)] = fmt.Sprintf("include f%d;", i+1)
	}
	files["/c/f300"] = "a;"
	tree := mustLoad(t, files)
	if got := told(tree); len(got) != 1 || !strings.Contains(got[0], "nest more than 100 deep") || !tree.Incomplete {
		t.Errorf("problems: %q, incomplete: %v", got, tree.Incomplete)
	}
	if c := tree.Root.Children; c[len(c)-1].Name != "z" {
		t.Error("what follows the deep include is lost")
	}
}

func mustLoad(t *testing.T, files map[string]string) *conf.Tree {
	t.Helper()
	set, err := conf.Load([]string{"/c/nginx.conf"}, conf.Options{FS: newMemFS(files), Dir: "/c", Deployed: true})
	if err != nil {
		t.Fatal(err)
	}
	return set.Trees[0]
}

// TestOwnMachine: what this machine's nginx has is part of a lone file, which may
// be meant for nginx -c, and not of a copy of another machine's configuration.
func TestOwnMachine(t *testing.T) {
	for beside, own := range map[string]bool{"": true, "/c/sites-enabled/a": false, "/c/site-confs/a": false, "/c/proxy-confs/a": false, "/c/Dockerfile": false, "/c/.git/HEAD": false} {
		files := map[string]string{
			"/c/nginx.conf":                     "http { include /etc/nginx/modules-enabled/*.conf; }",
			"/etc/nginx/modules-enabled/m.conf": "charset utf-8;",
		}
		if beside != "" {
			files[beside] = "x"
		}
		set := loadMem(t, files, conf.Options{}, "nginx.conf")
		if got := strings.Contains(outline(set.Trees[0].Root), "charset"); got != own {
			t.Errorf("beside %q: this machine's files read: %v, want %v", beside, got, own)
		}
	}
}
