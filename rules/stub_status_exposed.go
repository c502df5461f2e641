package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "stub-status-exposed",
	Severity: lint.Warning,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "nginx's own counters, readable by everybody",
		Why: `"stub_status" answers with the number of connections and requests, and by itself it answers everybody. On the ports of a public site that is everybody on the internet, who learns how busy the site is and whether an attack on it works.

An "allow" alone keeps nobody out: an address that no rule names is let in. It takes "deny all" after it.

The counters hold no status codes: they do not show how many requests were answered with 502. An access log does.`,
		Bad: `events {}
http {
    server {
        listen 80;
        location = /nginx_status {
            stub_status;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 80;
        location = /nginx_status {
            stub_status;
            allow 127.0.0.1;
            deny all;
        }
    }
}
`,
		Silent: `Servers that listen on other ports than 80 and 443 only, or on loopback and private addresses, such as one for a monitoring agent, and those behind a load balancer that speaks the PROXY protocol. Any "deny", authentication, client certificate, refusal of TLS handshakes, condition, rewrite or "internal" in effect there, and directives of modules that nginx does not come with. Ports that a compose file does not publish. Parts of a configuration that rely on blocks out of view.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_stub_status_module.html",
			"https://nginx.org/en/docs/http/ngx_http_access_module.html",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		guards := levelGuards{}
		for _, s := range c.Scopes {
			if n := s.Own("stub_status"); n != nil && n.File != nil && s.Server != nil && s.Context.Has(nginx.Server|nginx.Location) {
				if listen := publicListen(p, s.Server); listen != nil && !guards.around(s) {
					reportStubStatus(p, n, s, listen)
				}
			}
		}
	},
})

func reportStubStatus(p *lint.Pass, n *conf.Node, s *model.Scope, listen *model.Listen) {
	where := "on this server"
	if at := s.Location(); at != nil {
		where = fmt.Sprintf("at %q", at.Pattern())
	}
	f := lint.Finding{
		Message: fmt.Sprintf(`nginx shows its counters of connections and requests %s to everybody who can reach port %d`, where, listen.Port),
		Help:    `add "allow 127.0.0.1;" (or who else may see them) and "deny all;"`,
	}
	if allow := s.Effective("allow"); allow.Set() {
		f.Message += `; an "allow" without "deny all" keeps nobody out`
		relate(&f, "keeps nobody out", lint.At(allow.Node))
	}
	relate(&f, "reached here", lint.AtArg(listen.Node, 0))
	p.Report(n, f)
}

// publicListen is an address of a server that is meant for everybody: the port
// of http or https, on all addresses or a public one, which the deployment, if
// there is one in view, publishes. It is nil without any.
func publicListen(p *lint.Pass, srv *model.Server) *model.Listen {
	for i := range srv.Listens {
		l := &srv.Listens[i]
		if l.Unknown || l.Err != nil || l.Node == nil || l.Port != 80 && l.Port != 443 || l.URL.IsName() || l.ProxyProtocol {
			continue
		}
		if a := l.URL.Addr; !l.URL.Wildcard && (!a.IsValid() || !a.IsUnspecified() && (!a.IsGlobalUnicast() || a.IsPrivate())) {
			continue
		}
		if publishes(p.Deploy, l.Port) {
			return l
		}
	}
	return nil
}

// publishes reports whether nothing in the deployment keeps a port from the
// outside.
func publishes(e *deploy.Evidence, port int) bool {
	return e.Empty() || slices.ContainsFunc(e.Containers, func(c *deploy.Container) bool {
		return !c.Compose || c.NetworkMode == "host" || slices.ContainsFunc(c.Ports, func(published deploy.Port) bool {
			return published.Target.Contains(port) && !strings.HasPrefix(published.HostIP, "127.") && published.HostIP != "::1"
		})
	})
}

// levelGuards holds the levels that were looked at, and whether something at
// each itself may keep people out.
type levelGuards map[*model.Scope]bool

// around reports whether something at a level or around it may keep people out.
func (g levelGuards) around(s *model.Scope) bool {
	if !asWritten(s) {
		return true
	}
	for ; s != nil; s = s.Parent {
		guarded, known := g[s]
		if !known {
			guarded = guardedItself(s)
			g[s] = guarded
		}
		if guarded {
			return true
		}
		if s.Context == nginx.HTTP {
			break
		}
	}
	return false
}

// guardedItself looks at one level. A block that stands in for the surroundings
// of a fragment may hold anything.
func guardedItself(s *model.Scope) bool {
	if s.Gaps != 0 {
		return true
	}
	return slices.ContainsFunc(s.Node.Children, func(n conf.Node) bool { return n.Directive != nil && keepsOut(&n) })
}

// keepsOut reports whether a directive may keep people out or answer instead.
// What nginx itself does not know may do anything.
func keepsOut(n *conf.Node) bool {
	switch n.Name {
	case "deny", "internal", "if", "return", "rewrite", "limit_except", "satisfy":
		return true
	case "auth_basic", "auth_request", "ssl_verify_client", "ssl_reject_handshake":
		return n.Arg(0) != "off"
	}
	return n.NameUnknown || len(nginx.Lookup(n.Name)) == 0
}
