package main

import (
	"embed"
	"io/fs"
	"path"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

//go:embed demo
var demo embed.FS

// demoFS is the file system of --demo: the folder /demo and nothing else.
func demoFS() conf.FS { return memory{demo} }

// memory shows an fs.FS below the root directory.
type memory struct{ files fs.FS }

// name is a path as fs.FS spells it.
func (memory) name(p string) string {
	if p = strings.Trim(path.Clean("/"+p), "/"); p == "" {
		return "."
	}
	return p
}

// ReadFile implements [conf.FS].
func (m memory) ReadFile(p string) ([]byte, error) {
	info, err := m.Stat(p)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: p, Err: conf.ErrNotRegular}
	}
	return fs.ReadFile(m.files, m.name(p))
}

// Stat implements [conf.FS].
func (m memory) Stat(p string) (fs.FileInfo, error) { return fs.Stat(m.files, m.name(p)) }

// ReadDir implements [conf.FS].
func (m memory) ReadDir(p string) ([]fs.DirEntry, error) { return fs.ReadDir(m.files, m.name(p)) }

// Real implements [conf.FS].
func (m memory) Real(p string) (string, error) {
	if _, err := m.Stat(p); err != nil {
		return "", err
	}
	return path.Clean("/" + p), nil
}
