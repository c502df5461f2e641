package conf_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// TestDoubledBraces has files for Python's str.format, and slips of the pen that
// look a little like them.
func TestDoubledBraces(t *testing.T) {
	for _, c := range []struct {
		name, text string
		problem    string
		tree       string // names and arguments, unknown ones in brackets
	}{
		{
			"one block with a field", "server {{ # the site\n  listen {port};\n  root /srv/{site.name}/x;\n}}\n", "",
			"server{listen [{port}]; root [/srv/{site.name}/x]; }",
		},
		{
			"blocks in blocks", "server {{\n  location / {{\n    proxy_pass http://${{app}}:80;\n    return 200;\n  }}\n  location = /x {{ return 204; }}\n}}\n", "",
			"server{location /{proxy_pass [http://${{app}}:80]; return 200; }location = /x{return 204; }}",
		},
		{
			"quotes", "upstream a {{\n  server \"{host}:80\";\n}}\nlocation ~ \"^/[0-9]{{4}}$\" {{\n  return 200 '{{}}';\n}}\n", "",
			"upstream a{server [{host}:80]; }location ~ [^/[0-9]{{4}}$]{return 200 [{{}}]; }",
		},
		{
			"whole statements", "server {{\n  {extra}\n  listen 80;\n}}\n", "",
			"server{listen 80; }",
		},
		{
			"Lua", "server {{\n  content_by_lua_block {{\n    local x = {{}}\n  }}\n  listen {port};\n}}\n", "",
			"server{content_by_lua_block{}listen [{port}]; }",
		},
		{"a slip of the pen", "server {{\n  listen 80;\n}\n", `unexpected "{"`, ""},
		{"the same at both ends", "server {{\n  listen 80;\n}}\n", `unexpected "{"`, ""},
		{"one of two blocks", "server {{\n  listen 80;\n  location / {\n    return 204;\n  }\n}}\n", `unexpected "{"`, ""},
		{"variables in braces", "server {{\n  return 200 x${uri};\n}}\n", `unexpected "{"`, ""},
		{"one closed once", "server {{\n  location / {{\n    return 204;\n  }}\n}\n", `unexpected "{"`, ""},
	} {
		f, err := conf.Parse("nginx.conf", []byte(c.text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Problems) > 0 && (c.problem == "" || !strings.HasPrefix(f.Problems[0].Message, c.problem)) || len(f.Problems) == 0 && c.problem != "" {
			t.Errorf("%s: problems %v, want %q", c.name, f.Problems, c.problem)
		}
		if c.problem != "" {
			continue
		}
		if !f.Template || f.Slice(f.Mark) != "{{" {
			t.Errorf("%s: template %v by %q", c.name, f.Template, f.Slice(f.Mark))
		}
		if got := oneLine(f.Directives); got != c.tree {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.tree)
		}
	}
}

// oneLine writes directives down in one line.
func oneLine(ds []*conf.Directive) string {
	var b strings.Builder
	for _, d := range ds {
		b.WriteString(d.Name)
		for _, a := range d.Args {
			if a.Unknown {
				b.WriteString(" [" + a.Value + "]")
			} else {
				b.WriteString(" " + a.Value)
			}
		}
		if d.IsBlock {
			b.WriteString("{" + oneLine(d.Block()) + "}")
		} else {
			b.WriteString("; ")
		}
	}
	return b.String()
}
