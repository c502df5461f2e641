package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/template"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

// program is what the releases of these tests hold.
const program = "#!/bin/sh\necho released\n"

// archives are a program packed as releases are.
func archives(t *testing.T) (tarball, zipped []byte) {
	t.Helper()
	var b, z bytes.Buffer
	gz := gzip.NewWriter(&b)
	tw := tar.NewWriter(gz)
	if err := tw.WriteHeader(&tar.Header{Name: "nginxlint", Mode: 0o755, Size: int64(len(program))}); err != nil {
		t.Fatal(err)
	}
	_, err := tw.Write([]byte(program))
	if err != nil || tw.Close() != nil || gz.Close() != nil {
		t.Fatal("cannot pack")
	}
	zw := zip.NewWriter(&z)
	h := &zip.FileHeader{Name: "nginxlint.exe"}
	h.SetMode(0o755)
	w, err := zw.CreateHeader(h)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(program)); err != nil || zw.Close() != nil {
		t.Fatal("cannot pack")
	}
	return b.Bytes(), z.Bytes()
}

// releases serves downloads in place of github.com, over TLS, as the path names
// them, and returns a home for curl and git that sends them there: downloads to
// this server, git to a repository with the tags of those releases.
func releases(t *testing.T, files map[string][]byte) (home string) {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := files[r.URL.Path]
		if !ok || r.Host != "github.com" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(text)
	}))
	t.Cleanup(server.Close)
	home = t.TempDir()
	rc := "insecure\nconnect-to = \"github.com:443:" + strings.TrimPrefix(server.URL, "https://") + "\"\n"
	if err := os.WriteFile(filepath.Join(home, ".curlrc"), []byte(rc), 0o644); err != nil {
		t.Fatal(err)
	}
	repository := filepath.Join(home, "repository")
	gitConfig := "[url \"" + repository + "\"]\n\tinsteadOf = https://github.com/nginxlint/nginxlint\n" +
		"[user]\n\tname = author\n\temail = author@example.org\n[init]\n\tdefaultBranch = main\n"
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(gitConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	return home
}

// gitIn runs git in the repository of a home and returns what it prints.
func gitIn(t *testing.T, home string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"-C", filepath.Join(home, "repository")}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "GIT_CEILING_DIRECTORIES="+home)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// install runs the script alone, with an environment, and returns the output
// "binary".
func install(t *testing.T, home string, env ...string) (binary, log string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "output")
	cmd := exec.CommandContext(t.Context(), "bash", filepath.Join("..", "..", ".github", "action", "install.sh"))
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GIT_CONFIG_NOSYSTEM=1", "GITHUB_OUTPUT=" + out,
		"RUNNER_TEMP=" + t.TempDir(), "RUNNER_OS=Linux", "RUNNER_ARCH=X64",
	}, env...)
	text, err := cmd.CombinedOutput()
	written, _ := os.ReadFile(out) // there is none where the script failed
	if (err == nil) != (len(written) > 0) {
		t.Errorf("%v, but the output %q\n%s", err, written, text)
	}
	return strings.TrimSuffix(strings.TrimPrefix(string(written), "binary="), "\n"), string(text)
}

func TestActionInstalls(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not proved on Windows: which bash would run the action's scripts is not known here")
	}
	for _, tool := range []string{"bash", "curl", "git", "unzip"} {
		linttest.Program(t, tool)
	}
	tarball, zipped := archives(t)
	const at = "/nginxlint/nginxlint/releases/download/"
	sums := func(version string, mangle func(string) string) []byte {
		text := fmt.Sprintf("%x  nginxlint_%s_linux_amd64.tar.gz\n%x  nginxlint_%[2]s_windows_arm64.zip\n",
			sha256.Sum256(tarball), version, sha256.Sum256(zipped))
		return []byte(mangle(text))
	}
	files := map[string][]byte{}
	for version, mangle := range map[string]func(string) string{
		"1.2.3": func(s string) string { return s },
		"1.2.4": func(string) string { return strings.Repeat("0", 64) + "  nginxlint_1.2.4_linux_amd64.tar.gz\n" },
		"1.2.5": func(s string) string { return strings.ReplaceAll(s, "nginxlint_", "other_") },
	} {
		files[at+"v"+version+"/checksums.txt"] = sums(version, mangle)
		files[at+"v"+version+"/nginxlint_"+version+"_linux_amd64.tar.gz"] = tarball
		files[at+"v"+version+"/nginxlint_"+version+"_windows_arm64.zip"] = zipped
	}
	home := releases(t, files)
	if err := os.Mkdir(filepath.Join(home, "repository"), 0o755); err != nil {
		t.Fatal(err)
	}
	gitIn(t, home, "init", "-q")
	gitIn(t, home, "commit", "-q", "--allow-empty", "-m", "first")
	gitIn(t, home, "tag", "-a", "-m", "release", "v1.2.3")
	gitIn(t, home, "tag", "v1")
	released := gitIn(t, home, "rev-parse", "HEAD")
	gitIn(t, home, "commit", "-q", "--allow-empty", "-m", "second")
	later := gitIn(t, home, "rev-parse", "HEAD")

	tests := []struct {
		name string
		env  []string
		want string // a regular expression of the log where it fails
	}{
		{"version", []string{"INPUT_VERSION=v1.2.3", "ACTION_REF=main"}, ""},
		{"version without v", []string{"INPUT_VERSION=1.2.3"}, ""},
		{"the action's tag", []string{"ACTION_REF=v1.2.3"}, ""},
		{"the action's commit", []string{"ACTION_REF=" + released}, ""},
		{"a moving tag", []string{"ACTION_REF=v1"}, ""},
		{"Windows", []string{"INPUT_VERSION=v1.2.3", "RUNNER_OS=Windows", "RUNNER_ARCH=ARM64"}, ""},
		{"wrong checksum", []string{"INPUT_VERSION=v1.2.4"}, `the checksum of nginxlint_1\.2\.4_linux_amd64\.tar\.gz is [0-9a-f]{64}, and should be 0{64}`},
		{"no checksum", []string{"INPUT_VERSION=v1.2.5"}, `has no checksum of`},
		{"no such release", []string{"INPUT_VERSION=v9.9.9"}, `cannot download checksums\.txt of nginxlint 9\.9\.9`},
		{"a branch", []string{"ACTION_REF=main"}, `main is no release`},
		{"a commit that is no release", []string{"ACTION_REF=" + later}, `is no release`},
		{"nothing known", nil, `the input version is needed`},
		{"another path", []string{"INPUT_VERSION=v1.2.3/../../x"}, `is no release such as`},
		{"two lines", []string{"INPUT_VERSION=v1.2.3\nbinary=/bin/true"}, `is no release such as v1\.2\.3: v1\.2\.3%0Abinary`},
		{"a word for awk", []string{`ACTION_REF=.*", system("touch pwned")`}, `is no release`},
		{"an unknown processor", []string{"INPUT_VERSION=v1.2.3", "RUNNER_ARCH=ARM"}, `no nginxlint for this processor: ARM`},
		{"an unknown system", []string{"INPUT_VERSION=v1.2.3", "RUNNER_OS="}, `no nginxlint for this system: unknown`},
		{"no such binary", []string{"INPUT_BINARY=no/such"}, `there is no program at .*/no/such`},
		{"a folder as binary", []string{"INPUT_BINARY=/"}, `there is no program at /`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			binary, log := install(t, home, tt.env...)
			if tt.want != "" {
				if binary != "" || !regexp.MustCompile(`(?m)^::error title=nginxlint::.*`+tt.want).MatchString(log) {
					t.Errorf("%q, the log\n%s", binary, log)
				}
				return
			}
			if text, err := os.ReadFile(binary); err != nil || string(text) != program {
				t.Errorf("%q holds %q, %v\n%s", binary, text, err, log)
			}
		})
	}
}

// TestActionInstallsWhatIsReleased keeps the names that the script downloads
// those that a release has.
func TestActionInstallsWhatIsReleased(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", ".goreleaser.yaml"))
	if os.IsNotExist(err) {
		t.Skip("there is no .goreleaser.yaml to compare with")
	}
	if err != nil {
		t.Fatal(err)
	}
	var release struct {
		Project  string `yaml:"project_name"`
		Archives []struct {
			Name      string `yaml:"name_template"`
			Formats   []string
			Overrides []struct {
				Goos    string
				Formats []string
			} `yaml:"format_overrides"`
		}
		Checksum struct {
			Name string `yaml:"name_template"`
		}
	}
	if err := yaml.Unmarshal(text, &release); err != nil {
		t.Fatal(err)
	}
	if len(release.Archives) != 1 || len(release.Archives[0].Overrides) != 1 {
		t.Fatalf("%+v", release.Archives)
	}
	a := release.Archives[0]
	name, err := template.New("").Parse(a.Name)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	err = name.Execute(&b, map[string]string{"ProjectName": release.Project, "Version": "${version}", "Os": "${os}", "Arch": "$arch"})
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(filepath.Join("..", "..", ".github", "action", "install.sh"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"archive=" + b.String() + "$suffix\n", "checksums=" + release.Checksum.Name + " suffix=.tar.gz\n"} {
		if !strings.Contains(string(script), want) {
			t.Errorf("the script has no %q", want)
		}
	}
	if o := a.Overrides[0]; !slices.Equal(a.Formats, []string{"tar.gz"}) || o.Goos != "windows" || !slices.Equal(o.Formats, []string{"zip"}) {
		t.Errorf("the archives are %v, and %v for %s", a.Formats, o.Formats, o.Goos)
	}
}
