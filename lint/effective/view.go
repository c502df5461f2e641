// Package effective says what is in effect at a proxy: each setting with the
// place it comes from, what is sent, where it can go, and what the rules found
// about any of it.
package effective

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// View is what is in effect at one proxy.
type View struct {
	Proxy *model.Proxy
	// Settings are the protocol's own settings and what else decides about the
	// request there, sorted by name, those without a value left out.
	Settings []Setting
	// Headers are the headers, or FastCGI, uwsgi or SCGI parameters, that are
	// set: nginx's own first, which have no node.
	Headers []Setting
	// Targets are the addresses that it can connect to. AllKnown says that
	// there are no others.
	Targets  []Target
	AllKnown bool
	// Choosers are what picks the addresses in place of a group's servers.
	Choosers []Chooser
	// Findings are those about anything of the above, in their order.
	Findings []*lint.Finding
}

// Size is how many things there are in a view, the places of findings counted.
func (v *View) Size() int {
	n := len(v.Settings) + len(v.Headers) + len(v.Targets) + len(v.Choosers)
	for _, f := range v.Findings {
		n += 1 + len(f.Related)
	}
	return n
}

// Setting is a value in effect.
type Setting struct {
	// Name is the directive's, or for a header the header's.
	Name string
	// Value is its arguments as configuration text.
	Value string
	// Node is what sets it; nil for nginx's default.
	Node *conf.Node
	// Since is the first release whose default is Value, and Before the default
	// of earlier releases, where the target version is unknown and the default
	// has changed.
	Since  nginx.Version
	Before string
}

// Lookup is when nginx turns a target's name into addresses.
type Lookup string

// The times of a lookup.
const (
	NoLookup       Lookup = ""        // there is no name to look up
	StartLookup    Lookup = "start"   // once, at start, by the system's resolver
	RequestLookup  Lookup = "request" // for each request, by the resolver directive
	ResolverLookup Lookup = "resolve" // again and again, by the resolver directive
)

// Target is one address that a proxy can connect to.
type Target struct {
	// Node is where the address is written.
	Node *conf.Node
	// Address is host:port or unix:path.
	Address string
	// Group is the upstream group that has it as a server, or nil.
	Group *model.Upstream
	// Peer is the group's server, or nil.
	Peer *model.Peer
	// Lookup is when its name is looked up.
	Lookup Lookup
}

// Chooser is a directive of a module by others that picks the addresses that an
// upstream group connects to, whatever servers the group has.
type Chooser struct {
	Node  *conf.Node
	Group *model.Upstream
}

// Viewer makes views of proxies. What several of them need is worked out once.
type Viewer struct {
	// findings are told by file, each of their places by where it begins.
	findings map[*conf.File][]told
	// names are those of the settings of a kind of proxy at a kind of level.
	names map[names][]string
}

// told is a place of a finding.
type told struct {
	span conf.Span
	at   int // in the order of the findings
	what *lint.Finding
}

// names is a kind of proxy at a kind of level.
type names struct {
	kind model.Kind
	in   nginx.Context
}

// NewViewer makes a viewer that knows the findings of a run over the
// configurations whose proxies it is to show.
func NewViewer(findings []lint.Finding) *Viewer {
	w := &Viewer{findings: map[*conf.File][]told{}, names: map[names][]string{}}
	for i := range findings {
		f := &findings[i]
		note := func(p lint.Place) { w.findings[p.File] = append(w.findings[p.File], told{p.Span, i, f}) }
		note(f.Place)
		for _, r := range f.Related {
			note(r.Place)
		}
	}
	for _, all := range w.findings {
		slices.SortFunc(all, func(a, b told) int { return cmp.Compare(a.span.Start, b.span.Start) })
	}
	return w
}

// View returns what is in effect at a proxy.
func (w *Viewer) View(x *model.Proxy) View {
	v := View{Proxy: x, Settings: w.settings(x), Headers: headers(x), Targets: targets(x), Choosers: choosers(x)}
	v.AllKnown = x.AllKnown && len(v.Choosers) == 0
	v.Findings = w.concerned(&v)
	return v
}

// further are settings of other modules that decide about a request before or
// while it is passed on.
var further = []string{
	"auth_request", "client_max_body_size", "error_page", "limit_conn", "limit_req", "resolver", "resolver_timeout",
}

// settingNames are the settings that can be in effect at a proxy, sorted.
func (w *Viewer) settingNames(x *model.Proxy) []string {
	key := names{x.Kind, x.Scope.Context}
	if known, ok := w.names[key]; ok {
		return known
	}
	out := slices.Clone(further)
	for _, name := range nginx.NamesIn(x.Scope.Context) {
		suffix, own := strings.CutPrefix(name, x.Kind.Prefix()+"_")
		if own && suffix != "pass" && suffix != "set_header" && suffix != "param" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	w.names[key] = out
	return out
}

// settings collects what is in effect at the level of a proxy.
func (w *Viewer) settings(x *model.Proxy) []Setting {
	tls, known := x.TLS()
	var out []Setting
	for _, name := range w.settingNames(x) {
		if known && !tls && strings.HasPrefix(name, x.Directive("ssl_")) && x.Scope.Effective(name).Node == nil {
			continue
		}
		out = append(out, setting(x.Scope, name)...)
	}
	return out
}

// setting is what a directive amounts to at a level: nothing, one value, or one
// for each time it is written there.
func setting(s *model.Scope, name string) []Setting {
	nodes, _ := s.Array(name)
	if len(nodes) == 0 {
		return defaultOf(s, name)
	}
	var out []Setting
	for _, n := range nodes {
		out = append(out, Setting{Name: name, Value: words(n.Args), Node: n})
	}
	return out
}

// defaultOf is nginx's default, if it has one that does something.
func defaultOf(s *model.Scope, name string) []Setting {
	d := nginx.Find(name, s.Context)
	version := s.Config().Version
	if d == nil || !d.KnownIn(version) {
		return nil
	}
	value, ok := d.DefaultAt(version)
	if !ok {
		return nil
	}
	out := Setting{Name: name, Value: value}
	if version.IsZero() {
		out.Since, out.Before = changed(d, value)
	}
	return []Setting{out}
}

// changed is the release that brought a directive's default, and the default
// before it; zero and "" where it has always been so.
func changed(d *nginx.Directive, value string) (since nginx.Version, before string) {
	releases := nginx.Releases()
	for i, release := range slices.Backward(releases) {
		if !d.KnownIn(release) {
			break
		}
		if old, ok := d.DefaultAt(release); ok && old != value && i+1 < len(releases) {
			return releases[i+1], old
		}
	}
	return nginx.Version{}, ""
}

// words is configuration text for arguments, quoted as they are in the file.
func words(args []conf.Arg) string {
	var b strings.Builder
	for i, a := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		if a.Quote == 0 && a.Value != "" {
			b.WriteString(a.Value)
			continue
		}
		quote := string(cmp.Or(a.Quote, '"'))
		b.WriteString(quote + strings.ReplaceAll(a.Value, quote, `\`+quote) + quote)
	}
	return b.String()
}

// headers collects what a proxy sends beside what it takes over from the client.
func headers(x *model.Proxy) []Setting {
	var out []Setting
	for _, h := range nginxHeaders(x) {
		if _, set := x.Header(h.Name); !set {
			out = append(out, h)
		}
	}
	own, _ := x.Headers()
	for h := range own {
		out = append(out, Setting{Name: h.Name, Value: words(h.Node.Args[min(1, len(h.Node.Args)):]), Node: h.Node})
	}
	return out
}

// keepsByDefault is the release from which proxy_pass sends no Connection header
// of its own (ngx_http_proxy_headers, src/http/modules/ngx_http_proxy_module.c).
var keepsByDefault = nginx.V(1, 29, 7)

// nginxHeaders are the headers that nginx sets unless told otherwise and that do
// not come from the client.
func nginxHeaders(x *model.Proxy) []Setting {
	switch x.Kind {
	case model.Grpc:
		return []Setting{{Name: "Host", Value: "$proxy_host"}}
	case model.HTTPProxy:
	default:
		return nil
	}
	out := []Setting{{Name: "Host", Value: "$proxy_host"}}
	switch v := x.Config().Version; {
	case v.IsZero():
		return append(out, Setting{Name: "Connection", Value: `""`, Since: keepsByDefault, Before: "close"})
	case v.Before(keepsByDefault):
		return append(out, Setting{Name: "Connection", Value: "close"})
	}
	return out
}

// targets lists the addresses of a proxy.
func targets(x *model.Proxy) []Target {
	var out []Target
	for _, e := range x.Endpoints() {
		t := Target{Node: e.Node, Address: address(e), Group: e.Upstream, Peer: e.Peer}
		switch {
		case e.Peer != nil && e.Peer.NeedsDNS() && e.Peer.Resolve:
			t.Lookup = ResolverLookup
		case e.Peer != nil && e.Peer.NeedsDNS():
			t.Lookup = StartLookup
		case e.Peer == nil && e.URL.IsName():
			t.Lookup = StartLookup
			if x.Target.Variable && x.Config().Implicit(x.Stream(), e.URL.Host, e.Port) == nil {
				t.Lookup = RequestLookup
			}
		}
		out = append(out, t)
	}
	return out
}

// choosers are those of the groups that a proxy can pass to.
func choosers(x *model.Proxy) []Chooser {
	var out []Chooser
	for u := range x.Upstreams() {
		if n := u.Chooser(); n != nil {
			out = append(out, Chooser{Node: n, Group: u})
		}
	}
	return out
}

// address is an endpoint as one writes it.
func address(e model.Endpoint) string {
	switch {
	case e.URL.Unix != "":
		return "unix:" + e.URL.Unix
	case e.Port == 0:
		return e.URL.Host
	}
	return e.URL.Host + ":" + strconv.Itoa(e.Port)
}

// concerned picks the findings about a view: those with a place in the head of a
// directive that has a part in it, or of a block around its proxy.
func (w *Viewer) concerned(v *View) []*lint.Finding {
	met := map[int]*lint.Finding{}
	note := func(n *conf.Node) {
		if n == nil || n.Directive == nil || n.File == nil {
			return
		}
		all := w.findings[n.File]
		from, _ := slices.BinarySearchFunc(all, n.Head.Start, func(t told, start int32) int { return cmp.Compare(t.span.Start, start) })
		for _, t := range all[from:] {
			if t.span.Start > n.Head.End {
				break
			}
			if t.span.End <= n.Head.End {
				met[t.at] = t.what
			}
		}
	}
	for n := v.Proxy.Pass; n != nil; n = n.Parent {
		note(n)
	}
	for _, list := range [][]Setting{v.Settings, v.Headers} {
		for _, s := range list {
			note(s.Node)
		}
	}
	for _, t := range v.Targets {
		note(t.Node)
	}
	for u := range v.Proxy.Upstreams() {
		note(u.Node)
		for i := range u.Node.Children {
			note(&u.Node.Children[i])
		}
	}
	var out []*lint.Finding
	for _, at := range slices.Sorted(maps.Keys(met)) {
		out = append(out, met[at])
	}
	return out
}
