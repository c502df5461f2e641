package linttest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// forecast is what the model says of one request.
type forecast struct {
	// why tells what the model does not say; the rest is then empty.
	why string
	// wrong tells that the model contradicts itself or the configuration.
	wrong string
	// status is that of the answer, 0 where it is not foretold.
	status int
	// hops are the backends that receive the request one after the other, each one of several
	// where the balancing decides.
	hops [][]string
	// then is what follows where an error_page is for the failure, or nil.
	then *forecast
	// What each of them receives. Of method, uri and proto "" is not foretold.
	method, uri, proto string
	// fields are the header fields, or the parameters, by name: all there are, and the values that
	// are known of them. known is false for protocols without.
	fields map[string][]string
	known  bool
	// sni is the server name where hasSNI says that TLS is spoken.
	sni    string
	hasSNI bool
}

// forecaster foretells what becomes of requests to a configuration.
type forecaster struct {
	cfg   *model.Config
	bench *modelBench
}

// foretell says what becomes of a request.
func (f forecaster) foretell(r ModelRequest) forecast {
	port := f.bench.number[r.Port]
	if r.Port == "S" || r.Port == "T" {
		return f.stream(r, port)
	}
	v := newVisit(f.cfg, r, port)
	v.walk()
	return f.errorPage(v, f.end(v))
}

// end says what becomes of a request that has got to its level.
func (f forecaster) end(v *visit) forecast {
	switch {
	case v.why != "":
		return forecast{why: v.why}
	case v.status != 0:
		return forecast{status: v.status}
	}
	x := f.cfg.ProxyAt(v.level)
	if x == nil {
		return forecast{} // nginx looks for a file: no backend
	}
	if v.handler != nil && v.handler.Kind != x.Kind {
		return forecast{why: "the handler of one if with the settings of another"}
	}
	return f.pass(v, x)
}

// pass foretells what a proxy passes on.
func (f forecaster) pass(v *visit, x *model.Proxy) forecast {
	t, why, wrong := f.target(v, x)
	if why != "" || wrong != "" {
		return forecast{why: why, wrong: wrong}
	}
	if t.Err != nil {
		return forecast{status: http.StatusInternalServerError}
	}
	out := forecast{}
	if x.Kind == model.Memcached {
		switch out.method, out.uri = "get", escapeURI(v.vars["memcached_key"]); {
		case v.req.Method != http.MethodGet && v.req.Method != http.MethodHead:
			return forecast{status: http.StatusMethodNotAllowed}
		case out.uri == "":
			return forecast{status: http.StatusInternalServerError}
		}
	}
	out.status, out.hops, out.why = f.balance(v, x, t)
	if out.why != "" {
		return forecast{why: out.why}
	}
	m := sending{visit: v.fork(), proxy: x, target: t}
	m.fill(&out)
	switch {
	case m.why != "":
		return forecast{why: m.why}
	case strings.ContainsAny(out.uri, " \x00"):
		return forecast{why: "a target with a blank, which the backend refuses"}
	}
	return out
}

// target is where a proxy passes the request to: one of the candidates that the model has.
func (f forecaster) target(v *visit, x *model.Proxy) (t model.Target, why, wrong string) {
	if !x.Target.Variable {
		if len(x.Candidates) != 1 {
			return t, "a target without candidates", ""
		}
		return x.Candidates[0], "", ""
	}
	raw, ok := v.eval(x.Target.Raw)
	if !ok {
		return t, v.why, ""
	}
	for _, c := range x.Candidates {
		if text, ok := v.fork().eval(c.Raw); ok && text == raw {
			c.Raw = raw
			return c, "", ""
		}
	}
	if x.AllKnown {
		return t, "", fmt.Sprintf("%q of %s is none of the %d candidates, which are said to be all", raw, x.Target.Raw, len(x.Candidates))
	}
	return t, "the value of " + x.Target.Raw, ""
}

// balance foretells which backends receive the request and with what status it ends. Groups of
// generated configurations have either one server that fails and spare ones, or only such that
// answer.
func (f forecaster) balance(v *visit, x *model.Proxy, t model.Target) (status int, hops [][]string, why string) {
	first, spare := f.peers(t)
	total := len(first) + len(spare)
	if total == 0 {
		return http.StatusBadGateway, nil, "" // no live upstreams
	}
	if len(first) == 0 {
		first, spare = spare, nil
	}
	again := v.level.Effective(x.Directive("next_upstream"))
	tries := total
	if limit, ok := v.level.Effective(x.Directive("next_upstream_tries")).Size(); ok && limit > 0 {
		tries = min(tries, int(limit))
	}
	for at := first; ; at, spare = spare, nil {
		names := slices.Clone(at)
		slices.Sort(names)
		result := f.result(v, x, names[0])
		for _, name := range names[1:] {
			if f.result(v, x, name) != result {
				return 0, nil, "servers of a group answer differently"
			}
		}
		if result.received {
			hops = append(hops, names)
		}
		status, tries = result.status, tries-1
		if result.failure == "" || tries == 0 || len(spare) == 0 || !retried(again, result, v.req.Method) {
			return status, hops, ""
		}
		if len(at) > 1 {
			return 0, nil, "several servers of a group fail"
		}
	}
}

// peers are the backends of a target: of a group those that are used first, and the spare ones.
func (f forecaster) peers(t model.Target) (first, spare []string) {
	if t.Upstream == nil {
		if t.URL.IsName() {
			return nil, nil // which no resolver looks up
		}
		return []string{f.bench.nameOf(t.Port)}, nil
	}
	for p := range t.Upstream.Active() {
		if name := f.bench.nameOf(p.Port); p.Backup {
			spare = append(spare, name)
		} else {
			first = append(first, name)
		}
	}
	return first, spare
}

// attempt is what comes of passing a request to one backend.
type attempt struct {
	status   int
	failure  string // as *_next_upstream calls it, "" for an answer that is none
	received bool   // the backend received the request
}

// slowness is how long a slow backend takes, in milliseconds.
const slowness = 400

func (f forecaster) result(v *visit, x *model.Proxy, name string) attempt {
	switch name {
	case "closed":
		return attempt{status: http.StatusBadGateway, failure: "error"}
	case "bad":
		return attempt{http.StatusServiceUnavailable, "http_503", true}
	case "lost":
		return attempt{http.StatusNotFound, "http_404", true}
	}
	if strings.HasSuffix(name, "slow") {
		if limit, ok := v.level.Effective(x.Directive("read_timeout")).Msec(); ok && limit < slowness {
			return attempt{http.StatusGatewayTimeout, "timeout", true}
		}
	}
	return attempt{status: http.StatusOK, received: true}
}

// retried reports whether a failure is one to go to the next server for (ngx_http_upstream_next and
// ngx_http_upstream_test_next, src/http/ngx_http_upstream.c).
func retried(again model.Value, a attempt, method string) bool {
	if !again.Has(a.failure) || again.Has("off") {
		return false
	}
	return !a.received || method != http.MethodPost && method != http.MethodPatch || again.Has("non_idempotent")
}

// stream foretells what becomes of a connection to a port of stream.
func (f forecaster) stream(r ModelRequest, port int) forecast {
	var x *model.Proxy
	for _, a := range f.cfg.Addresses(true) {
		if a.At(port) {
			x = f.cfg.ProxyAt(a.Servers[0].Scope)
		}
	}
	if x == nil || len(x.Candidates) != 1 || !x.AllKnown {
		return forecast{why: "a target of stream with several values"}
	}
	t := x.Candidates[0]
	if t.Err != nil || !plainOrTLS(f, x, t) {
		return forecast{}
	}
	first, spare := f.peers(t)
	if len(first) == 0 {
		first = spare
	}
	if slices.Contains(first, "closed") {
		on, _ := x.Scope.Effective("proxy_next_upstream").Flag()
		if tries, _ := x.Scope.Effective("proxy_next_upstream_tries").Size(); !on || len(spare) == 0 || tries == 1 {
			return forecast{}
		}
		first = spare
	}
	out := forecast{status: http.StatusOK, hops: [][]string{first}, method: r.Method, uri: r.Target, proto: "HTTP/1.1"}
	if on, _ := x.TLS(); on {
		out.hasSNI = true
		if named, _ := x.Scope.Effective("proxy_ssl_server_name").Flag(); named {
			out.sni = sniOf(x.Scope.Effective("proxy_ssl_name").Arg(0), t)
		}
	}
	return out
}

// plainOrTLS reports whether the backends of a target speak as the proxy does.
func plainOrTLS(f forecaster, x *model.Proxy, t model.Target) bool {
	on, _ := x.TLS()
	first, spare := f.peers(t)
	for _, name := range append(first, spare...) {
		if name != "closed" && on != (f.bench.backends[name].tls != nil) {
			return false
		}
	}
	return true
}

// sniOf is the server name that nginx sends for a *_ssl_name, by default the host of the target,
// or the group's name as the group has it; none for an address (ngx_http_upstream_ssl_name, src/http/ngx_http_upstream.c).
func sniOf(name string, t model.Target) string {
	if name == "" || strings.HasPrefix(name, "$") {
		if name = t.URL.Host; t.Upstream != nil {
			name = t.Upstream.Name
		}
	}
	if i := strings.LastIndexByte(name, ':'); i >= 0 && !strings.HasPrefix(name, "[") {
		name = name[:i]
	}
	if u, err := nginx.ParseURL(name, nginx.URLOptions{DefaultPort: 1}); err == nil && u.Addr.IsValid() {
		return ""
	}
	return name
}
