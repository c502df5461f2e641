package effective

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// DefaultIndex is the name that nginx looks for where no index is set.
const DefaultIndex = "index.html"

// indexName is a name that nginx looks for in a folder.
type indexName struct {
	text string
	node *conf.Node // nil for nginx's own
}

// indexes are the names in effect where the request is, none where they are not
// known. Of several directives at a level all count (ngx_http_index_set_index,
// src/http/modules/ngx_http_index_module.c).
func (a *Arrival) indexes() []indexName {
	nodes, _ := a.Location.Array("index")
	if len(nodes) == 0 && a.Server.Scope.Config().Complete {
		return []indexName{{text: DefaultIndex}}
	}
	var out []indexName
	for _, n := range nodes {
		if n.Unknown() {
			return nil
		}
		for _, name := range n.Values() {
			out = append(out, indexName{name, n})
		}
	}
	return out
}

// looksForIndex reports whether nginx looks for an index file for a path where the
// request is. Only what looks for files there does, after try_files, and that only
// where "$uri/" finds the folder.
func (a *Arrival) looksForIndex(path string) bool {
	at := a.Location
	if !strings.HasSuffix(path, "/") || len(a.Proxies) > 0 || a.Note != "" || at.Foreign() || at.Handler() != nil {
		return false
	}
	if on, _ := at.Effective("random_index").Flag(); on {
		a.doubt(`"random_index" sends the request on to any of the files`)
		return false
	}
	n := at.Own("try_files")
	if n == nil {
		return true
	}
	names := n.Values()
	folder := slices.IndexFunc(names, func(name string) bool { return name != "$uri" })
	return !n.Unknown() && folder >= 0 && folder < len(names)-1 && names[folder] == "$uri/"
}

// index follows the index of the location for a path that ends in a slash. The
// request takes the way of the first name that has it passed on, unless try_files
// has sent it on already; those of the others are noted.
func (a *Arrival) index(path string, gone bool) {
	at, moved, others := *a, gone, a.Otherwise
	tried := at.Location.Own("try_files") != nil
	for i, name := range at.indexes() {
		absolute := strings.HasPrefix(name.text, "/")
		if strings.Contains(name.text, "$") || !absolute && strings.HasSuffix(name.text, "/") {
			continue
		}
		b, ok := at.way(name.found(path, i == 0, tried))
		switch {
		case !ok:
		case !moved && (len(b.Proxies) > 0 || b.Via[0].When == Always):
			a.goOn(b)
			moved = true
		default:
			others = append(others, b)
		}
		if absolute {
			break // nginx does not get to further ones
		}
	}
	a.Otherwise = others
}

// found is the step that a name leads to. One whose file is there sends the request
// on to the file's own path, whatever root or alias it is found by, and an absolute
// one in any case (ngx_http_index_handler); behind try_files, where that has found the
// folder.
func (name indexName) found(path string, first, tried bool) (Step, hop) {
	if !strings.HasPrefix(name.text, "/") {
		file := path + name.text
		return Step{Node: name.node, When: WithFile, File: file}, hop{path: file, server: true, file: true}
	}
	by := Step{Node: name.node, When: NoFile}
	switch {
	case tried:
		by.When, by.File = WithFile, path
	case first:
		by.When = Always
	}
	return by, hop{path: name.text, server: true}
}
