package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "worker-connections-vs-nofile",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "more worker connections than files that a worker may have open",
		Why: `Each connection of a worker, to a client or to an upstream, takes a file descriptor, and "worker_rlimit_nofile" sets how many a worker may have. Where that is less than "worker_connections", the descriptors run out first.

nginx handles a lack of connections with care: it closes idle ones to have some again. For a lack of descriptors it does nothing of the kind. Requests that it would pass on are answered with 500, and further clients are not taken: they wait until descriptors are free again. Files that are served and logs take descriptors too. nginx starts all the same, and warns only where the limit that it is started with is lower too.`,
		Log: `[alert] socket() failed (24: Too many open files) while connecting to upstream, client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `worker_rlimit_nofile 1024;
events {
    worker_connections 4096;
}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:3000;
        }
    }
}
`,
		Good: `worker_rlimit_nofile 8192;
events {
    worker_connections 4096;
}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:3000;
        }
    }
}
`,
		Silent: `Without "worker_rlimit_nofile": the limit is then that of the system, a service manager or a container, which the configuration does not show. Where both are the same.`,
		Links: []string{
			"https://nginx.org/en/docs/ngx_core_module.html#worker_rlimit_nofile",
			"https://nginx.org/en/docs/ngx_core_module.html#worker_connections",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		limit := c.Main.Own("worker_rlimit_nofile")
		if limit == nil || limit.Unknown() || branches(limit.File) {
			return
		}
		files, ok := nginx.ParseNumber(limit.Arg(0))
		connections, place, known := workerConnections(p)
		if !ok || !known || connections <= files {
			return
		}
		f := lint.Finding{
			Place: lint.AtArg(limit, 0),
			Message: fmt.Sprintf(`a worker may have %d files open, and %s: beyond that, requests are answered with 500 (socket() failed (24: Too many open files)) and clients are not taken`,
				files, connectionsText(connections, place)),
			Help: fmt.Sprintf(`set "worker_rlimit_nofile" to twice the "worker_connections", %d, to allow for files as well`, 2*connections),
		}
		if place != nil {
			relate(&f, "set here", lint.AtArg(place, 0))
		}
		p.Report(limit, f)
	},
})
