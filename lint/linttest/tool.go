package linttest

import (
	"os/exec"
	"testing"
)

// Tool returns the path of a program that a test needs beside nginx. Without it
// the test is skipped, or fails where proofs are required: see [EnvProof].
// install says how to get it.
func Tool(t testing.TB, name, install string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case proofRequired():
		t.Fatalf("no %s on the PATH (%s), but proofs are required here", name, install)
	default:
		t.Skipf("not proved: no %s on the PATH (%s)", name, install)
	}
	return ""
}
