package linttest

import (
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// Changes of names and arguments.

func (c *mutation) otherValue() bool {
	p, i, ok := c.anyArg()
	if !ok {
		return false
	}
	v := c.poolValue()
	c.replace(p.d.Args[i].Span, quoteUnlessRaw(v))
	return c.say("%s: argument %d %q becomes %q", p.d.Name, i+1, p.d.Args[i].Value, v)
}

func (c *mutation) misspeltValue() bool {
	p, i, ok := c.anyArg()
	if !ok || len(p.d.Args[i].Value) < 2 {
		return false
	}
	v := c.misspell(p.d.Args[i].Value)
	c.replace(p.d.Args[i].Span, quoteWord(v))
	return c.say("%s: argument %d %q becomes %q", p.d.Name, i+1, p.d.Args[i].Value, v)
}

// misspell makes one slip of the keyboard.
func (c *mutation) misspell(word string) string {
	i := c.IntN(len(word))
	switch c.IntN(5) {
	case 0: // left out
		return word[:i] + word[i+1:]
	case 1: // doubled
		return word[:i] + word[i:i+1] + word[i:]
	case 2: // swapped
		if i+1 < len(word) {
			return word[:i] + word[i+1:i+2] + word[i:i+1] + word[i+2:]
		}
		return word + "s"
	case 3: // another
		return word[:i] + string("abcdefghijklmnopqrstuvwxyz0123456789_-./:=$"[c.IntN(43)]) + word[i+1:]
	}
	return word[:i] + string("abcdefghijklmnopqrstuvwxyz0123456789_-./:=$"[c.IntN(43)]) + word[i:]
}

// changedNumber changes a number in a value, or its unit.
func (c *mutation) changedNumber() bool {
	p, ok := c.anyWith(func(p place) bool { return hasNumber(p.d) })
	if !ok {
		return false
	}
	i := c.IntN(len(p.d.Args))
	for !strings.ContainsAny(p.d.Args[i].Value, "0123456789") {
		i = (i + 1) % len(p.d.Args)
	}
	v := p.d.Args[i].Value
	from := strings.IndexAny(v, "0123456789")
	to := from
	for to < len(v) && v[to] >= '0' && v[to] <= '9' {
		to++
	}
	n, err := strconv.Atoi(v[from:to])
	if err != nil {
		return false
	}
	number := pick(c, strconv.Itoa(n+1), strconv.Itoa(n*10), strconv.Itoa(n*1000), "0", "-"+strconv.Itoa(n), strconv.Itoa(n)+".5", "", "70000",
		"99999999999999999999", strconv.Itoa(n/2), "+"+strconv.Itoa(n), "4294967296")
	v2 := v[:from] + number + v[to:]
	if c.IntN(3) == 0 {
		v2 = strings.TrimRight(v, "kKmMgGsShHdDwy") + pick(c, "k", "m", "g", "s", "ms", "d", "x", "kb", "%", "K", "M", "h", "y", "M1y", "sec", " ")
	}
	c.replace(p.d.Args[i].Span, quoteWord(v2))
	return c.say("%s: argument %d %q becomes %q", p.d.Name, i+1, v, v2)
}

func hasNumber(d *conf.Directive) bool {
	for _, a := range d.Args {
		if strings.ContainsAny(a.Value, "0123456789") {
			return true
		}
	}
	return false
}

// changedParameter changes a parameter of the form name=value.
func (c *mutation) changedParameter() bool {
	p, ok := c.anyWith(func(p place) bool { return parameterOf(p.d) >= 0 })
	if !ok {
		return false
	}
	i := parameterOf(p.d)
	if j := c.IntN(len(p.d.Args)); strings.Contains(p.d.Args[j].Value, "=") {
		i = j
	}
	old := p.d.Args[i].Value
	name, value, _ := strings.Cut(old, "=")
	var v string
	switch c.IntN(6) {
	case 0:
		v = name
	case 1:
		v = name + "="
	case 2:
		v = c.misspell(name+"x") + "=" + value
	case 3:
		v = name + "=" + value + " " + name + "=" + value
		c.replace(p.d.Args[i].Span, v)
		return c.say("%s: parameter %q doubled", p.d.Name, old)
	default:
		v = name + "=" + c.poolValue()
	}
	c.replace(p.d.Args[i].Span, quoteWord(v))
	return c.say("%s: parameter %q becomes %q", p.d.Name, old, v)
}

// parameterOf is the first argument of the form name=value, -1 for none.
func parameterOf(d *conf.Directive) int {
	for i, a := range d.Args {
		if strings.Index(a.Value, "=") > 0 {
			return i
		}
	}
	return -1
}

func (c *mutation) misspeltName() bool {
	p := c.any()
	if p.parameter || len(p.d.Name) < 2 {
		return false
	}
	name := c.misspell(p.d.Name)
	c.replace(p.d.NameSpan, quoteWord(name))
	return c.say("%s: becomes %q", p.d.Name, name)
}

func (c *mutation) otherName() bool {
	p := c.any()
	if p.parameter {
		return false
	}
	name := c.m.names[c.IntN(len(c.m.names))]
	if c.IntN(2) == 0 { // one of the same kind is the likelier mistake
		name = c.any().d.Name
	}
	c.replace(p.d.NameSpan, name)
	return c.say("%s: becomes %q", p.d.Name, name)
}

func (c *mutation) droppedArgument() bool {
	p, i, ok := c.anyArg()
	if !ok {
		return false
	}
	c.replace(p.d.Args[i].Span, "")
	return c.say("%s: argument %d %q dropped", p.d.Name, i+1, p.d.Args[i].Value)
}

func (c *mutation) addedArgument() bool {
	p := c.any()
	v := c.poolValue()
	at := p.d.Head.End
	if len(p.d.Args) > 0 && c.IntN(3) == 0 {
		at = p.d.NameSpan.End
	}
	c.insert(at, " "+quoteUnlessRaw(v)+" ")
	return c.say("%s: argument %q added", p.d.Name, v)
}

func (c *mutation) doubledArgument() bool {
	p, i, ok := c.anyArg()
	if !ok {
		return false
	}
	c.insert(p.d.Args[i].Span.End, " "+c.file.Slice(p.d.Args[i].Span))
	return c.say("%s: argument %d %q doubled", p.d.Name, i+1, p.d.Args[i].Value)
}

func (c *mutation) swappedArguments() bool {
	p, ok := c.anyWith(func(p place) bool { return len(p.d.Args) > 1 })
	if !ok {
		return false
	}
	i := c.IntN(len(p.d.Args) - 1)
	a, b := p.d.Args[i], p.d.Args[i+1]
	c.replace(a.Span, c.file.Slice(b.Span))
	c.replace(b.Span, c.file.Slice(a.Span))
	return c.say("%s: %q and %q swapped", p.d.Name, a.Value, b.Value)
}

// movedArgument puts an argument of one directive in place of another's.
func (c *mutation) movedArgument() bool {
	p, i, ok := c.anyArg()
	q, j, also := c.anyArg()
	if !ok || !also || p.d == q.d {
		return false
	}
	c.replace(p.d.Args[i].Span, c.file.Slice(q.d.Args[j].Span))
	return c.say("%s: argument %d %q becomes %q of %s", p.d.Name, i+1, p.d.Args[i].Value, q.d.Args[j].Value, q.d.Name)
}

// variable puts a variable into a value.
func (c *mutation) variable() bool {
	p, i, ok := c.anyArg()
	if !ok {
		return false
	}
	old := p.d.Args[i].Value
	at := c.IntN(len(old) + 1)
	v := old[:at] + pick(c, variables...) + old[at:]
	if c.IntN(3) == 0 {
		v = pick(c, variables...)
	}
	c.replace(p.d.Args[i].Span, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v)+`"`)
	return c.say("%s: argument %d %q becomes %q", p.d.Name, i+1, old, v)
}

// renamedReference changes a word that stands in two places, in one of them.
func (c *mutation) renamedReference() bool {
	p, i, ok := c.anyArg()
	if !ok {
		return false
	}
	core := func(v string) string {
		if _, after, ok := strings.Cut(v, "="); ok {
			v = after
		}
		if _, after, ok := strings.Cut(v, "://"); ok {
			v = after
		}
		v, _, _ = strings.Cut(v, ":")
		return v
	}
	word := core(p.d.Args[i].Value)
	if len(word) < 3 || strings.ContainsAny(word, "/. ") {
		return false
	}
	for _, q := range c.places {
		for _, a := range q.d.Args {
			if q.d != p.d && core(a.Value) == word {
				v := strings.Replace(p.d.Args[i].Value, word, word+"_gone", 1)
				c.replace(p.d.Args[i].Span, quoteWord(v))
				return c.say("%s: %q becomes %q", p.d.Name, p.d.Args[i].Value, v)
			}
		}
	}
	return false
}

// brokenRegex puts a stray sign into a regular expression.
func (c *mutation) brokenRegex() bool {
	p, ok := c.anyWith(func(p place) bool { return regexOf(p.d) >= 0 })
	if !ok {
		return false
	}
	i := regexOf(p.d)
	v := p.d.Args[i].Value
	at := c.IntN(len(v) + 1)
	v2 := v[:at] + pick(c, "(", ")", "[", "]", "*", "+", "?", `\`, "{2,1}", "(?", "(?<", "(?<1a>x)", "(?P<x>y)", "[z-a]", "|", "(?<x>y)(?<x>z)", `\1`, `\9`, "**", "[[:foo:]]") + v[at:]
	c.replace(p.d.Args[i].Span, quoteWord(v2))
	return c.say("%s: %q becomes %q", p.d.Name, v, v2)
}

// regexOf is the argument of a directive that is a regular expression, -1 for none.
func regexOf(d *conf.Directive) int {
	for i, a := range d.Args {
		if strings.HasPrefix(a.Value, "^") || strings.HasSuffix(a.Value, "$") || i > 0 && strings.HasPrefix(d.Args[i-1].Value, "~") {
			return i
		}
	}
	return -1
}
