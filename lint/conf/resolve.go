package conf

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// installs are the folders that packages and images of nginx and its relatives
// read their configuration from.
var installs = []string{
	"/etc/nginx", "/usr/local/nginx/conf", "/usr/local/etc/nginx", "/opt/homebrew/etc/nginx", "/opt/nginx/conf",
	"/usr/local/openresty/nginx/conf", "/etc/openresty", "/opt/bitnami/nginx/conf", "/etc/angie", "/etc/tengine", "/etc/freenginx",
}

// stock are files that come with nginx's packages and images, by the end of
// their path. A checkout need not hold them.
var stock = []string{
	"mime.types", "fastcgi_params", "fastcgi.conf", "uwsgi_params", "scgi_params", "proxy_params", "koi-utf", "koi-win", "win-utf",
	"snippets/fastcgi-php.conf", "snippets/snakeoil.conf",
}

// underInstall reports whether a folder is one that nginx is installed to read.
func underInstall(dir string) bool {
	return slices.ContainsFunc(installs, func(in string) bool { return within(dir, in) })
}

// within reports whether path is dir or lies below it.
func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}

func exists(fsys FS, path string) bool {
	_, err := fsys.Stat(path)
	return err == nil
}

// checkout returns the nearest folder from dir upwards that holds a .git.
func checkout(fsys FS, dir string) (string, bool) {
	for {
		if exists(fsys, filepath.Join(dir, ".git")) {
			return dir, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}

// resolve finds the files that an include means: every match of a pattern, or
// the one plain path. It reports a plain path that is not there.
func (e *expander) resolve(d *Directive, via *Inclusion) []string {
	arg, _, _ := strings.Cut(d.Args[0].Value, "\x00")
	tried := e.candidates(renamed(e.Renamed, arg))
	if hasMagic(arg) {
		for _, p := range tried {
			found, locked := glob(e.FS, p)
			for _, dir := range locked {
				e.tree.Incomplete = true
				e.problem(IncludeUnreadable, d, via, fmt.Sprintf("%q cannot be read: %v", dir, fs.ErrPermission), "")
			}
			if len(found)+len(locked) > 0 {
				return found
			}
		}
		// No match is fine for nginx. Away from its place, whether it would
		// find some is not known.
		e.tree.Incomplete = e.tree.Incomplete || !e.deployed && filepath.IsAbs(arg) && !e.atHand(arg)
		return nil
	}
	for _, p := range tried {
		if _, err := e.FS.Stat(p); err == nil || errors.Is(err, fs.ErrPermission) {
			return []string{p}
		}
	}
	e.tree.Incomplete = true
	if e.mustExist(arg) {
		message := fmt.Sprintf("open() %q failed (2: No such file or directory)", tried[0])
		e.problem(IncludeMissing, d, via, message, "nginx does not start without this file; only a pattern such as *.conf may match nothing")
	}
	return nil
}

// mustExist reports whether an include that leads nowhere is surely a mistake:
// on the machine it is for, or where its folder is at hand and holds other files.
func (e *expander) mustExist(arg string) bool {
	if e.deployed {
		return true
	}
	if slices.ContainsFunc(stock, func(s string) bool { return strings.HasSuffix(arg, s) }) {
		return false
	}
	if e.atHand(arg) {
		return true
	}
	dir := filepath.Dir(arg)
	if len(e.tree.Context) > 0 || filepath.IsAbs(arg) || dir == "." {
		return false
	}
	entries, err := e.FS.ReadDir(filepath.Join(e.prefix, dir))
	return err == nil && len(entries) > 0
}

// atHand reports whether the folder of an absolute path is one that the user has
// told the place of, and holds something.
func (e *expander) atHand(arg string) bool {
	path, ok := mapped(e.Prefix, filepath.Clean(renamed(e.Renamed, arg)))
	if !ok {
		return false
	}
	entries, err := e.FS.ReadDir(filepath.Dir(path))
	return err == nil && len(entries) > 0
}

// candidates lists where an include's path may lie, best first. nginx itself
// knows one place: below its configuration prefix, the root file's folder.
func (e *expander) candidates(arg string) []string {
	if !filepath.IsAbs(arg) {
		return e.relative(arg)
	}
	arg = filepath.Clean(arg)
	if path, ok := mapped(e.Prefix, arg); ok {
		return []string{path}
	}
	if e.deployed {
		return []string{arg}
	}
	// In a checkout, /etc/nginx/x is the file that will be deployed there: the
	// longest tail of the path that exists below the root's folder.
	parts := strings.Split(strings.Trim(arg, string(filepath.Separator)), string(filepath.Separator))
	var out []string
	for i := range parts {
		if i == len(parts)-1 && hasMagic(arg) && !slices.Contains(installs, filepath.Dir(arg)) {
			break // "*.conf" alone would take in anything
		}
		out = append(out, filepath.Join(e.prefix, filepath.Join(parts[i:]...)))
	}
	// This machine's own nginx is none of a checkout's business, nor of a copy.
	if !underInstall(filepath.Dir(arg)) || !e.isCopy() {
		out = append(out, arg)
	}
	return out
}

// copies are what lies beside a root file that another machine, or a container,
// is to run: nginx's own folders, and what containers are made of.
var copies = []string{
	"conf.d", "http.d", "sites-available", "sites-enabled", "site-confs", "proxy-confs", "snippets", "modules-enabled", "templates",
	"Dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml",
}

// isCopy reports whether the root file is, by what lies around it, one of a
// checkout or of another machine's configuration.
func (e *expander) isCopy() bool {
	if e.copied == nil {
		_, found := checkout(e.FS, e.prefix)
		beside := func(name string) bool { return exists(e.FS, filepath.Join(e.prefix, name)) }
		found = found || slices.ContainsFunc(copies, beside)
		e.copied = &found
	}
	return *e.copied
}

func (e *expander) relative(arg string) []string {
	out := []string{filepath.Join(e.prefix, arg)}
	if len(e.tree.Context) == 0 {
		return out
	}
	// A fragment does not tell where its root would be: somewhere above.
	for dir := e.prefix; len(out) < 6 && dir != filepath.Dir(dir) && !exists(e.FS, filepath.Join(dir, ".git")); {
		dir = filepath.Dir(dir)
		out = append(out, filepath.Join(dir, arg))
	}
	return out
}
