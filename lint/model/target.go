package model

import (
	"errors"
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Target is one place that a [Proxy] passes to.
type Target struct {
	// Raw is the address as nginx sees it. In a candidate value, variables of
	// the URI that cannot be known stand as $name.
	Raw string
	// Variable says that there is a variable in it, so that nginx works it out
	// for each request and resolves names then; nothing else but Raw, Scheme
	// (where it is written out), Origin and OriginArg is set. Candidates never
	// have it.
	Variable bool
	// Scheme is http, https, grpc, grpcs, uwsgi or suwsgi in lower case, also
	// where it is left out; "" for the protocols that have none.
	Scheme string
	// URL is the address. Its zero value goes with Err.
	URL nginx.URL
	// Err is nginx's refusal of the address: at start for an argument without
	// variables, else a 500 for each request.
	Err error
	// HasURI says that a URI follows the address, which then replaces the
	// part of the request's URI that matched the location; URI is that text.
	HasURI bool
	URI    string
	// Port is the port in effect, by default that of the scheme; 0 for none.
	Port int
	// HasPort says that the port is written.
	HasPort bool
	// Upstream is the explicit group that it names, nil otherwise.
	Upstream *Upstream
	// GroupWithPort is the explicit group whose name is written with a port.
	// nginx does not start with that in an argument without variables
	// ("upstream ... may not have port"), and takes the name for a host name in
	// one with variables.
	GroupWithPort *Upstream
	// Implicit is, for a candidate value of an argument with variables, the
	// first *_pass without variables to the same host and port. nginx resolved
	// that at start and passes there too: such a target needs no resolver and
	// keeps its address until the next reload.
	Implicit *Proxy
	// Origin is where the address is written: the *_pass itself, a set, an
	// entry of a map. OriginArg is the index of the argument there.
	Origin    *conf.Node
	OriginArg int
	// Implied says that the address is written nowhere: it is the empty value
	// of a map, geo or split_clients without a default, which is then Origin.
	Implied bool
	// Unknown says that a template engine decides.
	Unknown bool
}

// NeedsDNS reports whether the address has a host name that nginx must look
// up: at start in an argument without variables, else for each request with the
// resolver. It has none when it names a group or is an implicit upstream.
func (t Target) NeedsDNS() bool {
	return !t.Unknown && !t.Variable && t.Err == nil && t.Upstream == nil &&
		t.Implicit == nil && t.Port != 0 && t.URL.IsName()
}

// TLS reports whether the scheme asks for TLS.
func (t Target) TLS() bool {
	switch t.Scheme {
	case "https", "grpcs", "suwsgi":
		return true
	}
	return false
}

// Host is the host as written, "" for a Unix socket.
func (t Target) Host() string { return t.URL.Host }

// errNoScheme is nginx's refusal of a proxy_pass without http:// or https://
// (ngx_http_proxy_pass and ngx_http_proxy_eval, ngx_http_proxy_module.c).
var errNoScheme = errors.New("invalid URL prefix")

// errNoPort is nginx's refusal of an address without a port where the protocol
// has no default one (ngx_http_upstream_init_round_robin and
// ngx_http_upstream_init_request, src/http).
var errNoPort = errors.New("no port in upstream")

// scheme is a scheme that a kind of proxy accepts.
type scheme struct {
	name string
	port int // the default port, 0 for none
}

// schemes are those of a kind, the one in effect when none is written first.
// Only proxy_pass insists on one.
func (k Kind) schemes() []scheme {
	switch k {
	case HTTPProxy:
		return []scheme{{"http", 80}, {"https", 443}}
	case Grpc:
		return []scheme{{"grpc", 0}, {"grpcs", 0}}
	case Uwsgi:
		return []scheme{{"uwsgi", 0}, {"suwsgi", 0}}
	}
	return nil
}

// cutScheme takes the scheme off an address. It is not ok for an address that
// lacks one which the kind insists on.
func (k Kind) cutScheme(s string) (sch scheme, rest string, ok bool) {
	all := k.schemes()
	if i := strings.Index(s, "://"); i >= 0 {
		for _, sch := range all {
			if strings.EqualFold(s[:i], sch.name) {
				return sch, s[i+len("://"):], true
			}
		}
	}
	if k == HTTPProxy {
		return scheme{}, s, false
	}
	if len(all) > 0 {
		return all[0], s, true
	}
	return scheme{}, s, true
}

// parseTarget reads an address without variables as the module of the kind
// does, all but its meaning as a group.
func parseTarget(k Kind, raw string) Target {
	t := Target{Raw: raw}
	sch, rest, ok := k.cutScheme(raw)
	if !ok {
		t.Err = errNoScheme
		return t
	}
	t.Scheme = sch.name
	u, err := nginx.ParseURL(rest, nginx.URLOptions{DefaultPort: sch.port, URIPart: k == HTTPProxy})
	if err != nil {
		t.Err = fmt.Errorf("%w in upstream %q", err, rest)
		return t
	}
	t.URL = u
	t.HasPort = u.HasPort
	t.HasURI, t.URI = u.URI != "", u.URI
	switch {
	case u.Unix != "":
	case u.HasPort:
		t.Port = u.Port
	default:
		t.Port = sch.port
	}
	return t
}

// bind finds the explicit group that an address names.
func (t *Target) bind(c *Config, k Kind) {
	if t.Err != nil || t.URL.Unix != "" {
		return
	}
	u := c.Upstream(k == StreamProxy, t.URL.Host)
	switch {
	case u != nil && t.HasPort:
		t.GroupWithPort = u
	case u != nil:
		t.Upstream = u
	case t.Port == 0 && (c.Complete || !t.URL.IsName()): // else a group out of view
		t.Err = errNoPort
	}
}

// passKey is all that the target of a pass without variables depends on.
type passKey struct {
	kind Kind
	raw  string
}

// literal works out the target of a pass, of which pass has set Raw and Unknown.
// What has variables is left to runTime.
func (b *builder) literal(x *Proxy) {
	t := &x.Target
	t.Origin = x.Pass
	if x.Kind == Tunnel && len(x.Pass.Args) == 0 {
		// Without an argument it goes where the client asks for.
		t.Raw, t.Variable = "$host:$request_port", true
		return
	}
	// To memcached_pass a $ is a letter (ngx_http_memcached_pass,
	// src/http/modules/ngx_http_memcached_module.c).
	t.Variable = !t.Unknown && x.Kind != Memcached && strings.IndexByte(t.Raw, '$') >= 0
	if t.Unknown || t.Variable {
		t.Scheme = x.Kind.writtenScheme(t.Raw)
		return
	}
	key := passKey{x.Kind, t.Raw}
	known := b.seenPass[key]
	first := known == nil
	if first {
		known = b.targets.one()
		*known = parseTarget(x.Kind, t.Raw)
		known.bind(b.cfg, x.Kind)
		if b.seenPass == nil {
			b.seenPass = make(map[passKey]*Target, len(b.cfg.Proxies)/2)
		}
		b.seenPass[key] = known
	}
	*t = *known
	t.Origin = x.Pass
	x.Candidates = b.targets.many(1)
	x.Candidates[0] = *t
	x.AllKnown = true
	if first {
		b.addImplicit(x)
	}
}

// writtenScheme is the scheme that an address with variables begins with, ""
// where that is not certain.
func (k Kind) writtenScheme(raw string) string {
	i := strings.Index(raw, "://")
	if i < 0 || strings.IndexByte(raw[:i], '$') >= 0 {
		return ""
	}
	sch, _, ok := k.cutScheme(raw)
	if !ok {
		return ""
	}
	return sch.name
}

// addImplicit notes that a pass makes an implicit upstream.
func (b *builder) addImplicit(x *Proxy) {
	t := &x.Target
	if t.Err != nil || t.Upstream != nil || t.GroupWithPort != nil || t.URL.Host == "" {
		return
	}
	key := hostKey{x.Stream(), strings.ToLower(t.URL.Host), t.Port}
	if b.cfg.implicit == nil {
		b.cfg.implicit = make(map[hostKey]*Proxy)
	}
	if b.cfg.implicit[key] == nil {
		b.cfg.implicit[key] = x
	}
}
