package conf

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unsafe"
)

// Parse reads one file. Whatever is wrong with it is in [File.Problems]; the
// error is for failures of the parser itself and never the file's fault.
func Parse(path string, src []byte, g Grammar) (*File, error) {
	if g == nil {
		g = noGrammar{}
	}
	// src is not written to again, here or by any FS: sharing its memory halves
	// what a large file costs.
	f := &File{Path: path, Real: path, Text: unsafe.String(unsafe.SliceData(src), len(src))}
	f.indexLines()
	p := newParser(f, g, repair{})
	p.run()
	if fix := p.wanted(); fix != (repair{}) && !p.lex.alternatives() {
		// The braces do not balance. A second reading knows how many are
		// missing or too many, and looks for the places. What came of the
		// first is dropped, errors included: they come again.
		_ = p.handover.wait()
		p = newParser(f, g, fix)
		p.run()
	}
	p.byteOrderMark()
	if p.lex.alternatives() {
		// Each branch may open or close the same block.
		p.problems = slices.DeleteFunc(p.problems, func(problem Problem) bool { return problem.braces })
	}
	slices.SortStableFunc(p.problems, func(a, b Problem) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	f.Problems = p.problems
	f.Mark = p.lex.mark
	f.Template = f.Mark != Span{} || isTemplateName(path)
	f.Branches = p.lex.branches
	f.Comments = p.lex.comments
	if err := p.link(); err != nil {
		return nil, fmt.Errorf("building the tree of %q: %w", path, err)
	}
	return f, nil
}

// byteOrderMark is U+FEFF in UTF-8.
const byteOrderMark = "\xef\xbb\xbf"

// repair says how many closing braces a file lacks or has too many.
type repair struct{ lacks, surplus int }

// stmt is a directive while its file is read.
type stmt struct {
	*Directive
	after int32 // index of the first statement that is not inside this one
	cut   bool  // its body is handed over as runs of its own
}

// frame is an open block.
type frame struct {
	stmt    int // index into stmts; -1 for the file itself and for nameless blocks
	from    int // index of the first statement inside that is not handed over
	name    string
	indent  int  // column of the statement's first byte if it begins its line, else -1
	opaque  bool // holds parameters, not directives
	told    bool // nginx wants no block here, and that has been said
	foreign bool // opaque, or of a module unknown here: names mean nothing certain
}

// parser assembles statements out of tokens and mends the punctuation so that
// every block is named and closed.
type parser struct {
	file     *File
	grammar  Grammar
	lex      lexer
	fix      repair
	problems []Problem

	stmts      []stmt
	handover   handover
	directives slab[Directive]
	args       slab[Arg]
	words      []token // of the statement at hand
	count      int     // of words
	ahead      token   // a token read too early
	hasAhead   bool
	frames     []frame
	skipped    int  // open blocks that nest deeper than MaxDepth: read and dropped
	surplus    int  // closing braces without a block
	lacks      int  // blocks without a closing brace
	luaLost    int  // Lua bodies whose end the Lua lexer did not find
	lost       bool // the rest of the file was taken for Lua code
	full       bool
}

func newParser(f *File, g Grammar, fix repair) *parser {
	p := &parser{file: f, grammar: g, fix: fix, handover: handover{path: f.Path}}
	p.lex = lexer{text: f.Text, fresh: true, substs: isTemplateName(f.Path), doubled: hasDoubledBraces(f.Text)}
	p.lex.problem = p.report
	p.lex.isData = func() bool { return len(p.words) == 0 || p.grammar.Shape(p.words[0].value).Opaque }
	// Batches hold on to what a growing slice would leave behind.
	p.stmts = make([]stmt, 0, min(strings.Count(f.Text, ";")+strings.Count(f.Text, "{")+1, MaxDirectives))
	p.frames = append(p.frames, frame{stmt: -1, indent: -1})
	return p
}

func (p *parser) report(span Span, message, help string) {
	p.add(Problem{Span: span, Message: message, Help: help})
}

func (p *parser) add(problem Problem) {
	if len(p.problems) == MaxProblems {
		problem = Problem{Kind: Limit, Span: problem.Span, Message: fmt.Sprintf("more than %d syntax errors in this file: the rest is not shown", MaxProblems)}
	}
	if len(p.problems) <= MaxProblems {
		problem.File = p.file
		p.problems = append(p.problems, problem)
	}
}

// wanted is the repair that a second reading should try.
func (p *parser) wanted() repair { return repair{lacks: p.lacks, surplus: p.surplus} }

// byteOrderMark reports a mark at the start of the file. Included by a block of
// parameters nginx takes it for part of the first one.
func (p *parser) byteOrderMark() {
	if !strings.HasPrefix(p.file.Text, byteOrderMark) || p.lex.substs { // a template engine may drop it
		return
	}
	p.add(Problem{
		Span:     Span{0, int32(len(byteOrderMark))},
		Accepted: len(p.stmts) > 0 && !p.stmts[0].IsBlock && !p.grammar.Shape(p.stmts[0].Name).Known,
		Message:  `unknown directive: nginx takes the byte order mark (BOM) at the start of the file for part of the first word`,
		Help:     "save the file as UTF-8 without BOM",
	})
}

func (p *parser) run() {
	if strings.HasPrefix(p.file.Text, byteOrderMark) {
		p.lex.pos = len(byteOrderMark)
	}
	for !p.full {
		t := p.token()
		switch t.kind {
		case tokWord:
			p.word(t)
		case tokSemicolon:
			p.semicolon(t)
		case tokOpen:
			p.open(t)
		case tokClose:
			p.close(t)
		case tokEOF:
			p.eof(t)
			return
		}
	}
	p.eof(token{kind: tokEOF, span: Span{int32(p.lex.pos), int32(p.lex.pos)}})
}

func (p *parser) token() token {
	if p.hasAhead {
		p.hasAhead = false
		return p.ahead
	}
	return p.lex.next(len(p.words) == 0)
}

// peek tells the kind of the next token, were it the first of a statement.
func (p *parser) peek() kind {
	l := p.lex
	l.problem = func(Span, string, string) {}
	return l.next(true).kind
}

func (p *parser) word(t token) {
	if len(p.words) > 0 && t.lineStart && t.quote == 0 && !p.top().foreign {
		p.nextLine(t)
	}
	if p.count++; p.count > MaxWords {
		p.stop(t.span, fmt.Sprintf("more than %d words in this file: the rest is not read", MaxWords))
		return
	}
	p.words = append(p.words, t)
	if i := strings.IndexByte(t.value, 0); i >= 0 {
		p.add(Problem{
			Span: t.span, Accepted: true,
			Message: "a NUL byte is part of this word, where nginx may cut it off or refuse it",
			Help:    "remove the NUL byte",
		})
	}
	if t.quote == 0 && (p.gluedClose(t) || p.gluedOpen(t)) {
		return
	}
	if len(p.words) == 1 {
		if p.fillsLine(t) {
			p.words = p.words[:0]
			return
		}
		if p.fix.lacks > 0 {
			p.closeForgotten(t)
		}
		if isLuaBlock(t.value) {
			p.luaBlock()
		}
	}
}

func (p *parser) semicolon(t token) {
	if len(p.words) == 0 {
		p.report(t.span, `unexpected ";"`, "remove it: there is no directive to end here")
		return
	}
	p.simple(t.span.End)
}

// simple ends a statement without a block.
func (p *parser) simple(end int32) {
	if d := p.statement(); d != nil {
		d.Span.End = end
		p.ended()
	}
	p.words = p.words[:0]
}

// stop ends the reading of a file that is too large.
func (p *parser) stop(span Span, message string) {
	if !p.full {
		p.full = true
		p.add(Problem{Kind: Limit, Span: span, Message: message})
	}
}

// statement makes a directive out of the words at hand, or returns nil where
// it must be dropped.
func (p *parser) statement() *Directive {
	if p.skipped > 0 {
		return nil
	}
	if len(p.stmts) >= MaxDirectives {
		p.stop(p.words[0].span, fmt.Sprintf("more than %d directives in this file: the rest is not read", MaxDirectives))
		return nil
	}
	d := &p.directives.take(1)[0]
	first, last := p.words[0], p.words[len(p.words)-1]
	*d = Directive{
		Name: first.value, File: p.file, NameUnknown: first.unknown || p.lex.substs && !p.top().foreign && nameLength(first.value) < len(first.value),
		NameSpan: first.span, Head: Span{first.span.Start, last.span.End}, Span: Span{first.span.Start, last.span.End},
	}
	if len(p.words) > 1 {
		d.Args = p.args.take(len(p.words) - 1)
		for i, w := range p.words[1:] {
			d.Args[i] = Arg{Value: w.value, Span: w.span, Quote: w.quote, Unknown: w.unknown}
		}
	}
	d.traits = d.wordTraits()
	p.stmts = append(p.stmts, stmt{Directive: d, after: int32(len(p.stmts)) + 1})
	return d
}
