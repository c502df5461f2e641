package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "max-conns-without-headroom",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a max_conns at every server of a group, beyond which requests fail at once",
		Why: `"max_conns" limits the connections to a server. A request that finds all servers at their limit does not wait until one is free: only NGINX Plus has a "queue" for that. nginx answers it with 502 at once, as if no server were alive.

Without a "zone" in the group each worker process counts its own connections, so that the servers see as many times the limit as there are workers, while requests fail that other workers could still have passed on.`,
		Log: `[error] no live upstreams while connecting to upstream, client: 192.0.2.1, upstream: "http://app/"`,
		Bad: `events {}
http {
    upstream app {
        zone app 64k;
        server 192.0.2.10:8080 max_conns=20;
        server 192.0.2.11:8080 max_conns=20;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        zone app 64k;
        server 192.0.2.10:8080 max_conns=20;
        server 192.0.2.11:8080 max_conns=20;
        server 192.0.2.12:8080 backup;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Groups with a server, backup servers included, that has no limit or may be out of view, and groups with a "queue". Limits that the "worker_connections" keep nginx from reaching. Passes whose "error_page" for 502 leads to a named location or changes the status: their author has thought of it. In stream, where a limit is a usual way to protect a database, it is an info.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#max_conns"},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		total := 0
		for peer := range u.Active() {
			if peer.MaxConns == 0 {
				return
			}
			total += peer.MaxConns
		}
		c, ok := crewOf(u)
		if !ok || c.size == 0 || u.Scope.Gaps != 0 || !mayCarryConnections(p, u) {
			return // a server out of view may have no limit
		}
		shared := u.Scope.Own("zone") != nil
		if !shared && workersEndFirst(p, total) {
			return
		}
		var passes []*model.Proxy
		for _, x := range u.Proxies {
			if !fallsBack(p, x) {
				passes = append(passes, x)
			}
		}
		if len(passes) < len(u.Proxies) && len(passes) == 0 {
			return
		}
		reportNoHeadroom(p, u, passes, limitText(c, total, shared))
	},
})

// workersEndFirst reports whether a worker process has no connections left
// before it has that many to a group: a request takes two, the client's and that
// to the server.
func workersEndFirst(p *lint.Pass, total int) bool {
	n, _, known := workerConnections(p)
	return known && 2*int64(total) >= n
}

// limitText says how many connections there may be.
func limitText(c crew, total int, shared bool) string {
	limit := fmt.Sprintf("with %d connections", total)
	if !c.exact {
		limit = fmt.Sprintf("with the %d connections that its servers allow, more if their names have several addresses", total)
	}
	if !shared {
		limit += " of one worker process"
	}
	return limit
}

func reportNoHeadroom(p *lint.Pass, u *model.Upstream, passes []*model.Proxy, limit string) {
	f := lint.Finding{
		Message: fmt.Sprintf(`the group %q is full %s ("max_conns"), and nginx has no queue: each further request is answered with %s at once (no live upstreams)`, u.Name, limit, answeredWith(p, "502", passes...)),
		Help:    `leave "max_conns" out at one server, add a "backup" server, or answer the 502 with an "error_page" of its own`,
	}
	if u.Stream {
		f.Severity = lint.Info
		f.Message = fmt.Sprintf(`the group %q is full %s ("max_conns"), and nginx has no queue: each further connection is closed at once (no live upstreams)`, u.Name, limit)
		f.Help = `leave "max_conns" out at one server, or add a "backup" server, if clients are not to be turned away`
	}
	var first *model.Peer
	for peer := range u.Active() {
		if first == nil {
			first, f.Place = peer, placeOfParam(peer.Node, "max_conns")
		} else if len(f.Related) < maxRelated {
			relateSame(&f, "limited too", lint.At(peer.Node))
		}
	}
	relate(&f, "passes there", passPlaces(passes)...)
	p.Report(first.Node, f)
}
