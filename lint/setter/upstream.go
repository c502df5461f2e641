package setter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// upstreamTable are the checks of what stands in an upstream block.
func upstreamTable() map[string]check {
	return map[string]check{
		"ngx_http_upstream/server":   checkUpstreamServer,
		"ngx_stream_upstream/server": checkUpstreamServer,
		"hash":                       checkHash,
		"random":                     checkRandom,
		"keepalive":                  checkKeepalive,
		"zone":                       checkUpstreamZone,
		"sticky":                     checkSticky,
	}
}

// Releases that added parameters to what stands in an upstream block.
var (
	resolveSince      = nginx.V(1, 27, 3)
	routeSince        = nginx.V(1, 29, 6)
	keepaliveZeroFrom = nginx.V(1, 29, 7)
	leastTimeSince    = nginx.V(1, 31, 0)
)

// checkUpstreamServer checks the parameters of a server of a group, not its
// address, which is a matter of the group as a whole (ngx_http_upstream_server,
// src/http/ngx_http_upstream.c, and its twin of stream). Whether the balancing
// method knows "backup" depends on the directives before it.
func checkUpstreamServer(d *Directive) *Refusal {
	for i := 1; i < len(d.Args); i++ {
		if !acceptsServerParameter(d, d.Args[i]) {
			if name, empty := strings.CutSuffix(d.Args[i], "="); empty && (name == "service" || name == "route") && !d.Version.Before(routeSince) {
				return refuse(i, "%s is empty", name)
			}
			return suggestParameter(d, i, serverParameters)
		}
		if since, added := serverParameterSince(d.Args[i]); added && d.Version.Before(since) {
			return invalidParameter(d, i).with("nginx knows it since %s", since)
		}
	}
	return nil
}

// serverParameters are those of a server, as they are written.
var serverParameters = []string{"weight=", "max_conns=", "max_fails=", "fail_timeout=", "backup", "down", "resolve", "service=", "route=", "drain"}

// acceptsServerParameter reports whether the newest release takes a parameter
// of a server.
func acceptsServerParameter(d *Directive, arg string) bool {
	key, value, hasValue := strings.Cut(arg, "=")
	if !hasValue {
		switch key {
		case "backup", "down", "resolve":
			return true
		case "drain":
			return d.Context.Has(nginx.Upstream)
		}
		return false
	}
	switch key {
	case "weight":
		n, ok := nginx.ParseNumber(value)
		return ok && n > 0
	case "max_conns", "max_fails":
		_, ok := nginx.ParseNumber(value)
		return ok
	case "fail_timeout", "slow_start": // the latter is of NGINX Plus
		_, ok := nginx.ParseSec(value)
		return ok
	case "service":
		return value != ""
	case "route":
		return value != "" && d.Context.Has(nginx.Upstream)
	}
	return false
}

// serverParameterSince is the release that added a parameter of a server.
func serverParameterSince(arg string) (nginx.Version, bool) {
	switch key, _, _ := strings.Cut(arg, "="); key {
	case "resolve", "service":
		return resolveSince, true
	case "route", "drain":
		return routeSince, true
	}
	return nginx.Version{}, false
}

// suggestParameter refuses a parameter and names what was meant: the nearest of
// those that exist, or what a known one takes.
func suggestParameter(d *Directive, arg int, accepted []string) *Refusal {
	r := invalidParameter(d, arg)
	written, _, _ := strings.Cut(d.Args[arg], "=")
	for _, a := range accepted {
		if key, _, hasValue := strings.Cut(a, "="); key == written {
			if hasValue {
				return r.with("%s takes %s", a, parameterValue(key))
			}
			return r.with("write %q without a value", key)
		}
	}
	if near, ok := nearestParameter(written, accepted); ok {
		return r.with("did you mean %q?", near)
	}
	return r
}

// nearestParameter is the parameter that a word is most likely meant for.
func nearestParameter(word string, accepted []string) (string, bool) {
	keys := make([]string, len(accepted))
	for i, a := range accepted {
		keys[i], _, _ = strings.Cut(a, "=")
	}
	near, ok := nginx.Nearest(strings.ToLower(word), keys)
	for _, a := range accepted {
		if key, _, hasValue := strings.Cut(a, "="); ok && key == near && hasValue {
			return near + "=", true
		}
	}
	return near, ok
}

// parameterValue says what the value of a common parameter is.
func parameterValue(key string) string {
	switch key {
	case "weight":
		return "a number greater than 0"
	case "fail_timeout", "inactive", "valid":
		return `a time such as "10s"`
	case "max_conns", "max_fails", "max", "loader_files", "manager_files":
		return "a number"
	case "loader_sleep", "loader_threshold", "manager_sleep", "manager_threshold":
		return `a time such as "200ms"`
	case "max_size", "min_free":
		return `a size such as "1g"`
	}
	return "a value"
}

// checkHash is ngx_http_upstream_hash, src/http/modules/ngx_http_upstream_hash_module.c.
func checkHash(d *Directive) *Refusal {
	if r := checkScript(d, 0); r != nil {
		return r
	}
	if len(d.Args) > 1 && d.Args[1] != "consistent" {
		return invalidParameter(d, 1).with(`the only parameter is "consistent"`)
	}
	return nil
}

// checkRandom is ngx_http_upstream_random, src/http/modules/ngx_http_upstream_random_module.c.
func checkRandom(d *Directive) *Refusal {
	if len(d.Args) > 0 && d.Args[0] != "two" {
		return invalidParameter(d, 0).with(`the only parameter is "two"`)
	}
	if len(d.Args) > 1 && d.Args[1] != "least_conn" {
		if strings.HasPrefix(d.Args[1], "least_time") && !d.Version.Before(leastTimeSince) {
			return nil
		}
		return invalidParameter(d, 1).with(`the method for choosing between the two is "least_conn"`)
	}
	return nil
}

// checkKeepalive is ngx_http_upstream_keepalive, src/http/modules/ngx_http_upstream_keepalive_module.c.
// That 0 is refused before 1.29.7 is for the rule about it to say.
func checkKeepalive(d *Directive) *Refusal {
	if _, ok := nginx.ParseNumber(d.Args[0]); !ok {
		return refuse(0, "invalid value %q in %q directive", d.Args[0], d.Name).with("it takes the number of idle connections to keep")
	}
	if len(d.Args) > 1 && !d.Version.Before(keepaliveZeroFrom) && d.Args[1] != "local" {
		return invalidParameter(d, 1).with(`the only parameter is "local"`)
	}
	return nil
}

// minZonePages is how many memory pages a zone of slabs needs at least (the
// setters of zone, limit_req_zone, ssl_session_cache and others).
const minZonePages = 8

// checkUpstreamZone is ngx_http_upstream_zone, src/http/modules/ngx_http_upstream_zone_module.c.
func checkUpstreamZone(d *Directive) *Refusal {
	if d.Args[0] == "" {
		return refuse(0, `invalid zone name ""`)
	}
	if len(d.Args) < 2 {
		return nil
	}
	size, ok := nginx.ParseSize(d.Args[1])
	switch {
	case !ok:
		return refuse(1, "invalid zone size %q", d.Args[1]).with(`a size is a number, or one with k or m, such as "64k"`)
	case size < minZonePages*nginx.PageSize:
		return refuse(1, "zone %q is too small", d.Args[0]).with(`it needs at least %dk`, minZonePages*nginx.PageSize>>10)
	}
	return nil
}

// checkSticky checks the kind of stickiness and the parameters of that by cookie
// (ngx_http_upstream_sticky, src/http/modules/ngx_http_upstream_sticky_module.c,
// release 1.29.6).
func checkSticky(d *Directive) *Refusal {
	kinds := []string{"cookie", "route", "learn"}
	if !slices.Contains(kinds, d.Args[0]) {
		return suggest(refuse(0, "unknown parameter %q", d.Args[0]), d.Args[0], kinds)
	}
	if d.Args[0] != "cookie" {
		return nil
	}
	accepted := []string{"expires=", "domain=", "path=", "samesite=", "httponly", "secure"}
	for i := 2; i < len(d.Args); i++ {
		key, value, hasValue := strings.Cut(d.Args[i], "=")
		written := key
		if hasValue {
			written += "="
		}
		if !slices.Contains(accepted, written) {
			r := suggestParameter(d, i, accepted)
			r.Message = fmt.Sprintf("unknown parameter %q", d.Args[i])
			return r
		}
		if key == "samesite" && !hasVariables(value) && !containsFold([]string{"strict", "lax", "none"}, value) {
			return refuse(i, `%q directive invalid "samesite" parameter value`, d.Name).with("it takes strict, lax or none")
		}
		if key == "expires" && value != "max" {
			if _, ok := nginx.ParseSec(value); !ok {
				return refuse(i, `%q directive invalid "expires" parameter value`, d.Name).with(`it takes a time such as "1h", or max`)
			}
		}
	}
	return nil
}
