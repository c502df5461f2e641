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
		{
			"a page with arguments", "error-page-proxied-to-same-upstream",
			`events {} http { server { error_page 502 /sorry?a=b; location / { proxy_pass http://192.0.2.1; } } }`,
			`"location = /sorry {`,
		},
		{
			"a condition that is there", "cache-use-stale-missing",
			`events {} http { proxy_cache_path /c keys_zone=c:1m; server { proxy_cache c; proxy_cache_use_stale timeout http_500; location / { proxy_pass http://192.0.2.1; } } }`,
			`add "error"`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if f := only(t, c.id, c.text, linttest.Settings{}); !strings.Contains(f.Help, c.says) {
				t.Errorf("the help does not say %s: %s", c.says, f.Help)
			}
		})
	}
}
