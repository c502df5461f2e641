package lint

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// Baseline is the findings that a configuration had when it was written. A run
// that is given it reports what is new.
type Baseline struct {
	home  BaselineHome
	known map[Identity]int
}

// BaselineHome is where a baseline's file lies. Both folders are absolute and
// without symbolic links.
type BaselineHome struct {
	// Dir is its folder. Paths in it are relative to this one.
	Dir string
	// Root is the checkout around Dir, or Dir itself. Files outside of it are
	// told by their absolute paths.
	Root string
}

// Known is an entry of a baseline.
type Known struct {
	Identity
	// Count is how many findings are the same.
	Count int
}

// NewBaseline returns one that knows findings, those of firm rules apart.
func NewBaseline(findings []Finding, home BaselineHome) *Baseline {
	b := &Baseline{home: home, known: map[Identity]int{}}
	names := NewIdentities(b.path)
	for i := range findings {
		f := &findings[i]
		if f.Rule.Firm {
			continue
		}
		b.known[names.Of(f)]++
		for _, rel := range f.Related {
			if rel.Same {
				b.known[names.at(f.Rule, rel.Place, "")]++
			}
		}
	}
	return b
}

// Entries are what the baseline knows, by file, block, text and rule.
func (b *Baseline) Entries() []Known {
	return entries(b.known)
}

func entries(known map[Identity]int) []Known {
	out := make([]Known, 0, len(known))
	for id, n := range known {
		if n > 0 {
			out = append(out, Known{id, n})
		}
	}
	slices.SortFunc(out, func(x, y Known) int {
		return cmp.Or(
			strings.Compare(x.File, y.File), strings.Compare(x.Block, y.Block),
			strings.Compare(x.Text, y.Text), strings.Compare(x.Rule, y.Rule),
		)
	})
	return out
}

// path is how the baseline names a file.
func (b *Baseline) path(f *conf.File) string {
	if f == nil {
		return ""
	}
	name := f.Real
	if rel, err := filepath.Rel(b.home.Root, name); err == nil && filepath.IsAbs(name) && filepath.IsLocal(rel) {
		if rel, err := filepath.Rel(b.home.Dir, name); err == nil {
			name = rel
		}
	}
	return strings.ToValidUTF8(filepath.ToSlash(name), "\ufffd")
}

// baseline leaves out the findings that the baseline knows.
func (w *work) baseline(found []Finding, o Options) []Finding {
	if o.Baseline == nil {
		return found
	}
	c := newComparison(w, o)
	hidden := make([]bool, len(found))
	for _, match := range []func(Identity) bool{c.exactly, c.renamed} {
		for i := range found {
			if !hidden[i] && !found[i].Rule.Firm {
				hidden[i] = match(c.names.Of(&found[i]))
			}
		}
	}
	for i := range found {
		c.touch(&found[i])
	}
	w.Stale = c.stale()
	var out []Finding
	for i := range found {
		switch {
		case !hidden[i]:
			out = append(out, found[i])
		case found[i].Severity >= o.MinSeverity:
			w.Hidden.Known++
		}
	}
	return out
}

// touch counts off what the baseline knows of a finding's further places.
func (c *comparison) touch(f *Finding) {
	for _, rel := range f.Related {
		if !rel.Same || f.Rule.Firm {
			continue
		}
		if id := c.names.at(f.Rule, rel.Place, ""); !c.exactly(id) {
			c.renamed(id)
		}
	}
}

// comparison holds a baseline against a run.
type comparison struct {
	*work
	o     Options
	names *Identities
	left  map[Identity]int // what has met no finding yet
	// gone holds, for identities without file, the files of such entries that
	// are neither part of the run nor there.
	gone map[Identity][]string
	read map[string]*conf.File
}

func newComparison(w *work, o Options) *comparison {
	c := &comparison{work: w, o: o, names: NewIdentities(o.Baseline.path), left: map[Identity]int{}, gone: map[Identity][]string{}, read: map[string]*conf.File{}}
	for _, f := range w.Files {
		c.read[o.Baseline.path(f)] = f
	}
	for id, n := range o.Baseline.known {
		if rule, err := Find(o.known(w.Result), id.Rule); err == nil {
			id.Rule = rule.ID // it may be a former one
		}
		c.left[id] += n
	}
	missing := map[string]bool{}
	for _, e := range entries(c.left) {
		if _, asked := missing[e.File]; !asked {
			missing[e.File] = c.read[e.File] == nil && !c.exists(e.File)
		}
		if missing[e.File] {
			id := e.Identity
			id.File = ""
			c.gone[id] = append(c.gone[id], e.File)
		}
	}
	return c
}

// exists reports whether a file of the baseline is there. Without a file system,
// there is nothing but what was read.
func (c *comparison) exists(name string) bool {
	if c.o.FS == nil {
		return false
	}
	if !path.IsAbs(name) && !filepath.IsAbs(name) {
		name = path.Join(filepath.ToSlash(c.o.Baseline.home.Dir), name)
	}
	_, err := c.o.FS.Stat(filepath.FromSlash(name))
	return !errors.Is(err, fs.ErrNotExist)
}

// exactly counts off an entry that is the same in all.
func (c *comparison) exactly(id Identity) bool {
	if c.left[id] == 0 {
		return false
	}
	c.left[id]--
	return true
}

// renamed counts off an entry of a file that is gone, and the same otherwise.
func (c *comparison) renamed(id Identity) bool {
	anywhere := id
	anywhere.File = ""
	return slices.ContainsFunc(c.gone[anywhere], func(file string) bool {
		id.File = file
		return c.exactly(id)
	})
}

// stale lists the entries that would have met a finding if there were one: their
// rule ran, and all of the configuration that their file is part of is in view.
func (c *comparison) stale() []Known {
	ran, whole := c.ran(), c.whole()
	left := maps.Clone(c.left)
	maps.DeleteFunc(left, func(id Identity, _ int) bool {
		if rule, err := Find(c.o.known(c.Result), id.Rule); err == nil && !ran[rule] {
			return true
		}
		if f := c.read[id.File]; f != nil {
			return !whole[f]
		}
		return c.exists(id.File)
	})
	return entries(left)
}

// Accept leaves out of a result what a baseline of its findings knows, and
// returns how many these are.
func (r *Result) Accept() int {
	before := len(r.Findings)
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool { return !f.Rule.Firm })
	n := before - len(r.Findings)
	r.Hidden.Known += n
	return n
}
