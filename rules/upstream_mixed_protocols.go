package rules

import (
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "upstream-mixed-protocols",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "one upstream address that is spoken to in two protocols",
		Why: `Whatever listens on an address speaks one protocol there. Where "proxy_pass" and "fastcgi_pass" name the same address or group, one of them is wrong, and what is passed that way always fails: with 502, from some servers 400, or 504 when the server waits for more. The same goes for "http://" and "https://"; only rare servers take both on one port.

HTTP and gRPC do go together: many servers tell HTTP/1 from HTTP/2 by themselves. But the connections that "keepalive" keeps in a group are kept for all, whatever was spoken on them. A gRPC call that gets one of HTTP/1 fails with 502, and a plain request that gets one of HTTP/2 is not understood. What nginx 1.29.7 and later keep without being told to, and with "keepalive ... local", is kept for each location alone.`,
		Log: `[error] no connection data found for keepalive http2 connection while sending request to upstream, upstream: "grpc://192.0.2.10:8000"`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:9000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
        location ~ \.php$ {
            fastcgi_pass app;
            include fastcgi.conf;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:9000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:8000;
        }
        location ~ \.php$ {
            fastcgi_pass app;
            include fastcgi.conf;
        }
    }
}
`,
		Silent: `HTTP and gRPC without "keepalive" in the group, with "local" there, or with "proxy_http_version 2". Stream and "tunnel_pass", which hand on what comes. Servers marked "down", passes that a "return" keeps requests from, and those whose protocol or address depends on a variable with several values. Where it is known which of the two is wrong, on port 443 and on what this nginx itself listens on: other rules say so. Servers that stand in for those that the code of "balancer_by_lua_block" chooses.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#upstream",
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !severalLanguages(c) {
			return
		}
		m := mixtures{p: p, byAddress: map[addressKey][]spoken{}, byGroup: map[*model.Upstream][]spoken{}}
		for _, x := range c.Proxies {
			lang, ok := languageOf(x)
			if !ok {
				continue
			}
			if group := x.Candidates[0].Upstream; group != nil && hasLanguage(m.byGroup[group], lang) {
				continue // as another pass, which goes together with all before it
			}
			for e := range x.EachEndpoint() {
				if (e.Peer == nil || !e.Peer.Down) && len(ownSocketsOf(p).accepting(e)) == 0 {
					m.add(spoken{lang, x, e.Peer}, e)
				}
			}
		}
		for key, pairs := range m.clashes.all() {
			reportMixed(p, key.how, pairs)
		}
	},
})

// severalLanguages reports whether the passes certainly speak more than one.
func severalLanguages(c *model.Config) bool {
	var first language
	found := false
	for _, x := range c.Proxies {
		lang, ok := languageOf(x)
		if ok && found && lang != first {
			return true
		}
		if ok {
			first, found = lang, true
		}
	}
	return false
}

// mixtures gathers what is spoken to which address.
type mixtures struct {
	p *lint.Pass
	// byAddress and byGroup are the first uses in each language.
	byAddress map[addressKey][]spoken
	byGroup   map[*model.Upstream][]spoken
	clashes   byKey[mixture, pairing]
}

// mixture is one thing that does not go together: the first pass that spoke one
// language with all that speak another.
type mixture struct {
	before   *model.Proxy
	language language
	how      clash
}

type pairing struct{ before, use spoken }

// addressKey is an address in the form in which equal ones are the same.
type addressKey struct {
	host string
	port int
	unix string
}

// add notes a further use, and how it does not go together with one before it.
func (m *mixtures) add(use spoken, e model.Endpoint) {
	address := addressKey{canonicalHost(e.URL.Host), e.Port, e.URL.Unix}
	group := e.Upstream
	if before, how := m.clash(m.byAddress[address], m.byGroup[group], use); how != 0 {
		if how == sharedPool || !m.isKnown(before) && !m.isKnown(use) {
			m.clashes.add(mixture{before.proxy, use.language, how}, pairing{before, use})
		}
		return
	}
	if !hasLanguage(m.byAddress[address], use.language) {
		m.byAddress[address] = append(m.byAddress[address], use)
	}
	if group != nil && !hasLanguage(m.byGroup[group], use.language) {
		m.byGroup[group] = append(m.byGroup[group], use)
	}
}

// isKnown reports whether it is another rule's that this use is the wrong one.
func (m *mixtures) isKnown(use spoken) bool {
	_, strange := foreignServer(m.p, use.proxy, use.endpoint())
	return strange || mayUseTLS(use.proxy) && mismatchesPort(m.p, use.endpoint(), use.language.tls)
}

func hasLanguage(uses []spoken, l language) bool {
	return slices.ContainsFunc(uses, func(s spoken) bool { return s.language == l })
}

// language is what a pass speaks to an upstream.
type language struct {
	kind model.Kind
	tls  bool
}

func (l language) String() string {
	name := protocolName(l.kind)
	if l.tls {
		return name + " with TLS"
	}
	return name
}

// languageOf is what a pass certainly speaks.
func languageOf(x *model.Proxy) (language, bool) {
	tls, known := x.TLS()
	ok := known && x.AllKnown && len(x.Candidates) == 1 && !x.Stream() && x.Kind != model.Tunnel && !returnsFirst(x) &&
		untemplated(x.Scope)
	return language{x.Kind, tls}, ok
}

// spoken is a use of an address.
type spoken struct {
	language language
	proxy    *model.Proxy
	// peer is the server of a group that it is spoken to, or nil.
	peer *model.Peer
}

// endpoint is the address.
func (s spoken) endpoint() model.Endpoint {
	t := &s.proxy.Candidates[0]
	if s.peer == nil {
		return model.Endpoint{Node: t.Origin, URL: t.URL, Port: t.Port}
	}
	return model.Endpoint{Node: s.peer.Node, URL: s.peer.URL, Port: s.peer.Port, Peer: s.peer, Upstream: t.Upstream}
}

// clash is how two uses of an address do not go together.
type clash uint8

const (
	otherProtocol clash = iota + 1 // one server does not speak both
	otherTLS                       // hardly any server takes TLS and plain text
	sharedPool                     // kept connections of HTTP/1 and HTTP/2
)

// clash finds the first use of an address, or of its group, that does not go
// together with a further one.
func (m *mixtures) clash(address, group []spoken, use spoken) (spoken, clash) {
	for _, before := range address {
		a, b := before.language, use.language
		both := isHTTPFamily(a.kind) && isHTTPFamily(b.kind)
		if a.tls != b.tls && (both || a.kind == b.kind) {
			return before, otherTLS
		}
		if a != b && !both {
			return before, otherProtocol
		}
	}
	for _, before := range group {
		if before.language != use.language && sharesPool(m.p, before, use) {
			return before, sharedPool
		}
	}
	return spoken{}, 0
}

func isHTTPFamily(k model.Kind) bool { return k == model.HTTPProxy || k == model.Grpc }

// sharesPool reports whether connections of one use are kept for the other:
// keepalive looks at the address alone, unless it is local
// (ngx_http_upstream_get_keepalive_peer, ngx_http_upstream_keepalive_module.c).
func sharesPool(p *lint.Pass, uses ...spoken) bool {
	keepalive := uses[0].proxy.Candidates[0].Upstream.Scope.Own("keepalive")
	if keepalive == nil || keepalive.Unknown() || keepalive.Arg(1) != "" {
		return false
	}
	if n, ok := nginx.ParseNumber(keepalive.Arg(0)); !ok || n == 0 {
		return false
	}
	for _, use := range uses {
		version := use.proxy.Effective("http_version")
		if use.language.kind == model.HTTPProxy && (version.Arg(0) == "2" || version.Unknown() || !scalarKnown(p, use.proxy.Scope, version)) {
			return false
		}
	}
	return true
}

// withLanguage is the pass of two that speaks such a language.
func withLanguage(a, b spoken, such func(language) bool) *model.Proxy {
	if such(a.language) {
		return a.proxy
	}
	return b.proxy
}

// reportMixed reports the passes that do not go together with one before.
func reportMixed(p *lint.Pass, how clash, pairs []pairing) {
	use, before := pairs[0].use, pairs[0].before
	x, y := use.proxy, before.proxy
	e := use.endpoint()
	address := addressText(e)
	f := lint.Finding{Place: lint.AtArg(x.Pass, 0)}
	switch how {
	case sharedPool:
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("%q speaks %s to the servers of %q and %q %s, and \"keepalive\" keeps connections for both alike: gRPC calls on one of HTTP/1 fail with %s (no connection data found for keepalive http2 connection), and plain requests on one of HTTP/2 get no answer that nginx can read",
			x.Kind, use.language, e.Upstream.Name, y.Kind, before.language, refusedWith(p, "502", withLanguage(use, before, func(l language) bool { return l.kind == model.Grpc })))
		f.Help = "give each of the two an upstream group of its own"
		relate(&f, "kept here", lint.At(e.Upstream.Scope.Own("keepalive")))
	case otherTLS:
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("%q speaks %s to %s, and %q %s: unless the server takes both TLS and plain text there, requests of one of the two always fail, TLS with %s (while SSL handshaking to upstream), plain text with %s",
			x.Kind, use.language, address, y.Kind, before.language,
			refusedWith(p, "502", withLanguage(use, before, func(l language) bool { return l.tls })),
			refusedWith(p, "400 or 502", withLanguage(use, before, func(l language) bool { return !l.tls })))
		f.Help = "use the same scheme, or the port that goes with each"
	default:
		f.Message = fmt.Sprintf("%q speaks %s to %s, and %q %s: no server speaks both there, and requests of one of the two always fail, with %s",
			x.Kind, use.language, address, y.Kind, before.language, refusedWith(p, "502, 504 or 400", x, y))
		f.Help = "name the address that goes with each protocol"
	}
	relate(&f, fmt.Sprintf("%s here", before.language), lint.AtArg(y.Pass, 0))
	if e.Peer != nil {
		relate(&f, "the address", placeOf(e))
	}
	passes := make([]*model.Proxy, len(pairs))
	for i, pair := range pairs {
		passes[i] = pair.use.proxy
	}
	relate(&f, fmt.Sprintf("%s here too", use.language), passPlaces(passes)...)
	p.Report(x.Pass, f)
}
