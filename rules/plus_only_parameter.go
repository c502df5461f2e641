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
		Why:     `Open source nginx refuses parameters of F5's commercial build, and does not start: "slow_start=" at the server of an upstream group, "purger" and its relatives at the path of a cache. It takes the "status_zone=" of "resolver" for the name of a name server, which it does not find.`,
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
			"https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver_status_zone",
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
			Message: first.refusal() + ": only NGINX Plus knows it",
			Help:    "without NGINX Plus, leave it out",
		}
		for _, other := range found[1:] {
			relateSame(&f, "of NGINX Plus too", lint.AtArg(other.node, other.arg))
		}
		if image, open := openSource(p); open {
			f.Severity = lint.Error
			if image != "" {
				f.Message += fmt.Sprintf("; this configuration is run by the open source image %q", image)
			}
		}
		reportStart(p, first.node, f)
	},
})

// parameterPlace is an argument of a directive.
type parameterPlace struct {
	node *conf.Node
	arg  int
}

// refusal is what open source nginx says of the parameter.
func (at parameterPlace) refusal() string {
	what := "invalid parameter"
	if at.node.Name == "resolver" {
		what = "host not found in resolver"
	}
	return fmt.Sprintf(`%s "%s"`, what, at.node.Arg(at.arg))
}

// plusParameters are the parameters of NGINX Plus.
func plusParameters(c *model.Config) []parameterPlace {
	var found []parameterPlace
	starts := slices.ContainsFunc(c.Upstreams, startsSlowly)
	newTextWalk(c, func(name string) bool {
		return starts && name == "server" || name == "resolver" || strings.HasSuffix(name, "_cache_path")
	}, func(s *model.Scope, n *conf.Node) {
		if n.Name == "server" && !s.Context.Has(nginx.Upstream|nginx.StreamUpstream) {
			return
		}
		for i := range n.Args {
			if isPlusParameter(n, i) {
				found = append(found, parameterPlace{n, i})
			}
		}
	}).through(c.Main)
	return found
}

// isPlusParameter reports whether an argument is a parameter of NGINX Plus. The
// first one is the address of a server, or the path of a cache.
func isPlusParameter(n *conf.Node, arg int) bool {
	v := n.Arg(arg)
	switch n.Name {
	case "resolver":
		return strings.HasPrefix(v, "status_zone=")
	case "server":
		return arg > 0 && strings.HasPrefix(v, "slow_start=")
	}
	return arg > 0 && strings.HasPrefix(v, "purger")
}

// wasPlusParameter reports whether an argument that open source nginx takes by now was
// taken by NGINX Plus before: run-time lookups, session affinity and draining of the
// servers of a group, and the response time method.
func wasPlusParameter(n *conf.Node, arg int) bool {
	key, _, _ := strings.Cut(n.Arg(arg), "=")
	switch n.Name {
	case "server":
		return slices.Contains([]string{"resolve", "service", "route", "drain"}, key)
	case "random":
		return key == "least_time"
	}
	return false
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
