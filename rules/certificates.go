package rules

import (
	"iter"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Releases that changed what nginx demands of certificates.
var (
	// streamSNI made stream check certificates as http does: in every server that
	// has any, and for an address in its default server.
	streamSNI = nginx.V(1, 25, 5)
	// trustedForClients let ssl_trusted_certificate do for ssl_client_certificate.
	trustedForClients = nginx.V(1, 27, 1)
)

// nothingElse reports whether what is in view of a directive is all that nginx
// will see of it at a level, see levelsKnown and asWritten.
func nothingElse(p *lint.Pass, at, setter *model.Scope, inclusive bool) bool {
	return levelsKnown(p, at, setter, inclusive) && (p.Config.Complete || asWritten(at))
}

// hasCertificate reports whether a server has a certificate; known says that
// nothing out of view can change that.
func hasCertificate(p *lint.Pass, s *model.Scope) (has, known bool) {
	v := s.Effective("ssl_certificate")
	return v.Set(), v.Set() || nothingElse(p, s, nil, false)
}

// rejectsHandshakes reports whether a server refuses all TLS, or may do so.
func rejectsHandshakes(p *lint.Pass, s *model.Scope) bool {
	v := s.Effective("ssl_reject_handshake")
	on, ok := v.Flag()
	return v.Set() && (!ok || on) || !v.Set() && !nothingElse(p, s, nil, false)
}

// upstreamTLS is a place that speaks TLS to an upstream, or may.
type upstreamTLS struct {
	// node is what says so: the pass, or proxy_ssl of stream.
	node   *conf.Node
	scope  *model.Scope
	prefix string // proxy, grpc, uwsgi
}

// upstreamTLSPlaces yields the places for which nginx prepares TLS to upstreams:
// passes with the scheme for it or with variables, and, whether they pass or
// not, the servers of stream with proxy_ssl (ngx_http_proxy_pass and
// ngx_http_proxy_merge_loc_conf, src/http/modules/ngx_http_proxy_module.c, their
// twins of gRPC and uwsgi, and ngx_stream_proxy_merge_srv_conf).
func upstreamTLSPlaces(c *model.Config) iter.Seq[upstreamTLS] {
	return func(yield func(upstreamTLS) bool) {
		for _, x := range c.Proxies {
			switch x.Kind {
			case model.HTTPProxy, model.Grpc, model.Uwsgi:
			default:
				continue
			}
			if x.Target.Unknown || !x.Target.Variable && !x.Target.TLS() {
				continue
			}
			if !yield(upstreamTLS{x.Pass, x.Scope, x.Kind.Prefix()}) {
				return
			}
		}
		for _, srv := range c.Servers {
			if !srv.Stream {
				continue
			}
			v := srv.Scope.Effective("proxy_ssl")
			if on, ok := v.Flag(); !ok || !on {
				continue
			}
			if !yield(upstreamTLS{v.Node, srv.Scope, "proxy"}) {
				return
			}
		}
	}
}
