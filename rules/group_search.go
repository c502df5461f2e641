package rules

import "github.com/nginxlint/nginxlint/lint/model"

// groupSearch looks for servers of groups that passes in one protocol have
// something to be said about. What holds for one pass holds for the next, and a
// group of thousands may have thousands of passes.
type groupSearch map[groupPass][]model.Endpoint

// groupPass is a way to pass to a group.
type groupPass struct {
	group *model.Upstream
	kind  model.Kind
	tls   bool
}

// endpoints are the endpoints of a pass that are wanted; of a group that was passed
// to in this way before, no more than are shown.
func (g groupSearch) endpoints(x *model.Proxy, wanted func(model.Endpoint) bool) []model.Endpoint {
	tls, _ := x.TLS()
	key := groupPass{nil, x.Kind, tls}
	if len(x.Candidates) == 1 {
		key.group = x.Candidates[0].Upstream
	}
	if found, known := g[key]; known && key.group != nil {
		return found[:min(len(found), maxRelated)]
	}
	var found []model.Endpoint
	for e := range x.EachEndpoint() {
		if wanted(e) {
			found = append(found, e)
		}
	}
	if key.group != nil {
		g[key] = found
	}
	return found
}
