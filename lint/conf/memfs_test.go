package conf_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// memFS is a file system in memory: contents by absolute path. It counts what is
// asked of it.
type memFS struct {
	files map[string]string
	dirs  map[string][]fs.DirEntry
	reads map[string]int
}

func newMemFS(files map[string]string) *memFS {
	m := &memFS{files: files, dirs: map[string][]fs.DirEntry{}, reads: map[string]int{}}
	for name, text := range files {
		m.list(name, memInfo{name: path.Base(name), size: len(text)})
	}
	for _, entries := range m.dirs {
		slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return m
}

// list enters a file or folder into the folder above it.
func (m *memFS) list(name string, info memInfo) {
	dir := path.Dir(name)
	_, known := m.dirs[dir]
	m.dirs[dir] = append(m.dirs[dir], fs.FileInfoToDirEntry(info))
	if !known && dir != "/" {
		m.list(dir, memInfo{name: path.Base(dir), dir: true})
	}
}

// memInfo describes a file of a memFS.
type memInfo struct {
	name string
	size int
	dir  bool
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return int64(i.size) }
func (i memInfo) IsDir() bool        { return i.dir }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) Sys() any           { return nil }

func (i memInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

func (m *memFS) ReadFile(name string) ([]byte, error) {
	m.reads[name]++
	text, ok := m.files[path.Clean(name)]
	if ok {
		return []byte(text), nil
	}
	if _, err := m.Stat(name); err != nil {
		return nil, err
	}
	return nil, &fs.PathError{Op: "read", Path: name, Err: conf.ErrNotRegular}
}

func (m *memFS) Stat(name string) (fs.FileInfo, error) {
	name = path.Clean(name)
	if text, ok := m.files[name]; ok {
		return memInfo{name: path.Base(name), size: len(text)}, nil
	}
	if _, ok := m.dirs[name]; ok {
		return memInfo{name: path.Base(name), dir: true}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (m *memFS) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, ok := m.dirs[path.Clean(name)]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return entries, nil
}

func (m *memFS) Real(name string) (string, error) {
	if _, err := m.Stat(name); err != nil {
		return "", err
	}
	return path.Clean(name), nil
}
