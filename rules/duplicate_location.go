package rules

import (
	"fmt"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "duplicate-location",
	Severity: lint.Error,
	Category: lint.Startup,
	// A location of Angie can have several paths.
	Except: []nginx.Flavour{nginx.Angie},
	Doc: lint.Doc{
		Summary: "two locations for one path",
		Why: `nginx does not start with two locations for the same prefix in one server, or in one enclosing location; "^~" makes no difference. The same holds for two with "=". A common cause is a snippet that brings a location which the server has itself.

"location /a" and "location = /a" are two different ones. Of regular expressions, and of named locations, nginx takes the first without a word.`,
		Log: `[emerg] duplicate location "/api" in /etc/nginx/nginx.conf:9`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location /api {
            return 204;
        }
        location ^~ /api {
            return 404;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location /api {
            return 204;
        }
        location = /api {
            return 404;
        }
    }
}
`,
		Silent: `Locations whose head a template engine fills in, and those that it may leave out.`,
		Links:  []string{"https://nginx.org/en/docs/http/ngx_http_core_module.html#location"},
	},
	OnScope: func(p *lint.Pass, s *model.Scope) {
		if !s.Context.Has(nginx.Server|nginx.Location) || len(s.Inside()) < 2 || !untemplated(s) {
			return
		}
		var seen locationSet
		for in := range s.Levels() {
			if in.Context != nginx.Location {
				continue
			}
			key := locationKey{name: in.Pattern()}
			switch in.Modifier() {
			case "=":
				key.exact = true
			case "", "^~":
			default:
				continue // not compared, or refused for its modifier
			}
			n := in.Node
			if n.Unknown() || len(n.Args) == 0 || branches(n.File) {
				continue
			}
			// ngx_http_join_exact_locations, src/http/ngx_http.c
			if first := seen.add(key, n); first != nil {
				f := lint.Finding{
					Message: fmt.Sprintf(`duplicate location "%s"`, key.name),
					Help:    again(first, n, "join the two, or leave one of them out"),
				}
				relate(&f, "the first", lint.At(first))
				reportStart(p, n, f)
			}
		}
	},
})

// locationKey is what tells the locations of a level apart.
type locationKey struct {
	exact bool
	name  string
}

// locationSet holds locations by their keys. Most levels have but a few, which a
// map would cost more than it saves.
type locationSet struct {
	few   [fewLocations]locationKey
	nodes [fewLocations]*conf.Node
	n     int
	many  map[locationKey]*conf.Node
}

const fewLocations = 12

// add returns the location of that key that was there before, nil if there was none
// and this one is it.
func (l *locationSet) add(key locationKey, n *conf.Node) *conf.Node {
	if l.many == nil {
		if i := slices.Index(l.few[:l.n], key); i >= 0 {
			return l.nodes[i]
		}
		if l.n < fewLocations {
			l.few[l.n], l.nodes[l.n] = key, n
			l.n++
			return nil
		}
		l.many = make(map[locationKey]*conf.Node, 2*fewLocations)
		for i, key := range l.few {
			l.many[key] = l.nodes[i]
		}
	}
	first := l.many[key]
	if first == nil {
		l.many[key] = n
	}
	return first
}
