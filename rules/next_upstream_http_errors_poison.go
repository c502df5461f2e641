package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// shortPause is a fail_timeout below which an outage is over before it is much
// of one; its author has thought of it.
const shortPause = 5 * time.Second

var _ = add(&lint.Rule{
	ID:       "next-upstream-http-errors-poison",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a retry after http_500 that lets one failing page take the whole group down",
		Why: `With "http_500" in "proxy_next_upstream" (or its relative of another protocol), nginx takes a 500 for a failure of the server. It tries the same request on the next one, and counts the failure: by default one failure sets a server aside for 10 seconds ("max_fails" and "fail_timeout").

That helps if one server is broken. More often one page of the application is, and fails on each of them. The first GET request of that page fails on all servers and sets all but the last aside; the second takes the last one. From then on every request to the group, of whatever page, is answered with 502 until "fail_timeout" is over, though all servers are well. Each worker process counts for itself unless the group has a "zone".

"http_503" and "http_429" do the same when the application turns requests away, because it is under maintenance, at its limit, or a health check of it is not happy: clients get a 502 for everything instead. Often they do mean that the one server is not to be used now, so that they are an info.`,
		Log: `[error] no live upstreams while connecting to upstream, client: 192.0.2.1, request: "GET / HTTP/1.1", upstream: "http://app/"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8080;
        server 192.0.2.11:8080;
    }
    server {
        listen 8080;
        location / {
            proxy_next_upstream error timeout http_500;
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
		Silent: `"http_502" and "http_504", by which a server says that it cannot reach what is behind it, much as it would be with "error" and "timeout"; "http_403" and "http_404", which nginx does not count as failures. Groups of one server, groups with a server that has "max_fails=0" or a "fail_timeout" below 5 seconds, and one host name, of which only DNS knows how many addresses it is. "proxy_next_upstream_tries 1", where nothing is tried again. Groups for whose 502 an "error_page" with "=" makes up by another upstream, and locations that take no GET requests. gRPC, whose calls are POST requests, and whose applications answer 200 with the error behind it.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_next_upstream",
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_fails",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		reportUses(p, "next_upstream", poisons, reportPoison)
	},
})

// poisons reports whether a response takes a server out of its group for long.
func poisons(p *lint.Pass, use settingUse) bool {
	x := use.proxy
	return poisonousStatus(use.value) != 0 &&
		!x.Stream() && x.Kind != model.Grpc && use.crew.setsAside(shortPause) && !onlyOneTry(p, x) &&
		!allMadeUpFor(p, use.group) && takesAny(p, x, []string{"GET", "HEAD"})
}

// poisonousStatus is the status among the conditions that speaks of a request
// rather than of a server, most likely first, 0 for none. A failure counts
// whatever it is, but for 403 and 404 (ngx_http_upstream_next,
// src/http/ngx_http_upstream.c).
func poisonousStatus(next *model.Value) int {
	if next.Has("off") {
		return 0
	}
	for _, status := range [...]int{500, 503, 429} {
		if next.Has(fmt.Sprintf("http_%d", status)) {
			return status
		}
	}
	return 0
}

// endsWithTwo reports whether two requests set all servers of a group aside: the
// first all but the last that it tries, the second that one.
func endsWithTwo(use settingUse) bool {
	tries, _ := nginx.ParseNumber(use.proxy.Effective("next_upstream_tries").Arg(0))
	if tries != 0 && tries < int64(use.crew.size) {
		return false
	}
	for peer := range use.group.Active() {
		if peer.MaxFails != 1 {
			return false
		}
	}
	return true
}

func reportPoison(p *lint.Pass, uses []settingUse) {
	first, status := uses[0], poisonousStatus(uses[0].value)
	for _, use := range uses {
		if use.crew.maxFails < first.crew.maxFails {
			first = use
		}
	}
	after := "two GET requests"
	if slices.ContainsFunc(uses, func(use settingUse) bool { return !endsWithTwo(use) }) {
		after = "a few GET requests"
	}
	f := lint.Finding{
		Message: fmt.Sprintf(`"http_%d" in %q counts as a failure of the server: %s of a page that every server answers with %d set all servers of %s aside, and each request to the group is answered with %s (no live upstreams) for %s`,
			status, first.value.Node.Name, after, status, groupList(uses), answeredWith(p, "502", first.proxy), showTime(first.crew.failTimeout)),
		Help: fmt.Sprintf(`leave "http_%d" out; or write "max_fails=0" at the servers, which are then never set aside`, status),
	}
	if status != 500 {
		f.Severity = lint.Info
	}
	for _, use := range uses[:min(len(uses), maxRelated)] {
		relate(&f, "its servers are set aside", lint.At(use.group.Node))
	}
	relateUses(&f, "passes there", uses)
	for i, a := range first.value.Node.Args {
		if a.Value == fmt.Sprintf("http_%d", status) {
			f.Place = lint.AtArg(first.value.Node, i)
		}
	}
	p.Report(first.value.Node, f)
}
