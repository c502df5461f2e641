package conf_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	crossplane "github.com/nginxinc/nginx-go-crossplane"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/linttest"
)

// bigServers makes a file of about 7.3 MB.
const bigServers = 10_000

func BenchmarkLex(b *testing.B) {
	text := string(linttest.Big(bigServers))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if n := conf.LexAll(text); n < 60*bigServers {
			b.Fatal(n)
		}
	}
}

func parseBig(b *testing.B, servers int) {
	src := linttest.Big(servers)
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := conf.Parse("nginx.conf", src, lint.Grammar())
		if err != nil || len(f.Problems) > 0 {
			b.Fatal(err, f.Problems)
		}
	}
}

func BenchmarkParse(b *testing.B) { parseBig(b, 20) }

// BenchmarkBig is to be held against BenchmarkCrossplanePlain.
func BenchmarkBig(b *testing.B) { parseBig(b, bigServers) }

func BenchmarkCrossplanePlain(b *testing.B) {
	src := string(linttest.Big(bigServers))
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		p, err := crossplane.Parse("nginx.conf", &crossplane.ParseOptions{
			Open: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(src)), nil },
		})
		if err != nil || len(p.Config[0].Parsed) != 4 || len(p.Errors) > 0 {
			b.Fatal(err, p.Errors)
		}
	}
}

func BenchmarkLoad1000Files(b *testing.B) {
	files := map[string]string{"/c/nginx.conf": "events {}\nhttp { include sites/*.conf; }\n"}
	site := string(linttest.Big(1))
	site = site[len(linttest.Big(0))-2 : len(site)-2]
	for i := range 1000 {
		files[fmt.Sprintf("/c/sites/%04d.conf", i)] = site
	}
	m := newMemFS(files)
	b.ReportAllocs()
	for b.Loop() {
		set, err := conf.Load([]string{"/c/nginx.conf"}, conf.Options{FS: m, Grammar: lint.Grammar(), Deployed: true})
		if err != nil || len(set.Trees[0].Files) != 1001 {
			b.Fatal(err)
		}
	}
}

// BenchmarkBigMemory tells what stays in memory of the big file, source included.
func BenchmarkBigMemory(b *testing.B) {
	src := linttest.Big(bigServers)
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		f, err := conf.Parse("nginx.conf", src, lint.Grammar())
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(f)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-live")
		b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/1e6, "MB-allocated")
		b.ReportMetric(float64(after.HeapSys)/1e6, "MB-heap")
	}
}
