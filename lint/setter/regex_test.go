package setter

import "testing"

func TestRegexRefusesOnlyWhatPCRERefuses(t *testing.T) {
	for _, pattern := range []string{
		``, `^/a/(.*)$`, `\.(jpg|png)$`, `[]a]`, `[^]]`, `[[:alpha:]]+`, `a{2}`, `a{,2}`, `{`, `}`, `a++`, `a*?`, `a{2}?`, `^*`, `(?i)a`, `(?i)*`,
		`(?<name>\d+)`, `(?P<n>x)`, `(?'n'x)`, `(?=a)*`, `(?:a|)`, `()`, `(|a)`, `a||b`, `\[`, `\\`, `[\]]`, `\Q(\E`, `(?#a)b`, `(*UTF8)x`, `$*`, `\b+`, `]`, `x]`, `(a)\1`,
		`[a-\d]`, `[\w-a]`, `[a-z-9]`, `[+--]`, `[[:^alpha:][:digit:]z]`, `[[:a]`, `\pL`, `\p{Lu}`, `\P{Lu}x`, `(?J)(?<a>x)(?<a>y)`, `(?|(?<a>x)|(?<a>y))`, `a{3}`, `a{1,3}?`,
		`(?i:a)`, `(?-i)a`, `(?i-s:a)`, `(?R)?`, `(a)(?1)`, `(?>a)`, `(?<!a)b`, `(?<=a)b`, `(?P=x)(?P<x>a)`, `(?&n)(?<n>x)`, `a{70000`, `(?^i)a`, `(?P>n)(?<n>x)`, `(?C1)a`, `(?(1)a|b)(c)`,
		`(a)\9`, // PCRE; PCRE2 does not
	} {
		if reason := regex(pattern); reason != "" {
			t.Errorf("regex(%q) = %q, PCRE accepts it", pattern, reason)
		}
	}
	for pattern, want := range map[string]string{
		`(`:        "missing closing parenthesis",
		`a(b|c`:    "missing closing parenthesis",
		`a)`:       "unmatched closing parenthesis",
		`[a-z`:     "missing terminating ] for character class",
		`[]`:       "missing terminating ] for character class",
		`*.php`:    "quantifier does not follow a repeatable item",
		`+a`:       "quantifier does not follow a repeatable item",
		`a|*b`:     "quantifier does not follow a repeatable item",
		`(*a)x(?`:  "",
		`(+a)`:     "quantifier does not follow a repeatable item",
		`a**`:      "quantifier does not follow a repeatable item",
		`a\`:       `\ at end of pattern`,
		`(?:a*))`:  "unmatched closing parenthesis",
		`[a\]`:     "missing terminating ] for character class",
		`a+++`:     "quantifier does not follow a repeatable item",
		`^/(a|b`:   "missing closing parenthesis",
		`(a)\2`:    "reference to non-existent subpattern",
		`[[:a:]`:   "unknown POSIX class name",
		`(?<n>a|b`: "missing closing parenthesis",

		`(?<id.+)`:       "syntax error in subpattern name (missing terminator?)",
		`(?<>x)`:         "subpattern name expected",
		`(?P<1a>x)`:      "subpattern name must start with a non-digit",
		`(?<a>x)(?<a>y)`: "two named subpatterns have the same name (PCRE2_DUPNAMES not set)",
		`(?name>x)`:      "unrecognized character after (? or (?-",
		`[[:foo:]]`:      "unknown POSIX class name",
		`[z-a]`:          "range out of order in character class",
		`a{3,1}`:         "numbers out of order in {} quantifier",
		`a{99999}`:       "number too big in {} quantifier",
		`\php`:           `unknown property after \P or \p`,
		`a\u0041`:        `PCRE does not support \F, \L, \l, \N{name}, \U, or \u`,
	} {
		if got := regex(pattern); got != want {
			t.Errorf("regex(%q) = %q, want %q", pattern, got, want)
		}
	}
}
