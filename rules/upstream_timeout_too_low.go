package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Below these, in milliseconds, a timeout is hardly what its author meant: the
// next larger unit is.
const (
	hastyConnect   = 10
	hastyExchange  = 100
	hastyMemcached = 10 // which people do ask with a few dozen milliseconds
)

var _ = add(&lint.Rule{
	ID:       "upstream-timeout-too-low",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a timeout of a few milliseconds, perhaps meant as seconds",
		Why: `"proxy_read_timeout 60ms" lets a backend think for 60 milliseconds between two parts of its response, and answers everything that takes longer with 504. Nearly always 60 seconds are meant: a number without a unit is in seconds, and "ms" has slipped in. The same goes for sending, and for connections that get a few milliseconds only: a single packet that is lost takes a second to be sent again.

The rule speaks of reading and sending below 100 milliseconds, of connecting below 10 milliseconds to another machine, and of sessions of stream that may be idle for less than 100 milliseconds, which ends them.`,
		Log: `[error] upstream timed out (110: Connection timed out) while reading response header from upstream`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_read_timeout 60ms;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_read_timeout 60s;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `Timeouts of some hundred milliseconds or a few seconds, as for health checks and for services that are to fail fast; short connection timeouts, as within one data centre, and any to this machine itself; memcached from 10 milliseconds on; UDP. Locations with a plan for the timeout: an "error_page" for 504 that goes to a named location or changes the status, "proxy_cache_use_stale timeout"; requests that "mirror" makes.`,
		Links: []string{
			"https://nginx.org/en/docs/syntax.html",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_timeout",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, limit := range waitLimits(p) {
			if 0 < limit.msec && limit.msec < hastyExchange {
				reportHastyWait(p, limit)
			}
		}
	},
})

func reportHastyWait(p *lint.Pass, limit *waitLimit) {
	i := slices.IndexFunc(limit.uses, func(x *model.Proxy) bool { return isHasty(limit, x) && !expectsTimeout(p, x) })
	if i < 0 {
		return
	}
	wait := showWait(limit.msec)
	f := lint.Finding{Place: lint.AtArg(limit.node, 0)}
	stream := limit.uses[i].Stream()
	switch limit.kind {
	case idling:
		f.Message = fmt.Sprintf("nginx closes a connection on which nothing is sent for %s (connection timed out)", wait)
	case connecting:
		f.Message = fmt.Sprintf("a connection to the upstream that takes %s fails: %s (upstream timed out (110: Connection timed out) %s)",
			wait, protocolText(limit.uses[i], answeredWith(p, "504", limit.uses[i]), "the client's is closed, session status 502"), waitAction(limit.kind))
	case sending:
		f.Message = fmt.Sprintf("a request that the upstream leaves unread for %s is answered with %s (upstream timed out (110: Connection timed out) %s)", wait, answeredWith(p, "504", limit.uses[i]), waitAction(limit.kind))
	default:
		f.Message = fmt.Sprintf("a response that does not begin, or go on, within %s is answered with %s or cut off (upstream timed out (110: Connection timed out))", wait, answeredWith(p, "504", limit.uses[i]))
	}
	f.Help = fmt.Sprintf("a number without a unit is in seconds: %q, if that is meant", limit.node.Name+" "+strings.TrimSuffix(limit.node.Arg(0), "ms")+"s;")
	if !strings.HasSuffix(limit.node.Arg(0), "ms") {
		f.Help = fmt.Sprintf("write a longer time, such as %q", limit.node.Name+" 60s;")
	}
	if stream {
		relate(&f, "for this pass", passPlaces(limit.uses[i:])...)
	} else {
		relate(&f, "for these requests", passPlaces(limit.uses[i:])...)
	}
	p.Report(limit.node, f)
}

// isHasty reports whether a timeout, below [hastyExchange], is too low for a pass.
func isHasty(limit *waitLimit, x *model.Proxy) bool {
	switch {
	case limit.kind == connecting:
		return limit.msec < hastyConnect && !onlyNear(x, true)
	case x.Kind == model.Memcached:
		return limit.msec < hastyMemcached
	case limit.kind == idling:
		return !slices.ContainsFunc(x.Server.Listens, func(l model.Listen) bool { return l.UDP || l.Unknown })
	}
	return true
}

// expectsTimeout reports whether the configuration has, or may have, an answer of
// its own for requests that take too long.
func expectsTimeout(p *lint.Pass, x *model.Proxy) bool {
	if x.Stream() {
		return false
	}
	_, at := x.Scope.Array("error_page")
	return mayBeMirror(p, x) || answersTimeout(p, x) || !levelsKnown(p, x.Scope, at, true)
}

// answersTimeout reports whether what is in view of the configuration has, or may
// have, an answer of its own for a 504.
func answersTimeout(p *lint.Pass, x *model.Proxy) bool {
	stale := x.Effective("cache_use_stale")
	return stale.Template() || stale.Has("timeout") || answersOtherwise(p, x.Scope, 504)
}
