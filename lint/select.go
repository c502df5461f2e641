package lint

import (
	"errors"
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Words that are neither ids nor categories.
const (
	everyRule    = "all"
	defaultRules = "default"
)

// Collections are the words of a selection that are neither ids nor categories.
func Collections() []string { return []string{everyRule, defaultRules} }

// Select returns the rules to run out of all. Words are ids, former ids,
// categories, "all", or "default" for every rule that is not pedantic, as no
// selected word means, too.
// An ignored rule is out whatever selects it. Rules that always run do so beside
// any other; to ignore one by its id is an error. An unknown word is an error
// that names the nearest known one.
func Select(all []*Rule, selected, ignored []string) ([]*Rule, error) {
	in := map[*Rule]bool{}
	for _, r := range all {
		in[r] = len(selected) == 0 && !r.Pedantic
	}
	more, err := Meant(all, selected)
	if err != nil {
		return nil, err
	}
	for _, r := range more {
		in[r] = true
	}
	less, err := Meant(all, ignored)
	if err != nil {
		return nil, err
	}
	for _, r := range less {
		in[r] = false
	}
	for _, word := range ignored {
		if why := CannotIgnore(all, word); why != "" {
			return nil, errors.New(why)
		}
	}
	if !slices.ContainsFunc(all, func(r *Rule) bool { return in[r] }) {
		return nil, nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(r *Rule) bool { return !in[r] && !r.Always }), nil
}

// Meant returns the rules that words mean, as [Select] takes them.
func Meant(all []*Rule, words []string) ([]*Rule, error) {
	var out []*Rule
	for _, word := range words {
		rules, err := match(all, word)
		if err != nil {
			return nil, err
		}
		out = append(out, rules...)
	}
	return out, nil
}

// CannotIgnore says why the rule of an id cannot be left out, "" where it can.
func CannotIgnore(all []*Rule, id string) string {
	if r, err := Find(all, id); err == nil && r.Always {
		return fmt.Sprintf("rule %q cannot be left out: what is not read cannot be judged (for files that are not nginx's, paths of a configuration file can ignore it)", id)
	}
	return ""
}

// Find returns the rule of an id, also a former one.
func Find(all []*Rule, id string) (*Rule, error) {
	for _, r := range all {
		if r.ID == id || slices.Contains(r.Aliases, id) {
			return r, nil
		}
	}
	return nil, unknownRule(all, id, false)
}

// match returns the rules that a word of a selection means. A category means
// its pedantic rules only where these are selected by id, and those that always
// run only where they are ignored by id.
func match(all []*Rule, word string) ([]*Rule, error) {
	if word == everyRule {
		return all, nil
	}
	var out []*Rule
	for _, r := range all {
		if (word == defaultRules || string(r.Category) == word) && !r.Pedantic && !r.Always {
			out = append(out, r)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	for _, r := range all {
		if r.ID == word || slices.Contains(r.Aliases, word) {
			return []*Rule{r}, nil
		}
	}
	return nil, unknownRule(all, word, true)
}

func unknownRule(all []*Rule, word string, categories bool) error {
	var known []string
	for _, r := range all {
		known = append(known, r.ID)
		if categories {
			known = append(known, string(r.Category))
		}
	}
	if near, ok := nginx.Nearest(word, known); ok {
		return fmt.Errorf("unknown rule %q: did you mean %q?", word, near)
	}
	return fmt.Errorf("unknown rule %q: --list-rules lists them all", word)
}
