package setter

import "strings"

// hasVariables reports whether nginx compiles a value as a script: whether it
// holds a dollar sign (ngx_http_script_variables_count, src/http/ngx_http_script.c).
func hasVariables(value string) bool { return strings.IndexByte(value, '$') >= 0 }

// script returns what nginx says about the syntax of the variables in a value,
// or "" (ngx_http_script_compile, src/http/ngx_http_script.c; that of stream is
// its twin). Whether the variables exist is not looked at.
func script(value string) string {
	message, _ := scriptAt(value)
	return message
}

// invalidName is nginx's complaint about a dollar sign without a name.
const invalidName = "invalid variable name"

// scriptAt is script, and says at which dollar sign.
func scriptAt(value string) (message string, at int) {
	for i := 0; i < len(value); {
		if value[i] != '$' {
			i++
			continue
		}
		at = i
		i++
		if i == len(value) {
			return invalidName, at
		}
		if '1' <= value[i] && value[i] <= '9' {
			i++
			continue
		}
		bracket := value[i] == '{'
		if bracket {
			i++
			if i == len(value) {
				return invalidName, at
			}
		}
		start := i
		for i < len(value) && isNameByte(value[i]) {
			i++
		}
		name := value[start:i]
		if bracket {
			if i == len(value) || value[i] != '}' {
				return `the closing bracket in "` + name + `" variable is missing`, at
			}
			i++
		}
		if name == "" {
			return invalidName, at
		}
	}
	return "", 0
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

// checkScript checks the variables of some arguments.
func checkScript(d *Directive, args ...int) *Refusal {
	for _, i := range args {
		if i < len(d.Args) {
			if message := script(d.Args[i]); message != "" {
				return refuse(i, "%s", message).with(`write a variable as "$name" or "${name}"; there is no escape for a dollar sign`)
			}
		}
	}
	return nil
}
