package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "plus-only-directive",
	Severity: lint.Warning,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: "a directive that only NGINX Plus has",
		Why: "Open source nginx refuses the directives of F5's commercial build as unknown, and does not start. " +
			"A few of them came to open source later: `resolver` in an upstream group with 1.27.3, `sticky` with 1.29.6.",
		Log: `[emerg] unknown directive "health_check" in /etc/nginx/nginx.conf:9`,
		Bad: `events {}
http {
    upstream app {
        zone app 64k;
        server 127.0.0.1:8000;
    }
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_pass http://app;
            health_check;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        zone app 64k;
        server 127.0.0.1:8000;
    }
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: "A configuration does not say which build runs it, and on NGINX Plus all of this is right: it is one warning for all such directives of a configuration. " +
			"It is an error only where the configuration file says that the flavour is `nginx`, or where the deployment shows a plain open source image: of a compose file that builds no image of its own, with no module loaded that is not known here. " +
			"Names that modules of third parties have too (auth_jwt, keyval, proxy_cache_purge) are not reported.",
		Links: []string{"https://nginx.org/en/docs/http/ngx_http_upstream_hc_module.html", "https://docs.nginx.com/nginx/releases/"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		found := slices.Clone(startup(p).refused[commercial])
		if len(found) == 0 {
			return
		}
		inOrder(found)
		first := startup(p).judge(found[0])
		name := first.node.Name
		f := lint.Finding{
			Message: fmt.Sprintf("%q is a directive of NGINX Plus: open source nginx refuses it (%s)", name, refusal(first)),
			Help:    "without NGINX Plus, leave it out",
		}
		if first.facts != nil && isPlusForm(first.node) {
			f.Message = fmt.Sprintf("\"sync\" of %q is of NGINX Plus: open source nginx refuses it (%s)", name, refusal(first))
		} else if first.facts != nil {
			f.Message += ", before " + first.facts.Since.String()
		}
		if image, open := openSource(p); open {
			f.Severity = lint.Error
			if image != "" {
				f.Message += fmt.Sprintf("; this configuration is run by the open source image %q", image)
			}
		}
		relateNames(&f, "of NGINX Plus too", found[1:])
		reportName(p, first.node, f)
	},
})

// refusal is what open source nginx says.
func refusal(v verdict) string {
	switch {
	case isPlusForm(v.node):
		return fmt.Sprintf("invalid number of arguments in %q directive", v.node.Name)
	case v.facts != nil && len(commands()[v.node.Name].all) > 1:
		return fmt.Sprintf("%q directive is not allowed here", v.node.Name)
	}
	return fmt.Sprintf("unknown directive %q", v.node.Name)
}

// wasPlus reports whether a directive that open source nginx has by now was in
// NGINX Plus before: session affinity, the response time method, and the
// resolver of a group.
func wasPlus(name string) bool {
	switch name {
	case "sticky", "least_time", "resolver", "resolver_timeout":
		return true
	}
	return false
}

// isPlusForm reports whether the number of arguments is one that only NGINX Plus
// takes: "sync" of limit_req_zone.
func isPlusForm(n *conf.Node) bool {
	return n.Name == "limit_req_zone" && len(n.Args) == 4 && n.Arg(3) == "sync"
}

// openSource reports whether it is certain that open source nginx, with no modules but
// those that are known here, runs the configuration; image is the one that says so, ""
// where the flavour does.
func openSource(p *lint.Pass) (image string, open bool) {
	if loadsUnknownModule(p.Config) {
		return "", false
	}
	if p.Config.Flavour == nginx.Open {
		return "", true
	}
	image = plainImage(p.Deploy)
	return image, image != ""
}

// plainImage is the open source image that runs the configuration in every
// container that is known to carry it; "" if there is another, or none.
func plainImage(e *deploy.Evidence) string {
	if e.Empty() {
		return ""
	}
	for _, c := range e.Containers {
		if !c.Root || c.Built || !isPlainImage(c.Image) {
			return ""
		}
	}
	return e.Containers[0].Image
}

// isPlainImage reports whether an image, as it is published, holds open source
// nginx and nothing but the modules that come with it.
func isPlainImage(image string) bool {
	switch strings.TrimPrefix(image, "docker.io/") {
	case "nginx", "library/nginx", "nginxinc/nginx-unprivileged":
		return true
	}
	return false
}
