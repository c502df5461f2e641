package rules

import (
	"fmt"
	"path/filepath"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:          "resolver-loopback-in-container",
	Severity:    lint.Error,
	Category:    lint.BadGateway,
	NeedsDeploy: true,
	Doc: lint.Doc{
		Summary: "a name server on a loopback address, in a container that has none there",
		Why: `In a container, 127.0.0.1 and 127.0.0.53 are the container itself. The name server of the machine, such as that of systemd-resolved, does not answer there. Docker's own name server does answer at 127.0.0.11, but only in containers on a network of their own project: not with the network of the host, and not on the network called "bridge".

nginx notices it when it first looks up a name. Its queries are refused, it tries again every five seconds, and answers the request with 502 when "resolver_timeout" is over, after 30 seconds by default.`,
		Log: `[error] send() failed (111: Connection refused) while resolving, resolver: 127.0.0.53:53`,
		Bad: `events {}
http {
    resolver 127.0.0.53;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
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
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: "Without a compose file that mounts or builds this very configuration; with the host's network or that of another container, with more than one program in the image, or an image that is not known to hold nginx alone; where nginx itself listens on the port. A resolver that is asked for no name of an upstream.",
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
			"https://docs.docker.com/engine/network/#dns-services",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		if p.Deploy.Empty() {
			return
		}
		for _, r := range resolvers(p) {
			if !r.unknown && len(r.lookups) > 0 {
				reportDeadResolver(p, r)
			}
		}
	},
})

// reportDeadResolver reports a resolver with a name server that is not there.
func reportDeadResolver(p *lint.Pass, r *nameServers) {
	var ports portSet
	alone := p.Deploy.Alone()
	if alone {
		ports = listenedPorts(p)
	}
	dead := func(s nameServer) bool {
		if isDockerDNS(s) {
			return lacksDockerDNS(p.Deploy)
		}
		_, loopback := loopbackHost(s.URL)
		return alone && loopback && !ports.has(s.Port)
	}
	all, some := r.only(dead)
	if !some {
		return
	}
	c, first := p.Deploy.Containers[0], r.lookups[0]
	server := r.servers[slices.IndexFunc(r.servers, dead)]
	f := lint.Finding{Place: lint.AtArg(r.node, server.arg)}
	f.Message = fmt.Sprintf("no name server answers at %s in the container of %q (%s:%d)",
		server.Host, c.Name, filepath.Base(c.Source.Path), c.Source.Line)
	switch {
	case isDockerDNS(server):
		f.Message += fmt.Sprintf(", which has %q and so not Docker's own", "network_mode: "+c.NetworkMode)
		f.Help = `leave "network_mode" out, so that the container joins the network of its project, or write the address of another name server`
	case inCompose(p.Deploy):
		f.Help = `write "resolver 127.0.0.11 valid=10s;", Docker's own name server`
	default:
		f.Help = "write the address of a name server that the container reaches"
	}
	if all {
		f.Message += `: after "resolver_timeout", 30s by default, ` + unresolvedText(p, first, "110: Operation timed out") +
			"; before that the log has failed (111: Connection refused) while resolving"
	} else {
		f.Severity = lint.Warning
		f.Message += ": every lookup that begins there takes five seconds longer (failed (111: Connection refused) while resolving)"
	}
	relateLookups(&f, r.lookups)
	p.Report(r.node, f)
}

// lacksDockerDNS reports whether no container that runs the configuration has
// Docker's own name server: the host's network has none, and the network called
// bridge uses the name servers of the host.
func lacksDockerDNS(e *deploy.Evidence) bool {
	return !e.Empty() && !slices.ContainsFunc(e.Containers, func(c *deploy.Container) bool {
		return !c.Root || !c.Compose || c.NetworkMode != "host" && c.NetworkMode != "bridge"
	})
}
