package rules

import (
	"fmt"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
	"github.com/nginxlint/nginxlint/lint/setter"
)

var _ = add(&lint.Rule{
	ID:       "directive-version",
	Severity: lint.Error,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: "a directive, or a value of one, that the target release of nginx does not have",
		Why: "Directives and their values come and go with nginx's releases. A release refuses what came after it or was removed before it, " +
			"in the same words as any unknown directive or value.",
		Log: `[emerg] unknown directive "http2" in /etc/nginx/nginx.conf:5`,
		Bad: `# nginx: 1.24.0
events {}
http {
    server {
        listen 127.0.0.1:8080;
        http2 on;
    }
}
`,
		Good: `# nginx: 1.26.0
events {}
http {
    server {
        listen 127.0.0.1:8080;
        http2 on;
    }
}
`,
		Silent: "Where the target release is not known, by `--nginx-version` or from the image in a compose file or Dockerfile. " +
			"What NGINX Plus had before, such as `resolve` at the server of a group, is a warning unless open source nginx is certain to run it; directives of that kind are for `plus-only-directive`.",
		Links: []string{"https://nginx.org/en/CHANGES"},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		c := startup(p)
		for v := range c.refusals(misversioned) {
			if c.uncertain(v.scope) && c.elsewhere() && !c.nowhere(v.node.Name) {
				continue
			}
			says := "unknown directive %q"
			if !c.nowhere(v.node.Name) {
				says = "%q directive is not allowed here"
			}
			f := lint.Finding{
				Message: fmt.Sprintf(says+" in nginx %s: %s", v.node.Name, c.version, lifetime(v.facts, c.version)),
				Help:    successor(v.node.Name),
			}
			if backported(v.node.Name) {
				f.Severity = lint.Warning
				f.Message += ", unless a distribution has brought it to this release"
			}
			reportName(p, v.node, f)
		}
		for _, i := range invalid(p) {
			if i.takes.IsZero() {
				continue
			}
			f := lint.Finding{
				Place:   lint.AtArg(i.at, i.Arg),
				Message: fmt.Sprintf("%s in nginx %s: %s", i.Message, c.version, comparedWith(i.takes, c.version)),
			}
			if _, open := openSource(p); !open && wasPlusParameter(i.at, i.Arg) {
				f.Severity = lint.Warning
				f.Message += ", NGINX Plus took it before"
			}
			p.Report(i.at, f)
		}
	},
})

// nowhere reports whether the target has no directive of that name at all.
func (c *checkup) nowhere(name string) bool {
	for _, d := range c.commands[name].all {
		if d.KnownIn(c.version) {
			return false
		}
	}
	return true
}

// backported reports whether distributions have added a directive to releases
// older than its own: max_headers is the mending of a vulnerability.
func backported(name string) bool { return name == "max_headers" }

// lifetime says which releases have a directive that v has not.
func lifetime(d *nginx.Directive, v nginx.Version) string {
	if v.Before(d.Since) {
		return "it is there since " + d.Since.String()
	}
	for _, r := range nginx.Releases() {
		if r.Compare(d.Last) > 0 {
			return fmt.Sprintf("it was removed in %s, %s is the last release with it", r, d.Last)
		}
	}
	return "the last release with it is " + d.Last.String()
}

// successor says what to write instead of a directive that was removed.
func successor(name string) string {
	switch name {
	case "ssl":
		return `write "ssl" as a parameter of listen`
	case "http2_max_field_size", "http2_max_header_size":
		return `use "large_client_header_buffers"`
	case "http2_max_requests":
		return `use "keepalive_requests"`
	case "http2_idle_timeout", "http2_recv_timeout":
		return `use "keepalive_timeout" and "client_header_timeout"`
	}
	return ""
}

// takenBy is the release nearest to the target, newer ones first, that takes
// what the target refuses; zero if none does or the target is not known.
func (c *checkup) takenBy(v verdict) nginx.Version {
	if c.version.IsZero() {
		return nginx.Version{}
	}
	releases := nginx.Releases()
	newest := releases[len(releases)-1]
	d := c.withArguments(v, v.node.Values())
	if d.Version = newest; setter.Check(&d) != nil {
		if d.Version = releases[0]; setter.Check(&d) != nil {
			return nginx.Version{}
		}
	}
	var older nginx.Version
	for _, release := range releases {
		d.Version = release
		if !v.facts.KnownIn(release) || setter.Check(&d) != nil {
			continue
		}
		if release.Compare(c.version) > 0 {
			return release
		}
		older = release
	}
	return older
}

// comparedWith says how a release that takes a value stands to the target.
func comparedWith(takes, target nginx.Version) string {
	if takes.Compare(target) > 0 {
		return "it takes this since " + takes.String()
	}
	return takes.String() + " was the last release to take this"
}
