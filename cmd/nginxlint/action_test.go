package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

// actionFile is what action.yml says, as far as it is run here.
type actionFile struct {
	Inputs map[string]struct {
		Description string
		Default     *string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct{ Steps []actionStep }
}

type actionStep struct {
	ID, Name, If, Shell, Run, Uses string
	Env, With                      map[string]string
}

func readAction(t *testing.T) *actionFile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var a actionFile
	if err := yaml.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return &a
}

// actionJob runs the action's steps as GitHub's runner does, but for those of
// other actions.
type actionJob struct {
	dir     string            // the checkout
	inputs  map[string]string // without those that have their default
	env     []string          // beside what the runner sets
	temp    string
	outputs map[string]string // of all steps, as "step.name"
	log     string
	uploads bool
	code    int
}

// run runs the steps until one fails; the result's step has the last word.
func (j *actionJob) run(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("not proved on Windows: which bash would run the action's scripts is not known here")
	}
	bash := linttest.Program(t, "bash")
	a := readAction(t)
	j.temp, j.outputs = t.TempDir(), map[string]string{}
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Runs.Steps {
		if s.Uses != "" {
			j.uploads = j.value(t, a, "${{ inputs.code-scanning }}") == "true"
			continue
		}
		out := filepath.Join(t.TempDir(), "output")
		cmd := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", s.Run)
		cmd.Dir = j.dir
		cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=true", "GITHUB_OUTPUT="+out, "RUNNER_TEMP="+j.temp,
			"GITHUB_ACTION_PATH="+root, "GITHUB_WORKSPACE="+j.dir)
		cmd.Env = append(cmd.Env, j.env...)
		for name, value := range s.Env {
			cmd.Env = append(cmd.Env, name+"="+j.value(t, a, value))
		}
		log, err := cmd.CombinedOutput()
		j.log += string(log)
		j.keep(t, s.ID, out)
		if err != nil {
			j.code = cmd.ProcessState.ExitCode()
			return
		}
	}
}

// keep reads what a step wrote as its outputs.
func (j *actionJob) keep(t *testing.T, step, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		name, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if !ok || !slices.Contains([]string{"binary", "exit-code", "findings", "sarif-file"}, name) {
			t.Errorf("the step %q writes the output %q", step, line)
		}
		j.outputs[step+"."+name] = value
	}
}

// value is one that is as it stands or an expression that names one thing.
func (j *actionJob) value(t *testing.T, a *actionFile, text string) string {
	t.Helper()
	e, ok := strings.CutPrefix(text, "${{ ")
	if !ok {
		return text
	}
	e = strings.TrimSuffix(e, " }}")
	if name, ok := strings.CutPrefix(e, "inputs."); ok {
		in, declared := a.Inputs[name]
		if !declared || in.Default == nil {
			t.Fatalf("%s: there is no such input, or it has no default", text)
		}
		if v, given := j.inputs[name]; given {
			return v
		}
		return *in.Default
	}
	if name, ok := strings.CutPrefix(e, "steps."); ok {
		name = strings.Replace(name, ".outputs", "", 1)
		v, written := j.outputs[name]
		if !written {
			t.Fatalf("%s: no step has written that", text)
		}
		return v
	}
	if e == "github.action_ref" {
		return ""
	}
	t.Fatalf("%s: not known here", text)
	return ""
}

// results counts the findings of the SARIF file.
func (j *actionJob) results(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(j.outputs["lint.sarif-file"])
	if err != nil {
		t.Fatal(err)
	}
	var sarif struct {
		Runs []struct{ Results []struct{ RuleID string } }
	}
	if err := json.Unmarshal(text, &sarif); err != nil || len(sarif.Runs) != 1 {
		t.Fatalf("%v, %d runs", err, len(sarif.Runs))
	}
	return len(sarif.Runs[0].Results)
}

var actionTree = map[string]string{
	"nginx.conf":      "events {}\nhttp {\n    include conf.d/*.conf;\n    upstream backend {\n        server 127.0.0.1:8080;\n    }\n}\n",
	"conf.d/app.conf": "server {\n    listen 8081;\n    location / {\n        proxy_pass http://app$request_uri;\n    }\n}\n",
	"good/nginx.conf": "events {}\nhttp {\n    server {\n        listen 8081;\n        return 204;\n    }\n}\n",
	"a b/nginx.conf":  "events {}\nhttp {\n    server {\n        return 204\n    }\n}\n",
	"other/note.txt":  "",
}

func writeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ours is the nginxlint that is being tested.
func ours(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("nginxlint")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestActionLints(t *testing.T) {
	tests := []struct {
		name     string
		inputs   map[string]string
		code     int
		exit     string
		findings string
		log      []string // regular expressions
	}{
		{"findings fail the job", nil, 1, "1", "1", []string{
			`(?m)^::error file=conf\.d/app\.conf,line=4,endLine=4,col=20,endColumn=42,title=nginxlint%3A variable-upstream-no-resolver::`,
			`(?m)-->.* conf\.d/app\.conf:4:20`,
		}},
		{"nothing found", map[string]string{"paths": "good"}, 0, "0", "0", []string{`No problems`}},
		{"findings below fail-on", map[string]string{"fail-on": "never"}, 0, "0", "1", []string{`(?m)^::error file=`}},
		{"several paths, blanks in one", map[string]string{"paths": "good\n\n  \r\na b\r\n"}, 1, "1", "1", []string{`a b/nginx\.conf`}},
		{"flags", map[string]string{"args": "--ignore\nvariable-upstream-no-resolver\n"}, 0, "0", "0", nil},
		{"another folder", map[string]string{"working-directory": "a b"}, 1, "1", "1", []string{`(?m)^::error file=a b/nginx\.conf,`}},
		{"no paths are the folder", map[string]string{"paths": " \n"}, 1, "1", "1", nil},
		{"nothing there", map[string]string{"paths": "no/such"}, 2, "2", "0", []string{`cannot read "no/such"`, `(?m)^::error title=nginxlint::cannot read`}},
		{"no such folder", map[string]string{"working-directory": "no/such"}, 2, "2", "0", []string{`no/such`}},
		{"no such flag", map[string]string{"args": "--no-such"}, 2, "2", "0", []string{`unknown flag`}},
		{"no such severity", map[string]string{"fail-on": "info --exit-zero"}, 2, "2", "0", []string{`--fail-on`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			j := &actionJob{dir: writeTree(t, actionTree), inputs: map[string]string{"binary": ours(t)}}
			if err := os.Mkdir(filepath.Join(j.dir, ".git"), 0o755); err != nil {
				t.Fatal(err)
			}
			maps.Copy(j.inputs, tt.inputs)
			j.run(t)
			if j.code != tt.code || j.outputs["lint.exit-code"] != tt.exit || j.outputs["lint.findings"] != tt.findings {
				t.Errorf("the job's exit code %d, outputs %v\n%s", j.code, j.outputs, j.log)
			}
			if tt.exit != "2" {
				if got := strconv.Itoa(j.results(t)); got != tt.findings {
					t.Errorf("%s results in the SARIF file, want %s", got, tt.findings)
				}
			}
			for _, want := range tt.log {
				if !regexp.MustCompile(want).MatchString(j.log) {
					t.Errorf("the log has no %q:\n%s", want, j.log)
				}
			}
		})
	}
}

// TestActionRunsNoInput hands over what a shell, or the runner, would act upon.
func TestActionRunsNoInput(t *testing.T) {
	for _, hostile := range []string{
		"$(touch pwned)", "`touch pwned`", "'; touch pwned; '", `"; touch pwned; "`, "x\ntouch pwned\n", "a & touch pwned",
		"x\nexit-code=0\nfindings=0\n", "x\n::set-output name=exit-code::0", "* ? [a]", "-rf", "${PATH}", "~root", "\\", "%0A::error::x",
	} {
		for _, name := range []string{"paths", "args", "fail-on", "working-directory", "version", "binary"} {
			j := &actionJob{dir: writeTree(t, actionTree), inputs: map[string]string{"binary": ours(t)}}
			j.inputs[name] = hostile
			if name == "version" { // of no use beside a binary
				delete(j.inputs, "binary")
			}
			j.run(t)
			if j.code == 0 {
				t.Errorf("%s %q: the job passes\n%s", name, hostile, j.log)
			}
			if files, err := filepath.Glob(filepath.Join(j.dir, "*pwned*")); err != nil || len(files) > 0 {
				t.Errorf("%s %q was run: %v %v", name, hostile, files, err)
			}
			ourCommands(t, j.log)
		}
	}
}

// TestActionTrustsNoConfiguration lints what somebody else wrote: none of it
// becomes a command of the runner's.
func TestActionTrustsNoConfiguration(t *testing.T) {
	tree := map[string]string{
		"nginx.conf": "events {}\nhttp {\n::error::in the text\n##[error]in the text\n    include 'conf.d/*.conf';\n" +
			"    proxy_pass '\n::warning::in a string\n##[set-output name=exit-code]0\n';\n}\n",
		"conf.d/a\n::error::in a name\n##[error]x.conf": "server {\n    listen 8081\n}\n",
	}
	j := &actionJob{dir: writeTree(t, tree), inputs: map[string]string{"binary": ours(t)}}
	j.run(t)
	if j.code != 1 {
		t.Errorf("exit code %d\n%s", j.code, j.log)
	}
	if !strings.Contains(j.log, "in the text") {
		t.Errorf("the log shows none of it\n%s", j.log)
	}
	ourCommands(t, j.log)
}

// ourCommands fails if the runner would take anything in a log for a command
// but annotations of nginxlint. It looks for "::" at a line's beginning and
// for "##[" anywhere (ActionCommand.cs of actions/runner).
func ourCommands(t *testing.T, log string) {
	t.Helper()
	resume := ""
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		switch {
		case resume != "":
			if line == "::"+resume+"::" {
				resume = ""
			}
		case strings.HasPrefix(line, "::stop-commands::"):
			if resume = strings.TrimPrefix(line, "::stop-commands::"); len(resume) != 32 {
				t.Errorf("the token %q can be guessed", resume)
			}
		case strings.HasPrefix(line, "::error ") || strings.HasPrefix(line, "::warning ") || strings.HasPrefix(line, "::notice "):
			if !strings.Contains(line, "title=nginxlint") {
				t.Errorf("a command that is not ours: %s", line)
			}
		case strings.HasPrefix(line, "::"), strings.Contains(line, "##["):
			t.Errorf("a command that is not ours: %s", line)
		}
	}
	if resume != "" {
		t.Error("commands stay stopped")
	}
}

// TestActionIsWired keeps the steps from taking inputs as text of a script, and
// the inputs from being without effect.
func TestActionIsWired(t *testing.T) {
	a := readAction(t)
	used := map[string]bool{}
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("the step %q runs %q: an input must come through env", s.Name, s.Run)
		}
		all := []string{s.If}
		for _, m := range []map[string]string{s.Env, s.With} {
			for _, v := range m {
				all = append(all, v)
			}
		}
		for _, m := range regexp.MustCompile(`inputs\.([\w-]+)`).FindAllStringSubmatch(strings.Join(all, "\n"), -1) {
			used[m[1]] = true
		}
	}
	for name, in := range a.Inputs {
		if !used[name] || in.Description == "" || in.Default == nil {
			t.Errorf("the input %q is not used, described or without a default", name)
		}
		delete(used, name)
	}
	for name := range used {
		t.Errorf("the input %q is not declared", name)
	}
	for name, out := range a.Outputs {
		if out.Value != "${{ steps.lint.outputs."+name+" }}" || out.Description == "" {
			t.Errorf("the output %q is %q", name, out.Value)
		}
	}
}
