package errorlog

import (
	"net/netip"

	"github.com/nginxlint/nginxlint/lint/model"
)

// transport tells lines of http, of stream, and of stream over UDP apart.
func transport(l *Line) byte {
	switch {
	case l.UDP:
		return 'u'
	case l.Stream:
		return 's'
	}
	return 'h'
}

// servers are those that can have written a line. Its server is a name once the
// request of http is read, and before that and in stream the address that was
// connected to (ngx_http_log_error, src/http/ngx_http_request.c).
func (x *Locator) servers(l *Line) []*model.Server {
	if !l.Stream && !l.UDP {
		if named := x.byName[string(l.Server)]; len(named) > 0 || l.Request != nil {
			return named
		}
	}
	at, err := netip.ParseAddrPort(string(l.Server))
	if err != nil {
		return nil
	}
	out := listening(x.stream, at, l.UDP)
	if !l.Stream && !l.UDP {
		out = append(out, listening(x.http, at, false)...)
	}
	return out
}

// listening are the servers that listen at an address.
func listening(servers []*model.Server, at netip.AddrPort, udp bool) []*model.Server {
	var out []*model.Server
	for _, s := range servers {
		for i := range s.Listens {
			u := &s.Listens[i]
			if u.UDP == udp && u.Port <= int(at.Port()) && int(at.Port()) <= u.LastPort && (u.URL.Wildcard || u.URL.Addr == at.Addr()) {
				out = append(out, s)
				break
			}
		}
	}
	return out
}
