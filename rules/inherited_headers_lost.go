package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "inherited-headers-lost",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "one header or parameter that drops all those of the level around it",
		Why: `A level inherits "proxy_set_header", "grpc_set_header", "fastcgi_param", "uwsgi_param", "scgi_param" and "add_header" from further out only while it has none of its own. One of them in a location, and all those of the server are gone there:

- without Host the upstream gets the name from "proxy_pass", such as that of a group, without X-Forwarded-Proto and X-Forwarded-For it takes each request for plain HTTP from nginx, and builds links and redirects, checks origins and writes logs accordingly;
- without Upgrade and Connection, WebSockets are refused;
- without SCRIPT_FILENAME, PHP answers 404 ("File not found."), without REQUEST_METHOD a blank 200;
- without the "add_header" of the server, pages of the location lack Strict-Transport-Security, Content-Security-Policy and the like.

It is a warning where Host, X-Forwarded-*, what WebSockets need, or SCRIPT_FILENAME is lost, else an info; also an info where the level sets Host itself, or one of the others to the same value again, which shows that its author knows.`,
		Bad: `events {}
http {
    server {
        listen 8080;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
        location /reports {
            proxy_set_header X-Accel-Buffering no;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
        location /reports {
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Accel-Buffering no;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `Headers that nginx would send all the same: "Host $proxy_host", a header with the client's own value, "Connection close". An empty Connection, for which see upstream-keepalive-not-effective. Locations that only nginx itself asks ("internal", "auth_request"). Sites of others behind https://, and services such as S3. What a level that repeats some of the headers leaves out besides. "add_header" where no page is: assets, "return", "deny"; other headers than those for security and Access-Control-Allow-Origin. "add_header_inherit" of nginx 1.29.3 with "merge" or "off". Levels that may have more of them out of view.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_param",
			"https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header",
			"https://nginx.org/en/docs/http/ngx_http_headers_module.html#add_header_inherit",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var found byKey[overrideKey, override]
		nested := nestedHeaders(c)
		for _, x := range c.Proxies {
			if !nested[x.HeaderDirective()] {
				continue
			}
			if o, ok := lostByPass(p, x); ok {
				found.add(o.key(), o)
			}
		}
		for _, s := range c.Scopes {
			if s.Context.Has(nginx.Server|nginx.Location|nginx.LocationIf) && s.Own("add_header") != nil {
				if o, ok := lostAddHeaders(p, s); ok {
					found.add(o.key(), o)
				}
			}
		}
		for _, same := range found.all() {
			reportOverrides(p, same)
		}
	},
})

// nestedHeaders are the directives for headers and parameters that a level sets
// inside another that does.
func nestedHeaders(c *model.Config) map[string]bool {
	nested := map[string]bool{}
	for _, name := range []string{"proxy_set_header", "grpc_set_header", "fastcgi_param", "uwsgi_param", "scgi_param"} {
		nested[name] = c.Uses(name) && slices.ContainsFunc(c.Scopes, func(s *model.Scope) bool {
			return s.Parent != nil && s.Own(name) != nil && s.Parent.ArrayScope(name) != nil
		})
	}
	return nested
}

// overrideKey tells causes apart: what is lost, and from where.
type overrideKey struct {
	outer     *conf.Directive
	directive string
	lost      string
	severity  lint.Severity
	leadsTo   string
}

func (o *override) key() overrideKey {
	return overrideKey{o.outer.Node.Directive, o.directive, strings.Join(o.names(), " "), o.severity, o.consequence()}
}

// reportOverrides reports the levels that lose the same.
func reportOverrides(p *lint.Pass, same []override) {
	o := same[0]
	own, inFile := o.own()
	subject := fmt.Sprintf("this %q", o.directive)
	if inFile {
		subject = fmt.Sprintf("%q in this file", o.directive)
	}
	f := lint.Finding{
		Severity: o.severity,
		Message: fmt.Sprintf("%s drops those of the %s around it: %s %s lost here%s",
			subject, o.outer.Name(), someNames(o.names()), isOrAre(len(o.lost)), o.consequence()),
		Help: fmt.Sprintf("write what is lost again beside %s: a level with one of its own inherits none", subject),
	}
	if o.directive == "add_header" {
		f.Help += mergeHint(p)
	}
	var places []lint.Place
	seen := map[*conf.Directive]bool{own.Directive: true}
	for _, other := range same[1:] {
		if n, _ := other.own(); !seen[n.Directive] && len(places) < maxRelated {
			seen[n.Directive] = true
			places = append(places, lint.At(n))
		}
	}
	for _, n := range o.lost[:min(len(o.lost), maxRelated)] {
		relate(&f, "lost", lint.At(n))
	}
	relateSame(&f, "the same is lost here", places...)
	p.Report(own, f)
}

// own is the directive of the inner level to show: one that is written there, else
// the include that it comes with.
func (o *override) own() (n *conf.Node, inFile bool) {
	for n := range o.inner.All(o.directive) {
		if n.File == o.inner.Node.File {
			return n, false
		}
	}
	first := o.inner.Own(o.directive)
	for via := first.Via; via != nil; via = via.Outer {
		for include := range o.inner.All("include") {
			if include.Directive == via.Include && include.File == o.inner.Node.File {
				return include, true
			}
		}
	}
	return first, false
}

// mergeHint speaks of add_header_inherit to those who have it.
func mergeHint(p *lint.Pass) string {
	const hint = `"add_header_inherit merge;"`
	switch {
	case p.Config.Version.IsZero():
		return ", or, from nginx 1.29.3 on, set " + hint
	case p.Config.Version.AtLeast(nginx.V(1, 29, 3)):
		return ", or set " + hint
	}
	return ""
}

// consequence is what the loss leads to, as far as that is certain.
func (o *override) consequence() string {
	switch {
	case o.pass == nil:
		return ""
	case o.pass.Kind == model.FastCGI && o.loses("request_method"):
		return ", without which PHP answers a blank 200"
	case o.pass.Kind == model.FastCGI && o.loses("script_filename"):
		return ", without which PHP answers 404 (File not found)"
	case o.pass.Kind != model.HTTPProxy:
		return ""
	case o.loses("upgrade"):
		return ", and WebSockets are refused"
	case o.loses("host"):
		if name := o.pass.Target.Host(); !o.pass.Target.Variable && name != "" {
			return fmt.Sprintf(`, and the upstream gets "Host: %s"`, hostSent(&o.pass.Target))
		}
	}
	return ""
}

// hostSent is $proxy_host for a target: without the port if that is the scheme's
// (ngx_http_proxy_set_vars, src/http/modules/ngx_http_proxy_module.c).
func hostSent(t *model.Target) string {
	usual := 80
	if t.TLS() {
		usual = 443
	}
	if t.HasPort && t.Port != usual {
		return fmt.Sprintf("%s:%d", t.Host(), t.Port)
	}
	return t.Host()
}

// someNames lists names for a message.
func someNames(names []string) string {
	const most = 5
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}
