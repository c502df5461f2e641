package conf_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// dump is what nginx -T prints: its messages, then each file it read, in order.
const dump = `2026/11/21 05:44:21 [warn] 4573#4573: conflicting server name "a" on 0.0.0.0:80, ignored
nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
nginx: configuration file /etc/nginx/nginx.conf test is successful
# configuration file /etc/nginx/nginx.conf:
events {}
http {
    include mime.types;
    include /etc/nginx/conf.d/*.conf;
}

# configuration file /etc/nginx/mime.types:
types { a b; }

# configuration file /etc/nginx/conf.d/a.conf:
server {
    listen 80
}

# configuration file /etc/nginx/conf.d/b.conf:
server { listen 81; }

`

func checkDump(t *testing.T, tree *conf.Tree) {
	t.Helper()
	want := "events; http { include mime.types; types@mime.types { a b@mime.types; } include /etc/nginx/conf.d/*.conf; " +
		"server@/etc/nginx/conf.d/*.conf { listen 80@/etc/nginx/conf.d/*.conf; } server@/etc/nginx/conf.d/*.conf { listen 81@/etc/nginx/conf.d/*.conf; } }"
	if got := outline(tree.Root); got != want {
		t.Errorf("tree:\n got %s\nwant %s", got, want)
	}
	var paths []string
	for _, f := range tree.Files {
		paths = append(paths, f.Path)
	}
	if want := []string{"/etc/nginx/nginx.conf", "/etc/nginx/mime.types", "/etc/nginx/conf.d/a.conf", "/etc/nginx/conf.d/b.conf"}; !slices.Equal(paths, want) {
		t.Fatalf("files %q", paths)
	}
	if tree.Incomplete || len(tree.Problems) > 0 {
		t.Errorf("incomplete %v, problems %q", tree.Incomplete, told(tree))
	}
	if got, want := troubles(tree.Files[2]), []string{`2:13-14 unexpected "}": directive "listen" has no ";"`}; !slices.Equal(got, want) {
		t.Errorf("problems %q, want %q", got, want)
	}
}

func TestDump(t *testing.T) {
	messages, files, _ := strings.Cut(dump, "# conf")
	if messages == "" || files == "" {
		t.Fatal("the dump has no messages before its files")
	}
	for name, text := range map[string]string{
		"with messages":    dump,
		"without":          "# conf" + files,
		"with CRLF":        strings.ReplaceAll(dump, "\n", "\r\n"),
		"after blank line": "\n\n" + dump,
	} {
		t.Run(name, func(t *testing.T) {
			o := conf.Options{FS: newMemFS(map[string]string{"/c/dump.txt": text, "/etc/nginx/conf.d/machine.conf": "x;"}), Dir: "/c", Grammar: lint.Grammar()}
			set, err := conf.Load([]string{"dump.txt"}, o)
			must(t, err)
			if len(set.Trees) != 1 {
				t.Fatalf("%d trees", len(set.Trees))
			}
			checkDump(t, set.Trees[0])
			tree, err := conf.Text("-", []byte(text), o)
			must(t, err)
			checkDump(t, tree)
		})
	}
}

func TestDumpWithoutAFileIsMissingIt(t *testing.T) {
	text := "# configuration file /etc/nginx/nginx.conf:\ninclude mime.types;\ninclude /nope/*;\n"
	tree, err := conf.Text("-", []byte(text), conf.Options{})
	must(t, err)
	want := []string{`/etc/nginx/nginx.conf:1:9 open() "/etc/nginx/mime.types" failed (2: No such file or directory)`}
	if got := told(tree); !slices.Equal(got, want) || !tree.Incomplete {
		t.Errorf("problems %q, incomplete %v", got, tree.Incomplete)
	}
}

func TestNotADump(t *testing.T) {
	for _, text := range []string{
		"# configuration file /etc/nginx/nginx.conf\nevents {}\n",
		"events {}\n# configuration file /etc/nginx/nginx.conf:\n",
		"# a comment\n# configuration file x:\nevents {}\n",
		"",
	} {
		tree, err := conf.Text("-", []byte(text), conf.Options{Dir: "/c", FS: newMemFS(nil)})
		must(t, err)
		if tree.RootFile.Path != "-" || tree.RootFile.Text != text {
			t.Errorf("%q is taken for a dump", text)
		}
	}
}

func TestText(t *testing.T) {
	files := newMemFS(map[string]string{"/c/a.conf": "server { listen 80; }"})
	tree, err := conf.Text("stdin", []byte("include a.conf;\nserver {}\n"), conf.Options{Dir: "/c", FS: files, Infer: infer})
	must(t, err)
	if got, want := outline(tree.Root), "http { include a.conf; server@a.conf { listen 80@a.conf; } server; }"; got != want {
		t.Errorf("got %s", got)
	}
	if tree.RootFile.Path != "stdin" || tree.RootFile.Real != "stdin" {
		t.Errorf("shown as %q, %q", tree.RootFile.Path, tree.RootFile.Real)
	}
}

func TestTemplates(t *testing.T) {
	tests := []struct {
		path, text, want string
		template         bool
		unknown          []string
	}{
		{"x.conf", "listen {{ port }};", "listen {{ port }};", true, []string{"{{ port }}"}},
		{"x.conf", "a b{{ c }}d e;", "a b{{ c }}d e;", true, []string{"b{{ c }}d"}},
		{"x.conf", `a "x {{ b["c"] }} y" d;`, `a x {{ b["c"] }} y d;`, true, []string{`x {{ b["c"] }} y`}},
		{"x.conf", "{% if a %}\nb;\n{% else %}\nc;\n{% endif %}\n", "b; c;", true, nil},
		{"x.conf", "<% if a %>\nb <%= c %>;\n<% end %>\n", "b <%= c %>;", true, []string{"<%= c %>"}},
		{"x.conf", "{# note; { #}\na;\n", "a;", true, nil},
		{"x.conf", "{{ range . }}\nserver {{ .x }} { a; }\n{{ end }}\n", "server {{ .x }} { a; }", true, []string{"{{ .x }}"}},
		{"x.conf", "a ${UPPER} $UPPER;", "a ${UPPER} $UPPER;", false, nil},
		{"x.conf", `a "x-${UPPER}" "$UPPER"; b '${UPPER}';`, "a x-${UPPER} $UPPER; b ${UPPER};", false, nil},
		{"x.conf", `a "x-{UPPER}"; b "${UPPER}";`, "a x-{UPPER}; b ${UPPER};", true, []string{"x-{UPPER}"}},
		{"x.conf", `a "${{ UPPER }}";`, "a ${{ UPPER }};", true, []string{"${{ UPPER }}"}},
		{"x.conf.template", `a "x-${UPPER}";`, "a x-${UPPER};", true, []string{"x-${UPPER}"}},
		{"x.conf.template", "a ${UPPER} $UPPER:1 $lower $Mixed;", "a ${UPPER} $UPPER:1 $lower $Mixed;", true, []string{"${UPPER}", "$UPPER:1"}},
		{"x.conf.template", "${NAME} a;", "${NAME} a;", true, []string{"${NAME}"}},
		{"x.conf.template", "a b;", "a b;", true, nil},
		{"x.conf.template", "server { ${A} }", "server {}", true, nil},
		{"x.conf.template", "${A}\nserver {\n ${B} # c\n listen 80;\n $C\n}\n$D", "server { listen 80; }", true, nil},
		{"x.conf.template", "server {\n ${A} ${B}\n}", "server {}", true, nil},
		{"x.conf.template", "${A}\n;\n${B}\n{ a; }", "${A}; ${B} { a; }", true, []string{"${A}", "${B}"}},
		{"x.conf", "server { a; {{ b }} }", "server { a; }", true, nil},
		{"x.conf", "server { a; <%= b %> }", "server { a; }", true, nil},
		{"x.conf", "server {# note\n a; #}\n}", "server { a; }", false, nil},
		{"x.conf", "content_by_lua_block { t = {{1}} } a;", "content_by_lua_block {…} a;", false, nil},
		{"x.conf", "sub_filter '{{' '}}'; a '{%'; b \"%}\";", "sub_filter {{ }}; a {%; b %};", true, []string{"{{", "{%"}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			f, err := conf.Parse(test.path, []byte(test.text), lint.Grammar())
			must(t, err)
			checkFile(t, f)
			if got := sketch(f.Directives); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if len(f.Problems) > 0 || f.Template != test.template {
				t.Errorf("template %v, problems %q", f.Template, troubles(f))
			}
			if got := unknown(f.Directives); !slices.Equal(got, test.unknown) {
				t.Errorf("unknown %q, want %q", got, test.unknown)
			}
		})
	}
}

// unknown lists the words that a template engine fills in.
func unknown(ds []*conf.Directive) []string {
	var out []string
	for _, d := range ds {
		if d.NameUnknown {
			out = append(out, d.Name)
		}
		for _, a := range d.Args {
			if a.Unknown {
				out = append(out, a.Value)
			}
		}
		out = append(out, unknown(d.Block())...)
	}
	return out
}

// TestManyPatternsOverManyFilesOfADump ends: a folder is put together once, and
// what a pattern leads to is known after the first time.
func TestManyPatternsOverManyFilesOfADump(t *testing.T) {
	if testing.Short() {
		t.Skip("long under race detection")
	}
	const files = 20_000
	var b strings.Builder
	b.WriteString("# configuration file /etc/nginx/nginx.conf:\n" + strings.Repeat("include d/*.conf;\n", 400))
	for i := range files {
		fmt.Fprintf(&b, "# configuration file /etc/nginx/d/%d.conf:\na b;\n", i)
	}
	tree, err := conf.Text("-", []byte(b.String()), conf.Options{})
	must(t, err)
	if len(tree.Files) != files+1 || len(tree.Problems) != 1 || !tree.Incomplete {
		t.Errorf("%d files, %d problems", len(tree.Files), len(tree.Problems))
	}
}
