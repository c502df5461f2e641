package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "ssl-certificate-pair",
	Severity: lint.Error,
	Category: lint.Startup,
	// With their NTLS, a server has certificates of another kind.
	Except: []nginx.Flavour{nginx.Angie, nginx.Tengine},
	Doc: lint.Doc{
		Summary: "a certificate without its key",
		Why: `Each "ssl_certificate" needs an "ssl_certificate_key": the first the first, the second the second. Both are inherited, each on its own, and a level that sets one of them inherits none of that kind. nginx does not start with fewer keys than certificates, in every server that has any, even if it does not speak TLS.

For TLS to upstreams the same goes for "proxy_ssl_certificate" and its twins of gRPC and uwsgi, in locations that pass with TLS or to an address with variables.`,
		Log: `[emerg] no "ssl_certificate_key" is defined for certificate "/etc/ssl/a.crt"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        ssl_certificate a.example.crt;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        ssl_certificate a.example.crt;
        ssl_certificate_key a.example.key;
    }
}
`,
		Silent: `A key that may be out of view: in fragments, and behind includes that are not there. Servers of stream without TLS before 1.25.5.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_ssl_module.html#ssl_certificate_key",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_ssl_certificate_key",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Uses("ssl_certificate") && !c.UsesSetting("ssl_certificate") {
			return
		}
		reported := map[*conf.Directive]bool{}
		for _, srv := range c.Servers {
			checkServerPairs(p, srv, reported)
		}
		for place := range upstreamTLSPlaces(c) {
			checkUpstreamPair(p, place, reported)
		}
	},
})

// checkServerPairs is the beginning of ngx_http_ssl_merge_srv_conf,
// src/http/modules/ngx_http_ssl_module.c, and of its twin of stream.
func checkServerPairs(p *lint.Pass, srv *model.Server, reported map[*conf.Directive]bool) {
	if srv.Stream && !p.Config.Version.AtLeast(streamSNI) && !asksForTLS(srv) {
		return
	}
	certificates, _ := srv.Scope.Array("ssl_certificate")
	keys, at := srv.Scope.Array("ssl_certificate_key")
	if len(certificates) <= len(keys) || !nothingElse(p, srv.Scope, at, true) {
		return
	}
	last := certificates[len(certificates)-1]
	if reported[last.Directive] {
		return
	}
	reported[last.Directive] = true
	f := lint.Finding{
		Message: fmt.Sprintf(`no "ssl_certificate_key" is defined for certificate "%s"`, last.Arg(0)),
		Help:    `add an "ssl_certificate_key"`,
	}
	if len(keys) > 0 {
		f.Help = fmt.Sprintf("there are %d certificates and %d keys in effect: add the missing", len(certificates), len(keys))
		relate(&f, "a key in effect", lint.At(keys[0]))
	}
	reportStart(p, last, f)
}

// asksForTLS reports whether a listen of the server itself asks for TLS.
func asksForTLS(srv *model.Server) bool {
	for i := range srv.Listens {
		if srv.Listens[i].SSL {
			return true
		}
	}
	return false
}

// checkUpstreamPair is the same in ngx_http_proxy_set_ssl,
// src/http/modules/ngx_http_proxy_module.c. An empty certificate means none, but
// not to every release.
func checkUpstreamPair(p *lint.Pass, place upstreamTLS, reported map[*conf.Directive]bool) {
	certificate := place.scope.Effective(place.prefix + "_ssl_certificate")
	key := place.scope.Effective(place.prefix + "_ssl_certificate_key")
	if !certificate.Set() || certificate.Template() || certificate.Arg(0) == "" || key.Set() ||
		!scalarKnown(p, place.scope, certificate) || !nothingElse(p, place.scope, nil, false) || reported[certificate.Node.Directive] {
		return
	}
	reported[certificate.Node.Directive] = true
	f := lint.Finding{
		Message: fmt.Sprintf(`no "%s_ssl_certificate_key" is defined for certificate "%s"`, place.prefix, certificate.Arg(0)),
		Help:    fmt.Sprintf(`add "%s_ssl_certificate_key"`, place.prefix),
	}
	relate(&f, "TLS to the upstream", lint.At(place.node))
	reportStart(p, certificate.Node, f)
}
