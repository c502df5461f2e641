package setter

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// checkAccessMode is ngx_conf_set_access_slot.
func checkAccessMode(d *Directive) *Refusal {
	for i, v := range d.Args {
		who, mode, _ := strings.Cut(v, ":")
		if who != "user" && who != "group" && who != "all" || mode != "rw" && mode != "r" {
			return refuse(i, "invalid value %q", v).with(`it takes words such as "user:rw", "group:r" and "all:r"`)
		}
	}
	return nil
}

// checkComplexSize is ngx_http_set_complex_value_size_slot and its twin of stream.
func checkComplexSize(d *Directive) *Refusal {
	if hasVariables(d.Args[0]) {
		return checkScript(d, 0)
	}
	if _, ok := nginx.ParseSize(d.Args[0]); !ok {
		return invalidValue(d, 0)
	}
	return nil
}

// checkScripts checks the variables of all arguments.
func checkScripts(d *Directive) *Refusal {
	for i := range d.Args {
		if r := checkScript(d, i); r != nil {
			return r
		}
	}
	return nil
}

// firstScript checks the variables of the first argument.
func firstScript(d *Directive) *Refusal { return checkScript(d, 0) }

// secondScript checks those of the second.
func secondScript(d *Directive) *Refusal { return checkScript(d, 1) }

// checkRegex refuses an argument that PCRE refuses as a regular expression.
func checkRegex(arg int, pattern string) *Refusal {
	reason := regex(pattern)
	if reason == "" {
		return nil
	}
	r := refuse(arg, "pcre2_compile() failed: %s in %s", reason, quote(pattern))
	r.Regex = true
	return r
}

// quote puts a word between quotation marks as nginx does, without escapes.
func quote(s string) string { return `"` + s + `"` }

// newVariable checks an argument that names a variable to be defined, with its
// "$" (the caller of ngx_http_add_variable, src/http/ngx_http_variables.c).
func newVariable(d *Directive, arg int) *Refusal {
	v := d.Args[arg]
	if !strings.HasPrefix(v, "$") {
		return refuse(arg, "invalid variable name %s", quote(v)).with("the name of a variable begins with a dollar sign")
	}
	if v == "$" {
		return refuse(arg, `invalid variable name "$"`)
	}
	if isFixedVariable(d.Context.Has(nginx.Stream|nginx.StreamServer), v[1:]) {
		return refuse(arg, "the duplicate %s variable", quote(v[1:])).with("nginx gives this variable its value itself; choose another name")
	}
	return nil
}

// usedVariable checks an argument that is one variable, whose name is all that
// follows the "$" (ngx_http_get_variable_index, src/http/ngx_http_variables.c).
func usedVariable(d *Directive, arg int) *Refusal {
	switch v := d.Args[arg]; {
	case !strings.HasPrefix(v, "$"):
		return refuse(arg, "invalid variable name %s", quote(v)).with("the name of a variable begins with a dollar sign")
	case v == "$":
		return refuse(arg, `invalid variable name "$"`)
	}
	return nil
}

// valueOf cuts "name=" off a parameter.
func valueOf(v, name string) (string, bool) {
	return strings.CutPrefix(v, name+"=")
}
