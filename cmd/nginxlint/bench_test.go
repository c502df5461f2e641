package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	crossplane "github.com/nginxinc/nginx-go-crossplane"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

// benchmarkRun runs the command over a folder, as the process runs it.
func benchmarkRun(b *testing.B, dir string) {
	defer paceCollector()()
	c := newCommand()
	c.dir, c.out, c.err = dir, io.Discard, io.Discard
	c.terminal = func() (int, bool) { return 0, false }
	b.ReportAllocs()
	for b.Loop() {
		if code := c.run([]string{"--exit-zero", dir}); code != exitClean {
			b.Fatalf("exit code %d", code)
		}
	}
}

func writeBig(b *testing.B, servers int) (dir string) {
	b.Helper()
	dir = b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "nginx.conf"), linttest.Big(servers), 0o644); err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkServers is the whole run, all rules included, at several sizes.
func BenchmarkServers(b *testing.B) {
	for _, size := range []struct {
		name    string
		servers int
	}{{"100", 100}, {"1000", 1000}, {"10000", 10_000}} {
		b.Run(size.name, func(b *testing.B) { benchmarkRun(b, writeBig(b, size.servers)) })
	}
}

// BenchmarkPlainCrossplane is crossplane alone on the largest of them: the
// whole run is to take less.
func BenchmarkPlainCrossplane(b *testing.B) {
	path := filepath.Join(writeBig(b, 10_000), "nginx.conf")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := crossplane.Parse(path, &crossplane.ParseOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSystem is Debian's configuration, where it is installed.
func BenchmarkSystem(b *testing.B) {
	if _, err := os.Stat("/etc/nginx/nginx.conf"); err != nil {
		b.Skip("no /etc/nginx here")
	}
	benchmarkRun(b, "/etc/nginx")
}
