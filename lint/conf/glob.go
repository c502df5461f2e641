package conf

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// hasMagic reports whether nginx treats an include as a pattern: the check of
// ngx_conf_include, src/core/ngx_conf_file.c.
func hasMagic(pattern string) bool { return strings.ContainsAny(pattern, "*?[") }

// glob returns the paths that match a pattern as glob(3) does for nginx: sorted
// by byte, a leading dot matched only by a dot, a bad pattern matching nothing.
// Directories are returned too: nginx fails to read them. Directories that may
// not be listed here are locked: nginx, which reads as root, may find more.
func glob(fsys FS, pattern string) (found, locked []string) {
	dir, rest := "", pattern
	if filepath.IsAbs(pattern) {
		dir, rest = string(filepath.Separator), strings.TrimLeft(pattern, string(filepath.Separator))
	}
	found = []string{dir}
	parts := strings.FieldsFunc(rest, func(r rune) bool { return r == filepath.Separator })
	for i, part := range parts {
		var next []string
		for _, base := range found {
			matches, err := globPart(fsys, base, part, i == len(parts)-1)
			if errors.Is(err, fs.ErrPermission) {
				locked = append(locked, base)
			}
			next = append(next, matches...)
		}
		if found = next; len(found) == 0 {
			return nil, locked
		}
	}
	slices.Sort(found)
	return found, locked
}

// globPart matches one component of a pattern below base.
func globPart(fsys FS, base, part string, last bool) ([]string, error) {
	if !hasMagic(part) {
		p := joinGlob(base, unescapeGlob(part))
		if last {
			if _, err := fsys.Stat(p); err != nil {
				return nil, err
			}
		}
		return []string{p}, nil
	}
	dir := base
	if dir == "" {
		dir = "."
	}
	entries, err := fsys.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range []string{".", ".."} { // ".*" matches them too
		if matchGlob(part, name) {
			out = append(out, joinGlob(base, name))
		}
	}
	for _, e := range entries {
		if matchGlob(part, e.Name()) {
			out = append(out, joinGlob(base, e.Name()))
		}
	}
	return out, nil
}

func joinGlob(base, name string) string {
	if base == "" {
		return name
	}
	return strings.TrimSuffix(base, string(filepath.Separator)) + string(filepath.Separator) + name
}

func unescapeGlob(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// matchGlob matches a file name against one component of a pattern, by fnmatch(3)
// with FNM_PERIOD.
func matchGlob(pattern, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(pattern, ".") && !strings.HasPrefix(pattern, `\.`) {
		return false
	}
	return matchFrom(pattern, name)
}

// matchFrom matches with the usual backtracking to the last star only, so that
// its cost is at most the product of the lengths.
func matchFrom(pattern, name string) bool {
	p, n := 0, 0
	star, mark := -1, 0
	for n < len(name) {
		if p < len(pattern) && pattern[p] == '*' {
			star, mark = p, n
			p++
			continue
		}
		if p < len(pattern) {
			if next, ok := matchOne(pattern, p, name[n]); ok {
				p, n = next, n+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		p, n = star+1, mark
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchOne matches one byte against the pattern's element at p and returns the
// offset behind that element.
func matchOne(pattern string, p int, c byte) (int, bool) {
	switch pattern[p] {
	case '?':
		return p + 1, true
	case '[':
		if end, ok := matchSet(pattern, p, c); end > 0 {
			return end, ok
		}
	case '\\':
		if p+1 == len(pattern) {
			return p + 1, false
		}
		return p + 2, pattern[p+1] == c
	}
	return p + 1, pattern[p] == c
}

// matchSet matches a bracket expression; end is 0 if it is none.
func matchSet(pattern string, p int, c byte) (end int, ok bool) {
	i := p + 1
	negated := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if negated {
		i++
	}
	for first := true; i < len(pattern); first = false {
		lo := pattern[i]
		if lo == ']' && !first {
			return i + 1, ok != negated
		}
		if lo == '\\' && i+1 < len(pattern) {
			i++
			lo = pattern[i]
		}
		hi := lo
		if i+2 < len(pattern) && pattern[i+1] == '-' && pattern[i+2] != ']' {
			hi = pattern[i+2]
			i += 2
		}
		if lo <= c && c <= hi {
			ok = true
		}
		i++
	}
	return 0, false
}
