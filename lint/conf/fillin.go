package conf

import "strings"

// fillInEnd returns the offset behind a word between delimiters that begins at
// i and that a script replaces before nginx sees the file, or 0: %name% of
// control panels for hosting, %(name)s of Python, <NAME>, <your-name>, @NAME@ of
// configure scripts, !NAME_OF_IT!, ${NAME:-default} of shells, and behind a colon, where
// only a port can stand, __NAME__ or a name in capitals that speaks of a port.
// Nobody writes any of them by a slip of the pen.
func fillInEnd(text string, i int) int {
	switch text[i] {
	case '%':
		if i+1 < len(text) && text[i+1] == '(' {
			end := delimitedEnd(text, i+1, ')', func(string) bool { return true })
			if end == 0 || end == len(text) || text[end] != 's' && text[end] != 'd' {
				return 0
			}
			return end + 1
		}
		return delimitedEnd(text, i, '%', func(name string) bool { return len(name) > 2 || !isHex(name) })
	case '<':
		if i > 0 && (text[i-1] == '?' || text[i-1] == 'P') {
			return 0 // a group of a regular expression
		}
		if i > 0 && isNameByte(text[i-1]) || i+1 < len(text) && text[i+1] == '/' {
			return delimitedEnd(text, i, '>', isCapitals)
		}
		return angleEnd(text, i+1)
	case '@':
		return delimitedEnd(text, i, '@', isCapitals)
	case '!':
		// A list of ciphers may have !ADH!LOW.
		return delimitedEnd(text, i, '!', func(name string) bool { return isCapitals(name) && strings.Contains(name, "_") })
	case ':':
		return portNameEnd(text, i+1)
	case '$':
		return shellDefaultEnd(text, i+1)
	}
	return 0
}

// FilledIn is the first word in text that a script replaces before nginx sees the
// file, such as %PORT% or <HOST>; "" where there is none. Marks of template
// engines do not count.
func FilledIn(text string) string {
	for i := range len(text) {
		if end := fillInEnd(text, i); end > 0 {
			return strings.TrimPrefix(text[i:end], ":")
		}
	}
	return ""
}

// shellDefaultEnd returns the offset behind a {NAME:-default} of a shell, or one
// of its like, whose brace is at i, or 0.
func shellDefaultEnd(text string, i int) int {
	if i >= len(text) || text[i] != '{' {
		return 0
	}
	n := i + 1 + nameLength(text[i+1:])
	if !isCapitals(text[i+1:n]) || n+1 >= len(text) || text[n] != ':' || strings.IndexByte("-?=+", text[n+1]) < 0 {
		return 0
	}
	end := strings.IndexAny(text[n:], "}\n;{")
	if end < 0 || text[n+end] != '}' {
		return 0
	}
	return n + end + 1
}

// angleEnd returns the offset behind a <name of two words or more> whose text
// begins at i, or a <NAME>, or 0.
func angleEnd(text string, i int) int {
	end, words := i, 1
	for end < len(text) && (isNameByte(text[end]) || text[end] == '-' || text[end] == '.') {
		if text[end] == '-' || text[end] == '_' {
			words++
		}
		end++
	}
	if end == len(text) || text[end] != '>' || words == 1 && !isCapitals(text[i:end]) {
		return 0
	}
	return end + 1
}

// delimitedEnd returns the offset behind a name that begins behind i and ends
// before closing, if it is one that is meant, else 0.
func delimitedEnd(text string, i int, closing byte, meant func(string) bool) int {
	end := i + 1 + nameLength(text[i+1:])
	if end == i+1 || end >= len(text) || text[end] != closing || '0' <= text[i+1] && text[i+1] <= '9' || !meant(text[i+1:end]) {
		return 0
	}
	return end + 1
}

// portNameEnd returns the offset behind the name of a port that begins at i, or 0.
func portNameEnd(text string, i int) int {
	name := text[i : i+nameLength(text[i:])]
	bare := strings.Trim(name, "_")
	if !isCapitals(bare) {
		return 0
	}
	port := strings.Contains(bare, "PORT") && !strings.HasPrefix(bare, "EXPORT") // EXPORT is a class of ciphers
	if port || strings.HasPrefix(name, "__") && strings.HasSuffix(name, "__") {
		return i + len(name)
	}
	return 0
}

// nameLength is the length of the name that s begins with.
func nameLength(s string) int {
	n := 0
	for n < len(s) && isNameByte(s[n]) {
		n++
	}
	return n
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// isCapitals reports whether a name is of three capitals or more, digits and
// underscores.
func isCapitals(name string) bool {
	return len(name) > 2 && strings.ToUpper(name) == name && strings.Trim(name, "_0123456789") != ""
}

// isHex reports whether a name is all hexadecimal digits: %d0%b0 are two bytes
// of a URL.
func isHex(name string) bool { return strings.Trim(name, "0123456789abcdefABCDEF") == "" }
