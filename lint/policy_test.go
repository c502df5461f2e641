package lint_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// TestTooManyFindingsOfARuleAreToldOf keeps those of other rules.
func TestTooManyFindingsOfARuleAreToldOf(t *testing.T) {
	const surplus = 3
	text := "http { server { " + strings.Repeat("listen 1;\n", lint.MaxFindings+surplus) + " expires 1; } }"
	other := &lint.Rule{ID: "other", Severity: lint.Info, On: map[string]func(*lint.Pass, *conf.Node){
		"expires": func(p *lint.Pass, n *conf.Node) { p.Report(n, lint.Finding{Message: "seen"}) },
	}}
	r := run(t, text, lint.Options{Rules: []*lint.Rule{listenRule("loud", lint.Error), other}})
	if r.Count(lint.Error) != lint.MaxFindings || r.Count(lint.Info) != 1 {
		t.Errorf("%d errors, %d infos", r.Count(lint.Error), r.Count(lint.Info))
	}
	if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Error(), `"loud" finds 100003 problems: only the first 100000`) {
		t.Errorf("told: %v", r.Errors)
	}
	if last := r.Findings[len(r.Findings)-1]; last.Rule != other {
		t.Errorf("last is %v", last)
	}
	r = run(t, strings.Repeat("listen 1;\n", lint.MaxFindings), lint.Options{Rules: []*lint.Rule{listenRule("loud", lint.Error)}})
	if len(r.Findings) != lint.MaxFindings || len(r.Errors) != 0 {
		t.Errorf("%d findings, told: %v", len(r.Findings), r.Errors)
	}
}
