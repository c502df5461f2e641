package linttest

import (
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// visit follows one request through a configuration up to the level whose directives apply to it.
// Which server, location and level that is comes from the model; what the rewrite module and
// try_files do on the way is worked out here, for as much of it as generated configurations have.
type visit struct {
	cfg     *model.Config
	req     ModelRequest
	address *model.Address
	server  *model.Server

	path, args string // as they are now
	// The path is that of the request line, unescaped; the whole of it matched the location; an
	// internal redirect or a rewrite changed it. See the flags of ngx_http_request_t.
	unparsed, valid, internal, quoted bool

	level    *model.Scope
	handler  *model.Proxy // the last one of the levels that the request came through, since its location
	vars     map[string]string
	captures map[string]string // $1 and so on, of the last regular expression that matched

	status int    // nginx answers itself, if not 0
	denied bool   // that is a refusal of the client's address, a status for good
	why    string // what cannot be foretold, if anything
}

// maxURIChanges is how often the URI may change before nginx gives up with a 500
// (NGX_HTTP_MAX_URI_CHANGES, src/http/ngx_http_request.h).
const maxURIChanges = 10

// newVisit brings a request to its server.
func newVisit(c *model.Config, r ModelRequest, port int) *visit {
	v := &visit{cfg: c, req: r, vars: map[string]string{}, unparsed: true, valid: true}
	host, _, _ := strings.Cut(r.Host, ":")
	servers := c.ServersFor(port, host)
	if len(servers) != 1 {
		v.why = "not one address listens there"
		return v
	}
	v.address, v.server, v.why = servers[0].Address, servers[0].Server, servers[0].Doubt
	v.capture(servers[0].Captures)
	var ok bool
	if v.path, v.args, ok = model.RequestPath(r.Target); !ok {
		v.status = http.StatusBadRequest
	}
	v.quoted = strings.Contains(r.Target, "%")
	return v
}

// capture notes what a regular expression that matched has captured.
func (v *visit) capture(found map[string]string) {
	if found == nil {
		return
	}
	v.captures = map[string]string{}
	for name, text := range found {
		if name[0] <= '9' {
			v.captures[name] = text
		} else {
			v.vars[name] = text
		}
	}
}

// walk takes the request through the phases until something answers it.
func (v *visit) walk() {
	for changes := 0; v.open(); changes++ {
		if changes > maxURIChanges {
			v.status = http.StatusInternalServerError
			return
		}
		v.level = v.server.Scope
		v.rewrite()
		for rounds := 0; v.open(); rounds++ {
			if rounds > maxURIChanges {
				v.status = http.StatusInternalServerError
				return
			}
			v.find()
			// Without a location nothing is rewritten again (ngx_http_rewrite_handler,
			// src/http/modules/ngx_http_rewrite_module.c).
			if !v.open() || v.level == v.server.Scope || !v.rewrite() {
				break
			}
		}
		if !v.open() || !v.access() || !v.tryFiles() {
			return
		}
	}
}

func (v *visit) open() bool { return v.status == 0 && v.why == "" }

// find brings the request to its location.
func (v *visit) find() {
	m := v.server.LocationFor(v.path)
	v.why = m.Doubt
	v.capture(m.Captures)
	if m.Scope.Effective("internal").Set() && !v.internal {
		v.status = http.StatusNotFound
		return
	}
	v.level, v.handler = m.Scope.ForMethod(v.req.Method), nil
	if m.Redirect {
		v.status = http.StatusMovedPermanently
	}
}

// access refuses the client where something denies all.
func (v *visit) access() bool {
	for _, name := range []string{"deny", "allow"} {
		if n, _ := v.level.Array(name); len(n) > 0 && name == "deny" {
			v.status, v.denied = http.StatusForbidden, true
			return false
		}
	}
	return true
}

// tryFiles goes to the last argument of a try_files, whose files are never there. It reports whether
// the request starts over.
func (v *visit) tryFiles() bool {
	n := v.level.Own("try_files")
	if n == nil {
		return false
	}
	last := n.Arg(len(n.Args) - 1)
	switch {
	case strings.HasPrefix(last, "="):
		v.status, _ = strconv.Atoi(last[1:])
	case strings.HasPrefix(last, "@"):
		v.named(last)
	default:
		to, ok := v.eval(last)
		if ok {
			v.redirect(to)
		}
		return ok
	}
	return false
}

// named goes to a named location.
func (v *visit) named(name string) {
	l := v.server.NamedLocation(name)
	if l == nil {
		v.status = http.StatusInternalServerError
		return
	}
	v.internal = true
	v.level, v.handler = l.ForMethod(v.req.Method), nil
	if v.rewrite() {
		v.why = "a named location rewrites"
	}
	if v.open() {
		v.access()
	}
}

// redirect sets the URI that nginx starts over with.
func (v *visit) redirect(to string) {
	v.path, v.args, _ = strings.Cut(to, "?")
	v.internal, v.unparsed, v.valid = true, false, true
}

// rewrite runs the directives of the rewrite module at the level, and reports whether the location
// is to be looked for again.
func (v *visit) rewrite() (again bool) {
	r := rewriting{visit: v}
	r.run(v.level)
	return r.changed && v.open()
}

// rewriting is one run of the rewrite directives of a level.
type rewriting struct {
	*visit
	changed, ended bool
}

func (r *rewriting) run(level *model.Scope) {
	for i := range level.Node.Children {
		n := &level.Node.Children[i]
		if n.Directive == nil {
			continue
		}
		switch n.Name {
		case "set":
			if text, ok := r.eval(n.Arg(1)); ok {
				r.vars[strings.ToLower(n.Arg(0)[1:])] = text
			}
		case "if":
			r.conditional(n)
		case "rewrite":
			r.replace(n)
		case "return":
			r.status, _ = strconv.Atoi(n.Arg(0))
		case "break": // takes a change of the URI for done (ngx_http_script_break_code)
			r.valid = r.valid && !r.changed
			r.changed, r.ended = false, true
		}
		if r.ended || !r.open() {
			return
		}
	}
}

// conditional enters an if whose condition holds. One at the server changes no level.
func (r *rewriting) conditional(n *conf.Node) {
	if !r.holds(n.Values()) {
		return
	}
	in := r.cfg.Inner(n)
	if in.Context == nginx.LocationIf {
		r.level = in
		if x := r.cfg.ProxyAt(in); x != nil && x.Scope == in {
			r.handler = x
		}
	}
	r.run(in)
}

// holds reports whether the condition of an if is true: ($a), ($a = b), ($a ~ b) and their like.
func (r *rewriting) holds(words []string) bool {
	words = strings.Fields(strings.TrimSuffix(strings.TrimPrefix(strings.Join(words, " "), "("), ")"))
	left, ok := r.eval(words[0])
	if !ok {
		return false
	}
	if len(words) == 1 {
		return left != "" && left != "0"
	}
	right := words[2]
	switch words[1] {
	case "=", "!=":
		if right, ok = r.eval(strings.Trim(right, `"`)); !ok {
			return false
		}
		return (left == right) == (words[1] == "=")
	}
	pattern := right
	if strings.HasSuffix(words[1], "*") {
		pattern = "(?i)" + pattern
	}
	found := r.tests(pattern, left)
	return found != strings.HasPrefix(words[1], "!")
}

// matches runs a regular expression of those that generated configurations have.
func (v *visit) matches(pattern, text string) bool {
	re := regexp.MustCompile(pattern)
	m := re.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	found := map[string]string{}
	for i, name := range re.SubexpNames() {
		if i > 0 {
			found[strconv.Itoa(i)] = m[i]
			if name != "" {
				found[strings.ToLower(name)] = m[i]
			}
		}
	}
	v.capture(found)
	return true
}

// tests is matches for an if or a rewrite, which forget older captures where they do not match
// (ngx_http_script_regex_start_code, src/http/ngx_http_script.c).
func (r *rewriting) tests(pattern, text string) bool {
	found := r.matches(pattern, text)
	if !found {
		r.captures = nil
	}
	return found
}

// replace runs a rewrite directive.
func (r *rewriting) replace(n *conf.Node) {
	if !r.tests(n.Arg(0), r.path) {
		return
	}
	to, ok := r.eval(n.Arg(1))
	if !ok {
		return
	}
	switch flag := n.Arg(2); {
	case flag == "redirect", strings.HasPrefix(to, "http://"):
		r.status = http.StatusFound
		return
	case flag == "permanent":
		r.status = http.StatusMovedPermanently
		return
	case flag == "break":
		r.valid, r.changed, r.ended = false, false, true
	default:
		r.changed = true
		r.ended = flag == "last"
	}
	path, args, hasArgs := strings.Cut(to, "?")
	switch whole, ends := strings.CutSuffix(args, "?"); {
	case ends:
		args = whole
	case !hasArgs:
		args = r.args
	case args != "" && r.args != "":
		args += "&" + r.args
	}
	r.path, r.args = path, args
	r.internal, r.unparsed = true, false
}

// fork is a copy whose variables and captures change on their own.
func (v *visit) fork() *visit {
	o := *v
	o.vars, o.captures = maps.Clone(v.vars), maps.Clone(v.captures)
	return &o
}
