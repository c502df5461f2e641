package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

// snippet is a fenced block of docs/integrations.md.
type snippet struct {
	language, text string
	file           string // what its first line, a comment, says where it goes
}

func snippets(t *testing.T) []snippet {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("docs", "integrations.md"))
	if err != nil {
		t.Fatal(err)
	}
	var out []snippet
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(string(page), -1) {
		s := snippet{language: m[1], text: m[2]}
		if first := regexp.MustCompile(`^(?:#|//) (\S+)\n`).FindStringSubmatch(s.text); first != nil {
			s.file = first[1]
		}
		out = append(out, s)
	}
	return out
}

// TestSnippetsAreWhatTheirReadersTake hands each block to the program, or to the
// published schema, of the system that it is for.
func TestSnippetsAreWhatTheirReadersTake(t *testing.T) {
	checks := map[string][]string{
		".pre-commit-config.yaml":            {"pre-commit", "validate-config"},
		".github/workflows/nginx.yml":        {"actionlint"},
		".github/workflows/nginx-review.yml": {"actionlint"},
		".gitlab-ci.yml":                     {"check-jsonschema", "--builtin-schema", "vendor.gitlab-ci"},
		"azure-pipelines.yml":                {"check-jsonschema", "--builtin-schema", "vendor.azure-pipelines"},
	}
	for _, s := range snippets(t) {
		if s.language != "yaml" {
			continue
		}
		var document map[string]any
		if err := yaml.Unmarshal([]byte(s.text), &document); err != nil || len(document) == 0 {
			t.Errorf("%s: %v\n%s", s.file, err, s.text)
		}
		check, ok := checks[s.file]
		if !ok {
			t.Errorf("nothing checks the file %q:\n%s", s.file, s.text)
			continue
		}
		delete(checks, s.file)
		t.Run(s.file, func(t *testing.T) {
			dir := writeTree(t, map[string]string{s.file: s.text})
			runCheck(t, check, filepath.Join(dir, filepath.FromSlash(s.file)))
		})
	}
	for _, file := range slices.Sorted(maps.Keys(checks)) {
		t.Errorf("there is no block for %q", file)
	}
}

// TestActionFile and the project's own workflows: their readers take them.
func TestActionFile(t *testing.T) {
	runCheck(t, []string{"check-jsonschema", "--builtin-schema", "vendor.github-actions"}, filepath.Join("..", "..", "action.yml"))
}

func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", ".github", "workflows", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	runCheck(t, []string{"actionlint"}, files...)
}

func TestActionScripts(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", ".github", "action", "*.sh"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	runCheck(t, []string{"shellcheck"}, files...)
}

// runCheck runs a command on files that it must find nothing wrong with.
func runCheck(t *testing.T, command []string, files ...string) {
	t.Helper()
	program := linttest.Program(t, command[0])
	cmd := exec.CommandContext(t.Context(), program, append(command[1:], files...)...)
	cmd.Env = append(os.Environ(), "PRE_COMMIT_HOME="+t.TempDir())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v %v: %v\n%s", command, files, err, out)
	}
}

// TestSnippetsNameWhatIsThere keeps hooks and inputs that the page names apart
// from ones that do not exist.
func TestSnippetsNameWhatIsThere(t *testing.T) {
	var manifest []struct{ ID string }
	text, err := os.ReadFile(filepath.Join("..", "..", ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, h := range manifest {
		ids[h.ID] = true
	}
	inputs := readAction(t).Inputs
	hooks, actions := 0, 0
	for _, s := range snippets(t) {
		if s.language != "yaml" {
			continue
		}
		var file struct {
			Repos []struct{ Hooks []struct{ ID string } }
			Jobs  map[string]struct {
				Steps []struct {
					Uses string
					With map[string]string
				}
			}
		}
		if err := yaml.Unmarshal([]byte(s.text), &file); err != nil {
			t.Fatal(err)
		}
		for _, r := range file.Repos {
			for _, h := range r.Hooks {
				if hooks++; !ids[h.ID] {
					t.Errorf("%s: there is no hook %q", s.file, h.ID)
				}
			}
		}
		for _, j := range file.Jobs {
			for _, step := range j.Steps {
				if !strings.HasPrefix(step.Uses, "nginxlint/nginxlint@") {
					continue
				}
				actions++
				for name := range step.With {
					if _, ok := inputs[name]; !ok {
						t.Errorf("%s: the action has no input %q", s.file, name)
					}
				}
			}
		}
	}
	if hooks == 0 || actions == 0 {
		t.Errorf("%d hooks and %d uses of the action", hooks, actions)
	}
}

// TestSnippetsRun runs each command of the page on a configuration with findings,
// on one without, and where there is none: the exit code is what the page says.
func TestSnippetsRun(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not proved on Windows: the commands are for a shell")
	}
	bash := linttest.Program(t, "bash")
	command := regexp.MustCompile(`(?m)^[- ]*(?:run: |script: |sh '|)(nginxlint (?:[^'\n]|'[^'\n]+' )*)`)
	written := regexp.MustCompile(`-f \w+=(\S+)`)
	bin := filepath.Join(writeTree(t, map[string]string{"reviewdog": "#!/bin/sh\ncat >reviewed\n"}), "reviewdog")
	if err := os.Chmod(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	trees := map[string]map[string]string{
		"findings": {"deploy/nginx/nginx.conf": actionTree["nginx.conf"], "deploy/nginx/conf.d/app.conf": actionTree["conf.d/app.conf"]},
		"none":     {"deploy/nginx/nginx.conf": actionTree["good/nginx.conf"]},
		"nothing":  {"deploy/README": ""},
	}
	seen := 0
	for _, s := range snippets(t) {
		for _, m := range command.FindAllStringSubmatch(s.text, -1) {
			seen++
			for name, tree := range trees {
				want := map[string]int{"findings": 1, "nothing": 2}[name]
				if want == 1 && strings.Contains(m[1], "| reviewdog ") {
					want = 0 // reviewdog decides
				}
				cmd := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", m[1])
				cmd.Dir = writeTree(t, tree)
				cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(bin)+string(os.PathListSeparator)+os.Getenv("PATH"))
				out, _ := cmd.CombinedOutput() // its exit code is what is looked at
				if code := cmd.ProcessState.ExitCode(); code != want {
					t.Errorf("%s\nexits with %d, not %d: %s", m[1], code, want, out)
				}
				files := written.FindAllStringSubmatch(m[1], -1)
				if strings.Contains(m[1], "| reviewdog ") {
					files = append(files, []string{"", "reviewed"})
				}
				for _, f := range files {
					if info, err := os.Stat(filepath.Join(cmd.Dir, f[1])); err != nil || info.Size() == 0 {
						t.Errorf("%s\nwrites no %q: %v", m[1], f[1], err)
					}
					if s.file != "" && f[0] != "" && strings.Count(s.text, f[1]) < 2 {
						t.Errorf("%s: nothing reads %q", s.file, f[1])
					}
				}
			}
		}
	}
	if want := len(regexp.MustCompile(`(?m)(^|[^=])nginxlint -`).FindAllString(pageText(t), -1)); seen != want || seen == 0 {
		t.Errorf("%d commands are run, the page has %d", seen, want)
	}
}

// pageText is all fenced blocks.
func pageText(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, s := range snippets(t) {
		b.WriteString(s.text)
	}
	return b.String()
}
