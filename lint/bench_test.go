package lint_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/rules"
)

// furtherRules are rules that look at everything of a kind and report nothing,
// one for each way to subscribe.
func furtherRules() map[string]lint.Rule {
	return map[string]lint.Rule{
		"On": {On: map[string]func(*lint.Pass, *conf.Node){"proxy_pass": func(p *lint.Pass, n *conf.Node) {
			if strings.HasPrefix(n.Arg(0), "ftp:") {
				p.Report(n, lint.Finding{Message: "ftp"})
			}
		}}},
		"OnDirective": {OnDirective: func(p *lint.Pass, _ *model.Scope, n *conf.Node) {
			if n.Name == "no_such_directive" {
				p.Report(n, lint.Finding{Message: "found"})
			}
		}},
		"OnProxy": {OnProxy: func(p *lint.Pass, x *model.Proxy) {
			if v := x.Effective("read_timeout"); v.Template() {
				p.Report(x.Pass, lint.Finding{Message: "template"})
			}
		}},
		"OnScope": {OnScope: func(p *lint.Pass, s *model.Scope) {
			if n := s.Own("no_such_directive"); n != nil {
				p.Report(n, lint.Finding{Message: "found"})
			}
		}},
		"OnServer": {OnServer: func(p *lint.Pass, s *model.Server) {
			if len(s.Listens) == 0 {
				p.Report(s.Node, lint.Finding{Message: "deaf"})
			}
		}},
		"OnUpstream": {OnUpstream: func(p *lint.Pass, u *model.Upstream) {
			if len(u.Peers) == 0 {
				p.Report(u.Node, lint.Finding{Message: "empty"})
			}
		}},
	}
}

// BenchmarkFurtherRule is what one more rule costs, as a share of a run from text
// to findings with all rules there are: "percent" is to stay below one.
func BenchmarkFurtherRule(b *testing.B) {
	text := linttest.Big(10_000)
	load := func() *conf.Set {
		tree, err := conf.Text("nginx.conf", text, conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: "/"})
		if err != nil {
			b.Fatal(err)
		}
		return &conf.Set{Trees: []*conf.Tree{tree}}
	}
	set := load()
	whole := quickest(func() { lint.Run(load(), lint.Options{Rules: rules.All()}) })
	none := quickest(func() { lint.Run(set, lint.Options{}) })
	kinds := furtherRules()
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		b.Run(name, func(b *testing.B) {
			// Many of them, since one is lost in the noise.
			const copies = 50
			more := make([]*lint.Rule, copies)
			for i := range more {
				r := kinds[name]
				r.ID = fmt.Sprintf("further-%d", i)
				more[i] = &r
			}
			least := time.Duration(0)
			for b.Loop() {
				took := quickest(func() { lint.Run(set, lint.Options{Rules: more}) })
				if least == 0 || took < least {
					least = took
				}
			}
			each := float64(least-none) / copies
			b.ReportMetric(each, "ns/rule")
			b.ReportMetric(100*each/float64(whole), "percent")
		})
	}
}

// quickest is the shortest of a few runs, which others disturbed the least.
func quickest(run func()) time.Duration {
	least := time.Duration(0)
	for range 5 {
		start := time.Now()
		run()
		if took := time.Since(start); least == 0 || took < least {
			least = took
		}
	}
	return least
}

// BenchmarkComments is what the search for comments adds to a run, in percent:
// over 10,000 comments, none of which is for this program, and over as many that
// are and hide nothing.
func BenchmarkComments(b *testing.B) {
	plain := linttest.Big(10_000)
	for name, comment := range map[string]string{"of people": "# written by hand", "for nginxlint": "# nginxlint:ignore upstream-timeout-zero -- on purpose"} {
		text := []byte(strings.ReplaceAll(string(plain), "\n    server {", "\n    "+comment+"\n    server {"))
		tree, err := conf.Text("nginx.conf", text, conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: "/"})
		if err != nil {
			b.Fatal(err)
		}
		set := &conf.Set{Trees: []*conf.Tree{tree}}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				with := quickest(func() { lint.Run(set, lint.Options{Rules: rules.All()}) })
				without := quickest(func() { lint.Run(set, lint.Options{Rules: rules.All(), NoIgnores: true}) })
				b.ReportMetric(100*(float64(with)/float64(without)-1), "percent")
			}
		})
	}
}
