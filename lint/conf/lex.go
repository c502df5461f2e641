package conf

import "strings"

// maxWord is NGX_CONF_BUFFER of nginx, src/core/ngx_conf_file.c: a word or a
// comment that does not fit into the read buffer is refused.
const maxWord = 4096

// kind is the kind of a token.
type kind uint8

const (
	tokEOF kind = iota
	tokWord
	tokSemicolon
	tokOpen
	tokClose
)

// token is one lexical element. For words, value is the decoded text.
type token struct {
	kind      kind
	quote     byte
	unknown   bool // a template engine fills in (part of) the word
	lineStart bool // nothing but blanks before it on its line
	span      Span
	value     string
}

// lexer follows ngx_conf_read_token of nginx, src/core/ngx_conf_file.c, over a
// whole file in memory. It reports what nginx refuses through problem and goes
// on behind it.
type lexer struct {
	text     string
	pos      int
	fresh    bool // nothing but blanks since the last line feed
	substs   bool // ${UPPER} is filled in by envsubst
	doubled  bool // "{{" and "}}" stand for one brace
	mark     Span // the first mark of a template engine, if any
	branches bool // one that stands for whole statements
	comments []Span
	// isData reports that the word at hand is a regular expression only if it
	// begins with ~: a name, or an argument of a block of parameters.
	isData  func() bool
	problem func(span Span, message, help string)
}

// Classes of bytes inside an unquoted word.
const (
	plain = iota
	ends  // ends the word
	mark  // needs a closer look
)

var class = [256]uint8{
	' ': ends, '\t': ends, '\r': ends, '\n': ends, ';': ends,
	'{': mark, '\\': mark, '$': mark, '<': mark,
	'%': mark, '@': mark, '!': mark, ':': mark, '[': mark,
}

// next returns the next token. atStart says that a statement may begin here:
// only there do template marks stand for themselves.
func (l *lexer) next(atStart bool) token {
	for l.pos < len(l.text) {
		c := l.text[l.pos]
		switch c {
		case '\n':
			l.fresh = true
			l.pos++
		case ' ', '\t', '\r':
			l.pos++
		case '#':
			l.comment()
		case ';':
			return l.punct(tokSemicolon)
		case '}':
			return l.punct(tokClose)
		case '{', '<', '[', '%':
			if end := l.templateEnd(l.pos, atStart); end > 0 {
				l.marked(Span{int32(l.pos), int32(end)})
				l.branches = l.branches || atStart && l.text[l.pos:l.pos+2] != "{#"
				if atStart {
					end = l.restOfLine(end)
				}
				if !atStart || end < 0 {
					return l.word()
				}
				l.pos = end
				continue
			}
			if c == '{' {
				if l.brace(l.pos) > 1 {
					l.marked(Span{int32(l.pos), int32(l.pos + 2)})
				}
				return l.punct(tokOpen)
			}
			return l.word()
		default:
			return l.word()
		}
	}
	return token{kind: tokEOF, span: Span{int32(l.pos), int32(l.pos)}, lineStart: true}
}

func (l *lexer) punct(k kind) token {
	n := 1
	if k != tokSemicolon {
		n = l.brace(l.pos)
	}
	t := token{kind: k, span: Span{int32(l.pos), int32(l.pos + n)}, lineStart: l.fresh}
	l.pos += n
	l.fresh = false
	return t
}

// comment skips to the line feed, which is left for the caller.
func (l *lexer) comment() {
	end := strings.IndexByte(l.text[l.pos:], '\n')
	if end < 0 {
		end = len(l.text) - l.pos
	}
	if end >= maxWord && len(l.text)-l.pos > maxWord {
		l.tooLong(l.pos, end, "nginx reads comments through the same buffer of 4096 bytes as words: break this one into several lines")
	}
	l.comments = append(l.comments, Span{int32(l.pos), int32(l.pos + end)})
	l.pos += end
}

func (l *lexer) tooLong(start, n int, help string) {
	head := l.text[start:min(start+10, len(l.text))]
	l.problem(Span{int32(start), int32(start + n)}, `too long parameter "`+head+`..."`, help)
}

// word reads a word that begins at pos.
func (l *lexer) word() token {
	t := token{kind: tokWord, lineStart: l.fresh}
	l.fresh = false
	l.piece(&t)
	if t.quote != 0 && l.isGlued() {
		l.glued(&t)
	}
	return t
}

// piece reads one word, quoted or not.
func (l *lexer) piece(t *token) {
	start := l.pos
	if q := l.text[start]; q == '"' || q == '\'' {
		l.quoted(t, q)
		return
	}
	i, escaped := start, false
loop:
	for i < len(l.text) {
		switch class[l.text[i]] {
		case plain:
			i++
			continue
		case ends:
			break loop
		}
		switch l.text[i] {
		case '\\':
			escaped = true
			i += 2
		case '$':
			if end := fillInEnd(l.text, i); end > 0 {
				t.unknown = true
				i = end
				continue
			}
			// nginx takes braces after a dollar sign as part of the word.
			for i++; i < len(l.text) && l.text[i] == '{' && !l.substituted(i); {
				i++
			}
		default:
			if end := l.templateEnd(i, false); end > 0 {
				l.marked(Span{int32(i), int32(end)})
				t.unknown = true
				i = end
			} else if end := fillInEnd(l.text, i); end > 0 {
				t.unknown = true
				i = end
			} else if end := l.quantifierEnd(start, i); end > 0 {
				l.problem(Span{int32(i), int32(end)}, `unexpected "{": outside of quotes a brace begins a block, also in a regular expression`,
					"put the whole regular expression into quotes")
				i = end
			} else if l.text[i] == '{' {
				break loop
			} else {
				i++
			}
		}
	}
	i = min(i, len(l.text))
	l.finish(t, start, i, start, i, escaped)
	l.pos = i
}

// quantifierEnd returns the offset behind a quantifier of a regular expression,
// such as {2} or {2,4}, that begins at i inside the word at start, or 0. No
// directive's block can begin with one; a body of parameters could.
func (l *lexer) quantifierEnd(start, i int) int {
	text, j := l.text, i+1
	for j < len(text) && ('0' <= text[j] && text[j] <= '9' || text[j] == ',') {
		j++
	}
	if text[i] != '{' || i == start || j == i+1 || text[i+1] == ',' || j == len(text) || text[j] != '}' {
		return 0
	}
	if text[start] != '~' && l.isData() {
		return 0
	}
	return j + 1
}

// substituted reports whether the brace at i opens a template mark instead of
// nginx's own ${name}.
func (l *lexer) substituted(i int) bool {
	return i+1 < len(l.text) && l.text[i+1] == '{' && l.templateEnd(i, false) > 0
}

// marked notes the first template mark of the file.
func (l *lexer) marked(mark Span) {
	if (l.mark == Span{}) {
		l.mark = mark
	}
}

// ofVariable reports whether the brace at i is that of ${name}, which is nginx's
// own: whether something else fills in a name of capitals, only the name of the
// file tells.
func (l *lexer) ofVariable(i int) bool {
	return l.text[i] == '{' && l.text[i-1] == '$' && !l.substituted(i)
}

// finish fills in the token whose text between any quotes is [from, to).
func (l *lexer) finish(t *token, start, end, from, to int, escaped bool) {
	t.span = Span{int32(start), int32(end)}
	t.value = l.text[from:to]
	if l.overflows(from, end) {
		l.tooLong(start, end-start, "no single word of a configuration may be longer than 4095 bytes")
	}
	if l.substs && !t.unknown {
		t.unknown = hasSubstitution(t.value)
	}
	t.unknown = t.unknown || l.doubled && (strings.Contains(t.value, "{{") || strings.Contains(t.value, "}}"))
	if escaped {
		t.value = unescape(t.value)
	}
}

// overflows reports whether the word read from offset from fills nginx's buffer.
// What nginx reads there before it forgets the word counts: the closing quote,
// and a blank, for only the byte behind that begins something new.
func (l *lexer) overflows(from, end int) bool {
	n := end - from
	if n < maxWord-1 || len(l.text)-from <= maxWord {
		return false
	}
	if end < len(l.text) && class[l.text[end]] == ends && l.text[end] != ';' {
		n++
	}
	return n >= maxWord
}

// unescape decodes the escapes that ngx_conf_read_token decodes; a backslash
// before any other byte stays.
func unescape(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if j := strings.IndexByte(`"'\trn`, s[i+1]); j >= 0 {
				b = append(b, "\"'\\\t\r\n"[j])
				i++
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// quoted reads a word in quotes.
func (l *lexer) quoted(t *token, q byte) {
	t.quote = q
	start := l.pos
	end, escaped, mark := l.closingQuote(start+1, q)
	switch {
	case end < 0:
		message := `unexpected end of file, expecting ";" or "}"`
		if len(l.text)-start-1 > maxWord {
			message = `too long parameter, probably missing terminating ` + string(q) + ` character`
		}
		l.unclosed(t, start, message)
	case l.crossesLines(start, end) && !l.mayFollowQuote(end+1):
		// The quote that seems to close this word opens another one: what
		// follows it cannot follow a quoted word.
		l.unclosed(t, start, `unexpected "`+printable(l.text[end+1])+`" after the next quote`)
	case end-start-1 >= maxWord && l.crossesLines(start, end):
		l.unclosed(t, start, `too long parameter, probably missing terminating `+string(q)+` character`)
	default:
		t.unknown = mark != Span{}
		l.marked(mark)
		l.finish(t, start, end+1, start+1, end, escaped)
		l.pos = end + 1
	}
}

// glued reads what stands right behind a quoted word, which nginx refuses. A
// shell would take it all for one word; so does the tree, since an argument more
// would mislead.
func (l *lexer) glued(t *token) {
	if l.templateEnd(l.pos, false) > 0 {
		l.gluedMarks(t)
		return
	}
	l.problem(Span{int32(l.pos), int32(l.pos + 1)}, `unexpected "`+printable(l.text[l.pos])+`"`,
		"a quoted word ends at its quote: put a blank between the two, or the whole into one pair of quotes")
	report := l.problem
	l.problem = func(Span, string, string) {}
	value := []byte(t.value)
	for l.isGlued() && l.text[l.pos] != '#' {
		var piece token
		l.piece(&piece)
		value = append(value, piece.value...)
	}
	l.problem = report
	t.span.End, t.value, t.unknown = int32(l.pos), string(value), true
}

// gluedMarks reads template marks that stand right behind a quoted word, and may
// fill in a blank and more words.
func (l *lexer) gluedMarks(t *token) {
	begin := l.pos
	for end := begin; end > 0; end = l.templateEnd(l.pos, false) {
		l.pos = end
	}
	l.marked(Span{int32(begin), int32(l.pos)})
	t.unknown, t.span.End = true, int32(l.pos)
}

// isGlued reports whether nginx refuses what stands at pos behind a quoted word.
// A brace is for the parser to report.
func (l *lexer) isGlued() bool {
	return !l.mayFollowQuote(l.pos) && l.text[l.pos] != '}'
}

func (l *lexer) crossesLines(start, end int) bool {
	return strings.IndexByte(l.text[start:end], '\n') >= 0
}

// closingQuote returns the offset of the quote that closes a word whose text
// begins at i, or -1, and the first template mark before it.
func (l *lexer) closingQuote(i int, q byte) (end int, escaped bool, mark Span) {
	for i < len(l.text) {
		switch l.text[i] {
		case q:
			return i, escaped, mark
		case '\\':
			escaped = true
			i += 2
			continue
		case '{', '<', '[':
			if l.ofVariable(i) {
				break
			}
			if end := l.templateEnd(i, false); end > 0 && strings.IndexByte(l.text[i:end], '\n') < 0 {
				if (mark == Span{}) {
					mark = Span{int32(i), int32(end)}
				}
				if l.quoteInside(i, end, q) {
					i = end
					continue
				}
			}
		}
		i++
	}
	return -1, escaped, mark
}

// quoteInside reports whether a template mark may be skipped inside a word in
// quotes: it holds no such quote, or none that could end the word for nginx.
func (l *lexer) quoteInside(i, end int, q byte) bool {
	j := strings.IndexByte(l.text[i:end], q)
	return j < 0 || l.substs || !l.mayFollowQuote(i+j+1)
}

// mayFollowQuote reports whether nginx lets the byte at i follow a quoted word.
func (l *lexer) mayFollowQuote(i int) bool {
	if i >= len(l.text) {
		return true
	}
	switch l.text[i] {
	case ' ', '\t', '\r', '\n', ';', '{', ')':
		return true
	}
	return false
}

// unclosed ends a word whose quote is never closed at the end of its line,
// before the punctuation that was meant to end the statement.
func (l *lexer) unclosed(t *token, start int, message string) {
	end := strings.IndexByte(l.text[start:], '\n')
	if end < 0 {
		end = len(l.text) - start
	}
	line := strings.TrimRight(l.text[start:start+end], " \t\r")
	if n := len(line); n > 1 && (line[n-1] == ';' || line[n-1] == '{') {
		line = strings.TrimRight(line[:n-1], " \t")
	}
	end = start + max(1, len(line))
	l.problem(Span{int32(start), int32(start + 1)}, message,
		"this quote is never closed: add the closing "+string(t.quote))
	t.span = Span{int32(start), int32(end)}
	t.value = unescape(l.text[start+1 : end])
	t.unknown = true
	l.pos = end
}

// printable shows a byte that cannot stand in a message as it is.
func printable(c byte) string {
	const hex = "0123456789abcdef"
	if c < ' ' || c >= 0x7f {
		return `\x` + string(hex[c>>4]) + string(hex[c&15])
	}
	return string(c)
}
