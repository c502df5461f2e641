//go:build unix

package linttest

import (
	"os"
	"os/exec"
	"syscall"
)

// nobody is the user without rights, by the number that every system gives it.
const nobody = 65534

// unprivileged returns what makes a command run without rights, and gives that user the folders
// it may write to; dir itself it may only read. Where the test has no rights either, there is
// nothing to take away.
func unprivileged(dir string, writable ...string) (func(*exec.Cmd), error) {
	if os.Geteuid() != 0 {
		return func(*exec.Cmd) {}, nil
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	for _, w := range writable {
		if err := os.Chown(w, nobody, nobody); err != nil {
			return nil, err
		}
	}
	return func(cmd *exec.Cmd) {
		if cmd.SysProcAttr == nil {
			cmd.SysProcAttr = &syscall.SysProcAttr{}
		}
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}, nil
}
