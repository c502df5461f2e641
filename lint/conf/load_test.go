package conf_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// write makes files below a new folder and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	for name, text := range files {
		path := filepath.Join(dir, name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// infer puts servers into http and locations into a server.
func infer(top []*conf.Directive) []string {
	for _, d := range top {
		switch d.Name {
		case "server", "upstream", "map":
			return []string{"http"}
		case "location", "proxy_pass":
			return []string{"http", "server"}
		}
	}
	return nil
}

// summary writes each tree as root (context): other files.
func summary(set *conf.Set) []string {
	var out []string
	for _, tree := range set.Trees {
		var s strings.Builder
		s.WriteString(tree.RootFile.Path)
		if len(tree.Context) > 0 {
			s.WriteString(" in " + strings.Join(tree.Context, " "))
		}
		for i, f := range tree.Files[1:] {
			s.WriteString([]string{": ", " "}[min(i, 1)] + f.Path)
		}
		out = append(out, s.String())
	}
	return out
}

const (
	whole  = "events {}\nhttp { include conf.d/*.conf; }\n"
	server = "server { listen 80; }\n"
)

var loads = []struct {
	name  string
	files map[string]string
	paths []string
	want  []string
}{
	{
		name:  "a folder with nginx.conf",
		files: map[string]string{"nginx.conf": whole, "conf.d/a.conf": server, "other.conf": server},
		paths: []string{"."},
		want:  []string{"nginx.conf: conf.d/a.conf"},
	},
	{
		name:  "a folder of fragments",
		files: map[string]string{"b.conf": server, "a.conf": "location / { include c.conf; }", "c.conf": "proxy_pass http://x; server {}", "deep/d.vhost": server},
		paths: []string{"."},
		want:  []string{"a.conf in http server: c.conf", "b.conf in http", "deep/d.vhost in http"},
	},
	{
		name:  "a folder with several whole configurations",
		files: map[string]string{"x/nginx-a.conf": whole, "x/conf.d/s.conf": server, "nginx-b.conf": "events {}\n", "left.conf": server},
		paths: []string{"."},
		want:  []string{"nginx-b.conf", "x/nginx-a.conf: x/conf.d/s.conf", "left.conf in http"},
	},
	{
		name: "a folder with files of other programs",
		files: map[string]string{
			"supervisord.conf": "[supervisord]\nnodaemon=true\n[program:nginx]\ncommand=nginx -g \"daemon off;\"\n",
			"www.conf":         "[www]\nuser = www-data\npm = dynamic\npm.max_children = 5\n",
			"apache.conf":      "<VirtualHost *:80>\n  ServerName a\n  <Location \"/x\">\n    Require all granted\n  </Location>\n</VirtualHost>\n",
			"redis.conf":       "# redis\nbind 127.0.0.1 -::1\nprotected-mode yes\nsave 3600 1\n",
			"my.conf":          "[mysqld]\nmax_connections=10\n", "haproxy.conf": "frontend a\n  bind *:80\n", "dnsmasq.conf": "server=1.1.1.1\n",
			"logrotate.conf": "/var/log/x {\n  daily\n  rotate 7\n}\n", "prometheus.conf": "a: b\n", "README.md": server, "x.txt": server,
			"site.conf": server, ".hidden.conf": server, ".git/x.conf": server, "node_modules/a/x.conf": server, "site.conf~": server, "empty.conf": "",
		},
		paths: []string{"."},
		want:  []string{"site.conf in http"},
	},
	{
		name:  "names without an ending",
		files: map[string]string{"sites-available/default": server, "sites-available/README": "Put sites here; they are read.\n", "bin/default": server},
		paths: []string{"."},
		want:  []string{"sites-available/default in http"},
	},
	{
		name: "names of domains",
		files: map[string]string{
			"sites-available/shop.example.org": server, "sites-available/shop.example.org.bak": server,
			"sites-available/notes.md": "server {}\n", "bin/shop.example.org": server,
			"nginx-front/apache2/sites-available/shop.example.org": "<VirtualHost *:80>\n  ServerName shop.example.org\n  RewriteEngine on\n" +
				"  RewriteCond %{HTTPS} off\n  RewriteRule ^/?(.*)$ https://%{SERVER_NAME}/$1 [R,L]\n</VirtualHost>\n",
			"apache2/sites-available/old.example.org": "Listen 80\n<Location /server>\n  Require all granted\n</Location>\n",
		},
		paths: []string{"."},
		want:  []string{"sites-available/shop.example.org in http"},
	},
	{
		name:  "templates",
		files: map[string]string{"nginx.conf.template": server, "default.conf.j2": server, "app.yml.j2": server, "t/nginx.conf.erb": server},
		paths: []string{"."},
		want:  []string{"default.conf.j2 in http", "nginx.conf.template in http", "t/nginx.conf.erb in http"},
	},
	{
		name:  "fragments that include each other",
		files: map[string]string{"a.conf": "server { include b.conf; }", "b.conf": "location / { include a.conf; }"},
		paths: []string{"."},
		want:  []string{"a.conf in http: b.conf"},
	},
	{
		name:  "one file, and several",
		files: map[string]string{"a.conf": server, "b.conf": server},
		paths: []string{"b.conf", "a.conf", "./b.conf"},
		want:  []string{"b.conf in http", "a.conf in http"},
	},
	{
		name:  "a file below the root that includes it",
		files: map[string]string{"nginx.conf": whole, "conf.d/a.conf": server, "conf.d/b.conf": server},
		paths: []string{"conf.d/b.conf", "conf.d/a.conf"},
		want:  []string{"nginx.conf: conf.d/a.conf conf.d/b.conf"},
	},
	{
		name:  "a file that the root above does not include",
		files: map[string]string{"nginx.conf": whole, "snippets/a.conf": server},
		paths: []string{"snippets/a.conf"},
		want:  []string{"snippets/a.conf in http"},
	},
	{
		name:  "the search for a root ends at the checkout",
		files: map[string]string{"nginx.conf": "http { include repo/a.conf; }", "repo/.git/HEAD": "", "repo/a.conf": server},
		paths: []string{"repo/a.conf"},
		want:  []string{"repo/a.conf in http"},
	},
	{
		name:  "includes of a fragment from the folder of its root",
		files: map[string]string{"h5bp/x.conf": "add_header A b;", "conf.d/site.conf": "server { include h5bp/x.conf; }", ".git/HEAD": ""},
		paths: []string{"conf.d/site.conf"},
		want:  []string{"conf.d/site.conf in http: h5bp/x.conf"},
	},
	{
		name: "a checkout of /etc/nginx",
		files: map[string]string{
			".git/HEAD": "", "etc/nginx/nginx.conf": "http { include /etc/nginx/conf.d/*.conf; include /etc/nginx/mime.types; include /etc/nginx/sites-enabled/*; }",
			"etc/nginx/conf.d/a.conf": server, "etc/nginx/mime.types": "types { a b; }",
		},
		paths: []string{"etc/nginx/nginx.conf"},
		want:  []string{"etc/nginx/nginx.conf: etc/nginx/conf.d/a.conf etc/nginx/mime.types"},
	},
	{
		name:  "an empty file",
		files: map[string]string{"nginx.conf": ""},
		paths: []string{"nginx.conf"},
		want:  []string{"nginx.conf"},
	},
	{
		name:  "a folder and a file in it",
		files: map[string]string{"nginx.conf": whole, "conf.d/a.conf": server},
		paths: []string{".", "conf.d/a.conf", "nginx.conf", "."},
		want:  []string{"nginx.conf: conf.d/a.conf"},
	},
}

func TestLoad(t *testing.T) {
	for _, test := range loads {
		t.Run(test.name, func(t *testing.T) {
			dir := write(t, test.files)
			set, err := conf.Load(test.paths, conf.Options{Dir: dir, Grammar: lint.Grammar(), Infer: infer})
			must(t, err)
			if got := summary(set); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			for _, tree := range set.Trees {
				checkTree(t, tree)
				if got := told(tree); len(got) > 0 && test.name != "fragments that include each other" {
					t.Errorf("problems %q", got)
				}
			}
		})
	}
}

func TestMachinesOwnNginxIsNoneOfACheckoutsBusiness(t *testing.T) {
	files := map[string]string{
		"/home/repo/.git/HEAD": "", "/home/repo/nginx.conf": "events {} http { include /etc/nginx/mime.types; include /etc/nginx/conf.d/*.conf; }",
		"/etc/nginx/mime.types": "types { machine machine; }", "/etc/nginx/conf.d/x.conf": "server { server_name machine; }",
		"/etc/nginx/nginx.conf": "events {} http { include mime.types; include /etc/nginx/conf.d/*.conf; }",
	}
	o := conf.Options{FS: newMemFS(files), Dir: "/home/repo", Grammar: lint.Grammar()}
	set, err := conf.Load([]string{"nginx.conf", "/etc/nginx/nginx.conf"}, o)
	must(t, err)
	want := []string{"nginx.conf", "/etc/nginx/nginx.conf: /etc/nginx/mime.types /etc/nginx/conf.d/x.conf"}
	if got := summary(set); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if tree := set.Trees[0]; !tree.Incomplete || len(tree.Problems) > 0 {
		t.Errorf("incomplete %v, problems %q", tree.Incomplete, told(tree))
	}
}

func TestRootIsFoundThroughLinkedSite(t *testing.T) {
	dir := write(t, map[string]string{"nginx.conf": "events {} http { include sites-enabled/*; }", "sites-available/a": server, "sites-enabled/.keep": ""})
	must(t, os.Symlink("../sites-available/a", filepath.Join(dir, "sites-enabled/a")))
	for _, path := range []string{"sites-available/a", "sites-enabled/a"} {
		set, err := conf.Load([]string{path}, conf.Options{Dir: dir, Infer: infer})
		must(t, err)
		if got := summary(set); len(got) != 1 || !strings.HasPrefix(got[0], "nginx.conf: sites-") {
			t.Errorf("%s: got %q", path, got)
		}
	}
}

func TestGivenContextOverrules(t *testing.T) {
	dir := write(t, map[string]string{"nginx.conf": whole, "conf.d/a.conf": server})
	set, err := conf.Load([]string{"conf.d/a.conf"}, conf.Options{Dir: dir, Infer: infer, Context: []string{"stream"}})
	must(t, err)
	if got, want := summary(set), []string{"conf.d/a.conf in stream"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	tree := set.Trees[0]
	stream := tree.Root.Child("stream")
	if stream == nil || stream.File != nil || !stream.IsBlock || stream.Child("server") == nil || !tree.Incomplete {
		t.Errorf("tree %s", outline(tree.Root))
	}
}

func TestFragmentsDeepInsideKeepTheirParents(t *testing.T) {
	set := loadMem(t, map[string]string{"/c/a.conf": "location / { proxy_pass http://x; }"}, conf.Options{Infer: infer}, "a.conf")
	if got, want := outline(set.Trees[0].Root), "http { server { location / { proxy_pass http://x; } } }"; got != want {
		t.Errorf("got %s", got)
	}
	server := set.Trees[0].Root.Child("http").Child("server")
	if server.Parent.Name != "http" || server.Child("location").Parent != server {
		t.Error("wrong parents")
	}
}

func TestLoadErrors(t *testing.T) {
	dir := write(t, map[string]string{"ok.conf": server, "empty/x.txt": "x"})
	set, err := conf.Load([]string{"nope.conf", "ok.conf", "empty", "/dev/null"}, conf.Options{Dir: dir, Infer: infer})
	if got, want := summary(set), []string{"ok.conf in http"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(err, fs.ErrNotExist) || !errors.Is(err, conf.ErrNothing) || !errors.Is(err, conf.ErrNotRegular) {
		t.Errorf("error %v", err)
	}
	for _, s := range []string{`"nope.conf"`, `"empty"`, `"/dev/null"`} {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("the error %q does not name %s", err, s)
		}
	}
}

func TestOverlay(t *testing.T) {
	dir := write(t, map[string]string{"nginx.conf": "http { include conf.d/*; include new/*.conf; }", "conf.d/b.conf": "saved;", "conf.d/a.conf": "a;"})
	overlay := conf.Overlay{Base: conf.Disk{}, Files: map[string][]byte{
		filepath.Join(dir, "conf.d/b.conf"): []byte("unsaved;"), filepath.Join(dir, "conf.d/ab.conf"): []byte("between;"),
		filepath.Join(dir, "new/n.conf"): []byte("fresh;"),
	}}
	set, err := conf.Load([]string{"nginx.conf"}, conf.Options{FS: overlay, Dir: dir, Deployed: true})
	must(t, err)
	tree := set.Trees[0]
	want := "http { include conf.d/*; a@conf.d/*; between@conf.d/*; unsaved@conf.d/*; include new/*.conf; fresh@new/*.conf; }"
	if got := outline(tree.Root); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := told(tree); len(got) > 0 {
		t.Errorf("problems %q", got)
	}
}

// lockedFS refuses to read one file or to list one directory.
type lockedFS struct {
	*memFS
	path string
}

func (l lockedFS) ReadFile(path string) ([]byte, error) {
	if path == l.path || strings.HasPrefix(path, l.path+"/") {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	return l.memFS.ReadFile(path)
}

func (l lockedFS) ReadDir(path string) ([]fs.DirEntry, error) {
	if path == l.path {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrPermission}
	}
	return l.memFS.ReadDir(path)
}

func (l lockedFS) Stat(path string) (fs.FileInfo, error) {
	if strings.HasPrefix(path, l.path+"/") {
		return nil, &fs.PathError{Op: "stat", Path: path, Err: fs.ErrPermission}
	}
	return l.memFS.Stat(path)
}

func TestADirectoryThatCannotBeReadIsAnError(t *testing.T) {
	m := newMemFS(map[string]string{"/w/a.conf": "server {}", "/w/in/b.conf": "server {}"})
	set, err := conf.Load([]string{"."}, conf.Options{FS: lockedFS{m, "/w/in"}, Dir: "/w", Grammar: lint.Grammar()})
	if err == nil || err.Error() != `cannot read "in": permission denied` || len(set.Trees) != 1 {
		t.Errorf("error %v, %d trees", err, len(set.Trees))
	}
}

func TestAnIncludeFromADirectoryThatCannotBeRead(t *testing.T) {
	for _, include := range []string{"in/*.conf", "in/b.conf"} {
		m := newMemFS(map[string]string{"/w/nginx.conf": "events {} http { include " + include + "; }", "/w/in/b.conf": "server {}"})
		set, err := conf.Load([]string{"nginx.conf"}, conf.Options{FS: lockedFS{m, "/w/in"}, Dir: "/w", Grammar: lint.Grammar()})
		if err != nil {
			t.Fatal(err)
		}
		problems := set.Trees[0].Problems
		if len(problems) != 1 || problems[0].Kind != conf.IncludeUnreadable || !strings.Contains(problems[0].Message, "permission denied") || !set.Trees[0].Incomplete {
			t.Errorf("include %s: %v", include, told(set.Trees[0]))
		}
	}
}

func TestAFileOfADirectoryThatCannotBeReadIsAnError(t *testing.T) {
	m := newMemFS(map[string]string{"/w/a.conf": "server {}", "/w/b.conf": "server {}"})
	set, err := conf.Load([]string{".", "."}, conf.Options{FS: lockedFS{m, "/w/b.conf"}, Dir: "/w", Grammar: lint.Grammar()})
	if err == nil || err.Error() != `cannot read "b.conf": permission denied` || len(set.Trees) != 1 {
		t.Errorf("error %v, %d trees", err, len(set.Trees))
	}
}
