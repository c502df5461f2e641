package conf

import (
	"fmt"
	"io"
	"strings"

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

// parse hands a batch to crossplane and links what it returns.
func (b *batch) parse() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("crossplane: panic: %v", r)
		}
	}()
	payload, err := crossplane.Parse(b.path, &crossplane.ParseOptions{
		SingleFile:                true,
		SkipDirectiveContextCheck: true,
		SkipDirectiveArgsCheck:    true,
		IgnoreDirectives:          []string{trigger},
		DirectiveSources:          []crossplane.MatchFunc{func(string) ([]uint, bool) { return nil, false }},
		Open: func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(trigger + " ")), nil
		},
		LexOptions: crossplane.LexOptions{
			Lexers: []crossplane.RegisterLexer{crossplane.LexWithLexer(&feeder{batch: b}, trigger)},
		},
	})
	if err != nil {
		return fmt.Errorf("crossplane: %w", err)
	}
	if len(payload.Errors) > 0 {
		return fmt.Errorf("crossplane: %w", payload.Errors[0].Error)
	}
	want, got := 0, 0
	for _, r := range b.runs {
		for i := r.from; i < r.to; i = b.follower(i) {
			want++
		}
	}
	for _, c := range payload.Config[0].Parsed {
		b.runs[c.Line].children = b.adopt(c.Block, &got)
	}
	if want != got {
		return fmt.Errorf("crossplane: %d directives came back of %d", got, want)
	}
	return nil
}

// follower is the statement that is handed over after statement i.
func (b *batch) follower(i int) int {
	if s := &b.stmts[i]; s.cut {
		return int(s.after)
	}
	return i + 1
}

// adopt turns crossplane's directives into ours.
func (b *batch) adopt(ds crossplane.Directives, n *int) []*Directive {
	out := make([]*Directive, 0, len(ds))
	for _, c := range ds {
		if c.Directive == cut {
			continue
		}
		d := b.stmts[c.Line].Directive
		if len(c.Block) > 0 && c.Block[0].Directive != cut {
			d.Inside = &b.insides.take(1)[0]
			d.Inside.Block = b.adopt(c.Block, n)
		}
		out = append(out, d)
		*n++
	}
	return out
}

// feeder is the lexer that crossplane calls: it hands over a batch.
type feeder struct {
	*batch
	out  chan crossplane.NgxToken
	open []int // statements whose blocks are open, by the index behind them
}

// Lex implements [crossplane.Lexer]. The channel is filled before it is
// returned, so that no goroutine can be left behind.
func (f *feeder) Lex(*crossplane.SubScanner, string) <-chan crossplane.NgxToken {
	n := 1
	for _, r := range f.runs {
		n += 3 + 1
		for i := r.from; i < r.to; i = f.follower(i) {
			switch s := &f.stmts[i]; {
			case s.cut:
				n += 6
			case s.IsBlock:
				n += 3
			default:
				n += 2
			}
		}
	}
	f.out = make(chan crossplane.NgxToken, n)
	f.punct(";") // ends the trigger
	for i, r := range f.runs {
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
		s := &f.stmts[i]
		f.word(name(s.Name), i)
		switch {
		case int(s.after) == i+1 && (!s.IsBlock || s.Body() != Span{}):
			f.punct(";")
			i++
		case int(s.after) == i+1:
			f.punct("{")
			f.punct("}")
			i++
		case s.cut:
			f.punct("{")
			f.word(cut, i)
			f.word("x", i)
			f.punct(";")
			f.punct("}")
			i = int(s.after)
		default:
			f.punct("{")
			f.open = append(f.open, int(s.after))
			i++
		}
		for len(f.open) > 0 && f.open[len(f.open)-1] == i {
			f.open = f.open[:len(f.open)-1]
			f.punct("}")
		}
	}
}
