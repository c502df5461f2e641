package deploy

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// others reports whether a service may bring files into nginx's configuration
// folders that are no part of the linted configuration: further mounts, folders
// with more files in them, further copies into the image. What the base image
// itself has there does not count.
func (m *matcher) others(p *project, s *service) bool {
	for _, mount := range s.Mounts {
		if overlapsConfig(mount.Target) && (!mount.Bind || m.holdsOthers(mount.Source)) {
			return true
		}
	}
	for _, c := range s.configs {
		if host := p.configs[c.source]; overlapsConfig(c.target) && (host == "" || m.holdsOthers(host)) {
			return true
		}
	}
	return slices.ContainsFunc(s.origins, func(o origin) bool {
		if o.build == nil {
			return false
		}
		st := m.stage(o.build)
		return st == nil || o.build.context == "" || m.copiesOthers(st, o.build.context)
	})
}

// overlapsConfig reports whether a path in a container lies in a configuration
// folder of nginx, or such a folder below it. What is kept there by its name as
// certificates, passwords or pages is not configuration.
func overlapsConfig(p string) bool {
	name := strings.ToLower(path.Base(p))
	for _, word := range [...]string{"cert", "ssl", "tls", "key", ".pem", ".crt", "dhparam", "htpasswd", "html", "mime.types"} {
		if strings.Contains(name, word) && path.Ext(name) != ".conf" {
			return false
		}
	}
	return slices.ContainsFunc(configFolders, func(dir string) bool {
		_, inside := below(p, dir)
		_, around := below(dir, p)
		return inside || around
	})
}

// holdsOthers reports whether a path on the host is, or holds, more than files
// of the linted configuration, folders that cannot be read counted in.
func (m *matcher) holdsOthers(host string) bool {
	if m.isPart(host) {
		return false
	}
	entries, err := m.f.fsys.ReadDir(host)
	if err != nil {
		return true
	}
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return !m.isPart(filepath.Join(host, e.Name()))
	})
}

// isPart reports whether a file is part of the linted configuration.
func (m *matcher) isPart(file string) bool {
	resolved := m.f.real(file)
	return slices.Contains(m.root, resolved) || slices.Contains(m.root, file) || slices.Contains(m.files, resolved)
}

// copiesOthers reports whether the image of a stage may get configuration from
// elsewhere: from another stage or image, from the context, or from a command.
func (m *matcher) copiesOthers(s *stage, context string) bool {
	for ; s != nil; s = s.parent {
		for i := range s.steps {
			st := &s.steps[i]
			if st.run != "" {
				if writesConfig(st.run) {
					return true
				}
				continue
			}
			if !overlapsConfig(st.dest) {
				continue
			}
			if st.from != nil || len(st.sources) == 0 || slices.ContainsFunc(st.sources, func(source string) bool {
				return strings.ContainsAny(source, "*?[") || m.holdsOthers(filepath.Join(context, filepath.FromSlash(source)))
			}) {
				return true
			}
		}
	}
	return false
}

// writesConfig reports whether a RUN may put files into nginx's configuration
// folders. Taking them away and changing their owner does not.
func writesConfig(run string) bool {
	if !slices.ContainsFunc(configFolders, func(dir string) bool { return strings.Contains(run, dir) }) {
		return false
	}
	commands, ok := splitShell(run)
	if !ok {
		return true
	}
	for _, words := range commands {
		if !slices.ContainsFunc(words, overlapsConfig) {
			continue
		}
		switch path.Base(words[0]) {
		case "rm", "chown", "chmod", "chgrp", "mkdir", "touch", "ls", "test", "[":
		default:
			return true
		}
	}
	return false
}
