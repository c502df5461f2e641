package deploy

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxLocations is how many places of one file in one image are followed.
const maxLocations = 32

// location is a place of the linted file in an image.
type location struct {
	path  string
	place Place // the COPY that brought it there
	used  bool  // it is configuration where it lies, or an instruction names it
}

// stages evaluates the Dockerfile of a build, once.
func (m *matcher) stages(b *build) []*stage {
	key := b.dockerfile + "\x00" + b.inline
	for _, name := range slices.Sorted(maps.Keys(b.args)) {
		key += "\x00" + name + "=" + b.args[name]
	}
	if list, ok := m.f.stages[key]; ok {
		return list
	}
	var list []*stage
	if b.inline != "" {
		list = evaluate(b.dockerfile, b.inline, b.args)
	} else if data, ok := m.f.readFile(b.dockerfile); ok && b.dockerfile != "" {
		list = evaluate(b.dockerfile, string(data), b.args)
	}
	m.f.stages[key] = list
	return list
}

// stage is the stage that a build ends with, or nil.
func (m *matcher) stage(b *build) *stage {
	list := m.stages(b)
	if len(list) == 0 {
		return nil
	}
	if b.target == "" {
		return list[len(list)-1]
	}
	for _, s := range list {
		if strings.EqualFold(s.name, b.target) {
			return s
		}
	}
	return nil
}

// built lists where a build puts file.
func (m *matcher) built(b *build, file string) []location {
	s := m.stage(b)
	if s == nil || b.context == "" {
		return nil
	}
	return m.inImage(s, b.context, file)
}

// inImage lists where the image of a stage has a file of the build context.
func (m *matcher) inImage(s *stage, context, file string) []location {
	rel, ok := m.hostBelow(file, context)
	if !ok || rel == "" {
		return nil
	}
	list := s.locations(rel, map[*stage][]location{})
	for i := range list {
		list[i].used = inConfigFolder(list[i].path) || s.names(list[i].path)
	}
	return list
}

// locations follows a file of the build context through the steps of a stage.
func (s *stage) locations(rel string, known map[*stage][]location) []location {
	if list, ok := known[s]; ok {
		return slices.Clone(list)
	}
	var list []location
	if s.parent != nil {
		list = s.parent.locations(rel, known)
	}
	for i := range s.steps {
		st := &s.steps[i]
		if st.run != "" {
			list = slices.DeleteFunc(list, func(l location) bool { return removes(st.run, l.path) })
			continue
		}
		sources := []string{rel}
		if st.from != nil {
			sources = sources[:0]
			for _, l := range st.from.locations(rel, known) {
				sources = append(sources, strings.TrimPrefix(l.path, "/"))
			}
		}
		for _, source := range sources {
			for _, p := range st.lands(source) {
				same := func(l location) bool { return l.path == p }
				if len(list) < maxLocations && !slices.ContainsFunc(list, same) {
					list = append(list, location{path: p, place: st.place})
				}
			}
		}
	}
	known[s] = slices.Clone(list)
	return list
}

// lands lists where a step copies the file rel to.
func (st *step) lands(rel string) []string {
	if slices.ContainsFunc(st.exclude, func(p string) bool { return matches(p, rel) || matches(p, path.Base(rel)) }) {
		return nil
	}
	var out []string
	for _, source := range st.sources {
		switch {
		case source == "." || source == "":
			out = append(out, path.Join(st.dest, rel))
		case matches(source, rel):
			switch {
			case st.parents:
				out = append(out, path.Join(st.dest, rel))
			case st.isDir || source != rel || folderName(st.dest):
				out = append(out, path.Join(st.dest, path.Base(rel)))
			default:
				out = append(out, st.dest)
			}
		default:
			// A folder's content is copied, not the folder itself.
			for dir := path.Dir(rel); dir != "." && dir != "/"; dir = path.Dir(dir) {
				if !matches(source, dir) {
					continue
				}
				rest, _ := below(rel, dir)
				if st.parents {
					rest = rel
				}
				out = append(out, path.Join(st.dest, rest))
				break
			}
		}
	}
	return out
}

func matches(pattern, name string) bool {
	if pattern == name {
		return true
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// folderName reports whether a path without a trailing slash is a folder that
// every nginx image has.
func folderName(p string) bool {
	switch path.Base(p) {
	case "nginx", "conf.d", "templates", "http.d", "sites-enabled", "sites-available", "server_blocks", "stream.d":
		return true
	}
	return slices.Contains(configFolders, p)
}

// removes reports whether a RUN takes a file away.
func removes(run, p string) bool {
	for line := range strings.FieldsFuncSeq(run, func(r rune) bool { return strings.ContainsRune(";&|\n", r) }) {
		words := strings.Fields(line)
		if len(words) > 1 && words[0] == "rm" && slices.Contains(words[1:], p) {
			return true
		}
	}
	return false
}

// names reports whether an instruction of the stage uses a path: it moves the
// file, or starts nginx with it.
func (s *stage) names(p string) bool {
	for st := s; st != nil; st = st.parent {
		if slices.ContainsFunc(st.steps, func(x step) bool { return strings.Contains(x.run, p) && strings.Contains(x.run, "nginx") }) {
			return true
		}
	}
	return slices.ContainsFunc(slices.Concat(s.entry, s.cmd), func(a string) bool { return strings.Contains(a, p) })
}

// dockerfile adds a Dockerfile that no compose file builds, if its image has the
// configuration. Its build context is not written anywhere: the nearest folder
// that holds the file it copies is taken.
func (m *matcher) dockerfile(e *Evidence, file string, dirs []string) {
	b := &build{dockerfile: file}
	s := m.stage(b)
	if s == nil {
		return
	}
	contexts := []string{filepath.Dir(file)}
	for _, dir := range dirs {
		if _, ok := below(filepath.ToSlash(file), filepath.ToSlash(dir)); ok && dir != contexts[0] {
			contexts = append(contexts, dir)
		}
	}
	for _, context := range contexts {
		for i, path := range slices.Concat(m.root, m.files) {
			for _, l := range m.inImage(s, context, path) {
				if l.used {
					c := s.container(l, i < len(m.root))
					c.OtherFiles = m.copiesOthers(s, context)
					e.Containers = append(e.Containers, c)
					return
				}
			}
		}
	}
}

// container is what a Dockerfile says on its own.
func (s *stage) container(l location, root bool) *Container {
	name := s.name
	if name == "" {
		name = filepath.Base(s.place.Path)
	}
	return &Container{
		Service: Service{
			Name: name, Place: s.place, Image: s.base.name, Tag: s.base.tag, Built: true, Expose: slices.Clone(s.expose),
		},
		Source: l.place, Path: l.path, Root: root,
		NginxVersion: s.base.nginxVersion(), SingleProcess: s.single(),
	}
}
