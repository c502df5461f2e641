package linttest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
)

// setup is a private folder that an nginx runs in.
type setup struct {
	nginx     Nginx
	dir       string    // absolute, holds nginx.conf, its logs and its temporary folders
	user      string    // the workers' user where the master is root; empty is root
	isolation isolation // what is kept apart from the rest of the machine
}

// isolation says which parts of the machine an nginx gets for itself.
type isolation struct {
	Test  string `json:"test"`  // the test to run in the child; see [isolated]
	Net   bool   `json:"net"`   // a network with nothing in it but a loopback of its own
	Hosts string `json:"hosts"` // the file to see as /etc/hosts, empty for the machine's
}

func (i isolation) wanted() bool { return i.Net || i.Hosts != "" }

func (s *setup) path(name string) string { return filepath.Join(s.dir, name) }

// write puts config into the folder, with the settings added that keep nginx inside of it. They
// stand in lines that are there already, so no line number changes.
func (s *setup) write(config []byte) error {
	if err := os.MkdirAll(s.path("tmp"), 0o755); err != nil {
		return err
	}
	return os.WriteFile(s.path("nginx.conf"), s.contain(config), 0o644)
}

// contain adds, right after "http {", what can only be set there. What config sets is left alone.
func (s *setup) contain(config []byte) []byte {
	loc := regexp.MustCompile(`(?m)^[ \t]*http\s*\{`).FindIndex(config)
	if loc == nil {
		return config
	}
	var extra strings.Builder
	for _, d := range [][2]string{
		{"client_body_temp_path", "tmp/client_body"},
		{"proxy_temp_path", "tmp/proxy"},
		{"fastcgi_temp_path", "tmp/fastcgi"},
		{"uwsgi_temp_path", "tmp/uwsgi"},
		{"scgi_temp_path", "tmp/scgi"},
		{"access_log", "access.log"},
	} {
		if !setsDirective(config, d[0]) {
			fmt.Fprintf(&extra, " %s %s;", d[0], s.path(d[1]))
		}
	}
	return []byte(string(config[:loc[1]]) + extra.String() + string(config[loc[1]:]))
}

// globals is what the command line adds at the top level, where nginx reads it before the file.
func (s *setup) globals(config []byte) string {
	g := []string{"daemon off", "error_log " + s.path("error.log") + " info"}
	if !setsDirective(config, "pid") {
		g = append(g, "pid "+s.path("nginx.pid"))
	}
	if os.Geteuid() == 0 && !setsDirective(config, "user") {
		g = append(g, "user "+withGroup(cmp.Or(s.user, "root")))
	}
	usesStream := regexp.MustCompile(`(?m)^[ \t]*stream\s*\{`).Match(config)
	if usesStream && s.nginx.streamModule != "" && !strings.Contains(string(config), "ngx_stream_module") {
		g = append(g, "load_module "+s.nginx.streamModule)
	}
	return strings.Join(g, "; ") + ";"
}

// withGroup adds a user's own group, which nginx would look for under the user's name.
func withGroup(name string) string {
	u, err := user.Lookup(name)
	if err != nil {
		return name
	}
	group, err := user.LookupGroupId(u.Gid)
	if err != nil {
		return name
	}
	return name + " " + group.Name
}

// setsDirective says whether a statement of config begins with name.
func setsDirective(config []byte, name string) bool {
	return regexp.MustCompile(`(?m)(^|[;{}])[ \t]*` + regexp.QuoteMeta(name) + `\s`).Match(config)
}

// command prepares nginx for the folder's configuration, in a process group of its own.
func (s *setup) command(ctx context.Context, args ...string) (*exec.Cmd, error) {
	config, err := os.ReadFile(s.path("nginx.conf"))
	if err != nil {
		return nil, err
	}
	argv := []string{s.nginx.Path, "-p", s.dir, "-c", s.path("nginx.conf"), "-g", s.globals(config)}
	if v, err := parseVersion(s.nginx.Version); err != nil {
		return nil, err
	} else if v.compare(version{1, 19, 5}) >= 0 { // "-e" came with 1.19.5, see nginx.org/en/CHANGES
		argv = append(argv, "-e", s.path("error.log"))
	}
	argv = append(argv, args...)
	var cmd *exec.Cmd
	if s.isolation.wanted() { // stays where the test runs, which may look for files there
		cmd, err = s.isolatedCommand(ctx, argv)
	} else {
		cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
		cmd.Dir = s.dir
	}
	if err != nil {
		return nil, err
	}
	ownGroup(cmd)
	cmd.Cancel = func() error { return killGroup(cmd) }
	return cmd, nil
}

// envIsolate carries a [launch] to the child that becomes an isolated nginx.
const envIsolate = "NGINXLINT_ISOLATE"

// launch is what the child is told: how to part from the machine, and what to become then.
type launch struct {
	isolation
	Argv []string `json:"argv"`
}

// isolatedCommand runs the test binary once more, in new namespaces. In there the same test is
// reached again, and [isolated] makes the process an nginx.
func (s *setup) isolatedCommand(ctx context.Context, argv []string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	order, err := json.Marshal(launch{isolation: s.isolation, Argv: argv})
	if err != nil {
		return nil, err
	}
	var pattern []string
	for part := range strings.SplitSeq(s.isolation.Test, "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(part)+"$")
	}
	cmd := exec.CommandContext(ctx, self, "-test.run="+strings.Join(pattern, "/"))
	cmd.Env = append(os.Environ(), envIsolate+"="+string(order))
	return cmd, newNamespaces(cmd, s.isolation)
}

// isolated turns the process into an nginx in its own namespaces if that is what it was started
// for, and returns at once otherwise.
func isolated() {
	order, ok := os.LookupEnv(envIsolate)
	if !ok {
		return
	}
	var l launch
	err := json.Unmarshal([]byte(order), &l)
	if err == nil {
		err = becomeIsolated(l)
	}
	fmt.Fprintln(os.Stderr, "nginx could not be isolated:", err)
	os.Exit(isolationFailed)
}

// isolationFailed is the exit code of a child that could not become an isolated nginx.
const isolationFailed = 125

// errIsolation says that the machine refuses to run nginx in namespaces of its own.
var errIsolation = errors.New("this machine does not let a process have namespaces of its own")

// test runs "nginx -t" and returns its objections, and whether it accepts the configuration.
func (s *setup) test(ctx context.Context) (out string, ok bool, err error) {
	cmd, err := s.command(ctx, "-t")
	if err != nil {
		return "", false, err
	}
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return string(text), true, nil
	case ctx.Err() != nil:
		return "", false, fmt.Errorf("nginx -t: %w", ctx.Err())
	case isolationRefused(s.isolation, err):
		return "", false, fmt.Errorf("%w: %w\n%s", errIsolation, err, text)
	case errors.As(err, &exit) && exit.Exited():
		return emergencies(string(text)), false, nil
	}
	return "", false, fmt.Errorf("nginx -t: %w\n%s", err, text)
}

// isolationRefused tells a refusal of namespaces from nginx's own failures.
func isolationRefused(i isolation, err error) bool {
	if !i.wanted() || err == nil {
		return false
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode() == isolationFailed
	}
	return true
}

// emergencies keeps the lines of a log that tell why nginx does not start; all of it, if none.
func emergencies(log string) string {
	var lines []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, "[emerg]") || strings.Contains(line, "[alert]") {
			lines = append(lines, line)
		}
	}
	if lines == nil {
		return log
	}
	return strings.Join(lines, "")
}
