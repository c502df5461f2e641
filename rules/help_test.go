package rules

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/linttest"
)

// What a help tells to write is taken over as it stands.
func TestHelpCanBeTakenOver(t *testing.T) {
	for _, c := range []struct{ name, id, text, says string }{
		{
			"a path with characters of regular expressions", "proxy-pass-variable-drops-uri",
			`events {} http { resolver 10.0.0.2; server { location /c++/v1.2/ { set $app app.test; proxy_pass http://$app/; } } }`,
			`"rewrite ^/c\+\+/v1\.2/(.*) /$1 break;"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := only(t, c.id, c.text, linttest.Settings{}); !strings.Contains(f.Help, c.says) {
				t.Errorf("the help does not say %s: %s", c.says, f.Help)
			}
		})
	}
}
