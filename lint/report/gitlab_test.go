package report

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// gitLabSchema describes a Code Quality report as GitLab's documentation does:
// an array of objects, each with these properties.
const gitLabSchema = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "array",
  "items": {
    "type": "object",
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "additionalProperties": false,
    "properties": {
      "description": {"type": "string", "minLength": 1},
      "check_name": {"type": "string", "minLength": 1},
      "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
      "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
      "location": {
        "type": "object",
        "required": ["path", "lines"],
        "additionalProperties": false,
        "properties": {
          "path": {"type": "string", "minLength": 1, "not": {"pattern": "^\\./"}},
          "lines": {
            "type": "object",
            "required": ["begin"],
            "additionalProperties": false,
            "properties": {
              "begin": {"type": "integer", "minimum": 1},
              "end": {"type": "integer", "minimum": 1}
            }
          }
        }
      }
    }
  }
}`

func gitLabIssues(t *testing.T, doc string) []gitLabIssue {
	t.Helper()
	var issues []gitLabIssue
	if err := json.Unmarshal([]byte(doc), &issues); err != nil {
		t.Fatal(err)
	}
	return issues
}

func TestGitLabReportsAreAsDocumented(t *testing.T) {
	all := results(t)
	for name, doc := range documents(t, "gitlab") {
		if err := validate(t, gitLabSchema, doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		issues := gitLabIssues(t, doc)
		if want := len(all[name].Findings); len(issues) != want {
			t.Errorf("%s: %d issues of %d", name, len(issues), want)
		}
		seen := map[string]bool{}
		for _, i := range issues {
			if seen[i.Fingerprint] {
				t.Errorf("%s: fingerprint %s is there twice", name, i.Fingerprint)
			}
			seen[i.Fingerprint] = true
			if i.Location.Lines.End < i.Location.Lines.Begin {
				t.Errorf("%s: lines %+v", name, i.Location.Lines)
			}
			if filepath.IsAbs(i.Location.Path) && !strings.HasPrefix(i.Location.Path, "/etc/") {
				t.Errorf("%s: path %q", name, i.Location.Path)
			}
		}
	}
}

func TestGitLabSchemaRefusesWhatIsNoReport(t *testing.T) {
	good := render(t, "gitlab", sample(t), sampleOptions())
	for old, bad := range map[string]string{
		`"severity": "major"`:  `"severity": "warning"`,
		`"path": "nginx.conf"`: `"path": "./nginx.conf"`,
		`"begin": 3`:           `"begin": 0`,
		`"check_name"`:         `"check"`,
	} {
		doc := strings.Replace(good, old, bad, 1)
		if doc == good {
			t.Fatalf("%s is not in the sample", old)
		}
		if validate(t, gitLabSchema, doc) == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestGitLabTellsPlaces(t *testing.T) {
	const strange = "conf d/a, b:c\"'%2C\n\x1b\ufffd.conf"
	want := []gitLabLocation{
		{strange, gitLabLines{2, 2}},
		{strange, gitLabLines{3, 4}},
		{strange, gitLabLines{1, 1}},
		{"empty.conf", gitLabLines{1, 1}},
		{"unread.conf", gitLabLines{1, 1}},
		{"(configuration)", gitLabLines{1, 1}},
		{"nginx.conf", gitLabLines{2, 2}},
		{"/etc/nginx/b.conf", gitLabLines{1, 1}},
		{"<stdin>", gitLabLines{1, 1}},
		{strange, gitLabLines{2, 2}},
		{strange, gitLabLines{2, 2}},
	}
	issues := gitLabIssues(t, render(t, "gitlab", edges(t), sampleOptions()))
	var got []gitLabLocation
	for _, i := range issues {
		got = append(got, i.Location)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	if d := issues[6].Description; d != "In /etc/nginx/a.conf:2: it is outside." {
		t.Errorf("description %q", d)
	}
}

// A name is the same in every format.
func TestGitLabAndJSONGiveTheSameFingerprints(t *testing.T) {
	var doc jsonReport
	if err := json.Unmarshal([]byte(render(t, "json", edges(t), sampleOptions())), &doc); err != nil {
		t.Fatal(err)
	}
	for i, issue := range gitLabIssues(t, render(t, "gitlab", edges(t), sampleOptions())) {
		if issue.Fingerprint != doc.Findings[i].Fingerprint {
			t.Errorf("finding %d: %s and %s", i, issue.Fingerprint, doc.Findings[i].Fingerprint)
		}
	}
}
