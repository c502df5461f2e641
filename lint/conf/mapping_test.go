package conf_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

const twoRoots = "events {}\nhttp {\n    include snippets/shared.conf;\n"

func TestRootsThatAreTold(t *testing.T) {
	dir := write(t, map[string]string{
		".git/HEAD":              "",
		"a/main.conf":            twoRoots + "include one.conf;\n}\n",
		"b/main.conf":            twoRoots + "}\n",
		"a/one.conf":             "server { listen 80; }\n",
		"a/other.conf":           "server { listen 81; }\n",
		"a/snippets/shared.conf": "map $a $b { default 1; }\n",
		"b/snippets/shared.conf": "gzip off;\n",
	})
	o := conf.Options{
		Grammar: lint.Grammar(), Infer: infer, Dir: dir,
		Roots: []string{filepath.Join(dir, "a/main.conf"), filepath.Join(dir, "b/main.conf")},
	}
	tests := []struct {
		name  string
		paths []string
		want  []string
	}{
		{"a file that a root includes", []string{"a/one.conf"}, []string{"a/main.conf: a/snippets/shared.conf a/one.conf"}},
		{"two of one root", []string{"a/one.conf", "a/snippets/shared.conf"}, []string{"a/main.conf: a/snippets/shared.conf a/one.conf"}},
		{"a root itself", []string{"b/main.conf"}, []string{"b/main.conf: b/snippets/shared.conf"}},
		{"a file that none includes", []string{"a/other.conf"}, []string{"a/other.conf in http"}},
		{"a folder with roots", []string{"."}, []string{"a/main.conf: a/snippets/shared.conf a/one.conf", "b/main.conf: b/snippets/shared.conf"}},
		{"a folder below a root", []string{"a/snippets"}, []string{"a/main.conf: a/snippets/shared.conf a/one.conf"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			set, err := conf.Load(tt.paths, o)
			must(t, err)
			if got := summary(set); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestASnippetOfTwoRoots is linted with both.
func TestASnippetOfTwoRoots(t *testing.T) {
	dir := write(t, map[string]string{
		".git/HEAD": "", "a.conf": twoRoots + "}\n", "b.conf": twoRoots + "}\n", "snippets/shared.conf": "gzip on;\n",
	})
	o := conf.Options{Dir: dir, Roots: []string{filepath.Join(dir, "a.conf"), filepath.Join(dir, "b.conf")}}
	set, err := conf.Load([]string{"snippets/shared.conf"}, o)
	must(t, err)
	if got := summary(set); !slices.Equal(got, []string{"a.conf: snippets/shared.conf", "b.conf: snippets/shared.conf"}) {
		t.Errorf("got %q", got)
	}
}

func TestMappings(t *testing.T) {
	const root = "events {}\nhttp {\n include /etc/nginx/conf.d/*.conf;\n include /etc/nginx/sites-enabled/*;\n include /etc/nginx/mime.types;\n include /etc/nginx/conf.d/gone.inc;\n include /opt/x/y.conf;\n}\n"
	dir := write(t, map[string]string{
		".git/HEAD":                "",
		"deploy/main.conf":         root,
		"deploy/conf.d/wrong.conf": "gzip on;\n",
		"tree/conf.d/right.conf":   "gzip on;\n",
		"tree/sites-available/a":   "server { listen 80; }\n",
		"tree/sites-enabled/.keep": "",
		"elsewhere/y.conf":         "gzip on;\n",
	})
	set, err := conf.Load([]string{"deploy/main.conf"}, conf.Options{
		Dir: dir, Grammar: lint.Grammar(),
		Prefix:  []conf.Mapping{{From: "/etc/nginx", To: filepath.Join(dir, "tree")}, {From: "/opt/x", To: filepath.Join(dir, "elsewhere")}},
		Renamed: []conf.Mapping{{From: "sites-enabled", To: "sites-available"}},
	})
	must(t, err)
	want := []string{"deploy/main.conf: tree/conf.d/right.conf tree/sites-available/a elsewhere/y.conf"}
	if got := summary(set); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	// What is missing in a folder that was told is missing; what comes with
	// nginx's packages need not be in it.
	var problems []string
	for _, p := range set.Trees[0].Problems {
		problems = append(problems, p.Message)
	}
	if len(problems) != 1 || problems[0] != `open() "`+filepath.Join(dir, "tree/conf.d/gone.inc")+`" failed (2: No such file or directory)` {
		t.Errorf("the problems are %q", problems)
	}
}

func TestContextOfAFile(t *testing.T) {
	dir := write(t, map[string]string{".git/HEAD": "", "a.conf": "proxy_pass http://x;\n", "b.conf": "proxy_pass http://x;\n"})
	set, err := conf.Load([]string{"a.conf", "b.conf"}, conf.Options{
		Dir: dir, Grammar: lint.Grammar(), Infer: infer,
		ContextOf: func(f *conf.File) []string {
			if f.Path == "a.conf" {
				return []string{"stream", "server"}
			}
			return nil
		},
	})
	must(t, err)
	if got := summary(set); !slices.Equal(got, []string{"a.conf in stream server", "b.conf in http server"}) {
		t.Errorf("got %q", got)
	}
	if !set.Trees[0].Told || set.Trees[1].Told {
		t.Error("only the first was told")
	}
}

// TestADumpKnowsNoMapping: its paths are those of the machine that it is from.
func TestADumpKnowsNoMapping(t *testing.T) {
	dump := "# configuration file /etc/nginx/nginx.conf:\nevents {}\nhttp { include /etc/nginx/a.conf; }\n# configuration file /etc/nginx/a.conf:\ngzip on;\n"
	tree, err := conf.Text("<stdin>", []byte(dump), conf.Options{
		Dir: t.TempDir(), Prefix: []conf.Mapping{{From: "/etc/nginx", To: "/nowhere"}}, Renamed: []conf.Mapping{{From: "nginx", To: "b"}},
	})
	must(t, err)
	if len(tree.Files) != 2 || len(tree.Problems) != 0 {
		t.Errorf("it has %d files and %d problems", len(tree.Files), len(tree.Problems))
	}
}
