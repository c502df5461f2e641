package report

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// sarifRunOf writes SARIF, checks the document in every way that holds for all
// of them, and returns its run.
func sarifRunOf(t *testing.T, r *lint.Result, o Options) *sarif.Run {
	t.Helper()
	doc := render(t, "sarif", r, o)
	if err := validate(t, officialSchema(t), doc); err != nil {
		t.Fatalf("not valid SARIF: %v\n%s", err, doc)
	}
	var v any
	if err := json.Unmarshal([]byte(doc), &v); err != nil {
		t.Fatal(err)
	}
	walk(t, "", v)
	report, err := sarif.FromString(doc)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Runs) != 1 {
		t.Fatalf("%d runs", len(report.Runs))
	}
	return report.Runs[0]
}

// officialSchema is the OASIS schema, which the SARIF library has in its source.
// The library's own Validate is of no use here: it checks what the library would
// write, and not the document at hand.
func officialSchema(t *testing.T) string {
	t.Helper()
	const module = "github.com/owenrumney/go-sarif/v3"
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "pkg/report/v210/sarif/schema.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(src), "`")
	text, _, _ = strings.Cut(text, "`")
	return text
}

// walk looks for what consumers stumble over: null, -1, and empty containers
// other than those that have to be there.
func walk(t *testing.T, path string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		t.Errorf("%s is null", path)
	case float64:
		if v < 0 {
			t.Errorf("%s is %v", path, v)
		}
	case []any:
		if len(v) == 0 && !strings.HasSuffix(path, "/results") && !strings.HasSuffix(path, "/rules") {
			t.Errorf("%s is empty", path)
		}
		for _, e := range v {
			walk(t, path+"/*", e)
		}
	case map[string]any:
		if len(v) == 0 {
			t.Errorf("%s is empty", path)
		}
		for k, e := range v {
			walk(t, path+"/"+k, e)
		}
	}
}

func TestSARIFOfACleanRunHasResultsAndRules(t *testing.T) {
	for name, r := range map[string]*lint.Result{"no rules": {}, "rules": {Rules: []*lint.Rule{bufferRule()}}} {
		t.Run(name, func(t *testing.T) {
			doc := render(t, "sarif", r, Options{})
			if !strings.Contains(doc, `"results": []`) || !strings.Contains(doc, `"rules": [`) {
				t.Errorf("an array is missing:\n%s", doc)
			}
			if run := sarifRunOf(t, r, Options{}); !*run.Invocations[0].ExecutionSuccessful {
				t.Error("not successful")
			}
		})
	}
}

func TestSARIFOfTheSampleIsValid(t *testing.T) {
	run := sarifRunOf(t, sample(t), sampleOptions())
	if *run.ColumnKind != "utf16CodeUnits" || run.AutomationDetails != nil {
		t.Errorf("column kind %q, automation %v", *run.ColumnKind, run.AutomationDetails)
	}
	base := run.OriginalUriBaseIds[sarifBase]
	if base.URI != nil || base.Description == nil {
		t.Errorf("the base has address %v and description %v", base.URI, base.Description)
	}
	for i, level := range []string{"warning", "error", "note"} {
		res := run.Results[i]
		if res.Level != level {
			t.Errorf("result %d: level %q, want %q", i, res.Level, level)
		}
		if rule := run.Tool.Driver.Rules[res.RuleIndex]; *rule.ID != *res.RuleID {
			t.Errorf("result %d: rule %q, index of %q", i, *res.RuleID, *rule.ID)
		}
		if len(res.Locations) != 1 || res.Suppressions != nil {
			t.Errorf("result %d: %d locations, suppressions %v", i, len(res.Locations), res.Suppressions)
		}
	}
}

// traps is a result with what consumers are known to stumble over.
func traps(t *testing.T) *lint.Result {
	t.Helper()
	root := parse(t, "conf d/é#1.conf", "\ufeffhttp {\r\n\tset $x '👍 {0} \\ [a](1)';\r\n\tinclude /etc/nginx/a.conf;\r\n}\r\nhttp {\r\n")
	outside := parse(t, "/etc/nginx/a.conf", "proxy_buffer_size 2k;\n")
	lost := parse(t, "/etc/nginx/b.conf", "proxy_buffer_size 2k;\n")
	via := included(t, root, "include /etc/nginx/a.conf", nil)
	end := int32(len(root.Text))
	finding := func(message string, p lint.Place) lint.Finding {
		return lint.Finding{Rule: bufferRule(), Severity: lint.Warning, Message: message, Place: p}
	}
	return &lint.Result{
		Files: []*conf.File{root, outside, lost},
		Rules: []*lint.Rule{bufferRule()},
		Findings: []lint.Finding{
			finding(`"{0}" and [a](1) in \`+"\x1b\xff", on(t, root, `'👍 {0} \ [a](1)'`, 0)),
			finding("two lines", on(t, root, "http {\r\n\tset", 0)),
			finding("the end", lint.Place{File: root, Span: conf.Span{Start: end, End: end}}),
			finding("it is small", on(t, outside, "proxy_buffer_size 2k", 0, via)),
			finding("it is lost", on(t, lost, "proxy_buffer_size 2k", 0)),
		},
	}
}

func TestSARIFOfTrapsIsValid(t *testing.T) {
	run := sarifRunOf(t, traps(t), sampleOptions())
	if len(run.Results) != 4 || len(run.Tool.Driver.Rules) != 1 {
		t.Errorf("%d results, %d rules", len(run.Results), len(run.Tool.Driver.Rules))
	}
	golden(t, "traps.sarif", render(t, "sarif", traps(t), sampleOptions()))
}

func TestSARIFLevelIsTheFindingsAndNotTheRules(t *testing.T) {
	r := sample(t)
	r.Findings[0].Severity = lint.Error
	run := sarifRunOf(t, r, sampleOptions())
	rule := run.Tool.Driver.Rules[run.Results[0].RuleIndex]
	if run.Results[0].Level != "error" || rule.DefaultConfiguration.Level != "warning" {
		t.Errorf("result %q, rule %q", run.Results[0].Level, rule.DefaultConfiguration.Level)
	}
}

func TestSARIFRulesCarryTheirDocumentation(t *testing.T) {
	rule := bufferRule()
	rule.Doc.Why = strings.Repeat("nginx reads é ", 200)
	rule.Doc.Bad = "a ``` b;"
	run := sarifRunOf(t, &lint.Result{Rules: []*lint.Rule{rule}}, Options{})
	d := run.Tool.Driver.Rules[0]
	if *d.Name != "ProxyBufferSizeSmall" || *d.HelpURI != rule.URL() || d.DeprecatedIds[0] != "small-header-buffer" {
		t.Errorf("name %q, help %q, deprecated %q", *d.Name, *d.HelpURI, d.DeprecatedIds)
	}
	if n := len(*d.FullDescription.Text); n > maxDescription || n < maxDescription-4 {
		t.Errorf("a full description of %d bytes", n)
	}
	if !strings.HasPrefix(*d.ShortDescription.Text, "Response headers") || !strings.HasSuffix(*d.ShortDescription.Text, "502.") {
		t.Errorf("short description %q", *d.ShortDescription.Text)
	}
	if md := *d.Help.Markdown; !strings.Contains(md, "````nginx\na ``` b;\n````") || !strings.Contains(md, "Good:\n\n```nginx\nlocation") {
		t.Errorf("markdown help %q", md)
	}
	if text := *d.Help.Text; strings.Contains(text, "```n") || !strings.Contains(text, "\n    location / {") {
		t.Errorf("plain help %q", text)
	}
	props := d.Properties.Properties
	if props["precision"] != "high" || props["problem.severity"] != "warning" {
		t.Errorf("properties %v", props)
	}
	if !slices.Equal(d.Properties.Tags, []string{"bad-gateway", "nginx"}) {
		t.Errorf("tags %v", d.Properties.Tags)
	}
}

func TestSARIFHasEveryRuleOfAFinding(t *testing.T) {
	r := sample(t)
	r.Rules = nil
	run := sarifRunOf(t, r, sampleOptions())
	var ids []string
	for _, d := range run.Tool.Driver.Rules {
		ids = append(ids, *d.ID)
	}
	if want := []string{"proxy-buffer-size-small", "resolver-unused", "syntax"}; !slices.Equal(ids, want) {
		t.Errorf("rules %v, want %v", ids, want)
	}
}

func TestSARIFRegionsAreInUTF16(t *testing.T) {
	f := parse(t, "a.conf", "x;\nset $x 'é👍'; log_format main\n  'é👍';\n")
	run := sarifRunOf(t, one(on(t, f, "log_format main\n  'é👍'", 0)), Options{Root: "/repo"})
	got := run.Results[0].Locations[0].PhysicalLocation.Region
	if *got.StartLine != 2 || *got.StartColumn != 15 || *got.EndLine != 3 || *got.EndColumn != 8 {
		t.Errorf("region %d:%d to %d:%d", *got.StartLine, *got.StartColumn, *got.EndLine, *got.EndColumn)
	}
	if *got.Snippet.Text != "log_format main\n  'é👍'" {
		t.Errorf("snippet %q", *got.Snippet.Text)
	}
}

func TestSARIFPlaceAtTheEndOfAFileIsEmptyAndValid(t *testing.T) {
	f := parse(t, "a.conf", "http {\n")
	run := sarifRunOf(t, one(lint.Place{File: f, Span: conf.Span{Start: 7, End: 7}}), Options{Root: "/repo"})
	got := run.Results[0].Locations[0].PhysicalLocation.Region
	if *got.StartLine != 2 || *got.StartColumn != 1 || *got.EndColumn != 1 || got.Snippet != nil {
		t.Errorf("region %+v", got)
	}
}

func TestSARIFFingerprintIsTheHashOfTheFirstLine(t *testing.T) {
	f := parse(t, "a.conf", " a\nb\n  \t\tc\n d")
	run := sarifRunOf(t, one(on(t, f, "c", 0)), Options{Root: "/repo"})
	prints := run.Results[0].PartialFingerprints
	if got := prints["primaryLocationLineHash"]; got != "180aee12dab6264:1" {
		t.Errorf("got %q", got)
	}
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(prints["nginxlint/v1"]) || len(prints) != 2 {
		t.Errorf("fingerprints %v", prints)
	}
}

func TestSARIFAndJSONGiveTheSameFingerprint(t *testing.T) {
	r := sample(t)
	run := sarifRunOf(t, r, sampleOptions())
	var doc jsonReport
	if err := json.Unmarshal([]byte(render(t, "json", r, sampleOptions())), &doc); err != nil {
		t.Fatal(err)
	}
	for i, f := range doc.Findings {
		if got := run.Results[i].PartialFingerprints["nginxlint/v1"]; got != f.Fingerprint {
			t.Errorf("finding %d: %q in SARIF, %q in JSON", i, got, f.Fingerprint)
		}
	}
}

func TestSARIFMessagesAreSentencesWithLinks(t *testing.T) {
	f := parse(t, "a.conf", "location ~ ^/[a-z]\\d{2}$ { }\nset $a b;\n")
	place, other := on(t, f, "location", 0), on(t, f, "set $a b", 0)
	for _, c := range []struct {
		finding lint.Finding
		want    string
	}{
		{lint.Finding{Message: "it is small"}, "it is small."},
		{lint.Finding{Message: "is it small?", Help: "look"}, "is it small? Help: look."},
		{lint.Finding{Message: `regex [a-z]\d{2}`, Help: `use \[`}, `regex \[a-z\]\\d{2}. Help: use \\\[.`},
		{
			lint.Finding{Message: "m", Related: []lint.Related{{Place: other, Message: "set [here]"}, {Place: other}}},
			`m. See [set \[here\]](1), [related place](2).`,
		},
	} {
		c.finding.Rule, c.finding.Severity, c.finding.Place = bufferRule(), lint.Warning, place
		r := &lint.Result{Files: []*conf.File{f}, Findings: []lint.Finding{c.finding}}
		res := sarifRunOf(t, r, Options{Root: "/repo"}).Results[0]
		if got := *res.Message.Text; got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		for i, l := range res.RelatedLocations {
			if l.ID != i+1 {
				t.Errorf("related location %d has id %d", i, l.ID)
			}
		}
	}
}

func TestSARIFLinksOnlyTheFirstOfManyPlaces(t *testing.T) {
	f := parse(t, "a.conf", "set $a b;\n")
	r := one(on(t, f, "set", 0))
	for range 150 {
		r.Findings[0].Related = append(r.Findings[0].Related, lint.Related{Place: on(t, f, "$a", 0), Message: "here"})
	}
	res := sarifRunOf(t, r, Options{Root: "/repo"}).Results[0]
	if n := len(res.RelatedLocations); n != maxSARIFRelated {
		t.Errorf("%d related locations", n)
	}
	if n := strings.Count(*res.Message.Text, "[here]"); n != maxSARIFLinks {
		t.Errorf("%d links", n)
	}
}

func TestSARIFPathsArePercentEncodedAndRelative(t *testing.T) {
	for _, c := range []struct{ real, uri string }{
		{"/repo/conf.d/a b.conf", "conf.d/a%20b.conf"},
		{"/repo/c:d/e:f", "c%3Ad/e%3Af"},
		{"/repo/50%", "50%25"},
		{"/repo/#?[x]", "%23%3F%5Bx%5D"},
		{"/repo/é.conf", "%C3%A9.conf"},
		{"/repo/\xff\x01", "%FF%01"},
		{"/repo/*", "*"},
		{"/repo/..a", "..a"},
	} {
		f := parse(t, "sites-enabled/link", "a b;\n")
		f.Real = c.real
		run := sarifRunOf(t, one(on(t, f, "a", 0)), Options{Root: "/repo"})
		got := run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation
		if *got.URI != c.uri || got.URIBaseID == nil || *got.URIBaseID != "%SRCROOT%" {
			t.Errorf("%q has address %q, want %q", c.real, *got.URI, c.uri)
		}
	}
}

func TestSARIFMovesFindingsOutsideTheRootToTheirInclude(t *testing.T) {
	root := parse(t, "nginx.conf", "\n\ninclude /etc/nginx/a.conf;\n")
	outside := parse(t, "/etc/nginx/a.conf", "include b.conf;\n")
	deeper := parse(t, "/etc/nginx/b.conf", "\nproxy_buffer_size 2k;\n")
	via := included(t, outside, "include b.conf", included(t, root, "include /etc/nginx/a.conf", nil))
	r := one(on(t, deeper, "2k", 0, via), lint.Related{Place: on(t, deeper, "proxy_buffer_size", 0, via), Message: "set"})
	r.Files = []*conf.File{root, outside, deeper}
	run := sarifRunOf(t, r, Options{Root: "/repo"})
	res := run.Results[0]
	at := res.Locations[0].PhysicalLocation
	if *at.ArtifactLocation.URI != "nginx.conf" || *at.Region.StartLine != 3 {
		t.Errorf("at %s:%d", *at.ArtifactLocation.URI, *at.Region.StartLine)
	}
	want := "In /etc/nginx/b.conf:2: it is small. See [set, in /etc/nginx/b.conf:2](1)."
	if got := *res.Message.Text; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := run.Invocations[0].ToolExecutionNotifications; len(n) != 0 {
		t.Errorf("%d notifications", len(n))
	}
}

func TestSARIFLeavesOutWhatCannotBeMovedAndSaysSo(t *testing.T) {
	r := sample(t)
	outside := parse(t, "/etc/nginx/[x].conf", "a b;\n")
	r.Findings = append(r.Findings, one(on(t, outside, "a", 0)).Findings[0], one(on(t, outside, "b", 0)).Findings[0])
	run := sarifRunOf(t, r, sampleOptions())
	if len(run.Results) != 3 {
		t.Errorf("%d results", len(run.Results))
	}
	notes := run.Invocations[0].ToolExecutionNotifications
	if len(notes) != 1 {
		t.Fatalf("%d notifications", len(notes))
	}
	want := `Left out 2 findings outside the repository, in /etc/nginx/\[x\].conf.`
	if got := *notes[0].Message.Text; got != want || notes[0].Level != "warning" {
		t.Errorf("%s: %q, want %q", notes[0].Level, got, want)
	}
	if id := *run.Tool.Driver.Notifications[notes[0].Descriptor.Index].ID; id != "outside-root" {
		t.Errorf("descriptor %q", id)
	}
	if !*run.Invocations[0].ExecutionSuccessful {
		t.Error("not successful")
	}
}

func TestSARIFOfAMachineHasAbsolutePaths(t *testing.T) {
	f := parse(t, "/etc/nginx/my sites/nginx.conf", "a b;\n")
	run := sarifRunOf(t, one(on(t, f, "a", 0)), Options{Root: "/home/me"})
	got := run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation
	if *got.URI != "file:///etc/nginx/my%20sites/nginx.conf" || got.URIBaseID != nil || run.OriginalUriBaseIds != nil {
		t.Errorf("address %q, base %v", *got.URI, run.OriginalUriBaseIds)
	}
}

func TestSARIFOfStandardInputHasItsName(t *testing.T) {
	f := parse(t, "<stdin>", "a b;\n")
	f.Real = f.Path
	run := sarifRunOf(t, one(on(t, f, "a", 0)), Options{Root: "/repo"})
	got := run.Results[0].Locations[0].PhysicalLocation.ArtifactLocation
	if *got.URI != "%3Cstdin%3E" || got.URIBaseID != nil {
		t.Errorf("address %q", *got.URI)
	}
}

func TestSARIFOfAFailedRunIsUnsuccessful(t *testing.T) {
	r := sample(t)
	r.Errors = []error{errors.New("rule [x] panicked"), errors.New("rule y panicked")}
	run := sarifRunOf(t, r, sampleOptions())
	inv := run.Invocations[0]
	if *inv.ExecutionSuccessful || len(inv.ToolExecutionNotifications) != 2 {
		t.Fatalf("successful %t, %d notifications", *inv.ExecutionSuccessful, len(inv.ToolExecutionNotifications))
	}
	if n := inv.ToolExecutionNotifications[0]; n.Level != "error" || *n.Message.Text != `rule \[x\] panicked.` {
		t.Errorf("%s: %q", n.Level, *n.Message.Text)
	}
	if n := len(run.Tool.Driver.Notifications); n != 1 {
		t.Errorf("%d descriptors", n)
	}
	golden(t, "failed.sarif", render(t, "sarif", r, sampleOptions()))
}

func TestSARIFVersionIsSemanticUnlessThereIsNone(t *testing.T) {
	for version, want := range map[string]string{
		"": "(devel)", "devel": "(devel)", "(devel)": "(devel)", "v1.2.3": "1.2.3", "1.2.3-rc.1": "1.2.3-rc.1",
	} {
		driver := sarifRunOf(t, sample(t), Options{Version: version}).Tool.Driver
		if *driver.Version != want {
			t.Errorf("version %q is written as %q, want %q", version, *driver.Version, want)
		}
		switch semantic := driver.SemanticVersion; {
		case want == NoVersion && semantic != nil:
			t.Errorf("version %q is semantic", version)
		case want != NoVersion && (semantic == nil || *semantic != want):
			t.Errorf("semantic version %v, want %q", semantic, want)
		}
	}
}

func TestSARIFKeepsTheLoudestOfTooManyFindings(t *testing.T) {
	f := parse(t, "a.conf", "a b;\n")
	r := &lint.Result{Files: []*conf.File{f}}
	add := func(n int, v lint.Severity) {
		for range n {
			r.Findings = append(r.Findings, lint.Finding{Rule: r.Rules[0], Severity: v, Message: "m", Place: on(t, f, "a", 0)})
		}
	}
	r.Rules = []*lint.Rule{bufferRule()}
	add(5, lint.Info)
	add(maxSARIFResults, lint.Warning)
	add(1, lint.Error)
	var doc struct {
		Runs []struct {
			Results     []struct{ Level string }
			Invocations []sarif.Invocation
		}
	}
	if err := json.Unmarshal([]byte(render(t, "sarif", r, Options{Root: "/repo"})), &doc); err != nil {
		t.Fatal(err)
	}
	results := doc.Runs[0].Results
	if len(results) != maxSARIFResults || results[0].Level != "warning" || results[len(results)-1].Level != "error" {
		t.Errorf("%d results, from %s to %s", len(results), results[0].Level, results[len(results)-1].Level)
	}
	notes := doc.Runs[0].Invocations[0].ToolExecutionNotifications
	if len(notes) != 1 || *notes[0].Message.Text != "Left out 6 findings beyond the first 25000." {
		t.Errorf("notifications %+v", notes)
	}
}

func TestSARIFRuleNamesArePascalCaseAndNotTheID(t *testing.T) {
	for id, want := range map[string]string{
		"proxy-pass-loop":               "ProxyPassLoop",
		"implicit-keepalive-post-502":   "ImplicitKeepalivePost502",
		"http2-upstream-header-limit":   "Http2UpstreamHeaderLimit",
		"syntax":                        "NginxSyntax",
		"upstream-hostname-no-resolver": "UpstreamHostnameNoResolver",
	} {
		if got := ruleName(id); got != want {
			t.Errorf("%s is called %s, want %s", id, got, want)
		}
	}
}
