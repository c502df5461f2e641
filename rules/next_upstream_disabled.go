package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "next-upstream-disabled",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "several servers, and no second try when one of them refuses",
		Why: `A group of several servers covers for one that is down because nginx tries the next when it cannot connect. That is not so with "proxy_next_upstream off", with "proxy_next_upstream_tries 1", and with a list of conditions that does not name "error": a list replaces the default, "error timeout".

The request that meets a server which is down is then answered with 502, though other servers are well. nginx sets the server aside after that ("max_fails"), and tries it again, with another 502 if it is still down, each time "fail_timeout" is over. In stream the connection is closed.

"off" may be meant, for requests that must not run twice. A refused connection has sent nothing yet, so that trying another server is safe for every request; POST requests that were sent are not tried again anyway.`,
		Log: `[error] connect() failed (111: Connection refused) while connecting to upstream, client: 192.0.2.1, upstream: "http://192.0.2.10:8080/"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_next_upstream http_502 http_504;
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
            proxy_next_upstream error timeout http_502 http_504;
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Groups of one server, and one host name, of which only DNS knows how many addresses it is. Passes for whose 502 an "error_page" with "=" makes up by a second pass. A list without "error" is a warning: its author wants further tries, and leaves the commonest reason out.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream_tries",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_next_upstream",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, suffix := range []string{"next_upstream", "next_upstream_tries"} {
			reportUses(p, suffix, isToBlame, reportNoRetry)
		}
	},
})

// isToBlame reports whether the setting is what rules a second try out.
func isToBlame(p *lint.Pass, use settingUse) bool {
	x := use.proxy
	return forbidsRetry(x) == use.value.Node && !carriesUDP(x) && !madeUpFor(p, x, 502) && !holdsLocalhost(use.group)
}

// holdsLocalhost reports whether a server is localhost, of which another rule
// says that it may be two addresses without a second try.
func holdsLocalhost(u *model.Upstream) bool {
	for peer := range u.Active() {
		if peer.NeedsDNS() && canonicalHost(peer.URL.Host) == "localhost" {
			return true
		}
	}
	return false
}

// reportNoRetry reports one setting that rules a second try out.
func reportNoRetry(p *lint.Pass, uses []settingUse) {
	first := uses[0]
	node := first.value.Node
	outcome := protocolText(first.proxy, "is answered with "+answeredWith(p, "502", first.proxy), "is closed") + " (connect() failed)"
	what := protocolText(first.proxy, "request", "connection")
	f := lint.Finding{}
	switch {
	case node.Name == first.proxy.Directive("next_upstream_tries"):
		f.Message = fmt.Sprintf("with %q a %s that meets a server of %s which is down %s, though the group has another", node.Text(), what, groupList(uses), outcome)
		f.Help = fmt.Sprintf(`write "%s 2;" if another server may be tried`, node.Name)
	case first.proxy.Stream() || first.value.Has("off"):
		f.Message = fmt.Sprintf("with %q a %s that meets a server of %s which is down %s, though the group has another", node.Text(), what, groupList(uses), outcome)
		f.Help = fmt.Sprintf(`leave %q out if another server may be tried: a server that refuses a connection has received nothing`, node.Name)
	default:
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf(`%q does not name "error", and its list replaces the default: a %s that meets a server of %s which is down %s, though the group has another`, node.Name, what, groupList(uses), outcome)
		f.Help = fmt.Sprintf(`write "%s error timeout" and the conditions that are there`, node.Name)
	}
	relateUses(&f, "passes to several servers", uses)
	p.Report(node, f)
}
