package lint

import (
	"fmt"
	"strconv"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// OptionKind is what the value of an option is.
type OptionKind string

// The kinds of options.
const (
	// OptionNumber is a number of things.
	OptionNumber OptionKind = "number"
	// OptionSize is a size in bytes, written as nginx has it: 16k, 1m.
	OptionSize OptionKind = "size"
	// OptionTime is a time, written as nginx has it: 500ms, 30s, 1h 30m.
	OptionTime OptionKind = "time"
)

// Option is something about a rule that is a matter of taste, such as a
// threshold.
type Option struct {
	// Name is kebab-case, unique within the rule.
	Name string
	Kind OptionKind
	// Default is what holds where nothing else is said, as it would be written.
	Default string
	// Summary says what it does, lower case, without a full stop.
	Summary string
}

// Parse reads a value of the option's kind: a number, a size in bytes, or a
// time in milliseconds.
func (o *Option) Parse(text string) (int64, error) {
	var n int64
	var ok bool
	switch o.Kind {
	case OptionNumber:
		if n, ok = nginx.ParseNumber(text); !ok {
			return 0, fmt.Errorf("%q is not a number such as %s", text, o.Default)
		}
	case OptionSize:
		if n, ok = nginx.ParseSize(text); !ok {
			return 0, fmt.Errorf("%q is not a size such as %s", text, o.Default)
		}
	case OptionTime:
		if n, ok = nginx.ParseMsec(text); !ok {
			return 0, fmt.Errorf("%q is not a time such as %s", text, o.Default)
		}
	default:
		return 0, fmt.Errorf("there is no kind of option called %q", o.Kind)
	}
	return n, nil
}

// Option returns the rule's option of that name, or nil.
func (r *Rule) Option(name string) *Option {
	for i := range r.Options {
		if r.Options[i].Name == name {
			return &r.Options[i]
		}
	}
	return nil
}

// OptionValues are values of options by rule and option, as [Option.Parse]
// gives them. What is not there has its default.
type OptionValues map[*Rule]map[string]int64

// Option returns the value of an option of the rule at work: a number, a size in
// bytes, or a time in milliseconds. A rule may ask for its own options only.
func (p *Pass) Option(name string) int64 {
	if v, ok := p.options[name]; ok {
		return v
	}
	o := p.rule.Option(name)
	if o == nil {
		panic("it has no option " + strconv.Quote(name))
	}
	v, err := o.Parse(o.Default)
	if err != nil {
		panic(err)
	}
	return v
}
