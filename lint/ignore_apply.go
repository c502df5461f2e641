package lint

import (
	"slices"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// ignores are the comments of all files that were read.
type ignores struct {
	all []*Ignore
	by  map[ignoreKey]*coverage
}

type ignoreKey struct {
	file *conf.File
	rule *Rule
}

// coverage is where the findings of one rule in one file are hidden.
type coverage struct {
	regions []region // by their starts
	reach   []int32  // the largest end so far
}

type region struct {
	conf.Span
	id *IgnoreID
}

// readIgnores collects the comments of files.
func readIgnores(files []*conf.File, p *ignoreParser) *ignores {
	c := &ignores{by: map[ignoreKey]*coverage{}}
	for _, f := range files {
		for _, span := range f.Comments {
			if ig := p.parse(f, span); ig != nil {
				c.add(ig)
			}
		}
	}
	for _, cover := range c.by {
		cover.sort()
	}
	return c
}

func (c *ignores) add(ig *Ignore) {
	c.all = append(c.all, ig)
	if !ig.counts() {
		return
	}
	for i := range ig.ids {
		id := &ig.ids[i]
		k := ignoreKey{ig.Place.File, id.Rule}
		if c.by[k] == nil {
			c.by[k] = &coverage{}
		}
		for _, span := range ig.regions {
			c.by[k].regions = append(c.by[k].regions, region{span, id})
		}
	}
}

func (v *coverage) sort() {
	slices.SortStableFunc(v.regions, func(a, b region) int { return int(a.Start - b.Start) })
	reach := int32(0)
	for _, r := range v.regions {
		reach = max(reach, r.End)
		v.reach = append(v.reach, reach)
	}
}

// covers reports whether a comment counts for a rule's findings at a place, and
// counts all that do as used: of two that say the same, none is to blame.
func (c *ignores) covers(rule *Rule, p Place) bool {
	v := c.by[ignoreKey{p.File, rule}]
	if v == nil {
		return false
	}
	off := p.Span.Start
	i, _ := slices.BinarySearchFunc(v.regions, off+1, func(r region, off int32) int { return int(r.Start - off) })
	covered := false
	for i--; i >= 0 && v.reach[i] > off; i-- {
		if r := v.regions[i]; r.Contains(off) {
			r.id.used, covered = true, true
		}
	}
	return covered
}

// hides reports whether a comment stands at a finding's own place. One at a
// place that only comes second does not hide it, and is not unused either: it
// will hide what is left of the finding when the first place is mended.
func (c *ignores) hides(f *Finding) bool {
	for _, rel := range f.Related {
		if rel.Same {
			c.covers(f.Rule, rel.Place)
		}
	}
	return c.covers(f.Rule, f.Place)
}

// hide leaves out the findings that comments count for.
func (c *ignores) hide(fs []Finding, w *work, o Options) []Finding {
	if len(c.by) == 0 {
		return fs
	}
	return slices.DeleteFunc(fs, func(f Finding) bool {
		if f.Rule.Firm || !c.hides(&f) {
			return false
		}
		if f.Severity >= o.MinSeverity {
			w.Hidden.Ignored++
		}
		return true
	})
}

// judge finds the ids that hid nothing. Only a rule that ran can tell, and only
// about files that are part of a configuration of which all is in view.
func (c *ignores) judge(w *work) {
	ran, whole := w.ran(), w.whole()
	for _, ig := range c.all {
		if !ig.counts() || !whole[ig.Place.File] {
			continue
		}
		for _, id := range ig.ids {
			if !id.used && ran[id.Rule] {
				ig.Unused = append(ig.Unused, id)
			}
		}
	}
}

// complain runs the rules that look at comments.
func (c *ignores) complain(w *work) []Finding {
	var found []Finding
	for _, rule := range w.Rules {
		if rule.OnIgnore == nil {
			continue
		}
		p := &Pass{rule: rule, sink: &found}
		if err := p.guard(func() { each(p, rule.OnIgnore, c.all) }); err != nil {
			w.Errors = append(w.Errors, err)
		}
	}
	return found
}
