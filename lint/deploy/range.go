package deploy

import (
	"strconv"
	"strings"
)

// parseRange reads "80" or "3000-3005".
func parseRange(s string) (PortRange, bool) {
	first, last, isRange := strings.Cut(strings.TrimSpace(s), "-")
	if !isRange {
		last = first
	}
	a, errA := strconv.Atoi(first)
	b, errB := strconv.Atoi(last)
	if errA != nil || errB != nil || a < 1 || b < a || b > 65535 {
		return PortRange{}, false
	}
	return PortRange{First: a, Last: b}, true
}

// parsePort reads compose's short syntax: [[ip:][published]:]target[/protocol].
func parsePort(s string) (Port, bool) {
	s, protocol, _ := strings.Cut(s, "/")
	p := Port{Protocol: protocol}
	if protocol == "" {
		p.Protocol = "tcp"
	}
	rest, target := "", s
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		rest, target = s[:i], s[i+1:]
	}
	var ok bool
	if p.Target, ok = parseRange(target); !ok {
		return Port{}, false
	}
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		p.HostIP, rest = strings.Trim(rest[:i], "[]"), rest[i+1:]
	}
	if rest != "" {
		if p.Published, ok = parseRange(rest); !ok {
			return Port{}, false
		}
	}
	return p, true
}
