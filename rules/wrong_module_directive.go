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
	ID:       "wrong-module-directive",
	Severity: lint.Info,
	Category: lint.Correctness,
	Doc: lint.Doc{
		Summary: "a setting of another protocol than the requests go by",
		Why: `Each way to pass requests on has settings of its own: "proxy_read_timeout" is for "proxy_pass" alone, and "fastcgi_pass" goes by "fastcgi_read_timeout". nginx accepts either anywhere and says nothing of those without effect. Whoever raises "proxy_read_timeout" for PHP still gets 504 after the 60 seconds that are the default of "fastcgi_read_timeout".

Nor do settings of a location go along when "try_files" hands a request on to a named location: that one has what it and the levels around it set.`,
		Log: `[error] upstream timed out (110: Connection timed out) while reading response header from upstream, upstream: "fastcgi://192.0.2.10:9000"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_read_timeout 300s;
            fastcgi_param SCRIPT_FILENAME /srv/www/index.php;
            fastcgi_pass 192.0.2.10:9000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            fastcgi_read_timeout 300s;
            fastcgi_param SCRIPT_FILENAME /srv/www/index.php;
            fastcgi_pass 192.0.2.10:9000;
        }
    }
}
`,
		Silent: `Settings in http, where they serve all servers there may be; those that a snippet brings along and that have an effect elsewhere, or may have; settings whose counterpart is set as well. Settings of a server, and of a location that passes on only in locations inside of it, are spoken of only where no pass in it uses them and the counterpart that its passes do use is at its default. Locations that pass nothing on and answer by themselves.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_fastcgi_module.html#fastcgi_read_timeout",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout",
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#try_files",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		var idle byKey[*model.Scope, idleSetting]
		eachPassSetting(p, func(s *model.Scope, n *conf.Node, kind model.Kind, in passesIn) {
			if !in.kinds.has(kind) && isSettingOf(n.Name, kind, s) {
				if idler, ok := idleHere(p, s, n, kind, in); ok {
					idle.add(s, idler)
				}
			}
		})
		if len(idle.keys) == 0 {
			return
		}
		used := map[*conf.Directive]bool{}
		eachPassSetting(p, func(s *model.Scope, n *conf.Node, kind model.Kind, in passesIn) {
			if in.kinds.has(kind) && inSnippet(n, s) {
				used[n.Directive] = true
			}
		})
		reported := map[*conf.Directive]bool{}
		for s, settings := range idle.all() {
			settings = slices.DeleteFunc(settings, func(i idleSetting) bool {
				done := used[i.node.Directive] || reported[i.node.Directive]
				reported[i.node.Directive] = true
				return done
			})
			if len(settings) > 0 && settingsKnown(p, s) {
				reportIdleSettings(p, s, settings)
			}
		}
	},
})

// eachPassSetting visits the directives of servers and locations that by their names
// are settings of passes. Locations that answer by themselves are left out.
func eachPassSetting(p *lint.Pass, visit func(*model.Scope, *conf.Node, model.Kind, passesIn)) {
	type named struct {
		kind model.Kind
		ok   bool
	}
	names := make([]named, len(p.Config.Names()))
	for i, name := range p.Config.Names() {
		names[i].kind, names[i].ok = namedFor(name)
	}
	table := passTable(p)
	for _, s := range p.Config.Scopes {
		if s.Context != nginx.Location && s.Context != nginx.Server {
			continue
		}
		in, found := table.at(s)
		if !found && s.Own("try_files") == nil {
			continue
		}
		for i, head := range s.Heads() {
			if name := names[head.Name]; name.ok {
				visit(s, &s.Node.Children[i], name.kind, in)
			}
		}
	}
}

// idleSetting is a setting that nothing at its level uses.
type idleSetting struct {
	node *conf.Node
	// pass is what requests go by instead.
	pass *model.Proxy
	// twin is what the setting is called for that, "" where there is none.
	twin string
	// named is the named location that requests go to, "" if they are passed on
	// from this one.
	named string
}

// idleHere judges a setting of a kind that no pass of the level has.
func idleHere(p *lint.Pass, s *model.Scope, n *conf.Node, kind model.Kind, in passesIn) (idleSetting, bool) {
	if !onlyHere(p, n, s) {
		return idleSetting{}, false
	}
	i := idleSetting{node: n}
	if in.kinds == 0 {
		x := handedTo(p, s)
		if x == nil || x.Kind != kind || sameSetting(x.Scope, n) {
			return i, false
		}
		i.pass, i.named = x, x.Scope.Pattern()
		return i, true
	}
	suffix := strings.TrimPrefix(n.Name, kind.Prefix()+"_")
	for _, x := range in.passes {
		if i.pass == nil {
			i.pass = x
		}
		if nginx.Find(x.Directive(suffix), s.Context) == nil {
			continue
		}
		v := x.Effective(suffix)
		if v.Set() || !scalarKnown(p, x.Scope, v) {
			return i, false
		}
		i.pass, i.twin = x, x.Directive(suffix)
	}
	return i, i.pass != nil && (i.twin != "" || in.here != 0 && s.Context == nginx.Location)
}

// handedTo is the pass of the named location to which a location's try_files
// hands on what it does not find, or nil.
func handedTo(p *lint.Pass, s *model.Scope) *model.Proxy {
	files := s.Own("try_files")
	if files == nil || files.Unknown() || s.Server == nil || s.Own("return") != nil || !strings.HasPrefix(lastArg(files), "@") {
		return nil
	}
	return namedPasses(p)[namedLocation{s.Server, lastArg(files)}]
}

// sameSetting reports whether a level has a setting of the same name itself, or
// one with the same value from further out.
func sameSetting(s *model.Scope, n *conf.Node) bool {
	if s.Own(n.Name) != nil {
		return true
	}
	nodes, _ := s.Array(n.Name)
	return slices.ContainsFunc(nodes, func(o *conf.Node) bool { return slices.Equal(o.Values(), n.Values()) })
}

// reportIdleSettings reports the settings of a level that do nothing: the first
// one that the requests' own way has too, else the first.
func reportIdleSettings(p *lint.Pass, s *model.Scope, settings []idleSetting) {
	first := settings[0]
	for _, i := range settings {
		if i.twin != "" && first.twin == "" {
			first = i
		}
	}
	n, pass := first.node, first.pass.Pass.Name
	f := lint.Finding{Place: lint.At(n)}
	switch {
	case first.named != "":
		f.Message = fmt.Sprintf("%q does nothing here: requests are handed on to %q, which takes over no settings of this location", n.Name, first.named)
		f.Help = fmt.Sprintf("move it to %q", first.named)
	case first.twin == "":
		f.Message = fmt.Sprintf("%q does nothing here: requests are passed on with %q", n.Name, pass)
		f.Help = "leave it out"
	default:
		f.Message = fmt.Sprintf("%q does nothing in this %s: requests are passed on with %q, which goes by %q", n.Name, s.Name(), pass, first.twin)
		if v := s.Effective(first.twin); v.HasDefault {
			f.Message += ", " + v.Default + " by default"
		}
		f.Help = fmt.Sprintf("write %q in its place", first.twin)
	}
	relate(&f, "requests are passed on here", lint.AtArg(first.pass.Pass, 0))
	var more []lint.Place
	for _, i := range settings {
		more = append(more, lint.At(i.node))
	}
	relateSame(&f, "does nothing either", more[:min(len(more), maxRelated)]...)
	p.Report(n, f)
}
