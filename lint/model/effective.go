package model

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Value is what a directive amounts to at some level.
type Value struct {
	// Node is the directive that sets it, nil when nothing does.
	Node *conf.Node
	// Scope is the level it is set at, nil when nothing sets it.
	Scope *Scope
	// Default is nginx's default in configuration syntax, such as "60s" or
	// "error timeout", where HasDefault says that there is one and it is known.
	Default    string
	HasDefault bool
}

// reach says how far inwards a directive works.
type reach uint8

const (
	inherited reach = iota // at all inner levels
	toBlocks               // in the if and limit_except blocks of its location
	toIfs                  // in the if blocks of its location
	ownLevel               // only where it stands
)

// reachOf is how far a directive works. Content handlers stay in force in the if
// blocks of their location (ngx_http_update_location_config, src/http/
// ngx_http_core_module.c); limit_except takes over those only whose modules see
// to it (clcf->lmt_excpt; see ngx_http_proxy_merge_loc_conf,
// src/http/modules/ngx_http_proxy_module.c, and its relatives).
func reachOf(name string) reach {
	switch name {
	case "proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass",
		"tunnel_pass":
		return toBlocks
	case "memcached_pass":
		return toIfs
	case "try_files", "return", "rewrite", "set", "break", "if",
		"listen", "server_name", "location", "limit_except", "server", "upstream",
		"pass", "include", "map", "geo", "split_clients":
		return ownLevel
	}
	if slices.Contains(handlers[:], name) {
		return toIfs
	}
	return inherited
}

// handlers are the directives that have a location's requests answered by another
// module than those for files, and pass nothing on.
var handlers = [...]string{
	"stub_status", "empty_gif", "flv", "mp4", "hls", "f4f", "api", "perl", "js_content",
	"content_by_lua", "content_by_lua_block", "content_by_lua_file",
}

// Handler is the directive that has requests that get to this level answered by
// another module than those for files, nil where none does. It passes nothing on;
// see [Config.ProxyAt] for what does.
func (s *Scope) Handler() *conf.Node {
	for _, name := range handlers {
		if v := s.Effective(name); v.Node != nil {
			return v.Node
		}
	}
	return nil
}

// Effective is the value of a directive at this level: that of the nearest
// level which sets it, from the inside out, else nginx's default. Each setting
// is inherited for itself. Handlers such as proxy_pass are inherited by if and
// limit_except only, never by a nested location.
func (s *Scope) Effective(name string) Value {
	if n, at := s.nearest(name); n != nil {
		return Value{Node: n, Scope: at}
	}
	return s.defaultOf(name)
}

// nearest is the directive of that name that is in effect at this level, and the
// level that it stands at; nil, nil where nothing sets it.
func (s *Scope) nearest(name string) (*conf.Node, *Scope) {
	number := s.cfg.Number(name)
	if number == 0 {
		return nil, nil
	}
	far := s.cfg.names.reach[number]
	for at := s; at != nil; at = at.Parent {
		if n := at.first(number); n != nil {
			return n, at
		}
		if at.outer&number.bit() == 0 || !far.past(at, at.Parent) {
			break
		}
	}
	return nil, nil
}

// past reports whether a directive of the outer level works at the inner one,
// which is it or is inside it.
func (r reach) past(inner, outer *Scope) bool {
	for ; inner != outer; inner = inner.Parent {
		switch {
		case r == ownLevel,
			r == toBlocks && !inner.noname(),
			r == toIfs && !inner.Context.Has(nginx.LocationIf):
			return false
		}
	}
	return true
}

// noname reports whether the level is a block without an address of its own,
// which takes over its location's handler.
func (s *Scope) noname() bool {
	return s.Context.Has(nginx.LocationIf | nginx.LimitExcept)
}

// defaultOf is the value of a directive that nothing sets. A level that the
// directive is not allowed at has the value that its surroundings would have.
func (s *Scope) defaultOf(name string) Value {
	for at := s; at != nil; at = at.Parent {
		if d := nginx.Find(name, at.Context); d != nil {
			def, ok := d.DefaultAt(s.cfg.Version)
			return Value{Default: def, HasDefault: ok}
		}
	}
	return Value{}
}

// Array returns all directives of that name that are in effect at this level,
// and the level they stand at: those of the nearest level that has any, since a
// level with one of its own inherits none. Without any it is nil, nil.
func (s *Scope) Array(name string) ([]*conf.Node, *Scope) {
	at := s.ArrayScope(name)
	if at == nil {
		return nil, nil
	}
	var out []*conf.Node
	for n := range at.All(name) {
		out = append(out, n)
	}
	return out, at
}

// ArrayScope is the level whose directives of that name are in effect at this
// level, or nil.
func (s *Scope) ArrayScope(name string) *Scope {
	_, at := s.nearest(name)
	return at
}

// Set reports whether the configuration sets it, as opposed to a default.
func (v Value) Set() bool { return v.Node != nil }

// Arg is the i-th argument, counted from 0, of the directive or of its default;
// "" when there are fewer.
func (v Value) Arg(i int) string {
	if v.Node != nil {
		return v.Node.Arg(i)
	}
	if i < 0 || !v.HasDefault {
		return ""
	}
	for field := range strings.FieldsSeq(v.Default) {
		if i == 0 {
			return field
		}
		i--
	}
	return ""
}

// Args are all arguments of the directive or of its default.
func (v Value) Args() []string {
	switch {
	case v.Node != nil:
		return v.Node.Values()
	case v.HasDefault:
		return strings.Fields(v.Default)
	}
	return nil
}

// Has reports whether one of the arguments is arg.
func (v Value) Has(arg string) bool {
	if v.Node == nil {
		for i := 0; ; i++ {
			switch v.Arg(i) {
			case "":
				return false
			case arg:
				return true
			}
		}
	}
	for i := range v.Node.Args {
		if v.Node.Args[i].Value == arg {
			return true
		}
	}
	return false
}

// Template reports whether a template engine decides (part of) the value.
func (v Value) Template() bool { return v.Node != nil && v.Node.Unknown() }

// Variable reports whether there is a variable in one of the arguments.
func (v Value) Variable() bool { return v.Node != nil && v.Node.Dollar() }

// Unknown reports whether nothing can be said about the value: a template
// engine decides it, or there is a variable in it.
func (v Value) Unknown() bool { return v.Template() || v.Variable() }

// word is the i-th argument where it is known and there.
func (v Value) word(i int) (string, bool) {
	if v.Node == nil {
		a := v.Arg(i)
		return a, a != ""
	}
	if v.Node.NameUnknown || i < 0 || i >= len(v.Node.Args) || v.Node.Args[i].Unknown {
		return "", false
	}
	a := v.Node.Args[i].Value
	return a, strings.IndexByte(a, '$') < 0
}

// Flag is the value of a flag. It is not ok when the value is unknown, absent
// or nothing that nginx accepts.
func (v Value) Flag() (on, ok bool) {
	a, known := v.word(0)
	if !known {
		return false, false
	}
	return nginx.ParseFlag(a)
}

// Size is the first argument in bytes, see Flag for ok.
func (v Value) Size() (int64, bool) { return v.SizeAt(0) }

// SizeAt is the i-th argument in bytes, see Flag for ok.
func (v Value) SizeAt(i int) (int64, bool) {
	a, known := v.word(i)
	if !known {
		return 0, false
	}
	return nginx.ParseSize(a)
}

// Msec is the first argument, a time, in milliseconds, see Flag for ok.
func (v Value) Msec() (int64, bool) {
	a, known := v.word(0)
	if !known {
		return 0, false
	}
	return nginx.ParseMsec(a)
}
