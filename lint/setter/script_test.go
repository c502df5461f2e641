package setter

import "testing"

func TestScript(t *testing.T) {
	const name, bracket = "invalid variable name", "the closing bracket in "
	for value, want := range map[string]string{
		"":              "",
		"plain":         "",
		"$uri":          "",
		"${uri}x":       "",
		"a$1$9b":        "",
		"$0":            "",
		"$":             name,
		"a$":            name,
		"$ x":           name,
		"$-":            name,
		"$$":            name,
		"${":            name,
		"${}":           name,
		"${uri":         bracket + `"uri" variable is missing`,
		"${u-ri}":       bracket + `"u" variable is missing`,
		"$uri$":         name,
		"^/a$|^/b$":     name,
		"$arg_x-$http_": "",
	} {
		if got := script(value); got != want {
			t.Errorf("script(%q) = %q, want %q", value, got, want)
		}
	}
}
