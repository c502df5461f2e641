package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

// The shells append the line as it is to $KEPT and clear it at Ctrl-T.
const (
	bashKeeps = `
bind 'set bell-style none'
bind -x '"\C-t": printf "%s\n" "$READLINE_LINE" >>"$KEPT"; READLINE_LINE='
echo ready >>"$KEPT"
`
	zshKeeps = `
zstyle ':completion:*' insert-tab false
keep() { print -r -- "$BUFFER" >>$KEPT; BUFFER= }
zle -N keep && bindkey '^T' keep
print ready >>$KEPT
`
)

// TestShellsCompleteWhatIsTyped starts shells in a terminal and types.
func TestShellsCompleteWhatIsTyped(t *testing.T) {
	tests := []struct {
		name, shell, start string
		args               []string
	}{
		{"bash", "bash", `source "$SCRIPT"` + bashKeeps, []string{"--noprofile", "--rcfile", ".start", "-i"}},
		{"zsh, from the function path", "zsh", `fpath=(${SCRIPT:h} $fpath); autoload -Uz compinit && compinit -u -D` + zshKeeps, []string{"-d", "-i"}},
		{"zsh, sourced", "zsh", `autoload -Uz compinit && compinit -u -D; source $SCRIPT` + zshKeeps, []string{"-d", "-i"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			program := linttest.Program(t, tt.shell)
			dir, script := completionFolder(t, tt.shell)
			s := &typist{kept: filepath.Join(filepath.Dir(script), "kept")}
			for _, name := range []string{".start", ".zshrc"} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(tt.start), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			cmd := exec.Command(program, tt.args...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "HOME="+dir, "ZDOTDIR="+dir, "TERM=dumb", "INPUTRC=/dev/null", "SCRIPT="+script, "KEPT="+s.kept)
			s.start(t, cmd)
			for _, c := range completionCases() {
				got := s.complete(t, "nginxlint "+c.typed)
				want := "nginxlint " + c.typed[:strings.LastIndexByte(c.typed, ' ')+1] + c.after
				// What may follow a word is not what this is about.
				if strings.TrimRight(got, " =,") != want {
					t.Errorf("%q becomes %q, want %q", c.typed, got, want)
				}
			}
		})
	}
}

// typist sits at a terminal.
type typist struct {
	kept     string // the file of lines that the shell kept
	lines    int
	terminal *os.File
}

// start runs a shell in a new terminal, and waits until it is ready.
func (s *typist) start(t *testing.T, shell *exec.Cmd) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { master.Close() })
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	shell.Stdin, shell.Stdout, shell.Stderr = slave, slave, slave
	shell.SysProcAttr = &unix.SysProcAttr{Setsid: true, Setctty: true}
	if err := shell.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		shell.Process.Kill()
		_ = shell.Wait() // it was killed
	})
	s.terminal = master
	go io.Copy(io.Discard, master)
	if got := s.next(t); got != "ready" {
		t.Fatalf("the shell begins with %q", got)
	}
}

// complete types a line and the completion key, and returns the line then.
func (s *typist) complete(t *testing.T, line string) string {
	t.Helper()
	if _, err := s.terminal.WriteString(line + "\t\x14"); err != nil {
		t.Fatal(err)
	}
	return s.next(t)
}

// next waits for the next line that the shell keeps.
func (s *typist) next(t *testing.T) string {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		text, _ := os.ReadFile(s.kept) // not there before the first line
		if lines := strings.SplitAfter(string(text), "\n"); len(lines) > s.lines+1 {
			s.lines++
			return strings.TrimSuffix(lines[s.lines-1], "\n")
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the shell does not answer")
	return ""
}
