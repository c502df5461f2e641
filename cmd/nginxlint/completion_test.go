package main

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/rules"
)

// completionCase is a line that is typed, with the completion key at its end,
// and what the line is after that.
type completionCase struct{ typed, after string }

// completionCases hold in every shell, in the folder of [completionFolder].
func completionCases() []completionCase {
	return []completionCase{
		{"--fo", "--format"},
		{"--quiet --verb", "--verbose"},
		{"--format sari", "sarif"},
		{"--format=sari", "--format=sarif"},
		{"-f conc", "concise"},
		{"-f sarif=out.s", "sarif=out.sarif"},
		{"--format=sarif=out.s", "--format=sarif=out.sarif"},
		{"--color al", "always"},
		{"--fail-on nev", "never"},
		{"--fail-on=nev", "--fail-on=never"},
		{"--min-severity nev", "nev"},
		{"--context http,server,location,lim", "http,server,location,limit_except"},
		{"--context http,serv", "http,server"},
		{"--select include-cyc", "include-cycle"},
		{"--select=include-cyc", "--select=include-cycle"},
		{"--select syntax,include-cyc", "syntax,include-cycle"},
		{"--select=syntax,startup,include-cyc", "--select=syntax,startup,include-cycle"},
		{"--ignore bad-g", "bad-gateway"},
		{"--explain include-cyc", "include-cycle"},
		{"--explain bad-g", "bad-g"},
		{"--completion fi", "fish"},
		{"--nginx-version err", "err"},
		{"ngin", "nginx.conf"},
		{"--demo ngin", "nginx.conf"},
		{"--effective ngin", "nginx.conf"},
		{"--error-log err", "error.log"},
		{"--error-log=err", "--error-log=error.log"},
		{"--stdin-filename ngin", "nginx.conf"},
		{"-- --fo", "--fo"},
		{"-- ngin", "nginx.conf"},
	}
}

// completionFolder holds a script for a shell, and files to complete.
func completionFolder(t *testing.T, shell string) (dir, script string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"nginx.conf", "error.log", "out.sarif"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	script = filepath.Join(t.TempDir(), "_nginxlint")
	if err := os.WriteFile(script, []byte(completionScript(t, shell)), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir, script
}

func completionScript(t *testing.T, shell string) string {
	t.Helper()
	c, stdout, stderr := testCommand(nil)
	if code := c.run([]string{"--completion", shell}); code != exitClean || stderr.Len() > 0 {
		t.Fatalf("--completion %s exits with %d and says %q", shell, code, stderr)
	}
	return stdout.String()
}

// TestEveryFlagIsCompleted keeps the values of flags known to the shells.
func TestEveryFlagIsCompleted(t *testing.T) {
	known := values(rules.All())
	for _, g := range (&options{}).groups() {
		g.flags.VisitAll(func(f *pflag.Flag) {
			if _, ok := known[f.Name]; !ok && f.NoOptDefVal == "" {
				t.Errorf("values does not say what follows --%s", f.Name)
			}
			delete(known, f.Name)
		})
	}
	for name := range known {
		t.Errorf("values knows --%s, which is no flag", name)
	}
}

// TestCompletedWordsAreTaken gives every word that is completed to its flag.
func TestCompletedWordsAreTaken(t *testing.T) {
	plainWord := regexp.MustCompile(`^[a-z0-9_,-]+$`)
	for flag, v := range values(rules.All()) {
		if flag == "completion" {
			continue
		}
		for _, w := range v.Words {
			if !plainWord.MatchString(w.Term) {
				t.Errorf("--%s: %q needs quoting in a shell", flag, w.Term)
			}
			o, err := parse([]string{"--" + flag, w.Term})
			if err != nil {
				t.Errorf("--%s %s: %v", flag, w.Term, err)
				continue
			}
			c, _, _ := testCommand(nil)
			if _, err := c.request(o); err != nil {
				t.Errorf("--%s %s: %v", flag, w.Term, err)
			}
		}
	}
}

// TestBashCompletes calls the function as bash would.
func TestBashCompletes(t *testing.T) {
	bash := linttest.Program(t, "bash")
	dir, script := completionFolder(t, "bash")
	var flags, selection, ids []string
	for _, f := range completedFlags(rules.All()) {
		flags = append(flags, "--"+f.Long)
		if f.Short != "" {
			flags = append(flags, "-"+f.Short)
		}
	}
	for _, r := range rules.All() {
		ids = append(ids, r.ID)
	}
	categories := map[string]bool{}
	for _, r := range rules.All() {
		categories[string(r.Category)] = true
	}
	selection = slices.Concat(ids, lint.Collections(), slices.Collect(maps.Keys(categories)))

	tests := []struct {
		name, breaks string
		words, want  []string
	}{
		{"all flags", "=", []string{"-"}, flags},
		{"all that can be selected", "=", []string{"--select", ""}, selection},
		{"all rules", "=", []string{"--explain", ""}, ids},
		{"after an equals sign", "=", []string{"--color", "="}, []string{"auto", "always", "never"}},
		{"after one that parts no words", "", []string{"--color=a"}, []string{"--color=auto", "--color=always"}},
		{"a list after one that parts no words", "", []string{"--select=syntax,include-c"}, []string{"--select=syntax,include-cycle"}},
		{"no values of a switch", "=", []string{"--quiet", "=", ""}, nil},
		{"after short flags in one word", "=", []string{"-qf", "sar"}, []string{"sarif"}},
		{"files are readline's", "=", []string{"--error-log", ""}, nil},
		{"nothing is a flag after two dashes", "=", []string{"--", "--"}, nil},
		{"the beginning of a word counts", "=", []string{"--fail-on", "w"}, []string{"warning"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), bash, "--noprofile", "--norc", "-c", `
				source "$1" && COMP_WORDBREAKS=$2 && shift 2 &&
				COMP_WORDS=(nginxlint "$@") COMP_CWORD=$# && _nginxlint &&
				printf '%s\n' "${COMPREPLY[@]}"`,
				"bash", script, tt.breaks)
			cmd.Args = append(cmd.Args, tt.words...)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got := strings.Fields(string(out))
			slices.Sort(got)
			slices.Sort(tt.want)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q is completed by %q, want %q", tt.words, got, tt.want)
			}
		})
	}
}

// TestFishCompletes asks fish what it would show.
func TestFishCompletes(t *testing.T) {
	fish := linttest.Program(t, "fish")
	dir, script := completionFolder(t, "fish")
	for _, tt := range completionCases() {
		t.Run(tt.typed, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), fish, "--no-config", "-c", `source $argv[1]; and complete -C "nginxlint $argv[2]"`, script, tt.typed)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir+"/.data", "XDG_CONFIG_HOME="+dir+"/.config")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			got := tt.typed[strings.LastIndexByte(tt.typed, ' ')+1:]
			if lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"); len(lines) == 1 && lines[0] != "" {
				got, _, _ = strings.Cut(lines[0], "\t")
			}
			unique := tt.after
			if tt.typed == "--context http,serv" { // there is more than one
				unique = "http,serv"
			}
			if got != unique {
				t.Errorf("%q ends in %q, want %q; fish shows\n%s", tt.typed, got, unique, out)
			}
		})
	}
}
