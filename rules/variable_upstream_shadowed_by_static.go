package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "variable-upstream-shadowed-by-static",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a host in a variable whose address another *_pass freezes",
		Why: `A host in a variable, together with a "resolver", is the way to make nginx look a name up again and again. But before it asks the resolver, nginx compares host and port with all upstream groups, and every *_pass that names a host without variables has silently made one, with the addresses that it found when nginx started.

One such *_pass to the same host and port anywhere in the configuration, in another server or of another protocol's module, is enough: the resolver is then never asked. After the address has changed, requests fail with 502 or 504 until the next reload. And as with every name that is written out, nginx does not start while nobody knows it.`,
		Log: `[error] connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, upstream: "http://192.0.2.10:3000/"`,
		Bad: `events {}
http {
    resolver 10.0.0.2 valid=10s;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
        location /metrics {
            proxy_pass http://app.example.com:3000;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 10.0.0.2 valid=10s;
    server {
        listen 8080;
        set $app app.example.com;
        location / {
            proxy_pass http://$app:3000;
        }
        location /metrics {
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: `No "resolver" in effect, a variable only in the URI, "localhost", and names in extra_hosts: there is nothing to look up again. A name that the compose project certainly does not know, with which nginx does not start.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		meant := shadowed(p)
		if len(meant.keys) == 0 {
			return
		}
		var static byKey[*model.Proxy, lint.Place]
		for _, x := range c.Proxies {
			if t := &x.Target; t.NeedsDNS() {
				static.add(c.Implicit(x.Stream(), t.Host(), t.Port), lint.AtArg(x.Pass, 0))
			}
		}
		for implicit, uses := range meant.all() {
			reportShadowed(p, uses, static.things[implicit])
		}
	},
})

// shadowedKey is the key of [shadowed] among what rules share.
type shadowedKey struct{}

// shadowed are the addresses in variables that are meant to be looked up again,
// and are not because a *_pass without variables names them: by the first such
// pass, which others to the same host and port share. A name that is certainly
// unknown is none: nginx does not start then.
func shadowed(p *lint.Pass) *byKey[*model.Proxy, runTimeUse] {
	return p.Shared(shadowedKey{}, func() any {
		meant := &byKey[*model.Proxy, runTimeUse]{}
		for use := range runTimeHosts(p.Config) {
			t, x := use.target, use.proxy
			host := canonicalHost(t.Host())
			switch {
			case t.Implicit == nil, t.Origin == x.Pass, !x.Scope.Effective("resolver").Set():
			case t.Implicit.Scope == x.Scope: // two branches of a template
			case isLocalhost(host), hasFixedAddress(p.Deploy, host), p.Deploy.KnowsHost(host) == deploy.No:
			default:
				meant.add(t.Implicit, use)
			}
		}
		return meant
	}).(*byKey[*model.Proxy, runTimeUse])
}

// shadows reports whether a *_pass without variables is what keeps an address in
// a variable from being looked up again.
func shadows(p *lint.Pass, x *model.Proxy) bool {
	meant := shadowed(p)
	if len(meant.keys) == 0 {
		return false
	}
	_, found := meant.things[p.Config.Implicit(x.Stream(), x.Target.Host(), x.Target.Port)]
	return found
}

// reportShadowed reports all places where one host and port is meant to be
// looked up again, and is not because it is written out in other places.
func reportShadowed(p *lint.Pass, uses []runTimeUse, static []lint.Place) {
	x, t := uses[0].proxy, uses[0].target
	after := oldAddressFails(p, x)
	switch {
	case onlyUDP(x):
		after = "datagrams are lost"
	case x.Stream():
		after = "connections are closed (connect() failed, session status 502)"
	}
	address := fmt.Sprintf("%s:%d", t.Host(), t.Port)
	f := lint.Finding{
		Place: lint.AtArg(x.Pass, 0),
		Message: fmt.Sprintf("nginx never asks the \"resolver\" for %q of this %q, since a %q elsewhere names it without variables: once the address found at the start has changed, %s until a reload",
			address, x.Pass.Name, t.Implicit.Pass.Name, after),
		Help: fmt.Sprintf("use a variable in every *_pass to %q", address),
	}
	relate(&f, "freezes the address", static...)
	relateOrigins(&f, uses)
	relatePasses(&f, "not looked up again here either", uses)
	p.Report(x.Pass, f)
}
