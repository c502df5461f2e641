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
	ID:       "plus-only-parameter",
	Severity: lint.Warning,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: "a parameter that only NGINX Plus knows",
		Why:     `Open source nginx refuses parameters of F5's commercial build, and does not start: "slow_start=" at the server of an upstream group, "purger" and its relatives at the path of a cache.`,
		Log:     `[emerg] invalid parameter "slow_start=30s" in /etc/nginx/nginx.conf:4`,
		Bad: `events {}
http {
    upstream app {
        server 192.0.2.10:8000 slow_start=30s;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:8000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `A configuration does not say which build runs it, so this is a warning, once for all such parameters; it is an error where the configuration file says that the flavour is "nginx", or the deployment shows a plain open source image.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#slow_start",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#purger",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		found := plusParameters(c)
		if len(found) == 0 {
			return
		}
		first := found[0]
		f := lint.Finding{
			Place:   lint.AtArg(first.node, first.arg),
			Message: fmt.Sprintf(`invalid parameter "%s": only NGINX Plus knows it`, first.node.Arg(first.arg)),
			Help:    "without NGINX Plus, leave it out",
		}
		for _, other := range found[1:] {
			relateSame(&f, "of NGINX Plus too", lint.AtArg(other.node, other.arg))
		}
		if p.Config.Flavour == nginx.Open && !loadsUnknownModule(c) {
			f.Severity = lint.Error
		} else if image := plainImage(p.Deploy); image != "" && !loadsUnknownModule(c) {
			f.Severity = lint.Error
			f.Message += fmt.Sprintf("; this configuration is run by the open source image %q", image)
		}
		reportStart(p, first.node, f)
	},
})

// parameterPlace is an argument of a directive.
type parameterPlace struct {
	node *conf.Node
	arg  int
}

// plusParameters are the parameters of NGINX Plus.
func plusParameters(c *model.Config) []parameterPlace {
	var found []parameterPlace
	starts := slices.ContainsFunc(c.Upstreams, startsSlowly)
	newTextWalk(c, func(name string) bool { return starts && name == "server" || strings.HasSuffix(name, "_cache_path") }, func(s *model.Scope, n *conf.Node) {
		cache := n.Name != "server"
		if !cache && !s.Context.Has(nginx.Upstream|nginx.StreamUpstream) {
			return
		}
		for i := 1; i < len(n.Args); i++ {
			v := n.Arg(i)
			if !cache && strings.HasPrefix(v, "slow_start=") || cache && strings.HasPrefix(v, "purger") {
				found = append(found, parameterPlace{n, i})
			}
		}
	}).through(c.Main)
	return found
}

// startsSlowly reports whether a server of a group has "slow_start".
func startsSlowly(u *model.Upstream) bool {
	for i := range u.Peers {
		if _, ok := u.Peers[i].Params["slow_start"]; ok {
			return true
		}
	}
	return false
}
