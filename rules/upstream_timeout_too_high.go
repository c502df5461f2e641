package rules

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

// longestConnect is how long, in milliseconds, nginx's documentation says that a
// connection timeout is of use.
const longestConnect = 75_000

var _ = add(&lint.Rule{
	ID:       "upstream-timeout-too-high",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a timeout longer than its author can have meant",
		Why: `A server that is there accepts a connection within milliseconds. "proxy_connect_timeout" is for the one that is not: so long nginx waits before it tries the next server of the group or answers with 504. It limits no slow response, that is "proxy_read_timeout", which is why raising both, as many recipes do, only makes an outage worse. Much more than 75 seconds have no effect at all: the system gives up by itself, on Linux after about two minutes, and then the answer is 502.

A number without a unit is in seconds. "proxy_read_timeout 60000" looks like the milliseconds of other programs, and is more than 16 hours: for so long a backend that hangs keeps the request, its client and two connections.`,
		Log: `[error] upstream timed out (110: Connection timed out) while connecting to upstream`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_connect_timeout 600;
            proxy_read_timeout 600;
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
            proxy_connect_timeout 5s;
            proxy_read_timeout 600;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `Long waits for responses that are written with a unit, or come to whole hours or days: WebSockets, event streams, uploads and reports need them. Connections to this machine itself, which are accepted or refused at once. The idle time of stream.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_connect_timeout",
			"https://nginx.org/en/docs/syntax.html",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		var connects, slips []*waitLimit
		for _, limit := range waitLimits(p) {
			switch {
			case limit.kind == connecting:
				far := func(x *model.Proxy) bool { return !onlyNear(x, true) }
				if limit.msec > longestConnect && slices.ContainsFunc(limit.uses, far) {
					connects = append(connects, limit)
				}
			case limit.kind != idling && looksLikeMilliseconds(limit.node.Arg(0)):
				slips = append(slips, limit)
			}
		}
		reportLongWaits(p, connects, func(limit *waitLimit) (message, help string) {
			const waits = "nginx waits up to %s for the connection alone to a server that does not answer, before it tries another or "
			if limit.uses[0].Stream() {
				return fmt.Sprintf(waits+"closes the client's; the system gives up before that or soon after, on Linux after about two minutes", showWait(limit.msec)),
					`write a few seconds; how long a connection may be idle is another setting`
			}
			return fmt.Sprintf(waits+"answers with %s; the system gives up before that or soon after, on Linux after about two minutes, and the answer is %s",
					showWait(limit.msec), answeredWith(p, "504", limit.uses...), answeredWith(p, "502", limit.uses...)),
				`write a few seconds; how long a response may take is another setting`
		})
		reportLongWaits(p, slips, func(limit *waitLimit) (message, help string) {
			n, _ := strconv.ParseInt(limit.node.Arg(0), 10, 64)
			return fmt.Sprintf("a number without a unit is in seconds: this is about %s, for which nginx waits for an upstream that hangs", showRoughly(limit.msec)),
				fmt.Sprintf("write %q if milliseconds are meant", limit.node.Name+" "+strconv.FormatInt(n/1000, 10)+"s;")
		})
	},
})

// looksLikeMilliseconds reports whether a time without a unit, which is in
// seconds, was probably thought of as milliseconds: it is many thousands, but no
// whole hours.
func looksLikeMilliseconds(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n >= 10_000 && n%1000 == 0 && n%3600 != 0
}

// reportLongWaits reports all timeouts with the same slip: who makes it makes it
// everywhere.
func reportLongWaits(p *lint.Pass, limits []*waitLimit, say func(*waitLimit) (message, help string)) {
	if len(limits) == 0 {
		return
	}
	first := limits[0]
	f := lint.Finding{Place: lint.AtArg(first.node, 0)}
	f.Message, f.Help = say(first)
	for _, limit := range limits[1:min(len(limits), 1+maxRelated)] {
		relateSame(&f, "here too", lint.AtArg(limit.node, 0))
	}
	p.Report(first.node, f)
}
