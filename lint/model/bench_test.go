package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// large is a configuration of n servers with three locations each.
func large(n int, pass string) string {
	var b strings.Builder
	b.WriteString("events {}\nhttp {\nproxy_read_timeout 30s;\nmap $host $m { default app; }\n")
	for i := range n {
		fmt.Fprintf(&b, "server {\nlisten 80;\nserver_name s%d.example.org www.s%d.example.org;\nroot /srv/%d;\n", i, i, i)
		for j := range 3 {
			fmt.Fprintf(&b, "location /p%d/ {\nproxy_pass "+pass+";\nproxy_set_header Host $host;\n"+
				"proxy_set_header X-Real-IP $remote_addr;\nproxy_http_version 1.1;\nproxy_connect_timeout 5s;\nexpires 1d;\n}\n", j, i%250, 3000+j)
		}
		b.WriteString("}\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func benchmarkBuild(b *testing.B, pass string) *model.Config {
	tree, err := conf.Text("nginx.conf", []byte(large(10_000, pass)), conf.Options{Dir: "/"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var c *model.Config
	for b.Loop() {
		c = model.Build(tree, nginx.V(1, 22, 1))
	}
	return c
}

func BenchmarkBuild(b *testing.B) {
	if c := benchmarkBuild(b, "http://10.0.0.%d:%d"); len(c.Proxies) != 30_000 {
		b.Fatalf("%d proxies", len(c.Proxies))
	}
}

func BenchmarkBuildRunTime(b *testing.B) {
	if c := benchmarkBuild(b, "http://$m.%d:%d"); len(c.Proxies) != 30_000 {
		b.Fatalf("%d proxies", len(c.Proxies))
	}
}

// Each of the passes can go to all of a big map's hosts.
func BenchmarkBuildManyCandidates(b *testing.B) {
	var m strings.Builder
	m.WriteString("events {}\nhttp {\nmap $host $m { default app;\n")
	for i := range 200 {
		fmt.Fprintf(&m, "h%d v%d;\n", i, i)
	}
	m.WriteString("}\nserver {\n")
	for i := range 10_000 {
		fmt.Fprintf(&m, "location /a%d { proxy_pass http://$m; }\nlocation /b%d { set $x $m; proxy_pass http://$x; }\n", i, i)
	}
	m.WriteString("}\n}\n")
	tree, err := conf.Text("nginx.conf", []byte(m.String()), conf.Options{Dir: "/"})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		model.Build(tree, nginx.V(1, 22, 1))
	}
}

func BenchmarkEffective(b *testing.B) {
	c := build(b, large(10_000, "http://10.0.0.%d:%d"))
	for b.Loop() {
		for _, x := range c.Proxies {
			if !x.Effective("read_timeout").Set() || x.Effective("send_timeout").Set() {
				b.Fatal("wrong value")
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/60_000, "ns/lookup")
}

func BenchmarkScopeOf(b *testing.B) {
	c := build(b, large(10_000, "http://10.0.0.%d:%d"))
	for b.Loop() {
		for _, x := range c.Proxies {
			if c.ScopeOf(x.Pass) != x.Scope {
				b.Fatal("wrong level")
			}
		}
	}
}
