package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-missing-host-header",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "an upstream group's name that is sent as Host",
		Why:     `Unless told otherwise nginx sends the name in "proxy_pass" as Host. Where that is an upstream group, the application sees a name that exists nowhere else, and not the one that the client asked for. Links, redirects and cookies that it makes from it lead nowhere, checks of Origin and Referer fail, and an application that only answers to its own names refuses every request, as Django does with 400.`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
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
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Passes that tell the application nothing of the client, such as X-Forwarded-For: it may not care. Addresses and names that are no group, whose own name the server may well want. A group named like a domain ("app.example.com") or like one of its servers. Passes that send X-Forwarded-Host or Forwarded, which applications can be told to use instead; that nginx alone asks; whose headers are not all in view. Where a Host further out is lost: see inherited-headers-lost.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_set_header",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		sent := headersSent(p)
		for _, u := range c.Upstreams {
			if u.Stream {
				continue
			}
			var passes []*model.Proxy
			for _, x := range u.Proxies {
				if x.Kind == model.HTTPProxy && sendsNameOfGroup(p, x, sent.of(x)) {
					passes = append(passes, x)
				}
			}
			if len(passes) > 0 && !namedAsServer(u) {
				reportNameOfGroup(p, u, passes)
			}
		}
	},
})

// reportNameOfGroup reports the passes that send the name of a group as Host.
func reportNameOfGroup(p *lint.Pass, u *model.Upstream, passes []*model.Proxy) {
	x := passes[0]
	f := lint.Finding{
		Place:   lint.AtArg(x.Pass, 0),
		Message: fmt.Sprintf("the upstream gets \"Host: %s\", the name of the group, and not the one that the client asked for", u.Name),
		Help:    `write "proxy_set_header Host $host;"`,
	}
	if _, at := x.Headers(); at != nil {
		f.Help += ", beside the other proxy_set_header that are in effect there, since a level with its own inherits none"
	}
	relate(&f, "the group", lint.At(u.Node))
	relateSame(&f, "here too", passPlaces(passes)...)
	p.Report(x.Pass, f)
}

// sendsNameOfGroup reports whether clients' requests certainly go to a group with
// its name as Host, although the application is told of the client otherwise.
func sendsNameOfGroup(p *lint.Pass, x *model.Proxy, sent *sentHeaders) bool {
	return sent.tells && !sent.hosts && !returnsFirst(x) && !isSubrequest(p, x) && sent.known(p, x) && !(sent.overrides && drops(x, "Host"))
}
