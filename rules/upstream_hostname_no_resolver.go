package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "upstream-hostname-no-resolver",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	// Tengine can look hosts up at run time without a directive that nginx knows.
	Except: []nginx.Flavour{nginx.Tengine},
	Doc: lint.Doc{
		Summary: "a host name that nginx looks up only once, when it starts",
		Why: `A name that is written out in a *_pass or in a server of an upstream group is looked up while nginx reads its configuration, with the machine's own means (/etc/hosts, DNS), and never again until the next reload.

If nobody knows the name at that moment, nginx does not start; after a reboot that can be because the network comes up later, in containers because the other service starts later. If the address changes afterwards, nginx goes on connecting to the old one: 502 when that refuses, 504 when nothing answers.

A "resolver" does not help by itself: nginx asks it for names that come out of variables, and for servers marked "resolve".`,
		Log: `[emerg] host not found in upstream "app" in /etc/nginx/nginx.conf:6`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://app.example.com:3000;
        }
    }
}
`,
		Good: `events {}
http {
    resolver 10.0.0.2;
    server {
        listen 8080;
        location / {
            set $app app.example.com;
            proxy_pass http://$app:3000;
        }
    }
}
`,
		Silent: `IP addresses and sockets, servers marked "resolve", names in extra_hosts of the containers that run the configuration; "localhost", and what is almost the name of an upstream group, which have rules of their own; so has a host and port that a *_pass with a variable would look up again if it were not written out here. "host.docker.internal" is an info: it is one machine, whose address stays. In a part of a configuration, a name without a port or a dot may be an upstream group that is not in view. Servers that stand in for those that the code of "balancer_by_lua_block" chooses.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		var hosts byKey[string, hostUse]
		for use := range writtenHosts(p) {
			if !isLocalhost(use.host) && (use.proxy == nil || !shadows(p, use.proxy)) {
				hosts.add(use.host, use)
			}
		}
		typos := nameTypos(p)
		var causes byKey[lookupCause, hostUse]
		for host, uses := range hosts.all() {
			if hasFixedAddress(p.Deploy, host) || len(typos.things[host]) > 0 {
				continue
			}
			cause := causeOf(p, uses[0])
			for _, use := range uses {
				causes.add(cause, use)
			}
		}
		for cause, uses := range causes.all() {
			reportWrittenHosts(p, cause.severity, uses)
		}
	},
})

// lookupCause is what the places of one finding have in common: the servers of
// a group are marked "resolve" together.
type lookupCause struct {
	severity lint.Severity
	group    *model.Upstream
	// host is the one name, unless it is group that the finding is about.
	host string
}

// causeOf is the cause that the first place of a host has. A host that does not
// exist is a cause by itself: each is mended in another way.
func causeOf(p *lint.Pass, first hostUse) lookupCause {
	switch {
	case p.Deploy.KnowsHost(first.host) == deploy.No:
		return lookupCause{lint.Error, nil, first.host}
	case first.host == dockerHost:
		return lookupCause{lint.Info, nil, first.host}
	}
	cause := lookupCause{severity: lint.Warning, group: first.group}
	if isKubernetesService(first.host) {
		cause.severity = lint.Info
	}
	if first.group == nil {
		cause.host = first.host
	}
	return cause
}

// openResolve is the first release whose open-source build can look up a
// server of a group again ("resolve"; see nginx.org/en/CHANGES).
var openResolve = nginx.V(1, 27, 3)

// reportWrittenHosts reports all places that name one host, or the hosts of one
// group.
func reportWrittenHosts(p *lint.Pass, severity lint.Severity, uses []hostUse) {
	first := uses[0]
	names := namesOf(uses)
	f := lint.Finding{Severity: severity, Place: first.place(), Help: writtenHostHelp(p, first, len(names))}
	start, address := fmt.Sprintf("nginx looks up the host %q of %q only when it starts: no start while it is unknown", first.host, first.node.Name), "its address"
	if more := len(names) - 1; more > 0 {
		start = fmt.Sprintf("nginx looks up the host %q of %q and %d more of the group only when it starts: no start while one of them is unknown", first.host, first.node.Name, more)
		address = "an address"
	}
	start += fmt.Sprintf(" (host not found in upstream %q)", first.logName())
	later := lostLater(p, uses)
	if later != "" {
		later += " after " + address + " has changed"
	}
	switch {
	case severity == lint.Error:
		f.Message = fmt.Sprintf("nginx does not start ([emerg] host not found in upstream %q): nothing in the compose project is called %q", first.logName(), first.host)
		f.Help = unknownHostHelp(p.Deploy, first.host)
	case first.host == dockerHost:
		f.Message = start + "; Docker defines it by itself on desktops only"
		f.Help = fmt.Sprintf(`define it for the container of nginx: "%s:host-gateway" in its "extra_hosts", or behind "--add-host"`, first.host)
	case severity == lint.Info:
		f.Message = start + later + "; that of a Kubernetes Service changes only with the Service itself, unless it is headless"
	case !slices.ContainsFunc(names, func(host string) bool { return p.Deploy.KnowsHost(host) != deploy.Yes }):
		f.Message = start + later + "; compose may give it another one whenever it creates the container anew"
	default:
		f.Message = start + later
	}
	relateHosts(&f, "also looked up only at the start here", uses)
	if v, ok := uselessResolver(uses); ok && severity != lint.Error {
		f.Message += `; the "resolver" is not asked for a name that is written out`
		relate(&f, "not asked for a name that is written out", lint.At(v.Node))
	}
	p.Report(first.node, f)
}

// namesOf are the hosts that places name, each once.
func namesOf(uses []hostUse) []string {
	var hosts []string
	for i, use := range uses {
		if i == 0 || use.host != uses[i-1].host { // the places of a host lie side by side
			hosts = append(hosts, use.host)
		}
	}
	return hosts
}

// lostLater says what becomes of requests that go to the old address; "" where
// none can.
func lostLater(p *lint.Pass, uses []hostUse) string {
	switch serving := slices.IndexFunc(uses, hostUse.inService); {
	case serving < 0:
		return ""
	case uses[serving].datagrams():
		return ", datagrams lost"
	case uses[serving].stream():
		return ", connections closed (session status 502)"
	default:
		return ", " + staleAnswer(p, uses[serving].passes()...)
	}
}

// inService reports whether requests can go to the place.
func (u hostUse) inService() bool { return u.peer == nil || !u.peer.Down }

// datagrams reports whether nothing but UDP goes to the place.
func (u hostUse) datagrams() bool {
	if u.proxy != nil {
		return onlyUDP(u.proxy)
	}
	return len(u.group.Proxies) > 0 && !slices.ContainsFunc(u.group.Proxies, func(x *model.Proxy) bool { return !onlyUDP(x) })
}

// uselessResolver is the first resolver in effect at one of the places.
func uselessResolver(uses []hostUse) (model.Value, bool) {
	for _, use := range uses {
		if v := use.scope.Effective("resolver"); v.Set() {
			return v, true
		}
	}
	return model.Value{}, false
}

// isKubernetesService reports whether a canonical name is that of a Service:
// name.namespace.svc, with or without the cluster's domain, or one of the system's
// own namespace by its short name, kube-dns.kube-system. One label more is a pod of
// a headless one.
func isKubernetesService(host string) bool {
	at := slices.Index(strings.Split(host, "."), "svc")
	name, system := strings.CutSuffix(host, ".kube-system")
	return at == 2 || at == 1 && strings.HasSuffix(host, ".svc") || system && !strings.Contains(name, ".")
}

// writtenHostHelp says how to have a name, or the hosts of a group, looked up again.
func writtenHostHelp(p *lint.Pass, use hostUse, hosts int) string {
	group := fmt.Sprintf(`give the upstream group a "zone", write "server %s:%d resolve", and set a "resolver" outside of the servers`, use.host, use.port)
	variable := fmt.Sprintf(`pass to a variable (%q) and set a "resolver"`, variableFor(p, use))
	switch {
	case hosts > 1:
		group = fmt.Sprintf(`give the upstream group a "zone", mark each of these servers "resolve" ("server %s:%d resolve"), and set a "resolver" outside of the servers`, use.host, use.port)
		variable = `have one name in DNS for all their addresses, pass to a variable with that name, and set a "resolver"`
	case use.proxy != nil:
		group = fmt.Sprintf(`pass to an upstream group that has a "zone" and "server %s:%d resolve", and set a "resolver" outside of the servers`, use.host, use.port)
		if use.proxy.Target.HasURI {
			variable += ", and mind that a URI after variables replaces the whole of the request's"
		}
	}
	dns := ""
	if inCompose(p.Deploy) {
		dns = "; Docker's resolver is 127.0.0.11"
	}
	switch v := p.Config.Version; {
	case v.AtLeast(openResolve), use.proxy != nil && use.proxy.Kind == model.Memcached:
		return group + dns
	case p.Config.Flavour == nginx.Plus, p.Config.Flavour == nginx.Angie: // had it long before
		return group + dns
	case v.Before(openResolve):
		return variable + dns
	}
	return "from nginx 1.27.3 on, " + group + "; before, " + variable + dns
}

// streamSet is the first release with "set" in stream (nginx.org/en/CHANGES).
var streamSet = nginx.V(1, 19, 3)

// variableFor is what gives a variable the name of a host.
func variableFor(p *lint.Pass, use hostUse) string {
	if use.stream() && p.Config.Version.Before(streamSet) {
		return fmt.Sprintf("map $server_port $backend { default %s; }", use.host)
	}
	return fmt.Sprintf("set $backend %s;", use.host)
}

// dockerHost is what Docker calls the machine that containers run on: by itself in
// its desktop edition, elsewhere by way of /etc/hosts, which no "resolver" reads.
const dockerHost = "host.docker.internal"

// unknownHostHelp names the service that was probably meant.
func unknownHostHelp(e *deploy.Evidence, host string) string {
	var names []string
	for _, c := range e.Containers {
		for _, s := range c.Services {
			names = append(names, s.Name)
		}
	}
	if near, ok := nginx.Nearest(host, names); ok {
		return fmt.Sprintf("did you mean the service %q?", near)
	}
	return fmt.Sprintf("write the name of a service that the compose file defines, or define %q there", host)
}
