package lint

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var ruleID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Validate reports what is wrong with the rules themselves: ids, documentation,
// subscriptions. A program that links a rule of its own can call it in a test.
func Validate(rules []*Rule) error {
	var errs []error
	seen := map[string]bool{}
	for _, r := range rules {
		complain := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("rule %q: "+format, append([]any{r.ID}, args...)...))
		}
		for _, id := range append([]string{r.ID}, r.Aliases...) {
			if !ruleID.MatchString(id) {
				complain("id %q is not in kebab-case", id)
			}
			if seen[id] {
				complain("id %q is taken", id)
			}
			seen[id] = true
		}
		if r.Severity < Info || r.Severity > Error {
			complain("it has no severity")
		}
		if r.Always && !r.Firm {
			complain("it always runs, but can be hidden")
		}
		if r.Category == "" {
			complain("it has no category")
		}
		if r.On == nil && r.OnDirective == nil && r.OnProxy == nil && r.OnUpstream == nil && r.OnServer == nil && r.OnScope == nil && r.OnConfig == nil && r.OnIgnore == nil {
			complain("it subscribes to nothing")
		}
		for _, text := range optionComplaints(r.Options) {
			complain("%s", text)
		}
		for _, text := range r.Doc.complaints() {
			complain("%s", text)
		}
	}
	return errors.Join(errs...)
}

func optionComplaints(options []Option) []string {
	var out []string
	seen := map[string]bool{}
	for _, o := range options {
		if !ruleID.MatchString(o.Name) || seen[o.Name] {
			out = append(out, fmt.Sprintf("option %q is not in kebab-case, or there twice", o.Name))
		}
		seen[o.Name] = true
		if _, err := o.Parse(o.Default); err != nil {
			out = append(out, fmt.Sprintf("option %q: default: %v", o.Name, err))
		}
		if o.Summary == "" || strings.HasSuffix(o.Summary, ".") {
			out = append(out, fmt.Sprintf("option %q has no summary, or one with a full stop", o.Name))
		}
	}
	return out
}

func (d *Doc) complaints() []string {
	var out []string
	switch {
	case d.Summary == "":
		out = append(out, "no summary")
	case strings.HasSuffix(d.Summary, "."), strings.Contains(d.Summary, "\n"):
		out = append(out, "the summary is to be one sentence without a full stop")
	}
	if d.Why == "" {
		out = append(out, "it does not say why")
	}
	if (d.Bad == "") != (d.Good == "") {
		out = append(out, "of a bad and a good example, one is missing")
	}
	for _, link := range d.Links {
		if !strings.HasPrefix(link, "https://") {
			out = append(out, fmt.Sprintf("link %q does not begin with https://", link))
		}
	}
	return out
}
