package linttest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Seed is a configuration that nginx accepts, to make mutations of.
type Seed struct {
	Name, Text string
}

// Mutator makes mutations of configurations: each is a seed that one thing, now and then two, was
// changed about.
type Mutator struct {
	seeds  []Seed
	names  []string // directives that the release has
	seed   uint64
	parsed []*conf.File
	// statements are directives of all seeds, to be put where they may not belong.
	statements []string
}

// NewMutator returns a mutator; the same seed number gives the same mutations.
func NewMutator(seeds []Seed, v nginx.Version, seed uint64) (*Mutator, error) {
	m := &Mutator{seeds: seeds, seed: seed}
	for _, s := range seeds {
		f, err := conf.Parse(s.Name, []byte(s.Text), nil)
		if err != nil {
			return nil, fmt.Errorf("reading seed %q: %w", s.Name, err)
		}
		m.parsed = append(m.parsed, f)
		for _, p := range places(f) {
			if !p.parameter && p.d.Span.Len() < 200 {
				m.statements = append(m.statements, f.Slice(p.d.Span))
			}
		}
	}
	for _, name := range nginx.Names() {
		if slices.ContainsFunc(nginx.Lookup(name), func(d *nginx.Directive) bool { return d.KnownIn(v) }) {
			m.names = append(m.names, name)
		}
	}
	slices.Sort(m.statements)
	m.statements = slices.Compact(m.statements)
	return m, nil
}

// Trials makes n mutations of one seed. The first ones stay the same when n grows, and whatever
// other seeds there are.
func (m *Mutator) Trials(seed, n int) []Trial {
	s := m.seeds[seed]
	trials := make([]Trial, 0, n)
	for i := 0; len(trials) < n && i < 20*n; i++ {
		r := rand.New(rand.NewPCG(m.seed^hashText(s.Name), uint64(i)))
		text, what := m.mutate(r, s.Text, m.parsed[seed])
		if r.IntN(12) == 0 && what != "" {
			if f, err := conf.Parse(s.Name, []byte(text), nil); err == nil {
				if second, more := m.mutate(r, text, f); more != "" {
					text, what = second, what+"; "+more
				}
			}
		}
		if what != "" && text != s.Text {
			trials = append(trials, Trial{Name: s.Name, What: what, Text: text})
		}
	}
	return trials
}

// Weight says how much of a seed there is to change.
func (m *Mutator) Weight(seed int) int { return len(places(m.parsed[seed])) }

// place is a directive of a seed and where it stands.
type place struct {
	d         *conf.Directive
	parent    *conf.Directive // nil at the top
	siblings  []*conf.Directive
	parameter bool // it is a line of a block such as a map
}

// places lists all directives of a file.
func places(f *conf.File) []place {
	var out []place
	var walk func(parent *conf.Directive, ds []*conf.Directive, parameter bool)
	walk = func(parent *conf.Directive, ds []*conf.Directive, parameter bool) {
		for _, d := range ds {
			if d.NameSpan.Len() == 0 || d.Span.Len() == 0 {
				continue
			}
			out = append(out, place{d, parent, ds, parameter})
			walk(d, d.Block(), nginx.Opaque(d.Name))
		}
	}
	walk(nil, f.Directives, false)
	return out
}

// mutation is one change in the making.
type mutation struct {
	*rand.Rand
	m      *Mutator
	text   string
	file   *conf.File
	places []place
	edits  []edit
	what   string
}

// operator is one kind of change; it returns false where it does not apply.
type operator struct {
	weight int
	change func(*mutation) bool
}

// operators are all kinds of changes. Their weights decide what the oracle's share is made of, so
// that they are the same for every release.
func operators() []operator {
	return []operator{
		{22, (*mutation).otherValue},
		{8, (*mutation).misspeltValue},
		{8, (*mutation).changedNumber},
		{7, (*mutation).changedParameter},
		{8, (*mutation).misspeltName},
		{5, (*mutation).otherName},
		{6, (*mutation).droppedArgument},
		{6, (*mutation).addedArgument},
		{4, (*mutation).doubledArgument},
		{3, (*mutation).swappedArguments},
		{3, (*mutation).movedArgument},
		{6, (*mutation).variable},
		{5, (*mutation).renamedReference},
		{3, (*mutation).brokenRegex},
		{7, (*mutation).droppedDirective},
		{8, (*mutation).doubledDirective},
		{8, (*mutation).movedDirective},
		{3, (*mutation).reorderedDirective},
		{7, (*mutation).foreignStatement},
		{3, (*mutation).inventedStatement},
		{8, (*mutation).droppedPunctuation},
		{5, (*mutation).addedPunctuation},
		{3, (*mutation).swappedTerminator},
		{2, (*mutation).emptiedBlock},
		{1, (*mutation).truncated},
	}
}

// mutate makes one change. The description is empty if there is nothing to change.
func (m *Mutator) mutate(r *rand.Rand, text string, f *conf.File) (changed, what string) {
	c := &mutation{Rand: r, m: m, text: text, file: f, places: places(f)}
	if len(c.places) == 0 {
		return text, ""
	}
	all := operators()
	total := 0
	for _, o := range all {
		total += o.weight
	}
	for range 10 {
		n := r.IntN(total)
		for _, o := range all {
			if n -= o.weight; n >= 0 {
				continue
			}
			if o.change(c) {
				return apply(text, c.edits), c.what
			}
			break
		}
		c.edits = nil
	}
	return text, ""
}

// replace notes an edit.
func (c *mutation) replace(span conf.Span, text string) {
	c.edits = append(c.edits, edit{span, text})
}

// insert notes an insertion.
func (c *mutation) insert(at int32, text string) { c.replace(conf.Span{Start: at, End: at}, text) }

// say tells what was changed.
func (c *mutation) say(format string, args ...any) bool {
	c.what = fmt.Sprintf(format, args...)
	return true
}

// any returns one directive.
func (c *mutation) any() place { return c.places[c.IntN(len(c.places))] }

// anyWith returns one directive that has what is asked for.
func (c *mutation) anyWith(has func(place) bool) (place, bool) {
	for range 30 {
		if p := c.any(); has(p) {
			return p, true
		}
	}
	return place{}, false
}

// anyArg returns one argument. Every directive is as likely as any other.
func (c *mutation) anyArg() (place, int, bool) {
	p, ok := c.anyWith(func(p place) bool { return len(p.d.Args) > 0 })
	if !ok {
		return place{}, 0, false
	}
	return p, c.IntN(len(p.d.Args)), true
}

// anyBlock returns one block that holds directives, and where its body begins.
func (c *mutation) anyBlock() (d *conf.Directive, body int32, ok bool) {
	p, ok := c.anyWith(func(p place) bool { return p.d.IsBlock && !nginx.Opaque(p.d.Name) && bodyStart(c.text, p.d) > 0 })
	if !ok {
		return nil, 0, false
	}
	return p.d, bodyStart(c.text, p.d), true
}

// bodyStart is the place behind a block's "{", 0 where there is none.
func bodyStart(text string, d *conf.Directive) int32 {
	rest := text[d.Head.End:d.Span.End]
	i := strings.IndexByte(rest, '{')
	if i < 0 || strings.TrimSpace(rest[:i]) != "" {
		return 0
	}
	return d.Head.End + int32(i) + 1
}

func hashText(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
