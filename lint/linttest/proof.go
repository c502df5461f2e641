package linttest

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// Prove runs the proof at path on every nginx at hand: a subtest for each nginx, and in it one for
// each of the proof's cases. The package's documentation describes what a proof is made of.
//
// All subtests are parallel, and the calling test should be: proofs mostly wait. Isolated cases run
// the calling test once more in a child process, so nothing before this call may take long.
func Prove(t *testing.T, path string) {
	t.Helper()
	isolated()
	proof, err := ReadProof(path)
	if err != nil {
		t.Fatal(err)
	}
	name := t.Name()
	for _, n := range Nginxes(t) {
		t.Run(n.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range proof.Cases {
				t.Run(c.Name, func(t *testing.T) {
					t.Parallel()
					proveCase(t, n, proof, c, name)
				})
			}
		})
	}
}

func proveCase(t *testing.T, n Nginx, p *Proof, c *Case, test string) {
	applies, err := c.Applies(n.Version)
	if err != nil {
		t.Fatal(err)
	}
	if !applies {
		t.Skipf("does not apply to nginx %s", n.Version)
	}
	if !n.stream && regexp.MustCompile(`(?m)^[ \t]*stream\s*\{`).Match(c.conf) {
		report := t.Skipf
		if ProofRequired() {
			report = t.Fatalf
		}
		report("NOT PROVED: %s has no stream module", n.Path)
	}
	err = runCase(t.Context(), n, p, c, test)
	switch {
	case errors.Is(err, errIsolation) && !ProofRequired():
		t.Skipf("NOT PROVED: %v", err)
	case err != nil:
		t.Fatal(err)
	}
}

// caseLimit is the longest that a case may take.
const caseLimit = 30 * time.Second

// Proof is a proof as it stands in its file.
type Proof struct {
	Path  string
	Cases []*Case // in the file's order

	backends []backendSpec
	dns      []dnsRecord
	hosts    []hostEntry
	certs    []certSpec
	files    []txtar.File // those that are no case
}

// Case is a configuration and what is to be seen of it.
type Case struct {
	Name string // "bad" for bad.conf

	conf     []byte
	want     string
	line     int // where want begins in the proof
	versions versionRange
	netns    bool
	user     string
}

// Applies reports whether the case is for that release of nginx.
func (c *Case) Applies(version string) (bool, error) { return c.versions.holds(version) }

// Versions are the comparisons that a release of nginx must pass for the case to be run on it, such
// as ">= 1.25.1"; "" where it is run on all.
func (c *Case) Versions() string {
	words := make([]string, len(c.versions))
	for i, v := range c.versions {
		words[i] = v.op + " " + v.value.String()
	}
	return strings.Join(words, ", ")
}

// Config returns the case's configuration for a reader that does not run it: an address stands
// where the proof puts one in, and every line keeps its number.
func (p *Proof) Config(c *Case) []byte {
	next := 9001
	known := map[string]string{"dir": "/srv/proof", "dns": "192.0.2.53", "dns.port": "53"}
	for _, b := range p.backends {
		a := b.stand(next)
		known[b.name], known[b.name+".host"], known[b.name+".port"] = a.String(), a.host, fmt.Sprint(a.port)
		next++
	}
	return []byte(expand(string(c.conf), func(name string) (string, bool) {
		if value, ok := known[name]; ok {
			return value, true
		}
		kind, _, _ := strings.Cut(name, ".")
		if kind != "listen" && kind != "port" {
			return "", false
		}
		port := next
		next++
		known["listen"+strings.TrimPrefix(name, kind)] = address{"tcp", "127.0.0.1", port}.String()
		known["port"+strings.TrimPrefix(name, kind)] = fmt.Sprint(port)
		return known[name], true
	}))
}

// File returns the text of a file of the proof that is no case, such as a snippet that a case
// includes, and whether there is one of that name.
func (p *Proof) File(name string) ([]byte, bool) {
	for _, f := range p.files {
		if f.Name == name {
			return f.Data, true
		}
	}
	return nil, false
}

// ReadProof reads a proof and checks everything about it that can be checked without running it.
func ReadProof(path string) (*Proof, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a proof: %w", err)
	}
	return parseProof(path, data)
}

// expand replaces every ${name} that lookup knows and leaves the others, which are nginx's.
func expand(text string, lookup func(name string) (string, bool)) string {
	return regexp.MustCompile(`\$\{[a-z][a-z0-9_.-]*\}`).ReplaceAllStringFunc(text, func(s string) string {
		if value, ok := lookup(s[2 : len(s)-1]); ok {
			return value
		}
		return s
	})
}
