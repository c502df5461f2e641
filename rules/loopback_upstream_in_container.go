package rules

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:          "loopback-upstream-in-container",
	Severity:    lint.Error,
	Category:    lint.BadGateway,
	NeedsDeploy: true,
	Doc: lint.Doc{
		Summary: "an upstream on a loopback address, in a container that holds nginx alone",
		Why: `In a container, 127.0.0.1 and "localhost" are the container itself: not the machine it runs on, and not another container. If nginx is the only program in it and does not listen on that port itself, nothing does. The connection is refused at once, and every request is answered with 502. Publishing the port of the other container on the machine does not change that.

Containers that share a network reach each other under the names of their services, on the port that the program in the container listens on.`,
		Log: `[error] connect() failed (111: Connection refused) while connecting to upstream, upstream: "http://127.0.0.1:3000/"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://127.0.0.1:3000;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 127.0.0.11 valid=10s;
    server {
        listen 8080;
        location / {
            set $app app;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: "Without a compose file that mounts or builds this very configuration; with the host's network or that of another container, or where another container joins this one's; with more than one program in the image, or an image that is not known to hold nginx alone; where this configuration listens on the port, or a file out of view may.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://docs.docker.com/compose/how-tos/networking/",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !p.Deploy.Alone() {
			return
		}
		var dead byKey[deadKey, deadEnd]
		ports := listenedPorts(p)
		for _, x := range c.Proxies {
			for _, e := range x.Endpoints() {
				if host, ok := loopbackHost(e.URL); ok && e.Port != 0 && !ports.has(e.Port) && (e.Peer == nil || !e.Peer.Down) {
					dead.add(deadKey{host, e.Port}, deadEnd{x, e})
				}
			}
		}
		for key, ends := range dead.all() {
			reportDeadEnd(p, key, ends, &ports)
		}
	},
})

// deadKey is an address on which nothing listens.
type deadKey struct {
	host string
	port int
}

// deadEnd is a way to it.
type deadEnd struct {
	proxy    *model.Proxy
	endpoint model.Endpoint
}

// dockerDNS is where Docker's own name server answers inside of a container.
var dockerDNS = netip.AddrFrom4([4]byte{127, 0, 0, 11})

// loopbackHost is the host of an address inside the container itself.
// Connecting to the unspecified address leads there too.
func loopbackHost(u nginx.URL) (host string, ok bool) {
	host = canonicalHost(u.Host)
	switch {
	case u.IsName():
		return host, isLocalhost(host)
	case u.Addr == dockerDNS:
		return host, false
	}
	return host, u.IsLoopback() || u.Addr.IsUnspecified()
}

// portSet is what nginx listens on.
type portSet struct {
	ranges []deploy.PortRange
	// unknown says that there may be more.
	unknown bool
}

func (s *portSet) has(port int) bool {
	return s.unknown || slices.ContainsFunc(s.ranges, func(r deploy.PortRange) bool { return r.Contains(port) })
}

// listenedPorts are the ports of all servers of http, stream and mail, on
// whatever address, and those of the images' own configurations where they may
// be in effect.
func listenedPorts(p *lint.Pass) portSet {
	var s portSet
	for _, server := range p.Config.Servers {
		for i := range server.Listens {
			l := &server.Listens[i]
			s.unknown = s.unknown || l.Unknown || l.Err != nil
			s.ranges = append(s.ranges, deploy.PortRange{First: l.Port, Last: l.LastPort})
		}
	}
	for _, scope := range p.Config.Scopes {
		if scope.Context != nginx.MailServer {
			continue
		}
		for n := range scope.All("listen") {
			u, err := nginx.ParseURL(n.Arg(0), nginx.URLOptions{Listen: true})
			s.unknown = s.unknown || err != nil || n.Unknown()
			s.ranges = append(s.ranges, deploy.PortRange{First: u.Port, Last: max(u.Port, u.LastPort)})
		}
	}
	if readsImage(p.Config) {
		for _, c := range p.Deploy.Containers {
			s.ranges = append(s.ranges, imagePort(c))
			s.unknown = s.unknown || c.OtherFiles
		}
	}
	return s
}

// readsImage reports whether nginx may read files in the container that are not
// in view: the configuration is a fragment, or includes what could not be read.
func readsImage(c *model.Config) bool {
	return len(c.Tree.Context) > 0 || c.Tree.RootFile.Template ||
		!c.Complete && slices.ContainsFunc(c.Scopes, func(s *model.Scope) bool { return s.Gaps&(model.GapInclude|model.GapPattern) != 0 })
}

// imagePort is the port of the server that an image has in a configuration of
// its own: default.conf of the official images, and Bitnami's.
func imagePort(c *deploy.Container) deploy.PortRange {
	if strings.Contains(c.Image, "unprivileged") || strings.Contains(c.Image, "bitnami") {
		return deploy.PortRange{First: 8080, Last: 8080}
	}
	return deploy.PortRange{First: 80, Last: 80}
}

// reportDeadEnd reports all ways to one address.
func reportDeadEnd(p *lint.Pass, key deadKey, ends []deadEnd, ports *portSet) {
	first := ends[0]
	ways := make([]*model.Proxy, len(ends))
	for i, end := range ends {
		ways[i] = end.proxy
	}
	c := p.Deploy.Containers[0]
	node := first.endpoint.Node
	address := key.host + ":" + strconv.Itoa(key.port)
	nothing := fmt.Sprintf("nothing listens on %q in the container of %q (%s:%d), which runs nginx alone: ",
		address, c.Name, filepath.Base(c.Source.Path), c.Source.Line)
	f := lint.Finding{Place: placeOf(first.endpoint), Message: nothing, Help: deadEndHelp(c, key.port)}
	if alive(first, ports) {
		f.Severity = lint.Warning
		f.Message += "nginx tries it in vain (connect() failed (111: Connection refused)) before the other servers of the group"
		if onlyUDP(first.proxy) {
			f.Message = nothing + "of the servers of the group, datagrams to this one are lost (recv() failed (111: Connection refused))"
		}
	} else {
		f.Message += failing(p, "every %s passed there", "502", ways...) +
			" (" + refused(first.proxy) + " (111: Connection refused))"
	}
	var written, passes []lint.Place
	for _, end := range ends {
		if end.endpoint.Node != node {
			written = append(written, placeOf(end.endpoint))
		}
		if end.endpoint.Node != end.proxy.Pass {
			passes = append(passes, lint.AtArg(end.proxy.Pass, 0))
		}
	}
	relateSame(&f, "here too", written...)
	relate(&f, "passes there", passes...)
	p.Report(node, f)
}

// placeOf is where an address is written: an argument of a pass or a server, or
// somewhere in the statement that gives a variable its value.
func placeOf(e model.Endpoint) lint.Place {
	if e.Peer != nil || len(e.Node.Args) == 1 {
		return lint.AtArg(e.Node, 0)
	}
	return lint.At(e.Node)
}

// alive reports whether the group of an address has servers elsewhere.
func alive(end deadEnd, ports *portSet) bool {
	group := end.endpoint.Upstream
	if group == nil {
		return false
	}
	for peer := range group.Active() {
		_, loopback := loopbackHost(peer.URL)
		if peer.Unknown || peer.Err == nil && (!loopback || ports.has(peer.Port)) {
			return true
		}
	}
	return false
}

// deadEndHelp names the service that listens on the port if there is just one.
func deadEndHelp(c *deploy.Container, port int) string {
	var names []string
	for _, s := range c.Services {
		target := slices.ContainsFunc(s.Ports, func(p deploy.Port) bool { return p.Target.Contains(port) })
		if (target || slices.ContainsFunc(s.Expose, func(r deploy.PortRange) bool { return r.Contains(port) })) && c.Shares(s) {
			names = append(names, s.Name)
		}
	}
	if len(names) == 1 {
		return fmt.Sprintf("write the name of the service that listens on this port: \"%s:%d\"", names[0], port)
	}
	return `write the name of the service that listens there, with the port inside of its container; for a program on the machine itself "host.docker.internal", with "host.docker.internal:host-gateway" in the service's "extra_hosts"`
}
