package setter

import (
	"slices"
	"strings"
	"sync"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// listenTable are the listen directives of http, stream and mail.
func listenTable() map[string]check {
	return map[string]check{
		"ngx_http_core_module/listen":   listenHTTP,
		"ngx_stream_core_module/listen": listenStream,
		"ngx_mail_core_module/listen":   listenMail,
	}
}

// listenProtocol is how the listen directives of http, stream and mail differ.
type listenProtocol struct {
	// since are the parameters, with "=" those with a value, and the first
	// release that has them; the zero Version for those of all releases.
	since map[string]nginx.Version
	// datagram is the parameter that asks for UDP, conflicts the parameters that
	// nginx refuses next to it since a release.
	datagram  string
	conflicts map[string]nginx.Version
	// invalid is nginx's complaint about an unknown parameter.
	invalid string
	// port is the port of an address without one; 0 lets the system choose.
	port int
}

// listenHTTP is ngx_http_core_listen (src/http/ngx_http_core_module.c).
func listenHTTP(d *Directive) *Refusal { return listen(d, httpListen()) }

var httpListen = sync.OnceValue(func() *listenProtocol {
	quic := nginx.V(1, 25, 0)
	return &listenProtocol{
		since: map[string]nginx.Version{
			"default_server": {}, "default": {}, "bind": {}, "setfib=": {}, "fastopen=": {}, "backlog=": {}, "rcvbuf=": {}, "sndbuf=": {},
			"accept_filter=": {}, "deferred": {}, "ipv6only=": {}, "reuseport": {}, "ssl": {}, "http2": {}, "quic": quic,
			"so_keepalive=": {}, "proxy_protocol": {}, "multipath": multipathSince,
		},
		datagram: "quic",
		conflicts: map[string]nginx.Version{
			"fastopen": quic, "backlog": quic, "deferred": quic, "ssl": quic, "http2": quic, "so_keepalive": quic, "proxy_protocol": quic,
		},
		invalid: "invalid parameter %s",
		port:    80,
	}
})

// listenStream is ngx_stream_core_listen (src/stream/ngx_stream_core_module.c).
func listenStream(d *Directive) *Refusal {
	p := *streamListen()
	if d.Version.AtLeast(nginx.V(1, 25, 5)) {
		p.invalid = "invalid parameter %s"
	}
	return listen(d, &p)
}

var streamListen = sync.OnceValue(func() *listenProtocol {
	return &listenProtocol{
		since: map[string]nginx.Version{
			"default_server": nginx.V(1, 25, 5), "udp": {}, "bind": {}, "setfib=": nginx.V(1, 25, 5), "fastopen=": nginx.V(1, 21, 0), "backlog=": {},
			"rcvbuf=": {}, "sndbuf=": {}, "accept_filter=": nginx.V(1, 25, 5), "deferred": nginx.V(1, 25, 5), "ipv6only=": {}, "reuseport": {},
			"ssl": {}, "so_keepalive=": {}, "proxy_protocol": {}, "multipath": multipathSince,
		},
		datagram: "udp",
		conflicts: map[string]nginx.Version{
			"fastopen": nginx.V(1, 21, 0), "backlog": {}, "deferred": nginx.V(1, 25, 5), "ssl": {}, "so_keepalive": {}, "proxy_protocol": {},
		},
		invalid: "the invalid %s parameter",
	}
})

// listenMail is ngx_mail_core_listen (src/mail/ngx_mail_core_module.c).
func listenMail(d *Directive) *Refusal { return listen(d, mailListen()) }

var mailListen = sync.OnceValue(func() *listenProtocol {
	return &listenProtocol{
		since: map[string]nginx.Version{
			"bind": {}, "backlog=": {}, "rcvbuf=": {}, "sndbuf=": {}, "ipv6only=": {}, "ssl": {}, "so_keepalive=": {},
			"proxy_protocol": nginx.V(1, 19, 8), "multipath": multipathSince,
		},
		invalid: "the invalid %s parameter",
	}
})

// multipathSince is the first release that may know listen's parameter multipath.
var multipathSince = nginx.V(1, 29, 0)

func listen(d *Directive, p *listenProtocol) *Refusal {
	u, err := nginx.ParseURL(d.Args[0], nginx.URLOptions{Listen: true, DefaultPort: p.port})
	if err != nil {
		return refuse(0, "%s in %s of the \"listen\" directive", err, quote(d.Args[0])).with(`it takes a port, an address with a port such as "127.0.0.1:8080" or "[::]:80", or "unix:" and a path`)
	}
	if u.IsName() && isNoHost(u.Host) {
		return refuse(0, "host not found in %s of the \"listen\" directive", quote(d.Args[0])).with("nginx knows no variables here")
	}
	written := map[string]bool{}
	for i := 1; i < len(d.Args); i++ {
		key, _, _ := strings.Cut(d.Args[i], "=")
		written[key] = true
		if r := listenParameter(d, p, i); r != nil {
			return r
		}
	}
	if p.datagram == "" || !written[p.datagram] {
		return nil
	}
	for i := 1; i < len(d.Args); i++ {
		key, _, _ := strings.Cut(d.Args[i], "=")
		if since, ok := p.conflicts[key]; ok && !d.Version.Before(since) {
			if d.Version.IsZero() && (key == "fastopen" || key == "deferred") && p.datagram == "udp" {
				continue
			}
			return listenConflict(p, i, key)
		}
	}
	return nil
}

// listenConflict says that a parameter is for TCP. In http, the text is what the
// setter returns; in stream, it is logged by itself.
func listenConflict(p *listenProtocol, i int, key string) *Refusal {
	text := quote(key) + " parameter is incompatible with " + quote(p.datagram)
	return refuse(i, "\"listen\" directive %s", text)
}

// listenParameter checks one parameter.
func listenParameter(d *Directive, p *listenProtocol, i int) *Refusal {
	v := d.Args[i]
	key, value, hasValue := strings.Cut(v, "=")
	name := key
	if hasValue {
		name += "="
	}
	since, known := p.since[name]
	if v == "spdy" && p.port != 0 && !d.Version.AtLeast(nginx.V(1, 22, 0)) {
		return nil // older ones warn of it
	}
	if !known || d.Version.Before(since) {
		return p.unknownParameter(d, i, known, since)
	}
	switch key {
	case "setfib", "fastopen":
		if _, ok := nginx.ParseNumber(value); !ok {
			return refuse(i, "invalid %s %s", key, quote(v))
		}
	case "backlog":
		if n, ok := nginx.ParseNumber(value); !ok || n == 0 {
			return refuse(i, "invalid backlog %s", quote(v))
		}
	case "rcvbuf", "sndbuf":
		if _, ok := nginx.ParseSize(value); !ok {
			return refuse(i, "invalid %s %s", key, quote(v))
		}
	case "ipv6only":
		switch {
		case value == "on" || value == "off":
		case strings.HasPrefix(value, "o"):
			return refuse(i, "invalid ipv6only flags %s", quote(value)).with(`it takes "ipv6only=on" or "ipv6only=off"`)
		default:
			return refuse(i, p.invalid, quote(v)).with(`it takes "ipv6only=on" or "ipv6only=off"`)
		}
	case "so_keepalive":
		if !isKeepalive(value) {
			return refuse(i, "invalid so_keepalive value: %s", quote(value)).with(`it takes "on", "off" or times such as "30m::10"`)
		}
	}
	return nil
}

// unknownParameter says that a release does not know a parameter.
func (p *listenProtocol) unknownParameter(d *Directive, i int, known bool, since nginx.Version) *Refusal {
	v := d.Args[i]
	r := refuse(i, p.invalid, quote(v))
	if known {
		return r.with("nginx knows it since %s", since)
	}
	var names []string
	for name := range p.since {
		names = append(names, strings.TrimSuffix(name, "="))
	}
	slices.Sort(names)
	key, _, _ := strings.Cut(v, "=")
	if near, ok := nginx.Nearest(key, names); ok {
		return r.with("did you mean %q?", near)
	}
	return r
}

// isKeepalive reports whether nginx takes a value of so_keepalive: on, off, or
// idle:interval:count, each of which may be missing, but not all.
func isKeepalive(value string) bool {
	if value == "on" || value == "off" {
		return true
	}
	parts := strings.SplitN(value, ":", 3)
	some := false
	for i, part := range parts {
		if part == "" {
			continue
		}
		n, ok := nginx.ParseSec(part)
		if i == 2 {
			n, ok = nginx.ParseNumber(part)
		}
		if !ok {
			return false
		}
		some = some || n != 0
	}
	return some
}
