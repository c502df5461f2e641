package rules

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// override is a level whose own directives of a kind, such as proxy_set_header,
// replace those of a level further out.
type override struct {
	directive    string
	inner, outer *model.Scope
	// pass is one that the level is for, nil for add_header.
	pass *model.Proxy
	// lost are the outer level's that the inner has none for, the last of each
	// name in order.
	lost []*conf.Node
	// repeats says that the inner level sets one of them to the same value again:
	// whoever wrote it knows that nothing is inherited.
	repeats  bool
	severity lint.Severity
}

// overrideOf compares a level's own directives with those it would have without
// them. It is not ok where they are not all known.
func overrideOf(p *lint.Pass, inner *model.Scope, directive string) (o override, ok bool) {
	outer := inner.Parent.ArrayScope(directive)
	if outer == nil || !arrayKnown(p, inner, model.Value{Scope: inner}) || hasUnreadParams(inner) {
		return o, false
	}
	o = override{directive: directive, inner: inner, outer: outer}
	set := map[string]string{}
	for n := range inner.All(directive) {
		if len(n.Args) == 0 || n.NameUnknown || n.Args[0].Unknown {
			return o, false
		}
		set[strings.ToLower(n.Arg(0))] = n.Arg(1)
	}
	seen := map[string]int{}
	for n := range outer.All(directive) {
		if len(n.Args) == 0 || n.NameUnknown || n.Args[0].Unknown {
			continue
		}
		name := strings.ToLower(n.Arg(0))
		if value, again := set[name]; again {
			o.repeats = o.repeats || value == n.Arg(1)
			continue
		}
		if i, twice := seen[name]; twice {
			o.lost[i] = n
			continue
		}
		seen[name] = len(o.lost)
		o.lost = append(o.lost, n)
	}
	return o, true
}

// keep leaves only those of the lost directives that f wants.
func (o *override) keep(f func(*conf.Node) bool) {
	o.lost = slices.DeleteFunc(o.lost, func(n *conf.Node) bool { return !f(n) })
}

// names are those of what is lost, as written.
func (o *override) names() []string {
	out := make([]string, len(o.lost))
	for i, n := range o.lost {
		out[i] = n.Arg(0)
	}
	return out
}

// loses reports whether one of the names is lost; they are in lower case.
func (o *override) loses(names ...string) bool {
	return slices.ContainsFunc(o.lost, func(n *conf.Node) bool { return slices.Contains(names, strings.ToLower(n.Arg(0))) })
}

// isParams reports whether a file is one of those with the parameters of a
// protocol that come with nginx.
func isParams(file string) bool {
	switch path.Base(file) {
	case "fastcgi.conf", "fastcgi_params", "uwsgi_params", "scgi_params":
		return true
	}
	return false
}

// paramFiles yields the includes of such files at a level, and whether they are in
// view.
func paramFiles(s *model.Scope) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		children := s.Node.Children
		for i := range children {
			n := &children[i]
			if n.Directive == nil || n.Name != "include" || !isParams(n.Arg(0)) {
				continue
			}
			read := i+1 < len(children) && children[i+1].Via != nil && children[i+1].Via.Include == n.Directive
			if !yield(n.Arg(0), read) {
				return
			}
		}
	}
}

// hasUnreadParams reports whether a level includes such a file that is not in
// view. It is seldom changed, but may be.
func hasUnreadParams(s *model.Scope) bool {
	for _, read := range paramFiles(s) {
		if !read {
			return true
		}
	}
	return false
}

// includesParams reports whether a level includes such a file.
func includesParams(s *model.Scope) bool {
	for range paramFiles(s) {
		return true
	}
	return false
}

// lostByPass is what the level that supplies a pass with headers or parameters
// drops, as far as it makes a difference there.
func lostByPass(p *lint.Pass, x *model.Proxy) (o override, found bool) {
	_, inner := x.Headers()
	if inner == nil || inner.Parent == nil || inner.Parent.ArrayScope(x.HeaderDirective()) == nil || returnsFirst(x) || isSubrequest(p, x) || ofOthers(x) {
		return o, false
	}
	if o, found = overrideOf(p, inner, x.HeaderDirective()); !found {
		return o, false
	}
	o.pass = x
	if x.Kind == model.HTTPProxy || x.Kind == model.Grpc {
		o.judgeHeaders()
	} else {
		o.judgeParams()
	}
	return o, len(o.lost) > 0
}

// judgeHeaders leaves out what makes no difference.
func (o *override) judgeHeaders() {
	switches := false // to or from WebSockets, on purpose
	renames := false  // the server that is asked for, likewise
	for n := range o.inner.All(o.directive) {
		switches = switches || strings.EqualFold(n.Arg(0), "Upgrade") || strings.EqualFold(n.Arg(0), "Connection")
		renames = renames || strings.EqualFold(n.Arg(0), "Host")
	}
	o.keep(func(n *conf.Node) bool {
		name, value := strings.ToLower(n.Arg(0)), n.Arg(1)
		switch name {
		case "host":
			return value != "$proxy_host"
		case "connection":
			return !switches && value != "" && !strings.EqualFold(value, "close")
		case "upgrade":
			return !switches && value != ""
		case "content-length":
			return true
		}
		// The client's own header is passed on without being told to.
		return value != "$http_"+strings.ReplaceAll(name, "-", "_")
	})
	important := slices.ContainsFunc(o.lost, func(n *conf.Node) bool {
		name := strings.ToLower(n.Arg(0))
		return name == "host" || name == "forwarded" || strings.HasPrefix(name, "x-forwarded-")
	})
	if o.loses("upgrade") && (o.pass.Scope.Pattern() == "/" || onlyWebsockets(o.pass)) {
		important = true
	}
	o.rank(important)
	if renames {
		o.severity = min(o.severity, lint.Info)
	}
}

// judgeParams leaves out what only the other one of two standard files has.
func (o *override) judgeParams() {
	if includesParams(o.inner) {
		o.keep(func(n *conf.Node) bool { return !isParams(n.File.Path) })
	}
	o.rank(o.loses("script_filename", "request_method"))
}

// rank sets the severity. What is left out beside a repetition is left out on
// purpose, or of no great importance.
func (o *override) rank(important bool) {
	switch {
	case important && !o.repeats:
		o.severity = lint.Warning
	case important || !o.repeats:
		o.severity = lint.Info
	default:
		o.lost = nil
	}
}

// isSubrequest reports whether a pass answers nginx's own requests, whose headers
// are chosen one by one, and not those of clients.
func isSubrequest(p *lint.Pass, x *model.Proxy) bool {
	if !p.Config.Uses("auth_request", "internal") {
		return false
	}
	for at := x.Scope.Location(); at != nil && at.Context == nginx.Location; at = at.Parent {
		if guards(p)[at].node != nil || at.Own("internal") != nil {
			return true
		}
	}
	return false
}

// ofOthers reports whether all that is known of a pass's addresses are names
// under the domains of the Internet with TLS, or services for files: sites of others,
// where the headers that one's own application needs are out of place.
func ofOthers(x *model.Proxy) bool {
	tls, known := x.TLS()
	if !known || len(x.Candidates) == 0 {
		return false
	}
	for i := range x.Candidates {
		hosts := tlsHosts(&x.Candidates[i])
		if len(hosts) == 0 || slices.ContainsFunc(hosts, func(h string) bool { return needOfServerName(h) < lint.Warning || !tls && !isStorage(h) }) {
			return false
		}
	}
	return true
}

// isStorage reports whether a host is one of the services for files that go by the
// Host header, and that plain HTTP is spoken to as well.
func isStorage(host string) bool {
	s3 := hasSuffix(host, ".amazonaws.com") && strings.Contains(host, "s3")
	return s3 || hasSuffix(host, ".googleapis.com", ".core.windows.net", ".digitaloceanspaces.com", ".cloudfront.net")
}

// lostAddHeaders is what a level's add_header drop, as far as browsers need it
// there.
func lostAddHeaders(p *lint.Pass, s *model.Scope) (o override, found bool) {
	if s.Parent.ArrayScope("add_header") == nil {
		return o, false
	}
	inherit := s.Effective("add_header_inherit")
	if inherit.Set() && inherit.Arg(0) != "on" || !scalarKnown(p, s, inherit) || s.Own("deny") != nil {
		return o, false
	}
	if o, found = overrideOf(p, s, "add_header"); !found || o.repeats {
		return o, false
	}
	pages := s.Own("return") == nil && !servesAssets(s)
	if !slices.ContainsFunc(o.lost, func(n *conf.Node) bool {
		return n.Arg(1) != "" && (pages && isSecurityHeader(n.Arg(0)) || strings.EqualFold(n.Arg(0), "Access-Control-Allow-Origin"))
	}) {
		return o, false
	}
	if s.Own("return") != nil && !setsAny(s, "Access-Control-") {
		return o, false
	}
	o.severity = lint.Info
	return o, true
}

// setsAny reports whether a level has an add_header whose name begins so.
func setsAny(s *model.Scope, prefix string) bool {
	for n := range s.All("add_header") {
		if hasFold(n.Arg(0), prefix) {
			return true
		}
	}
	return false
}

func hasFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// isSecurityHeader reports whether browsers protect a page by a header.
func isSecurityHeader(name string) bool {
	switch strings.ToLower(name) {
	case "strict-transport-security", "content-security-policy", "x-frame-options", "x-content-type-options",
		"referrer-policy", "permissions-policy", "cross-origin-opener-policy", "cross-origin-embedder-policy":
		return true
	}
	return false
}

// servesAssets reports whether a location, by its name, holds what pages are
// made of, and no pages.
func servesAssets(s *model.Scope) bool {
	at := s.Location()
	if at == nil {
		return false
	}
	for word := range asciiWords(strings.ToLower(at.Pattern())) {
		switch word {
		case "css", "js", "mjs", "map", "png", "jpg", "jpeg", "gif", "svg", "svgz", "ico", "webp", "avif", "woff", "woff2", "ttf", "eot", "otf",
			"mp3", "mp4", "webm", "wasm", "static", "assets", "asset", "images", "image", "img", "media", "fonts", "font", "icons", "favicon", "robots", "txt", "xml", "json":
			return true
		}
	}
	return false
}

// drops reports whether a pass lacks a header or parameter that a level further
// out sets, so that inherited-headers-lost speaks of it.
func drops(x *model.Proxy, name string) bool {
	_, inner := x.Headers()
	if inner == nil || inner.Parent == nil {
		return false
	}
	outer := inner.Parent.ArrayScope(x.HeaderDirective())
	if outer == nil {
		return false
	}
	for n := range outer.All(x.HeaderDirective()) {
		if strings.EqualFold(n.Arg(0), name) {
			_, set := x.Header(name)
			return !set
		}
	}
	return false
}

// headersKnown reports whether all that a pass is told to send is in view.
func headersKnown(p *lint.Pass, x *model.Proxy) bool {
	headers, at := x.Headers()
	if !arrayKnown(p, x.Scope, model.Value{Scope: at}) {
		return false
	}
	for h := range headers {
		if len(h.Node.Args) == 0 || h.Node.Args[0].Unknown {
			return false
		}
	}
	return true
}
