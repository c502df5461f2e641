//go:build unix

package linttest

import (
	"os"
	"os/exec"
	"syscall"
)

// ownGroup makes cmd lead a process group, so that its children can be ended along with it.
func ownGroup(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
}

// killGroup ends cmd and its children.
func killGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// askReload tells a master process to read its configuration again.
func askReload(p *os.Process) error { return p.Signal(syscall.SIGHUP) }
