package rules

import (
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "server-incomplete",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a server of stream or mail that lacks what it cannot do without",
		Why: "A server of http has an address and a content for everything that is not configured. One of stream needs `listen` and, before nginx 1.27.1, something to do with its connections: " +
			"`proxy_pass`, `pass` or `return`. One of mail needs `listen`, a protocol, if the port does not tell it, and `auth_http`. nginx does not start otherwise.",
		Log: `[emerg] no "listen" is defined for server in /etc/nginx/nginx.conf:3`,
		Bad: `events {}
stream {
    server {
        proxy_timeout 5s;
        proxy_pass 127.0.0.1:9000;
    }
}
`,
		Good: `events {}
stream {
    server {
        listen 127.0.0.1:8080;
        proxy_timeout 5s;
        proxy_pass 127.0.0.1:9000;
    }
}
`,
		Silent: "Configurations that are not in view as a whole, and servers with directives of modules that nginx does not come with.",
		Links: []string{
			"https://nginx.org/en/docs/stream/ngx_stream_core_module.html#server",
			"https://nginx.org/en/docs/mail/ngx_mail_core_module.html#server",
		},
	},
	OnScope: func(p *lint.Pass, s *model.Scope) {
		if !p.Config.Complete || !s.Context.Has(nginx.StreamServer|nginx.MailServer) || hasForeign(startup(p).commands, s.Node) {
			return
		}
		message, help := missingInServer(p.Config, s)
		if message != "" {
			p.Report(s.Node, lint.Finding{Message: message, Help: help})
		}
	},
})

// hasForeign reports whether a block holds a directive of a module that nginx
// does not come with, or one that a template engine names.
func hasForeign(known map[string]*command, block *conf.Node) bool {
	return slices.ContainsFunc(block.Children, func(n conf.Node) bool {
		return n.NameUnknown || known[n.Name] == nil || known[n.Name].shared || known[n.Name].foreign
	})
}

// missingInServer is what nginx says first about a server that lacks something
// (ngx_stream_core_server and ngx_stream_core_merge_srv_conf,
// src/stream/ngx_stream_core_module.c, and their twins of mail).
func missingInServer(c *model.Config, s *model.Scope) (message, help string) {
	const pass = `add "proxy_pass" with the address to pass connections on to`
	switch {
	case s.Own("listen") == nil:
		return `no "listen" is defined for server`, `add "listen" with a port`
	case s.Context == nginx.StreamServer:
		needsHandler := c.Version.Before(nginx.V(1, 27, 1)) // later ones close the connection
		if needsHandler && s.Own("proxy_pass") == nil && s.Own("return") == nil && s.Own("pass") == nil {
			return "no handler for server", pass
		}
	case s.Own("protocol") == nil && !slices.ContainsFunc(slices.Collect(s.All("listen")), tellsProtocol):
		return "unknown mail protocol for server", `add "protocol" with imap, pop3 or smtp`
	case !s.Effective("auth_http").Set():
		return `no "auth_http" is defined for server`, `add "auth_http" with the address of the server that knows the users`
	}
	return "", ""
}

// mailPorts are the ports that tell the protocol (ngx_mail_pop3_protocol and its
// siblings, src/mail).
var mailPorts = []int{110, 995, 143, 993, 25, 465, 587}

// tellsProtocol reports whether a listen of mail may be on one of these ports.
func tellsProtocol(listen *conf.Node) bool {
	u, err := nginx.ParseURL(listen.Arg(0), nginx.URLOptions{Listen: true})
	return err != nil || listen.Unknown() || slices.Contains(mailPorts, u.Port) || u.LastPort != 0
}
