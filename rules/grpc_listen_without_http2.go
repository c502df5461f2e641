package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "grpc-listen-without-http2",
	Severity: lint.Warning,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "a grpc_pass that gRPC clients cannot reach, since the server speaks no HTTP/2",
		Why: `gRPC clients speak HTTP/2 only. Towards the backend "grpc_pass" does that by itself, towards clients only a server that is told to does: without it, nginx answers the first bytes of a client that speaks HTTP/2 at once with 400 in HTTP/1.1, and offers no HTTP/2 in the TLS handshake. The client reports that it is unavailable, and the request never comes to the "grpc_pass".

A load balancer in front that speaks HTTP/1.1 to nginx does not help: gRPC cannot be passed on in it.`,
		Log: `192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "PRI * HTTP/2.0" 400 157 "-" "-"`,
		Bad: `events {}
http {
    server {
        listen 50051;
        location / {
            grpc_pass grpc://192.0.2.10:50051;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 50051 http2;
        location / {
            grpc_pass grpc://192.0.2.10:50051;
        }
    }
}
`,
		Silent: `Servers that share one of their ports with a server that speaks HTTP/2, and those with HTTP/3. Named and internal locations. Configurations that are not in view as a whole: the pattern of an "include" that matches nothing here may match a server where nginx runs.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_grpc_module.html",
			"https://nginx.org/en/docs/http/ngx_http_v2_module.html#http2",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var servers byKey[*model.Server, *model.Proxy]
		for _, x := range c.Proxies {
			if x.Kind == model.Grpc && x.Server != nil && !returnsFirst(x) && reachedByClients(x.Scope) {
				servers.add(x.Server, x)
			}
		}
		if len(servers.keys) == 0 || !sockets(p).all {
			return
		}
		spoken := http2Ports(c)
		for server, passes := range servers.all() {
			if serversInView(p, server.Scope) && asWritten(server.Scope) && len(server.Listens) > 0 && !speaksHTTP2(server, spoken) {
				reportWithoutHTTP2(p, server, passes)
			}
		}
	},
})

// serversInView reports whether no file out of view may hold an "http2" for a
// server, or another server that has it for the same port: the pattern of an
// include may match such a file where nginx runs.
func serversInView(p *lint.Pass, s *model.Scope) bool {
	return besideStock(p.Deploy) || levelsKnown(p, s, nil, false)
}

// reachedByClients reports whether requests of clients can come to a location
// directly: it is neither named nor internal.
func reachedByClients(s *model.Scope) bool {
	at := s.Location()
	return at != nil && at.Modifier() != "@" && at.Own("internal") == nil
}

// httpDoor is a port, or a socket, that servers of http listen on.
type httpDoor struct {
	port int
	unix string
}

// http2Ports are the ports on which HTTP/2 or HTTP/3 is spoken: "http2" of a
// listen holds for all servers of the address, the directive for its own server
// and, without TLS, for all if that is the default one.
func http2Ports(c *model.Config) map[httpDoor]bool {
	doors := map[httpDoor]bool{}
	for _, server := range c.Servers {
		if server.Stream {
			continue
		}
		v := server.Scope.Effective("http2")
		on, ok := v.Flag()
		on = on || v.Set() && !ok
		for i := range server.Listens {
			l := &server.Listens[i]
			if !on && !l.HTTP2 && !l.QUIC && !l.Unknown {
				continue
			}
			for port := l.Port; port <= max(l.Port, l.LastPort); port++ {
				doors[httpDoor{port, l.URL.Unix}] = true
			}
		}
	}
	return doors
}

func speaksHTTP2(server *model.Server, spoken map[httpDoor]bool) bool {
	for i := range server.Listens {
		l := &server.Listens[i]
		for port := l.Port; port <= max(l.Port, l.LastPort); port++ {
			if spoken[httpDoor{port, l.URL.Unix}] {
				return true
			}
		}
	}
	return false
}

// http2Directive is the first release with "http2 on".
var http2Directive = nginx.V(1, 25, 1)

// reportWithoutHTTP2 reports all grpc_pass of a server.
func reportWithoutHTTP2(p *lint.Pass, server *model.Server, passes []*model.Proxy) {
	first := passes[0]
	f := lint.Finding{
		Place: lint.AtArg(first.Pass, 0),
		Message: fmt.Sprintf("no gRPC client can reach this %q: the server speaks HTTP/1.1 only, and answers what comes in HTTP/2 with 400",
			first.Pass.Name),
	}
	if server.TLS() {
		f.Message = fmt.Sprintf("no gRPC client can reach this %q: the server speaks HTTP/1.1 only, and offers no HTTP/2 in the TLS handshake", first.Pass.Name)
	}
	switch v := p.Config.Version; {
	case v.AtLeast(http2Directive):
		f.Help = `write "http2 on;" in the server`
	case v.Before(http2Directive):
		f.Help = `add "http2" to the "listen"`
	default:
		f.Help = `write "http2 on;" in the server; before nginx 1.25.1, add "http2" to the "listen"`
	}
	for i := range server.Listens {
		if n := server.Listens[i].Node; n != nil {
			relate(&f, "no HTTP/2 here", lint.At(n))
		}
	}
	places := make([]lint.Place, len(passes))
	for i, x := range passes {
		places[i] = lint.AtArg(x.Pass, 0)
	}
	relateSame(&f, "cannot be reached either", places...)
	p.Report(first.Pass, f)
}
