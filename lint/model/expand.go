package model

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Limits on the values of variables, beyond which they count as unknown: how
// many an argument may have, how deep variables may refer to others, and how
// many all passes together may have, where they cannot share them.
const (
	maxValues     = 256
	maxNesting    = 16
	maxCandidates = 50_000
)

// part is a piece of a value: text, or a variable whose value is unknown.
type part struct {
	text    string
	unknown bool // text is then the variable's name
	// origin is where the text is written, nil for the pass itself and for
	// what nginx provides.
	origin    *conf.Node
	originArg int
	implied   bool
}

// value is one value that an argument can have.
type value []part

// expander works out the values of one argument for the requests of one level.
type expander struct {
	vars  *variables
	scope *Scope
	busy  []varKey // being worked out, against cycles
	local bool     // the values depend on the level
}

// expand returns the values of a text, and whether they are all there are. A
// variable that is unknown stays in them as a part.
func (e *expander) expand(text string) ([]value, bool) {
	vals := []value{nil}
	all := true
	for text != "" {
		i := strings.IndexByte(text, '$')
		if i < 0 {
			i = len(text)
		}
		if i > 0 {
			appendPart(vals, part{text: text[:i]})
			text = text[i:]
			continue
		}
		name, n := variableName(text)
		text = text[n:]
		subs, known := e.variable(name)
		if len(vals)*len(subs) > maxValues {
			return vals[:0], false
		}
		all = all && known
		vals = product(vals, subs)
	}
	return vals, all
}

// variableName reads $name, ${name} or $1 at the start of s.
func variableName(s string) (name string, n int) {
	if strings.HasPrefix(s, "${") {
		if i := strings.IndexByte(s, '}'); i > 0 {
			return s[2:i], i + 1
		}
		return "", len(s)
	}
	if len(s) > 1 && '1' <= s[1] && s[1] <= '9' {
		return s[1:2], 2
	}
	n = 1
	for n < len(s) && isNameByte(s[n]) {
		n++
	}
	return s[1:n], n
}

func appendPart(vals []value, p part) {
	for i := range vals {
		vals[i] = append(vals[i], p)
	}
}

// product puts every one of subs after every one of vals.
func product(vals, subs []value) []value {
	out := make([]value, 0, len(vals)*len(subs))
	for _, a := range vals {
		for _, b := range subs {
			out = append(out, slices.Concat(a, b))
		}
	}
	return out
}

// unknown is a variable about whose value nothing is known.
func unknown(name string) []value {
	return []value{{part{text: name, unknown: true}}}
}

// variable returns the values of a variable, and whether they are all.
func (e *expander) variable(name string) ([]value, bool) {
	key := varKey{e.scope.Stream(), strings.ToLower(name)}
	if len(e.busy) >= maxNesting || e.vars.opaque[key] || slices.Contains(e.busy, key) {
		return unknown(name), true
	}
	e.busy = append(e.busy, key)
	defer func() { e.busy = e.busy[:len(e.busy)-1] }()
	if block := e.vars.blocks[key]; block != nil {
		return e.table(name, block)
	}
	if e.vars.isSet[key] {
		e.local = true
		return e.settings(name, key)
	}
	if key.name == "scheme" && !key.stream {
		e.local = true
		return e.requestScheme(), true
	}
	return unknown(name), true
}

// requestScheme is what $scheme can be: how clients reach the server.
func (e *expander) requestScheme() []value {
	var out []value
	srv := e.scope.Server
	if srv == nil || srv.plain() {
		out = append(out, value{part{text: "http"}})
	}
	if srv == nil || srv.TLS() {
		out = append(out, value{part{text: "https"}})
	}
	return out
}

// settings returns the values of a variable that set gives values to.
func (e *expander) settings(name string, key varKey) ([]value, bool) {
	if e.vars.scripted(key, e.scope) {
		vals, _ := e.eachSet(name, key)
		return vals, false
	}
	return e.eachSet(name, key)
}

func (e *expander) eachSet(name string, key varKey) ([]value, bool) {
	sets, all := e.vars.reaching(key, e.scope)
	if len(sets) > maxValues {
		return unknown(name), false
	}
	var out []value
	for _, s := range sets {
		var vals []value
		if len(s.node.Args) > 1 {
			var known bool
			vals, known = e.written(s.node, 1)
			all = all && known
		}
		if out = append(out, vals...); len(out) > maxValues {
			return unknown(name), false
		}
	}
	if len(out) == 0 {
		return unknown(name), true
	}
	return out, all
}

// written returns the values of an argument of a node.
func (e *expander) written(n *conf.Node, arg int) ([]value, bool) {
	if n.Args[arg].Unknown {
		return unknown(n.Args[arg].Value), true
	}
	vals, all := e.expand(n.Args[arg].Value)
	for _, v := range vals {
		for i := range v {
			if v[i].origin == nil {
				v[i].origin, v[i].originArg = n, arg
			}
		}
	}
	if len(vals) == 1 && len(vals[0]) == 0 {
		vals[0] = value{part{origin: n, originArg: arg}}
	}
	return vals, all
}

// table returns the values of a map, geo or split_clients block.
func (e *expander) table(name string, block *conf.Node) ([]value, bool) {
	if block.Unknown() {
		return unknown(name), true
	}
	var out []value
	all, hasDefault := true, false
	for i := range block.Children {
		n := &block.Children[i]
		if n.Directive == nil || !isEntry(block.Name, n) {
			continue
		}
		hasDefault = hasDefault || isDefault(block.Name, n)
		vals := []value{{part{text: n.Args[0].Value, unknown: n.Args[0].Unknown, origin: n}}}
		if block.Name == "map" {
			var known bool
			vals, known = e.written(n, 0)
			all = all && known
		}
		if out = append(out, vals...); len(out) > maxValues {
			return unknown(name), false
		}
	}
	if !hasDefault {
		out = append(out, value{part{origin: block, originArg: len(block.Args) - 1, implied: true}})
	}
	return out, all && (e.vars.cfg.Complete || !hasMissing(block))
}

// isEntry reports whether a line of a block is a key with a value, and not one
// of the block's own parameters.
func isEntry(block string, n *conf.Node) bool {
	if len(n.Args) != 1 || n.Name == "include" {
		return false
	}
	if block == "geo" {
		return n.Name != "proxy" && n.Name != "delete"
	}
	return true
}

// isDefault reports whether an entry is the one for everything else.
func isDefault(block string, n *conf.Node) bool {
	if block == "split_clients" {
		return n.Name == "*"
	}
	return n.Name == "default"
}

// hasMissing reports whether some of the block may be out of view.
func hasMissing(block *conf.Node) bool {
	for i := range block.Children {
		if n := &block.Children[i]; n.Directive != nil && (n.Name == "include" || n.NameUnknown) {
			return true
		}
	}
	return false
}

// outcome is what an argument with variables amounts to at every level.
type outcome struct {
	candidates []Target
	all        bool
}

// runTime works out what the target of a pass with variables can become.
func (b *builder) runTime(x *Proxy) {
	if len(x.Pass.Args) == 0 {
		return
	}
	if b.vars == nil {
		b.vars = newVariables(b.cfg)
		b.seenRunTime = make(map[passKey]outcome)
	}
	key := passKey{x.Kind, x.Target.Raw}
	if seen, ok := b.seenRunTime[key]; ok {
		x.Candidates, x.AllKnown = seen.candidates, seen.all
		return
	}
	if b.candidates >= maxCandidates {
		return
	}
	e := expander{vars: b.vars, scope: x.Scope}
	vals, all := e.expand(x.Target.Raw)
	for _, v := range vals {
		t, ok := v.target(x.Kind)
		if !ok {
			all = false
			continue
		}
		if t.Origin == nil {
			t.Origin, e.local = x.Pass, true
		}
		if x.has(t) {
			continue
		}
		t.bindRunTime(b.cfg, x.Kind)
		x.Candidates = append(x.Candidates, t)
	}
	x.Candidates = slices.Clip(x.Candidates)
	x.AllKnown = all && len(x.Candidates) > 0 && !(e.local && x.takenOver())
	b.candidates += len(vals)
	if !e.local {
		b.seenRunTime[key] = outcome{x.Candidates, x.AllKnown}
	}
}

// takenOver reports whether a limit_except of its location passes requests to it
// too: for those, no set of the location has run.
func (x *Proxy) takenOver() bool {
	if x.Scope.Context != nginx.Location {
		return false
	}
	for in := range x.Scope.Levels() {
		if in.Context != nginx.LimitExcept || in.Own(x.Pass.Name) != nil || !reachOf(x.Pass.Name).past(in, x.Scope) {
			continue
		}
		if deny := in.Own("deny"); deny == nil || deny.Arg(0) != "all" || in.Effective("satisfy").Has("any") {
			return true
		}
	}
	return false
}

// has reports whether the candidate is there already.
func (x *Proxy) has(t Target) bool {
	for i := range x.Candidates {
		c := &x.Candidates[i]
		if c.Raw == t.Raw && c.Origin == t.Origin && c.OriginArg == t.OriginArg {
			return true
		}
	}
	return false
}

// bindRunTime finds what a value of an argument with variables matches. nginx
// looks for a group of the same name and port, written or implicit, before
// anything else; a written group has no port (ngx_http_upstream_init_request,
// src/http/ngx_http_upstream.c, and ngx_stream_proxy_handler).
func (t *Target) bindRunTime(c *Config, k Kind) {
	t.bind(c, k)
	if t.Upstream == nil && t.URL.IsName() {
		t.Implicit = c.Implicit(k == StreamProxy, t.URL.Host, t.Port)
	}
}

// text joins the parts. Unknown variables stand as $name.
func (v value) text() string {
	if len(v) == 1 && !v[0].unknown {
		return v[0].text
	}
	var b strings.Builder
	for _, p := range v {
		if p.unknown {
			b.WriteByte('$')
		}
		b.WriteString(p.text)
	}
	return b.String()
}

// target reads a value as the module does for each request. It is not ok when
// something unknown is in the scheme, host or port.
func (v value) target(k Kind) (Target, bool) {
	known, uri, ok := v.split(k)
	if !ok {
		return Target{}, false
	}
	t := parseTarget(k, known)
	if _, rest, ok := k.cutScheme(known); ok && rest == "" && uri == "" && k == HTTPProxy {
		// A value that is nothing but http:// has no prefix in the eyes of
		// ngx_http_proxy_eval; written out, it lacks a host.
		t = Target{Raw: known, Err: errNoScheme}
	}
	if uri != "" && t.Err == nil {
		t.HasURI, t.URI = true, t.URI+uri
	}
	t.Raw = v.text()
	if p := v.writer(hostEnd(k, known)); p != nil {
		t.Origin, t.OriginArg, t.Implied = p.origin, p.originArg, p.implied
	}
	return t, true
}

// hostEnd is where the scheme, host and port of an address end.
func hostEnd(k Kind, s string) int {
	_, rest, _ := k.cutScheme(s)
	if i := strings.IndexAny(rest, "/?"); i >= 0 && k == HTTPProxy && !strings.HasPrefix(rest, "unix:") {
		return len(s) - len(rest) + i
	}
	return len(s)
}

// writer is the first part before end, or up to it where that has no text, that
// is written elsewhere than in the pass.
func (v value) writer(end int) *part {
	at := 0
	for i := range v {
		p := &v[i]
		if p.origin != nil && (at < end || at == end && p.text == "" && !p.unknown) {
			return p
		}
		at += len(p.text)
	}
	return nil
}

// split parts a value at its first unknown variable. It is ok when that is in
// the URI, which only proxy_pass has.
func (v value) split(k Kind) (known, uri string, ok bool) {
	var b strings.Builder
	for i, p := range v {
		if !p.unknown {
			b.WriteString(p.text)
			continue
		}
		known = b.String()
		return known, v[i:].text(), k == HTTPProxy && (endsInURI(known) || beginsURI(p.text) && endsInHost(known))
	}
	return b.String(), "", true
}

// cutPrefix is the address after its scheme, if it has one of proxy_pass's.
func cutPrefix(s string) (string, bool) {
	_, rest, ok := HTTPProxy.cutScheme(s)
	return rest, ok
}

// endsInURI reports whether what follows s belongs to the URI.
func endsInURI(s string) bool {
	rest, ok := cutPrefix(s)
	if !ok {
		return false
	}
	if path, unix := strings.CutPrefix(rest, "unix:"); unix {
		return strings.IndexByte(path, ':') >= 0
	}
	return strings.ContainsAny(rest, "/?")
}

// endsInHost reports whether s ends in a host, or in a port.
func endsInHost(s string) bool {
	rest, ok := cutPrefix(s)
	return ok && rest != "" && !strings.HasPrefix(rest, "unix:")
}

// beginsURI reports whether the value of a variable of nginx's own can only
// begin a URI: with a slash, with a question mark, or be empty.
func beginsURI(name string) bool {
	switch strings.ToLower(name) {
	case "request_uri", "uri", "document_uri", "is_args":
		return true
	}
	return false
}
