package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/rules"
)

// testCommand is a command over files in memory, with its output.
func testCommand(files map[string]string) (c *command, out, err *bytes.Buffer) {
	m := fstest.MapFS{}
	for name, text := range files {
		m[strings.TrimPrefix(name, "/")] = &fstest.MapFile{Data: []byte(text)}
	}
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &command{
		in: strings.NewReader(""), out: out, err: err,
		env: func(string) string { return "" }, dir: "/work", fs: memory{m}, system: "/etc/nginx", rules: rules.All(),
		terminal: func() (int, bool) { return 0, false }, now: func() time.Time { return linttest.Today },
	}, out, err
}

// failing is a writer that takes nothing.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestAClosedPipeIsAQuietFailure(t *testing.T) {
	for _, args := range [][]string{{"nginx.conf"}, {"-f", "json", "nginx.conf"}, {"-f", "sarif", "nginx.conf"}, {"--help"}, {"--version"}, {"--list-rules"}, {"--explain", "syntax"}, {"--man"}, {"--completion", "zsh"}} {
		c, _, stderr := testCommand(map[string]string{"/work/nginx.conf": "events {}}"})
		c.out = failing{&fs.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}}
		if code := c.run(args); code != exitFailed || stderr.Len() > 0 {
			t.Errorf("%q exits with %d and says %q, want %d and nothing", args, code, stderr, exitFailed)
		}
	}
}

func TestAFailedWriteIsTold(t *testing.T) {
	c, _, stderr := testCommand(map[string]string{"/work/nginx.conf": "events {}"})
	c.out = failing{&fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}}
	code := c.run([]string{"nginx.conf"})
	if want := "nginxlint: cannot write to standard output: no space left on device\n"; code != exitFailed || stderr.String() != want {
		t.Errorf("exits with %d and says %q, want %d and %q", code, stderr, exitFailed, want)
	}
}

// brokenRule panics where it is asked.
func brokenRule() *lint.Rule {
	return &lint.Rule{
		ID: "broken", Severity: lint.Warning, Category: lint.Correctness,
		OnConfig: func(*lint.Pass, *model.Config) { panic("out of luck") },
	}
}

func TestARuleThatPanicsDoesNotHideOtherFindings(t *testing.T) {
	c, stdout, stderr := testCommand(map[string]string{"/work/nginx.conf": "events {}}"})
	c.rules = append(c.rules, brokenRule())
	code := c.run([]string{"nginx.conf"})
	if code != exitFailed || !strings.Contains(stdout.String(), "error[syntax]") || !strings.Contains(stderr.String(), `rule "broken"`) {
		t.Errorf("exits with %d, prints %q and %q", code, stdout, stderr)
	}
}

// brokenFS panics where it is asked for a file.
type brokenFS struct{ conf.FS }

func (brokenFS) Stat(string) (fs.FileInfo, error) { panic("out of luck") }

func TestAPanicIsAnInternalError(t *testing.T) {
	c, _, stderr := testCommand(nil)
	c.fs = brokenFS{c.fs}
	code := c.run([]string{"nginx.conf"})
	if code != exitFailed || !strings.Contains(stderr.String(), "internal error, please report it") || !strings.Contains(stderr.String(), "out of luck") {
		t.Errorf("exits with %d and says %q", code, stderr)
	}
}

// brokenReader fails.
type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("wire cut") }

func TestStandardInputThatCannotBeRead(t *testing.T) {
	c, stdout, stderr := testCommand(nil)
	c.in = brokenReader{}
	code := c.run([]string{"-"})
	if want := "nginxlint: cannot read standard input: wire cut\n"; code != exitFailed || stderr.String() != want || stdout.Len() > 0 {
		t.Errorf("exits with %d and says %q, want %d and %q", code, stderr, exitFailed, want)
	}
}

func TestTheWidthOfTheTerminalCutsSourceLines(t *testing.T) {
	long := "events {} " + strings.Repeat(" ", 300) + "}"
	c, stdout, _ := testCommand(map[string]string{"/work/nginx.conf": long})
	c.terminal = func() (int, bool) { return 60, true }
	c.run([]string{"--color", "never", "--select", "syntax", "nginx.conf"})
	for line := range strings.Lines(stdout.String()) {
		if strings.Contains(line, " | ") && len([]rune(line)) > 61 {
			t.Errorf("a source line is %d columns wide: %q", len([]rune(line)), line)
		}
	}
	if !strings.Contains(stdout.String(), "error[syntax]") {
		t.Errorf("prints %q", stdout)
	}
}

func TestTheNearestConfigurationIsFound(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
		ok    bool
	}{
		{"in the folder itself", map[string]string{"/work/nginx.conf": "", "/work/a/nginx.conf": ""}, "/work/nginx.conf", true},
		{"the nearest counts, not the first", map[string]string{"/work/a/b/nginx.conf": "", "/work/c/nginx.conf": ""}, "/work/c/nginx.conf", true},
		{"of equally near ones the first", map[string]string{"/work/b/nginx.conf": "", "/work/a/nginx.conf": ""}, "/work/a/nginx.conf", true},
		{"not in what is passed over", map[string]string{"/work/.git/nginx.conf": "", "/work/node_modules/x/nginx.conf": "", "/work/vendor/nginx.conf": ""}, "", false},
		{"a folder of that name is none", map[string]string{"/work/nginx.conf/x": ""}, "", false},
		{"not above", map[string]string{"/nginx.conf": "", "/work/x": ""}, "", false},
		{"not too deep", map[string]string{"/work/1/2/3/4/5/6/7/8/nginx.conf": ""}, "", false},
		{"deep enough", map[string]string{"/work/1/2/3/4/5/6/7/nginx.conf": ""}, "/work/1/2/3/4/5/6/7/nginx.conf", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _, _ := testCommand(tt.files)
			if got, ok := search(c.fs, c.dir, "nginx.conf"); got != tt.want || ok != tt.ok {
				t.Errorf("found %q, %v, want %q, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestTheRootOfACheckout(t *testing.T) {
	files := map[string]string{"/work/.git/HEAD": "", "/work/a/b/nginx.conf": "", "/other/nginx.conf": ""}
	c, _, _ := testCommand(files)
	for dir, want := range map[string]string{"/work/a/b": "/work", "/work": "/work", "/other": "/other"} {
		if got := checkout(c.fs, dir); got != want {
			t.Errorf("the root of %q is %q, want %q", dir, got, want)
		}
	}
}

func TestMemoryIsAFileSystem(t *testing.T) {
	m := demoFS()
	if _, err := m.ReadFile("/demo"); !errors.Is(err, conf.ErrNotRegular) {
		t.Errorf("reading a folder gives %v", err)
	}
	if _, err := m.ReadFile("/demo/none.conf"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading what is not there gives %v", err)
	}
	if _, err := m.Real("/demo/none.conf"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the real path of what is not there gives %v", err)
	}
	if path, err := m.Real("/demo/../demo/nginx.conf"); path != "/demo/nginx.conf" || err != nil {
		t.Errorf("the real path is %q, %v", path, err)
	}
	entries, err := m.ReadDir("/")
	if err != nil || len(entries) != 1 || entries[0].Name() != "demo" {
		t.Errorf("the root directory holds %v, %v", entries, err)
	}
}

// TestAHalfWrittenReportReplacesNothing breaks off in the middle.
func TestAHalfWrittenReportReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.json")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken off")
	err := replace(path, func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	if text, err := os.ReadFile(path); string(text) != "old" || err != nil {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if entries, err := os.ReadDir(dir); len(entries) != 1 || err != nil {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}
