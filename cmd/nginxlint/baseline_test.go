package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// site is a checkout in which a test changes files and lints again.
type site struct {
	*testing.T
	dir string
}

func (s site) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s site) write(name, text string) {
	s.Helper()
	if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
		s.Fatal(err)
	}
	if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
}

func (s site) read(name string) string {
	s.Helper()
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		s.Fatal(err)
	}
	return string(text)
}

func (s site) edit(name, old, text string) {
	s.Helper()
	before := s.read(name)
	after := strings.Replace(before, old, text, 1)
	if after == before {
		s.Fatalf("%s does not hold %q", name, old)
	}
	s.write(name, after)
}

func (s site) rename(from, to string) {
	s.Helper()
	if err := os.Rename(s.path(from), s.path(to)); err != nil {
		s.Fatal(err)
	}
}

// lint returns the findings, one a line, and what was said beside them.
func (s site) lint(code int, args ...string) (found []string, said string) {
	s.Helper()
	c, out, stderr := testCommand(nil)
	c.fs, c.dir = conf.Disk{}, s.dir
	if got := c.run(append(args, "-f", "concise", "--fail-on", "info", "nginx.conf")); got != code {
		s.Errorf("%q exits with %d, want %d:\n%s%s", args, got, code, clipped(out), clipped(stderr))
	}
	return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n"), stderr.String()
}

func clipped(b *bytes.Buffer) string { return b.String()[:min(b.Len(), 2000)] }

// known lints with the baseline, which must know all there is.
func (s site) known(what string) {
	s.Helper()
	if found, _ := s.lint(exitClean, "--baseline", "baseline.json"); len(found) != 1 || found[0] != "" {
		s.Errorf("%s brings back %d findings, such as %s", what, len(found), found[0])
	}
}

// oldSite writes 300 virtual hosts with 200 findings: 198 of hosts of their own,
// one of a snippet that all of them include, and one with ten places.
func oldSite(t *testing.T) site {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := site{t, dir}
	s.write(".git/HEAD", "")
	s.write("nginx.conf", "events {}\nhttp {\n    include sites/*.conf;\n}\n")
	s.write("snippets/limits.conf", "proxy_connect_timeout 0;\n")
	for i := range 300 {
		more, target := "", fmt.Sprintf("192.0.2.%d:8080", i%250)
		switch {
		case i < 10:
			target = "localhost:3000"
		case i < 109:
			more = "        proxy_read_timeout 0;\n"
		case i < 208:
			more = "        proxy_send_timeout  0;\n"
		}
		s.write(fmt.Sprintf("sites/%03d.conf", i), fmt.Sprintf("server {\n    server_name s%d.example;\n    listen 8080;\n    location / {\n"+
			"        include snippets/limits.conf;\n%s        proxy_pass http://%s;\n    }\n}\n", i, more, target))
	}
	return s
}

func TestABaselineKnowsWhatIsOld(t *testing.T) {
	s := oldSite(t)
	if found, _ := s.lint(exitFound); len(found) != 200 {
		t.Fatalf("%d findings, want 200", len(found))
	}
	s.lint(exitClean, "--write-baseline", "baseline.json")
	s.known("linting again")
	if entries := strings.Count(s.read("baseline.json"), "\n    {"); entries != 209 {
		t.Errorf("%d lines of entries, want one for each of 209 places", entries)
	}

	s.edit("sites/250.conf", "proxy_pass", "proxy_read_timeout 0;\n        proxy_pass")
	found, _ := s.lint(exitFound, "--baseline", "baseline.json")
	if len(found) != 1 || !strings.HasPrefix(filepath.ToSlash(found[0]), "sites/250.conf:6:9: ") {
		t.Errorf("a new finding shows %d: %s", len(found), found[0])
	}
	s.edit("sites/250.conf", "proxy_read_timeout 0;", "")
	s.known("mending it")

	// The first file is also the first of those that include the snippet, and
	// the first of the ten places.
	s.rename("sites/000.conf", "sites/zzz.conf")
	s.known("renaming a file")
	s.rename("sites/100.conf", "sites/00.conf")
	s.known("renaming another file")
	for _, name := range []string{"sites/050.conf", "sites/150.conf", "sites/zzz.conf"} {
		s.write(name, "\n# set out anew\n"+strings.NewReplacer("    ", "\t", "{\n", "\n{\n\n", " 0;", "\n '0' ;", "\n", "\r\n").Replace(s.read(name)))
	}
	s.known("setting out anew")
	s.rename("snippets/limits.conf", "snippets/timeouts.conf")
	for i := range 300 {
		name := fmt.Sprintf("sites/%03d.conf", i)
		switch i {
		case 0:
			name = "sites/zzz.conf"
		case 100:
			name = "sites/00.conf"
		}
		s.edit(name, "limits", "timeouts")
	}
	s.known("renaming a snippet")

	s.edit("sites/001.conf", "localhost", "192.0.2.1")
	s.known("mending the first of ten places")
	_, said := s.lint(exitClean, "--baseline", "baseline.json")
	if !strings.Contains(said, "1 entry of the baseline matches nothing any more") || !strings.Contains(said, "s1.example") {
		t.Errorf("of the place that was mended it says %q", said)
	}

	s.write("sites/0000.conf", strings.NewReplacer("s2.example", "new.example").Replace(s.read("sites/002.conf")))
	found, _ = s.lint(exitFound, "--baseline", "baseline.json")
	if len(found) != 1 || !strings.Contains(found[0], "[localhost-upstream]") {
		t.Errorf("a further place before the others shows %d findings: %s", len(found), found[0])
	}
}
