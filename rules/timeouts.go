package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// waitKind is what nginx waits for at an upstream.
type waitKind uint8

const (
	// connecting is *_connect_timeout: for a connection.
	connecting waitKind = iota
	// sending is *_send_timeout: between two writes of the request.
	sending
	// reading is *_read_timeout: between two reads of the response.
	reading
	// idling is proxy_timeout of stream: between two reads or writes, on either
	// side.
	idling
)

// waitLimit is one timeout directive with the passes that it holds for.
type waitLimit struct {
	kind waitKind
	node *conf.Node
	msec int64
	uses []*model.Proxy
}

// timeUnits are the units that people count times in, the longest first.
var timeUnits = [...]struct {
	length     time.Duration
	one, other string
}{{24 * time.Hour, "day", "days"}, {time.Hour, "hour", "hours"}, {time.Minute, "minute", "minutes"}, {time.Second, "second", "seconds"}}

// showWait writes a time as people would say it, and exactly.
func showWait(msec int64) string {
	d := time.Duration(msec) * time.Millisecond
	for _, unit := range timeUnits {
		if d >= unit.length && d%unit.length == 0 {
			return counted(int64(d/unit.length), unit.one, unit.other)
		}
	}
	return counted(msec, "millisecond", "milliseconds")
}

// showRoughly writes about how long a time is.
func showRoughly(msec int64) string {
	d := time.Duration(msec) * time.Millisecond
	for _, unit := range timeUnits {
		if d >= unit.length {
			return counted(int64((d+unit.length/2)/unit.length), unit.one, unit.other)
		}
	}
	return counted(msec, "millisecond", "milliseconds")
}

// counted is a number with the word for what it counts.
func counted(n int64, one, other string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.FormatInt(n, 10) + " " + other
}

// waitLimitsKey is the key of [waitLimits] among what rules share.
type waitLimitsKey struct{}

// waitLimits are the timeouts that the configuration sets for passes, each with
// the passes for which it is certainly in effect, once for all rules.
func waitLimits(p *lint.Pass) []*waitLimit {
	return p.Shared(waitLimitsKey{}, func() any {
		var all []*waitLimit
		if !p.Config.UsesSetting("connect_timeout", "send_timeout", "read_timeout", "timeout") {
			return all
		}
		byText := map[*conf.Directive]*waitLimit{} // those of a snippet are one
		for _, x := range p.Config.Proxies {
			if returnsFirst(x) {
				continue
			}
			for _, setting := range waitSettings(x) {
				if setting.kind == connecting && carriesUDP(x) {
					continue // which connects at once, see ngx_event_connect_peer, src/event/ngx_event_connect.c
				}
				v := x.Effective(setting.suffix)
				if !v.Set() || !scalarKnown(p, x.Scope, v) {
					continue
				}
				limit := byText[v.Node.Directive]
				if limit == nil {
					msec, ok := v.Msec()
					if !ok {
						continue
					}
					limit = &waitLimit{kind: setting.kind, node: v.Node, msec: msec}
					byText[v.Node.Directive] = limit
					all = append(all, limit)
				}
				limit.uses = append(limit.uses, x)
			}
		}
		return all
	}).([]*waitLimit)
}

// waitSetting is a timeout of a protocol.
type waitSetting struct {
	kind   waitKind
	suffix string
}

var (
	httpWaits   = []waitSetting{{connecting, "connect_timeout"}, {reading, "read_timeout"}, {sending, "send_timeout"}}
	streamWaits = []waitSetting{{connecting, "connect_timeout"}, {idling, "timeout"}}
)

func waitSettings(x *model.Proxy) []waitSetting {
	if x.Stream() {
		return streamWaits
	}
	return httpWaits
}

// onlyNear reports whether all that a pass can connect to is known and is a Unix
// socket or, where loopback says so, an address of this machine.
func onlyNear(x *model.Proxy, loopback bool) bool {
	if strings.HasPrefix(strings.TrimPrefix(strings.ToLower(x.Target.Raw), "http://"), "unix:") {
		return true // also where the rest of the path is filled in
	}
	ends := x.Endpoints()
	return x.AllKnown && len(ends) > 0 && !slices.ContainsFunc(ends, func(e model.Endpoint) bool {
		here := e.URL.Addr.IsValid() && e.URL.Addr.IsLoopback() || e.URL.IsName() && isLocalhost(canonicalHost(e.URL.Host))
		return e.URL.Unix == "" && (!loopback || !here)
	})
}

// waitAction is how nginx's log calls what it was doing when the time was up.
func waitAction(k waitKind) string {
	switch k {
	case connecting:
		return "while connecting to upstream"
	case sending:
		return "while sending request to upstream"
	}
	return "while reading response header from upstream"
}
