package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/report"
)

// TestTooManyProxiesAreToldOf shows the first of more than anybody reads.
func TestTooManyProxiesAreToldOf(t *testing.T) {
	var b strings.Builder
	b.WriteString("events {}\nhttp { server {\n")
	const proxies = 20_000
	for i := range proxies {
		fmt.Fprintf(&b, "location /%d { proxy_pass http://127.0.0.1; }\n", i)
	}
	b.WriteString("} }\n")
	tree, err := conf.Text("nginx.conf", []byte(b.String()), conf.Options{Grammar: lint.Grammar()})
	if err != nil {
		t.Fatal(err)
	}
	v := &report.Overview{Result: lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, lint.Options{})}
	err = fill(v)
	if n := len(v.Views); err == nil || n < 1000 || n >= proxies || !strings.Contains(err.Error(), fmt.Sprintf("only the first %d of %d proxies", n, proxies)) {
		t.Errorf("%d views: %v", n, err)
	}
}
