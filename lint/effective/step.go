package effective

import (
	"cmp"
	"slices"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// When is the condition under which a step is taken.
type When string

// The conditions of steps.
const (
	Always   When = "always"
	NoFile   When = "no_file" // none of the files and folders that are looked for is there
	WithFile When = "file"    // a certain file is the first that is found
	OnStatus When = "status"  // the answer would have a certain status
)

// Step leads a request from one location to the next.
type Step struct {
	// Node is the rewrite, try_files, index or error_page; nil for the index that
	// nginx has where none is set.
	Node *conf.Node
	When When
	// File is the path of the file with which it is taken.
	File string
	// Statuses are those that an error_page is for, and that may be answered
	// where the request is.
	Statuses []int
}

// maxWays is how many ways are followed besides the first. Most requests have two
// or three.
const maxWays = 20

// way follows a step away from where the request is; not ok where that has been
// done too often.
func (a *Arrival) way(by Step, h hop) (b Arrival, ok bool) {
	b = Arrival{Server: a.Server, Default: a.Default, Via: []Step{by}, left: a.left}
	if by.When != OnStatus { // a page may be for the very path that has failed, which then fails for good
		b.seen = slices.Clone(a.seen)
	}
	if *a.left == 0 {
		return b, false
	}
	*a.left--
	b.follow(h)
	return b, true
}

// note notes where a step leads to that the request may take.
func (a *Arrival) note(by Step, h hop) {
	if b, ok := a.way(by, h); ok {
		a.Otherwise = append(a.Otherwise, b)
	}
}

// goOn has the request take a way that leads on from where it is.
func (a *Arrival) goOn(b Arrival) {
	b.Via = slices.Concat(a.Via, b.Via)
	b.Doubt = cmp.Or(a.Doubt, b.Doubt)
	b.Otherwise = a.Otherwise
	*a = b
}

// sortOut leaves out the other ways that lead to where the request gets to anyway,
// or where another of them does.
func (a *Arrival) sortOut() {
	met := map[*model.Scope]bool{a.Location: true}
	a.Otherwise = slices.DeleteFunc(a.Otherwise, func(b Arrival) bool {
		known := met[b.Location]
		met[b.Location] = true
		return known
	})
}
