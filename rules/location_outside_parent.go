package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "location-outside-parent",
	Severity: lint.Error,
	Category: lint.Startup,
	// A location of Angie can have several paths.
	Except: []nginx.Flavour{nginx.Angie},
	Doc: lint.Doc{
		Summary: "a location inside another one that cannot contain it",
		Why: `A location inside another one applies to part of what the outer one applies to. nginx does not start when

- the prefix of the inner one does not begin with that of the outer one. If the outer one is a regular expression, its text counts as the prefix, so that hardly any but further regular expressions fit into it;
- the outer one is exact ("=") or named ("@"): nothing fits into these;
- the inner one is named: such stand in the server only.

A missing closing brace is a common cause.`,
		Log: `[emerg] location "/static/" is outside location "/app/" in /etc/nginx/nginx.conf:6`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location /app/ {
            location /static/ {
                return 204;
            }
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location /app/ {
            location /app/static/ {
                return 204;
            }
        }
    }
}
`,
		Silent: `Locations whose head a template engine fills in. "location $variable", in others and with others in it, which nginx 1.31.5 takes and older ones take for a prefix, unless the target is known to be older.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#location"},
	},
	OnScope: func(p *lint.Pass, s *model.Scope) {
		outer := s.Parent
		if s.Context != nginx.Location || outer.Context != nginx.Location || outer.Node.File == nil ||
			s.Node.Unknown() || outer.Node.Unknown() || len(s.Node.Args) == 0 || len(outer.Node.Args) == 0 {
			return
		}
		message := nestingRefusal(s, outer)
		if message == "" {
			return
		}
		f := lint.Finding{Message: message, Help: "move it out of the other location"}
		relate(&f, "the other location", lint.At(outer.Node))
		reportStart(p, s.Node, f)
	},
})

// nestingRefusal is what nginx says of a location in another one, or "" (the end
// of ngx_http_core_location, src/http/ngx_http_core_module.c).
func nestingRefusal(inner, outer *model.Scope) string {
	name, around := inner.Pattern(), outer.Pattern()
	if !isLocationModifier(inner.Modifier()) || !isLocationModifier(outer.Modifier()) {
		return ""
	}
	switch {
	case outer.Modifier() == "=":
		return fmt.Sprintf(`location "%s" cannot be inside the exact location "%s"`, name, around)
	case outer.Modifier() == "@":
		return fmt.Sprintf(`location "%s" cannot be inside the named location "%s"`, name, around)
	case inner.Modifier() == "@":
		return fmt.Sprintf(`named location "%s" can be on the server level only`, name)
	case inner.Modifier() == "$" || outer.Modifier() == "$":
		return "" // the variable decides, and no prefix
	case inner.Modifier() != "~" && inner.Modifier() != "~*" && !strings.HasPrefix(name, around):
		return fmt.Sprintf(`location "%s" is outside location "%s"`, name, around)
	}
	return ""
}

func isLocationModifier(m string) bool {
	switch m {
	case "", "=", "^~", "~", "~*", "@", "$":
		return true
	}
	return false
}
