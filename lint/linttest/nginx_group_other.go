//go:build !unix

package linttest

import (
	"errors"
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func killGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }

func askReload(*os.Process) error { return errors.ErrUnsupported }
