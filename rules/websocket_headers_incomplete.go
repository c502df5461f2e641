package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "websocket-headers-incomplete",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "a WebSocket that lacks a part of its handshake",
		Why: `A WebSocket begins with a request for an upgrade, and nginx passes it on as one only with all three of these:

- "proxy_http_version 1.1", which is the default since nginx 1.29.7: servers have to ignore an upgrade that is asked for with HTTP/1.0;
- "proxy_set_header Upgrade $http_upgrade";
- "proxy_set_header Connection upgrade", or a variable that has this value when the client asks for an upgrade.

Without one of them the server sees a plain request, and answers with a page or, most often, with 400 or 426. A few servers look at the headers only and take HTTP/1.0 too; nginx passes on their 101. nginx has nothing to say about it in its error log.`,
		Bad: `events {
    worker_connections 4096;
}
http {
    server {
        listen 8080;
        location /ws {
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_http_version 1.1;
            proxy_read_timeout 1h;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {
    worker_connections 4096;
}
http {
    server {
        listen 8080;
        location /ws {
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
            proxy_http_version 1.1;
            proxy_read_timeout 1h;
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `Locations that ask for no part of it, unless they are named after a library or protocol for WebSockets (socket.io, sockjs, signalr, websocket) and set neither header; plain "/ws" may be a web service. HTTP/2 ("proxy_http_version 2"), which has no upgrade, and the requests of "auth_request" and "mirror". Headers and versions that may be set out of view. Where the headers of a level further out are lost: see inherited-headers-lost.`,
		Links: []string{
			"https://nginx.org/en/docs/http/websocket.html",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_http_version",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var incomplete byKey[handshakeKey, handshake]
		sent := headersSent(p)
		for _, x := range c.Proxies {
			if x.Kind != model.HTTPProxy {
				continue
			}
			if h, found := handshakeOf(p, x, sent.of(x)); found {
				key := handshakeKey{x.Server, h.lacks}
				if h.lacks == noVersion && h.contrary == nil {
					key.server = nil // one line in http is what they all lack
				}
				incomplete.add(key, h)
			}
		}
		reported := map[*conf.Directive]bool{}
		for _, same := range incomplete.all() {
			if n := same[0].node; !reported[n.Directive] {
				reported[n.Directive] = true
				reportHandshakes(p, same)
			}
		}
	},
})

// missing is the part of a handshake that is not there.
type missing uint8

const (
	noVersion missing = iota + 1
	noConnection
	noUpgrade
	noHeaders
)

// handshake is a pass for WebSockets that lacks something.
type handshake struct {
	pass  *model.Proxy
	lacks missing
	// node is the header that is there, else the pass.
	node *conf.Node
	// contrary is the setting that prevents it, or nil.
	contrary *conf.Node
}

type handshakeKey struct {
	server *model.Server
	lacks  missing
}

// handshakeOf judges a pass.
func handshakeOf(p *lint.Pass, x *model.Proxy, sent *sentHeaders) (h handshake, found bool) {
	upgrade, connection := &sent.upgrade, &sent.connection
	if upgrade.Value == "" && !asksForUpgrade(connection.Value) && !namesLibrary(x) {
		return h, false
	}
	if returnsFirst(x) || isSubrequest(p, x) || !sent.known(p, x) || sent.overrides && (drops(x, "Upgrade") || drops(x, "Connection")) {
		return h, false
	}
	version := x.Effective("http_version")
	if version.Unknown() || version.Arg(0) == "2" || !scalarKnown(p, x.Scope, version) {
		return h, false
	}
	if upgrade.Node != nil && upgrade.Node.Unknown() || connection.Node != nil && connection.Node.Unknown() {
		return h, false
	}
	h = handshake{pass: x, node: upgrade.Node, contrary: connection.Node}
	connects := asksForUpgrade(connection.Value) || strings.Contains(connection.Value, "$")
	old := version.Arg(0) == "1.0" || !version.Set() && !p.Config.Version.AtLeast(pooledByDefault)
	switch {
	case upgrade.Value != "" && !connects:
		h.lacks = noConnection
	case upgrade.Value != "" && old:
		h.lacks, h.contrary = noVersion, version.Node
	case upgrade.Value == "" && asksForUpgrade(connection.Value):
		h.lacks, h.node, h.contrary = noUpgrade, connection.Node, upgrade.Node
	case upgrade.Node == nil && connection.Node == nil && namesLibrary(x):
		h.lacks, h.node = noHeaders, x.Pass
	}
	return h, h.lacks != 0
}

// namesLibrary reports whether a location is named after what only speaks
// WebSocket, or prefers to; scripts for the browser may be there too.
func namesLibrary(x *model.Proxy) bool {
	at := x.Scope.Location()
	if at == nil || at.Node.Unknown() {
		return false
	}
	if !websocketWords.may(at.Pattern()) {
		return false
	}
	name := strings.ToLower(at.Pattern())
	return containsAny(name, "socket.io", `socket\.io`, "sockjs", "signalr", "websocket") && !containsAny(name, "js$", ".js/", ".css", ".htm") && !strings.HasSuffix(name, ".js")
}

// reportHandshakes reports passes that lack the same.
func reportHandshakes(p *lint.Pass, same []handshake) {
	h := same[0]
	const fails = ": the upstream sees no request for an upgrade, and WebSockets fail, most often with 400 or 426"
	f := lint.Finding{}
	switch h.lacks {
	case noConnection:
		f.Message = `nginx sends "Upgrade" without "Connection: upgrade"` + fails
		f.Help = `write "proxy_set_header Connection $connection_upgrade;" with "map $http_upgrade $connection_upgrade { default upgrade; '' ''; }" in http`
	case noVersion:
		f.Message = sinceWhen(p) + `nginx asks for an upgrade with HTTP/1.0, where servers are to ignore it: WebSockets fail at all but the lenient ones, most often with 400 or 426`
		f.Help = `write "proxy_http_version 1.1;"`
	case noUpgrade:
		f.Message = fmt.Sprintf(`nginx sends "Connection: %s" without "Upgrade"`, h.node.Arg(1)) + fails
		f.Help = `write "proxy_set_header Upgrade $http_upgrade;"`
	case noHeaders:
		f.Place = lint.AtArg(h.node, 0)
		f.Message = fmt.Sprintf("the location %q is for WebSockets by its name, and nginx passes on neither \"Upgrade\" nor \"Connection\"", h.pass.Scope.Location().Pattern()) + fails
		f.Help = `write "proxy_http_version 1.1;", "proxy_set_header Upgrade $http_upgrade;" and "proxy_set_header Connection upgrade;"`
	}
	if h.contrary != nil {
		relate(&f, "said here", lint.At(h.contrary))
	}
	passes := make([]*model.Proxy, len(same))
	for i, other := range same {
		passes[i] = other.pass
	}
	relate(&f, "passed on here", passPlaces(passes)...)
	p.Report(h.node, f)
}
