//go:build !linux

package linttest

import "os/exec"

func newNamespaces(*exec.Cmd, isolation) error { return errIsolation }

func becomeIsolated(launch) error { return errIsolation }
