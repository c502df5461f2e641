package model

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
)

// regexes holds the regular expressions of a configuration that have been
// asked for.
type regexes struct {
	mu  sync.Mutex
	all map[regexKey]*regexp.Regexp
}

type regexKey struct {
	pattern  string
	caseless bool
}

// MatchRegex runs a regular expression of PCRE, as "rewrite" has one, against a
// text. The captures are those by number ("1") and by name in lower case. It is
// not known for what means something else here than there.
func (c *Config) MatchRegex(pattern, text string) (captures map[string]string, ok, known bool) {
	return c.regexes.match(pattern, false, text)
}

// match runs a PCRE pattern against a text. It is not known for patterns that
// Go has no equal for (lookarounds, back references, possessive and atomic
// groups …), nor for texts beyond printable ASCII, where "$", "." and the
// classes differ.
func (r *regexes) match(pattern string, caseless bool, text string) (captures map[string]string, ok, known bool) {
	re := r.compile(pattern, caseless)
	if re == nil || !printable(text) {
		return nil, false, false
	}
	m := re.FindStringSubmatchIndex(text)
	if m == nil {
		return nil, false, true
	}
	captures = map[string]string{}
	for i, name := range re.SubexpNames() {
		if i == 0 {
			continue
		}
		group := "" // of one that took no part
		if m[2*i] >= 0 {
			group = text[m[2*i]:m[2*i+1]]
		}
		if i <= 9 {
			captures[string(rune('0'+i))] = group
		}
		if name = strings.ToLower(name); name != "" && captures[name] == "" {
			captures[name] = group
		}
	}
	return captures, true, true
}

func (r *regexes) compile(pattern string, caseless bool) *regexp.Regexp {
	key := regexKey{pattern, caseless}
	r.mu.Lock()
	defer r.mu.Unlock()
	re, ok := r.all[key]
	if !ok {
		re = compilePCRE(pattern, caseless)
		if r.all == nil {
			r.all = make(map[regexKey]*regexp.Regexp)
		}
		r.all[key] = re
	}
	return re
}

// compilePCRE compiles a pattern that means the same to Go as to PCRE, and
// returns nil for others.
func compilePCRE(pattern string, caseless bool) *regexp.Regexp {
	if !printable(pattern) || readDifferently(pattern) {
		return nil
	}
	if caseless {
		pattern = "(?i)" + pattern
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || loopsOnNothing(tree) {
		return nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil
	}
	return re
}

// readDifferently reports whether a pattern has something that both know and
// read in different ways: an octal number or a reference, \v, \C, and {,n},
// which some releases of PCRE take for a quantifier.
func readDifferently(pattern string) bool {
	for i := 0; i+1 < len(pattern); i++ {
		switch next := pattern[i+1]; pattern[i] {
		case '\\':
			if '0' <= next && next <= '9' || next == 'v' || next == 'C' {
				return true
			}
			i++
		case '{':
			if next == ',' || next == ' ' {
				return true
			}
		}
	}
	return false
}

// loopsOnNothing reports whether something that can match nothing is repeated;
// how such a loop ends, and with what captures, is each engine's own affair.
func loopsOnNothing(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpStar, syntax.OpPlus, syntax.OpRepeat:
		if matchesNothing(re.Sub[0]) {
			return true
		}
	}
	return slices.ContainsFunc(re.Sub, loopsOnNothing)
}

// matchesNothing reports whether the expression can match the empty text.
func matchesNothing(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune) == 0
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpRepeat:
		return re.Min == 0 || matchesNothing(re.Sub[0])
	case syntax.OpPlus, syntax.OpCapture:
		return matchesNothing(re.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, matchesNothing)
	case syntax.OpConcat:
		return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !matchesNothing(sub) })
	}
	return true // positions such as ^ and \b
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
