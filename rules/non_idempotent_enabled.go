package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "non-idempotent-enabled",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "POST requests that may be carried out twice",
		Why: `Once nginx has sent a POST, LOCK or PATCH request, it does not try another server, since it cannot know what the first has done with it. "non_idempotent" in "proxy_next_upstream" (or its relative of another protocol) lifts that: a request that a server was carrying out when it was restarted, or took too long for, is sent to the next. An order may be placed twice, a mail sent twice.

It is not needed for servers that are down: a refused connection has sent nothing, and nginx tries the next server for a POST too.`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_next_upstream error timeout non_idempotent;
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
            proxy_next_upstream error timeout;
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Groups of one server, and one host name, of which only DNS knows how many addresses it is. Passes for which nothing is tried again: "non_idempotent" is a condition for others, and nothing by itself; "proxy_next_upstream_tries 1"; "proxy_request_buffering off"; locations that take neither POST nor PATCH nor LOCK.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		reportUses(p, "next_upstream", repeatsWrites, reportRepeatedWrites)
	},
})

// repeatsWrites reports whether requests that change something are tried again.
func repeatsWrites(p *lint.Pass, use settingUse) bool {
	value, x := use.value, use.proxy
	return value.Has("non_idempotent") && !value.Has("off") && len(value.Args()) >= 2 &&
		!x.Stream() && !onlyOneTry(p, x) && !keepsNoBody(p, x) && takesAny(p, x, unrepeatable)
}

func reportRepeatedWrites(p *lint.Pass, uses []settingUse) {
	first := uses[0]
	node := first.value.Node
	what := fmt.Sprintf("a %s request", taken(p, first.proxy, unrepeatable))
	if first.proxy.Kind == model.Grpc {
		what = "a call"
	}
	f := lint.Finding{
		Message: fmt.Sprintf(`"non_idempotent" has %s that a server of %s received, and did not answer, sent to the next one: it may be carried out twice`, what, groupList(uses)),
		Help:    `leave "non_idempotent" out unless the application recognises a repeated request; a server that refuses the connection is passed over without it`,
	}
	for i, a := range node.Args {
		if a.Value == "non_idempotent" {
			f.Place = lint.AtArg(node, i)
		}
	}
	relateUses(&f, "passes to several servers", uses)
	p.Report(node, f)
}
