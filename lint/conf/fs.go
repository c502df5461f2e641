package conf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrNotRegular is returned for directories, devices, FIFOs and sockets: only
// regular files are read.
var ErrNotRegular = errors.New("not a regular file")

// ErrTooLarge is returned for files over [MaxFileSize].
var ErrTooLarge = fmt.Errorf("larger than %d MiB", MaxFileSize>>20)

// FS is all that nginxlint sees of a file system. An editor, a test or a
// browser can stand in for the disk by implementing it.
type FS interface {
	// ReadFile returns the content of a regular file, [ErrNotRegular] for
	// anything else that exists, [ErrTooLarge] beyond [MaxFileSize].
	ReadFile(path string) ([]byte, error)
	// Stat follows symbolic links.
	Stat(path string) (fs.FileInfo, error)
	// ReadDir lists a directory sorted by name.
	ReadDir(path string) ([]fs.DirEntry, error)
	// Real is the absolute path with symbolic links resolved.
	Real(path string) (string, error)
}

// Disk is the machine's file system.
type Disk struct{}

// ReadFile implements [FS].
func (Disk) ReadFile(path string) ([]byte, error) {
	// Looking before opening keeps a FIFO from blocking and a device from
	// noticing; the second look closes the gap between the two.
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrNotRegular}
	}
	f, err := openNonBlocking(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrNotRegular}
	}
	if info.Size() > MaxFileSize {
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrTooLarge}
	}
	// A few files of /proc and /sys are regular and keep a reader waiting.
	// Where that cannot be, there is no deadline to be set either.
	_ = f.SetReadDeadline(time.Now().Add(patience))
	return readAll(f, path, info.Size())
}

// patience is how long a file that has nothing to read yet is waited for.
const patience = time.Second

// readAll reads at most MaxFileSize bytes; the size is only a hint, since
// files in /proc say 0 and a file may grow while it is read.
func readAll(f io.Reader, path string, size int64) ([]byte, error) {
	buf := make([]byte, 0, size+1)
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if len(buf) > MaxFileSize {
			return nil, &fs.PathError{Op: "read", Path: path, Err: ErrTooLarge}
		}
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Stat implements [FS].
func (Disk) Stat(path string) (fs.FileInfo, error) { return os.Stat(path) }

// ReadDir implements [FS].
func (Disk) ReadDir(path string) ([]fs.DirEntry, error) { return os.ReadDir(path) }

// Real implements [FS].
func (Disk) Real(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// Readlink returns where a symbolic link leads.
func (Disk) Readlink(path string) (string, error) { return os.Readlink(path) }

// Overlay shows Files, keyed by absolute path, in place of what Base has there:
// the unsaved text of an editor. A key that Base lacks is a new file.
type Overlay struct {
	Base  FS
	Files map[string][]byte
}

func (o Overlay) find(path string) ([]byte, bool) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, false
	}
	b, ok := o.Files[abs]
	return b, ok
}

// ReadFile implements [FS].
func (o Overlay) ReadFile(path string) ([]byte, error) {
	if b, ok := o.find(path); ok {
		return b, nil
	}
	return o.Base.ReadFile(path)
}

// Stat implements [FS].
func (o Overlay) Stat(path string) (fs.FileInfo, error) {
	if b, ok := o.find(path); ok {
		return overlayInfo{name: filepath.Base(path), size: int64(len(b))}, nil
	}
	return o.Base.Stat(path)
}

// ReadDir implements [FS]. Files that only the overlay has are listed too.
func (o Overlay) ReadDir(path string) ([]fs.DirEntry, error) {
	entries, err := o.Base.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	abs, absErr := filepath.Abs(path)
	if absErr != nil {
		return entries, err
	}
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		seen[e.Name()] = true
	}
	for _, name := range sortedKeys(o.Files) {
		base := filepath.Base(name)
		if filepath.Dir(name) != abs || seen[base] {
			continue
		}
		err = nil
		entries = append(entries, fs.FileInfoToDirEntry(overlayInfo{name: base, size: int64(len(o.Files[name]))}))
	}
	sortEntries(entries)
	return entries, err
}

// Real implements [FS].
func (o Overlay) Real(path string) (string, error) {
	if _, ok := o.find(path); ok {
		if real, err := o.Base.Real(path); err == nil {
			return real, nil
		}
		return filepath.Abs(path)
	}
	return o.Base.Real(path)
}

// Readlink returns where a symbolic link of the base leads.
func (o Overlay) Readlink(path string) (string, error) {
	if fsys, ok := o.Base.(interface{ Readlink(string) (string, error) }); ok {
		return fsys.Readlink(path)
	}
	return "", &fs.PathError{Op: "readlink", Path: path, Err: fs.ErrInvalid}
}
