package errorlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// blockSize is how much of a log goes to a worker at once.
const blockSize = 1 << 20

// block is a run of whole entries.
type block struct {
	text  []byte
	order int64
	buf   []byte
}

// Source is one log.
type Source struct {
	Name string
	Open func() (io.ReadCloser, error)
}

// Read reads logs one after the other; locate finds the place of a line in the
// configuration, and may be nil. It returns what it has read along with the
// errors of sources that it could not read, or not to their end.
func Read(sources []Source, locate func() func(*Line, *Message) Place) (*Report, []error) {
	r := newReader(runtime.GOMAXPROCS(0), locate)
	var errs []error
	for _, s := range sources {
		if err := r.source(s); err != nil {
			errs = append(errs, fmt.Errorf("cannot read %q: %w", s.Name, err))
		}
	}
	return r.report(), errs
}

// reader cuts logs into blocks for its workers.
type reader struct {
	blocks  chan block
	free    chan []byte
	workers sync.WaitGroup
	seen    []*aggregate
	read    int64
}

func newReader(workers int, locate func() func(*Line, *Message) Place) *reader {
	r := &reader{blocks: make(chan block, workers), free: make(chan []byte, 2*workers+2)}
	for range cap(r.free) {
		r.free <- nil
	}
	for range workers {
		var where func(*Line, *Message) Place
		if locate != nil {
			where = locate()
		}
		a := newAggregate(where)
		r.seen = append(r.seen, a)
		r.workers.Go(func() {
			for b := range r.blocks {
				a.block(b.text, b.order)
				r.free <- b.buf
			}
		})
	}
	return r
}

// report ends the reading.
func (r *reader) report() *Report {
	close(r.blocks)
	r.workers.Wait()
	all := r.seen[0]
	for _, a := range r.seen[1:] {
		all.merge(a)
	}
	return all.report(r.read)
}

func (r *reader) source(s Source) (err error) {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	in, err := unpack(f)
	if err != nil {
		return err
	}
	return r.stream(in)
}

// foreign are the formats that are not read, by how they begin, and what makes
// text of them.
var foreign = []struct{ magic, name, program string }{
	{"\x28\xb5\x2f\xfd", "compressed with zstd", "zstdcat"},
	{"\xfd7zXZ\x00", "compressed with xz", "xzcat"},
	{"BZh", "compressed with bzip2", "bzcat"},
	// What PowerShell's > writes.
	{"\xff\xfe", "UTF-16", "iconv -f UTF-16 -t UTF-8"},
	{"\xfe\xff", "UTF-16", "iconv -f UTF-16 -t UTF-8"},
}

// unpack looks through gzip.
func unpack(f io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(f, 1<<16)
	begin, err := in.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(begin, []byte("\x1f\x8b")) {
		return gzip.NewReader(in)
	}
	for _, c := range foreign {
		if bytes.HasPrefix(begin, []byte(c.magic)) {
			return nil, fmt.Errorf("it is %s: pipe the output of %q into \"--error-log -\"", c.name, c.program)
		}
	}
	return in, nil
}

// stream cuts a log into blocks.
func (r *reader) stream(in io.Reader) error {
	buf := r.buffer()
	have := 0
	for {
		n, err := io.ReadFull(in, buf[have:])
		have += n
		r.read += int64(n)
		if err != nil {
			r.blocks <- block{text: buf[:have], order: r.read - int64(have), buf: buf}
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && !cutShort(in, err) {
				return nil
			}
			return err
		}
		cut := lastEntry(buf[:have])
		next := r.buffer()
		rest := copy(next, buf[cut:have])
		r.blocks <- block{text: buf[:cut], order: r.read - int64(have), buf: buf}
		buf, have = next, rest
	}
}

// cutShort tells a gzip stream that ends too early from the end of a log: both
// are the same error of io.ReadFull.
func cutShort(in io.Reader, err error) bool {
	if _, ok := in.(*gzip.Reader); !ok {
		return false
	}
	_, again := in.Read(make([]byte, 1))
	return errors.Is(err, io.ErrUnexpectedEOF) && errors.Is(again, io.ErrUnexpectedEOF)
}

func (r *reader) buffer() []byte {
	if buf := <-r.free; buf != nil {
		return buf
	}
	return make([]byte, blockSize)
}

// maxBack is how far back from the end of a block the last entry is looked for.
const maxBack = 64 << 10

// lastEntry is where the last entry of a full block begins, which may go on
// after it: else after the last line, else at the end.
func lastEntry(b []byte) int {
	floor := max(0, len(b)-maxBack)
	line := -1
	for at := len(b); at > floor; {
		nl := bytes.LastIndexByte(b[floor:at], '\n')
		if nl < 0 {
			break
		}
		at = floor + nl
		if line < 0 {
			line = at + 1
		}
		if isStamp(b[at+1:]) {
			return at + 1
		}
	}
	if line > 0 {
		return line
	}
	return len(b)
}
