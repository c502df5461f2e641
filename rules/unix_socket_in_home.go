package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "unix-socket-in-home",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a Unix socket in the home folder of a user that nginx's workers are not",
		Why:     `To connect to a socket, the workers of nginx need the permission to pass through every folder on the way (x) and to write to the socket (w). They run as a user of their own, and the home folders that Debian, Ubuntu, Red Hat and others make let nobody in but their owner. Every request is then answered with 502, whatever the permissions of the socket itself; /root is closed everywhere.`,
		Log:     `[crit] connect() to unix:/home/deploy/app/app.sock failed (13: Permission denied) while connecting to upstream, upstream: "http://unix:/home/deploy/app/app.sock:/"`,
		Bad: `user www-data;
events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://unix:/home/deploy/app/app.sock;
        }
    }
}
`,
		Good: `user www-data;
events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://unix:/run/app/app.sock;
        }
    }
}
`,
		Silent: `Where "user" names root or the owner of the folder, and home folders that are called like users that web servers run as. Configurations of containers. Sockets on which nginx itself listens. The permissions of the machine are not looked at.`,
		Links: []string{
			"https://nginx.org/en/docs/ngx_core_module.html#user",
			"https://man7.org/linux/man-pages/man7/path_resolution.7.html",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !p.Deploy.Empty() {
			return
		}
		worker := c.Main.Effective("user")
		if worker.Unknown() || worker.Arg(0) == "root" {
			return
		}
		var homes byKey[string, unixUse]
		for _, use := range unixUses(p) {
			home, owner := homeOf(use.path)
			if home != "" && owner != worker.Arg(0) && !isWebUser(owner) && !listensOnSocket(p, use.path) {
				homes.add(home, use)
			}
		}
		for home, uses := range homes.all() {
			reportHomeSocket(p, home, worker, uses)
		}
	},
})

// homeOf is the home folder that a path is in, with its owner.
func homeOf(name string) (home, owner string) {
	name = path.Clean(name)
	if isBelow(name, "/root") {
		return "/root", "root"
	}
	rest, ok := strings.CutPrefix(name, "/home/")
	owner, _, below := strings.Cut(rest, "/")
	if !ok || !below {
		return "", ""
	}
	return "/home/" + owner, owner
}

// isWebUser reports whether nginx's workers may well run as that user where the
// configuration does not say so.
func isWebUser(name string) bool {
	switch name {
	case "nginx", "www", "www-data", "http", "httpd", "apache", "wwwrun", "nobody", "web":
		return true
	}
	return false
}

// reportHomeSocket reports all sockets in one home folder.
func reportHomeSocket(p *lint.Pass, home string, worker model.Value, uses []unixUse) {
	first := uses[0]
	ends := answeredWith(p, "502", first.passes()...)
	if first.stream() {
		ends = "closed connections, session status 502"
	}
	f := lint.Finding{
		Place: first.place,
		Message: fmt.Sprintf("nginx's workers need to pass through %q, which most systems open to its owner alone: %s (connect() to unix:%s failed (13: Permission denied))",
			home, ends, first.path),
		Help: `put the socket into a folder in /run that nginx's workers may pass through`,
	}
	relateSockets(&f, "in the same home folder", uses)
	if worker.Set() {
		relate(&f, "what the workers run as", lint.At(worker.Node))
	}
	p.Report(first.node, f)
}
