package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "worker-connections-below-listens",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "fewer worker connections than listening sockets",
		Why: `Every listening socket takes one of a worker's connections, and so does the channel to the master process. nginx does not start with fewer "worker_connections" than that; the default is 512.

Addresses that "listen" on all interfaces covers need no socket of their own, each port of a range does.`,
		Log: `[emerg] 2 worker_connections are not enough for 2 listening sockets`,
		Bad: `events {
    worker_connections 2;
}
http {
    server {
        listen 8080;
        listen [::]:8080;
    }
}
`,
		Good: `events {
    worker_connections 1024;
}
http {
    server {
        listen 8080;
        listen [::]:8080;
    }
}
`,
		Silent: `Addresses that are not known, such as those that a template engine fills in, may be covered by others or cover them: with any of them it is not counted.`,
		Links:  []string{"https://nginx.org/en/docs/ngx_core_module.html#worker_connections"},
	},
	OnConfig: checkWorkerConnections,
})

// eventsLevel is the first block events, or nil.
func eventsLevel(c *model.Config) *model.Scope {
	for s := range c.Main.Levels() {
		if s.Context == nginx.Events {
			return s
		}
	}
	return nil
}

// checkWorkerConnections is the comparison in ngx_event_init_conf,
// src/event/ngx_event.c. Sockets of mail are left out: nginx has as many at least.
func checkWorkerConnections(p *lint.Pass, c *model.Config) {
	scope := eventsLevel(c)
	if scope == nil || scope.Gaps != 0 {
		return
	}
	node, have := scope.Node, int64(defaultWorkerConnections)
	if n := scope.Own("worker_connections"); n != nil {
		v, ok := nginx.ParseNumber(n.Arg(0))
		if !ok || n.Unknown() {
			return
		}
		node, have = n, v
	}
	s := sockets(p)
	all, bare, port8000 := s.all, false, false
	for _, use := range s.uses {
		all = all && asWritten(use.server.Scope)
		bare = bare || use.listen.Node == nil
		port8000 = port8000 || use.port == 8000
	}
	count := int64(0)
	// Without listen, nginx takes port 8000 instead of 80 unless root starts it.
	if all && (!bare || !port8000) {
		count = int64(len(s.opened()))
	}
	if have >= count+1 {
		return
	}
	reportStart(p, node, lint.Finding{
		Message: fmt.Sprintf("%d worker_connections are not enough for %d listening sockets", have, count),
		Help:    "allow for the connections of clients and of upstreams too: 1024 is common",
	})
}
