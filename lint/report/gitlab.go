package report

import (
	"io"

	"github.com/nginxlint/nginxlint/lint"
)

// gitLabIssue is one entry of a Code Quality report, with the properties that
// GitLab's documentation lists ("Code Quality", report format). It reads no
// others.
type gitLabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitLabLocation `json:"location"`
}

type gitLabLocation struct {
	Path  string      `json:"path"`
	Lines gitLabLines `json:"lines"`
}

type gitLabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

// writeGitLab writes a Code Quality report: an array, empty for a clean run.
//
// Paths are relative to [Options.Root] without a leading ./, as GitLab compares
// them with those of a merge request. A finding in a file outside the root moves
// to the include directive inside the root that leads there; where there is none
// it keeps its absolute path, for GitLab shows it in its list all the same. The
// format has no place for what went wrong with the run itself.
func writeGitLab(w io.Writer, r *lint.Result, o Options) error {
	root := rootOf(o)
	names := newFingerprints(o)
	issues := make([]gitLabIssue, 0, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		at, via, _ := reach(f.Place, o.Dir, within(root))
		description := sentences(f)
		if via != "" {
			description = "In " + via + ": " + description
		}
		issues = append(issues, gitLabIssue{
			Description: description,
			CheckName:   f.Rule.ID,
			Fingerprint: names.of(f),
			Severity:    gitLabSeverity(f.Severity),
			Location: gitLabLocation{
				Path:  canonical(at.File, root),
				Lines: gitLabLines{Begin: at.Position().Line, End: lastOf(at)},
			},
		})
	}
	return encode(w, issues)
}

// gitLabSeverity is one of info, minor, major, critical and blocker.
func gitLabSeverity(v lint.Severity) string {
	switch v {
	case lint.Error:
		return "critical"
	case lint.Warning:
		return "major"
	}
	return "info"
}
