package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "resolver-timeout-long",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Options: []lint.Option{
		{Name: "minimum", Kind: lint.OptionTime, Default: "30s", Summary: "the shortest \"resolver_timeout\" that is long"},
		{Name: "short-connect-timeout", Kind: lint.OptionTime, Default: "5s", Summary: "the longest connect timeout that shows that requests are not to wait"},
	},
	Doc: lint.Doc{
		Summary: "requests that wait long for the only name server, where they may not wait for a connection",
		Why: `While the only name server does not answer, each request that needs a name looked up waits for "resolver_timeout", 30 seconds by default, and is then answered with 502. The time that a lookup takes counts for none of the timeouts of a *_pass: a short "proxy_connect_timeout", set so that nobody waits long for a server that is gone, begins after it.

Of several name servers nginx asks the next one after five seconds; that is why "resolver_timeout" should be longer than that then.`,
		Log: `[error] app.example.com could not be resolved (110: Operation timed out), client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `events {}
http {
    resolver 10.0.0.2;
    proxy_connect_timeout 2s;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 10.0.0.2;
    resolver_timeout 5s;
    proxy_connect_timeout 2s;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: `More than one name server, one that is written as a name, and one on the machine itself or Docker's own. Servers of groups, which nginx looks up in the background. The default of 30 seconds, unless a connect timeout of five seconds or less shows that requests are not to wait.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver_timeout"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, r := range resolvers(p) {
			if r.unknown || len(r.servers) != 1 || r.servers[0].IsName() || r.servers[0].IsLoopback() {
				continue
			}
			reportLongTimeout(p, r)
		}
	},
})

// defaultResolverTimeout is that of ngx_http_core_merge_loc_conf,
// src/http/ngx_http_core_module.c, in milliseconds.
const defaultResolverTimeout = 30_000

// reportLongTimeout reports the passes that wait longer for a name than they
// may for a connection.
func reportLongTimeout(p *lint.Pass, r *nameServers) {
	var waiting []lookup
	var timeout, connect model.Value
	for _, l := range r.lookups {
		if l.proxy == nil {
			continue // looked up in the background
		}
		t, c := l.scope.Effective("resolver_timeout"), l.proxy.Effective("connect_timeout")
		if waits(p, l.scope, t, c) {
			if len(waiting) == 0 {
				timeout, connect = t, c
			}
			waiting = append(waiting, l)
		}
	}
	if len(waiting) == 0 {
		return
	}
	first := waiting[0]
	f := lint.Finding{
		Message: fmt.Sprintf(`%s waits %s for this only name server while it does not answer, whatever the %q of %s: then %s`,
			protocolText(first.proxy, "a request", "a connection"), timeoutText(timeout), first.proxy.Directive("connect_timeout"), connect.Arg(0), unresolvedText(p, first, "110: Operation timed out")),
		Help: `set a shorter "resolver_timeout", or give a second name server, which nginx asks after five seconds`,
	}
	relate(&f, "begins after the lookup", lint.At(connect.Node))
	relateLookups(&f, waiting)
	p.Report(r.node, f)
}

// waits reports whether a lookup may take a long time while a
// short time is set for a connection.
func waits(p *lint.Pass, at *model.Scope, timeout, connect model.Value) bool {
	if !connect.Set() || connect.Unknown() || !scalarKnown(p, at, connect) || !scalarKnown(p, at, timeout) {
		return false
	}
	msec, ok := connect.Msec()
	if !ok || msec <= 0 || msec > p.Option("short-connect-timeout") {
		return false
	}
	wait := int64(defaultResolverTimeout)
	if timeout.Set() {
		wait, ok = timeout.Msec()
	}
	return ok && wait >= p.Option("minimum")
}

// timeoutText is a resolver_timeout for a message.
func timeoutText(v model.Value) string {
	if v.Set() {
		return v.Arg(0) + ` ("resolver_timeout")`
	}
	return `30s (the default "resolver_timeout")`
}
