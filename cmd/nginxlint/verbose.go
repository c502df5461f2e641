package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// describe tells, for --verbose, what was read and for which nginx.
func (c *command) describe(r *request, in *input, result *lint.Result) {
	c.note("version %s, rules: %d", currentVersion(), len(r.rules))
	if path := r.settings.Path; path != "" {
		c.note("settings from %s", c.show(path))
	} else {
		c.note("no configuration file")
	}
	for i, config := range result.Configs {
		t, evidence := config.Tree, result.Evidence[i]
		as := ""
		if len(t.Context) > 0 {
			as = ", taken for what stands in " + strings.Join(t.Context, ",")
		}
		c.note("configuration %s%s", t.RootFile.Path, as)
		for _, f := range t.Files {
			c.note("  read %s%s", f.Path, templateNote(f))
		}
		c.note("  for nginx %s", targetOf(r.settings, in, evidence))
		for _, b := range evidence.Broken {
			c.note("  not understood: %s: %v", in.show(b.Path), b.Err)
		}
	}
	for _, path := range in.left(result) {
		c.note("not part of any configuration: %s", path)
	}
	for _, idle := range r.settings.Idle(result.Files, in.fs, in.dir) {
		c.note("%s:%d: no file that was read matches %q", c.show(r.settings.Path), idle.Line, idle.Glob)
	}
}

// templateNote says why a file is taken for the input of a template engine, ""
// where it is not: values that the engine fills in are not judged.
func templateNote(f *conf.File) string {
	switch {
	case !f.Template:
		return ""
	case f.Mark == conf.Span{}:
		return ", a template by its name"
	}
	return fmt.Sprintf(", a template by %q in line %d", f.Slice(f.Mark), f.Position(f.Mark.Start).Line)
}

// targetOf says for which nginx a configuration was checked, and who says so.
func targetOf(s *settings, in *input, evidence *deploy.Evidence) string {
	version, flavour := s.Target.Version, s.Target.Flavour
	switch {
	case flavour.IsRelative() && !version.IsZero():
		return fmt.Sprintf("%s as %s, by %s", version, flavour, s.by("nginx"))
	case flavour.OwnReleases():
		return fmt.Sprintf("as %s, by %s", flavour, s.by("nginx"))
	case !version.IsZero():
		return fmt.Sprintf("%s, by %s", version, s.by("nginx"))
	}
	if v, err := nginx.ParseVersion(evidence.NginxVersion()); err == nil {
		for _, container := range evidence.Containers {
			if container.NginxVersion != "" {
				return fmt.Sprintf("%s, by %s:%d", v, in.show(container.Place.Path), container.Place.Line)
			}
		}
	}
	if flavour != "" {
		return fmt.Sprintf("of any version as %s, by %s", flavour, s.by("nginx"))
	}
	return "of any version"
}

// show is a path relative to the working directory if it is below it.
func (in *input) show(path string) string { return relativeTo(in.dir, path) }

// relativeTo is a path as seen from a folder that it lies below.
func relativeTo(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// left lists configuration files below the folders that were named which no
// configuration includes.
func (in *input) left(result *lint.Result) []string {
	read := map[string]bool{}
	for _, f := range result.Files {
		read[f.Real] = true
	}
	var out []string
	for _, p := range in.paths {
		if !filepath.IsAbs(p) {
			p = filepath.Join(in.dir, p)
		}
		if info, err := in.fs.Stat(p); err == nil && info.IsDir() {
			out = in.collect(out, p, read, maxSearchDepth)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (in *input) collect(out []string, dir string, read map[string]bool, depth int) []string {
	entries, err := in.fs.ReadDir(dir)
	if err != nil || depth == 0 {
		return out
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if !passedOver(e.Name()) {
				out = in.collect(out, path, read, depth-1)
			}
		case isConfiguration(path, e):
			if resolved, err := in.fs.Real(path); err == nil && !read[resolved] {
				out = append(out, in.show(path))
			}
		}
	}
	return out
}

// isConfiguration judges a file by its name and folder.
func isConfiguration(path string, e fs.DirEntry) bool {
	switch filepath.Ext(path) {
	case ".conf", ".nginx", ".vhost":
		return !strings.HasPrefix(e.Name(), ".")
	case "":
		folder := filepath.Base(filepath.Dir(path))
		return folder == "sites-enabled" || folder == "sites-available"
	}
	return false
}
