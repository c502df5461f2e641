package rules

import (
	"strconv"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// pageSize is nginx's default for header buffers and for one body buffer: a
// page of memory (ngx_pagesize, set in ngx_os_init, src/os/unix/ngx_posix_init.c).
// It is 4k on x86-64 and on most arm64 systems; some have 16k or 64k.
const pageSize = 4 << 10

// showSize writes a size as a configuration would.
func showSize(n uint64) string {
	switch {
	case n > 0 && n%(1<<20) == 0:
		return strconv.FormatUint(n>>20, 10) + "m"
	case n > 0 && n%(1<<10) == 0:
		return strconv.FormatUint(n>>10, 10) + "k"
	}
	return strconv.FormatUint(n, 10)
}

// scalarKnown reports whether v, the effective value of a directive at a level,
// is what nginx will see there: nothing out of view can set it nearer to the
// level, or at all where nothing in view does.
func scalarKnown(p *lint.Pass, at *model.Scope, v model.Value) bool {
	here := v.Scope != nil && v.Scope == at && at.Gaps&model.GapTemplate == 0
	return here || levelsKnown(p, at, v.Scope, false)
}

// arrayKnown is the same for directives such as proxy_set_header, of which each
// level may have several: those that v's level has in view must be all.
func arrayKnown(p *lint.Pass, at *model.Scope, v model.Value) bool {
	return levelsKnown(p, at, v.Scope, true)
}

// levelsKnown looks at the levels from at outwards, up to the one that sets the
// value; that one may hold directives out of view unless they count too.
func levelsKnown(p *lint.Pass, at, setter *model.Scope, inclusive bool) bool {
	if p.Config.Complete {
		return true
	}
	holes := model.GapInclude | model.GapPattern | model.GapFragment
	if inclusive {
		holes |= model.GapHeaders
	}
	for ; at != nil; at = at.Parent {
		if at.Gaps&model.GapTemplate != 0 || inclusive && at.Gaps&holes != 0 {
			return false
		}
		if at == setter {
			return true
		}
		if at.Gaps&holes != 0 {
			return false
		}
		if at.Context == nginx.HTTP {
			break // what stands outside of it is no setting of http
		}
	}
	return true
}

// maxRelated is how many places of the same kind a finding shows.
const maxRelated = 8

// passPlaces are the addresses of *_pass directives, those of one snippet once,
// at most maxRelated.
func passPlaces(passes []*model.Proxy) []lint.Place {
	var out []lint.Place
	seen := map[*conf.Directive]bool{}
	for _, x := range passes {
		if !seen[x.Pass.Directive] && len(out) < maxRelated {
			seen[x.Pass.Directive] = true
			out = append(out, lint.AtArg(x.Pass, 0))
		}
	}
	return out
}
