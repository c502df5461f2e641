package setter

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Whole is the Arg of a Refusal of the directive as a whole.
const Whole = -1

// Refusal is one thing that nginx refuses about a directive's arguments. nginx
// stops at the first, and so does [Check].
type Refusal struct {
	// Arg is the argument at fault, counted from 0, or [Whole].
	Arg int
	// Message is what nginx says, in its own words without the file and line.
	Message string
	// Help says what to write instead, lower case without a full stop; or "".
	Help string
	// Parameter is the line of the block that is at fault, counted from 1 in
	// [Directive.Parameters], or 0 for the directive itself. Arg then counts the
	// line's own arguments, and Whole is all of the line.
	Parameter int
	// Regex says that the argument is a regular expression that PCRE refuses.
	Regex bool
}

// Directive is what a check works with.
type Directive struct {
	// Name is the directive's, Args its arguments, decoded as nginx decodes them.
	Name string
	Args []string
	// Context is the one context that it stands in.
	Context nginx.Context
	// Facts are nginx's command of that name in that context.
	Facts *nginx.Directive
	// Version is the target; zero when unknown. A check then refuses only what
	// every release from 1.18 on refuses.
	Version nginx.Version
	// Parameters are the directives of the body of a block that holds
	// parameters, such as a map; nil for other directives.
	Parameters []Parameter
}

// Parameter is a line in the body of a block that holds parameters.
type Parameter struct {
	Name string
	Args []string
	// Unknown says that a template engine fills in part of it.
	Unknown bool
}

// check is the setter of one directive: it returns nil where nginx goes on.
type check func(d *Directive) *Refusal

// Check returns what nginx refuses about a directive that is known, allowed in
// its context and has an accepted number of arguments; nil if nothing, or if it
// cannot be known.
func Check(d *Directive) *Refusal {
	if c := custom(d); c != nil {
		return c(d)
	}
	return checkType(d)
}

// refuse makes a refusal of an argument.
func refuse(arg int, format string, args ...any) *Refusal {
	return &Refusal{Arg: arg, Message: fmt.Sprintf(format, args...)}
}

// with adds what to write instead.
func (r *Refusal) with(format string, args ...any) *Refusal {
	r.Help = fmt.Sprintf(format, args...)
	return r
}

// invalidValue is the commonest refusal of nginx's own slot functions
// (src/core/ngx_conf_file.c): they name the directive, not the value.
func invalidValue(d *Directive, arg int) *Refusal {
	return refuse(arg, "%q directive invalid value", d.Name)
}

// invalidParameter is the commonest refusal of the modules' setters.
func invalidParameter(d *Directive, arg int) *Refusal {
	return refuse(arg, "invalid parameter %s", quote(d.Args[arg]))
}
