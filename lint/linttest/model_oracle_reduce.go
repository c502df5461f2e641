package linttest

import (
	"context"
	"maps"
	"slices"
	"strings"
)

// Reduce drops from the cases of differences what they do not need, so that the cause is plain to
// see.
func (o *ModelOracle) Reduce(ctx context.Context, ds []ModelDifference) error {
	for i := range ds {
		if err := o.benches[0].reduce(ctx, &ds[i]); err != nil {
			return err
		}
	}
	return nil
}

// reduce drops requests, then directives, as long as the difference stays of its kind.
func (b *modelBench) reduce(ctx context.Context, d *ModelDifference) error {
	differs := func(c ModelCase) (bool, error) {
		r, err := b.checkOnce(ctx, c)
		if err != nil || kindOfDifference(r.difference) != kindOfDifference(d.What) {
			return false, err
		}
		d.Case, d.What = c, r.difference
		return true, nil
	}
	for _, r := range d.Case.Requests {
		if ok, err := differs(ModelCase{d.Case.Files, []ModelRequest{r}}); err != nil {
			return err
		} else if ok {
			break
		}
	}
	asked := 0
	for progress := true; progress; {
		progress = false
		for _, name := range slices.Sorted(maps.Keys(d.Case.Files)) {
			spans, err := droppable(d.Case.Files[name])
			if err != nil {
				return err
			}
			for i := 0; i < len(spans) && asked < maxReductions; asked++ {
				c := ModelCase{maps.Clone(d.Case.Files), d.Case.Requests}
				c.Files[name] = apply(c.Files[name], []edit{{spans[i], ""}})
				ok, err := differs(c)
				if err != nil {
					return err
				}
				if !ok {
					i++
					continue
				}
				progress = true
				if spans, err = droppable(c.Files[name]); err != nil {
					return err
				}
			}
		}
	}
	for name := range d.Case.Files {
		if c := d.Case.without(name); name != "nginx.conf" && !strings.Contains(d.Case.String(), "include "+name) {
			d.Case = c
		}
	}
	return nil
}

// without is the case without one of its files.
func (c ModelCase) without(name string) ModelCase {
	files := maps.Clone(c.Files)
	delete(files, name)
	return ModelCase{files, c.Requests}
}

// kindOfDifference is what of a request differs, whatever was foretold and found.
func kindOfDifference(what string) string {
	i := strings.LastIndex(what, "\t")
	what, _, _ = strings.Cut(what[i+1:], " foretold")
	_, what, _ = strings.Cut(what, ": ")
	return what
}
