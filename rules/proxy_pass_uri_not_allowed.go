package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "proxy-pass-uri-not-allowed",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a proxy_pass with a path where there is no prefix to replace by it",
		Why: `With a path behind the address, even a "/" alone, "proxy_pass" replaces by it the part of the request's path that matched the location. A location given by a regular expression, a named location, and the blocks "if" and "limit_except" match no such part, and nginx does not start.

Without a path, nginx passes the request's own.`,
		Log: `[emerg] "proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block in /etc/nginx/nginx.conf:6`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location ~ ^/api/ {
            proxy_pass http://192.0.2.10:8000/;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location ~ ^/api/ {
            proxy_pass http://192.0.2.10:8000;
        }
    }
}
`,
		Silent: `Addresses with variables, for which nginx takes the path as it is. Locations whose head a template engine fills in.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"},
	},
	OnProxy: func(p *lint.Pass, x *model.Proxy) {
		t := &x.Target
		if x.Kind != model.HTTPProxy || t.Variable || t.Unknown || t.Err != nil || t.GroupWithPort != nil || !t.HasURI {
			return
		}
		where := placeWithoutPrefix(x.Scope)
		if where == "" {
			return
		}
		f := lint.Finding{
			Place: lint.AtArg(x.Pass, 0),
			Message: fmt.Sprintf(`"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, or inside "if" statement, or inside "limit_except" block: %q stands in %s`,
				t.URI, where),
			Help: fmt.Sprintf("write %q without %q; to change the path use rewrite", x.Pass.Name, t.URI),
		}
		if t.URI == "/" {
			f.Help = `leave out the "/" at the end`
		}
		reportStart(p, x.Pass, f)
	},
})

// placeWithoutPrefix names the level if it matches no prefix, else it is "". (The
// end of ngx_http_proxy_pass, src/http/modules/ngx_http_proxy_module.c.)
func placeWithoutPrefix(s *model.Scope) string {
	switch s.Context {
	case nginx.LocationIf:
		return `"if"`
	case nginx.LimitExcept:
		return `"limit_except"`
	case nginx.Location:
		if s.Node.Unknown() {
			return ""
		}
		switch s.Modifier() {
		case "~", "~*":
			return "a location given by a regular expression"
		case "@":
			return "a named location"
		}
	}
	return ""
}
