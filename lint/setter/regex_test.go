package setter

import "testing"

func TestRegexRefusesOnlyWhatPCRERefuses(t *testing.T) {
	for _, pattern := range []string{
		``, `^/a/(.*)$`, `\.(jpg|png)$`, `[]a]`, `[^]]`, `[[:alpha:]]+`, `a{2}`, `a{,2}`, `{`, `}`, `a++`, `a*?`, `a{2}?`, `^*`, `(?i)a`, `(?i)*`,
		`(?<name>\d+)`, `(?P<n>x)`, `(?'n'x)`, `(?=a)*`, `(?:a|)`, `()`, `(|a)`, `a||b`, `\[`, `\\`, `[\]]`, `\Q(\E`, `(?#a)b`, `(*UTF8)x`, `$*`, `\b+`, `]`, `x]`, `(a)\1`,
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
		`[[:a:]`:   "missing terminating ] for character class",
		`(?<n>a|b`: "missing closing parenthesis",
	} {
		if got := regex(pattern); got != want {
			t.Errorf("regex(%q) = %q, want %q", pattern, got, want)
		}
	}
}
