package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "request-buffering-off-disables-failover",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "retries that are asked for, and unbuffered request bodies that rule them out",
		Why: `With "proxy_request_buffering off" nginx passes a request's body on as it comes, and keeps no copy. Once it has begun, it cannot send the request to another server, whatever "proxy_next_upstream" says: when the server closes the connection it is a 502, when it does not answer a 504.

Only bodies that are still on their way count. One that came along with the header is kept, and a server that refuses the connection has been sent nothing: in both cases nginx tries the next one.`,
		Log: `[error] upstream prematurely closed connection while reading response header from upstream, client: 192.0.2.1, request: "PUT /file HTTP/1.1"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_request_buffering off;
            proxy_next_upstream error timeout http_503 non_idempotent;
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_request_buffering off;
            proxy_next_upstream error timeout;
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Passes that ask for no more than the default "error timeout": large uploads to several servers are often passed on unbuffered by intention. Groups of one server, and passes with one try ("proxy_next_upstream_tries 1"). Passes that send no body, or one of their own ("proxy_pass_request_body off", "proxy_set_body").`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_request_buffering",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		reportUses(p, "request_buffering", losesWantedRetry, reportLostRetry)
	},
})

// keepsNoBody reports whether request bodies are passed on unbuffered
// (ngx_http_proxy_handler and its relatives: r->request_body_no_buffering).
func keepsNoBody(p *lint.Pass, x *model.Proxy) bool {
	buffering := x.Effective("request_buffering")
	on, ok := buffering.Flag()
	return ok && !on && buffering.Set() && scalarKnown(p, x.Scope, buffering)
}

// losesWantedRetry reports whether the author asked for retries, beyond the
// default, that unbuffered bodies rule out.
func losesWantedRetry(p *lint.Pass, use settingUse) bool {
	x := use.proxy
	if !keepsNoBody(p, x) || !sendsBody(p, x) || onlyOneTry(p, x) {
		return false
	}
	_, wanted := wantedRetry(p, x)
	return wanted
}

// wantedRetry is the *_next_upstream that asks for further tries after a
// request was sent, beyond those by default.
func wantedRetry(p *lint.Pass, x *model.Proxy) (*conf.Node, bool) {
	next := x.Effective("next_upstream")
	if !next.Set() || next.Unknown() || next.Has("off") || !scalarKnown(p, x.Scope, next) {
		return nil, false
	}
	for _, condition := range next.Args() {
		if condition != "error" && condition != "timeout" && condition != "invalid_header" {
			return next.Node, len(next.Args()) > 1 || condition != "non_idempotent"
		}
	}
	return nil, false
}

// sendsBody reports whether the client's body is passed on.
func sendsBody(p *lint.Pass, x *model.Proxy) bool {
	pass, own := x.Effective("pass_request_body"), x.Effective("set_body")
	on, ok := pass.Flag()
	return ok && on && !own.Set() && scalarKnown(p, x.Scope, pass)
}

func reportLostRetry(p *lint.Pass, uses []settingUse) {
	first := uses[0]
	next, _ := wantedRetry(p, first.proxy)
	f := lint.Finding{
		Message: fmt.Sprintf(`with %q off, a request whose body is being passed on is not tried on another server of %s, whatever %q says: nginx answers %s (upstream prematurely closed connection) or %s (upstream timed out)`,
			first.value.Node.Name, groupList(uses), next.Name, answeredWith(p, "502", first.proxy), answeredWith(p, "504", first.proxy)),
		Help: fmt.Sprintf(`leave %q on where requests with a body are to be tried again`, first.value.Node.Name),
	}
	relate(&f, "further tries are asked for here", lint.At(next))
	relateUses(&f, "passes to several servers", uses)
	p.Report(first.value.Node, f)
}
