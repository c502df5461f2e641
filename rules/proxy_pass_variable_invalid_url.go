package rules

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-pass-variable-invalid-url",
	Severity: lint.Error,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a variable that becomes an address which nginx cannot read",
		Why: `An address with variables is put together and read for each request, so that neither "nginx -t" nor the start can tell that it is wrong. The request is then answered with 500, in stream the connection is closed with the session status 500:

- "proxy_pass $backend" of http needs the scheme in the value, "http://192.0.2.10:3000";
- "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass" and "proxy_pass" of stream need the port, and no scheme that is not theirs;
- a map without a "default" makes an empty value of everything that it does not name, a cookie that is not there for instance, and so do split_clients whose shares leave something over.`,
		Log: `[error] invalid URL prefix in "192.0.2.10:3000", client: 192.0.2.1, server: example.com, request: "GET / HTTP/1.1"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            set $backend 192.0.2.10:3000;
            proxy_pass $backend;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            set $backend 192.0.2.10:3000;
            proxy_pass http://$backend;
        }
    }
}
`,
		Silent: `Variables not all of whose values are known. Values that an "if", another map or code may look at before the request is passed on. Values whose 500 an "error_page" turns into another answer, unless no value is right. Missing defaults of maps of anything but a cookie, an argument or a header, whose values may all be listed; all those of stream, where they are a way to turn connections down.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
			"https://nginx.org/en/docs/http/ngx_http_map_module.html#map",
			"https://nginx.org/en/docs/stream/ngx_stream_proxy_module.html#proxy_pass",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var causes byKey[*conf.Directive, misread]
		var tested *testedVariables
		for _, x := range c.Proxies {
			if !x.Target.Variable || !x.AllKnown || x.Kind == model.Memcached || returnsFirst(x) || !setsInView(x) {
				continue
			}
			m, ok := misreadBy(x)
			if !ok {
				continue
			}
			if tested == nil {
				tested = newTestedVariables(c)
			}
			if m.counts(p, tested) {
				causes.add(m.cause(), m)
			}
		}
		for _, all := range causes.all() {
			reportMisread(p, all)
		}
	},
})

// misread is a pass with a value that nginx refuses.
type misread struct {
	proxy  *model.Proxy
	target *model.Target
	// empty says that the value, or its host, is empty; every that no value of
	// the pass is right.
	empty, every bool
}

// misreadBy finds the most telling refused value of a pass: one that is written
// before one that is empty.
func misreadBy(x *model.Proxy) (misread, bool) {
	m := misread{proxy: x, every: true}
	for i := range x.Candidates {
		t := &x.Candidates[i]
		if t.Err == nil || t.Unknown {
			m.every = false
			continue
		}
		_, host, found := strings.Cut(t.Raw, "://")
		if !found {
			host = t.Raw
		}
		if empty := t.Implied || host == "" || host[0] == '/' && found; m.target == nil || m.empty && !empty {
			m.target, m.empty = t, empty
		}
	}
	return m, m.target != nil
}

// setsInView reports whether all that gives a variable its value at the level is
// in view.
func setsInView(x *model.Proxy) bool {
	if x.Config().Complete {
		return true
	}
	for s := x.Scope; s != nil; s = s.Parent {
		if s.Gaps&^model.GapHeaders != 0 {
			return false
		}
	}
	return true
}

// block is the map or split_clients that the value comes from, or nil.
func (m misread) block() *conf.Node {
	n := m.target.Origin
	if n == nil || n.Directive == nil {
		return nil
	}
	if !m.target.Implied {
		n = n.Parent
	}
	if n == nil || n.Directive == nil || n.Name != "map" && n.Name != "split_clients" {
		return nil
	}
	return n
}

// cause is the statement at fault.
func (m misread) cause() *conf.Directive {
	if block := m.block(); block != nil {
		return block.Directive
	}
	return m.target.Origin.Directive
}

// counts reports whether requests certainly come to the value, or may be taken
// to.
func (m misread) counts(p *lint.Pass, tested *testedVariables) bool {
	block := m.block()
	if m.every && !m.empty {
		return true
	}
	if answersOtherwise(p, m.proxy.Scope, 500) {
		return false
	}
	if tested.any(m.proxy.Pass.Arg(0)) || block != nil && (tested.any(block.Arg(1)) || tested.conditions.any(block.Arg(0))) {
		return false
	}
	switch {
	case m.every:
		return m.target.Origin.Name == "set"
	case !m.empty:
		return strings.ContainsAny(m.target.Raw, ".:/")
	case block == nil || m.proxy.Stream():
		return false
	case block.Name == "split_clients":
		return m.target.Implied && leavesShare(block)
	default:
		return mayBeAbsent(block.Arg(0)) && !namesEmpty(block)
	}
}
