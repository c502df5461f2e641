package setter

import (
	"strconv"
	"strings"
)

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
	// captures counts the capturing groups, reference is the highest \1 … \7:
	// PCRE, unlike PCRE2, takes \8 and \9 without such a group for the digit.
	captures, reference int
	// names are those of the named groups.
	names map[string]bool
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
		r.set(true, false)
		return r.escape()
	case '[':
		if posixClass(r.text[r.i-1:]) {
			return "POSIX named classes are supported only within a class"
		}
		r.set(true, false)
		return r.class()
	case '(':
		r.depth++
		r.set(false, false)
		return r.groupHead()
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
			digits := r.text[r.i : r.i+n-1]
			r.i += n
			if reason := countReason(digits); reason != "" {
				return reason
			}
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
func (r *regexReader) escape() string {
	c := r.text[r.i]
	r.i++
	switch {
	case '1' <= c && c <= '7' && (r.i == len(r.text) || r.text[r.i] < '0' || '9' < r.text[r.i]):
		r.reference = max(r.reference, int(c-'0'))
	case c == 'p' || c == 'P':
		// A property is {name} or one letter for a whole class of them.
		if r.i == len(r.text) || strings.IndexByte("{CLMNPSZ", r.text[r.i]) < 0 {
			return `unknown property after \P or \p`
		}
	case strings.IndexByte("lLuU", c) >= 0:
		return `PCRE does not support \F, \L, \l, \N{name}, \U, or \u`
	}
	return ""
}

// countReason is what is wrong with the numbers of a quantifier, "2" or "2,4".
func countReason(digits string) string {
	const most = 65535
	low, high, isRange := strings.Cut(digits, ",")
	from, _ := strconv.Atoi(low)
	to, _ := strconv.Atoi(high)
	switch {
	case len(low) > 6 || len(high) > 6 || from > most || to > most:
		return "number too big in {} quantifier"
	case isRange && high != "" && from > to:
		return "numbers out of order in {} quantifier"
	}
	return ""
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

// groupHead reads what follows an opening parenthesis: (?:, (?=, (?<name>, (?i) ….
func (r *regexReader) groupHead() string {
	rest := r.text[r.i:]
	if !strings.HasPrefix(rest, "?") {
		r.captures++
		return ""
	}
	if strings.HasPrefix(rest, "?(") {
		r.i++ // a condition, which reads like a group of its own
		return ""
	}
	if name, ok := groupName(rest); ok {
		r.captures++
		letters := nameLength(name)
		if strings.HasPrefix(name, ">") {
			return "subpattern name expected"
		}
		if letters == 0 || letters == len(name) || name[letters] != '>' {
			return "syntax error in subpattern name (missing terminator?)"
		}
		if '0' <= name[0] && name[0] <= '9' {
			return "subpattern name must start with a non-digit"
		}
		if !r.named(name[:letters]) {
			return "two named subpatterns have the same name (PCRE2_DUPNAMES not set)"
		}
		r.i += len(rest) - len(name) + letters + 1
		return ""
	}
	if strings.HasPrefix(rest, "?'") {
		r.captures++
	}
	if len(rest) > 1 && strings.IndexByte("{.,/$]@;%", rest[1]) >= 0 {
		return "unrecognized character after (? or (?-"
	}
	if options := strings.TrimLeft(rest[1:], "abcdefghijklmnopqrstuvwxyzADEFGHIJKLMNOQSTUVWXYZ^-"); len(options) < len(rest)-1 && options != "" && strings.IndexByte(":)0123456789", options[0]) < 0 {
		return "unrecognized character after (? or (?-"
	}
	end := strings.IndexAny(r.text[r.i:], ":=!>)|")
	if end < 0 {
		r.i = len(r.text)
		return ""
	}
	r.i += end
	if r.text[r.i] != ')' {
		r.i++
	} else {
		// (?i) and (?R): whether a quantifier may follow depends on which.
		r.atom = true
	}
	return ""
}

// named notes the name of a group, and reports whether it is new, where it has to be.
func (r *regexReader) named(name string) bool {
	if r.names[name] {
		return strings.Contains(r.text, "(?J") || strings.Contains(r.text, "(?|")
	}
	if r.names == nil {
		r.names = map[string]bool{}
	}
	r.names[name] = true
	return true
}

// posixClasses are the names of classes such as [:alpha:].
const posixClasses = " alpha lower upper alnum ascii blank cntrl digit graph print punct space word xdigit "

// groupName returns what follows "?<" or "?P<" of a named group.
func groupName(rest string) (string, bool) {
	if name, ok := strings.CutPrefix(rest, "?P<"); ok {
		return name, true
	}
	name, ok := strings.CutPrefix(rest, "?<")
	return name, ok && !strings.HasPrefix(name, "=") && !strings.HasPrefix(name, "!") && !strings.HasPrefix(name, "*")
}

// nameLength counts the bytes of a group's name; those beyond ASCII may be letters.
func nameLength(s string) int {
	n := 0
	for n < len(s) && (isNameByte(s[n]) || s[n] >= 0x80) {
		n++
	}
	return n
}

// class reads a character class, whose opening bracket is read.
func (r *regexReader) class() string {
	if r.i < len(r.text) && r.text[r.i] == '^' {
		r.i++
	}
	var before byte // a plain character that a range may begin with, else 0
	for first := true; r.i < len(r.text); first = false {
		c := r.text[r.i]
		if c == ']' && !first {
			r.i++
			return ""
		}
		switch {
		case c == '\\':
			r.i++
			before = 0
		case c == '[' && r.i+1 < len(r.text) && strings.IndexByte(":.=", r.text[r.i+1]) >= 0:
			if posixClass(r.text[r.i:]) {
				name, _, _ := strings.Cut(r.text[r.i+2:], ":")
				if name = strings.TrimPrefix(name, "^"); !strings.Contains(posixClasses, " "+name+" ") {
					return "unknown POSIX class name"
				}
			}
			if end := strings.Index(r.text[r.i+2:], r.text[r.i+1:r.i+2]+"]"); end >= 0 {
				r.i += 2 + end + 1
			}
			before = 0
		case c == '-' && before != 0 && r.i+1 < len(r.text) && strings.IndexByte("]\\[", r.text[r.i+1]) < 0:
			r.i++
			if r.text[r.i] < before {
				return "range out of order in character class"
			}
			before = 0
		case c == '-':
			before = 0
		default:
			before = c
		}
		r.i++
	}
	return "missing terminating ] for character class"
}
