package lint_test

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// run lints a text with rules.
func run(t *testing.T, text string, o lint.Options) *lint.Result {
	t.Helper()
	tree, err := conf.Text("nginx.conf", []byte(text), conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return lint.Run(&conf.Set{Trees: []*conf.Tree{tree}}, o)
}

// listenRule reports every listen.
func listenRule(id string, severity lint.Severity) *lint.Rule {
	return &lint.Rule{ID: id, Severity: severity, On: map[string]func(*lint.Pass, *conf.Node){
		"listen": func(p *lint.Pass, n *conf.Node) { p.Report(n, lint.Finding{Message: "listens"}) },
	}}
}

const twoServers = "events {}\nhttp {\n  server { listen 2; }\n  server { listen 1; server_name b.example; }\n}\n"

func TestFindingsAreOrderedAndFilledIn(t *testing.T) {
	rules := []*lint.Rule{listenRule("z", lint.Info), listenRule("a", lint.Error)}
	r := run(t, twoServers, lint.Options{Rules: rules})
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Rule.ID+" "+f.Severity.String()+" "+f.Block+" "+f.Subject)
	}
	want := []string{
		"a error http/server[2] listen 2", "z info http/server[2] listen 2",
		"a error http/server[b.example] listen 1", "z info http/server[b.example] listen 1",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r.Rules[0].ID != "a" || len(r.Files) != 1 {
		t.Errorf("rules %v, %d files", r.Rules, len(r.Files))
	}
}

func TestMinSeverityDropsQuieterFindings(t *testing.T) {
	rules := []*lint.Rule{listenRule("quiet", lint.Info), listenRule("loud", lint.Warning)}
	r := run(t, twoServers, lint.Options{Rules: rules, MinSeverity: lint.Warning})
	if len(r.Findings) != 2 || r.Count(lint.Warning) != 2 {
		t.Errorf("got %v", r.Findings)
	}
}

func TestRuleThatPanicsIsNamedAndTheOthersStillCount(t *testing.T) {
	bad := &lint.Rule{ID: "bad", Severity: lint.Error, OnServer: func(p *lint.Pass, s *model.Server) {
		p.Report(s.Node, lint.Finding{Message: "found before"})
		panic("out of luck")
	}}
	r := run(t, twoServers, lint.Options{Rules: []*lint.Rule{bad, listenRule("good", lint.Info)}})
	if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Error(), `rule "bad"`) || !strings.Contains(r.Errors[0].Error(), "out of luck") {
		t.Errorf("errors: %v", r.Errors)
	}
	if r.Count(lint.Info) != 2 || r.Count(lint.Error) != 1 {
		t.Errorf("findings: %v", r.Findings)
	}
}

func TestOneDirectiveIsOneFindingHoweverOftenIncluded(t *testing.T) {
	n := 0
	louder := &lint.Rule{ID: "louder", Severity: lint.Info, On: map[string]func(*lint.Pass, *conf.Node){
		"expires": func(p *lint.Pass, at *conf.Node) {
			n++
			p.Report(at, lint.Finding{Message: "expires", Severity: lint.Severities()[n-1]})
		},
	}}
	base := t.TempDir()
	files := map[string][]byte{
		base + "/nginx.conf": []byte("events {}\nhttp { server { location /a { include s.inc; } location /b { include s.inc; } } }"),
		base + "/s.inc":      []byte("expires 1d;"),
	}
	set, err := conf.Load([]string{base + "/nginx.conf"}, conf.Options{FS: conf.Overlay{Base: conf.Disk{}, Files: files}, Dir: base})
	if err != nil {
		t.Fatal(err)
	}
	r := lint.Run(set, lint.Options{Rules: []*lint.Rule{louder}})
	if n != 2 || len(r.Findings) != 1 || r.Findings[0].Severity != lint.Warning {
		t.Errorf("met %d times, findings %v", n, r.Findings)
	}
	if via := r.Findings[0].Place.Via; via == nil || via.Include.Arg(0) != "s.inc" {
		t.Errorf("include trail %v", via)
	}
}

func TestFindingAboutASurroundingThatIsNotThereIsDropped(t *testing.T) {
	r := run(t, "server { listen 1; }", lint.Options{Rules: []*lint.Rule{{
		ID: "about-http", Severity: lint.Error,
		OnScope: func(p *lint.Pass, s *model.Scope) {
			p.Report(s.Node, lint.Finding{Message: "here", Place: lint.Place{}})
		},
	}}})
	for _, f := range r.Findings {
		if f.Place.File == nil {
			t.Errorf("a finding without a place: %v", f)
		}
	}
	if len(r.Findings) != 1 {
		t.Errorf("want the server's finding only, got %v", r.Findings)
	}
}

func TestSelect(t *testing.T) {
	a := &lint.Rule{ID: "first-rule", Category: lint.Startup, Aliases: []string{"old-name"}}
	b := &lint.Rule{ID: "second-rule", Category: lint.BadGateway}
	c := &lint.Rule{ID: "picky", Category: lint.BadGateway, Pedantic: true}
	d := &lint.Rule{ID: "reader", Category: lint.Startup, Firm: true, Always: true}
	all := []*lint.Rule{a, b, c, d}
	for _, test := range []struct{ selected, ignored, want string }{
		{"", "", "first-rule second-rule reader"},
		{"all", "", "first-rule second-rule picky reader"},
		{"picky", "", "picky reader"},
		{"old-name", "", "first-rule reader"},
		{"bad-gateway", "", "second-rule reader"},
		{"all", "startup", "second-rule picky reader"},
		{"first-rule", "first-rule", ""},
		{"", "old-name", "second-rule reader"},
		{"reader", "startup", "reader"},
		{"startup", "startup", ""},
		{"", "all", ""},
	} {
		got, err := lint.Select(all, strings.Fields(test.selected), strings.Fields(test.ignored))
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range got {
			ids = append(ids, r.ID)
		}
		if s := strings.Join(ids, " "); s != test.want {
			t.Errorf("select %q ignore %q: %q, want %q", test.selected, test.ignored, s, test.want)
		}
	}
	if _, err := lint.Select(all, []string{"frist-rule"}, nil); err == nil || !strings.Contains(err.Error(), `did you mean "first-rule"?`) {
		t.Errorf("mistyped rule: %v", err)
	}
	if _, err := lint.Select(all, nil, []string{"reader"}); err == nil || !strings.Contains(err.Error(), "cannot be left out") {
		t.Errorf("a rule that always runs: %v", err)
	}
	if _, err := lint.Find(all, "bad-gateway"); err == nil {
		t.Error("a category is found as a rule")
	}
}

func TestValidateComplains(t *testing.T) {
	good := lint.Rule{
		ID: "fine", Severity: lint.Info, Category: lint.Startup, Doc: lint.Doc{Summary: "a thing", Why: "Because."},
		OnServer: func(*lint.Pass, *model.Server) {},
	}
	if err := lint.Validate([]*lint.Rule{&good}); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(r *lint.Rule){
		"kebab-case":        func(r *lint.Rule) { r.ID = "Not_Kebab" },
		"always runs":       func(r *lint.Rule) { r.Always = true },
		"no severity":       func(r *lint.Rule) { r.Severity = 0 },
		"no category":       func(r *lint.Rule) { r.Category = "" },
		"subscribes":        func(r *lint.Rule) { r.OnServer = nil },
		"no summary":        func(r *lint.Rule) { r.Doc.Summary = "" },
		"full stop":         func(r *lint.Rule) { r.Doc.Summary = "A sentence." },
		"say why":           func(r *lint.Rule) { r.Doc.Why = "" },
		"one is missing":    func(r *lint.Rule) { r.Doc.Bad = "x" },
		"https://":          func(r *lint.Rule) { r.Doc.Links = []string{"http://nginx.org"} },
		"id \"z\" is taken": func(r *lint.Rule) { r.ID, r.Aliases = "z", []string{"z"} },
	} {
		r := good
		change(&r)
		if err := lint.Validate([]*lint.Rule{&r}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want a complaint about %q, got %v", want, err)
		}
	}
}
