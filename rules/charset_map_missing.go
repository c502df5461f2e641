package rules

import (
	"fmt"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "charset-map-missing",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a conversion between charsets that no charset_map describes",
		Why: "`source_charset` says how responses are encoded, and `charset` what clients get. Where both are set and differ, nginx converts, and needs a `charset_map` " +
			"between the two, in either direction. It knows none of its own; the folder of its configuration usually has koi-utf, koi-win and win-utf. nginx does not start without.",
		Log: `[emerg] no "charset_map" between the charsets "koi8-r" and "utf-8"`,
		Bad: `events {}
http {
    source_charset koi8-r;
    charset windows-1251;
    server {
        listen 127.0.0.1:8080;
    }
}
`,
		Good: `events {}
http {
    charset_map koi8-r windows-1251 {
        80 88;
    }
    source_charset koi8-r;
    charset windows-1251;
    server {
        listen 127.0.0.1:8080;
    }
}
`,
		Silent: "Configurations that are not in view as a whole; charsets that are variables.",
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_charset_module.html#charset_map"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Complete || c.HTTP == nil || !c.Uses("source_charset") || !c.Uses("charset") {
			return
		}
		maps, known := charsetMaps(c.HTTP)
		if !known {
			return
		}
		var missing byKey[[2]string, model.Value]
		for _, s := range c.Scopes {
			if !s.Context.Has(nginx.Server | nginx.Location | nginx.LocationIf) {
				continue
			}
			source, target := s.Effective("source_charset"), s.Effective("charset")
			pair := [2]string{strings.ToLower(source.Arg(0)), strings.ToLower(target.Arg(0))}
			switch {
			case !source.Set() || !target.Set() || source.Template() || target.Template() || pair[1] == "":
			case strings.HasPrefix(pair[0], "$") || strings.HasPrefix(pair[1], "$"):
			case pair[0] == pair[1] || pair[1] == "off" || maps[pair] || maps[[2]string{pair[1], pair[0]}]:
			default:
				missing.add(pair, target)
			}
		}
		for _, targets := range missing.all() {
			reportCharsets(p, targets)
		}
	},
})

// charsetMaps are the pairs of charsets that can be converted; not known where a
// template engine names one (ngx_http_charset_postconfiguration,
// src/http/modules/ngx_http_charset_filter_module.c).
func charsetMaps(http *model.Scope) (pairs map[[2]string]bool, known bool) {
	pairs = map[[2]string]bool{}
	for i := range http.Node.Children {
		n := &http.Node.Children[i]
		if n.NameUnknown || n.Name == "charset_map" && n.Unknown() {
			return nil, false
		}
		if n.Name == "charset_map" {
			pairs[[2]string{strings.ToLower(n.Arg(0)), strings.ToLower(n.Arg(1))}] = true
		}
	}
	return pairs, true
}

func reportCharsets(p *lint.Pass, targets []model.Value) {
	n := targets[0].Node
	f := lint.Finding{
		Place: lint.AtArg(n, 0),
	}
	for _, s := range p.Config.Scopes {
		if source := s.Effective("source_charset"); source.Set() && s.Effective("charset").Node == n {
			f.Message = fmt.Sprintf("no \"charset_map\" between the charsets %q and %q", source.Arg(0), n.Arg(0))
			f.Help = fmt.Sprintf("if the files are in %q already, leave \"source_charset\" out; else add a \"charset_map %s %s\" to http", n.Arg(0), source.Arg(0), n.Arg(0))
			relate(&f, "the charset to convert from", lint.AtArg(source.Node, 0))
			break
		}
	}
	p.Report(n, f)
}
