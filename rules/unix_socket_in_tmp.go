package rules

import (
	"fmt"
	"path"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "unix-socket-in-tmp",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Doc: lint.Doc{
		Summary: "a Unix socket in /tmp, which each service may have of its own",
		Why: `systemd gives a service with "PrivateTmp=yes" a /tmp and a /var/tmp that nothing else sees. The unit of nginx has it on Fedora and Red Hat's systems, the units of many applications everywhere. A socket that the backend makes there is not there for nginx then: every request is answered with 502, while "ls" in a shell shows the socket.

What cleans up /tmp may also take the socket away from under a running backend.`,
		Log: `[crit] connect() to unix:/tmp/app.sock failed (2: No such file or directory) while connecting to upstream, upstream: "http://unix:/tmp/app.sock:/"`,
		Bad: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://unix:/tmp/app.sock;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 8080;
        location / {
            proxy_pass http://unix:/run/app/app.sock;
        }
    }
}
`,
		Silent: `Configurations of containers, those in folders named after Docker, or with "daemon off", which systemd does not start. Sockets on which nginx itself listens. Servers that stand in for those that the code of "balancer_by_lua_block" chooses.`,
		Links: []string{
			"https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#PrivateTmp=",
			"https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !p.Deploy.Empty() || inForeground(c) {
			return
		}
		var uses []unixUse
		for _, use := range unixUses(p) {
			if isBelow(use.path, "/tmp", "/var/tmp") && !listensOnSocket(p, use.path) && !forDocker(use.node.File) {
				uses = append(uses, use)
			}
		}
		if len(uses) == 0 {
			return
		}
		first := uses[0]
		ends := answeredWith(p, "502", first.passes()...)
		if first.stream() {
			ends = "closed connections, session status 502"
		}
		f := lint.Finding{
			Place: first.place,
			Message: fmt.Sprintf("nginx does not see the socket %q if systemd gives nginx or the backend a /tmp of its own (PrivateTmp): %s (connect() to unix:%s failed (2: No such file or directory))",
				first.path, ends, first.path),
			Help: `put it into a folder in /run, such as one that "RuntimeDirectory" makes for the backend`,
		}
		relateSockets(&f, "in /tmp too", uses)
		p.Report(first.node, f)
	},
})

// inForeground reports whether nginx does not put itself into the background, as
// in containers and below supervisors other than systemd.
func inForeground(c *model.Config) bool {
	on, ok := c.Main.Effective("daemon").Flag()
	return ok && !on
}

// forDocker reports whether the name of a file or of a folder above it speaks of
// Docker, as where images are built from, often with nginx and the backend in one.
func forDocker(f *conf.File) bool {
	return f != nil && strings.Contains(strings.ToLower(f.Path), "docker")
}

// isBelow reports whether a path is inside of one of the folders.
func isBelow(name string, folders ...string) bool {
	name = path.Clean(name)
	for _, folder := range folders {
		if len(name) > len(folder)+1 && name[:len(folder)] == folder && name[len(folder)] == '/' {
			return true
		}
	}
	return false
}
