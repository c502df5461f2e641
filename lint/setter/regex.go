package setter

import "strings"

// regex returns why PCRE certainly refuses a pattern, or "". It knows a few
// mistakes only: parentheses and brackets that do not match, a quantifier with
// nothing before it, a backslash at the end. Whatever it does not fully
// understand it accepts.
//
// nginx says: pcre2_compile() failed: <reason> in "<pattern>" at "<rest>"
// (ngx_regex_compile, src/core/ngx_regex.c; "pcre_compile()" with the older
// library).
func regex(pattern string) string {
	r := regexReader{text: pattern}
	if strings.Contains(pattern, `\Q`) || strings.Contains(pattern, "(?x") || strings.HasPrefix(pattern, "(*") || strings.Contains(pattern, "(?#") {
		return "" // literal text, comments and verbs change what the rest means
	}
	for r.i < len(r.text) {
		if reason := r.step(); reason != "" {
			return reason
		}
	}
	switch {
	case r.depth > 0:
		return "missing closing parenthesis"
	case r.reference > r.captures:
		return "reference to non-existent subpattern"
	}
	return ""
}

// regexReader reads a pattern from left to right.
type regexReader struct {
	text  string
	i     int
	depth int
	// atom says that a quantifier may follow, quantified that one just stood
	// here, so that only "?" and "+" may follow to change it.
	atom, quantified bool
	// captures counts the capturing groups, reference is the highest \1 … \9.
	captures, reference int
}

// step reads one element.
func (r *regexReader) step() string {
	c := r.text[r.i]
	r.i++
	switch c {
	case '\\':
		if r.i == len(r.text) {
			return `\ at end of pattern`
		}
		r.escape()
		r.set(true, false)
	case '[':
		if posixClass(r.text[r.i-1:]) {
			return "POSIX named classes are supported only within a class"
		}
		if !r.class() {
			return "missing terminating ] for character class"
		}
		r.set(true, false)
	case '(':
		r.depth++
		r.set(false, false)
		r.groupHead()
	case ')':
		if r.depth == 0 {
			return "unmatched closing parenthesis"
		}
		r.depth--
		r.set(true, false)
	case '|', '^':
		r.set(false, false)
		if c == '^' {
			r.atom = true // PCRE lets a quantifier follow an assertion
		}
	case '*', '+', '?':
		return r.quantifier(c)
	case '{':
		if n := counted(r.text[r.i:]); n > 0 {
			r.i += n
			return r.quantifier(c)
		}
		r.set(true, false)
	default:
		r.set(true, false)
	}
	return ""
}

func (r *regexReader) set(atom, quantified bool) { r.atom, r.quantified = atom, quantified }

// escape reads what follows a backslash.
func (r *regexReader) escape() {
	c := r.text[r.i]
	r.i++
	if '1' <= c && c <= '9' && (r.i == len(r.text) || r.text[r.i] < '0' || '9' < r.text[r.i]) {
		r.reference = max(r.reference, int(c-'0'))
	}
}

// counted is the length of "2}", "2,}" or "2,4}" at the start of s, else 0.
func counted(s string) int {
	i := 0
	for i < len(s) && ('0' <= s[i] && s[i] <= '9' || s[i] == ',') {
		i++
	}
	if i == 0 || i == len(s) || s[i] != '}' || s[0] == ',' || strings.Count(s[:i], ",") > 1 {
		return 0
	}
	return i + 1
}

// posixClass reports whether s begins with a class such as [:alpha:].
func posixClass(s string) bool {
	if !strings.HasPrefix(s, "[:") {
		return false
	}
	end := strings.Index(s, ":]")
	if end < 2 {
		return false
	}
	return strings.Trim(s[2:end], "abcdefghijklmnopqrstuvwxyz^") == ""
}

// quantifier reads *, + or ?; after another quantifier, ? and + make it lazy or
// possessive.
func (r *regexReader) quantifier(c byte) string {
	switch {
	case r.atom && !r.quantified:
		r.set(true, true)
	case r.quantified && (c == '?' || c == '+'):
		r.set(true, false)
		r.atom = false
	default:
		return "quantifier does not follow a repeatable item"
	}
	return ""
}

// groupHead skips what follows an opening parenthesis: (?:, (?=, (?<name>, (?i) ….
func (r *regexReader) groupHead() {
	rest := r.text[r.i:]
	if !strings.HasPrefix(rest, "?") {
		r.captures++
		return
	}
	if strings.HasPrefix(rest, "?P") || strings.HasPrefix(rest, "?'") || strings.HasPrefix(rest, "?<") && !strings.HasPrefix(rest, "?<=") && !strings.HasPrefix(rest, "?<!") {
		r.captures++
	}
	end := strings.IndexAny(r.text[r.i:], ":=!>)|")
	if end < 0 {
		r.i = len(r.text)
		return
	}
	r.i += end
	if r.text[r.i] != ')' {
		r.i++
	} else {
		// (?i) and (?R): whether a quantifier may follow depends on which.
		r.atom = true
	}
}

// class skips a character class, whose opening bracket is read.
func (r *regexReader) class() bool {
	if r.i < len(r.text) && r.text[r.i] == '^' {
		r.i++
	}
	for first := true; r.i < len(r.text); first = false {
		switch c := r.text[r.i]; {
		case c == ']' && !first:
			r.i++
			return true
		case c == '\\':
			r.i++
		case c == '[' && r.i+1 < len(r.text) && strings.IndexByte(":.=", r.text[r.i+1]) >= 0:
			if end := strings.Index(r.text[r.i+2:], r.text[r.i+1:r.i+2]+"]"); end >= 0 {
				r.i += 2 + end + 1
			}
		}
		r.i++
	}
	return false
}
