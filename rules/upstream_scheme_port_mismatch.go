package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "upstream-scheme-port-mismatch",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "plain HTTP to a port for TLS, or TLS to port 80",
		Why: `Whether nginx speaks TLS to an upstream is decided by the scheme of the pass alone, never by the port:

- "http://" to port 443, also through a group whose servers have that port: many servers (nginx, Go) answer 400 to plain HTTP on a port for TLS, and the client gets that; others break the connection, and nginx answers 502.
- "https://" to port 80: nginx begins a TLS handshake, and the server sends plain text back or nothing at all: 502, or 504 from a server that goes on waiting.

The same goes for gRPC, for uwsgi with "suwsgi://", and for "proxy_ssl on" in stream.`,
		Log: `[error] SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream, upstream: "https://192.0.2.10:80/"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:443;
        server 192.0.2.11:443;
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
        server 192.0.2.10:443;
        server 192.0.2.11:443;
    }
    server {
        listen 8080;
        location / {
            proxy_pass https://app;
        }
    }
}
`,
		Silent: `All ports but 80, 443 and that of the Kubernetes API, 6443: TLS is spoken on 8080 and 5000 and plain HTTP on 8443, too often to know. Stream without "proxy_ssl", which hands on what comes. A port that this configuration itself listens on in just that way. A scheme or a port from a variable with several values. Servers that stand in for those that the code of "balancer_by_lua_block" chooses.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_ssl",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var wrong byKey[schemeKey, schemeUse]
		mismatched := groupSearch{}
		for _, x := range c.Proxies {
			tls, known := x.TLS()
			if !known || !x.AllKnown || len(x.Candidates) != 1 || !mayUseTLS(x) {
				continue
			}
			for _, e := range mismatched.endpoints(x, func(e model.Endpoint) bool { return mismatchesPort(p, e, tls) }) {
				key := schemeKey{group: e.Upstream, stream: x.Stream(), tls: tls}
				if key.group == nil {
					key.address = canonicalHost(addressText(e))
				}
				wrong.add(key, schemeUse{x, e})
			}
		}
		for key, uses := range wrong.all() {
			reportScheme(p, key, uses)
		}
	},
})

// schemeKey tells causes apart: all servers of a group are one, and all places
// that write the same address.
type schemeKey struct {
	group       *model.Upstream
	address     string
	stream, tls bool
}

type schemeUse struct {
	proxy    *model.Proxy
	endpoint model.Endpoint
}

// mayUseTLS reports whether a kind of proxy has the choice to use TLS or not,
// and whether that says something about the port.
func mayUseTLS(x *model.Proxy) bool {
	switch x.Kind {
	case model.HTTPProxy, model.Grpc:
		return true
	case model.Uwsgi, model.StreamProxy:
		tls, _ := x.TLS()
		return tls
	}
	return false
}

// mismatchesPort reports whether a pass speaks TLS where nobody expects it, or
// none where everybody does. What this nginx itself listens on is known exactly,
// and another rule's.
func mismatchesPort(p *lint.Pass, e model.Endpoint, tls bool) bool {
	if e.Peer != nil && (e.Peer.Down || !e.URL.HasPort || e.Peer.Service != "") {
		return false
	}
	expectsTLS := e.Port == 443 || e.Port == 6443
	if tls && e.Port != 80 || !tls && !expectsTLS {
		return false
	}
	own := ownSocketsOf(p)
	if len(own.accepting(e)) > 0 {
		return false
	}
	if tls {
		return !own.ports[e.Port].tls
	}
	return !own.ports[e.Port].plain
}

// reportScheme makes one finding of all ways to a group or to an address.
func reportScheme(p *lint.Pass, key schemeKey, uses []schemeUse) {
	x, e := uses[0].proxy, uses[0].endpoint
	address := addressText(e)
	f := lint.Finding{Place: placeOf(e)}
	passes := make([]*model.Proxy, len(uses))
	for i, use := range uses {
		passes[i] = use.proxy
	}
	switch {
	case x.Stream():
		f.Message = fmt.Sprintf("nginx speaks TLS to %s, since \"proxy_ssl\" is on; where plain text is expected, as on this port, the handshake fails and the connection is closed (while SSL handshaking to upstream)", address)
		f.Help = `leave out "proxy_ssl", or write the port for TLS`
		relate(&f, "TLS here", lint.At(x.Scope.Effective("proxy_ssl").Node))
	case key.tls:
		f.Message = fmt.Sprintf("%q speaks TLS to %s; where plain text is expected, as on this port, requests are answered with %s", x.Kind, address, handshakeFails(p, "while SSL handshaking to upstream", passes...))
		f.Help = fmt.Sprintf("write %q, or the port for TLS", plainScheme(x.Kind))
	default:
		f.Message = fmt.Sprintf("%q speaks %s without TLS to %s; where TLS is expected, as on this port, %s", x.Kind, protocolName(x.Kind), address, plainOutcome(p, passes))
		f.Help = fmt.Sprintf("write %q, or the port without TLS", tlsScheme(x.Kind))
	}
	relate(&f, "passes there", passPlaces(passes)...)
	p.Report(e.Node, f)
}

// handshakeFails is what requests are answered with that speak TLS to what does not,
// with what nginx logs.
func handshakeFails(p *lint.Pass, log string, passes ...*model.Proxy) string {
	if text := answeredWith(p, "502 or 504", passes...); text != "502 or 504" {
		return text + " (" + log + ")"
	}
	return "502 (" + log + "), or 504 if the server goes on waiting"
}

// plainOutcome is what becomes of requests without TLS on a port for TLS.
func plainOutcome(p *lint.Pass, passes []*model.Proxy) string {
	failed := answeredWith(p, "502", passes...)
	if passes[0].Kind == model.Grpc {
		return "requests are answered with " + failed
	}
	return "requests are answered with " + refusedWith(p, "400", passes...) + " (as by nginx: The plain HTTP request was sent to HTTPS port), or with " + failed + " if the server breaks the connection"
}

// tlsScheme is how the protocol is written with TLS.
func tlsScheme(k model.Kind) string {
	switch k {
	case model.Grpc:
		return "grpcs://"
	case model.Uwsgi:
		return "suwsgi://"
	}
	return "https://"
}
