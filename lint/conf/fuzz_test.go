package conf_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// FuzzParse holds every text against what is true of any file and, where the
// reference reads it too, against nginx's own reading.
func FuzzParse(f *testing.F) {
	for _, text := range fixtures(f) {
		if len(text) < 4096 {
			f.Add(text, false)
		}
	}
	for _, text := range odd {
		f.Add(text, true)
	}
	for _, r := range wordRepairs {
		f.Add(r.text, false)
	}
	for _, r := range repairs {
		f.Add(r.text, false)
	}
	f.Add("server {{\n  listen {port};\n  location ~ \"^/[0-9]{{4}}$\" {{ return 200 x${{uri}}; }}\n  {extra}\n  content_by_lua_block {{ x = {{}} }}\n}}\n", false)
	f.Fuzz(func(t *testing.T, text string, template bool) {
		name := "x.conf"
		if template {
			name += ".template"
		}
		for _, g := range []conf.Grammar{nil, lint.Grammar()} {
			file, err := conf.Parse(name, []byte(text), g)
			if err != nil {
				t.Fatal(err)
			}
			checkFile(t, file)
			checkPositions(t, file, offsets(file.Directives, nil))
			if len(refused(file)) == 0 && !file.Template {
				checkComplete(t, file, file.Directives)
			}
		}
		if !template && !ours(text) && !quantified(text) && strings.Count(text, "{") <= conf.MaxDepth {
			compare(t, text)
		}
	})
}

// FuzzLoad reads three files that may include each other.
func FuzzLoad(f *testing.F) {
	f.Add("events {}\nhttp { include conf.d/*.conf; }\n", "server { include b.conf; }\n", "listen 80;\n")
	f.Add("include a.conf; include a.conf;", "x { include b.conf; }", "include a.conf;")
	f.Add("include *.conf;", "include conf.d/[!a].conf;", "include /c/../c/nginx.conf;")
	f.Add("# configuration file /etc/nginx/nginx.conf:\ninclude /etc/nginx/a;\n# configuration file /etc/nginx/a:\nuser x;\n", "", "")
	f.Add("map $a $b { include a.conf; }", "~^/x{2} 1;", "types { include '/c/conf.d/b.conf'; }")
	f.Add("include \"\"; include a\\*; include ${a}; include {{ x }};", "server {", "}")
	f.Fuzz(func(t *testing.T, main, a, b string) {
		files := newMemFS(map[string]string{
			"/c/nginx.conf": main, "/c/a.conf": a, "/c/b.conf": b, "/c/conf.d/a.conf": b, "/c/conf.d/b.conf": a, "/c/conf.d/.h.conf": a,
		})
		o := conf.Options{FS: files, Grammar: lint.Grammar(), Dir: "/c", Infer: func([]*conf.Directive) []string { return nil }}
		for _, path := range []string{"/c", "/c/conf.d", "a.conf", "nginx.conf"} {
			set, err := conf.Load([]string{path}, o)
			if err != nil && path != "/c/conf.d" {
				t.Fatal(err)
			}
			for _, tree := range set.Trees {
				checkTree(t, tree)
			}
		}
		tree, err := conf.Text("-", []byte(main), o)
		if err != nil {
			t.Fatal(err)
		}
		checkTree(t, tree)
	})
}

// FuzzDump reads what nginx -T prints for files, messages in front of it: each
// file that is in the tree has its own text, and is read once.
func FuzzDump(f *testing.F) {
	f.Add("", "include a.conf; include *.conf;", "user x;", "/etc/nginx/a.conf")
	f.Add("nginx: the configuration file x syntax is ok\n", "include d/*; include d/*.conf; include *.conf/*;", "include d/a.conf;", "/etc/nginx/d/a.conf")
	f.Add("2026/11/21 05:44:21 [warn] 1#1: x\n", "include /a; include /a/b; include \"\";", "}", "/a")
	f.Add("x", "http { include ?; }", "server { include nginx.conf; }", "a")
	f.Add("\n\n", "{", "# configuration file x", "/etc/nginx/a\rb:")
	f.Add("nginx: x\r\n", "include *.conf; include *.conf; include *.conf;", "include *.conf; a b;", "/etc/nginx//b.conf")
	f.Fuzz(func(t *testing.T, messages, main, other, name string) {
		const mark, root = "# configuration file ", "/etc/nginx/nginx.conf"
		text := messages + mark + root + ":\n" + main + "\n" + mark + name + ":\n" + other + "\n"
		disk := newMemFS(map[string]string{"/etc/nginx/secret.conf": "of this machine;"})
		tree, err := conf.Text("-", []byte(text), conf.Options{FS: disk, Grammar: lint.Grammar(), Dir: "/etc/nginx"})
		if err != nil {
			t.Fatal(err)
		}
		checkTree(t, tree)
		if !tree.Dump {
			return
		}
		plain := messages == "" && !strings.Contains(main+other, mark) && !strings.ContainsAny(name, "\r\n") && name != "" && name != root
		for _, file := range tree.Files {
			switch {
			case file.Path == "/etc/nginx/secret.conf" && file.Text == "of this machine;":
				t.Error("a file of this machine is read for a dump")
			case plain && file.Path == root && file.Text != main:
				t.Errorf("the root is %q, want %q", file.Text, main)
			case plain && file.Path == name && file.Text != other:
				t.Errorf("%q is %q, want %q", name, file.Text, other)
			}
		}
	})
}

// checkTree holds a tree against what is true of any tree.
func checkTree(t *testing.T, tree *conf.Tree) {
	t.Helper()
	known := map[*conf.File]bool{}
	for _, f := range tree.Files {
		if known[f] {
			t.Errorf("%q is listed twice", f.Path)
		}
		known[f] = true
		checkFile(t, f)
	}
	if tree.RootFile != tree.Files[0] {
		t.Error("the first file is not the root")
	}
	for _, p := range tree.Problems {
		if !known[p.File] || p.Message == "" || int(p.Span.End) > len(p.File.Text) {
			t.Errorf("bad problem %+v", p)
		}
	}
	checkNode(t, tree.Root, known)
}

func checkNode(t *testing.T, n *conf.Node, known map[*conf.File]bool) {
	t.Helper()
	for i := range n.Children {
		c := &n.Children[i]
		if c.Parent != n || c.Directive == nil {
			t.Fatalf("%q: wrong parent", c.Name)
		}
		if c.File != nil && !known[c.File] {
			t.Fatalf("%q is of a file that the tree does not list", c.Name)
		}
		depth := 0
		for via := c.Via; via != nil; via = via.Outer {
			if depth++; depth > conf.MaxIncludeDepth || via.Include.Name != "include" {
				t.Fatalf("%q: bad include trail", c.Name)
			}
		}
		checkNode(t, c, known)
	}
}
