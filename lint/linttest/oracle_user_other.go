//go:build !unix

package linttest

import (
	"errors"
	"os/exec"
)

func unprivileged(string, ...string) (func(*exec.Cmd), error) { return nil, errors.ErrUnsupported }
