package rules

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "upstream-invalid-address",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "an upstream address that nginx cannot read",
		Why: `Each protocol has its own form of address:

- "proxy_pass" of http begins with "http://" or "https://", also for WebSockets and Unix sockets;
- "server" in an upstream group, and "proxy_pass" of stream, are a host and a port without scheme and path;
- "fastcgi_pass", "scgi_pass", "memcached_pass" are a host and a port, or "unix:" and a path; "grpc_pass" and "uwsgi_pass" may begin with "grpc://", "grpcs://", "uwsgi://", "suwsgi://". None of them has a default port;
- an IPv6 address stands in brackets; a port is a number from 1 to 65535.`,
		Log: `[emerg] invalid host in upstream "http://192.0.2.10:8000" in /etc/nginx/nginx.conf:4`,
		Bad: `events {}
http {
    upstream app {
        server http://192.0.2.10:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `Addresses with variables, which nginx reads for each request. A name without a port where an upstream group of that name may be out of view. Paths of sockets that are too long, which "unix-socket-path-too-long" reports. Environment variables that nothing fills in, which "unexpanded-template-variable" does. What a script fills in: %name%, <NAME>, @NAME@, the name of a port in capitals.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#server",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
		},
	},
	OnUpstream: func(p *lint.Pass, u *model.Upstream) {
		for i := range u.Peers {
			peer := &u.Peers[i]
			if peer.Err == nil || peer.Unknown || peer.Node.IsBlock || errors.Is(peer.Err, nginx.ErrLongPath) {
				continue
			}
			if _, unexpanded := environmentVariable(peer.Node.Arg(0)); unexpanded && !peer.Resolve && !peer.Node.File.Template {
				continue
			}
			reportStart(p, peer.Node, lint.Finding{
				Place: lint.AtArg(peer.Node, 0), Message: peer.Err.Error(), Help: addressHelp(peer.Node.Arg(0), groupServer, u.Stream),
			})
		}
	},
	OnProxy: func(p *lint.Pass, x *model.Proxy) {
		t := &x.Target
		if t.Err == nil || t.Unknown || t.Variable || x.Pass.IsBlock || len(x.Pass.Args) != 1 || errors.Is(t.Err, nginx.ErrLongPath) || isFilledIn(x.Pass) {
			return
		}
		if t.Err.Error() == "no port in upstream" && borrowsPort(p, x) {
			return
		}
		f := lint.Finding{Place: lint.AtArg(x.Pass, 0), Message: targetRefusal(x), Help: addressHelp(t.Raw, x.Kind.String(), x.Stream())}
		if group := meantGroup(p, x.Stream(), canonicalHost(t.Host())); group != nil && f.Help == "" && group.Stream == x.Stream() {
			f.Help = fmt.Sprintf("did you mean the upstream group %q?", group.Name)
		}
		reportStart(p, x.Pass, f)
	},
})

// isFilledIn reports whether the address of a pass is a bare NAME_IN_CAPITALS of
// a file that is named as a template: whatever fills it in knows the name.
func isFilledIn(pass *conf.Node) bool {
	raw := pass.Arg(0)
	return pass.File.Template && len(raw) > 2 && strings.Trim(raw, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

// borrowsPort reports whether a pass above names the same host with a port: an
// address without one then means whatever that one made of the name
// (ngx_http_upstream_add, src/http/ngx_http_upstream.c, and its twin in stream,
// compare ports only where both have one).
func borrowsPort(p *lint.Pass, x *model.Proxy) bool {
	for _, o := range p.Config.Proxies {
		if o == x {
			break
		}
		if o.Stream() == x.Stream() && !o.Target.Variable && o.Target.Port != 0 && strings.EqualFold(o.Target.URL.Host, x.Target.URL.Host) {
			return true
		}
	}
	return false
}

// targetRefusal is what nginx says of the address of a pass.
func targetRefusal(x *model.Proxy) string {
	t := &x.Target
	message := t.Err.Error()
	if message == "no port in upstream" {
		return fmt.Sprintf(`%s "%s"`, message, t.URL.Host)
	}
	return message
}

// groupServer stands for the server directive of a group in addressHelp.
const groupServer = "server"

// addressHelp says how an address may be meant.
func addressHelp(raw, directive string, stream bool) string {
	scheme, rest, hasScheme := strings.Cut(raw, "://")
	wantsScheme := directive == "proxy_pass" && !stream
	switch {
	case directive == "memcached_pass" && strings.Contains(raw, "$"):
		return `"memcached_pass" takes no variables`
	case hasScheme && !wantsScheme:
		host, path, hasPath := strings.Cut(rest, "/")
		if directive == groupServer && hasPath && path != "" {
			return fmt.Sprintf(`write the address alone, %q; the scheme and the path belong into the "proxy_pass" that names the group`, host)
		}
		if directive == groupServer {
			return fmt.Sprintf(`write the address alone, %q; the scheme belongs into the "proxy_pass" that names the group`, host)
		}
		if directive == "grpc_pass" && strings.HasPrefix(scheme, "http") {
			return fmt.Sprintf("write the scheme of gRPC, and no path: %q", "grpc"+strings.TrimPrefix(scheme, "http")+"://"+host)
		}
		return fmt.Sprintf("write the address without the scheme and a path: %q", host)
	case hasScheme && (scheme == "ws" || scheme == "wss"):
		return fmt.Sprintf(`WebSockets are passed with "http%s://"`, strings.TrimPrefix(scheme, "ws"))
	case wantsScheme && !hasScheme:
		return schemeHelp(raw)
	case strings.HasPrefix(raw, "/"):
		return fmt.Sprintf(`the path of a Unix socket begins with "unix:": "unix:%s"`, raw)
	case isBareIPv6(rest) || isBareIPv6(raw):
		return "an IPv6 address stands in brackets"
	case strings.Contains(raw, "/") && !hasScheme && !strings.HasPrefix(raw, "unix:"):
		return "write the host and the port without a path"
	}
	return ""
}

// schemeHelp says how a "proxy_pass" of http without a scheme may be meant.
func schemeHelp(raw string) string {
	if strings.HasPrefix(raw, "/") {
		return `write the address of the upstream, such as "http://127.0.0.1:8080", or "http://unix:" and the path of a socket`
	}
	for _, scheme := range [...]string{"https", "http"} {
		// a colon or a slash too few
		if rest, ok := strings.CutPrefix(raw, scheme); ok && strings.HasPrefix(strings.TrimPrefix(rest, ":"), "/") {
			return fmt.Sprintf("write %q", scheme+"://"+strings.TrimLeft(rest, ":/"))
		}
	}
	return fmt.Sprintf(`write "http://%s", or https://`, raw)
}

// isBareIPv6 reports whether s is an IPv6 address that lacks its brackets, maybe
// with a port.
func isBareIPv6(s string) bool {
	host, _, _ := strings.Cut(s, "/")
	if strings.Count(host, ":") < 2 || strings.HasPrefix(host, "[") {
		return false
	}
	_, err := nginx.ParseURL("["+host+"]", nginx.URLOptions{})
	return err == nil
}
