package lint

import (
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Place is a span of a file, and how that file came to be part of the
// configuration.
type Place struct {
	File *conf.File
	Span conf.Span
	// Via is the include trail, innermost first; nil in the root file.
	Via *conf.Inclusion
}

// At is the place of a node's head: its name and arguments, never its block.
func At(n *conf.Node) Place { return Place{File: n.File, Span: n.Head, Via: n.Via} }

// AtArg is the place of a node's i-th argument, counted from 0; the whole head
// where there is no such argument.
func AtArg(n *conf.Node, i int) Place {
	if i < 0 || i >= len(n.Args) {
		return At(n)
	}
	return Place{File: n.File, Span: n.Args[i].Span, Via: n.Via}
}

// Position is where the place begins.
func (p Place) Position() conf.Position { return p.File.Position(p.Span.Start) }

// End is the position after its last byte.
func (p Place) End() conf.Position { return p.File.Position(p.Span.End) }

// Related is a further place that explains a finding.
type Related struct {
	Place
	// Message says what is to be seen there, such as "set here".
	Message string
	// Same says that the finding is about this place as much as about its own,
	// which merely is the first of them.
	Same bool
}

// Finding is one thing that one rule has to say.
type Finding struct {
	// Rule is the rule that found it.
	Rule *Rule
	// Severity is how loud it is; zero in a report means the rule's own.
	Severity Severity
	// Place is where it is; one cause is one finding, other places are related.
	Place Place
	// Message says what nginx will do, lower case, without a full stop.
	Message string
	// Help says what to do about it, lower case, without a full stop; or "".
	Help string
	// Related are further places, in order of interest.
	Related []Related
	// Block is the path of blocks around it, outermost first, such as
	// http/server[example.org]/location[/api]. It and Subject name the finding
	// independently of lines.
	Block string
	// Subject is the normalised text of the directive the finding is about.
	Subject string
}

// Hidden counts findings that a run has and does not report, apart from those
// that are not severe enough.
type Hidden struct {
	// Ignored findings are hidden by comments, Known ones by the baseline.
	Ignored, Known int
	// Elsewhere is how many are in files that were not asked about.
	// ElsewhereFatal of them keep nginx from starting.
	Elsewhere, ElsewhereFatal int
}

// Result is what one run found.
type Result struct {
	// Findings, after policy, in order of file, place and rule.
	Findings []Finding
	// Files are all files read, each once, in order of reading.
	Files []*conf.File
	// Configs are the configurations as nginx runs them, one for each tree.
	Configs []*model.Config
	// Evidence is what stands around each of them.
	Evidence []*deploy.Evidence
	// Rules are the rules that ran, sorted by id.
	Rules []*Rule
	// Hidden is what was found and is not in Findings.
	Hidden Hidden
	// Stale are the entries of the baseline that match nothing any more.
	Stale []Known
	// Errors are failures of the linter itself, such as a rule that panicked.
	// The findings are then incomplete.
	Errors []error
}

// Count returns how many findings have the severity.
func (r *Result) Count(s Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Severity == s {
			n++
		}
	}
	return n
}
