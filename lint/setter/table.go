package setter

import (
	"maps"
	"sync"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// tables are the checks of all families. A directive that no table names is
// checked by the type of its value.
var tables = []func() map[string]check{
	upstreamTable,
	proxyTable,
	sslTable,
	coreTable,
	logTable,
	listenTable,
	locationTable,
	httpCoreTable,
	rewriteTable,
	mapTable,
	limitTable,
	filterTable,
	streamMailTable,
}

// all joins the tables. A key is a directive's name, or its module and name with
// a slash between them where modules differ, such as
// "ngx_stream_core_module/listen"; the longer key wins.
var all = sync.OnceValue(func() map[string]check {
	joined := map[string]check{}
	for _, t := range tables {
		maps.Copy(joined, t())
	}
	return joined
})

// byFacts finds the check of each directive that nginx knows.
var byFacts = sync.OnceValue(func() map[*nginx.Directive]check {
	found := map[*nginx.Directive]check{}
	for _, name := range nginx.Names() {
		for _, facts := range nginx.Lookup(name) {
			if c, ok := all()[facts.Module+"/"+name]; ok {
				found[facts] = c
			} else if c, ok := all()[name]; ok {
				found[facts] = c
			}
		}
	}
	return found
})

// Checks reports whether there is anything that [Check] may refuse about directives
// with these facts.
func Checks(facts *nginx.Directive, v nginx.Version) bool {
	if byFacts()[facts] != nil {
		return true
	}
	switch facts.TypeAt(v) {
	case nginx.TypeCustom, nginx.TypeString, nginx.TypeStringArray, nginx.TypeKeyval, nginx.TypeBind, nginx.TypeParam, nginx.TypeCacheZone, nginx.TypeCacheValid:
		return false // see checkType
	}
	return true
}

// custom returns the check of a directive's own setter, or nil.
func custom(d *Directive) check { return byFacts()[d.Facts] }
