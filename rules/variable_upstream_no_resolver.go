package rules

import (
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "variable-upstream-no-resolver",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a host name that nginx must look up for each request, without a resolver",
		Why: `One variable anywhere in a *_pass, be it only in the URI, makes nginx work out the whole address for each request. It then looks for an upstream group of that name, and for a *_pass that names the same host and port without variables, whose address it knows since its start. Any other name it asks its own DNS client for, and that needs a "resolver" in http, in the server or in the location; /etc/hosts and /etc/resolv.conf do not count.

Without one, every such request is answered with 502 at once. In stream the connection is closed, with the session status 500. "nginx -t" accepts it.`,
		Log: `[error] no resolver defined to resolve app, client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://app:3000$request_uri;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 10.0.0.2;
    server {
        listen 8080;
        location / {
            proxy_pass http://app:3000$request_uri;
        }
    }
}
`,
		Silent: "Values that are IP addresses, sockets, upstream groups, or a host and port that another *_pass names without variables; variables that get a value from the request, from code or from a template; the resolver_file of Tengine; configurations that are not in view as a whole.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_pass",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Complete || c.Uses("resolver_file") { // Tengine's, which reads resolv.conf
			return
		}
		type key struct {
			stream bool
			host   string
		}
		var hosts byKey[key, runTimeUse]
		for use := range runTimeHosts(c) {
			if !use.proxy.Scope.Effective("resolver").Set() && use.target.GroupWithPort == nil && use.target.NeedsDNS() {
				hosts.add(key{use.proxy.Stream(), canonicalHost(use.target.Host())}, use)
			}
		}
		for _, uses := range hosts.all() {
			reportNoResolver(p, uses)
		}
	},
})

// reportNoResolver reports all places that need one name to be looked up.
func reportNoResolver(p *lint.Pass, uses []runTimeUse) {
	first := max(0, slices.IndexFunc(uses, func(use runTimeUse) bool { return !isMirror(p, use.proxy) }))
	x, t := uses[first].proxy, uses[first].target
	f := lint.Finding{
		Place: lint.AtArg(x.Pass, 0),
		Help:  noResolverHelp(p, x, t),
	}
	what, which := "request", "every such request is answered with "+refusedWith(p, "502", x)
	switch {
	case x.Stream():
		what, which = "connection", "every such connection is closed, session status 500"
	case isMirror(p, x):
		which = "no such request is mirrored"
		f.Severity = lint.Warning
	}
	if t.Origin == x.Pass {
		f.Message = fmt.Sprintf("the variable in this %q makes nginx look up %q for each %s, and no \"resolver\" is in effect here", x.Pass.Name, t.Host(), what)
	} else {
		becomes := "becomes"
		if len(x.Candidates) > 1 {
			becomes = "can become"
		}
		f.Message = fmt.Sprintf("this %q %s %q, whose host nginx looks up for each %s, and no \"resolver\" is in effect here", x.Pass.Name, becomes, t.Raw, what)
	}
	f.Message += fmt.Sprintf(": %s (no resolver defined to resolve %s)", which, t.Host())
	relateOrigins(&f, uses)
	relatePasses(&f, fmt.Sprintf("needs to look up %q too", t.Host()), uses)
	p.Report(x.Pass, f)
}

// noResolverHelp says what to write instead.
func noResolverHelp(p *lint.Pass, x *model.Proxy, t *model.Target) string {
	block := "http"
	if x.Stream() {
		block = "stream"
	}
	help := fmt.Sprintf("set a \"resolver\" with the address of a name server in the %q block", block)
	if inCompose(p.Deploy) {
		help = fmt.Sprintf(`write "resolver 127.0.0.11;", Docker's own name server, in the %q block`, block)
	}
	if t.Origin == x.Pass && t.URI == "$request_uri" {
		return help + `, or leave "$request_uri" out: without a URI, nginx passes on the one of the request, and looks the host up when it starts`
	}
	return help + ", or pass to an upstream group, whose hosts nginx looks up when it starts"
}
