// Package packaging tests what a release consists of, as .goreleaser.yaml has
// it: the program, the packages and the image.
package packaging

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"text/template"
	"time"

	"go.yaml.in/yaml/v3"
)

// root is the module's folder.
var root = filepath.Join("..", "..", "..")

// names are what the templates in .goreleaser.yaml can name.
var names = map[string]string{
	"ProjectName": "nginxlint",
	"Version":     "1.2.3",
	"FullCommit":  "0123456789abcdef0123456789abcdef01234567",
	"CommitDate":  "2026-01-02T03:04:05Z",
	"Os":          "linux",
	"Arch":        "amd64",
}

// project is .goreleaser.yaml, as far as it is tried here.
type project struct {
	Before struct{ Hooks []string }
	Builds []struct {
		Main                              string
		Env, Flags, Ldflags, Goos, Goarch []string
	}
	Archives []struct {
		Files []struct{ Src, Dst string }
	}
	Casks []struct {
		Manpages    []string
		Completions map[string]string
	} `yaml:"homebrew_casks"`
	Images []struct {
		Dockerfile string
		Files      []string `yaml:"extra_files"`
		Platforms  []string
	} `yaml:"dockers_v2"`
}

func readProject(t *testing.T) *project {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".goreleaser.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	p := &project{}
	if err := yaml.Unmarshal(text, p); err != nil {
		t.Fatal(err)
	}
	if len(p.Before.Hooks) != 1 || len(p.Builds) != 1 || len(p.Archives) != 1 || len(p.Casks) != 1 || len(p.Images) != 1 {
		t.Fatalf("one of each is expected: %+v", p)
	}
	return p
}

func render(text string) (string, error) {
	tmpl, err := template.New("").Option("missingkey=error").Parse(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = tmpl.Execute(&b, names)
	return b.String(), err
}

// release is what the machine's own platform gets.
type release struct {
	dir    string // a copy of the source, without a checkout around it
	binary string
}

// folder is what all tests of a run build in.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "nginxlint-release-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(folder) // the system's own cleaning gets what is left
	os.Exit(code)            //nolint:forbidigo // this is main
}

var buildOnce = map[string]func() (*release, error){
	"first": sync.OnceValues(func() (*release, error) { return buildRelease("first") }),
	"another/path": sync.OnceValues(func() (*release, error) {
		time.Sleep(time.Second) // times in packages are of whole seconds
		return buildRelease("another/path")
	}),
}

// build returns the release that is built in a folder of that name.
func build(t *testing.T, name string) *release {
	t.Helper()
	if testing.Short() {
		t.Skip("a release takes long to build")
	}
	if runtime.GOOS == "windows" {
		t.Skip("releases are built on Unix")
	}
	readProject(t)
	r, err := buildOnce[name]()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// buildRelease copies the source and builds it by the rules of the project.
func buildRelease(name string) (*release, error) {
	r := &release{dir: filepath.Join(folder, name)}
	if err := copySource(r.dir); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(r.dir, ".goreleaser.yaml"))
	if err != nil {
		return nil, err
	}
	p := &project{}
	if err := yaml.Unmarshal(text, p); err != nil {
		return nil, err
	}
	b := p.Builds[0]
	r.binary = filepath.Join(r.dir, "dist", "nginxlint")
	args := append([]string{"build"}, b.Flags...)
	for _, f := range b.Ldflags {
		args = append(args, "-ldflags", f)
	}
	if err := r.run(b.Env, "go", append(args, "-o", r.binary, b.Main)...); err != nil {
		return nil, err
	}
	hook := strings.Fields(strings.NewReplacer("{{ ", "{{", " }}", "}}").Replace(p.Before.Hooks[0]))
	return r, r.run(nil, filepath.Join(r.dir, hook[0]), hook[1:]...)
}

// run runs a command of the project in its folder.
func (r *release) run(env []string, program string, args ...string) error {
	for i := range args {
		var err error
		if args[i], err = render(args[i]); err != nil {
			return err
		}
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = r.dir
	cmd.Env = append(append(os.Environ(), "GOFLAGS=", "GOWORK=off"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	return nil
}

// copySource copies what a release is built from.
func copySource(to string) error {
	for _, part := range []string{".ci", ".goreleaser.yaml", "LICENSE", "README.md", "cmd", "go.mod", "go.sum", "lint", "rules"} {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			inside, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.MkdirAll(filepath.Join(to, inside), 0o755)
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, inside), text, info.Mode())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// TestBuildIsReproducible builds the same source in two places.
func TestBuildIsReproducible(t *testing.T) {
	one, two := build(t, "first"), build(t, "another/path")
	first, err := os.ReadFile(one.binary)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(two.binary)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, second) {
		t.Errorf("the program depends on where it is built: %d and %d bytes", len(first), len(second))
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, strings.TrimSpace(string(cache))} {
		if bytes.Contains(first, []byte(path)) {
			t.Errorf("the program names %s, where it was built", path)
		}
	}
}

// TestBinaryTellsWhatItIs runs the program.
func TestBinaryTellsWhatItIs(t *testing.T) {
	r := build(t, "first")
	out, err := exec.Command(r.binary, "--version").Output()
	want := "nginxlint 1.2.3\ncommit " + names["FullCommit"] + " of " + names["CommitDate"] + "\nbuilt with go"
	if err != nil || !strings.HasPrefix(string(out), want) {
		t.Errorf("--version says %q (%v), want it to begin with %q", out, err, want)
	}
}

// TestArchivesHoldWhatTheCaskInstalls compares the two by name.
func TestArchivesHoldWhatTheCaskInstalls(t *testing.T) {
	r, p := build(t, "first"), readProject(t)
	held := map[string]bool{}
	for _, f := range p.Archives[0].Files {
		found, err := filepath.Glob(filepath.Join(r.dir, f.Src))
		if err != nil || len(found) == 0 {
			t.Errorf("no file is %s (%v)", f.Src, err)
		}
		for _, path := range found {
			switch {
			case strings.Contains(f.Src, "*"):
				held[f.Dst+"/"+filepath.Base(path)] = true
			case f.Dst != "":
				held[f.Dst] = true
			default:
				held[f.Src] = true
			}
		}
	}
	want := append([]string{"LICENSE", "README.md"}, p.Casks[0].Manpages...)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		want = append(want, p.Casks[0].Completions[shell])
	}
	for _, path := range want {
		if !held[path] {
			t.Errorf("the archive does not hold %q but %v", path, held)
		}
	}
}
