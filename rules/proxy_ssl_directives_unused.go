package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "proxy-ssl-directives-unused",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "settings of TLS for an upstream that is spoken to without it",
		Why:     `It is the scheme that turns on TLS to an upstream: "https://" for proxy_pass, "grpcs://" for grpc_pass, "suwsgi://" for uwsgi_pass, and in stream "proxy_ssl on". No other setting does, and without it all those about certificates and versions are read and forgotten: with "http://", nothing is encrypted and nobody's certificate is checked. An upstream that expects TLS answers such a request with 400, or ends the connection, which nginx answers with 502.`,
		Log:     `[error] upstream prematurely closed connection while reading response header from upstream`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_pass http://192.0.2.10;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_ssl_server_name on;
            proxy_ssl_name app.example.com;
            proxy_pass https://192.0.2.10;
        }
    }
}
`,
		Silent: `Settings in http, for all servers there may be; those that a pass with TLS uses anywhere, or may use; those that say what is the default anyway; passes whose scheme is not known.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_ssl",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		names := c.Names()
		if !slices.ContainsFunc(names, isTLSSetting) {
			return
		}
		table := passTable(p)
		used := map[*conf.Directive]bool{}
		var idle byKey[*model.Scope, *conf.Node]
		for _, s := range c.Scopes {
			if !s.Context.Has(nginx.Server | nginx.Location | nginx.StreamServer) {
				continue
			}
			in, found := table.at(s)
			for i, head := range s.Heads() {
				if !isTLSSetting(names[head.Name]) {
					continue
				}
				n := &s.Node.Children[i]
				kind, ok := tlsSettingOf(n, s)
				switch {
				case !ok || !found:
				case in.tls.has(kind):
					if inSnippet(n, s) {
						used[n.Directive] = true
					}
				case in.kinds.has(kind) && onlyHere(p, n, s) && !isDefault(p, n, s):
					idle.add(s, n)
				}
			}
		}
		reported := map[*conf.Directive]bool{}
		for s, nodes := range idle.all() {
			var fresh []*conf.Node
			for _, n := range nodes {
				if !used[n.Directive] && !reported[n.Directive] {
					fresh = append(fresh, n)
				}
				reported[n.Directive] = true
			}
			if len(fresh) > 0 && settingsKnown(p, s) {
				reportIdleTLS(p, s, table[s.Position()], fresh)
			}
		}
	},
})

// isTLSSetting reports whether a name is that of a setting of TLS to upstreams.
func isTLSSetting(name string) bool {
	return strings.HasPrefix(name, "proxy_ssl_") || strings.HasPrefix(name, "grpc_ssl_") || strings.HasPrefix(name, "uwsgi_ssl_")
}

// tlsSettingOf is the kind of passes that a setting of TLS is for.
func tlsSettingOf(n *conf.Node, s *model.Scope) (model.Kind, bool) {
	for _, kind := range [...]model.Kind{model.HTTPProxy, model.Grpc, model.Uwsgi} {
		if strings.HasPrefix(n.Name, kind.Prefix()) && strings.HasPrefix(n.Name[len(kind.Prefix()):], "_ssl_") {
			if s.Stream() {
				return model.StreamProxy, kind == model.HTTPProxy
			}
			return kind, true
		}
	}
	return 0, false
}

// isDefault reports whether a setting says what nginx does without it, or may do
// so.
func isDefault(p *lint.Pass, n *conf.Node, s *model.Scope) bool {
	d := nginx.Find(n.Name, s.Context)
	if d == nil || n.Unknown() {
		return true
	}
	def, ok := d.DefaultAt(p.Config.Version)
	return ok && strings.EqualFold(def, strings.Join(n.Values(), " "))
}

func reportIdleTLS(p *lint.Pass, s *model.Scope, in passesIn, nodes []*conf.Node) {
	kind, _ := tlsSettingOf(nodes[0], s)
	var pass *model.Proxy
	for _, x := range in.passes {
		if x.Kind == kind {
			pass = x
			break
		}
	}
	f := lint.Finding{}
	if kind == model.StreamProxy {
		f.Message = fmt.Sprintf("%q does nothing without \"proxy_ssl on\": nginx speaks to the upstream without TLS", nodes[0].Name)
		f.Help = `write "proxy_ssl on;" if the upstream speaks TLS, else leave this out`
	} else {
		f.Message = fmt.Sprintf("%q does nothing %s: %q does not ask for TLS, and nginx speaks to the upstream without it", nodes[0].Name, here(s), pass.Target.Raw)
		f.Help = fmt.Sprintf("write %q if the upstream speaks TLS, else leave this out", map[model.Kind]string{
			model.HTTPProxy: "https://", model.Grpc: "grpcs://", model.Uwsgi: "suwsgi://",
		}[kind])
	}
	relate(&f, "without TLS", lint.AtArg(pass.Pass, 0))
	for _, n := range nodes[1:min(len(nodes), 1+maxRelated)] {
		relateSame(&f, "does nothing either", lint.At(n))
	}
	p.Report(nodes[0], f)
}
