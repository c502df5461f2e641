package lint_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

func TestOptionParse(t *testing.T) {
	tests := []struct {
		kind lint.OptionKind
		text string
		want int64
	}{
		{lint.OptionNumber, "12", 12},
		{lint.OptionNumber, "12k", -1},
		{lint.OptionSize, "16k", 16 << 10},
		{lint.OptionSize, "1g", -1},
		{lint.OptionTime, "5m", 300_000},
		{lint.OptionTime, "500ms", 500},
		{lint.OptionTime, "30", 30_000},
		{lint.OptionTime, "soon", -1},
		{lint.OptionTime, "", -1},
		{"colour", "red", -1},
	}
	for _, tt := range tests {
		o := lint.Option{Name: "o", Kind: tt.kind, Default: "1"}
		got, err := o.Parse(tt.text)
		if (err != nil) != (tt.want < 0) || err == nil && got != tt.want {
			t.Errorf("%s %q is %d, %v, want %d", tt.kind, tt.text, got, err, tt.want)
		}
	}
}

// optionRule says what its option is at each listen.
func optionRule(name string) *lint.Rule {
	r := listenRule("r", lint.Info)
	r.Options = []lint.Option{{Name: "limit", Kind: lint.OptionSize, Default: "4k", Summary: "a limit"}}
	r.On["listen"] = func(p *lint.Pass, n *conf.Node) {
		p.Report(n, lint.Finding{Message: strings.Repeat("x", int(p.Option(name)>>10))})
	}
	return r
}

func TestPassOption(t *testing.T) {
	r := optionRule("limit")
	if got := run(t, twoServers, lint.Options{Rules: []*lint.Rule{r}}); len(got.Findings) != 2 || got.Findings[0].Message != "xxxx" {
		t.Errorf("by default: %v", got.Findings)
	}
	values := lint.OptionValues{r: {"limit": 1 << 10}}
	if got := run(t, twoServers, lint.Options{Rules: []*lint.Rule{r}, Values: values}); got.Findings[0].Message != "x" {
		t.Errorf("set: %v", got.Findings)
	}
	if got := run(t, twoServers, lint.Options{Rules: []*lint.Rule{optionRule("limits")}}); len(got.Errors) != 1 || !strings.Contains(got.Errors[0].Error(), `no option "limits"`) {
		t.Errorf("unknown: %v", got.Errors)
	}
}

func TestOptionsAreValidated(t *testing.T) {
	r := optionRule("limit")
	r.Options = append(r.Options, r.Options[0], lint.Option{Name: "Bad_Name", Kind: lint.OptionTime, Default: "soon"})
	err := lint.Validate([]*lint.Rule{r})
	for _, want := range []string{`option "limit" is not in kebab-case, or there twice`, `"Bad_Name" is not`, `option "Bad_Name": default: "soon" is not a time`, `"Bad_Name" has no summary`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in %v", want, err)
		}
	}
}

func TestLevel(t *testing.T) {
	rules := []*lint.Rule{listenRule("a", lint.Info), listenRule("b", lint.Error), listenRule("c", lint.Error)}
	r := run(t, twoServers, lint.Options{
		Rules: rules, MinSeverity: lint.Warning,
		Level: func(r *lint.Rule, f *conf.File, s lint.Severity) lint.Severity {
			switch {
			case f == nil || s != r.Severity:
				t.Errorf("asked for %v, %v", f, s)
			case r.ID == "a":
				return lint.Warning // it is shown in the end
			case r.ID == "b":
				return 0
			}
			return s
		},
	})
	if r.Count(lint.Warning) != 2 || r.Count(lint.Error) != 2 || len(r.Findings) != 4 {
		t.Errorf("got %v", r.Findings)
	}
}

func TestExceptedRulesDoNotRun(t *testing.T) {
	r := listenRule("a", lint.Info)
	r.Except = []nginx.Flavour{nginx.Angie}
	for flavour, want := range map[nginx.Flavour]int{"": 1, nginx.Open: 1, nginx.Plus: 1, nginx.Angie: 0} {
		got := run(t, twoServers, lint.Options{Rules: []*lint.Rule{r}, Flavour: flavour})
		if len(got.Rules) != want || len(got.Findings) != 2*want || len(got.Configs) != 1 || got.Configs[0].Flavour != flavour {
			t.Errorf("%q: %d rules, %d findings", flavour, len(got.Rules), len(got.Findings))
		}
	}
}

func TestSilence(t *testing.T) {
	r := &lint.Rule{Doc: lint.Doc{Silent: "At night."}}
	if got := r.Silence(); got != "At night." {
		t.Error(got)
	}
	r.Except = []nginx.Flavour{nginx.Plus, nginx.Angie}
	if got := r.Silence(); got != "At night. Where the configuration file names one of these flavours: plus, angie." {
		t.Error(got)
	}
	r.Except = nginx.Relatives()
	if got := r.Silence(); got != "At night. Where the configuration file names another flavour than nginx itself." {
		t.Error(got)
	}
}
