package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "unknown-variable",
	Severity: lint.Error,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: "a variable that nothing defines",
		Why: "Every variable has to exist when nginx has read its configuration: its own ones, those of its modules, and those that set, map, geo, split_clients, " +
			"auth_request_set or a named capture of a regular expression define, anywhere in http (stream has variables of its own). nginx does not start if a value " +
			"uses another one. Upper and lower case are the same. A dollar sign cannot be escaped: what follows it is taken for a name.",
		Log: `[emerg] unknown "backend" variable`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        return 302 https://$hostt$request_uri;
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        return 302 https://$host$request_uri;
    }
}
`,
		Silent: "Variables that are written as those of the environment are, `${APP_HOST}`, which `unexpanded-template-variable` reports. Configurations that are not in view as a whole; variables that a directive of a third-party module mentions; values that a template engine fills in. " +
			"Where modules are used that nginx does not come with, it is a warning, since they may define the variable.",
		Links: []string{"https://nginx.org/en/docs/varindex.html"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		missing := missingVariables(p)
		left := maxComparisons
		for _, uses := range missing.variables.all() {
			if !missing.areEnvironment(uses) {
				reportUnknownVariable(p, missing.definitions, uses, &left)
			}
		}
	},
})

// missingKey is the key of [missingVariables] among what rules share.
type missingKey struct{}

// variableKey names a variable of http or of stream.
type variableKey struct {
	stream bool
	name   string
}

// unknownVariables are the variables that nginx looks for and does not find, in
// the order in which it meets them.
type unknownVariables struct {
	variables   byKey[variableKey, variableUse]
	definitions *definitions
}

// missingVariables looks for all uses of unknown variables, once for all rules.
// There are none where not all definitions are in view.
func missingVariables(p *lint.Pass) *unknownVariables {
	return p.Shared(missingKey{}, func() any {
		missing := &unknownVariables{}
		if !p.Config.Complete {
			return missing
		}
		c := startup(p)
		d := c.defined()
		missing.definitions = d
		if d.blind {
			return missing
		}
		lacks := map[variableKey]bool{} // the answers so far: most variables are used again and again
		look := variableSearch{
			lacks: func(stream bool, name string) bool {
				key := variableKey{stream, name}
				lack, known := lacks[key]
				if !known {
					lack = !d.has(stream, name) && (d.tooNew(stream, name) || !isForeignVariable(name))
					lacks[key] = lack
				}
				return lack
			},
			note: func(use variableUse) {
				missing.variables.add(variableKey{use.stream, use.name}, use)
			},
		}
		for v := range c.accepted(usesVariables) {
			look.in(v)
		}
		return missing
	}).(*unknownVariables)
}

// isForeignVariable reports whether a variable has the name of one that a common
// module by others defines without being asked to.
func isForeignVariable(name string) bool {
	for _, prefix := range []string{
		"brotli_", "zstd_", "echo_", "vts_", "opentracing_", "opentelemetry_", "otel_", "datadog_", "dd_", "jaeger_", "nchan_", "upload_", "uploadprogress_",
		"ngx_", "lua_", "modsecurity", "naxsi_", "pagespeed", "passenger_", "rds_", "ssl_ja", "ssl_server_cert", "ja3", "ja4", "fingerprint", "angie_", "acme_",
		"p8s_", "upstream_sticky", "sticky_", "fancyindex_", "cache_purge", "njs_", "js_", "geoip2_", "spnego_", "ntlm_", "rtmp_", "vod_", "nginx_",
		"upstream_fair", "sorted_querystring", "quic", "sent_body", "jwt_", "saml_", "oidc_",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// reportUnknownVariable reports all uses of one variable.
func reportUnknownVariable(p *lint.Pass, d *definitions, uses []variableUse, left *int) {
	first := uses[0]
	f := lint.Finding{
		Place:   first.place,
		Message: fmt.Sprintf("unknown %q variable: nothing defines it", first.name),
		Help:    unknownVariableHelp(d, first, left),
	}
	switch {
	case d.tooNew(first.stream, first.name):
		f.Message = fmt.Sprintf("unknown %q variable: nginx %s does not have it yet", first.name, d.version)
		f.Help = ""
	case d.foreign:
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("unknown %q variable: only a third-party module can define it", first.name)
	}
	places := make([]lint.Place, len(uses))
	for i, use := range uses {
		places[i] = use.place
	}
	relateSame(&f, "used here too", places...)
	p.Report(first.node, f)
}

// maxComparisons is how many pairs of names are compared for a similar one.
const maxComparisons = 500_000

// unknownVariableHelp says what to write instead; left is how many names it may
// still compare.
func unknownVariableHelp(d *definitions, use variableUse, left *int) string {
	own, others, builtin := d.http, d.stream, nginx.HTTPVariables()
	if use.stream {
		own, others, builtin = d.stream, d.http, nginx.StreamVariables()
	}
	if use.name == "memcached_key" {
		return `set "$memcached_key" to the key to look up`
	}
	if len(use.name) == 1 && '0' <= use.name[0] && use.name[0] <= '9' {
		return "captures are $1 to $9, without braces, and stand in values only"
	}
	if *left -= len(own) + len(builtin); *left < 0 {
		return `define it with "set" or "map"`
	}
	candidates := append(slices.Sorted(maps.Keys(own)), builtin...)
	if near, ok := nginx.Nearest(use.name, candidates); ok {
		return fmt.Sprintf("did you mean %q?", "$"+near)
	}
	if others[use.name] || !use.stream && nginx.IsStreamVariable(use.name) || use.stream && nginx.IsHTTPVariable(use.name) {
		return "http and stream have variables of their own"
	}
	// The longest known name that it begins with: "$uri_x" may be "${uri}_x".
	best := ""
	for _, name := range candidates {
		if strings.HasPrefix(use.name, name) && len(name) > len(best) {
			best = name
		}
	}
	if len(best) > 2 {
		return fmt.Sprintf("define it with \"set\" or \"map\"; or write \"${%s}%s\" if the name ends there", best, use.name[len(best):])
	}
	return `define it with "set" or "map"`
}
