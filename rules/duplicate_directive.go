package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "duplicate-directive",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a directive for the second time in a block that takes it once",
		Why: "Most directives set one value, and nginx does not start if a block sets it twice, be it to the same value or through an include. " +
			"Inner blocks may set it anew. Directives that build lists, such as `proxy_set_header` or `error_page`, may stand any number of times.",
		Log: `[emerg] "proxy_read_timeout" directive is duplicate in /etc/nginx/nginx.conf:8`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_read_timeout 90s;
            proxy_pass http://127.0.0.1:8000;
            proxy_read_timeout 300s;
        }
    }
}
`,
		Good: `events {}
http {
    proxy_read_timeout 90s;
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_pass http://127.0.0.1:8000;
            proxy_read_timeout 300s;
        }
    }
}
`,
		Silent: "Where a template engine may keep only one of the two, and after a brace that does not match.",
		Links:  []string{"https://nginx.org/en/docs/dirindex.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		c := startup(p)
		d := duplicates{checkup: c, seen: make([]firstUse, len(c.commands)), often: make([][levels]repeated, len(c.commands))}
		for v := range c.accepted(d.mayClash) {
			d.add(v)
		}
		for first, more := range d.again.all() {
			reportDuplicate(p, first, more)
		}
	},
})

// duplicates collects the directives that stand in a level twice.
type duplicates struct {
	*checkup
	seen  []firstUse // by the number of the command
	often [][levels]repeated
	again byKey[*conf.Node, spot]
}

// levels is how many contexts there are.
const levels = len(command{}.in)

// mayClash reports whether there is a level which does not take a command any
// number of times, and notes how often each does.
func (d *duplicates) mayClash(cmd *command) bool {
	found := cmd == d.commands["map"]
	for in, facts := range cmd.in {
		if facts != nil {
			d.often[cmd.number][in] = repetition(facts, d.version)
			found = found || d.often[cmd.number][in] != anyTimes
		}
	}
	return found
}

// add looks at the next directive. All of one level come one after the other.
func (d *duplicates) add(v verdict) {
	if v.command == d.commands["map"] {
		// The first map sets the sizes of its hash (ngx_http_map_block, ngx_stream_map_block).
		d.first(d.commands["map_hash_max_size"], v)
		d.first(d.commands["map_hash_bucket_size"], v)
		return
	}
	often := d.often[v.command.number][levelNumber(v.scope.Context)]
	if often == anyTimes {
		return
	}
	cmd := v.command
	if cmd == d.commands["alias"] { // sets what root sets (ngx_http_core_root)
		cmd = d.commands["root"]
	}
	use, first := d.first(cmd, v)
	if first {
		return
	}
	if often.clash(use, v.node) && d.certain(use.node, v) {
		d.again.add(use.node, v.spot)
	}
}

// first returns the first directive of its level that sets what a command sets;
// it is the one at hand if there was none before it.
func (d *duplicates) first(cmd *command, v verdict) (use *firstUse, here bool) {
	use = &d.seen[cmd.number]
	if use.scope == v.scope {
		return use, false
	}
	*use = firstUse{scope: v.scope, node: v.node}
	return use, true
}

// firstUse is the first directive of a name in a level.
type firstUse struct {
	scope *model.Scope
	node  *conf.Node
	// later are the others of a list, see [perZone].
	later []*conf.Node
}

// repeated says how often a level takes a directive.
type repeated uint8

const (
	anyTimes repeated = iota
	once
	perZone   // once for each zone
	unlessOff // "off" stands alone
)

// clash reports whether nginx refuses a directive after those of its name that
// came before it in the level, and remembers it.
func (r repeated) clash(use *firstUse, n *conf.Node) bool {
	switch r {
	case unlessOff:
		return !use.node.Unknown() && !n.Unknown() && (isOff(use.node) || isOff(n))
	case perZone:
		for _, other := range append(use.later, use.node) {
			if zone := zoneOf(n); zone != "" && zone == zoneOf(other) {
				return true
			}
		}
		use.later = append(use.later, n)
		return false
	}
	return true
}

// isOff reports whether a directive switches its list off.
func isOff(n *conf.Node) bool { return len(n.Args) == 1 && n.Arg(0) == "off" }

// zoneOf is the zone that a limit_req or limit_conn names, "" if it is not known.
func zoneOf(n *conf.Node) string {
	if n.Unknown() {
		return ""
	}
	if n.Name == "limit_conn" {
		return n.Arg(0)
	}
	for i := range n.Args {
		if zone, ok := strings.CutPrefix(n.Args[i].Value, "zone="); ok {
			return zone
		}
	}
	return ""
}

// repetition tells how often a level takes a directive: as nginx's own setters
// have it, or as the modules say "is duplicate" by themselves.
func repetition(d *nginx.Directive, v nginx.Version) repeated {
	if d.Unique() {
		return once
	}
	if d.Type != nginx.TypeCustom {
		return anyTimes
	}
	switch d.Name {
	case "limit_req", "limit_conn": // ngx_http_limit_req, ngx_http_limit_conn, ngx_stream_limit_conn
		return perZone
	case "proxy_cookie_flags", "mirror": // ngx_http_proxy_cookie_flags, ngx_http_mirror
		return unlessOff
	case "proxy_redirect", "proxy_cookie_domain", "proxy_cookie_path": // ngx_http_proxy_redirect and its neighbours
		if v.AtLeast(nginx.V(1, 22, 0)) { // 1.18 takes "off" next to others
			return unlessOff
		}
		return anyTimes
	case "return":
		if d.Module == "ngx_stream_return_module" { // ngx_stream_return
			return once
		}
		return anyTimes
	}
	if setOnce[d.Name] {
		return once
	}
	return anyTimes
}

// setOnce are the directives whose modules have a setter of their own that says
// "is duplicate", in all modules that have a directive of the name.
var setOnce = map[string]bool{
	"events": true, "http": true, "mail": true, "stream": true, // ngx_events_block and its like
	"user": true, "worker_cpu_affinity": true, "worker_priority": true, "worker_processes": true, // src/core/nginx.c
	"use": true, "worker_connections": true, // src/event/ngx_event.c

	// src/http/ngx_http_core_module.c
	"root": true, "alias": true, "limit_except": true, "aio": true, "directio": true, "keepalive_timeout": true,
	"internal": true, "resolver": true, "disable_symlinks": true, "open_file_cache": true,

	// the modules of http
	"auth_basic_user_file": true, "auth_request": true, "charset": true, "source_charset": true, "expires": true,
	"geoip_country": true, "geoip_city": true, "geoip_org": true, "open_log_file_cache": true, "real_ip_header": true,
	"try_files": true, "userid_expires": true, "userid_mark": true, "keepalive": true,
	"proxy_pass": true, "fastcgi_pass": true, "uwsgi_pass": true, "scgi_pass": true, "grpc_pass": true, "memcached_pass": true,
	"proxy_cache": true, "fastcgi_cache": true, "uwsgi_cache": true, "scgi_cache": true,
	"proxy_cache_key": true, "fastcgi_cache_key": true, "uwsgi_cache_key": true, "scgi_cache_key": true,
	"proxy_store": true, "fastcgi_store": true, "uwsgi_store": true, "scgi_store": true,

	// TLS in http, mail and stream
	"ssl": true, "starttls": true, "ssl_alpn": true, "ssl_ocsp_cache": true, "ssl_password_file": true,
	"ssl_certificate_cache": true, "proxy_ssl_certificate_cache": true, "grpc_ssl_certificate_cache": true, "uwsgi_ssl_certificate_cache": true,
	"proxy_ssl_password_file": true, "grpc_ssl_password_file": true, "uwsgi_ssl_password_file": true,

	"proxy_bind": true, // of stream: ngx_stream_proxy_bind
}

// certain reports whether both directives reach nginx, in one block.
func (d *duplicates) certain(first *conf.Node, second verdict) bool {
	n := second.node
	if branches(first.File) || branches(n.File) ||
		hasSyntaxProblem(first) || hasSyntaxProblem(n) || afterBraceProblem(n) || second.command.shared {
		return false
	}
	return !d.uncertain(second.scope) || !slices.ContainsFunc(second.command.all, func(other *nginx.Directive) bool {
		return repetition(other, d.version) == anyTimes
	})
}

// reportDuplicate makes one finding of all directives after the first.
func reportDuplicate(p *lint.Pass, first *conf.Node, more []spot) {
	second := more[0].node
	f := lint.Finding{
		Message: fmt.Sprintf("%q directive is duplicate", second.Name),
		Help:    "keep one of them",
		Related: []lint.Related{{Place: lint.At(first), Message: "the first one"}},
	}
	switch {
	case first.Name == "map":
		f.Help = "put it before the first map, which sets it too"
		f.Related[0].Message = "the first map"
	case first.Name != second.Name:
		f.Message += fmt.Sprintf(", %q directive was specified earlier", first.Name)
	}
	if second.Name == "user" { // ngx_set_user, src/core/nginx.c
		f.Severity = lint.Warning
		f.Message += ": nginx does not start as root, and ignores both as any other user"
	}
	if second.IsBlock {
		f.Help = "put the content of both into one block"
	}
	relateNames(&f, "again", more[1:])
	p.Report(second, f)
}
