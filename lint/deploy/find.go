package deploy

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// maxLevels is how many folders are looked at upward from the configuration, its
// own included, where no repository root ends the way before.
const maxLevels = 6

// Finder finds evidence for many configurations and reads each neighbouring
// file once. It is safe for concurrent use.
type Finder struct {
	fsys conf.FS

	mu       sync.Mutex
	folders  map[string]*folder
	projects map[string]*project
	texts    map[string]fileText
	// documents are compose files by path and folder, nil if broken.
	documents map[string]*document
	broken    map[string]error // why, by path
	envs      map[string]map[string]string
	reals     map[string]string
	stages    map[string][]*stage
}

type fileText struct {
	data []byte
	ok   bool
}

// folder is what a listing shows.
type folder struct {
	compose, dockerfiles []string
	subfolders           []string // those where deployments are kept by convention
	isRoot               bool     // a repository's root
}

// NewFinder returns a Finder that reads through fsys.
func NewFinder(fsys conf.FS) *Finder {
	return &Finder{
		fsys: fsys, folders: map[string]*folder{}, projects: map[string]*project{},
		texts: map[string]fileText{}, documents: map[string]*document{}, broken: map[string]error{}, envs: map[string]map[string]string{},
		reals: map[string]string{}, stages: map[string][]*stage{},
	}
}

// Find is [Finder.Find] for one configuration.
func Find(fsys conf.FS, root string, files []string) *Evidence {
	return NewFinder(fsys).Find(root, files)
}

// Find returns the evidence about the configuration whose root file (a whole
// nginx.conf or a fragment) has the absolute path root. files are the absolute
// real paths of all files that are part of it. It looks at the folders from the
// root file's upward to the repository's root, at most six, and at their
// subfolders such as docker and deploy.
func (f *Finder) Find(root string, files []string) *Evidence {
	f.mu.Lock()
	defer f.mu.Unlock()
	e := &Evidence{}
	if !filepath.IsAbs(root) {
		return e
	}
	root = filepath.Clean(root)
	m := &matcher{f: f, root: []string{root}}
	if real := f.real(root); real != root {
		m.root = append(m.root, real)
	}
	for _, file := range files {
		if !slices.Contains(m.root, file) {
			m.files = append(m.files, file)
		}
	}
	dirs := f.around(m.root)
	built := map[string]bool{}
	for _, dir := range dirs {
		if listing := f.folder(dir); len(listing.compose) > 0 {
			m.projects = append(m.projects, f.project(dir, listing.compose))
		}
	}
	for _, p := range m.projects {
		m.project(e, p, built)
	}
	for _, dir := range dirs {
		for _, name := range f.folder(dir).dockerfiles {
			if path := filepath.Join(dir, name); !built[path] {
				m.dockerfile(e, path, dirs)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(f.broken)) {
		e.Broken = append(e.Broken, Broken{path, f.broken[path]})
	}
	return e
}

// around lists the folders to look at, nearest first.
func (f *Finder) around(files []string) []string {
	var dirs []string
	add := func(dir string) {
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		for range maxLevels {
			listing := f.folder(dir)
			add(dir)
			for _, sub := range listing.subfolders {
				add(filepath.Join(dir, sub))
			}
			parent := filepath.Dir(dir)
			if listing.isRoot || parent == dir {
				break
			}
			dir = parent
		}
	}
	return dirs
}

func (f *Finder) folder(dir string) *folder {
	if l, ok := f.folders[dir]; ok {
		return l
	}
	l := &folder{}
	f.folders[dir] = l
	entries, err := f.fsys.ReadDir(dir)
	if err != nil {
		return l
	}
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case name == ".git":
			l.isRoot = true
		case entry.IsDir():
			if isDeployFolder(name) {
				l.subfolders = append(l.subfolders, name)
			}
		case isCompose(name):
			l.compose = append(l.compose, name)
		case isDockerfile(name):
			l.dockerfiles = append(l.dockerfiles, name)
		}
	}
	return l
}

func isDeployFolder(name string) bool {
	switch name {
	case "docker", ".docker", "deploy", "deployment", "deployments", "compose", "docker-compose", "infra", "ops", "build":
		return true
	}
	return false
}

// isCompose accepts compose's own names and the usual variations on them, such
// as docker-compose.prod.yml, compose_db.yaml and local-compose.yml.
func isCompose(name string) bool {
	ext := filepath.Ext(name)
	return (ext == ".yml" || ext == ".yaml") && strings.Contains(strings.ToLower(name), "compose")
}

func isDockerfile(name string) bool {
	lower := strings.ToLower(name)
	for _, base := range [...]string{"dockerfile", "containerfile"} {
		if lower == base || strings.HasPrefix(lower, base+".") || strings.HasSuffix(lower, "."+base) ||
			strings.HasPrefix(lower, base+"-") || strings.HasPrefix(lower, base+"_") {
			return !strings.HasSuffix(lower, ".dockerignore")
		}
	}
	return false
}

func (f *Finder) project(dir string, names []string) *project {
	if p, ok := f.projects[dir]; ok {
		return p
	}
	p := f.loadProject(dir, names)
	f.projects[dir] = p
	return p
}

// readFile reads a file of at most maxFile bytes.
func (f *Finder) readFile(path string) ([]byte, bool) {
	if t, ok := f.texts[path]; ok {
		return t.data, t.ok
	}
	var t fileText
	info, err := f.fsys.Stat(path)
	if err == nil && info.Mode().IsRegular() && info.Size() <= maxFile {
		if data, err := f.fsys.ReadFile(path); err == nil && len(data) <= maxFile {
			t = fileText{data: data, ok: true}
		}
	}
	f.texts[path] = t
	return t.data, t.ok
}

// env is the .env file that compose reads in the project's folder.
func (f *Finder) env(dir string) map[string]string {
	if vars, ok := f.envs[dir]; ok {
		return vars
	}
	data, _ := f.readFile(filepath.Join(dir, ".env"))
	vars := parseEnv(string(data))
	f.envs[dir] = vars
	return vars
}

// real is a path with symbolic links resolved, or itself where that fails.
func (f *Finder) real(path string) string {
	if r, ok := f.reals[path]; ok {
		return r
	}
	r, err := f.fsys.Real(path)
	if err != nil {
		r = path
	}
	f.reals[path] = r
	return r
}
