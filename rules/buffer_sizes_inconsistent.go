package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "buffer-sizes-inconsistent",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "buffer sizes that do not fit together, which stops nginx from starting",
		Why: `nginx compares the buffer sizes of each of proxy, fastcgi, uwsgi and scgi in every server and every location, whether something is passed there or not, and refuses to start unless

- there are at least two "proxy_buffers";
- "proxy_busy_buffers_size" (by default twice the larger of "proxy_buffer_size" and one of the "proxy_buffers") is at least that larger one, and no more than all of the "proxy_buffers" but one;
- "proxy_temp_file_write_size" is at least that larger one, and so is "proxy_max_temp_file_size" unless it is 0.

Each of them is inherited on its own, so that a location which sets one of them is compared with the others from further out, or with the defaults. That is why a lone "proxy_buffer_size 16k" stops nginx: the default for the others is 8 buffers of one memory page, 4k on most machines, and busy buffers of 32k do not fit into 28k.`,
		Log: `[emerg] "proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer in /etc/nginx/nginx.conf:7`,
		Bad: `events {}
http {
    proxy_buffer_size 16k;
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Good: `events {}
http {
    proxy_buffer_size 16k;
    proxy_buffers 8 16k;
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:8080;
        }
    }
}
`,
		Silent: `Sizes in an http block without a server: nginx compares them only where they are inherited. Sizes that a template fills in, and those that a file out of view may change.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffers",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_busy_buffers_size",
		},
	},
	On: onBufferSizes(),
})

// onBufferSizes subscribes to all the settings.
func onBufferSizes() map[string]func(*lint.Pass, *conf.Node) {
	on := map[string]func(*lint.Pass, *conf.Node){}
	for _, prefix := range []string{"proxy", "fastcgi", "uwsgi", "scgi"} {
		names := bufferNamesOf(prefix)
		for _, name := range names.all() {
			on[name] = func(p *lint.Pass, n *conf.Node) { checkBufferSizes(p, n, names) }
		}
	}
	return on
}

// checkBufferSizes reports, at the first setting of a level, what any of that
// level's settings makes inconsistent. A level without one is as consistent as
// the one around it, so that these levels are all there is to look at. nginx
// compares when it merges a level with the one around it, which it does for
// servers and what is in them, never for http itself (ngx_http_merge_servers
// and ngx_http_merge_locations, src/http/ngx_http.c).
func checkBufferSizes(p *lint.Pass, n *conf.Node, names *bufferNames) {
	s := p.Config.ScopeOf(n)
	if s == nil || !s.Context.Has(nginx.HTTP|nginx.Server|nginx.Location) || n != names.first(s) {
		return
	}
	for _, m := range bufferMismatches(p, s, names) {
		owner := m.owner()
		if owner.scope == s && (s.Context != nginx.HTTP || reachesServer(p, m, names)) {
			p.Report(owner.node, m.finding())
		}
	}
}

// reachesServer reports whether a server inherits what is inconsistent in http:
// then the same settings clash there.
func reachesServer(p *lint.Pass, m bufferMismatch, names *bufferNames) bool {
	for _, srv := range p.Config.Servers {
		if srv.Stream {
			continue
		}
		for _, there := range bufferMismatches(p, srv.Scope, names) {
			if there.same(m) {
				return true
			}
		}
	}
	return false
}

func (m bufferMismatch) finding() lint.Finding {
	owner := m.owner()
	f := lint.Finding{Place: lint.At(owner.node), Message: "nginx does not start: " + m.words, Help: m.help}
	if m.numbers != "" {
		f.Message += "; here " + m.numbers
	}
	for _, b := range m.involved {
		if b.node != nil && b.node != owner.node {
			relate(&f, fmt.Sprintf("%q is set here", b.name), lint.At(b.node))
		}
	}
	return f
}
