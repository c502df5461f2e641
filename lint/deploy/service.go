package deploy

import (
	"maps"
	"path"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// readService adds what one definition says to s, which already holds what it
// extends: a value that is written takes the place of the extended one, lists
// grow.
func (d *document) readService(s *service, fields map[string]*yaml.Node) {
	d.readImage(s, fields)
	d.readNames(s, fields)
	d.readNetworks(s, fields)
	if n := fields["entrypoint"]; n != nil {
		s.entry = [][]string{d.argv(n)}
	}
	if n := fields["command"]; n != nil {
		s.commands = [][]string{d.argv(n)}
	}
	for _, n := range d.list(fields["volumes"]) {
		if m, ok := d.mount(n); ok {
			s.Mounts = append(s.Mounts, m)
		}
	}
	for _, n := range d.list(fields["configs"]) {
		s.configs = append(s.configs, d.config(n))
	}
	for _, n := range d.list(fields["ports"]) {
		if p, ok := d.port(n); ok {
			s.Ports = append(s.Ports, p)
		}
	}
	for _, n := range d.list(fields["expose"]) {
		text, _ := d.text(n)
		number, _, _ := strings.Cut(text, "/")
		if r, ok := parseRange(number); ok {
			s.Expose = append(s.Expose, r)
		}
	}
	d.readDependencies(s, fields)
	s.hooks = s.hooks || fields["post_start"] != nil
}

func (d *document) readImage(s *service, fields map[string]*yaml.Node) {
	if n := fields["build"]; n != nil {
		s.origins = []origin{{build: d.build(n)}}
	} else if n := fields["image"]; n != nil && (len(s.origins) == 0 || s.origins[0].build == nil) {
		image, known := d.text(n)
		if !known {
			image = ""
		}
		s.origins = []origin{{image: image}}
	}
}

func (d *document) build(n *yaml.Node) *build {
	b := &build{args: map[string]string{}}
	fields := map[string]*yaml.Node{"context": n}
	if n.Kind == yaml.MappingNode {
		fields = d.fields(n)
	}
	context, known := ".", true
	if fields["context"] != nil {
		context, known = d.text(fields["context"])
	}
	file, fileKnown := "Dockerfile", true
	if fields["dockerfile"] != nil {
		file, fileKnown = d.text(fields["dockerfile"])
	}
	if known && fileKnown && !remote(context) {
		b.context = d.abs(context)
		b.dockerfile = filepath.Join(b.context, file)
		if filepath.IsAbs(file) {
			b.dockerfile = filepath.Clean(file)
		}
	}
	if inline := fields["dockerfile_inline"]; inline != nil {
		b.inline, _ = d.text(inline)
		b.dockerfile = d.path
	}
	b.target, _ = d.text(fields["target"])
	maps.Copy(b.args, d.assignments(fields["args"], "="))
	return b
}

// assignments reads a mapping or a list of "name<sep>value" strings. A value
// that is not known is [unknowable].
func (d *document) assignments(n *yaml.Node, seps string) map[string]string {
	out := map[string]string{}
	n = deref(n)
	if n != nil && n.Kind == yaml.MappingNode {
		for _, pr := range d.pairs(n) {
			value, known := d.text(pr.value)
			if list := d.list(pr.value); !known && len(list) > 0 {
				value, known = d.text(list[0])
			}
			if !known {
				value = unknowable
			}
			out[pr.key.Value] = value
		}
		return out
	}
	for _, item := range d.list(n) {
		text, known := d.text(item)
		i := strings.IndexAny(text, seps)
		switch {
		case i < 0 && text != "":
			out[text] = unknowable
		case i > 0 && known:
			out[text[:i]] = strings.TrimSpace(text[i+1:])
		case i > 0:
			out[text[:i]] = unknowable
		}
	}
	return out
}

func (d *document) readNames(s *service, fields map[string]*yaml.Node) {
	set := func(dst *string, key string) {
		if fields[key] == nil {
			return
		}
		value, known := d.text(fields[key])
		if !known {
			s.vague = true
			return
		}
		*dst = value
	}
	set(&s.ContainerName, "container_name")
	set(&s.Hostname, "hostname")
	set(&s.Restart, "restart")
	if policy := d.fields(d.fields(fields["deploy"])["restart_policy"]); s.Restart == "" && len(policy) > 0 {
		s.Restart, _ = d.text(policy["condition"])
	}
	for name, address := range d.assignments(fields["extra_hosts"], "=:") {
		if address == unknowable {
			address = ""
		}
		s.ExtraHosts = unite(s.ExtraHosts, map[string]string{strings.TrimSpace(name): strings.Trim(address, "[]")})
	}
	links, known := d.texts(fields["links"])
	external, knownExternal := d.texts(fields["external_links"])
	s.vague = s.vague || !known || !knownExternal
	for _, l := range append(links, external...) {
		name, alias, hasAlias := strings.Cut(l, ":")
		if !hasAlias {
			alias = name
		}
		s.Links = unite(s.Links, map[string]string{alias: name})
	}
}

func (d *document) readNetworks(s *service, fields map[string]*yaml.Node) {
	if n := fields["network_mode"]; n != nil {
		mode, known := interpolate(n.Value, nil, composeSyntax)
		// A default may be overruled, and this one decides too much.
		if !known || mode != n.Value || n.Kind != yaml.ScalarNode {
			s.vague, mode = true, "?"
		}
		s.modes = []string{mode}
	} else if len(s.modes) == 0 {
		s.modes = []string{""}
	}
	n := fields["networks"]
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		names, known := d.texts(n)
		s.vague = s.vague || !known
		s.Networks = append(s.Networks, names...)
		return
	}
	for _, pr := range d.pairs(n) {
		s.Networks = append(s.Networks, pr.key.Value)
		aliases, known := d.texts(d.fields(pr.value)["aliases"])
		s.vague = s.vague || !known
		s.Aliases = append(s.Aliases, aliases...)
	}
}

func (d *document) readDependencies(s *service, fields map[string]*yaml.Node) {
	n := fields["depends_on"]
	if n == nil {
		return
	}
	if n.Kind != yaml.MappingNode {
		names, _ := d.texts(n)
		for _, name := range names {
			s.DependsOn = unite(s.DependsOn, map[string]string{name: "service_started"})
		}
		return
	}
	for _, pr := range d.pairs(n) {
		condition, known := d.text(d.fields(pr.value)["condition"])
		if !known {
			condition = "service_started"
		}
		s.DependsOn = unite(s.DependsOn, map[string]string{pr.key.Value: condition})
	}
}

// argv is a command: a list, or a string that compose splits into words. Values
// that are not known are kept as what is left of them.
func (d *document) argv(n *yaml.Node) []string {
	if n.Kind == yaml.ScalarNode {
		text, _ := d.text(n)
		return splitWords(text)
	}
	var out []string
	for _, item := range d.list(n) {
		text, _ := d.text(item)
		out = append(out, text)
	}
	return out
}

// mount reads a volume in short or long syntax; ok is false if a part of it is
// unknown.
func (d *document) mount(n *yaml.Node) (m Mount, ok bool) {
	m.Place = d.place(n)
	var source string
	if n.Kind == yaml.MappingNode {
		fields := d.fields(n)
		kind, _ := d.text(fields["type"])
		source, ok = d.text(fields["source"])
		if fields["source"] == nil {
			source, ok = d.text(fields["src"])
		}
		if !ok && (fields["source"] != nil || fields["src"] != nil) {
			return m, false
		}
		for _, key := range [...]string{"target", "dst", "destination"} {
			if fields[key] == nil {
				continue
			}
			if m.Target, ok = d.text(fields[key]); !ok {
				return m, false
			}
		}
		m.Bind = kind == "bind"
	} else {
		text, known := d.text(n)
		if !known {
			return m, false
		}
		source, m.Target = splitVolume(text)
		m.Bind = source != "" && strings.IndexByte("./~", source[0]) >= 0 || strings.HasPrefix(source, `.\`)
	}
	if !path.IsAbs(m.Target) || m.Bind && strings.HasPrefix(source, "~") {
		return m, false
	}
	m.Target = path.Clean(m.Target)
	m.Source = source
	if m.Bind {
		m.Source = d.abs(filepath.FromSlash(strings.ReplaceAll(source, `\`, "/")))
	}
	return m, true
}

// splitVolume splits source:target[:options]; a lone target has no source.
func splitVolume(s string) (source, target string) {
	first, rest, ok := strings.Cut(s, ":")
	if !ok {
		return "", s
	}
	target, _, _ = strings.Cut(rest, ":")
	return first, target
}

// config reads a service's use of a top-level config.
func (d *document) config(n *yaml.Node) configRef {
	c := configRef{place: d.place(n)}
	if n.Kind == yaml.MappingNode {
		fields := d.fields(n)
		c.source, _ = d.text(fields["source"])
		c.target, _ = d.text(fields["target"])
	} else {
		c.source, _ = d.text(n)
	}
	if c.target == "" {
		c.target = c.source
	}
	c.target = path.Join("/", c.target)
	return c
}

func (d *document) port(n *yaml.Node) (p Port, ok bool) {
	if n.Kind != yaml.MappingNode {
		text, known := d.text(n)
		p, ok = parsePort(text)
		return p, ok && known
	}
	fields := d.fields(n)
	target, _ := d.text(fields["target"])
	published, _ := d.text(fields["published"])
	p.HostIP, _ = d.text(fields["host_ip"])
	p.Protocol, _ = d.text(fields["protocol"])
	if p.Protocol == "" {
		p.Protocol = "tcp"
	}
	p.Published, _ = parseRange(published)
	p.Target, ok = parseRange(target)
	return p, ok
}
