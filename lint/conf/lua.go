package conf

import "strings"

// luaBlock reads the rest of a directive whose body is Lua code.
func (p *parser) luaBlock() {
	for {
		t := p.token()
		switch t.kind {
		case tokWord:
			p.words = append(p.words, t)
			continue
		case tokOpen:
			p.luaBody(t)
		default:
			// nginx wants a brace here; whatever stands instead is read as
			// an ordinary statement.
			p.ahead, p.hasAhead = t, true
		}
		return
	}
}

func (p *parser) luaBody(open token) {
	end, closed := p.luaEnd()
	if !closed {
		p.report(Span{p.words[0].span.Start, open.span.End}, `unexpected end of file, expecting "}": the Lua code is never closed`,
			`add the closing "}", and look for a quote or bracket of the code that is not closed`)
	}
	brace := 0
	if end < len(p.lex.text) && (closed || p.column(end) == p.indent(p.words[0])) {
		brace = p.lex.brace(end)
	}
	if d := p.statement(); d != nil {
		d.IsBlock = true
		d.Inside = &Inside{Body: Span{open.span.End, int32(end)}}
		d.Span.End = int32(end + brace)
		p.ended()
	}
	p.words = p.words[:0]
	p.lex.pos = end + brace
}

// maxLuaLost is how often the end of Lua code may be looked for in vain, up to
// the end of the file, before only indentation is asked.
const maxLuaLost = 8

// luaEnd returns where the Lua code that begins at the lexer's position ends. If
// it is not closed, that is a guess: the next brace in the column of the
// directive, the brace of an outer block, or the end of the file.
func (p *parser) luaEnd() (end int, closed bool) {
	end = -1
	if p.luaLost < maxLuaLost {
		end = luaEnd(p.lex.text, p.lex.pos)
	}
	at := p.indent(p.words[0])
	if end >= 0 {
		if to := p.column(end); p.fix.lacks == 0 || to < 0 || to >= at {
			return end, true
		}
		// Where braces lack and this one stands further to the left than the
		// directive, it belongs to an outer block.
		p.fix.lacks--
		if brace := p.nextBrace(at, end); brace >= 0 {
			return brace, false
		}
		return end, false
	}
	p.luaLost++
	if brace := p.nextBrace(at, len(p.lex.text)); brace >= 0 {
		return brace, false
	}
	p.lost = true
	return len(p.lex.text), false
}

// nextBrace returns the offset of the next closing brace before end that begins
// its line in the given column, or -1.
func (p *parser) nextBrace(column, end int) int {
	for i := p.lex.pos; column >= 0; {
		n := strings.IndexByte(p.lex.text[i:end], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		rest := strings.TrimLeft(p.lex.text[i:end], " \t")
		if j := end - len(rest); strings.HasPrefix(rest, "}") && p.column(j) == column {
			return j
		}
	}
	return -1
}

// isLuaBlock reports whether the directive's body is Lua code rather than
// directives, as those of the Lua modules whose names end so.
func isLuaBlock(name string) bool {
	return strings.HasSuffix(name, "_by_lua_block")
}

// luaEnd returns the offset of the brace that closes a Lua body beginning at i,
// or -1. Braces in Lua's strings and comments do not count; like the Lua
// module's own lexer (ngx_http_lua_lex.c) it lets a short string run over lines.
func luaEnd(text string, i int) int {
	depth := 0
	for i < len(text) {
		switch c := text[i]; c {
		case '{':
			depth++
			i++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
			i++
		default:
			i = luaNext(text, i)
		}
		if i < 0 {
			return -1
		}
	}
	return -1
}

// LuaCode is Lua code without its comments, and with a double quote in place of
// each string. It is not ok where a string or a long comment is never closed.
func LuaCode(text string) (code string, ok bool) {
	text += "\n" // which ends a comment
	var b strings.Builder
	for i := 0; i < len(text); {
		end := luaNext(text, i)
		switch {
		case end < 0:
			return "", false
		case end == i+1:
			b.WriteByte(text[i])
		case text[i] == '-':
			b.WriteByte(' ')
		default:
			b.WriteByte('"')
		}
		i = end
	}
	return b.String(), true
}

// luaNext returns the offset behind the string, the comment or else the byte at
// i; -1 for a string or a comment that is never closed.
func luaNext(text string, i int) int {
	switch text[i] {
	case '"', '\'':
		return luaString(text, i)
	case '[':
		if end := luaLong(text, i); end != 0 {
			return end
		}
	case '-':
		return luaComment(text, i)
	}
	return i + 1
}

// luaString returns the offset behind the short string at i, or -1.
func luaString(text string, i int) int {
	q := text[i]
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case q:
			return i + 1
		}
	}
	return -1
}

// luaLong returns the offset behind the long bracket at i, -1 if it is never
// closed, 0 if there is none.
func luaLong(text string, i int) int {
	j := i + 1
	for j < len(text) && text[j] == '=' {
		j++
	}
	if j >= len(text) || text[j] != '[' {
		return 0
	}
	closing := "]" + text[i+1:j] + "]"
	end := strings.Index(text[j+1:], closing)
	if end < 0 {
		return -1
	}
	return j + 1 + end + len(closing)
}

// luaComment returns the offset behind the comment at i, or behind the minus
// sign if there is none; -1 if a long comment is never closed.
func luaComment(text string, i int) int {
	if !strings.HasPrefix(text[i:], "--") {
		return i + 1
	}
	i += 2
	if i < len(text) && text[i] == '[' {
		if end := luaLong(text, i); end != 0 {
			return end
		}
	}
	end := strings.IndexByte(text[i:], '\n')
	if end < 0 {
		return -1
	}
	return i + end
}
