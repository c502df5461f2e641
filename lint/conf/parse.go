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
	if fix := p.wanted(); fix != (repair{}) {
		// The braces do not balance. A second reading knows how many are
		// missing or too many, and looks for the places.
		p = newParser(f, g, fix)
		p.run()
	}
	slices.SortStableFunc(p.problems, func(a, b Problem) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	f.Problems = p.problems
	f.Template = p.lex.template || isTemplateName(path)
	if err := p.link(); err != nil {
		return nil, fmt.Errorf("building the tree of %q: %w", path, err)
	}
	return f, nil
}

// repair says how many closing braces a file lacks or has too many.
type repair struct{ lacks, surplus int }

// stmt is a directive while its file is read.
type stmt struct {
	*Directive
	after int // index of the first statement that is not inside this one
}

// frame is an open block.
type frame struct {
	stmt    int // index into stmts; -1 for the file itself and for nameless blocks
	name    string
	indent  int  // column of the statement's first byte if it begins its line, else -1
	opaque  bool // holds parameters, not directives
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
	directives slab[Directive]
	args       slab[Arg]
	words      []token // of the statement at hand
	opaque     bool    // its body holds parameters
	ahead      token   // a token read too early
	hasAhead   bool
	frames     []frame
	skipped    int // open blocks that nest deeper than MaxDepth: read and dropped
	surplus    int // closing braces without a block
	lacks      int // blocks without a closing brace
	full       bool
}

func newParser(f *File, g Grammar, fix repair) *parser {
	p := &parser{file: f, grammar: g, fix: fix}
	p.lex = lexer{text: f.Text, fresh: true, substs: isTemplateName(f.Path)}
	p.lex.problem = p.report
	p.stmts = make([]stmt, 0, min(strings.Count(f.Text, "\n")+8, MaxDirectives))
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

func (p *parser) run() {
	if strings.HasPrefix(p.file.Text, "\xef\xbb\xbf") {
		p.lex.pos = 3
	}
	if p.lex.pos > 0 && !p.lex.substs { // a template engine may drop it
		p.report(Span{0, 3}, `unknown directive: nginx takes the byte order mark (BOM) at the start of the file for part of the first word`,
			"save the file as UTF-8 without BOM")
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
	return p.lexed()
}

func (p *parser) peek() token {
	if !p.hasAhead {
		p.ahead = p.lexed()
		p.hasAhead = true
	}
	return p.ahead
}

func (p *parser) lexed() token {
	atStart := len(p.words) == 0
	p.lex.regexOnly = atStart || p.opaque
	return p.lex.next(atStart)
}

func (p *parser) word(t token) {
	if len(p.words) > 0 && t.lineStart && t.quote == 0 && p.newStatement(t) {
		p.missingSemicolon(`invalid number of arguments in "`+p.words[0].value+`" directive`, len(p.words))
	}
	if len(p.words) == 0 {
		p.opaque = p.grammar.Shape(t.value).Opaque
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
		if p.fix.lacks > 0 {
			p.closeForgotten(t)
		}
		if isLuaBlock(t.value) {
			p.luaBlock()
		}
	}
}

// newStatement reports that t, the first word of its line, can only be the name
// of a directive: as an argument it would be one more than nginx accepts.
func (p *parser) newStatement(t token) bool {
	if p.top().foreign {
		return false
	}
	shape := p.grammar.Shape(p.words[0].value)
	return shape.Known && shape.MaxArgs >= 0 && len(p.words)-1 >= shape.MaxArgs &&
		!(shape.MaxArgs == 0 && shape.Block) && p.grammar.Shape(t.value).Known
}

// missingSemicolon ends the statement behind its first n words.
func (p *parser) missingSemicolon(message string, n int) {
	end := p.words[n-1].span.End
	p.add(Problem{
		Span:    Span{end - 1, end},
		Message: message + `: there is no ";" at the end of this line`,
		Help:    `end the directive with ";"`,
	})
	rest := append([]token(nil), p.words[n:]...)
	p.words = p.words[:n]
	p.simple(end)
	p.words = append(p.words, rest...)
}

// gluedClose handles "listen 80}" at the end of a line: nginx reads the brace as
// part of the word and then finds one argument too many.
func (p *parser) gluedClose(t token) bool {
	n := len(t.value)
	if n < 2 || t.value[n-1] != '}' || strings.ContainsAny(t.value, "{\\") || p.top().foreign || len(p.frames) < 2 {
		return false
	}
	if rest := p.lex.text[p.lex.pos:]; rest != "" && rest[0] != '\n' && rest[0] != '\r' {
		return false
	}
	shape := p.grammar.Shape(p.words[0].value)
	if !shape.Known || shape.Block || shape.MaxArgs < 0 || len(p.words)-1 < shape.MaxArgs {
		return false
	}
	if k := p.peek().kind; k == tokSemicolon || k == tokOpen {
		return false
	}
	last := &p.words[len(p.words)-1]
	last.value = t.value[:n-1]
	last.span.End--
	brace := token{kind: tokClose, span: Span{last.span.End, last.span.End + 1}}
	p.missingSemicolon(`directive "`+p.words[0].value+`" is not terminated by ";"`, len(p.words))
	p.close(brace)
	return true
}

// gluedOpen handles "location ~ /a${": nginx reads a brace behind a dollar sign as
// part of the word, and then finds no block.
func (p *parser) gluedOpen(t token) bool {
	n := len(t.value)
	shape := p.grammar.Shape(p.words[0].value)
	if n < 3 || len(p.words) < 2 || t.value[n-2:] != "${" || !shape.Block || shape.Simple || p.top().foreign {
		return false
	}
	if p.lex.restOfLine(p.lex.pos) < 0 || p.words[0].value == "if" || p.peek().kind == tokOpen {
		return false // the dollar sign is the end of a regular expression, or the brace part of one
	}
	last := &p.words[len(p.words)-1]
	last.value = t.value[:n-1]
	last.span.End--
	p.report(Span{last.span.End, last.span.End + 1}, `directive "`+p.words[0].value+`" has no opening "{": behind a dollar sign a brace is part of the word`,
		"put a blank before the brace")
	p.open(token{kind: tokOpen, span: Span{last.span.End, last.span.End + 1}})
	return true
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
	}
	p.words = p.words[:0]
}

// statement makes a directive out of the words at hand, or returns nil where
// it must be dropped.
func (p *parser) statement() *Directive {
	if p.skipped > 0 {
		return nil
	}
	if len(p.stmts) >= MaxDirectives {
		if !p.full {
			p.full = true
			p.add(Problem{Kind: Limit, Span: p.words[0].span, Message: fmt.Sprintf("more than %d directives in this file: the rest is not read", MaxDirectives)})
		}
		return nil
	}
	d := &p.directives.take(1)[0]
	first, last := p.words[0], p.words[len(p.words)-1]
	*d = Directive{
		Name: first.value, File: p.file, NameUnknown: first.unknown,
		NameSpan: first.span, Head: Span{first.span.Start, last.span.End}, Span: Span{first.span.Start, last.span.End},
	}
	if len(p.words) > 1 {
		d.Args = p.args.take(len(p.words) - 1)
		for i, w := range p.words[1:] {
			d.Args[i] = Arg{Value: w.value, Span: w.span, Quote: w.quote, Unknown: w.unknown}
		}
	}
	p.stmts = append(p.stmts, stmt{Directive: d, after: len(p.stmts) + 1})
	return d
}
