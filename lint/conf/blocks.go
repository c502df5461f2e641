package conf

import (
	"fmt"
	"strings"
)

func (p *parser) top() *frame { return &p.frames[len(p.frames)-1] }

// open begins a block.
func (p *parser) open(t token) {
	if p.skipped > 0 {
		p.skipped++
		p.words = p.words[:0]
		return
	}
	if len(p.words) == 0 {
		p.nameless(t)
		return
	}
	shape := p.grammar.Shape(p.words[0].value)
	if shape.Known && !shape.Block && !p.top().foreign && p.splitBefore() {
		shape = p.grammar.Shape(p.words[0].value)
	}
	told := p.checkOpen(t, shape)
	if len(p.frames) > MaxDepth {
		p.tooDeep(Span{p.words[0].span.Start, t.span.End})
		return
	}
	fr := frame{stmt: -1, indent: p.indent(p.words[0]), name: p.words[0].value, foreign: p.top().foreign, told: told}
	if d := p.statement(); d != nil {
		d.IsBlock = true
		d.Span.End = t.span.End
		fr.stmt, fr.from = len(p.stmts)-1, len(p.stmts)
		fr.opaque = shape.Opaque
		fr.foreign = fr.foreign || shape.Opaque || !shape.Known
	}
	p.words = p.words[:0]
	p.frames = append(p.frames, fr)
}

// nameless handles a brace without a directive in front of it. Where closing
// braces lack, this one is taken for the cause.
func (p *parser) nameless(t token) {
	if p.fix.lacks > 0 {
		p.fix.lacks--
		p.report(t.span, `unexpected "{"`, "a block needs a directive in front of it; nothing closes this one")
		return
	}
	p.report(t.span, `unexpected "{"`, "a block needs a directive in front of it; what is inside is read as part of the enclosing block")
	if len(p.frames) > MaxDepth {
		p.tooDeep(t.span)
		return
	}
	p.frames = append(p.frames, frame{stmt: -1, name: p.top().name, indent: -1, opaque: p.top().opaque, foreign: p.top().foreign, told: true})
}

// tooDeep begins a block that is read and dropped.
func (p *parser) tooDeep(span Span) {
	p.add(Problem{
		Kind: Limit, Span: span,
		Message: fmt.Sprintf("blocks nest more than %d deep here: what is deeper is not read, and nginx's own stack does not last for ever either", MaxDepth),
	})
	p.words = p.words[:0]
	p.skipped = 1
}

// splitBefore handles a simple directive without ";" above a block: the block's
// name stands among the words, first on its line.
func (p *parser) splitBefore() bool {
	for i := len(p.words) - 1; i > 0; i-- {
		w := p.words[i]
		if w.lineStart && w.quote == 0 && p.grammar.Shape(w.value).Block {
			p.missingSemicolon(p.unterminated(), i)
			return true
		}
	}
	return false
}

// checkOpen reports a block where nginx wants none.
func (p *parser) checkOpen(t token, shape Shape) bool {
	name := p.words[0].value
	if p.top().opaque {
		p.report(t.span, `unexpected "{"`, `"`+p.top().name+`" holds parameters, not blocks`)
		return true
	}
	if !shape.Known || shape.Block || p.words[0].unknown || p.top().foreign {
		return false
	}
	end := p.words[len(p.words)-1].span.End
	p.report(Span{p.words[0].span.Start, end}, `directive "`+name+`" is not terminated by ";"`,
		`"`+name+`" has no block: end it with ";"`)
	return true
}

// close ends the innermost block.
func (p *parser) close(t token) {
	p.dropFilledIn()
	if len(p.words) > 0 {
		end := p.words[len(p.words)-1].span.End
		p.add(Problem{
			Span: Span{end - 1, end}, Message: `unexpected "}"` + `: directive "` + p.words[0].value + `" has no ";"`,
			Help: `end the directive with ";"`,
		})
		p.simple(end)
	}
	if p.skipped > 0 {
		p.skipped--
		return
	}
	if p.fix.surplus > 0 && p.isSurplus(t) {
		p.fix.surplus--
		p.report(t.span, `unexpected "}"`, "there is one closing brace too many: by its indentation, this one closes nothing")
		return
	}
	if p.fix.lacks > 0 {
		p.closeInner(t)
	}
	if len(p.frames) == 1 {
		p.surplus++
		p.add(Problem{Span: t.span, Message: `unexpected "}"`, Help: "there is no open block that this brace could close", braces: true})
		return
	}
	p.pop(t.span.End)
}

// pop closes the innermost frame at the offset end.
func (p *parser) pop(end int32) {
	fr := p.frames[len(p.frames)-1]
	p.frames = p.frames[:len(p.frames)-1]
	if fr.stmt < 0 {
		return
	}
	s := &p.stmts[fr.stmt]
	s.Span.End = end
	s.after = int32(len(p.stmts))
	if s.cut || bodies[s.Name] {
		p.handOver(&fr)
	}
	p.ended()
}

// isSurplus reports whether, by indentation, a closing brace belongs to no
// block: it stands deeper than the block that it would close began.
func (p *parser) isSurplus(t token) bool {
	at := p.indent(t)
	open := p.top().indent
	return at >= 0 && open >= 0 && at > open
}

// closeInner closes the blocks that, by indentation, lack their own brace: the
// brace at hand stands where an outer block began.
func (p *parser) closeInner(t token) {
	at := p.indent(t)
	if at < 0 {
		return
	}
	for i := len(p.frames) - 1; i > 0; i-- {
		if p.frames[i].indent < 0 {
			return
		}
		if p.frames[i].indent <= at {
			if p.frames[i].indent == at {
				p.closeDown(i+1, t.span.Start)
			}
			return
		}
	}
}

// closeForgotten closes blocks that t, a directive never allowed inside them,
// shows to be unclosed.
func (p *parser) closeForgotten(t token) {
	parent := p.top()
	if len(p.frames) < 2 || parent.stmt < 0 || parent.foreign || !p.grammar.Forbidden(t.value, parent.name) {
		return
	}
	for i := len(p.frames) - 2; i >= 0; i-- {
		fr := p.frames[i]
		if fr.stmt < 0 && i > 0 {
			return
		}
		if !p.grammar.Forbidden(t.value, fr.name) {
			if len(p.frames)-1-i <= p.fix.lacks {
				p.closeDown(i+1, t.span.Start)
			}
			return
		}
	}
}

// closeDown closes frames until n are left, as far as braces are known to lack.
func (p *parser) closeDown(n int, end int32) {
	for len(p.frames) > n && p.fix.lacks > 0 {
		p.fix.lacks--
		p.unclosed(p.top(), end)
		p.pop(end)
	}
}

// unclosed reports that the block of a frame lacks its brace.
func (p *parser) unclosed(fr *frame, end int32) {
	if fr.told {
		return // the brace that opens it is the trouble
	}
	span, what := Span{end, end}, "a block"
	if fr.stmt >= 0 {
		d := p.stmts[fr.stmt].Directive
		span, what = d.Head, `the block "`+d.Name+`"`
	}
	p.add(Problem{
		Span: span, braces: true, Message: `unexpected end of file, expecting "}": ` + what + ` is never closed`,
		Help:    `add the closing "}"`,
		Related: []Note{{File: p.file, Span: Span{end, min(end+1, int32(len(p.file.Text)))}, Message: `"}" is missing before this`}},
	})
}

// eof ends what is open at the end of the file.
func (p *parser) eof(t token) {
	p.dropFilledIn()
	if len(p.words) > 0 && !p.full {
		first, last := p.words[0], p.words[len(p.words)-1]
		p.add(Problem{
			Span:    Span{first.span.Start, last.span.End},
			Message: `unexpected end of file, expecting ";" or "}"`,
			Help:    `end the directive with ";"`,
		})
		p.simple(last.span.End)
	}
	if p.lost || p.full {
		p.skipped = 0
	} else {
		p.lacks = p.skipped + len(p.frames) - 1
	}
	for len(p.frames) > 1 {
		if !p.lost && !p.full && p.skipped == 0 {
			p.unclosed(p.top(), t.span.Start)
		}
		p.pop(t.span.Start)
	}
}

// indent is the column, counted from 0, of a token that begins its line; -1 of
// one that does not.
func (p *parser) indent(t token) int {
	if !t.lineStart {
		return -1
	}
	return p.column(int(t.span.Start))
}

// column is the column of an offset, counted from 0, if nothing but blanks
// stands before it on its line, else -1. A tab counts as eight columns.
func (p *parser) column(off int) int {
	start := strings.LastIndexByte(p.file.Text[:off], '\n') + 1
	n := 0
	for _, c := range p.file.Text[start:off] {
		switch c {
		case '\t':
			n += 8 - n%8
		case ' ', '\r', '\ufeff':
			n++
		default:
			return -1
		}
	}
	return n
}
