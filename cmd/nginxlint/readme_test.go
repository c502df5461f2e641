package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReadmeExample keeps the example of the README what the command says.
func TestReadmeExample(t *testing.T) {
	const readme, begin, end = "../../README.md", "<!-- example: generated -->\n", "<!-- end of example -->"
	dir, err := filepath.Abs("../../testdata/readme")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(dir, "nginx.conf"))
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	c := newCommand()
	c.dir, c.out, c.err = dir, &out, &errs
	c.terminal = func() (int, bool) { return 0, false }
	if code := c.run([]string{"nginx.conf"}); code != exitFound || errs.Len() > 0 {
		t.Fatalf("exit code %d, %s", code, &errs)
	}
	want := "```nginx\n" + string(source) + "```\n\n```console\n$ nginxlint nginx.conf\n" + out.String() + "```\n"

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
		t.Fatalf("the example in %s is not what the command says: go test ./cmd/nginxlint -update", readme)
	}
	if err := os.WriteFile(readme, []byte(head+begin+want+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}
