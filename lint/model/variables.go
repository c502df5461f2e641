package model

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// variables knows who gives values to variables. http and stream have a
// namespace each; names have no case (ngx_http_get_variable_index,
// src/http/ngx_http_variables.c).
type variables struct {
	cfg *Config
	// isSet has the variables that any set directive names. atLevel are those
	// directives by the sequence they run in, inServer by their server, both
	// in document order.
	isSet    map[varKey]bool
	atLevel  map[levelKey][]setting
	inServer map[serverKey][]setting
	// blocks are the map, geo and split_clients blocks.
	blocks map[varKey]*conf.Node
	// opaque are variables that code outside of the configuration gives a
	// value to: js_set, auth_request_set, a named capture.
	opaque map[varKey]bool
	// scriptsIn are the places where Lua, Perl or JavaScript may set variables, by
	// their server, nil for those around servers.
	scriptsIn  map[*Server][]script
	isScripted map[serverKey]bool
	// stops are the levels where a break ends the rewrite phase, or the last
	// rewrite of a server does, moves those where a rewrite sends requests on to
	// another location.
	stops, moves map[*Scope]bool
	// movedFrom memoizes movers.
	movedFrom map[serverKey][]*Scope
}

type varKey struct {
	stream bool
	name   string // lower case, without $
}

type levelKey struct {
	varKey
	level *Scope // see rewriteLevel
}

type serverKey struct {
	varKey
	server *Server
}

// setting is one set directive.
type setting struct {
	node  *conf.Node
	scope *Scope
	// behind says that what may end the phase stands before it: see stops.
	behind bool
}

// newVariables looks for all definitions. It visits every directive, and so is
// done only when an argument with variables is met.
func newVariables(c *Config) *variables {
	v := &variables{
		cfg:      c,
		isSet:    make(map[varKey]bool),
		atLevel:  make(map[levelKey][]setting),
		inServer: make(map[serverKey][]setting),
		blocks:   make(map[varKey]*conf.Node),
		opaque:   make(map[varKey]bool),
		stops:    make(map[*Scope]bool),
		moves:    make(map[*Scope]bool),

		movedFrom:  make(map[serverKey][]*Scope),
		isScripted: make(map[serverKey]bool),
		scriptsIn:  make(map[*Server][]script),
	}
	v.walk(c.Main)
	return v
}

// walk visits a level and those inside it in document order.
func (v *variables) walk(s *Scope) {
	if s == nil {
		return
	}
	v.captures(s.Stream(), s.Node)
	next := s.pos + 1
	for i := range s.Node.Children {
		n := &s.Node.Children[i]
		if n.Directive == nil {
			continue
		}
		v.define(s, n)
		if next < s.end && v.cfg.Scopes[next].Node == n {
			v.walk(v.cfg.Scopes[next])
			next = v.cfg.Scopes[next].end
		}
	}
}

// define notes what a directive gives values to.
func (v *variables) define(s *Scope, n *conf.Node) {
	stream := s.Stream()
	switch name := n.Name; name {
	case "set":
		if key, ok := variableArg(stream, n, 0); ok {
			v.isSet[key] = true
			level, server := levelKey{key, rewriteLevel(s)}, serverKey{key, s.Server}
			one := setting{n, s, v.stops[level.level]}
			v.atLevel[level] = append(v.atLevel[level], one)
			v.inServer[server] = append(v.inServer[server], one)
		}
	case "map":
		v.block(stream, n, 1)
	case "geo":
		v.block(stream, n, len(n.Args)-1)
	case "split_clients":
		v.block(stream, n, 1)
	case "server_name":
		v.captures(stream, n)
	case "rewrite":
		v.captures(stream, n)
		switch flag := n.Arg(2); {
		case flag == "break", flag == "last" && rewriteLevel(s).Context == nginx.Server:
			v.stop(s)
		case !redirects(n):
			v.moves[rewriteLevel(s)] = true
		}
	case "break":
		v.stop(s)
	default:
		v.custom(s, n)
	}
}

// redirects reports whether a rewrite answers what it is for with a redirect
// (ngx_http_rewrite, src/http/modules/ngx_http_rewrite_module.c).
func redirects(rewrite *conf.Node) bool {
	switch rewrite.Arg(2) {
	case "redirect", "permanent":
		return true
	}
	return slices.ContainsFunc([]string{"http://", "https://", "$scheme"}, func(prefix string) bool {
		return strings.HasPrefix(rewrite.Arg(1), prefix)
	})
}

// stop notes that a break may keep later directives of the location, or of the
// server, from being run.
func (v *variables) stop(s *Scope) { v.stops[rewriteLevel(s)] = true }

// rewriteLevel is the level whose rewrite directives, those of its if blocks
// included, run as one sequence. A limit_except is one without any: requests that
// it is for do not run those of its location (ngx_http_rewrite_merge_loc_conf,
// src/http/modules/ngx_http_rewrite_module.c).
func rewriteLevel(s *Scope) *Scope {
	for s.Parent != nil && s.Context.Has(nginx.ServerIf|nginx.LocationIf) {
		s = s.Parent
	}
	return s
}

// block notes a block that defines the variable in its i-th argument.
func (v *variables) block(stream bool, n *conf.Node, i int) {
	key, ok := variableArg(stream, n, i)
	if !ok {
		return
	}
	if _, twice := v.blocks[key]; twice || !n.IsBlock {
		v.opaque[key] = true
	}
	v.blocks[key] = n
	for j := range n.Children {
		if e := &n.Children[j]; e.Directive != nil {
			v.nameCaptures(stream, e.Name)
		}
	}
}

// custom notes variables that other modules set, and the code that may.
func (v *variables) custom(s *Scope, n *conf.Node) {
	name := n.Name
	stream := s.Stream()
	switch {
	case strings.HasPrefix(name, "set_by_lua"):
		v.taint(stream, n, 0)
	case beforeContent(name):
		v.scriptsIn[s.Server] = append(v.scriptsIn[s.Server], newScript(s, n))
	case name == "js_content", name == "js_access", name == "js_preread", name == "perl":
		v.scriptsIn[s.Server] = append(v.scriptsIn[s.Server], script{scope: s})
	case name == "keyval":
		v.taint(stream, n, 1)
	case strings.HasPrefix(name, "set_"), strings.HasSuffix(name, "_set"), name == "js_var", n.NameUnknown:
		v.taint(stream, n, 0)
	case name == "geoip2":
		for i := range n.Children {
			if e := &n.Children[i]; e.Directive != nil && strings.HasPrefix(e.Name, "$") {
				v.opaque[varKey{stream, strings.ToLower(e.Name[1:])}] = true
			}
		}
	}
}

// beforeContent reports whether the directive is Lua code that runs before a
// request is passed on.
func beforeContent(name string) bool {
	phase, _, found := strings.Cut(name, "_by_lua")
	if !found {
		return false
	}
	switch phase {
	case "rewrite", "server_rewrite", "access", "content", "preread":
		return true
	}
	return false
}

// taint gives up on the variable in the directive's i-th argument.
func (v *variables) taint(stream bool, n *conf.Node, i int) {
	if key, ok := variableArg(stream, n, i); ok {
		v.opaque[key] = true
	}
}

// captures gives up on the named captures of a directive's regular expressions.
func (v *variables) captures(stream bool, n *conf.Node) {
	if n.Directive == nil {
		return
	}
	for i := range n.Args {
		v.nameCaptures(stream, n.Args[i].Value)
	}
}

// nameCaptures finds (?<name>, (?P<name> and (?'name'.
func (v *variables) nameCaptures(stream bool, regex string) {
	for {
		_, rest, found := strings.Cut(regex, "(?")
		if !found {
			return
		}
		regex = rest
		rest = strings.TrimPrefix(rest, "P")
		if rest == "" || rest[0] != '<' && rest[0] != '\'' {
			continue
		}
		n := 1
		for n < len(rest) && isNameByte(rest[n]) {
			n++
		}
		if n > 1 {
			v.opaque[varKey{stream, strings.ToLower(rest[1:n])}] = true
		}
	}
}

// variableArg is the variable that the i-th argument names.
func variableArg(stream bool, n *conf.Node, i int) (varKey, bool) {
	name, ok := strings.CutPrefix(n.Arg(i), "$")
	if !ok || name == "" || n.Args[i].Unknown {
		return varKey{}, false
	}
	return varKey{stream, strings.ToLower(name)}, true
}

func isNameByte(b byte) bool {
	return b == '_' || '0' <= b && b <= '9' || 'a' <= b|0x20 && b|0x20 <= 'z'
}

// scripted reports whether code may set a variable for the requests that reach
// a level: any code of its server may, since requests are redirected.
func (v *variables) scripted(key varKey, at *Scope) bool {
	memo := serverKey{key, at.Server}
	if known, ok := v.isScripted[memo]; ok {
		return known
	}
	found := slices.ContainsFunc(v.scriptsIn[nil], func(s script) bool { return s.scope.Contains(at) && s.sets(key.name) })
	if at.Server != nil && !found {
		found = slices.ContainsFunc(v.scriptsIn[at.Server], func(s script) bool { return s.sets(key.name) })
	}
	v.isScripted[memo] = found
	return found
}

// reaching are the set directives that can have given the variable its value
// when a request gets to a level. all says that no other value is possible.
//
// The rewrite directives of the server run first, then those of the location;
// a location nested in another does not run the outer one's. A set outside of
// an if hides what came before it. Sets of other locations count only where
// none of these is certain to run: an internal redirect may come from there. With
// a set of the server that is certain they count where nothing runs it anew:
// see bringsAlong.
func (v *variables) reaching(key varKey, at *Scope) (sets []setting, all bool) {
	own := rewriteLevel(at)
	inner, sure := v.sequence(levelKey{key, own}, at)
	if sure || at.Server == nil || len(inner) > maxValues {
		return inner, sure
	}
	var outer []setting
	srv := at.Server.Scope
	if own != srv {
		outer, sure = v.sequence(levelKey{key, srv}, at)
	}
	if sure {
		// What comes along from elsewhere is rare, and silently wrong values are
		// worse than too few: they are left out, and said to be.
		return append(outer, inner...), !v.bringsAlong(key, at)
	}
	if len(outer) > maxValues {
		return outer, false
	}
	var other []setting
	for _, s := range v.inServer[serverKey{key, at.Server}] {
		if level := rewriteLevel(s.scope); level != own && level != srv {
			if other = append(other, s); len(other) > maxValues {
				break
			}
		}
	}
	return append(append(other, outer...), inner...), false
}

// bringsAlong reports whether a request may come to a level with a value that a
// set of another location gave the variable after the server's had run. An
// internal redirect to a path runs those again (ngx_http_internal_redirect,
// src/http/ngx_http_core_module.c). A rewrite in a location does not, nor does the
// way to a named location; and subrequests share the variables.
func (v *variables) bringsAlong(key varKey, at *Scope) bool {
	own, srv := rewriteLevel(at), at.Server.Scope
	elsewhere := len(v.inServer[serverKey{key, at.Server}]) - len(v.atLevel[levelKey{key, own}])
	if own != srv {
		elsewhere -= len(v.atLevel[levelKey{key, srv}])
	}
	if elsewhere == 0 {
		return false
	}
	if v.hasSubrequests(at) {
		return true
	}
	if l := at.Location(); l != nil && l.Modifier() == "@" && slices.ContainsFunc(v.inServer[serverKey{key, at.Server}], func(s setting) bool {
		level := rewriteLevel(s.scope)
		return level != own && level != srv && level.leadsToNamed()
	}) {
		return true
	}
	return slices.ContainsFunc(v.movers(key, at.Server), func(level *Scope) bool { return level != own && level != srv })
}

// leadsToNamed reports whether requests may go on from a level to a named
// location: by error_page, try_files or post_action, or since a server that they
// are passed to says so with X-Accel-Redirect (ngx_http_upstream_process_headers,
// src/http/ngx_http_upstream.c).
func (s *Scope) leadsToNamed() bool {
	named := func(n *conf.Node) bool {
		return n.Unknown() || len(n.Args) > 0 && strings.HasPrefix(n.Args[len(n.Args)-1].Value, "@")
	}
	pages, _ := s.Array("error_page")
	if s.Gaps != 0 || s.Foreign() || s.Effective("post_action").Set() || slices.ContainsFunc(pages, named) {
		return true
	}
	for i := range s.Node.Children {
		if n := &s.Node.Children[i]; n.Directive != nil && (named(n) || strings.HasSuffix(n.Name, "_pass")) {
			return true
		}
	}
	for in := range s.Levels() {
		if in.leadsToNamed() {
			return true
		}
	}
	return false
}

// hasSubrequests reports whether requests at a level make others, which may set
// variables that they share.
func (v *variables) hasSubrequests(at *Scope) bool {
	for _, name := range []string{"auth_request", "mirror"} {
		if val := at.Effective(name); val.Set() && val.Arg(0) != "off" {
			return true
		}
	}
	if on, ok := at.Effective("ssi").Flag(); on || !ok {
		return true
	}
	if len(v.scriptsIn[at.Server]) > 0 {
		return true
	}
	return slices.ContainsFunc(v.scriptsIn[nil], func(s script) bool { return s.scope.Contains(at) })
}

// movers are the levels of a server that give the variable a value and may send
// requests on to another location.
func (v *variables) movers(key varKey, srv *Server) []*Scope {
	memo := serverKey{key, srv}
	out, ok := v.movedFrom[memo]
	if !ok {
		for _, s := range v.inServer[memo] {
			if level := rewriteLevel(s.scope); v.moves[level] && !slices.Contains(out, level) && len(out) < maxMovers {
				out = append(out, level)
			}
		}
		v.movedFrom[memo] = out
	}
	return out
}

// maxMovers is how many levels it takes for one of them to be another than the
// level asked about and its server.
const maxMovers = 3

// sequence are the set directives of one level that can have given the variable
// its value at its end, and whether one of them has for certain. Beyond maxValues
// they make no difference, and the first are left out.
func (v *variables) sequence(key levelKey, at *Scope) (sets []setting, sure bool) {
	all := v.atLevel[key]
	for i := len(all) - 1; i >= 0 && !sure && len(sets) <= maxValues; i-- {
		sets = append(sets, all[i])
		sure = all[i].scope.Contains(at) && !all[i].behind
	}
	slices.Reverse(sets)
	return sets, sure
}
