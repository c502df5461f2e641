package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeExample keeps the examples of the README what the command says.
func TestReadmeExample(t *testing.T) {
	keepExample(t, "example", "nginx.conf", "nginx", "nginx.conf")
}

// TestReadmeErrorLog does so for that of --error-log.
func TestReadmeErrorLog(t *testing.T) {
	keepExample(t, "error log", "error.log", "", "--error-log", "error.log", "nginx.conf")
}

// keepExample compares an example of the README, a file and what the command
// says about it, with the truth, or renews it.
func keepExample(t *testing.T, name, file, language string, args ...string) {
	t.Helper()
	const readme = "../../README.md"
	begin, end := "<!-- "+name+": generated -->\n", "<!-- end of "+name+" -->"
	dir, err := filepath.Abs("../../testdata/readme")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(dir, file))
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	c := newCommand()
	c.dir, c.out, c.err = dir, &out, &errs
	c.terminal = func() (int, bool) { return 0, false }
	if code := c.run(args); code != exitFound || errs.Len() > 0 {
		t.Fatalf("exit code %d, %s", code, &errs)
	}
	want := "```" + language + "\n" + string(source) + "```\n\n```console\n$ nginxlint " + strings.Join(args, " ") + "\n" + out.String() + "```\n"

	page, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(page), begin)
	got, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no %q … %q", readme, begin, end)
	}
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("the %s in the README is not what the command says: go test ./cmd/nginxlint -update", name)
	}
	if err := os.WriteFile(readme, []byte(head+begin+want+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
