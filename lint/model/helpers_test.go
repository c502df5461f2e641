package model_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// build makes the model of a configuration text; old is an nginx before the
// defaults of upstream connections changed.
func build(t testing.TB, text string) *model.Config {
	t.Helper()
	return buildFor(t, text, nginx.V(1, 22, 1))
}

func buildFor(t testing.TB, text string, v nginx.Version) *model.Config {
	t.Helper()
	tree, err := conf.Text("nginx.conf", []byte(text), conf.Options{Dir: "/", Infer: model.InferContext})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range tree.Problems {
		t.Fatalf("the test's own configuration is wrong: %s", p.Message)
	}
	return model.Build(tree, v)
}

// inHTTP wraps a text so that the tree is a whole configuration.
func inHTTP(text string) string { return "events {}\nhttp {\n" + text + "\n}\n" }

func inLocation(text string) string {
	return inHTTP("server {\nlocation / {\n" + text + "\n}\n}")
}

func inStream(text string) string { return "events {}\nstream {\n" + text + "\n}\n" }

// location finds the location of a pattern.
func location(t testing.TB, c *model.Config, pattern string) *model.Scope {
	t.Helper()
	for _, s := range c.Scopes {
		if s.Context == nginx.Location && s.Pattern() == pattern {
			return s
		}
	}
	t.Fatalf("no location %q", pattern)
	return nil
}

// proxyIn is the proxy that stands in the location of a pattern.
func proxyIn(t testing.TB, c *model.Config, pattern string) *model.Proxy {
	t.Helper()
	at := location(t, c, pattern)
	for _, x := range c.Proxies {
		if x.Scope == at {
			return x
		}
	}
	t.Fatalf("no proxy in location %q", pattern)
	return nil
}

// show writes candidates down: what they are, and what they amount to.
func show(x *model.Proxy) string {
	var b strings.Builder
	for i, t := range x.Candidates {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(t.Raw)
		switch {
		case t.Err != nil:
			fmt.Fprintf(&b, " error")
		case t.Upstream != nil:
			fmt.Fprintf(&b, " group")
		case t.GroupWithPort != nil:
			fmt.Fprintf(&b, " groupport")
		case t.Implicit != nil:
			fmt.Fprintf(&b, " implicit")
		case t.NeedsDNS():
			fmt.Fprintf(&b, " dns:%d", t.Port)
		default:
			fmt.Fprintf(&b, " addr:%d", t.Port)
		}
	}
	if !x.AllKnown {
		b.WriteString(" ...")
	}
	return strings.TrimSpace(b.String())
}
