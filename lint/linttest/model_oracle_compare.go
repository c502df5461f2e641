package linttest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// compare tells how what became of a request differs from what was foretold, "" if it does not.
func (f forecast) compare(o modelOutcome) string {
	switch {
	case f.wrong != "":
		return f.wrong
	case f.why != "":
		return ""
	}
	hops, by := f.hops, slices.Repeat([]*forecast{&f}, len(f.hops))
	status := f.status
	if f.then != nil {
		hops, by = slices.Concat(hops, f.then.hops), append(by, slices.Repeat([]*forecast{f.then}, len(f.then.hops))...)
		status = f.then.status
	}
	switch {
	case status != 0 && status != o.status:
		return fmt.Sprintf("status: foretold %d, got %d after %s", status, o.status, names(o.got))
	case len(hops) != len(o.got):
		return fmt.Sprintf("backends: foretold %v, got %s with status %d", hops, names(o.got), o.status)
	}
	for i, r := range o.got {
		if !slices.Contains(hops[i], r.backend) {
			return fmt.Sprintf("backend %d: foretold %v, got %s", i+1, hops[i], r.backend)
		}
		if d := by[i].received(r); d != "" {
			return r.backend + ": " + d
		}
	}
	return ""
}

func names(got []receipt) string {
	var all []string
	for _, r := range got {
		all = append(all, r.backend)
	}
	return "[" + strings.Join(all, " ") + "]"
}

// received compares one request as a backend received it.
func (f forecast) received(r receipt) string {
	for _, part := range []struct{ what, want, got string }{
		{"method", f.method, r.method}, {"URI", f.uri, r.uri}, {"protocol", f.proto, r.proto},
	} {
		if part.want != "" && part.want != part.got {
			return fmt.Sprintf("%s: foretold %q, got %q", part.what, part.want, part.got)
		}
	}
	if f.hasSNI && f.sni != r.sni {
		return fmt.Sprintf("server name: foretold %q, got %q", f.sni, r.sni)
	}
	if f.known {
		return differentFields(f.fields, r.header)
	}
	return ""
}

func differentFields(want map[string][]string, got http.Header) string {
	all := maps.Clone(want)
	maps.Copy(all, got)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !slices.Equal(want[name], got[name]) {
			return fmt.Sprintf("%s: foretold %q, got %q", name, want[name], got[name])
		}
	}
	return ""
}
