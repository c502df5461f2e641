package rules

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "resolver-short-name",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a name without a domain, asked of a name server that cannot know it",
		Why: `nginx's "resolver" is a plain DNS client. It asks for exactly the name that is written: it reads neither /etc/hosts nor the search domains of /etc/resolv.conf, with which programs on the same machine find "app" or "app.default".

A public name server does not know names without a domain, among them those of Docker's containers, which only Docker's own name server at 127.0.0.11 knows. That of a Kubernetes cluster knows Services by their full names only. The answer is "no such name", and nginx answers the request with 502. In stream it closes the connection, with the session status 500.

Of several name servers nginx asks one after the other for each new lookup, and takes the first answer for final: it does not ask another one when the first does not know the name.`,
		Log: `[error] app could not be resolved (3: Host not found), client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `events {}
http {
    resolver 8.8.8.8;
    server {
        listen 8080;
        location / {
            set $app app;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 8.8.8.8;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: "Name servers that may know such names: private addresses, Docker's, and those of a machine itself. Names of upstream groups, which nobody is asked for, and values that are not known.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
			"https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		for _, r := range resolvers(p) {
			if r.unknown {
				continue
			}
			if short := r.named(func(l lookup) bool { return isShortName(l.host) }); len(short) > 0 {
				reportShortNames(p, r, short)
			}
		}
	},
})

// isShortName reports whether a canonical name has no domain.
func isShortName(host string) bool { return !strings.Contains(host, ".") }

// clusterDNS are the addresses that Kubernetes distributions give the name
// server of a cluster, as far as they are used for nothing else: kubeadm, k3s,
// MicroK8s, and that of the cache on each node.
var clusterDNS = [...]netip.Addr{
	netip.AddrFrom4([4]byte{10, 96, 0, 10}), netip.AddrFrom4([4]byte{10, 43, 0, 10}),
	netip.AddrFrom4([4]byte{10, 152, 183, 10}), netip.AddrFrom4([4]byte{169, 254, 20, 10}),
}

// isClusterDNS reports whether a name server is that of a Kubernetes cluster.
func isClusterDNS(s nameServer) bool {
	return s.IsName() && isKubernetesService(canonicalHost(s.Host)) || slices.Contains(clusterDNS[:], s.Addr)
}

// reportShortNames reports the names without a domain that one resolver is
// asked for.
func reportShortNames(p *lint.Pass, r *nameServers, short []lookup) {
	ignorant := func(s nameServer) bool { return isPublicDNS(s) || isClusterDNS(s) }
	all, some := r.only(ignorant)
	if !some {
		return
	}
	if away := slices.DeleteFunc(slices.Clone(short), func(l lookup) bool { return isLocalhost(l.host) }); len(away) > 0 {
		short = away
	} else if !all {
		return
	}
	first := short[0]
	server := r.servers[slices.IndexFunc(r.servers, ignorant)]
	f := lint.Finding{Place: lint.AtArg(r.node, server.arg), Help: shortNameHelp(p, server, first)}
	public, _ := r.only(isPublicDNS)
	switch {
	case isLocalhost(first.host):
		f.Severity = lint.Info
		f.Message = fmt.Sprintf(`nginx asks this "resolver" for %q, not /etc/hosts: where the name server does not know it, %s`,
			first.host, unresolvedText(p, first, "3: Host not found"))
	case !all:
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf(`nginx asks its name servers in turn, and %s knows no %s, a name without a domain: where it is its turn, %s`,
			server.Host, hostsOf(short), unresolvedText(p, first, "3: Host not found"))
	default:
		if !public {
			f.Severity = lint.Warning
		}
		f.Message = fmt.Sprintf(`this "resolver" knows no %s: nginx asks for just that name, without the search domains and the /etc/hosts of the machine, and %s`,
			hostsOf(short), unresolvedText(p, first, "3: Host not found"))
	}
	relateLookups(&f, short)
	p.Report(r.node, f)
}

// shortNameHelp says what knows the name, or what to write instead.
func shortNameHelp(p *lint.Pass, server nameServer, l lookup) string {
	switch {
	case isLocalhost(l.host):
		return `write the address, such as "127.0.0.1"`
	case isClusterDNS(server):
		return fmt.Sprintf(`write the full name of the Service, such as "%s.NAMESPACE.svc.cluster.local"`, l.host)
	case inCompose(p.Deploy) && p.Deploy.KnowsHost(l.host) != deploy.No:
		return `write "resolver 127.0.0.11 valid=10s;", Docker's own name server and no other, which knows the services of the compose file`
	}
	return "write the name with its domain, or the address of the name server, and no other, that knows the short one; in containers, Docker's is 127.0.0.11"
}
