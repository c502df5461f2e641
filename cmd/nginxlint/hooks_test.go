package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

// TestHooks runs the real pre-commit with the hooks of this work tree, which it
// builds by itself as it does for its users.
func TestHooks(t *testing.T) {
	linttest.Program(t, "pre-commit")
	linttest.Program(t, "git")
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "hooks"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               setUpHooks,
	})
}

// setUpHooks gives a script this work tree as a repository, $HOOKS, and what
// git, pre-commit and go need.
func setUpHooks(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, ".home")
	hooks := filepath.Join(env.WorkDir, ".hooks")
	if err := os.Mkdir(home, 0o755); err != nil {
		return err
	}
	if err := copyModule(hooks, filepath.Join("..", "..")); err != nil {
		return err
	}
	out, err := exec.CommandContext(env.T().(testing.TB).Context(), "go", "env", "GOCACHE", "GOMODCACHE", "GOPROXY").Output()
	if err != nil {
		return err
	}
	goEnv := strings.Split(strings.TrimSpace(string(out)), "\n")
	for name, value := range map[string]string{
		"HOOKS": hooks,
		"HOME":  home,
		// The modules that built this test come first: no network is needed.
		"GOPROXY": "file://" + filepath.ToSlash(filepath.Join(goEnv[1], "cache", "download")) + "," + goEnv[2],
		"GOCACHE": goEnv[0],
		// The cache then serves every folder that the hooks are built in.
		"GOFLAGS":                 "-trimpath",
		"CGO_ENABLED":             "0",
		"PRE_COMMIT_HOME":         filepath.Join(home, "pre-commit"),
		"PRE_COMMIT_COLOR":        "never",
		"GIT_CONFIG_NOSYSTEM":     "1",
		"GIT_CEILING_DIRECTORIES": env.WorkDir,
		"GIT_AUTHOR_NAME":         "author", "GIT_AUTHOR_EMAIL": "author@example.org",
		"GIT_COMMITTER_NAME": "author", "GIT_COMMITTER_EMAIL": "author@example.org",
	} {
		env.Setenv(name, value)
	}
	return nil
}

// copyModule copies what the command is built from, with the manifest of its
// hooks, whatever git says of the work tree.
func copyModule(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case rel == "testdata", d.IsDir() && rel != "." && strings.HasPrefix(rel, "."):
			return filepath.SkipDir
		case rel == ".git": // a linked work tree's: what is done here must not end up there
			return nil
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
}

// TestHookFiles keeps which files of a commit the hooks are for.
func TestHookFiles(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var hooks []struct {
		ID    string
		Files string
	}
	if err := yaml.Unmarshal(text, &hooks); err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{
		"nginx.conf":                                   true,
		"conf.d/app.conf":                              true,
		"deploy/nginx/default.conf":                    true,
		"deploy/Nginx/Default.conf":                    true,
		"docker/nginx/templates/app.conf.j2":           true,
		"nginx/default.conf.template":                  true,
		"nginx-proxy/vhost.d/a.conf":                   true,
		"my-nginx.conf":                                true,
		"etc/nginx/sites-available/default":            true,
		"sites-enabled/shop":                           true,
		"web/snippets/tls.conf":                        true,
		"shop.vhost":                                   true,
		"shop.nginx":                                   true,
		"sites-available/shop.example.org":             true,
		"etc/nginx/sites-enabled/Example.ORG":          true,
		"apache-nginx/conf.d/app.conf":                 true,
		"httpd/nginx/nginx.conf":                       true,
		"apache2/sites-available/shop.example.org":     false,
		"etc/apache2/sites-available/000-default.conf": false,
		"nginx-apache/httpd/conf.d/app.conf":           false,
		"sites-available/shop.example.org.bak":         false,
		"sites-available/shop.example.org.orig":        false,
		"sites-available/shop.example.org.dpkg-old":    false,
		"sites-available/shop.example.org.dpkg-dist":   false,
		"sites-available/shop.example.org.ucf-dist":    false,
		"sites-available/shop.example.org~":            false,
		"sites-available/shop.example.org.swp":         false,
		"sites-available/.shop.example.org.swp":        false,
		"sites-available/.gitkeep":                     false,
		"sites-available/shop.example.org.1":           false,
		"sites-available/shop.example.org.disabled":    false,
		"sites-available/shop/example.org.key":         false,
		"src/shop.example.org":                         false,
		"nginx/Dockerfile":                             false,
		"nginx/README.md":                              false,
		"nginx/entrypoint.sh":                          false,
		"nginx/tls/server.key":                         false,
		"nginx/default.conf.bak":                       false,
		"nginx/app.conf.example":                       false,
		"nginx.conf.d.ts":                              false,
		"docs/nginx.md":                                false,
		"sites-available/README.md":                    false,
		"app.conf":                                     false,
		"etc/redis/redis.conf":                         false,
		"snippets/button.html":                         false,
		".github/workflows/nginx.yml":                  false,
		"charts/nginx/templates/_helpers.tpl":          false,
		"charts/nginx/templates/configmap.yaml":        false,
	}
	seen := 0
	for _, h := range hooks {
		if h.Files == "" {
			continue
		}
		seen++
		taken, refused := hookPattern(h.Files)
		for path, want := range tests {
			if got := taken.MatchString(path) && !refused.MatchString(path); got != want {
				t.Errorf("%s takes %q: %v, want %v", h.ID, path, got, want)
			}
		}
	}
	if seen != 2 {
		t.Errorf("%d hooks have files, want 2", seen)
	}
}

// hookPattern takes a pattern apart into what Go knows: Python's verbose mode and
// its lookahead, which here has lines of its own, are not among it.
func hookPattern(pattern string) (taken, refused *regexp.Regexp) {
	var flat strings.Builder
	var not []string
	for line := range strings.Lines(pattern) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "(?!"); ok {
			not = append(not, "^"+strings.TrimSuffix(rest, ")"))
			continue
		}
		flat.WriteString(line)
	}
	return regexp.MustCompile(strings.Replace(flat.String(), "(?xi)", "(?i)", 1)), regexp.MustCompile("(?i)" + strings.Join(not, "|"))
}
