package linttest

import (
	"os/exec"
	"testing"
)

// Program returns the path of a program that a test needs and that is no part
// of this module. Without it the test is skipped, or fails where proofs are
// required: see [EnvProof].
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case ProofRequired():
		t.Fatalf("no %s on the PATH, but proofs are required here", name)
	default:
		t.Skipf("not proved: no %s on the PATH", name)
	}
	return ""
}
