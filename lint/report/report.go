// Package report writes the result of a run in the formats that people,
// editors and other programs read. Each format is one file; [Formats] lists
// them. All of them write the same bytes for the same result.
package report

import (
	"io"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
)

// Options say how a report is written. The zero value writes plain text with
// paths as they are.
type Options struct {
	// Color puts ANSI colours into formats that are read in a terminal.
	Color bool
	// Width is the terminal's width in columns, 0 where there is none or it is
	// not known. Source lines are cut to it, or else to 160; advice is wrapped
	// at it, or else not at all; messages are left alone.
	Width int
	// Dir is the working directory, absolute: paths below it are shown
	// relative to it. Empty shows all paths as they are.
	Dir string
	// Root is the root of the repository, absolute and without symbolic links,
	// which the paths of sarif, github and gitlab are relative to. Empty means
	// Dir.
	Root string
	// Version is nginxlint's own version, with or without a leading v; see
	// [Release].
	Version string
	// Quiet leaves out the summary line of formats that have one.
	Quiet bool
}

// Format is one way to write a result.
type Format struct {
	// Name is what the format is called on the command line.
	Name string
	// Summary says in a few words what it is for.
	Summary string
	// Write writes the result. Its errors are those of the writer.
	Write func(w io.Writer, r *lint.Result, o Options) error
}

// Formats lists all formats, those for people first.
func Formats() []Format {
	return []Format{
		{"text", "source lines with carets, for people", writeText},
		{"concise", "one line a finding: path:line:column: severity: message [rule]", writeConcise},
		{"json", "one versioned object, described by a JSON Schema", writeJSON},
		{"jsonl", "one line a finding: the objects of json, nothing else", writeJSONL},
		{"sarif", "SARIF 2.1.0, for code scanning and editors", writeSARIF},
		{"github", "workflow commands, for annotations by GitHub Actions", writeGitHub},
		{"gitlab", "Code Quality report, for merge requests on GitLab", writeGitLab},
		{"checkstyle", "Checkstyle's XML, for Jenkins, reviewdog and others", writeCheckstyle},
		{"junit", "JUnit's XML, for test reports of GitLab, Jenkins and Azure", writeJUnit},
		{"rdjson", "reviewdog's own JSON", writeRDJSON},
	}
}

// Lookup finds a format by its name.
func Lookup(name string) (Format, bool) {
	all := Formats()
	i := slices.IndexFunc(all, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, false
	}
	return all[i], true
}
