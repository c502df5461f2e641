package conf

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// dumpMark begins the line that "nginx -T" prints before each file.
const dumpMark = "# configuration file "

// isDump reports whether text is what "nginx -T" prints, perhaps after its
// messages about the syntax.
func isDump(text string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, dumpMark) {
			return strings.HasSuffix(strings.TrimRight(line, "\r\n"), ":")
		}
		if s := strings.TrimSpace(line); s != "" && !isMessage(s) {
			return false
		}
	}
	return false
}

// isMessage reports whether a line is what nginx writes to standard error: with
// its name in front or, where that is its error log, with date and level.
func isMessage(line string) bool {
	if strings.HasPrefix(line, "nginx: ") {
		return true
	}
	const form = "2006/01/02 15:04:05 ["
	if len(line) < len(form) {
		return false
	}
	_, err := time.Parse(form, line[:len(form)])
	return err == nil
}

// splitDump returns the files of a dump, in order, with their own text.
func splitDump(text string) (names []string, files map[string][]byte) {
	files = map[string][]byte{}
	var body strings.Builder
	name := ""
	flush := func() {
		if name != "" {
			// nginx adds a line feed of its own behind every file.
			if _, seen := files[name]; !seen {
				names = append(names, name)
				files[name] = []byte(strings.TrimSuffix(body.String(), "\n"))
			}
		}
		body.Reset()
	}
	for line := range strings.Lines(text) {
		head := strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(head, dumpMark) && strings.HasSuffix(head, ":") && len(head) > len(dumpMark)+1 {
			flush()
			name = head[len(dumpMark) : len(head)-1]
			continue
		}
		body.WriteString(line)
	}
	flush()
	return names, files
}

// dump returns the tree of a dump: its files are a file system of their own.
func (l *loader) dump(f *File) ([]*Tree, error) {
	names, files := splitDump(f.Text)
	o := l.Options
	o.FS, o.Dir, o.Deployed = newDumpFS(files), "", true
	o.ContextOf, o.Roots, o.Prefix, o.Renamed = nil, nil, nil, nil
	d := &loader{Options: o, files: map[string]*File{}, fails: map[string]error{}}
	root, err := d.read(names[0], names[0])
	if err != nil {
		return nil, err
	}
	t, err := d.expand(root, filepath.Dir(names[0]), d.context(root))
	t.Dump = true
	return []*Tree{t}, err
}

// dumpFS is the file system of a dump.
type dumpFS struct {
	files  map[string][]byte
	names  []string                 // sorted
	listed map[string][]fs.DirEntry // folders that were asked for
}

func newDumpFS(files map[string][]byte) *dumpFS {
	return &dumpFS{files: files, names: sortedKeys(files), listed: map[string][]fs.DirEntry{}}
}

func (d *dumpFS) ReadFile(name string) ([]byte, error) {
	if b, ok := d.files[name]; ok {
		return b, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (d *dumpFS) Stat(name string) (fs.FileInfo, error) {
	if b, ok := d.files[name]; ok {
		return overlayInfo{name: path.Base(name), size: int64(len(b))}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// ReadDir implements [FS]. A dump may have tens of thousands of files and hundreds
// of patterns: each folder is put together once.
func (d *dumpFS) ReadDir(dir string) ([]fs.DirEntry, error) {
	prefix := strings.TrimSuffix(dir, "/") + "/"
	if out, ok := d.listed[prefix]; ok {
		return out, nil
	}
	var out []fs.DirEntry
	seen := map[string]bool{}
	from, _ := slices.BinarySearch(d.names, prefix)
	for _, name := range d.names[from:] {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			break
		}
		base, _, below := strings.Cut(rest, "/")
		if seen[base] {
			continue
		}
		seen[base] = true
		out = append(out, fs.FileInfoToDirEntry(overlayInfo{name: base, size: int64(len(d.files[name])), dir: below}))
	}
	d.listed[prefix] = out
	return out, nil
}

func (*dumpFS) Real(name string) (string, error) { return name, nil }
