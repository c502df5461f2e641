package conf

import (
	"errors"
	"runtime"
	"sync"
)

// runSize is how many statements are handed over at once. Runs go to crossplane
// on all cores, and what it allocates for one can be freed before the last.
const runSize = 4096

// bodies are the blocks whose content crossplane checks although told not to
// check anything, and drops from the tree if it does not like it. Their bodies
// are handed over as runs of their own, out of its sight.
var bodies = map[string]bool{
	"charset_map": true, "geo": true, "map": true, "match": true, "types": true,
	"split_clients": true, "geoip2": true, "otel_exporter": true,
}

// run is a range of sibling statements: all or part of a block's body.
type run struct {
	parent   int // statement, -1 for the file
	from, to int
	children []*Directive // what crossplane made of it
}

// batch is what crossplane parses at once. The statements of its runs have come
// to their ends, so that they do not change while the file is read on.
type batch struct {
	path  string
	stmts []stmt
	runs  []*run
	size  int // in statements

	insides slab[Inside]
}

// handover has crossplane parse what has been read of a file while the rest of
// it is read.
type handover struct {
	path string
	runs []*run // all of them
	next batch
	work chan batch // nil until a file proves to be large
	done sync.WaitGroup
	errs []error // of each worker
}

// add hands over a run of statements.
func (h *handover) add(stmts []stmt, r *run) {
	h.runs = append(h.runs, r)
	h.next.path, h.next.stmts = h.path, stmts
	h.next.runs = append(h.next.runs, r)
	h.next.size += r.to - r.from
	if h.next.size < runSize {
		return
	}
	if h.work == nil {
		h.start()
	}
	h.work <- h.next
	h.next = batch{}
}

func (h *handover) start() {
	h.errs = make([]error, runtime.GOMAXPROCS(0))
	h.work = make(chan batch, len(h.errs))
	for w := range h.errs {
		h.done.Go(func() {
			for b := range h.work {
				if err := b.parse(); err != nil && h.errs[w] == nil {
					h.errs[w] = err
				}
			}
		})
	}
}

// finish waits until all has been parsed. A small file is parsed here.
func (h *handover) finish() error {
	if len(h.next.runs) > 0 {
		if h.work == nil {
			return h.next.parse()
		}
		h.work <- h.next
	}
	return h.wait()
}

// wait waits until what was handed over has been parsed.
func (h *handover) wait() error {
	if h.work == nil {
		return nil
	}
	close(h.work)
	h.done.Wait()
	return errors.Join(h.errs...)
}

// ended is told that a statement has come to its end. It is handed over with
// those before it once they are many.
func (p *parser) ended() {
	// What is in a block without a name belongs to the one around it.
	i := len(p.frames) - 1
	for i > 0 && p.frames[i].stmt < 0 {
		i--
	}
	if fr := &p.frames[i]; len(p.stmts)-fr.from >= runSize {
		p.handOver(fr)
	}
}

// handOver hands over what has been read of a block and not been yet.
func (p *parser) handOver(fr *frame) {
	if fr.from == len(p.stmts) {
		return
	}
	if fr.stmt >= 0 {
		p.stmts[fr.stmt].cut = true
	}
	p.handover.add(p.stmts, &run{parent: fr.stmt, from: fr.from, to: len(p.stmts)})
	fr.from = len(p.stmts)
}

// link waits for crossplane's tree and hangs the directives into each other.
func (p *parser) link() error {
	p.handOver(&p.frames[0])
	if err := p.handover.finish(); err != nil {
		return err
	}
	sizes := map[int]int{} // of bodies, by their parents
	for _, r := range p.handover.runs {
		sizes[r.parent] += len(r.children)
	}
	for _, r := range p.handover.runs {
		body := p.body(r.parent)
		switch {
		case len(r.children) == sizes[r.parent]:
			*body = r.children
		case *body == nil:
			*body = make([]*Directive, 0, sizes[r.parent])
			fallthrough
		default:
			*body = append(*body, r.children...)
		}
		r.children = nil
	}
	return nil
}

// body is where the directives of a block belong, or those of the file for -1.
func (p *parser) body(stmt int) *[]*Directive {
	if stmt < 0 {
		return &p.file.Directives
	}
	d := p.stmts[stmt].Directive
	if d.Inside == nil {
		d.Inside = &Inside{}
	}
	return &d.Inside.Block
}
