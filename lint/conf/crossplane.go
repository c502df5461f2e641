package conf

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"

	crossplane "github.com/nginxinc/nginx-go-crossplane"
)

// This file is the only one that knows crossplane.
//
// Crossplane's own lexer loses columns and quotes, refuses words that nginx
// accepts, and gives up a whole file for one brace. Its hooks let it build the
// tree out of our tokens instead: the reader it opens holds one word, for which
// a lexer of ours is registered, and that lexer hands over the real tokens, each
// with the number of its statement as its line. A directive that comes back
// therefore names its statement, and with it every position.
//
// Arguments stay here: crossplane would only hand them back, after it took the
// parentheses of an "if" off, on which it panics for "if ()".
//
// Pseudo directives carry what crossplane need not know.
const (
	trigger = "\x01" // calls our lexer; ignored by crossplane
	wrapper = "\x02" // a block around a run of statements; its line is the run
	cut     = "\x03" // stands for a body that is parsed in another run
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

// link lets crossplane build the tree and hangs the directives into each other.
func (p *parser) link() error {
	runs := p.runs()
	var batches [][]run
	for start, size, i := 0, 0, 0; i < len(runs); i++ {
		size += runs[i].to - runs[i].from
		if size >= runSize || i == len(runs)-1 {
			batches = append(batches, runs[start:i+1])
			start, size = i+1, 0
		}
	}
	if err := p.parseAll(batches); err != nil {
		return err
	}
	for i := range runs {
		r := &runs[i]
		body := &p.file.Directives
		if r.parent >= 0 {
			body = &p.stmts[r.parent].Block
		}
		if *body == nil {
			*body = r.children
		} else {
			*body = append(*body, r.children...)
		}
	}
	return nil
}

// parseAll parses batches of runs on all cores.
func (p *parser) parseAll(batches [][]run) error {
	if len(batches) == 1 {
		return p.parseBatch(batches[0])
	}
	var (
		wg   sync.WaitGroup
		next = make(chan []run)
		errs = make([]error, runtime.GOMAXPROCS(0))
	)
	for w := range errs {
		wg.Go(func() {
			for b := range next {
				if err := p.parseBatch(b); err != nil && errs[w] == nil {
					errs[w] = err
				}
			}
		})
	}
	for _, b := range batches {
		next <- b
	}
	close(next)
	wg.Wait()
	return errors.Join(errs...)
}

// runs divides the statements: the file's own level, then every body that
// crossplane must not see in its place or that is large.
func (p *parser) runs() []run {
	for i := range p.stmts {
		s := &p.stmts[i]
		s.cut = s.after > i+1 && (s.after-i > runSize || bodies[s.Name])
	}
	var runs []run
	divide := func(parent, from, to int) {
		start, size := from, 0
		for i := from; i < to; i = p.stmts[i].after {
			size += p.weight(i)
			if size >= runSize {
				runs = append(runs, run{parent: parent, from: start, to: p.stmts[i].after})
				start, size = p.stmts[i].after, 0
			}
		}
		if start < to {
			runs = append(runs, run{parent: parent, from: start, to: to})
		}
	}
	divide(-1, 0, len(p.stmts))
	for i := range p.stmts {
		if p.isCut(i) {
			divide(i, i+1, p.stmts[i].after)
		}
	}
	return runs
}

// isCut reports whether the body of statement i is handed over as runs of its own.
func (p *parser) isCut(i int) bool {
	return p.stmts[i].cut
}

// weight is how many statements stand in for statement i in its run.
func (p *parser) weight(i int) int {
	if p.isCut(i) {
		return 2
	}
	return p.stmts[i].after - i
}

// parseBatch hands runs to crossplane and links what it returns.
func (p *parser) parseBatch(batch []run) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("crossplane: panic: %v", r)
		}
	}()
	payload, err := crossplane.Parse(p.file.Path, &crossplane.ParseOptions{
		SingleFile:                true,
		SkipDirectiveContextCheck: true,
		SkipDirectiveArgsCheck:    true,
		IgnoreDirectives:          []string{trigger},
		DirectiveSources:          []crossplane.MatchFunc{func(string) ([]uint, bool) { return nil, false }},
		Open: func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(trigger + " ")), nil
		},
		LexOptions: crossplane.LexOptions{
			Lexers: []crossplane.RegisterLexer{crossplane.LexWithLexer(&feeder{p: p, batch: batch}, trigger)},
		},
	})
	if err != nil {
		return fmt.Errorf("crossplane: %w", err)
	}
	if len(payload.Errors) > 0 {
		return fmt.Errorf("crossplane: %w", payload.Errors[0].Error)
	}
	want, got := 0, 0
	for i := range batch {
		for j := batch[i].from; j < batch[i].to; {
			want++
			if p.isCut(j) {
				j = p.stmts[j].after
			} else {
				j++
			}
		}
	}
	for _, c := range payload.Config[0].Parsed {
		batch[c.Line].children = p.adopt(c.Block, &got)
	}
	if want != got {
		return fmt.Errorf("crossplane: %d directives came back of %d", got, want)
	}
	return nil
}

// adopt turns crossplane's directives into ours.
func (p *parser) adopt(ds crossplane.Directives, n *int) []*Directive {
	out := make([]*Directive, 0, len(ds))
	for _, c := range ds {
		if c.Directive == cut {
			continue
		}
		d := p.stmts[c.Line].Directive
		if len(c.Block) > 0 && c.Block[0].Directive != cut {
			d.Block = p.adopt(c.Block, n)
		}
		out = append(out, d)
		*n++
	}
	return out
}

// feeder is the lexer that crossplane calls: it hands over a batch.
type feeder struct {
	p     *parser
	batch []run
	out   chan crossplane.NgxToken
	open  []int // statements whose blocks are open, by the index behind them
}

// Lex implements [crossplane.Lexer]. The channel is filled before it is
// returned, so that no goroutine can be left behind.
func (f *feeder) Lex(*crossplane.SubScanner, string) <-chan crossplane.NgxToken {
	n := 1
	for _, r := range f.batch {
		n += 3 + 1
		for i := r.from; i < r.to; {
			n += 3
			if f.p.isCut(i) {
				n += 3
				i = f.p.stmts[i].after
			} else {
				i++
			}
		}
	}
	f.out = make(chan crossplane.NgxToken, n)
	f.punct(";") // ends the trigger
	for i, r := range f.batch {
		f.word(wrapper, i)
		f.punct("{")
		f.statements(r.from, r.to)
		f.punct("}")
	}
	close(f.out)
	return f.out
}

func (f *feeder) word(value string, line int) {
	// "Quoted" keeps crossplane from seeing punctuation or comments in values.
	f.out <- crossplane.NgxToken{Value: value, Line: line, IsQuoted: true}
}

// name is a directive's name as crossplane is told it: one that is a pseudo
// directive's is not.
func name(s string) string {
	switch s {
	case trigger, wrapper, cut:
		return "x"
	}
	return s
}

func (f *feeder) punct(value string) { f.out <- crossplane.NgxToken{Value: value} }

func (f *feeder) statements(from, to int) {
	for i := from; i < to; {
		s := &f.p.stmts[i]
		f.word(name(s.Name), i)
		switch {
		case s.after == i+1 && (!s.IsBlock || s.Body != Span{}):
			f.punct(";")
			i++
		case s.after == i+1:
			f.punct("{")
			f.punct("}")
			i++
		case f.p.isCut(i):
			f.punct("{")
			f.word(cut, i)
			f.word("x", i)
			f.punct(";")
			f.punct("}")
			i = s.after
		default:
			f.punct("{")
			f.open = append(f.open, s.after)
			i++
		}
		for len(f.open) > 0 && f.open[len(f.open)-1] == i {
			f.open = f.open[:len(f.open)-1]
			f.punct("}")
		}
	}
}
