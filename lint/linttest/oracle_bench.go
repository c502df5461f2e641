package linttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// bench is a folder in which nginx tests one configuration after the other, as a user without
// rights. What a configuration may refer to lies in dir, which nginx cannot write to; what nginx
// makes there goes to dir/run and is thrown away after each test, so that no test sees another.
type bench struct {
	program string
	dir     string
	argv    []string // what every call begins with
	version nginx.Version
	modules map[string]string // the file to load for a block at the top, where it is not built in
	drop    func(*exec.Cmd)   // takes the rights away
}

// benchLimits keeps a configuration with huge tables from eating the machine: KiB of memory and
// seconds of processor.
const benchLimits = `ulimit -v 1500000 -t 8 2>/dev/null; exec "$@"`

// newBench makes a bench in an empty folder, with the files that configurations refer to.
func newBench(ctx context.Context, n Nginx, dir string, files map[string][]byte) (*bench, error) {
	version, err := nginx.ParseVersion(n.Version)
	if err != nil {
		return nil, err
	}
	b := &bench{program: n.Path, dir: dir, version: version, modules: map[string]string{}}
	for _, sub := range []string{"run", "run/tmp"} {
		if err := os.Mkdir(b.path(sub), 0o755); err != nil {
			return nil, err
		}
	}
	for name, data := range files {
		if err := os.WriteFile(b.path(name), data, 0o644); err != nil {
			return nil, err
		}
	}
	drop, err := unprivileged(dir, b.path("run"), b.path("run/tmp"))
	if err != nil {
		return nil, err
	}
	b.drop = drop
	configure, err := b.inspect(ctx)
	if err != nil {
		return nil, err
	}
	b.argv = []string{"-c", benchLimits, "sh", b.program, "-t", "-p", b.path("run"), "-c", b.path("nginx.conf")}
	if version.AtLeast(nginx.V(1, 19, 5)) { // "-e" came with 1.19.5, see nginx.org/en/CHANGES
		b.argv = append(b.argv, "-e", "stderr")
	}
	for _, block := range []string{"stream", "mail"} {
		file := dynamicModule(b.program, configure, block)
		if file == "" {
			continue
		}
		// A module of another release is as good as none.
		b.modules[block] = file
		if v, err := b.test(ctx, "events {} # "+block); err != nil {
			return nil, err
		} else if v.Kind != Accepted {
			delete(b.modules, block)
		}
	}
	return b, nil
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

// inspect returns the options that nginx was configured with. A program that the user without
// rights cannot reach, such as one in root's home, is copied first.
func (b *bench) inspect(ctx context.Context) (string, error) {
	ask := func() ([]byte, error) {
		cmd := exec.CommandContext(ctx, b.program, "-V")
		cmd.Dir = b.path("run")
		b.drop(cmd)
		return cmd.CombinedOutput()
	}
	out, err := ask()
	if errors.Is(err, os.ErrPermission) {
		folder := filepath.Dir(b.program)
		if err := os.CopyFS(b.path("program"), os.DirFS(folder)); err != nil {
			return "", fmt.Errorf("copying %q: %w", folder, err)
		}
		b.program = filepath.Join(b.path("program"), filepath.Base(b.program))
		out, err = ask()
	}
	if err != nil {
		return "", fmt.Errorf("asking %q for its options: %w\n%s", b.program, err, out)
	}
	return string(out), nil
}

// dynamicModule returns the file to load for a block at the top, "" if it is built in or not there.
func dynamicModule(path, configure, block string) string {
	if regexp.MustCompile(`--with-` + block + `( |\n|$)`).MatchString(configure) {
		return ""
	}
	dirs := []string{filepath.Join(filepath.Dir(path), "modules")}
	if m := regexp.MustCompile(`--modules-path=(\S+)`).FindStringSubmatch(configure); m != nil {
		dirs = append(dirs, m[1])
	}
	for _, dir := range dirs {
		file := filepath.Join(dir, "ngx_"+block+"_module.so")
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	return ""
}

// test asks nginx for its opinion of a configuration.
func (b *bench) test(ctx context.Context, text string) (Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	if err := os.WriteFile(b.path("nginx.conf"), []byte(contain(text)), 0o644); err != nil {
		return Verdict{}, err
	}
	cmd := exec.CommandContext(ctx, "/bin/sh", append(b.argv, "-g", b.globals(text))...)
	cmd.Dir = b.path("run")
	// nginx resolves names while it reads: a name that is not there must not cost seconds.
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "RES_OPTIONS=timeout:1 attempts:1"}
	b.drop(cmd)
	ownGroup(cmd)
	cmd.Cancel = func() error { return killGroup(cmd) }
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err := b.sweep(); err != nil {
		return Verdict{}, err
	}
	var exit *exec.ExitError
	switch {
	case err == nil:
		return Verdict{Kind: Accepted}, nil
	case ctx.Err() == nil && errors.As(err, &exit) && exit.ExitCode() == 1:
		return b.read(string(out), text), nil
	case errors.As(err, &exit):
		return Verdict{Kind: Broken, Message: fmt.Sprintf("%v: %s", err, bytes.TrimSpace(out))}, nil
	}
	return Verdict{}, fmt.Errorf("nginx -t: %w\n%s", err, out)
}

// globals is what stands before the configuration: modules, and the files that nginx would make
// elsewhere by default.
func (b *bench) globals(text string) string {
	g := []string{"error_log stderr;"}
	if !setsDirective([]byte(text), "pid") {
		g = append(g, "pid tmp/nginx.pid;")
	}
	for _, block := range []string{"stream", "mail"} {
		if file := b.modules[block]; file != "" && strings.Contains(text, block) && !strings.Contains(text, filepath.Base(file)) {
			g = append(g, "load_module "+file+";")
		}
	}
	return strings.Join(g, " ")
}

// contain adds to http what keeps nginx inside of its prefix, as far as the configuration does not
// set it there. No line number changes.
func contain(text string) string {
	f, err := conf.Parse("nginx.conf", []byte(text), nil)
	if err != nil {
		return text
	}
	for _, d := range f.Directives {
		at := bodyStart(text, d)
		if d.Name != "http" || !d.IsBlock || at == 0 {
			continue
		}
		var extra strings.Builder
		for _, s := range []string{
			"client_body_temp_path tmp/client_body", "proxy_temp_path tmp/proxy", "fastcgi_temp_path tmp/fastcgi",
			"uwsgi_temp_path tmp/uwsgi", "scgi_temp_path tmp/scgi", "access_log tmp/access.log",
		} {
			name, _, _ := strings.Cut(s, " ")
			if !slices.ContainsFunc(d.Block(), func(c *conf.Directive) bool { return c.Name == name }) {
				extra.WriteString(" " + s + ";")
			}
		}
		return text[:at] + extra.String() + text[at:]
	}
	return text
}

// sweep removes what nginx has made.
func (b *bench) sweep() error {
	entries, err := os.ReadDir(b.path("run"))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == "tmp" {
			continue
		}
		if err := os.RemoveAll(b.path("run/" + e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// benchFiles are the files that configurations of the oracle may refer to.
func benchFiles() (map[string][]byte, error) {
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	cert, err := ca.issue([]string{"localhost"}, 0)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "nginxlint")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := store(dir, "cert", cert); err != nil {
		return nil, err
	}
	files := map[string][]byte{
		"empty.conf":      nil,
		"mime.types":      []byte("types {\n    text/html html;\n    image/png png;\n}\n"),
		"fastcgi_params":  []byte("fastcgi_param REQUEST_METHOD $request_method;\n"),
		"htpasswd":        []byte("user:{PLAIN}secret\n"),
		"networks.conf":   []byte("127.0.0.0/8 local;\n"),
		"password":        []byte("secret\n"),
		"ticket.key":      []byte(strings.Repeat("k", 48)),
		"proxy_hide.conf": []byte("proxy_hide_header X-Powered-By;\n"),
	}
	made, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return nil, err
	}
	for _, path := range made {
		if files[filepath.Base(path)], err = os.ReadFile(path); err != nil {
			return nil, err
		}
	}
	return files, nil
}
