package rules

import (
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "proxy-bind-family-mismatch",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a local address of another kind than the upstream's",
		Why: `"proxy_bind" and its twins give the connections to the upstream a local address. nginx makes each socket for the kind of address that it is to connect to: IPv4, IPv6 or Unix. A socket of one kind cannot have an address of another. The request is answered with 500, not 502, and no other server of the group is tried; in stream the connection is closed, session status 500.

It easily happens where "proxy_bind" is set for a whole server or for http, and one of the locations passes to a socket or to an IPv6 address.`,
		Log: `[crit] bind(192.0.2.1) failed (22: Invalid argument) while connecting to upstream, client: 192.0.2.7, upstream: "http://[::1]:8000/"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_bind 192.0.2.1;
            proxy_pass http://[2001:db8::1]:8000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_bind 2001:db8::2;
            proxy_pass http://[2001:db8::1]:8000;
        }
    }
}
`,
		Silent: `Host names, which may have addresses of either kind, and variables. Whether the address is one of the machine, or leads to the upstream, cannot be seen.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_bind",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_bind",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.UsesSetting("bind") {
			return
		}
		var binds byKey[*conf.Node, misbound]
		for _, x := range c.Proxies {
			if m := misboundAt(x); m.endpoint.Node != nil {
				binds.add(m.bind.Node, m)
			}
		}
		for _, all := range binds.all() {
			reportMisbound(p, all)
		}
	},
})

// misbound is a proxy whose local address does not fit an address that it
// connects to.
type misbound struct {
	proxy *model.Proxy
	bind  model.Value
	// endpoint is the first such address.
	endpoint model.Endpoint
	// every says that no address of the proxy fits.
	every bool
}

// misboundAt compares the local address of a proxy with those that it connects
// to (ngx_event_connect_peer, src/event/ngx_event_connect.c). Its endpoint has
// no node where all is well.
func misboundAt(x *model.Proxy) misbound {
	m := misbound{proxy: x, bind: x.Effective("bind"), every: true}
	if !m.bind.Set() || m.bind.Unknown() || !x.AllKnown || returnsFirst(x) {
		return misbound{}
	}
	local := bindFamily(m.bind.Arg(0))
	if local == nginx.FamilyNone {
		return misbound{}
	}
	for _, e := range x.Endpoints() {
		if e.Peer != nil && (e.Peer.Down || e.Peer.Unknown) {
			continue
		}
		switch e.URL.Family {
		case local, nginx.FamilyName, nginx.FamilyNone:
			m.every = false
		default:
			if m.endpoint.Node == nil {
				m.endpoint = e
			}
		}
	}
	return m
}

// bindFamily is the kind of the address that *_bind has, FamilyNone for "off"
// and what nginx refuses. An IPv6 address has no brackets without a port.
func bindFamily(s string) nginx.Family {
	for _, form := range []string{s, "[" + s + "]"} {
		if u, err := nginx.ParseURL(form, nginx.URLOptions{}); err == nil && (u.Family == nginx.FamilyIPv4 || u.Family == nginx.FamilyIPv6) {
			return u.Family
		}
	}
	return nginx.FamilyNone
}

// reportMisbound reports all proxies that one directive gives a local address.
// One whose every request fails comes first.
func reportMisbound(p *lint.Pass, all []misbound) {
	first := all[max(0, slices.IndexFunc(all, func(m misbound) bool { return m.every }))]
	x, e, local := first.proxy, first.endpoint, first.bind.Arg(0)
	f := lint.Finding{
		Place: lint.AtArg(first.bind.Node, 0),
		Help:  fmt.Sprintf(`set %q only where the upstream has addresses of the same kind; "%s off" takes it back`, first.bind.Node.Name, first.bind.Node.Name),
	}
	what := failing(p, "every %s passed there", "500", x)
	if !first.every {
		f.Severity = lint.Warning
		what = failing(p, "each %s for which nginx chooses this server", "500", x)
	}
	f.Message = fmt.Sprintf("a connection to %s cannot have the local address %s: %s (bind(%s) failed (%s))",
		familyText(e), local, what, local, bindError(e, local))
	places := make([]lint.Place, 0, len(all))
	for _, m := range all {
		places = append(places, placeOf(m.endpoint))
		if m.endpoint.Node != m.proxy.Pass && m.endpoint.Peer == nil {
			places = append(places, lint.AtArg(m.proxy.Pass, 0))
		}
	}
	relate(&f, "connects to an address of another kind", places...)
	p.Report(first.bind.Node, f)
}

// familyText names an address with its kind.
func familyText(e model.Endpoint) string {
	switch e.URL.Family {
	case nginx.FamilyUnix:
		return fmt.Sprintf("the Unix socket %q", e.URL.Unix)
	case nginx.FamilyIPv6:
		return fmt.Sprintf("the IPv6 address %s", e.URL.Host)
	default:
		return fmt.Sprintf("the IPv4 address %s", e.URL.Host)
	}
}

// bindError is what Linux says of the attempt (inet_bind, inet6_bind and
// unix_bind of its kernel).
func bindError(e model.Endpoint, local string) string {
	if e.URL.Family == nginx.FamilyIPv4 && bindFamily(local) == nginx.FamilyIPv6 {
		return "97: Address family not supported by protocol"
	}
	return "22: Invalid argument"
}
