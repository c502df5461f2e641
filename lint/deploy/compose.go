package deploy

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	maxDepth        = 8    // include and extends that lead to others
	maxComposeFiles = 64   // files of one project, includes counted
	maxServices     = 1000 // services of one project
)

// project is the union of all compose files of one folder and of what they
// include: the widest set of services that can be started from there.
type project struct {
	services map[string]*service
	external map[string]bool   // keys of networks that are defined elsewhere
	configs  map[string]string // keys of top-level configs to host paths
	// incomplete says that something may be defined where it was not read.
	incomplete bool
	read       map[string]bool // compose files by path
	// shown are the services as evidence shows them, by name; made when the
	// first container is found.
	shown map[string]*Service
}

// service is a compose service with what is needed to judge it.
type service struct {
	Service
	origins  []origin
	modes    []string // network modes of its definitions, "" for none written
	entry    [][]string
	commands [][]string
	hooks    bool // has post_start
	partial  bool // it extends what could not be read
	vague    bool // a name or a network of it has an unknown value
	configs  []configRef
}

// origin is where a definition's image comes from.
type origin struct {
	image string // "" if it is built or unknown
	build *build
}

type build struct {
	context    string // absolute folder, "" if remote or unknown
	dockerfile string // absolute path
	inline     string
	target     string
	args       map[string]string
}

type configRef struct {
	source, target string
	place          Place
}

// loadProject reads the compose files of one folder.
func (f *Finder) loadProject(dir string, names []string) *project {
	p := &project{
		services: map[string]*service{}, external: map[string]bool{},
		configs: map[string]string{}, read: map[string]bool{},
	}
	for _, name := range names {
		f.loadFile(p, filepath.Join(dir, name), dir, 0)
	}
	p.incomplete = p.incomplete || p.lacksServices()
	return p
}

// lacksServices reports whether compose would refuse the project, since it waits
// for a service that none of the files defines, or has one with neither an image nor
// a build: there is a file to put these upon, in another folder or made later.
func (p *project) lacksServices() bool {
	for _, s := range p.services {
		if len(s.origins) == 0 {
			return true
		}
		for name := range s.DependsOn {
			if p.services[name] == nil {
				return true
			}
		}
	}
	return false
}

// loadFile adds one compose file; its relative paths count from dir.
func (f *Finder) loadFile(p *project, path, dir string, depth int) {
	if p.read[path] {
		return
	}
	if len(p.read) >= maxComposeFiles || depth > maxDepth {
		p.incomplete = true
		return
	}
	p.read[path] = true
	d := f.document(path, dir)
	if d == nil {
		p.incomplete = true
		return
	}
	top := d.fields(d.top)
	for _, item := range d.list(top["include"]) {
		f.include(p, d, item, depth)
	}
	d.topLevel(p, top)
	for _, pr := range d.pairs(top["services"]) {
		if len(p.services) >= maxServices {
			p.incomplete = true
			break
		}
		if s := f.define(p, d, pr.key, pr.value, 0); s != nil {
			p.add(s)
		}
	}
	p.incomplete = p.incomplete || d.partial
}

// document reads and parses a compose file; nil if it cannot be.
func (f *Finder) document(path, dir string) *document {
	key := path + "\x00" + dir
	if d, ok := f.documents[key]; ok {
		return d
	}
	f.documents[key] = nil
	data, ok := f.readFile(path)
	if !ok {
		f.broken[path] = errors.New("it cannot be read, or is too large")
		return nil
	}
	top, more, err := parseYAML(data)
	if err != nil {
		f.broken[path] = err
		return nil
	}
	d := &document{path: path, dir: dir, top: top, partial: more, vars: f.env(dir)}
	f.documents[key] = d
	return d
}

// include follows an entry of include: a path, or path and project_directory.
func (f *Finder) include(p *project, d *document, n *yaml.Node, depth int) {
	paths, dir := n, ""
	if n.Kind == yaml.MappingNode {
		fields := d.fields(n)
		paths = fields["path"]
		if v, ok := d.text(fields["project_directory"]); ok {
			dir = d.abs(v)
		}
	}
	values, known := d.texts(paths)
	p.incomplete = p.incomplete || !known || len(values) == 0
	for _, v := range values {
		if remote(v) {
			p.incomplete = true
			continue
		}
		path := d.abs(v)
		base := dir
		if base == "" {
			base = filepath.Dir(path)
		}
		f.loadFile(p, path, base, depth+1)
	}
}

func remote(path string) bool {
	return strings.Contains(path, "://") || strings.HasPrefix(path, "git@") ||
		strings.HasPrefix(path, "github.com/") || strings.HasPrefix(path, "oci:")
}

// abs is a path of the compose file made absolute.
func (d *document) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(d.dir, path)
}

// topLevel notes networks and configs.
func (d *document) topLevel(p *project, top map[string]*yaml.Node) {
	for _, pr := range d.pairs(top["networks"]) {
		fields := d.fields(pr.value)
		external := fields["external"]
		if external == nil {
			continue
		}
		if v, known := d.text(external); !known || !strings.EqualFold(v, "false") {
			p.external[pr.key.Value] = true
		}
	}
	for _, pr := range d.pairs(top["configs"]) {
		if file, ok := d.text(d.fields(pr.value)["file"]); ok {
			p.configs[pr.key.Value] = d.abs(file)
		}
	}
}

// define reads a service and what it extends; nil if it is no mapping.
func (f *Finder) define(p *project, d *document, key, n *yaml.Node, depth int) *service {
	n = deref(n)
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	fields := d.fields(n)
	s := &service{}
	if ext := fields["extends"]; ext != nil {
		if base := f.extended(p, d, ext, depth); base != nil {
			s = base
		} else {
			p.incomplete = true
			s.partial = true
		}
	}
	s.Name, s.Place = key.Value, d.place(key)
	d.readService(s, fields)
	return s
}

// extended finds the service that extends names: a name, or file and service.
func (f *Finder) extended(p *project, d *document, n *yaml.Node, depth int) *service {
	if depth >= maxDepth {
		return nil
	}
	name, _ := d.text(n)
	if n.Kind == yaml.MappingNode {
		fields := d.fields(n)
		name, _ = d.text(fields["service"])
		if fields["file"] != nil {
			file, known := d.text(fields["file"])
			if !known || remote(file) {
				return nil
			}
			path := d.abs(file)
			if path != d.path {
				if d = f.document(path, filepath.Dir(path)); d == nil {
					return nil
				}
			}
		}
	}
	for _, pr := range d.pairs(d.fields(d.top)["services"]) {
		if pr.key.Value == name {
			return f.define(p, d, pr.key, pr.value, depth+1)
		}
	}
	return nil
}

// add unites a service with its definitions in other files.
func (p *project) add(s *service) {
	old := p.services[s.Name]
	if old == nil {
		p.services[s.Name] = s
		return
	}
	old.origins = append(old.origins, s.origins...)
	old.modes = append(old.modes, s.modes...)
	old.entry = append(old.entry, s.entry...)
	old.commands = append(old.commands, s.commands...)
	old.configs = append(old.configs, s.configs...)
	old.Mounts = append(old.Mounts, s.Mounts...)
	old.Ports = append(old.Ports, s.Ports...)
	old.Expose = append(old.Expose, s.Expose...)
	old.Networks = append(old.Networks, s.Networks...)
	old.Aliases = append(old.Aliases, s.Aliases...)
	if s.ContainerName != "" && old.ContainerName != "" && s.ContainerName != old.ContainerName {
		old.Aliases = append(old.Aliases, s.ContainerName)
	} else if old.ContainerName == "" {
		old.ContainerName = s.ContainerName
	}
	if old.Hostname == "" {
		old.Hostname = s.Hostname
	}
	if old.Restart == "" {
		old.Restart = s.Restart
	}
	old.ExtraHosts = unite(old.ExtraHosts, s.ExtraHosts)
	old.Links = unite(old.Links, s.Links)
	old.DependsOn = unite(old.DependsOn, s.DependsOn)
	old.hooks, old.vague, old.partial = old.hooks || s.hooks, old.vague || s.vague, old.partial || s.partial
}

func unite(a, b map[string]string) map[string]string {
	if len(a) == 0 {
		return b
	}
	maps.Copy(a, b)
	return a
}

// names are the project's services in order of name.
func (p *project) names() []string { return slices.Sorted(maps.Keys(p.services)) }
