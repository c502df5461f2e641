package rules

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// tlsName is the name that nginx has for the upstream of a proxy that speaks
// TLS: the one that it checks the certificate against and, if told to, sends as
// server name (SNI). (ngx_http_upstream_ssl_name, src/http/ngx_http_upstream.c;
// ngx_stream_proxy_ssl_name, src/stream/ngx_stream_proxy_module.c.)
type tlsName struct {
	proxy *model.Proxy
	// on is *_ssl_server_name: nginx sends the name.
	on bool
	// flag is that directive, or its default.
	flag model.Value
	// name is *_ssl_name. Unset, the name is the host of the target, for a group
	// the group's.
	name model.Value
}

// tlsNameOf is the name of a proxy's upstream. It is not ok for a proxy that
// does not, or may not, speak TLS, and one of which it is not known whether it
// sends the name.
func tlsNameOf(x *model.Proxy) (t tlsName, ok bool) {
	tls, known := x.TLS()
	if known && !tls {
		return tlsName{}, false
	}
	t = tlsName{proxy: x, flag: x.Effective("ssl_server_name"), name: x.Effective("ssl_name")}
	t.on, ok = t.flag.Flag()
	return t, ok && known
}

// written reports whether *_ssl_name gives the name, and not the host.
func (t tlsName) written() bool { return t.name.Set() && t.name.Arg(0) != "$proxy_host" }

// sendable reports whether nginx would send the written name as it is: neither
// an empty one nor an address is sent.
func (t tlsName) sendable() bool {
	name := t.name.Arg(0)
	if name == "" || t.name.Template() || strings.HasPrefix(name, "[") {
		return false
	}
	u, err := nginx.ParseURL(name, nginx.URLOptions{})
	return err != nil || u.IsName()
}

// verifies reports whether nginx checks the certificate against the name.
func (t tlsName) verifies() bool {
	on, ok := t.proxy.Effective("ssl_verify").Flag()
	return on && ok
}

// hosts are the names, as opposed to addresses, of a target or of its group's
// servers that are in service.
func tlsHosts(t *model.Target) []string {
	switch {
	case t.Err != nil || t.Unknown || t.GroupWithPort != nil:
		return nil
	case t.Upstream == nil && t.URL.IsName():
		return []string{canonicalHost(t.Host())}
	case t.Upstream == nil:
		return nil
	}
	var hosts []string
	for peer := range t.Upstream.Active() {
		if peer.NeedsDNS() {
			hosts = append(hosts, canonicalHost(peer.URL.Host))
		}
	}
	return hosts
}

// needOfServerName is how much a host depends on being sent a server name: error
// for platforms that refuse TLS without one, warning for other names of the
// Internet, info for private ones; 0 for what is no name or is this machine.
func needOfServerName(host string) lint.Severity {
	switch {
	case !isHostName(host) || isLocalhost(host):
		return 0
	case hasSuffix(host, ".cloudfront.net", ".pages.dev", ".workers.dev"):
		return lint.Error
	case !strings.Contains(host, ".") || hasSuffix(host, ".local", ".internal", ".lan", ".intranet", ".localdomain", ".home.arpa", ".svc", ".consul"):
		return lint.Info
	}
	return lint.Warning
}

func hasSuffix(s string, suffixes ...string) bool {
	for _, suffix := range suffixes {
		if strings.HasSuffix(s, suffix) {
			return true
		}
	}
	return false
}

// mayBeSetElsewhere reports whether what is not in view may hold a setting for
// the level: the surroundings of a fragment, or a file that is included at the
// level or around it. What comes with nginx's packages and images sets nothing of
// the kind.
func mayBeSetElsewhere(p *lint.Pass, s *model.Scope) bool {
	c := p.Config
	if c.Complete || besideStock(p.Deploy) {
		return false
	}
	if len(c.Tree.Context) > 0 || c.Tree.RootFile.Template {
		return true
	}
	for ; s != nil && s.Parent != nil; s = s.Parent {
		if s.Gaps&model.GapInclude != 0 {
			return true
		}
	}
	return false
}

// besideStock reports whether all that nginx reads besides the configuration is
// what a well-known image of nginx has of its own.
func besideStock(e *deploy.Evidence) bool {
	return !e.Empty() && !slices.ContainsFunc(e.Containers, func(c *deploy.Container) bool {
		return !c.Root || !c.SingleProcess || c.OtherFiles
	})
}

// quieter is a severity for what a part out of view may put right: one level
// down, 0 for the lowest.
func quieter(s lint.Severity) lint.Severity {
	if s == 0 {
		return 0
	}
	return s - 1
}

// sameStatement tells a directive that stands in a snippet from its many nodes.
func sameStatement(n *conf.Node) *conf.Directive { return n.Directive }
