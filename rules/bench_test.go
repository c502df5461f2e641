package rules

import (
	"slices"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// BenchmarkRules is what each rule costs on 10,000 servers whose model is there
// already: alone, so that it pays for what it shares with others. "default" is all
// that run without being asked for, in one run, "all" the pedantic ones too.
func BenchmarkRules(b *testing.B) {
	tree, err := conf.Text("nginx.conf", linttest.Big(10_000), conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: "/"})
	if err != nil {
		b.Fatal(err)
	}
	config := model.Build(tree, nginx.Version{})
	none := &deploy.Evidence{}
	bench := func(name string, rules []*lint.Rule) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := lint.Check(config, none, rules); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	bench("default", slices.DeleteFunc(All(), func(r *lint.Rule) bool { return r.Pedantic }))
	bench("all", All())
	for _, r := range All() {
		bench(r.ID, []*lint.Rule{r})
	}
}
