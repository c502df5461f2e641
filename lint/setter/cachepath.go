package setter

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// cacheParameters are those of the cache paths, as they are written.
var cacheParameters = []string{
	"levels=", "use_temp_path=", "keys_zone=", "inactive=", "max_size=", "min_free=",
	"loader_files=", "loader_sleep=", "loader_threshold=",
	"manager_files=", "manager_sleep=", "manager_threshold=",
}

// minFreeSince is the release that added min_free to the cache paths.
var minFreeSince = nginx.V(1, 19, 1)

// minKeysPages is how many memory pages the keys of a cache need at least.
const minKeysPages = 2

// checkCachePath is ngx_http_file_cache_set_slot, src/http/ngx_http_file_cache.c.
func checkCachePath(d *Directive) *Refusal {
	zone := false
	for i := 1; i < len(d.Args); i++ {
		key, value, hasValue := strings.Cut(d.Args[i], "=")
		if strings.HasPrefix(key, "purger") && hasValue {
			continue // of NGINX Plus, which is another rule's business
		}
		if !hasValue || !slices.Contains(cacheParameters, key+"=") || key == "min_free" && d.Version.Before(minFreeSince) {
			return suggestParameter(d, i, cacheParameters)
		}
		if r := checkCacheParameter(d, i, key, value); r != nil {
			return r
		}
		if key == "keys_zone" {
			zone = !strings.HasPrefix(value, ":")
		}
	}
	if !zone {
		return refuse(Whole, `%q must have "keys_zone" parameter`, d.Name).with(`add a name and a size such as "keys_zone=app:10m"`)
	}
	return nil
}

// checkCacheParameter checks the value of a known parameter.
func checkCacheParameter(d *Directive, arg int, key, value string) *Refusal {
	ok := true
	switch key {
	case "levels":
		if !isLevels(value) {
			return refuse(arg, `invalid "levels" %q`, d.Args[arg]).with(`up to three levels of 1 or 2, such as "levels=1:2"`)
		}
	case "use_temp_path":
		if value != "on" && value != "off" {
			return refuse(arg, `invalid use_temp_path value %q, it must be "on" or "off"`, d.Args[arg])
		}
	case "keys_zone":
		return checkKeysZone(d, arg, value)
	case "inactive":
		_, ok = nginx.ParseSec(value)
	case "max_size", "min_free":
		_, ok = nginx.ParseOffset(value)
	case "loader_files", "manager_files":
		_, ok = nginx.ParseNumber(value)
	default:
		_, ok = nginx.ParseMsec(value)
	}
	if !ok {
		return refuse(arg, "invalid %s value %q", key, d.Args[arg]).with("%s= takes %s", key, parameterValue(key))
	}
	return nil
}

// isLevels reports whether the levels of folders are what nginx takes: none, or
// up to three of 1 and 2, parted by colons.
func isLevels(value string) bool {
	if value == "" {
		return true
	}
	levels := strings.Split(value, ":")
	if len(levels) > 3 {
		return false
	}
	for _, l := range levels {
		if l != "1" && l != "2" {
			return false
		}
	}
	return true
}

// checkKeysZone checks the name and the size of a cache's keys.
func checkKeysZone(d *Directive, arg int, value string) *Refusal {
	_, text, hasSize := strings.Cut(value, ":")
	size, ok := nginx.ParseSize(text)
	switch {
	case !hasSize, !ok:
		return refuse(arg, "invalid keys zone size %q", d.Args[arg]).with(`write a name and a size such as "keys_zone=app:10m"`)
	case size < minKeysPages*nginx.PageSize:
		return refuse(arg, "keys zone %q is too small", d.Args[arg]).with("it needs at least %dk", minKeysPages*nginx.PageSize>>10)
	}
	return nil
}

// checkCacheValid is ngx_http_file_cache_valid_set_slot, src/http/ngx_http_file_cache.c.
func checkCacheValid(d *Directive) *Refusal {
	last := len(d.Args) - 1
	if _, ok := nginx.ParseSec(d.Args[last]); !ok {
		return refuse(last, "invalid time value %q", d.Args[last]).with(`the last argument is a time such as "10m"`)
	}
	for i, a := range d.Args[:last] {
		if n, ok := nginx.ParseNumber(a); a != "any" && (!ok || n < 100 || n > 599) {
			return refuse(i, "invalid status %q", a).with(`a status is a number from 100 to 599, or "any"`)
		}
	}
	return nil
}

// maxPathLevels is how long the names of all levels may be (NGX_MAX_PATH_LEVEL
// and the check in ngx_conf_set_path_slot, src/core/ngx_file.c).
const maxPathLevels = 10

// checkTempPath is ngx_conf_set_path_slot, src/core/ngx_file.c.
func checkTempPath(d *Directive) *Refusal {
	var sum int64
	for i := 1; i < len(d.Args); i++ {
		n, ok := nginx.ParseNumber(d.Args[i])
		if sum += n; !ok || n == 0 || n > maxPathLevels || sum > maxPathLevels {
			return invalidValue(d, i).with("the levels of folders are numbers of digits, no more than %d together", maxPathLevels)
		}
	}
	return nil
}
