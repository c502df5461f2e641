package rules

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "upstream-protocol-mismatch",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a pass in a protocol that its upstream, by all signs, does not speak",
		Why: `Each pass speaks one protocol, and the server at the other end must speak the same:

- PHP-FPM speaks FastCGI: it hangs up on what "proxy_pass" sends, and nginx answers 502. It takes "fastcgi_pass".
- HTTP servers do not understand FastCGI, SCGI and uwsgi. Some answer with an error, which is 502 or 400 for the client, others wait for more until nginx gives up with 504. They take "proxy_pass".
- Databases, SSH and mail servers speak no HTTP at all. Some hang up (502); others send something that nginx, for want of an HTTP header, hands to the client as it is ("upstream sent no valid HTTP/1.0 header"). Connections to them are passed on in stream.`,
		Log: `[error] recv() failed (104: Connection reset by peer) while reading response header from upstream, upstream: "http://unix:/run/php/php8.2-fpm.sock:/"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        root /var/www/html;
        location ~ \.php$ {
            proxy_pass http://unix:/run/php/php8.2-fpm.sock;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        root /var/www/html;
        location ~ \.php$ {
            fastcgi_pass unix:/run/php/php8.2-fpm.sock;
            fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
            include fastcgi_params;
        }
    }
}
`,
		Silent: `Port 9000 alone, which MinIO, SonarQube and Portainer use for HTTP; it counts together with the name, or an image, of PHP-FPM. FastCGI on ports such as 8000 and 8080, where a program may well speak it. "proxy_pass" to uWSGI, which can serve HTTP too, and "uwsgi_pass" to Gunicorn, which can speak uwsgi. Names of Kubernetes services, whose port 80 may be anything behind it. What this nginx itself listens on, which another rule knows. Addresses from a variable with several values. Stream, which hands on what comes. Servers that stand in for those that the code of "balancer_by_lua_block" chooses.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_pass",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_pass",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var strange byKey[foreignKey, foreign]
		wrong := groupSearch{}
		for _, x := range c.Proxies {
			if !x.AllKnown || len(x.Candidates) != 1 || x.Stream() || x.Kind == model.Tunnel || returnsFirst(x) {
				continue
			}
			for _, e := range wrong.endpoints(x, func(e model.Endpoint) bool {
				_, ok := foreignServer(p, x, e)
				return ok && (e.Peer == nil || !e.Peer.Down) && !ownsPort(p, e)
			}) {
				f, _ := foreignServer(p, x, e)
				key := foreignKey{group: e.Upstream, kind: x.Kind}
				if key.group == nil {
					key.signs = f.signs
				}
				strange.add(key, f)
			}
		}
		for _, uses := range strange.all() {
			reportForeign(p, uses)
		}
	},
})

// foreign is a pass to a server that does not speak its protocol.
type foreign struct {
	proxy    *model.Proxy
	endpoint model.Endpoint
	// signs say what is there, and from what that can be told. status and log
	// say what becomes of requests.
	signs, status, log, help string
}

// foreignKey tells causes apart: all servers of a group are one, and all places
// with the same address.
type foreignKey struct {
	group *model.Upstream
	kind  model.Kind
	signs string
}

// ownsPort reports whether an address is, or may be, this nginx itself.
func ownsPort(p *lint.Pass, e model.Endpoint) bool {
	own := ownSocketsOf(p)
	switch _, listens := own.ports[e.Port]; {
	case e.URL.Unix != "":
		return listensOnSocket(p, e.URL.Unix)
	case !listens:
		return false
	case e.URL.IsName():
		return isLocalhost(canonicalHost(e.URL.Host))
	case e.URL.IsLoopback() || e.URL.Addr.IsUnspecified():
		return true
	}
	return own.one(socketAddress{addr: e.URL.Addr, port: e.Port}) != nil
}

// foreignServer judges one address by its port and by names.
func foreignServer(p *lint.Pass, x *model.Proxy, e model.Endpoint) (foreign, bool) {
	f := foreign{proxy: x, endpoint: e}
	switch x.Kind {
	case model.HTTPProxy:
		return f, f.isFPM(p) || f.isNoHTTP()
	case model.FastCGI, model.Scgi, model.Uwsgi:
		return f, f.isHTTP()
	}
	return f, false
}

// fpmPort is the port of PHP-FPM as its images and its documentation have it.
const fpmPort = 9000

// isFPM reports whether PHP-FPM is there: by the name of its socket; or on its
// port, by the name of the host or of the group, or by the image that the
// deployment runs there.
func (f *foreign) isFPM(p *lint.Pass) bool {
	e := f.endpoint
	switch {
	case e.URL.Unix != "":
		if !namesFPM(e.URL.Unix) {
			return false
		}
		f.signs = fmt.Sprintf("%q, by its name a socket of PHP-FPM", "unix:"+e.URL.Unix)
	case e.Port != fpmPort:
		return false
	case namesFPM(e.URL.Host) || e.Upstream != nil && namesFPM(e.Upstream.Name):
		f.signs = fmt.Sprintf("%s, by name and port PHP-FPM", addressText(e))
	default:
		image := fpmImage(p, e)
		if image == "" {
			return false
		}
		f.signs = fmt.Sprintf("%s, where PHP-FPM listens (image %q)", addressText(e), image)
	}
	f.endsWith("502", " (recv() failed, or upstream prematurely closed connection)")
	f.help = `use "fastcgi_pass" without a scheme, "fastcgi_param SCRIPT_FILENAME" and "include fastcgi_params"`
	return true
}

// endsWith says what becomes of requests; with TLS it does not come that far.
func (f *foreign) endsWith(status, log string) {
	f.status, f.log = status, log
	if tls, _ := f.proxy.TLS(); tls {
		f.status, f.log = "502", " (while SSL handshaking to upstream)"
	}
}

// namesFPM reports whether a name is one of PHP-FPM, and not of an HTTP server
// together with it.
func namesFPM(name string) bool {
	found := false
	for word := range asciiWords(strings.ToLower(name)) {
		switch word {
		case "fpm", "phpfpm":
			found = true
		case "nginx", "apache", "apache2", "httpd", "caddy", "web", "http", "proxy":
			return false
		}
	}
	return found
}

// fpmImage is the image of PHP-FPM that all containers know behind an address,
// or "". It counts where nothing was built on top of it.
func fpmImage(p *lint.Pass, e model.Endpoint) string {
	image := ""
	for _, c := range p.Deploy.Containers {
		s := c.Find(e.URL.Host)
		if s == nil || s.Built || path.Base(s.Image) != "php" || !slices.Contains(strings.Split(s.Tag, "-"), "fpm") {
			return ""
		}
		image = s.Image + ":" + s.Tag
	}
	return image
}

// noHTTP are well-known servers that speak no HTTP, by their ports.
var noHTTP = map[int]string{
	22: "SSH", 25: "SMTP", 3306: "MySQL", 5432: "PostgreSQL", 6379: "Redis", 11211: "memcached",
}

// isNoHTTP reports whether the port is that of a server that speaks no HTTP.
func (f *foreign) isNoHTTP() bool {
	server, ok := noHTTP[f.endpoint.Port]
	if !ok {
		return false
	}
	f.signs = fmt.Sprintf("%s, the port of %s", addressText(f.endpoint), server)
	f.endsWith("502", ", or with bytes that are no HTTP (upstream sent no valid HTTP/1.0 header)")
	f.help = `pass connections to it on in "stream", or name the port of the HTTP server that was meant`
	if server == "memcached" {
		f.help = `use "memcached_pass"`
	}
	return true
}

// isHTTP reports whether an HTTP server is there: by the ports that belong to
// HTTP, or by the name of a server that speaks nothing else.
func (f *foreign) isHTTP() bool {
	e := f.endpoint
	host := canonicalHost(e.URL.Host)
	switch {
	case e.URL.Unix != "" && namesHTTPServer(path.Base(e.URL.Unix)):
		f.signs = fmt.Sprintf("%q, by its name the socket of an HTTP server", "unix:"+e.URL.Unix)
	case e.URL.Unix != "" || e.Peer != nil && !e.URL.HasPort || e.URL.IsName() && isKubernetesService(host):
		return false
	case e.Port == 80 || e.Port == 443:
		f.signs = addressText(e) + ", a port of HTTP servers"
	case e.URL.IsName() && namesHTTPServer(host):
		f.signs = addressText(e) + ", by its name an HTTP server"
	default:
		return false
	}
	f.status, f.log = "502, 504 or 400", ", as that server takes it"
	f.help = fmt.Sprintf(`use "proxy_pass", or name the port that the %s server listens on`, protocolName(f.proxy.Kind))
	return true
}

// namesHTTPServer reports whether a name is that of an application server that
// speaks HTTP alone.
func namesHTTPServer(name string) bool {
	for word := range asciiWords(strings.ToLower(name)) {
		switch word {
		case "uvicorn", "hypercorn":
			return true
		}
	}
	return false
}

// reportForeign makes one finding of all passes to a group or to an address.
func reportForeign(p *lint.Pass, uses []foreign) {
	use := uses[0]
	passes := make([]*model.Proxy, len(uses))
	for i := range uses {
		passes[i] = uses[i].proxy
	}
	f := lint.Finding{
		Place: placeOf(use.endpoint),
		Message: fmt.Sprintf("%q speaks %s to %s: requests are answered with %s%s",
			use.proxy.Kind, protocolName(use.proxy.Kind), use.signs, refusedWith(p, use.status, passes...), use.log),
		Help: use.help,
	}
	if use.endpoint.Upstream != nil {
		f.Place = lint.AtArg(use.proxy.Pass, 0)
		relate(&f, "the address", placeOf(use.endpoint))
	}
	relate(&f, "passes there", passPlaces(passes)...)
	node := use.endpoint.Node
	if use.endpoint.Upstream != nil {
		node = use.proxy.Pass
	}
	p.Report(node, f)
}
