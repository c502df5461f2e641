package rules

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "resolver-unused",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "a resolver that nothing asks",
		Why: `nginx asks a "resolver" for the names in a *_pass with variables, for servers of upstream groups that are marked "resolve", and for the addresses of OCSP responders. A name that is written out is looked up once when nginx starts, with the means of the system; a "resolver" changes nothing about that.

One that nothing asks was often meant to make nginx look such a name up again.`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:3000;
    }
    server {
        listen 8080;
        location / {
            resolver 10.0.0.2;
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:3000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Configurations that are not in view as a whole, or that hold a *_pass with variables under the resolver, OCSP, or any directive of a module that nginx does not come with. Where a name is written out and never looked up again, which has rules of its own. Resolvers of mail.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
			"https://nginx.org/en/docs/stream/ngx_stream_core_module.html#resolver",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		all := resolvers(p)
		if !c.Complete || len(all) == 0 {
			return
		}
		asked := map[*conf.Directive]bool{}
		for _, r := range all {
			asked[r.node.Directive] = asked[r.node.Directive] || len(r.lookups) > 0 || r.others
		}
		mark := func(at *model.Scope) {
			if v := at.Effective("resolver"); v.Set() {
				asked[v.Node.Directive] = true
			}
		}
		for _, x := range c.Proxies {
			if x.Target.Variable {
				mark(x.Scope)
			}
		}
		for use := range writtenHosts(p) {
			mark(use.scope)
		}
		for _, r := range all {
			if d := r.node.Directive; !asked[d] && !mayAsk(p) {
				asked[d] = true
				p.Report(r.node, lint.Finding{
					Message: `nothing in the configuration asks this "resolver": it holds no *_pass with variables and no server marked "resolve" under it`,
					Help:    `leave it out; for a name that is to be looked up again and again, pass to a variable or mark the server "resolve"`,
				})
			}
		}
	},
})

// askingKey is the key of [mayAsk] among what rules share.
type askingKey struct{}

// mayAsk reports whether a directive that is no *_pass, or one of a module that
// nginx does not come with, may ask a resolver.
func mayAsk(p *lint.Pass) bool {
	return p.Shared(askingKey{}, func() any {
		for _, s := range p.Config.Scopes {
			for i := range s.Node.Children {
				if n := &s.Node.Children[i]; n.Directive != nil && asksResolvers(n.Name) {
					return true
				}
			}
		}
		return false
	}).(bool)
}

// asksResolvers reports whether a directive, other than a *_pass and the server
// of a group, may make nginx ask a resolver: OCSP does
// (src/event/ngx_event_openssl_stapling.c), and so may what is no part of nginx.
func asksResolvers(name string) bool {
	switch name {
	case "ssl_stapling", "ssl_ocsp", "load_module", "pass", "perl", "perl_modules", "perl_require", "perl_set":
		return true
	}
	_, foreign := nginx.ThirdParty(name)
	return foreign || strings.HasPrefix(name, "js_") || len(nginx.Lookup(name)) == 0
}
