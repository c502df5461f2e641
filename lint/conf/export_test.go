package conf

// LexAll reads a text to its end and returns how many tokens it has.
func LexAll(text string) int {
	l := lexer{text: text, fresh: true, isData: func() bool { return false }, problem: func(Span, string, string) {}}
	n := 0
	for l.next(false).kind != tokEOF {
		n++
	}
	return n
}
