package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "proxy-buffer-size-small",
	Severity: lint.Warning,
	Category: lint.BadGateway,
	Options: []lint.Option{
		{Name: "minimum", Kind: lint.OptionSize, Default: "4k", Summary: "what is set to less is a warning whatever is behind it, and what is set to just this an info"},
		{Name: "sign-in-minimum", Kind: lint.OptionSize, Default: "8k", Summary: "less than this is a warning where something speaks of sign-in, and more an info there"},
		{Name: "ample", Kind: lint.OptionSize, Default: "16k", Summary: "from this size on, all headers are taken to fit; it is also what the rule advises"},
	},
	Doc: lint.Doc{
		Summary: "a buffer that is too small for the response headers of the application behind it",
		Why: `The status line and all headers of a response have to fit into one buffer, whose size is "proxy_buffer_size" ("fastcgi_buffer_size", "uwsgi_buffer_size", "scgi_buffer_size", "grpc_buffer_size"). By default it is a page of memory, 4k on most machines. What is larger is answered with 502, or with 500 where it was the answer to an "auth_request": usually for some users only, whose cookies, tokens or redirects happen to be long.

Services for sign-in (OAuth 2, OpenID Connect, SAML) split sessions into several cookies of up to 4k each, so that the default is too small for them sooner or later.

Neither more "proxy_buffers" nor "proxy_buffering off" helps: the header does not use those.`,
		Log: `[error] upstream sent too big header while reading response header from upstream, client: 192.0.2.1, server: example.com, request: "GET /oauth2/callback HTTP/1.1"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location /oauth2/ {
            proxy_pass http://192.0.2.10:4180;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location /oauth2/ {
            proxy_buffer_size 16k;
            proxy_buffers 8 16k;
            proxy_busy_buffers_size 32k;
            proxy_pass http://192.0.2.10:4180;
        }
    }
}
`,
		Silent: `The default where nothing speaks of sign-in: an "auth_request" alone does not, and Authelia keeps its sessions to itself. Settings that no *_pass uses. The stream module and tunnel_pass, whose buffers hold no header, and sizes of memcached_buffer_size that hold the one line in front of a value.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffer_size",
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_buffer_size",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		services, sizes := newSignIn(p), headerSizesOf(p)
		var written byKey[*conf.Directive, headerRisk]
		var byDefault byKey[string, headerRisk]
		for _, x := range c.Proxies {
			switch r, found := headerRiskOf(p, x, services, sizes); {
			case !found:
			case r.value.Set():
				written.add(r.value.Node.Directive, r)
			default:
				byDefault.add(x.Directive(headerBuffer)+" "+r.evidence, r)
			}
		}
		for _, risks := range written.all() {
			reportHeaderRisk(p, risks)
		}
		for _, risks := range byDefault.all() {
			reportHeaderRisk(p, risks)
		}
	},
})

// headerSizes are sizes of a header buffer: what is enough for anything but
// sign-in, for most of that, and for all that is known of.
type headerSizes struct{ plain, signIn, ample uint64 }

func headerSizesOf(p *lint.Pass) headerSizes {
	return headerSizes{uint64(p.Option("minimum")), uint64(p.Option("sign-in-minimum")), uint64(p.Option("ample"))}
}

// ampleHeader is a header buffer that holds all headers that are known of.
const ampleHeader = 16 << 10

// memcachedHeader holds "VALUE", a key of at most 250 bytes, and two numbers.
const memcachedHeader = 300

// headerRisk is a pass whose answers may have headers larger than its buffer.
type headerRisk struct {
	pass     *model.Proxy
	value    model.Value
	size     uint64
	sizes    headerSizes
	severity lint.Severity
	evidence string     // what speaks of large headers, "" for nothing
	guard    *conf.Node // an auth_request that asks there, or nil
}

// headerRiskOf judges one pass.
func headerRiskOf(p *lint.Pass, x *model.Proxy, services *signIn, sizes headerSizes) (headerRisk, bool) {
	r := headerRisk{pass: x, size: pageSize, sizes: sizes}
	if x.Kind == model.StreamProxy || x.Kind == model.Tunnel {
		return r, false
	}
	r.value = x.Effective(headerBuffer)
	if !scalarKnown(p, x.Scope, r.value) {
		return r, false
	}
	if r.value.Set() {
		size, ok := r.value.Size()
		if !ok {
			return r, false
		}
		r.size = uint64(size)
	}
	if x.Kind == model.Memcached {
		r.severity = lint.Warning
		return r, r.size < memcachedHeader
	}
	if r.size >= sizes.ample {
		return r, false
	}
	r.guard, r.evidence = services.guards[x.Scope.Location()].node, services.cookies(x)
	switch {
	case r.evidence != "" && r.size >= sizes.signIn:
		r.severity = lint.Info
	case r.evidence != "", r.value.Set() && r.size < sizes.plain:
		r.severity = lint.Warning
	case r.value.Set() && r.size == sizes.plain:
		r.severity = lint.Info
	}
	return r, r.severity != 0
}

// reportHeaderRisk reports the passes that one setting, or one piece of evidence
// for the default, is about.
func reportHeaderRisk(p *lint.Pass, risks []headerRisk) {
	loudest := risks[0]
	passes := make([]*model.Proxy, len(risks))
	for i, r := range risks {
		if r.severity > loudest.severity || r.severity == loudest.severity && loudest.evidence == "" {
			loudest = r
		}
		passes[i] = r.pass
	}
	directive := loudest.pass.Directive(headerBuffer)
	f := lint.Finding{Severity: loudest.severity, Message: loudest.message(directive), Help: largerHeaderBuffer(loudest.pass, loudest.sizes.ample)}
	f.Message += "where they are larger, nginx answers with " + refusedWith(p, "502", passes...) +
		" (upstream sent too big header while reading response header from upstream)"
	node := loudest.pass.Pass
	f.Place = lint.AtArg(node, 0)
	if loudest.value.Set() {
		node = loudest.value.Node
		f.Place = lint.AtArg(node, 0)
	}
	relate(&f, "passed on here", passPlaces(passes)...)
	for _, r := range risks {
		if r.guard != nil {
			relate(&f, "asked by this", lint.At(r.guard))
		}
	}
	p.Report(node, f)
}

// message is the finding's message up to what nginx will do.
func (r headerRisk) message(directive string) string {
	how := ""
	if !r.value.Set() {
		how = ", the default with memory pages of 4k,"
	}
	if r.evidence == "" || r.size < r.sizes.plain {
		return fmt.Sprintf("%q of %s has to hold all headers of a response: ", directive, showSize(r.size))
	}
	return fmt.Sprintf("%q of %s%s is little for the response headers of a sign-in service, which %s speaks of: ",
		directive, showSize(r.size), how, r.evidence)
}

// largerHeaderBuffer says what to write. The header buffer cannot grow on its
// own where there are body buffers that it is compared with.
func largerHeaderBuffer(x *model.Proxy, size uint64) string {
	if x.Kind == model.Grpc || x.Kind == model.Memcached {
		return fmt.Sprintf("set \"%s %s;\"", x.Directive(headerBuffer), showSize(size))
	}
	return matchingSizes(x.Kind.Prefix(), size, 8) + ": the first alone may stop nginx from starting"
}
