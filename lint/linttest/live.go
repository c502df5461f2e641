package linttest

import "testing"

// Serve runs nginx with a configuration until the test ends. The sockets are open
// once it returns. The configuration lies in dir, and what it leaves open is kept
// there: the pid, temporary folders, and the logs, error.log with all from info up.
func (n Nginx) Serve(t testing.TB, dir, config string) {
	t.Helper()
	s := setup{nginx: n, dir: dir}
	if err := s.write([]byte(config)); err != nil {
		t.Fatal(err)
	}
	p, err := s.start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
}

// FreeAddress is an address of the loopback with a port that nothing listens on,
// and that no other test is given before this one ends.
func FreeAddress(t testing.TB) string {
	t.Helper()
	var p ports
	port, err := p.reserve()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.release)
	return address{"tcp", "127.0.0.1", port}.dial()
}
