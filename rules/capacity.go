package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// defaultWorkerConnections is DEFAULT_CONNECTIONS, src/event/ngx_event.c.
const defaultWorkerConnections = 512

// workerConnections is how many connections each worker has, and the directive
// that says so, nil for the default. It is not known where a template engine or
// a file out of view may say it.
func workerConnections(p *lint.Pass) (n int64, at *conf.Node, known bool) {
	scope := eventsLevel(p.Config)
	if scope == nil || scope.Node.File == nil || branches(scope.Node.File) {
		return 0, nil, false
	}
	at = scope.Own("worker_connections")
	if at == nil {
		return defaultWorkerConnections, nil, asWritten(scope) && scope.Gaps == 0
	}
	if at.Unknown() {
		return 0, at, false
	}
	n, known = nginx.ParseNumber(at.Arg(0))
	return n, at, known
}

// connectionsText is a number of connections for a message.
func connectionsText(n int64, at *conf.Node) string {
	if at == nil {
		return fmt.Sprintf(`%d connections (the default "worker_connections")`, n)
	}
	return fmt.Sprintf(`%d connections ("worker_connections")`, n)
}
