package packaging

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

// packaged builds the package of a format, and returns its path.
func packaged(t *testing.T, r *release, format string) string {
	t.Helper()
	builder := builder(t, r)
	dir := t.TempDir()
	args := []string{filepath.Join(r.dir, ".goreleaser.yaml"), format, runtime.GOARCH, r.binary, dir}
	for name, value := range names {
		args = append(args, name+"="+value)
	}
	if err := r.run(nil, builder, args...); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*."+format))
	if err != nil || len(found) != 1 {
		t.Fatalf("the packages are %v (%v)", found, err)
	}
	return found[0]
}

// builder compiles .ci/packages, a module of its own that needs others.
func builder(t *testing.T, r *release) string {
	t.Helper()
	program := filepath.Join(folder, "packages")
	if _, err := os.Stat(program); err == nil {
		return program
	}
	env := []string{"GOPROXY=off"} // what was not asked for is not downloaded
	if linttest.ProofRequired() {
		env = nil
	}
	if err := r.run(env, "go", "build", "-C", filepath.Join(r.dir, ".ci", "packages"), "-o", program, "."); err != nil {
		if !linttest.ProofRequired() {
			t.Skipf("not proved: .ci/packages cannot be built from the modules at hand; %s=required fetches them", linttest.EnvProof)
		}
		t.Fatal(err)
	}
	return program
}

// installed lists what every package holds.
func installed(zsh string) []string {
	return []string{
		"/usr/bin/nginxlint",
		"/usr/share/bash-completion/completions/nginxlint",
		"/usr/share/fish/vendor_completions.d/nginxlint.fish",
		"/usr/share/man/man1/nginxlint.1.gz",
		zsh,
	}
}

const (
	zshSite   = "/usr/share/zsh/site-functions/_nginxlint"
	zshDebian = "/usr/share/zsh/vendor-completions/_nginxlint"
	license   = "/usr/share/licenses/nginxlint/LICENSE"
)

// TestDeb installs the package below a folder and runs what is there.
func TestDeb(t *testing.T) {
	dpkg := linttest.Program(t, "dpkg-deb")
	deb := packaged(t, build(t, "first"), "deb")
	if want := "nginxlint_1.2.3_" + runtime.GOARCH + ".deb"; filepath.Base(deb) != want {
		t.Errorf("the package is %s, want %s", filepath.Base(deb), want)
	}
	dir := t.TempDir()
	if out, err := exec.Command(dpkg, "-x", deb, dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var got []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			got = append(got, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, got, append(installed(zshDebian), "/usr/share/doc/nginxlint/copyright"))

	r := build(t, "first")
	for path, source := range map[string]string{
		"/usr/bin/nginxlint": r.binary,
		"/usr/share/bash-completion/completions/nginxlint":    ".cache/release/completions/nginxlint.bash",
		"/usr/share/fish/vendor_completions.d/nginxlint.fish": ".cache/release/completions/nginxlint.fish",
		zshDebian:                            ".cache/release/completions/_nginxlint",
		"/usr/share/doc/nginxlint/copyright": "LICENSE",
	} {
		if !filepath.IsAbs(source) {
			source = filepath.Join(r.dir, source)
		}
		if !bytes.Equal(read(t, filepath.Join(dir, path)), read(t, source)) {
			t.Errorf("%s is not %s", path, source)
		}
	}
	program := filepath.Join(dir, "usr", "bin", "nginxlint")
	for flag, path := range map[string]string{
		"--completion=bash": "/usr/share/bash-completion/completions/nginxlint",
		"--completion=zsh":  zshDebian,
		"--completion=fish": "/usr/share/fish/vendor_completions.d/nginxlint.fish",
		"--man":             "/usr/share/man/man1/nginxlint.1.gz",
	} {
		out, err := exec.Command(program, flag).Output()
		if err != nil {
			t.Fatal(err)
		}
		text := read(t, filepath.Join(dir, path))
		if strings.HasSuffix(path, ".gz") {
			text = unzipped(t, text)
		}
		if !bytes.Equal(out, text) {
			t.Errorf("%s is not what %s writes", path, flag)
		}
	}
}

// TestDebSaysWhatItIs reads the package's own description.
func TestDebSaysWhatItIs(t *testing.T) {
	dpkg := linttest.Program(t, "dpkg-deb")
	out, err := exec.Command(dpkg, "-f", packaged(t, build(t, "first"), "deb")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"Package: nginxlint\n", "Version: 1.2.3\n", "Architecture: " + runtime.GOARCH + "\n", "Description: find what "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is missing from\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "Depends:") {
		t.Errorf("the package depends on others\n%s", out)
	}
}

// TestRPM asks rpm what the package holds.
func TestRPM(t *testing.T) {
	rpm := linttest.Program(t, "rpm")
	out, err := exec.Command(rpm, "-qp", "--nosignature", "--list", packaged(t, build(t, "first"), "rpm")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	compare(t, strings.Fields(string(out)), append(installed(zshSite), license))
}

// TestPackagesAreReproducible builds them from copies of the source that are
// not of one age.
func TestPackagesAreReproducible(t *testing.T) {
	one, two := build(t, "first"), build(t, "another/path")
	for _, format := range []string{"deb", "rpm", "apk"} {
		if !bytes.Equal(read(t, packaged(t, one, format)), read(t, packaged(t, two, format))) {
			t.Errorf("the %s depends on when or where it is built", format)
		}
	}
}

// TestAPK reads the package, which is several archives behind each other.
func TestAPK(t *testing.T) {
	f, err := os.Open(packaged(t, build(t, "first"), "apk"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for all := tar.NewReader(z); ; {
		h, err := all.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg && !strings.HasPrefix(h.Name, ".") {
			got = append(got, "/"+h.Name)
		}
	}
	compare(t, got, append(installed(zshSite), license))
}

func compare(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the package holds\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func unzipped(t *testing.T, text []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
