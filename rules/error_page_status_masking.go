package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "error-page-status-masking",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "an outage that is answered with 200",
		Why: `"error_page 502 =200 /sorry.html" sends the page with status 200. Browsers show the same page as with 502, everybody else takes it for a success: health checks and monitoring stay green, caches and CDNs keep the page, search engines index it, and programs fail later, on a page where they expect data. In the access log nothing is to be seen but $upstream_status.

Without "=200" the page is the same and the status stays what it is. Where another upstream answers in place of the one that failed, "=" alone hands its status on.`,
		Bad: `events {}
http {
    server {
        listen 8080;
        root /srv/www;
        error_page 502 504 =200 /sorry.html;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
        location = /sorry.html {
            internal;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        root /srv/www;
        error_page 502 504 /sorry.html;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
        location = /sorry.html {
            internal;
        }
    }
}
`,
		Silent: `"=" without a status, which leaves it to what answers instead, as with a second upstream. 204 and other statuses, and pages for 404. Pages that no pass can get to. A location that passes the request on: the outage is made up for there, and the answer may be a real one. A page at another address, which is a redirect, and one whose location returns a status of its own. "empty_gif", for counters whose answer nobody reads. gRPC, whose errors have the status 200.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#error_page",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Uses("error_page") {
			return
		}
		var masks byKey[*conf.Directive, *model.Proxy]
		nodes := map[*conf.Directive]errorPage{}
		masking := map[*model.Scope][]errorPage{}
		for _, x := range c.Proxies {
			at := x.Scope.ArrayScope("error_page")
			if at == nil || x.Stream() || x.Server == nil || x.Kind == model.Grpc {
				continue
			}
			pages, known := masking[at]
			if !known {
				pages = maskingPages(p, at)
				masking[at] = pages
			}
			for _, e := range pages {
				if !e.answersForReal(p, x.Server) {
					masks.add(e.Node.Directive, x)
					nodes[e.Node.Directive] = e
				}
			}
		}
		for d, passes := range masks.all() {
			e := nodes[d]
			f := lint.Finding{
				Place:   lint.AtArg(e.Node, len(e.Node.Args)-2),
				Message: fmt.Sprintf("nginx answers 200 in place of %s: monitors, caches and clients take an outage for a success", strconv.Itoa(e.status)),
				Help:    `leave "=200" out: the page is the same, and the status stays`,
			}
			relate(&f, "for failures of this", passPlaces(passes)...)
			p.Report(e.Node, f)
		}
	},
})

// maskingPages are the error pages of a level that answer 200 for a failure: for a
// status that says that the server, not the client, is at fault, 502 and 504 first.
func maskingPages(p *lint.Pass, at *model.Scope) []errorPage {
	return slices.DeleteFunc(effectivePages(p, at, 502, 504, 500, 503), func(e errorPage) bool { return e.Response != "=200" })
}

// answersForReal reports whether its location is a second way to an answer, gives one
// that means nothing, or one with a status of its own, which "=200" does not change.
func (e errorPage) answersForReal(p *lint.Pass, srv *model.Server) bool {
	if !strings.HasPrefix(e.Target, "/") && !strings.HasPrefix(e.Target, "@") {
		return true // a redirect, with 302 (ngx_http_send_error_page)
	}
	at, known := e.answering(p, srv)
	return e.passesOn(p, srv) || known && (at.Own("empty_gif") != nil || at.Own("deny") != nil || returnsOther(at, 0))
}
