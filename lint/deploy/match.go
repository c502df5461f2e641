package deploy

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// matcher looks for the containers that carry one configuration.
type matcher struct {
	f     *Finder
	root  []string // the root file as named, and its real path
	files []string // real paths of the other files
	// projects are all compose projects around the configuration.
	projects []*project
}

// carried says how a container comes to have a file.
type carried struct {
	place Place
	path  string // in the container
	root  bool
}

// configFolders are where nginx's builds look for their configuration.
var configFolders = []string{
	"/etc/nginx", "/usr/local/nginx/conf", "/usr/local/etc/nginx", "/opt/nginx/conf",
	"/usr/local/openresty/nginx/conf", "/etc/openresty", "/opt/bitnami/nginx/conf",
	"/opt/bitnami/openresty/nginx/conf", "/config/nginx", "/opt/docker/etc/nginx", "/etc/angie",
}

// inConfigFolder reports whether a path in a container is nginx configuration
// by where it lies.
func inConfigFolder(p string) bool {
	return slices.ContainsFunc(configFolders, func(dir string) bool {
		_, ok := below(p, dir)
		return ok
	})
}

// below reports whether p is dir or lies in it, and the rest of its path.
func below(p, dir string) (rest string, ok bool) {
	if p == dir {
		return "", true
	}
	prefix := strings.TrimSuffix(dir, "/") + "/"
	return strings.CutPrefix(p, prefix)
}

// hostBelow is [below] for paths on the host, which may hold links.
func (m *matcher) hostBelow(file, host string) (rest string, ok bool) {
	for _, h := range [...]string{host, m.f.real(host)} {
		if rest, ok = below(filepath.ToSlash(file), filepath.ToSlash(h)); ok {
			return rest, true
		}
	}
	return "", false
}

// project adds the services of a project that carry the configuration, and
// notes from which Dockerfiles they are built.
func (m *matcher) project(e *Evidence, p *project, built map[string]bool) {
	var found []*Container
	for _, name := range p.names() {
		s := p.services[name]
		c, ok := m.carries(p, s)
		if !ok {
			continue
		}
		found = append(found, m.container(p, s, c))
		for _, o := range s.origins {
			if o.build != nil {
				built[o.build.dockerfile] = true
			}
		}
	}
	if len(found) == 0 {
		if e.elsewhere == nil {
			e.elsewhere = map[string]bool{}
		}
		for name := range p.services {
			e.elsewhere[strings.ToLower(name)] = true
		}
	}
	e.Containers = append(e.Containers, found...)
}

// carries looks for the root file first and for any other file then.
func (m *matcher) carries(p *project, s *service) (carried, bool) {
	for _, file := range m.root {
		if c, ok := m.brings(p, s, file); ok {
			c.root = true
			return c, true
		}
	}
	for _, file := range m.files {
		if c, ok := m.brings(p, s, file); ok {
			return c, true
		}
	}
	return carried{}, false
}

// brings says how file gets into the service's container as configuration.
func (m *matcher) brings(p *project, s *service, file string) (carried, bool) {
	for _, mount := range s.Mounts {
		if !mount.Bind {
			continue
		}
		rest, ok := m.hostBelow(file, mount.Source)
		if !ok {
			continue
		}
		if inside := path.Join(mount.Target, rest); isConfiguration(s, mount.Target, inside) {
			return carried{place: mount.Place, path: inside}, true
		}
	}
	for _, c := range s.configs {
		if host := p.configs[c.source]; host != "" && (host == file || m.f.real(host) == file) &&
			isConfiguration(s, c.target, c.target) {
			return carried{place: c.place, path: c.target}, true
		}
	}
	for _, o := range s.origins {
		if o.build == nil {
			continue
		}
		for _, l := range m.built(o.build, file) {
			if !shadowed(s, l.path) && (l.used || mentions(s, l.path)) {
				return carried{place: l.place, path: l.path}, true
			}
		}
	}
	return carried{}, false
}

// isConfiguration reports whether what is mounted on target makes the file inside
// nginx's configuration: by its folder, by its name if it is mounted on its own,
// or because the service's command names it.
func isConfiguration(s *service, target, inside string) bool {
	if inConfigFolder(inside) || mentions(s, inside) {
		return true
	}
	if target == inside {
		return path.Base(inside) == "nginx.conf"
	}
	return path.Base(target) == "templates" && path.Dir(inside) == target &&
		slices.ContainsFunc(s.origins, func(o origin) bool { return holdsNginx(o.image) })
}

// mentions reports whether a command of the service names a path.
func mentions(s *service, p string) bool {
	return slices.ContainsFunc(slices.Concat(s.entry, s.commands), func(argv []string) bool {
		return slices.ContainsFunc(argv, func(arg string) bool { return strings.Contains(arg, p) })
	})
}

// shadowed reports whether a volume lies over a path of the image.
func shadowed(s *service, p string) bool {
	for _, mount := range s.Mounts {
		// A named volume is filled from the image when it is first used.
		if _, ok := below(p, mount.Target); ok && mount.Bind {
			return true
		}
	}
	return slices.ContainsFunc(s.configs, func(c configRef) bool { return c.target == p })
}

// container judges a service that carries the configuration.
func (m *matcher) container(p *project, s *service, how carried) *Container {
	c := &Container{
		Service: *m.shown(p)[s.Name], Source: how.place, Path: how.path, Root: how.root, Compose: true,
		SingleProcess: m.single(s), NginxVersion: m.version(s), OtherFiles: m.others(p, s),
		Incomplete: p.incomplete || s.vague,
	}
	c.OwnNetwork, c.OwnNetworkKnown = m.network(p, s)
	for _, n := range c.Networks {
		c.ExternalNetwork = c.ExternalNetwork || p.external[n]
	}
	for _, name := range p.names() {
		if other := p.services[name]; other != s {
			c.Services = append(c.Services, m.shown(p)[name])
			c.Incomplete = c.Incomplete || other.vague
		}
	}
	return c
}

// shown is [matcher.public] for all services of a project, made once.
func (m *matcher) shown(p *project) map[string]*Service {
	if p.shown == nil {
		p.shown = make(map[string]*Service, len(p.services))
		for name, s := range p.services {
			public := m.public(p, s)
			p.shown[name] = &public
		}
	}
	return p.shown
}

// public is the service as shown, united and in order.
func (m *matcher) public(p *project, s *service) Service {
	out := s.Service
	out.Ports, out.Expose, out.Mounts = unique(s.Ports), unique(s.Expose), unique(s.Mounts)
	for _, c := range s.configs {
		if host := p.configs[c.source]; host != "" {
			out.Mounts = append(out.Mounts, Mount{Source: host, Bind: true, Target: c.target, Place: c.place})
		}
	}
	for _, mode := range s.modes {
		if mode != "" {
			out.NetworkMode = mode
		}
	}
	out.Networks = nil
	if out.NetworkMode == "" {
		out.Networks = slices.Clone(s.Networks)
		if len(out.Networks) == 0 {
			out.Networks = []string{"default"}
		}
		slices.Sort(out.Networks)
		out.Networks = slices.Compact(out.Networks)
	}
	out.ExtraHosts, out.Links, out.DependsOn = maps.Clone(s.ExtraHosts), maps.Clone(s.Links), maps.Clone(s.DependsOn)
	for i, o := range s.origins {
		image, tag := o.image, ""
		if o.build != nil {
			out.Built = true
			if st := m.stage(o.build); st != nil {
				image, tag = st.base.name, st.base.tag
				out.Expose = append(out.Expose, st.expose...)
			}
		} else {
			r := parseReference(o.image)
			image, tag = r.name, r.tag
		}
		if i == 0 {
			out.Image, out.Tag = image, tag
		} else if out.Image != image || out.Tag != tag {
			out.Image, out.Tag = "", ""
		}
	}
	return out
}

// unique drops repetitions, which several files with the same service make.
func unique[T comparable](list []T) []T {
	var out []T
	seen := make(map[T]bool, len(list))
	for _, v := range list {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// network says whether the service is alone in its network namespace, and
// whether that is known.
func (m *matcher) network(p *project, s *service) (own, known bool) {
	own, known = true, !p.incomplete
	for _, mode := range s.modes {
		switch {
		case mode == "?":
			own, known = false, false
		case mode == "host" || strings.HasPrefix(mode, "service:") || strings.HasPrefix(mode, "container:"):
			own = false
			// Only one of several files may say so.
			known = known && len(s.modes) == 1
		}
	}
	for _, q := range m.projects {
		for _, other := range q.services {
			for _, mode := range other.modes {
				if q == p && mode == "service:"+s.Name || joinsContainer(mode, s) {
					own = false
				}
				known = known && mode != "?"
			}
		}
	}
	return own, known
}

// joinsContainer reports whether a mode joins the network of the service's
// container, by its given name or by one that compose generates.
func joinsContainer(mode string, s *service) bool {
	name, ok := strings.CutPrefix(mode, "container:")
	if !ok {
		return false
	}
	return name == s.ContainerName || strings.Contains(name, s.Name)
}

// single reports whether nothing but nginx can listen in the service.
func (m *matcher) single(s *service) bool {
	if s.hooks || s.partial || len(s.origins) == 0 {
		return false
	}
	for _, o := range s.origins {
		if o.build == nil {
			if !parseReference(o.image).fact.single {
				return false
			}
		} else if st := m.stage(o.build); st == nil || !st.single() {
			return false
		}
	}
	for _, mount := range s.Mounts {
		if suspects(mount.Target) || mount.Target == "/docker-entrypoint.sh" {
			return false
		}
	}
	entries := s.entry
	if len(entries) == 0 {
		entries = [][]string{nil}
	}
	commands := s.commands
	if len(commands) == 0 {
		commands = [][]string{nil}
	}
	for _, entry := range entries {
		for _, command := range commands {
			if !onlyNginx(slices.Concat(entry, command)) {
				return false
			}
		}
	}
	return true
}

// version is nginx's version on which all definitions of the service agree.
func (m *matcher) version(s *service) string {
	version := ""
	for i, o := range s.origins {
		v := parseReference(o.image).nginxVersion()
		if o.build != nil {
			v = ""
			if st := m.stage(o.build); st != nil {
				v = st.base.nginxVersion()
			}
		}
		if i > 0 && v != version {
			return ""
		}
		version = v
	}
	return version
}
