package conf

import "strings"

// nextLine looks at t, the first word of its line and the name of a directive
// perhaps, while a statement is still open.
func (p *parser) nextLine(t token) {
	shape := p.grammar.Shape(p.words[0].value)
	if !shape.Known || !p.grammar.Shape(t.value).Known {
		return
	}
	refusal := ""
	switch {
	case shape.MaxArgs >= 0 && len(p.words)-1 >= shape.MaxArgs && !(shape.MaxArgs == 0 && shape.Block):
		refusal = `invalid number of arguments in "` + p.words[0].value + `" directive`
	case p.refusesNames(t.value):
		refusal = `invalid parameter "` + t.value + `"`
	case shape.Simple && p.looksLikeStatement(t):
		end := p.words[len(p.words)-1].span.End
		p.add(Problem{
			Span: Span{end - 1, end}, Accepted: true,
			Message: `there is no ";" at the end of this line: nginx takes the next line for arguments of "` + p.words[0].value + `"`,
			Help:    `end the directive with ";"`,
		})
	}
	if refusal == "" {
		return
	}
	if next := p.grammar.Shape(t.value); next.Block && !next.Simple {
		refusal = p.unterminated()
	}
	p.missingSemicolon(refusal, len(p.words))
}

// unterminated is what nginx says about a statement that ends in a block.
func (p *parser) unterminated() string {
	return `directive "` + p.words[0].value + `" is not terminated by ";"`
}

// refusesNames reports whether the statement at hand has parameters of its own,
// of which name is none. Of listen's some are the names of directives too.
func (p *parser) refusesNames(name string) bool {
	if len(p.words) < 2 {
		return false
	}
	switch p.words[0].value {
	case "server":
		return true
	case "listen":
		switch name {
		case "ssl", "http2", "http3", "quic", "spdy", "proxy_protocol":
			return false
		}
		return true
	}
	return false
}

// looksLikeStatement reports whether t, the name of a directive, is set out like
// a statement of its own: as far to the right as the statement at hand, and with
// arguments behind it on its line.
func (p *parser) looksLikeStatement(t token) bool {
	at := p.indent(t)
	if len(p.words) < 2 || at < 0 || at != p.indent(p.words[0]) {
		return false
	}
	rest, _, _ := strings.Cut(p.lex.text[t.span.End:], "\n")
	rest = strings.TrimLeft(rest, " \t")
	return rest != "" && !strings.ContainsAny(rest[:1], ";{#\r")
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
	name := strings.TrimSuffix(p.words[0].value, "}")
	shape := p.grammar.Shape(name)
	if !shape.Known || shape.Block {
		return false
	}
	// The brace is surely meant for one where nginx finds an argument too many,
	// and most likely where a brace lacks.
	certain := len(p.words) == 1 || shape.MaxArgs >= 0 && len(p.words)-1 >= shape.MaxArgs
	if k := p.peek(); !certain && p.fix.lacks == 0 || k == tokSemicolon || k == tokOpen {
		return false
	}
	if !certain {
		p.fix.lacks--
	}
	last := &p.words[len(p.words)-1]
	last.value = t.value[:n-1]
	last.span.End--
	brace := token{kind: tokClose, span: Span{last.span.End, last.span.End + 1}}
	p.missingSemicolon(`directive "`+name+`" is not terminated by ";"`, len(p.words))
	p.close(brace)
	return true
}

// gluedOpen handles "location ~ /a${": nginx reads a brace behind a dollar sign as
// part of the word, and then finds no block.
func (p *parser) gluedOpen(t token) bool {
	n := len(t.value)
	if n < 3 || len(p.words) < 2 || t.value[n-2:] != "${" || p.top().foreign {
		return false
	}
	if shape := p.grammar.Shape(p.words[0].value); !shape.Block || shape.Simple {
		return false
	}
	if p.lex.restOfLine(p.lex.pos) < 0 || p.words[0].value == "if" || p.peek() == tokOpen {
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
