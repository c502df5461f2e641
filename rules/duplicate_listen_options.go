package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "duplicate-listen-options",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "an address that is listened on twice in a way that nginx refuses",
		Why: `Several servers may listen on one address. But nginx refuses

- a server that listens on an address twice, in whatever spelling: "80", "*:80" and "0.0.0.0:80" are the same;
- options of the socket (backlog, rcvbuf, sndbuf, bind, deferred, fastopen, ipv6only, reuseport, setfib, so_keepalive) in more than one "listen" with the same address: there is one socket, and it has its options from one place;
- in stream and before 1.25.5, any second server on an address.`,
		Log: `[emerg] duplicate listen options for 0.0.0.0:8080 in /etc/nginx/conf.d/b.conf:2`,
		Bad: `events {}
http {
    server {
        listen 8080 reuseport;
        server_name a.example;
    }
    server {
        listen 8080 reuseport;
        server_name b.example;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080 reuseport;
        server_name a.example;
    }
    server {
        listen 8080;
        server_name b.example;
    }
}
`,
		Silent: `Addresses with a host name, which only the machine itself can tell apart, and what a template engine decides. Parameters that are no options of the socket: ssl, http2, quic and proxy_protocol may be repeated.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#listen"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, clash := range sockets(p).clashes() {
			f := lint.Finding{Place: lint.AtArg(clash.at.listen.Node, 0)}
			first, second := clash.before.listen.Node, clash.at.listen.Node
			switch clash.kind {
			case sameServerTwice:
				f.Message = fmt.Sprintf("a duplicate listen %s: this server listens there already", clash.at)
				f.Help = again(first, second, "leave one of the two out")
			case optionsTwice:
				f.Message = fmt.Sprintf("duplicate listen options for %s: the socket has its options from another directive", clash.at)
				f.Help = again(first, second, "write the options in one place only")
			case pairTwice:
				f.Message = fmt.Sprintf("duplicate %q address and port pair", clash.at.String())
				f.Help = again(first, second, "before nginx 1.25.5 each server of stream needs an address of its own")
			default:
				continue
			}
			relate(&f, "first here", lint.At(first))
			reportStart(p, second, f)
		}
	},
})
