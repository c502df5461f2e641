package setter

import "strings"

// condition is ngx_http_rewrite_if_condition
// (src/http/modules/ngx_http_rewrite_module.c). The words come with the
// parentheses, alone or at the first and last word.
func condition(d *Directive) *Refusal {
	const help = `it takes one condition in parentheses: a variable, a variable and one of = != ~ ~* !~ !~* and a value, or one of -f -d -e -x (! before it negates) and a path; there is no "and" and no "or"`
	invalid := func(i int, word string) *Refusal {
		return refuse(i, "invalid condition %s", quote(word)).with("%s", help)
	}
	words := append([]string(nil), d.Args...)
	first, last := 0, len(words)-1
	if !strings.HasPrefix(words[0], "(") {
		return invalid(0, words[0])
	}
	if words[0] == "(" {
		first = 1
	} else {
		words[0] = words[0][1:]
	}
	if !strings.HasSuffix(words[last], ")") {
		return invalid(last, words[last])
	}
	if words[last] == ")" {
		last--
	} else {
		words[last] = strings.TrimSuffix(words[last], ")")
	}
	if first >= len(words) {
		return invalid(Whole, "")
	}
	word := words[first]
	switch {
	case len(word) > 1 && word[0] == '$':
		if first != last && first+2 != last {
			return invalid(first, word)
		}
		if first == last {
			return nil
		}
		return comparison(first+1, words[first+1], last, words[last], help)
	case len(word) == 2 && word[0] == '-', len(word) == 3 && strings.HasPrefix(word, "!-"):
		if first+1 != last {
			return invalid(first, word)
		}
		if message := script(words[last]); message != "" {
			return refuse(last, "%s", message)
		}
		if !strings.ContainsRune("fdex", rune(word[len(word)-1])) {
			return invalid(first, word)
		}
		return nil
	}
	return invalid(first, word)
}

// comparison checks the operator of a condition and what is compared with.
func comparison(at int, operator string, last int, value, help string) *Refusal {
	switch operator {
	case "=", "!=":
		if message := script(value); message != "" {
			return refuse(last, "%s", message)
		}
		return nil
	case "~", "~*", "!~", "!~*":
		return checkRegex(last, value)
	}
	return refuse(at, "unexpected %s in condition", quote(operator)).with("%s", help)
}
