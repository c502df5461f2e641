package conf

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"
)

// overlayInfo describes a file that is not on the disk.
type overlayInfo struct {
	name string
	size int64
	dir  bool
}

func (i overlayInfo) Name() string { return i.name }
func (i overlayInfo) Size() int64  { return i.size }

// Mode implements [fs.FileInfo].
func (i overlayInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

func (overlayInfo) ModTime() time.Time { return time.Time{} }
func (i overlayInfo) IsDir() bool      { return i.dir }
func (overlayInfo) Sys() any           { return nil }

func sortedKeys(m map[string][]byte) []string {
	return slices.Sorted(maps.Keys(m))
}

func sortEntries(entries []fs.DirEntry) {
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
}
