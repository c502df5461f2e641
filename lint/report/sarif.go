package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// Limits of a SARIF file. The numbers of results and of locations are those
// beyond which GitHub's code scanning refuses a file or shows nothing (its
// documentation, "SARIF support for code scanning", validation).
const (
	maxSARIFResults = 25_000
	maxSARIFRelated = 100
	maxSARIFLinks   = 8
	maxSnippet      = 2000 // bytes
)

const (
	sarifSchema  = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	sarifBase    = "%SRCROOT%"
	sarifColumns = "utf16CodeUnits"
)

// writeSARIF writes one run in SARIF 2.1.0. Columns are UTF-16 code units.
//
// Paths are relative to [Options.Root], as code scanning needs them. A finding
// in a file outside the root moves to the include directive inside the root
// that leads there; where there is none it is left out, and a notification of
// the run says so. Only if no file at all is inside the root, as when a machine
// and not a repository is linted, all paths are absolute file: URIs instead.
func writeSARIF(w io.Writer, r *lint.Result, o Options) error {
	s := newSARIFRun(r, o)
	results := s.results(r)
	run, err := pruned(s.run(r))
	if err != nil {
		return err
	}
	// Results are pruned one by one: there may be many.
	raw := make([]json.RawMessage, 0, len(results))
	for _, res := range results {
		v, err := pruned(res)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := encode(&b, v); err != nil {
			return err
		}
		raw = append(raw, b.Bytes())
	}
	run.(map[string]any)["results"] = raw
	return encode(w, map[string]any{"$schema": sarifSchema, "version": "2.1.0", "runs": []any{run}})
}

// sarifRun is what is known while a run is put together.
type sarifRun struct {
	o        Options
	root     string
	absolute bool // no file is inside the root
	rules    []*lint.Rule
	index    map[string]int // by id
	names    *fingerprints
	hashes   map[*conf.File][]string
	outside  map[string]int // findings left out, by file
	surplus  int            // findings beyond maxSARIFResults
}

func newSARIFRun(r *lint.Result, o Options) *sarifRun {
	s := &sarifRun{
		o:       o,
		root:    rootOf(o),
		index:   map[string]int{},
		names:   newFingerprints(o),
		hashes:  map[*conf.File][]string{},
		outside: map[string]int{},
	}
	s.absolute = !slices.ContainsFunc(r.Files, within(s.root))
	s.rules = slices.Clone(r.Rules)
	for i := range r.Findings {
		s.rules = append(s.rules, r.Findings[i].Rule)
	}
	slices.SortStableFunc(s.rules, func(a, b *lint.Rule) int { return cmp.Compare(a.ID, b.ID) })
	s.rules = slices.CompactFunc(s.rules, func(a, b *lint.Rule) bool { return a.ID == b.ID })
	for i, rule := range s.rules {
		s.index[rule.ID] = i
	}
	return s
}

// run is the run without its results, after these are known.
func (s *sarifRun) run(r *lint.Result) *sarif.Run {
	run := sarif.NewRunWithInformationURI(toolName, "https://"+lint.Home)
	driver := run.Tool.Driver
	driver.Contents = nil
	driver.WithFullName(toolName + ", a linter for nginx configurations")
	version := Release(s.o.Version)
	driver.WithVersion(version)
	if version != NoVersion {
		driver.WithSemanticVersion(version)
	}
	for _, rule := range s.rules {
		driver.Rules = append(driver.Rules, sarifRule(rule))
	}
	run.NewlineSequences = nil
	run.WithColumnKind(sarifColumns)
	if !s.absolute {
		base := sarif.NewArtifactLocation().
			WithDescription(sarif.NewTextMessage("The root of the repository."))
		run.OriginalUriBaseIds = map[string]sarif.ArtifactLocation{sarifBase: *base}
	}
	inv := sarif.NewInvocation().WithExecutionSuccessful(len(r.Errors) == 0)
	for _, n := range s.notes(r) {
		index := slices.IndexFunc(driver.Notifications, func(d *sarif.ReportingDescriptor) bool { return *d.ID == n.id })
		if index < 0 {
			index = len(driver.Notifications)
			driver.Notifications = append(driver.Notifications, sarifDescriptor(n))
		}
		ref := sarif.NewReportingDescriptorReference().WithID(n.id).WithIndex(index)
		inv.AddToolExecutionNotification(sarif.NewNotification().WithDescriptor(ref).WithLevel(n.level).
			WithMessage(sarif.NewTextMessage(n.text)))
	}
	run.AddInvocation(inv)
	return run
}

func sarifRule(r *lint.Rule) *sarif.ReportingDescriptor {
	problem := map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Info: "recommendation"}
	precision := "high"
	if r.Category == lint.Startup {
		precision = "very-high"
	}
	d := sarif.NewReportingDescriptor().WithID(r.ID).WithName(ruleName(r.ID)).
		WithShortDescription(sarif.NewMultiformatMessageString().WithText(Sentence(r))).
		WithFullDescription(sarif.NewMultiformatMessageString().WithText(fullDescription(r))).
		WithHelp(sarif.NewMultiformatMessageString().WithText(Text(r)).WithMarkdown(Markdown(r))).
		WithHelpURI(r.URL()).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(sarifLevel(r.Severity)))
	d.DeprecatedIds = r.Aliases
	d.Properties = &sarif.PropertyBag{
		Properties: sarif.Properties{"precision": precision, "problem.severity": problem[r.Severity]},
		Tags:       []string{string(r.Category), "nginx"},
	}
	return d
}

func sarifLevel(v lint.Severity) string {
	switch v {
	case lint.Error:
		return sarif.LevelError
	case lint.Warning:
		return sarif.LevelWarning
	case lint.Info:
		return sarif.LevelNote
	}
	return sarif.LevelNone
}

// results are the findings that a consumer can show, at most maxSARIFResults:
// the loudest, in the order of the report.
func (s *sarifRun) results(r *lint.Result) []*sarif.Result {
	chosen := make([]int, 0, len(r.Findings))
	for i := range r.Findings {
		if _, _, ok := s.reach(r.Findings[i].Place); ok {
			chosen = append(chosen, i)
		} else {
			s.outside[shown(fileOf(r.Findings[i].Place), s.o.Dir)]++
		}
	}
	if s.surplus = max(0, len(chosen)-maxSARIFResults); s.surplus > 0 {
		slices.SortStableFunc(chosen, func(a, b int) int {
			return cmp.Compare(r.Findings[b].Severity, r.Findings[a].Severity)
		})
		chosen = chosen[:maxSARIFResults]
		slices.Sort(chosen)
	}
	keep := make(map[int]bool, len(chosen))
	for _, i := range chosen {
		keep[i] = true
	}
	out := make([]*sarif.Result, 0, len(chosen))
	for i := range r.Findings {
		// Every finding counts for the names, so that they are the same in
		// all formats.
		name := s.names.of(&r.Findings[i])
		if keep[i] {
			out = append(out, s.result(&r.Findings[i], name))
		}
	}
	return out
}

func (s *sarifRun) result(f *lint.Finding, name string) *sarif.Result {
	place, via, _ := s.reach(f.Place)
	related := s.related(f)
	res := sarif.NewResult().WithRuleID(f.Rule.ID).WithRuleIndex(s.index[f.Rule.ID]).
		WithLevel(sarifLevel(f.Severity)).
		WithMessage(sarif.NewTextMessage(sarifMessage(f, via, related))).
		WithLocations([]*sarif.Location{s.location(place)}).
		WithRelatedLocations(related)
	res.PartialFingerprints = map[string]string{"nginxlint/v1": name}
	if h, ok := s.lineHash(place); ok {
		res.PartialFingerprints["primaryLocationLineHash"] = h
	}
	return res
}

// lineHash is the hash of the place's first line. GitHub ends lines at a lone
// CR too, which nginx does not; a place beyond GitHub's last line has no hash.
func (s *sarifRun) lineHash(p lint.Place) (string, bool) {
	hashes, ok := s.hashes[p.File]
	if !ok {
		hashes = lineHashes(p.File.Text)
		s.hashes[p.File] = hashes
	}
	line := p.Position().Line
	if line > len(hashes) {
		return "", false
	}
	return hashes[line-1], true
}

// sarifMessage is the finding as sentences, with links to the related places.
func sarifMessage(f *lint.Finding, via string, related []*sarif.Location) string {
	var b strings.Builder
	if via != "" {
		fmt.Fprintf(&b, "In %s: ", sarifEscape(via))
	}
	b.WriteString(sarifEscape(sentences(f)))
	for i, l := range related[:min(len(related), maxSARIFLinks)] {
		sep := ", "
		if i == 0 {
			sep = " See "
		}
		fmt.Fprintf(&b, "%s[%s](%d)", sep, sarifEscape(*l.Message.Text), l.ID)
	}
	if len(related) > 0 {
		b.WriteByte('.')
	}
	return b.String()
}

// sarifEscape keeps brackets from being taken for links.
func sarifEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(s)
}

// related are the places that explain a finding and then the includes that lead
// to it, numbered from 1.
func (s *sarifRun) related(f *lint.Finding) []*sarif.Location {
	var out []*sarif.Location
	add := func(p lint.Place, text string) {
		at, via, ok := s.reach(p)
		if !ok || len(out) == maxSARIFRelated {
			return
		}
		if via != "" {
			text += ", in " + via
		}
		l := s.location(at).WithID(len(out) + 1).WithMessage(sarif.NewTextMessage(text))
		out = append(out, l)
	}
	for _, r := range f.Related {
		add(r.Place, cmp.Or(r.Message, "related place"))
	}
	primary, _, _ := s.reach(f.Place)
	for _, p := range trail(f.Place) {
		if _, ok := s.uri(p.File); ok && p != primary {
			add(p, "included here")
		}
	}
	return out
}

// reach is where a consumer can show the place; see the function of that name.
func (s *sarifRun) reach(p lint.Place) (at lint.Place, via string, ok bool) {
	return reach(p, s.o.Dir, func(f *conf.File) bool { _, ok := s.uri(f); return ok })
}

// uri is the address of a file, if a consumer can be expected to find it.
func (s *sarifRun) uri(f *conf.File) (*sarif.ArtifactLocation, bool) {
	l := sarif.NewArtifactLocation()
	if rel, ok := below(s.root, f.Real); ok {
		return l.WithURI(escapePath(filepath.ToSlash(rel))).WithURIBaseID(sarifBase), true
	}
	switch path := filepath.ToSlash(f.Real); {
	case !filepath.IsAbs(f.Real):
		// Standard input and the like: a name, not a file.
		return l.WithURI(escapePath(path)), true
	case s.absolute:
		return l.WithURI("file:///" + escapePath(strings.TrimPrefix(path, "/"))), true
	}
	return nil, false
}

// escapePath percent-encodes a path. Colons are encoded too: before the first
// slash they would end a scheme, and a leading ./ is not understood everywhere.
func escapePath(path string) string {
	const kept = "-._~!$&'()*+,;=@/"
	var b strings.Builder
	for _, c := range []byte(path) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte(kept, c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// location is a place whose file has an address.
func (s *sarifRun) location(p lint.Place) *sarif.Location {
	uri, _ := s.uri(p.File)
	start, end := p.Position(), p.End()
	region := sarif.NewRegion().WithStartLine(start.Line).WithStartColumn(start.UTF16).
		WithEndLine(end.Line).WithEndColumn(end.UTF16)
	if n := p.Span.Len(); 0 < n && n <= maxSnippet {
		region.WithSnippet(sarif.NewArtifactContent().WithText(p.File.Slice(p.Span)))
	}
	physical := sarif.NewPhysicalLocation().WithArtifactLocation(uri).WithRegion(region)
	return sarif.NewLocation().WithPhysicalLocation(physical)
}

// sarifNote is a message about the run.
type sarifNote struct{ id, level, summary, text string }

// notes say what went wrong and what was left out.
func (s *sarifRun) notes(r *lint.Result) []sarifNote {
	var out []sarifNote
	for _, err := range r.Errors {
		out = append(out, sarifNote{
			"run-incomplete", sarif.LevelError,
			"Something could not be read, or a rule failed: the findings are incomplete.", sarifEscape(period(err.Error())),
		})
	}
	if len(s.outside) > 0 {
		total := 0
		for _, n := range s.outside {
			total += n
		}
		files := slices.Sorted(maps.Keys(s.outside))
		list := strings.Join(files[:min(len(files), maxSARIFLinks)], ", ")
		if more := len(files) - maxSARIFLinks; more > 0 {
			list += fmt.Sprintf(" and %s", plural(more, "more file"))
		}
		out = append(out, sarifNote{
			"outside-root", sarif.LevelWarning,
			"Findings in files outside the repository that no include inside it leads to are left out.",
			sarifEscape(fmt.Sprintf("Left out %s outside the repository, in %s.", plural(total, "finding"), list)),
		})
	}
	if s.surplus > 0 {
		out = append(out, sarifNote{
			"too-many-findings", sarif.LevelWarning,
			fmt.Sprintf("A SARIF file holds at most %d results; the least severe findings beyond that are left out.", maxSARIFResults),
			fmt.Sprintf("Left out %s beyond the first %d.", plural(s.surplus, "finding"), maxSARIFResults),
		})
	}
	return out
}

func sarifDescriptor(n sarifNote) *sarif.ReportingDescriptor {
	text := func() *sarif.MultiformatMessageString {
		return sarif.NewMultiformatMessageString().WithText(n.summary)
	}
	return sarif.NewReportingDescriptor().WithID(n.id).WithName(ruleName(n.id)).
		WithShortDescription(text()).WithFullDescription(text()).WithHelp(text()).
		WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(n.level))
}
