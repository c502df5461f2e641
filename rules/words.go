package rules

// wordFilter tells, quickly, that a text holds none of some words. It may say yes
// wrongly, but never no.
type wordFilter struct {
	words []string // lower case, ASCII
	first [256]bool
}

func newWordFilter(words ...string) *wordFilter {
	f := &wordFilter{words: words}
	for _, w := range words {
		f.first[w[0]] = true
	}
	for i := range f.first {
		f.first[i] = f.first[i] || i >= 0x80 || 'A' <= i && i <= 'Z' && f.first[i|0x20]
	}
	return f
}

// may reports whether one of the words may be in a text, in any case.
func (f *wordFilter) may(text string) bool {
	for i := range len(text) {
		if !f.first[text[i]] {
			continue
		}
		if text[i] >= 0x80 {
			return true // some such letters are ASCII in lower case
		}
		for _, w := range f.words {
			if hasLower(text[i:], w) {
				return true
			}
		}
	}
	return false
}

// hasLower reports whether a text begins with a word of lower case letters.
func hasLower(text, word string) bool {
	if len(text) < len(word) {
		return false
	}
	for i := range len(word) {
		if text[i]|0x20 != word[i] {
			return false
		}
	}
	return true
}
