package packaging

import (
	"debug/elf"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestBinaryIsStatic looks for what a dynamic linker would be needed for.
func TestBinaryIsStatic(t *testing.T) {
	f, err := elf.Open(build(t, "first").binary)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("the program has a segment %v", p.Type)
		}
	}
	if libs, err := f.ImportedLibraries(); err != nil || len(libs) > 0 {
		t.Errorf("the program needs %v (%v)", libs, err)
	}
}

// image is what the instructions of a Dockerfile come to.
type image struct {
	root       string
	entrypoint string
	workdir    string
	uid, gid   uint32
}

// makeImage carries out the Dockerfile without Docker, in the context that
// GoReleaser gives it: the files that it adds, and the program in a folder
// that is named after the platform.
func makeImage(t *testing.T, r *release, p *project) *image {
	t.Helper()
	platform := "linux/" + runtime.GOARCH
	context := map[string]string{platform + "/nginxlint": r.binary}
	for _, f := range p.Images[0].Files {
		context[f] = filepath.Join(r.dir, f)
	}
	text, err := os.ReadFile(filepath.Join(r.dir, p.Images[0].Dockerfile))
	if err != nil {
		t.Fatal(err)
	}
	m := &image{root: t.TempDir(), workdir: "/"}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		switch what := words[0] + " " + strconv.Itoa(len(words)-1); what {
		case "FROM 1":
			if words[1] != "scratch" {
				t.Fatalf("the image begins with %s", words[1])
			}
		case "ARG 1":
		case "COPY 2":
			from, ok := context[strings.ReplaceAll(words[1], "$TARGETPLATFORM", platform)]
			if !ok {
				t.Fatalf("%q is not in the context", words[1])
			}
			copyFile(t, from, filepath.Join(m.root, words[2]))
		case "WORKDIR 1":
			m.workdir = words[1]
			if err := os.MkdirAll(filepath.Join(m.root, m.workdir), 0o755); err != nil {
				t.Fatal(err)
			}
		case "USER 1":
			m.uid, m.gid = ids(t, words[1])
		case "ENTRYPOINT 1":
			m.entrypoint = strings.TrimSuffix(strings.TrimPrefix(words[1], `["`), `"]`)
		default:
			t.Fatalf("unknown instruction %q", line)
		}
	}
	return m
}

// ids reads a user that needs no /etc/passwd.
func ids(t *testing.T, user string) (uid, gid uint32) {
	t.Helper()
	first, second, _ := strings.Cut(user, ":")
	u, err := strconv.ParseUint(first, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	g, err := strconv.ParseUint(second, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(u), uint32(g)
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, info.Mode()); err != nil {
		t.Fatal(err)
	}
}

// TestImageNeedsNothingElse runs the program with the image as its whole file
// system, as the image's user.
func TestImageNeedsNothingElse(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can change the root directory")
	}
	m := makeImage(t, build(t, "first"), readProject(t))
	if m.uid == 0 || m.gid == 0 {
		t.Fatalf("the image runs as %d:%d", m.uid, m.gid)
	}
	for _, dir := range []string{m.root, filepath.Dir(m.root)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	conf := filepath.Join(m.root, m.workdir, "nginx.conf")
	if err := os.WriteFile(conf, []byte("events {}\nhttp { server { listen 80; listen 80; } }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	run := func(input string, args ...string) (string, int) {
		cmd := exec.CommandContext(t.Context(), m.entrypoint, args...)
		cmd.Dir, cmd.Env, cmd.Stdin = m.workdir, []string{}, strings.NewReader(input)
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Chroot: m.root, Credential: &syscall.Credential{Uid: m.uid, Gid: m.gid},
		}
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, io.MultiWriter(&stdout, &stderr)
		err := cmd.Run()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return stdout.String(), cmd.ProcessState.ExitCode()
	}
	if out, code := run("", "-f", "concise"); code != 1 || !strings.Contains(out, "nginx.conf:2:") || !strings.Contains(out, "[duplicate-listen-options]") {
		t.Errorf("in its folder it exits with %d and says\n%s", code, out)
	}
	if out, code := run("events {}\n", "-"); code != 0 {
		t.Errorf("of standard input it exits with %d and says\n%s", code, out)
	}
	if out, code := run("", "--demo"); code != 1 {
		t.Errorf("--demo exits with %d and says\n%s", code, out)
	}
}
