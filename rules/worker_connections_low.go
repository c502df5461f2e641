package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "worker-connections-low",
	Severity: lint.Info,
	Category: lint.BadGateway,
	// Tengine has other defaults.
	Except: []nginx.Flavour{nginx.Tengine},
	Options: []lint.Option{
		{Name: "few", Kind: lint.OptionNumber, Default: "1024", Summary: "how many connections, in all workers, hardly do for clients that stay"},
	},
	Doc: lint.Doc{
		Summary: "few worker connections for WebSockets, each of which holds two",
		Why: `"worker_connections" counts all connections of a worker, those to upstreams as well. A WebSocket holds two of them, one to the client and one to the backend, for as long as somebody has the page open. With one worker, the default of "worker_processes", and 512 connections, the default of "worker_connections", 256 open pages are all that there can be.

The next request that is passed on is then answered with 500, whatever it asks for. When not even the client's own connection can be had, nginx closes it without an answer.`,
		Log: `[alert] 512 worker_connections are not enough while connecting to upstream, client: 192.0.2.1, server: example.com, request: "GET /ws HTTP/1.1"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location /ws/ {
            proxy_pass http://192.0.2.10:3000;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_read_timeout 1h;
        }
    }
}
`,
		Good: `worker_processes auto;
events {
    worker_connections 8192;
}
http {
    server {
        listen 8080;
        location /ws/ {
            proxy_pass http://192.0.2.10:3000;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_read_timeout 1h;
        }
    }
}
`,
		Silent: `More than 1024 connections in all, and "worker_processes auto", for which the number is not known. Locations that pass an upgrade on and do not show by their name, their address or a long timeout that they are for WebSockets. Parts of a configuration.`,
		Links: []string{
			"https://nginx.org/en/docs/ngx_core_module.html#worker_connections",
			"https://nginx.org/en/docs/http/websocket.html",
		},
	},
	OnConfig: checkFewConnections,
})

func checkFewConnections(p *lint.Pass, c *model.Config) {
	processes, known := workerProcesses(c)
	if !known || !isWhole(c.Tree) {
		return
	}
	each, at, known := workerConnections(p)
	if total := each * processes; !known || total <= 0 || total > p.Option("few") {
		return
	}
	var passes []*model.Proxy
	for _, x := range c.Proxies {
		if x.Kind == model.HTTPProxy && !returnsFirst(x) && passesUpgrades(x) && onlyWebsockets(x) && !namesOthers(x) {
			passes = append(passes, x)
		}
	}
	if len(passes) == 0 {
		return
	}
	workers := "the only worker has"
	if processes > 1 {
		workers = fmt.Sprintf("each of the %d workers has", processes)
	}
	f := lint.Finding{
		Message: fmt.Sprintf(`a WebSocket holds two connections, and %s %s: with %d of them open, further requests are answered with 500 (%d worker_connections are not enough while connecting to upstream) or their connections closed`,
			workers, connectionsText(each, at), each*processes/2, each),
		Help: `raise "worker_connections", such as to 8192, and set "worker_processes auto"`,
	}
	relate(&f, "passes WebSockets", passPlaces(passes)...)
	node := at
	if at == nil {
		node = eventsLevel(c).Node
	} else {
		f.Place = lint.AtArg(at, 0)
	}
	p.Report(node, f)
}

// workerProcesses is the number of workers, 1 by default; it is not known where
// it depends on the machine.
func workerProcesses(c *model.Config) (n int64, known bool) {
	var at *conf.Node
	if at = c.Main.Own("worker_processes"); at == nil {
		return 1, c.Main.Gaps == 0 && asWritten(c.Main)
	}
	if at.Unknown() || branches(at.File) {
		return 0, false
	}
	return nginx.ParseNumber(at.Arg(0))
}

// passesUpgrades reports whether a pass hands the client's wish for an upgrade on.
func passesUpgrades(x *model.Proxy) bool {
	h, ok := x.Header("Upgrade")
	return ok && (strings.EqualFold(h.Value, "websocket") || strings.Contains(strings.ToLower(h.Value), "http_upgrade"))
}
