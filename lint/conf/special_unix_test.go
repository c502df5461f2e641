//go:build unix

package conf_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// loadDisk loads the nginx.conf of a folder.
func loadDisk(t *testing.T, dir string) *conf.Tree {
	t.Helper()
	set, err := conf.Load([]string{"nginx.conf"}, conf.Options{Dir: dir, Deployed: true, Grammar: lint.Grammar()})
	must(t, err)
	checkTree(t, set.Trees[0])
	return set.Trees[0]
}

func TestSpecialFilesAreReportedAndTheRestIsRead(t *testing.T) {
	tests := []struct {
		name, include string
		make          func(dir string) error
		message       string
	}{
		{"FIFO", "x", func(dir string) error { return syscall.Mkfifo(dir+"/x", 0o600) }, "not a regular file"},
		{"FIFO in a pattern", "x*", func(dir string) error { return syscall.Mkfifo(dir+"/x", 0o600) }, "not a regular file"},
		{"standard input", "/dev/stdin", nil, ""},
		{"directory", "x", func(dir string) error { return os.Mkdir(dir+"/x", 0o755) }, "not a regular file"},
		{"directory in a pattern", "x*", func(dir string) error { return os.Mkdir(dir+"/x", 0o755) }, "not a regular file"},
		{"dangling link", "x", func(dir string) error { return os.Symlink("nope", dir+"/x") }, "No such file or directory"},
		{"dangling link in a pattern", "x*", func(dir string) error { return os.Symlink("nope", dir+"/x") }, "No such file or directory"},
		{"link to itself", "x", func(dir string) error { return os.Symlink("x", dir+"/x") }, ""},
		{"link to itself in a pattern", "x*", func(dir string) error { return os.Symlink("x", dir+"/x") }, "x"},
		{"unreadable file", "x", func(dir string) error { return os.WriteFile(dir+"/x", nil, 0) }, "cannot be read"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.name == "unreadable file" && os.Geteuid() == 0 {
				t.Skip("root reads everything")
			}
			dir := write(t, map[string]string{"nginx.conf": "first;\ninclude " + test.include + ";\ninclude ok;\n", "ok": "second;"})
			if test.make != nil {
				must(t, test.make(dir))
			}
			tree := loadDisk(t, dir)
			if tree.Root.Child("first") == nil || tree.Root.Child("second") == nil {
				t.Error("the rest of the configuration is lost")
			}
			got := told(tree)
			if test.name == "standard input" && len(got) == 0 {
				return // it is a regular file here
			}
			if len(got) != 1 || !strings.HasPrefix(got[0], "nginx.conf:2:9 ") || !strings.Contains(got[0], test.message) || !tree.Incomplete {
				t.Errorf("problems %q, incomplete %v", got, tree.Incomplete)
			}
		})
	}
}

func TestDevicesAreEmptyFiles(t *testing.T) {
	dir := write(t, map[string]string{"nginx.conf": "include /dev/null; include /dev/zero; include x; include y*; a;"})
	must(t, os.Symlink("/dev/null", dir+"/x"))
	must(t, os.Symlink("/dev/zero", dir+"/y"))
	tree := loadDisk(t, dir)
	if got := told(tree); len(got) > 0 || tree.Incomplete || tree.Root.Child("a") == nil {
		t.Errorf("problems %q, incomplete %v", got, tree.Incomplete)
	}
}

func TestAbsoluteLinksOfACheckoutLeadIntoIt(t *testing.T) {
	dir := write(t, map[string]string{
		"nginx.conf":        "include /etc/nginx/sites-enabled/*; a;",
		"sites-available/x": "b;",
		"sites-enabled/.k":  "",
	})
	must(t, os.Symlink("/etc/nginx/sites-available/x", dir+"/sites-enabled/x"))
	load := func() *conf.Tree {
		set, err := conf.Load([]string{"nginx.conf"}, conf.Options{Dir: dir, Grammar: lint.Grammar()})
		must(t, err)
		return set.Trees[0]
	}
	tree := load()
	if got := told(tree); len(got) > 0 || tree.Incomplete || tree.Root.Child("b") == nil {
		t.Errorf("problems %q, incomplete %v", got, tree.Incomplete)
	}
	must(t, os.Symlink("/etc/nginx/sites-available/gone", dir+"/sites-enabled/gone"))
	tree = load()
	if got := told(tree); len(got) > 0 || !tree.Incomplete || tree.Root.Child("b") == nil {
		t.Errorf("link to what is not here: problems %q, incomplete %v", got, tree.Incomplete)
	}
	must(t, os.Symlink("../sites-available/gone", dir+"/sites-enabled/lost"))
	if got := told(load()); len(got) != 1 || !strings.Contains(got[0], "sites-enabled/lost") {
		t.Errorf("relative link that leads nowhere: problems %q", got)
	}
}

func TestLinkedFoldersThatLoopEnd(t *testing.T) {
	dir := write(t, map[string]string{"nginx.conf": "include loop/*.conf; include loop/loop/loop/nginx.conf; a;"})
	must(t, os.Symlink(".", dir+"/loop"))
	tree := loadDisk(t, dir)
	got := told(tree)
	if len(got) != 2 || len(tree.Files) != 1 || tree.Root.Child("a") == nil {
		t.Errorf("%d files, problems %q", len(tree.Files), got)
	}
	for _, p := range tree.Problems {
		if p.Kind != conf.IncludeCycle {
			t.Errorf("kind %d", p.Kind)
		}
	}
}

func TestOneFileUnderManyNamesIsReadOnce(t *testing.T) {
	dir := write(t, map[string]string{"nginx.conf": "include sites-enabled/*; include ./sites-available/../sites-available/a;", "sites-available/a": "server { listen 80; }"})
	must(t, os.Mkdir(dir+"/sites-enabled", 0o755))
	must(t, os.Symlink("../sites-available/a", dir+"/sites-enabled/a"))
	must(t, os.Link(dir+"/sites-available/a", dir+"/sites-enabled/b"))
	tree := loadDisk(t, dir)
	var paths []string
	for _, f := range tree.Files {
		paths = append(paths, f.Path)
	}
	if want := []string{"nginx.conf", "sites-enabled/a", "sites-enabled/b"}; !slices.Equal(paths, want) {
		t.Errorf("files %q, want %q", paths, want)
	}
}

// openFiles counts the descriptors of this process.
func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc")
	}
	return len(entries)
}

func TestFilesAreClosed(t *testing.T) {
	dir := manyFiles(t, 200)
	before := openFiles(t)
	loadDisk(t, dir)
	if after := openFiles(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

// manyFiles makes a configuration of n included files.
func manyFiles(t *testing.T, n int) string {
	t.Helper()
	files := map[string]string{"nginx.conf": "include conf.d/*.conf;\n"}
	for i := range n {
		files[fmt.Sprintf("conf.d/%05d.conf", i)] = "a 1;\n"
	}
	return write(t, files)
}

// envFolder tells a test that runs itself again what to load.
const envFolder = "CONF_TEST_FOLDER"

// TestManyFilesWithFewDescriptors runs itself again under a limit of 32 open files.
func TestManyFilesWithFewDescriptors(t *testing.T) {
	const n = 3000
	if dir := os.Getenv(envFolder); dir != "" {
		tree := loadDisk(t, dir)
		if len(tree.Files) != n+1 || len(tree.Problems) > 0 {
			t.Errorf("%d files, problems %q", len(tree.Files), told(tree))
		}
		return
	}
	dir := manyFiles(t, n)
	cmd := exec.Command("/bin/sh", "-c", `ulimit -n 32 && exec "$0" -test.run '^TestManyFilesWithFewDescriptors$' -test.v`, os.Args[0])
	cmd.Env = append(os.Environ(), envFolder+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestManyFilesWithFewDescriptors") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestHugeFilesAreNotRead(t *testing.T) {
	dir := write(t, map[string]string{"nginx.conf": "first;\ninclude huge;\nlast;\n", "huge": ""})
	must(t, os.Truncate(dir+"/huge", conf.MaxFileSize+1)) // takes no room on the disk
	tree := loadDisk(t, dir)
	if got, want := outline(tree.Root), "first; include huge; last;"; got != want {
		t.Errorf("got %s", got)
	}
	if len(tree.Problems) != 1 || tree.Problems[0].Kind != conf.Limit || !tree.Incomplete {
		t.Errorf("problems %q", told(tree))
	}
	if _, err := conf.Load([]string{"huge"}, conf.Options{Dir: dir}); !errors.Is(err, conf.ErrTooLarge) {
		t.Errorf("error %v", err)
	}
}
