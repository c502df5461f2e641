package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "proxy-pass-variable-drops-uri",
	Severity: lint.Warning,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "a path behind a variable, which takes the place of the whole URI of every request",
		Why: `Without variables, a path behind the address takes the place of the part of the request's path that matched the location, and the rest and the arguments follow it. With a variable anywhere in the address, the path is all that nginx passes on: whatever a client asks for below the location, the backend gets a request for this one path, without arguments. Most often that is seen as a front page for every URL, or as 404.

A "/" at the end is enough. It often comes with the change that makes nginx look a host up again and again: "proxy_pass http://app/;" becomes "proxy_pass http://$app/;".`,
		Bad: `events {}
http {
    resolver 10.0.0.2;
    server {
        listen 8080;
        location /api/ {
            set $app app.example.com;
            proxy_pass http://$app/;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 10.0.0.2;
    server {
        listen 8080;
        location /api/ {
            set $app app.example.com;
            rewrite ^/api/(.*) /$1 break;
            proxy_pass http://$app;
        }
    }
}
`,
		Silent: `Paths with a variable, and paths that do not end in a slash, which may be meant for one page. Locations for one path only ("=", regular expressions), named and internal ones, "if", those whose paths tell that they only ask whether a backend is well ("/health/app"), and those that "auth_request", "mirror", "error_page", "try_files" or a "rewrite" leads to.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var causes byKey[*conf.Directive, *model.Proxy]
		var led map[string]bool
		for _, x := range c.Proxies {
			if !dropsURI(x) {
				continue
			}
			if led == nil {
				led = ledTo(c)
			}
			if !led[x.Scope.Pattern()] && !isProbe(x.Scope.Pattern()) {
				causes.add(sameStatement(x.Pass), x)
			}
		}
		for _, passes := range causes.all() {
			reportDroppedURI(p, passes[0])
		}
	},
})

// dropsURI reports whether a pass of a location for many paths has a variable,
// and a path that is the same for all requests (ngx_http_proxy_create_request,
// src/http/modules/ngx_http_proxy_module.c).
func dropsURI(x *model.Proxy) bool {
	if x.Kind != model.HTTPProxy || !x.Target.Variable || !x.AllKnown || returnsFirst(x) {
		return false
	}
	s := x.Scope
	if s.Context != nginx.Location || s.Modifier() != "" && s.Modifier() != "^~" || s.Node.Unknown() || s.Own("internal") != nil {
		return false
	}
	for i := range x.Candidates {
		t := &x.Candidates[i]
		if t.Err != nil || !strings.HasSuffix(t.URI, "/") || strings.ContainsAny(t.URI, "$?") {
			return false
		}
	}
	return true
}

// isProbe reports whether a path is one that asks whether something is well, for
// which one page of the backend is what is meant.
func isProbe(pattern string) bool {
	for segment := range strings.SplitSeq(strings.ToLower(pattern), "/") {
		for _, word := range []string{"health", "ping", "status", "ready", "live", "alive", "check", "probe", "heartbeat", "metrics"} {
			if strings.HasPrefix(segment, word) || strings.HasSuffix(segment, word) {
				return true
			}
		}
	}
	return false
}

// ledTo are the paths that nginx itself makes requests for or redirects to.
func ledTo(c *model.Config) map[string]bool {
	paths := map[string]bool{}
	for _, s := range c.Scopes {
		for i := range s.Node.Children {
			switch n := &s.Node.Children[i]; n.Name {
			case "auth_request", "mirror", "error_page", "try_files", "rewrite", "post_action":
				for j := range n.Args {
					paths[strings.TrimPrefix(n.Args[j].Value, "=")] = true
				}
			}
		}
	}
	return paths
}

func reportDroppedURI(p *lint.Pass, x *model.Proxy) {
	t := &x.Candidates[0]
	below := x.Scope.Pattern()
	f := lint.Finding{
		Place: lint.AtArg(x.Pass, 0),
		Message: fmt.Sprintf("with the variable in this %q, every request below %q is passed on as one for %q, without the rest of its path and its arguments",
			x.Pass.Name, below, t.URI),
		Help: fmt.Sprintf(`leave %q out and change the path with "rewrite ^%s(.*) %s$1 break;"`, t.URI, regexp.QuoteMeta(strings.TrimSuffix(below, "/"))+"/", t.URI),
	}
	if t.URI == below {
		f.Help = fmt.Sprintf("leave %q out: without a path nginx passes on the URI of the request", t.URI)
	}
	p.Report(x.Pass, f)
}
