package deploy

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// stage is one FROM … of a Dockerfile, evaluated.
type stage struct {
	index  int
	name   string
	parent *stage    // the earlier stage it is built from, or nil
	base   reference // the image it is built from in the end
	known  bool      // the base image's name has no unknown variable
	steps  []step
	// entry and cmd are what it runs, nil where the base image decides.
	entry, cmd []string
	hasEntry   bool
	suspect    bool // something brings further processes in
	workdir    string
	expose     []PortRange
	place      Place
}

// step is a COPY, an ADD, or a RUN that may move files.
type step struct {
	run     string   // the text of a RUN; the rest is then empty
	from    *stage   // the stage copied from; nil for the build context
	sources []string // cleaned, without a leading slash
	dest    string   // absolute
	isDir   bool     // dest is certainly a folder
	parents bool     // --parents
	exclude []string
	place   Place
}

// builder evaluates a Dockerfile.
type builder struct {
	file   string
	escape byte
	global map[string]string // ARGs before the first FROM
	given  map[string]string // build arguments
	vars   map[string]string // of the current stage
	stages []*stage
}

// evaluate runs through a Dockerfile's instructions. given are build arguments
// that overrule the defaults of ARG.
func evaluate(file, text string, given map[string]string) []*stage {
	list, escape := parseDockerfile(text)
	b := &builder{file: file, escape: escape, global: map[string]string{}, given: given}
	for i := range list {
		in := &list[i]
		switch {
		case in.name == "FROM":
			b.from(in)
		case len(b.stages) > 0:
			b.instruction(b.stages[len(b.stages)-1], in)
		case in.name == "ARG":
			b.arg(in, b.global)
		}
	}
	return b.stages
}

func (b *builder) expand(s string, vars map[string]string) (string, bool) {
	return interpolate(s, vars, syntax{escape: b.escape})
}

func (b *builder) place(in *instruction) Place {
	return Place{Path: b.file, Line: in.line, Column: in.column}
}

func (b *builder) from(in *instruction) {
	s := &stage{index: len(b.stages), workdir: "/", place: b.place(in)}
	words := in.words()
	if len(words) > 0 {
		name, known := b.expand(words[0], b.global)
		if s.parent = named(b.stages, name); s.parent != nil {
			p := s.parent
			s.base, s.known, s.suspect, s.workdir = p.base, p.known, p.suspect, p.workdir
			s.entry, s.cmd, s.hasEntry, s.expose = p.entry, p.cmd, p.hasEntry, slices.Clone(p.expose)
		} else if known {
			s.base, s.known = parseReference(name), true
		}
	}
	if len(words) == 3 && strings.EqualFold(words[1], "as") {
		s.name = words[2]
	}
	b.vars = map[string]string{}
	b.stages = append(b.stages, s)
}

// named finds the last of some stages with a name.
func named(stages []*stage, name string) *stage {
	for _, s := range slices.Backward(stages) {
		if s.name != "" && strings.EqualFold(s.name, name) {
			return s
		}
	}
	return nil
}

func (b *builder) instruction(s *stage, in *instruction) {
	switch in.name {
	case "ARG":
		b.arg(in, b.vars)
	case "ENV":
		b.env(in)
	case "WORKDIR":
		dir, known := b.expand(in.args, b.vars)
		if !known {
			dir = "/\x00" // somewhere that is not known
		}
		s.workdir = path.Join(s.workdir, strings.Trim(dir, `"'`))
		if path.IsAbs(dir) {
			s.workdir = path.Clean(dir)
		}
	case "COPY", "ADD":
		b.copy(s, in)
	case "RUN":
		text := in.args + "\n" + in.heredoc
		s.suspect = s.suspect || suspects(text)
		s.steps = append(s.steps, step{run: text, place: b.place(in)})
	case "CMD":
		s.cmd = in.argv()
	case "ENTRYPOINT":
		// A new entry point takes the base image's CMD away.
		s.entry, s.hasEntry, s.cmd = in.argv(), true, nil
	case "EXPOSE":
		args, _ := b.expand(in.args, b.vars)
		for w := range strings.FieldsSeq(args) {
			number, _, _ := strings.Cut(w, "/")
			if r, ok := parseRange(number); ok {
				s.expose = append(s.expose, r)
			}
		}
	}
}

// arg declares build arguments: a given value, the default, or for a stage
// what was declared before the first FROM.
func (b *builder) arg(in *instruction, vars map[string]string) {
	for _, w := range in.words() {
		name, value, hasDefault := strings.Cut(w, "=")
		if given, ok := b.given[name]; ok {
			vars[name] = given
			continue
		}
		if hasDefault {
			if value, ok := b.expand(value, vars); ok {
				vars[name] = value
			} else {
				vars[name] = unknowable
			}
		} else if global, ok := b.global[name]; ok {
			vars[name] = global
		}
	}
}

func (b *builder) env(in *instruction) {
	words := in.words()
	if len(words) > 1 && !strings.Contains(words[0], "=") {
		words = []string{words[0] + "=" + strings.Join(words[1:], " ")}
	}
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		if value, ok := b.expand(value, b.vars); ok {
			b.vars[name] = value
		} else {
			b.vars[name] = unknowable
		}
	}
}

func (b *builder) copy(s *stage, in *instruction) {
	words := in.words()
	if len(words) < 2 {
		return
	}
	c := step{place: b.place(in)}
	dest, known := b.expand(words[len(words)-1], b.vars)
	if !known || strings.Contains(s.workdir, "\x00") && !path.IsAbs(dest) {
		return
	}
	for _, w := range words[:len(words)-1] {
		source, known := b.expand(w, b.vars)
		if known && !strings.Contains(source, "://") && !strings.HasPrefix(source, "<<") {
			c.sources = append(c.sources, strings.TrimPrefix(path.Clean(strings.ReplaceAll(source, `\`, "/")), "/"))
		}
	}
	if from, ok := in.flag("from"); ok {
		from, _ = b.expand(from, b.vars)
		if c.from = b.source(from); c.from == nil {
			c.sources = nil // another image or context
		}
	}
	_, c.parents = in.flag("parents")
	for _, f := range in.flags {
		if pattern, ok := strings.CutPrefix(f, "exclude="); ok {
			c.exclude = append(c.exclude, pattern)
		}
	}
	c.isDir = strings.HasSuffix(dest, "/") || strings.HasSuffix(dest, "/.") || dest == "." || len(words) > 2
	if !path.IsAbs(dest) {
		dest = path.Join(s.workdir, dest)
	}
	c.dest = path.Clean(dest)
	s.suspect = s.suspect || suspects(in.args) || replacesEntry(&c)
	s.steps = append(s.steps, c)
}

// source finds the earlier stage that --from names, by name or number. A stage
// that names itself copies from nothing: Docker builds no such file.
func (b *builder) source(from string) *stage {
	earlier := b.stages[:max(0, len(b.stages)-1)]
	if s := named(earlier, from); s != nil {
		return s
	}
	for _, s := range earlier {
		if from == strconv.Itoa(s.index) {
			return s
		}
	}
	return nil
}

// replacesEntry reports whether a copy may bring in an entry point or an init
// system: onto the official entry point, or a folder onto the root.
func replacesEntry(c *step) bool {
	if c.dest == "/docker-entrypoint.sh" {
		return true
	}
	return c.dest == "/" && slices.ContainsFunc(c.sources, func(s string) bool {
		return path.Ext(s) == "" || path.Base(s) == "docker-entrypoint.sh"
	})
}

// single reports whether nothing but nginx can listen in the image.
func (s *stage) single() bool {
	argv := slices.Concat(s.entry, s.cmd)
	return s.known && s.base.fact.single && !s.suspect && onlyNginx(argv)
}
