package linttest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Environment variables that say which nginx the proofs run on, and whether they must.
const (
	// EnvNginx holds the programs to use: paths, or name=path pairs, one a line or parted by
	// semicolons. Unset, the nginx on the PATH or in the usual system folders is taken.
	EnvNginx = "NGINXLINT_NGINX"
	// EnvProof set to "required" makes a missing nginx a failure, as CI=true does.
	EnvProof = "NGINXLINT_PROOF"
)

// Nginx is an nginx program that proofs can run on.
type Nginx struct {
	Name    string // what subtests are called: the name given in [EnvNginx], or the version
	Path    string // the program
	Version string // such as "1.22.1"

	stream       bool   // the stream module is at hand
	streamModule string // the file to load for it, empty if it is built in
}

// Nginxes returns every nginx at hand. Without one the test is skipped, or fails where proofs are
// required: see [EnvProof].
func Nginxes(t testing.TB) []Nginx {
	t.Helper()
	paths := nginxPaths(os.Getenv(EnvNginx), exec.LookPath)
	if len(paths) == 0 {
		if ProofRequired() {
			t.Fatalf("no nginx on the PATH and %s is not set, but proofs are required here", EnvNginx)
		}
		t.Skipf("no live proof: no nginx on the PATH and %s is not set", EnvNginx)
	}
	all := make([]Nginx, 0, len(paths))
	for _, p := range paths {
		n, err := inspectNginx(t.Context(), p.name, p.path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, n)
	}
	return all
}

// ProofRequired reports whether what cannot be proved is a failure: see [EnvProof].
func ProofRequired() bool {
	return os.Getenv("CI") == "true" || os.Getenv(EnvProof) == "required"
}

type namedPath struct{ name, path string }

// nginxPaths reads the value of [EnvNginx]; look finds a program by its name or path.
func nginxPaths(env string, look func(string) (string, error)) []namedPath {
	var paths []namedPath
	for entry := range strings.FieldsFuncSeq(env, func(r rune) bool { return r == ';' || r == '\n' }) {
		entry = strings.TrimSpace(entry)
		if entry == "" {
			continue
		}
		name, path, named := strings.Cut(entry, "=")
		if !named {
			name, path = "", entry
		}
		paths = append(paths, namedPath{name, path})
	}
	if len(paths) > 0 {
		return paths
	}
	for _, candidate := range []string{"nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx"} {
		if path, err := look(candidate); err == nil {
			return []namedPath{{"", path}}
		}
	}
	return nil
}

// inspectNginx asks the program at path what it is.
func inspectNginx(ctx context.Context, name, path string) (Nginx, error) {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	path, err := filepath.Abs(path)
	if err != nil {
		return Nginx{}, err
	}
	out, err := exec.CommandContext(ctx, path, "-V").CombinedOutput()
	if err != nil {
		return Nginx{}, fmt.Errorf("asking %q for its version: %w\n%s", path, err, out)
	}
	m := regexp.MustCompile(`nginx/(\d+\.\d+\.\d+)`).FindSubmatch(out)
	if m == nil {
		return Nginx{}, fmt.Errorf("%q names no version: %q", path, out)
	}
	n := Nginx{Name: name, Path: path, Version: string(m[1])}
	if n.Name == "" {
		n.Name = n.Version
	}
	n.stream, n.streamModule = findStreamModule(path, string(out))
	return n, nil
}

// findStreamModule says whether an nginx has the stream module, and the file to load for it. A
// dynamic one is looked for in a folder "modules" beside the program, then where nginx was built
// to expect it.
func findStreamModule(path, configure string) (found bool, file string) {
	if regexp.MustCompile(`--with-stream( |$)`).MatchString(configure) {
		return true, ""
	}
	dirs := []string{filepath.Join(filepath.Dir(path), "modules")}
	if m := regexp.MustCompile(`--modules-path=(\S+)`).FindStringSubmatch(configure); m != nil {
		dirs = append(dirs, m[1])
	}
	for _, dir := range dirs {
		file := filepath.Join(dir, "ngx_stream_module.so")
		if _, err := os.Stat(file); err == nil {
			return true, file
		}
	}
	return false, ""
}

// Check asks nginx to test a configuration (nginx -t) that stands alone in a folder of its own,
// and returns what nginx objects to: its "[emerg]" and "[alert]" lines, or nothing if it accepts
// the configuration. Temporary folders, logs and the process id are kept out of the system's.
func (n Nginx) Check(ctx context.Context, config []byte) (refusal string, err error) {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	dir, err := os.MkdirTemp("", "nginxlint")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	s := setup{nginx: n, dir: dir}
	if err := s.write(config); err != nil {
		return "", err
	}
	out, ok, err := s.test(ctx)
	switch {
	case err != nil:
		return "", err
	case ok:
		return "", nil
	}
	return out, nil
}

// stepLimit is the longest that one step of a proof, or one call of nginx, may take.
const stepLimit = 10 * time.Second

// version is a release of nginx as three numbers.
type version [3]int

func parseVersion(s string) (version, error) {
	var v version
	parts := strings.Split(s, ".")
	if len(parts) > len(v) {
		return v, fmt.Errorf("version %q has more than three numbers", s)
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return v, fmt.Errorf("version %q is not made of numbers", s)
		}
		v[i] = n
	}
	return v, nil
}

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

func (v version) compare(w version) int { return slices.Compare(v[:], w[:]) }

// versionRange is a list of comparisons that a version must all pass.
type versionRange []comparison[version]

// parseVersionRange reads "OP VERSION [OP VERSION ...]".
func parseVersionRange(args []string) (versionRange, error) {
	if len(args) == 0 || len(args)%2 != 0 {
		return nil, fmt.Errorf("want comparisons such as %q", ">= 1.27.3")
	}
	var r versionRange
	for pair := range slices.Chunk(args, 2) {
		v, err := parseVersion(pair[1])
		if err != nil {
			return nil, err
		}
		c := comparison[version]{pair[0], v}
		if !c.valid() {
			return nil, fmt.Errorf("unknown comparison %q", pair[0])
		}
		r = append(r, c)
	}
	return r, nil
}

// holds says whether version s, as [Nginx.Version] has it, is in the range.
func (r versionRange) holds(s string) (bool, error) {
	v, err := parseVersion(s)
	if err != nil {
		return false, err
	}
	for _, c := range r {
		if !c.holds(v.compare(c.value)) {
			return false, nil
		}
	}
	return true, nil
}

// comparison is an operator and its right side.
type comparison[T any] struct {
	op    string
	value T
}

func (c comparison[T]) valid() bool {
	return slices.Contains([]string{"=", "<", "<=", ">", ">="}, c.op)
}

// holds says whether the operator is true of a left side that compares to the right side as
// order says: negative, zero or positive.
func (c comparison[T]) holds(order int) bool {
	switch c.op {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	default:
		return order == 0
	}
}
