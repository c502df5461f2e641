package deploy

import "strings"

// syntax is how a file escapes a dollar sign.
type syntax struct {
	doubled bool // $$ is a dollar sign: compose
	escape  byte // the escape character before a $: Dockerfile; 0 for none
}

var composeSyntax = syntax{doubled: true}

// unknowable is the value of a variable that is set to something not read here;
// its default does not apply.
const unknowable = "\x00"

// maxValue is the longest value that variables may grow to, in bytes: each
// ARG of a Dockerfile can double the one before.
const maxValue = 64 << 10

const maxNesting = 8 // ${A:-${B:-${C}}}

// interpolate replaces $NAME and ${NAME…} as compose does (interpolation page
// of its specification) and as Dockerfiles do. A variable without a value has
// its default; without either it is empty and known is false.
func interpolate(s string, vars map[string]string, syn syntax) (out string, known bool) {
	return interpolateAt(s, vars, syn, 0)
}

func interpolateAt(s string, vars map[string]string, syn syntax, depth int) (string, bool) {
	if strings.IndexByte(s, '$') < 0 {
		return s, true
	}
	if depth > maxNesting {
		return "", false
	}
	var b strings.Builder
	known := true
	for i := 0; i < len(s); {
		if b.Len() > maxValue {
			return "", false
		}
		switch {
		case syn.escape != 0 && s[i] == syn.escape && i+1 < len(s) && s[i+1] == '$',
			syn.doubled && strings.HasPrefix(s[i:], "$$"):
			b.WriteByte('$')
			i += 2
		case s[i] != '$':
			b.WriteByte(s[i])
			i++
		default:
			value, n, ok := variable(s[i:], vars, syn, depth)
			b.WriteString(value)
			i += n
			known = known && ok
		}
	}
	return b.String(), known
}

// variable expands what begins with the $ at the start of s and is n bytes long.
func variable(s string, vars map[string]string, syn syntax, depth int) (value string, n int, known bool) {
	if len(s) > 1 && s[1] == '{' {
		end := closing(s)
		if end < 0 {
			return s, len(s), false
		}
		value, known = braced(s[2:end], vars, syn, depth)
		return value, end + 1, known
	}
	name := leadingName(s[1:])
	if name == "" {
		return "$", 1, true
	}
	value, known = vars[name]
	if value == unknowable {
		value, known = "", false
	}
	return value, 1 + len(name), known
}

// braced expands what stands between the braces.
func braced(s string, vars map[string]string, syn syntax, depth int) (string, bool) {
	name := leadingName(s)
	value, set := vars[name]
	if value == unknowable {
		return "", false
	}
	op, word := s[len(name):], ""
	for _, o := range [...]string{":-", ":+", ":?", "-", "+", "?"} {
		if rest, ok := strings.CutPrefix(op, o); ok {
			op, word = o, rest
			break
		}
	}
	present := set
	if strings.HasPrefix(op, ":") {
		present = set && value != ""
	}
	switch {
	case name == "":
		return "", false
	case op == "", op == "?", op == ":?":
		return value, set
	case op == "-" || op == ":-":
		if present {
			return value, true
		}
		return interpolateAt(word, vars, syn, depth+1)
	case op == "+" || op == ":+":
		if present {
			return interpolateAt(word, vars, syn, depth+1)
		}
		// Empty if it is not set; whether it is set is what is not known.
		return "", false
	}
	return "", false
}

// closing is the index of the brace that closes the ${ at the start of s, or -1.
func closing(s string) int {
	depth := 0
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func leadingName(s string) string {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return s[:i]
		}
	}
	return s
}

// parseEnv reads the assignments of a .env file. Values that hold variables or
// escapes or span lines are [unknowable].
func parseEnv(text string) map[string]string {
	vars := map[string]string{}
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || leadingName(name) != name {
			continue
		}
		if value, ok = envValue(strings.TrimSpace(value)); !ok {
			value = unknowable
		}
		vars[name] = value
	}
	return vars
}

func envValue(s string) (string, bool) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		end := strings.IndexByte(s[1:], s[0])
		if end < 0 {
			return "", false
		}
		s = s[1 : 1+end]
	} else if i := strings.Index(s, " #"); i >= 0 {
		s = strings.TrimSpace(s[:i])
	}
	return s, !strings.ContainsAny(s, "$\\")
}
