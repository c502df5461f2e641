// Package rules holds the rules, one in a file named after its id.
//
// To add a rule, write its file: a package-level
//
//	var _ = add(&lint.Rule{ID: "…", …})
//
// and a folder testdata/rules/<id> with fixtures and, where a real nginx can
// show it, a proof. Nothing else needs to be touched.
package rules

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
)

var registry []*lint.Rule

// add registers a rule while the package is initialised.
func add(r *lint.Rule) *lint.Rule {
	registry = append(registry, r)
	return r
}

// All returns every rule, sorted by id.
func All() []*lint.Rule {
	all := slices.Clone(registry)
	slices.SortFunc(all, func(a, b *lint.Rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}
