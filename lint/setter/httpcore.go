package setter

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// httpCoreTable are the remaining directives of ngx_http_core_module.
func httpCoreTable() map[string]check {
	return map[string]check{
		"resolver":                      resolver,
		"ngx_mail_core_module/resolver": resolverOrOff,
		"types":                         types,
		"keepalive_timeout":             keepaliveTimeout,
		"open_file_cache":               openFileCache,
		"disable_symlinks":              disableSymlinks,
		"gzip_disable":                  gzipDisable,
		"aio":                           aio,
		"directio":                      directio,
		"client_body_temp_path":         checkTempPath,
		"set_real_ip_from":              checkRealIPFrom,
		"allow":                         checkAccess,
		"deny":                          checkAccess,
		"auth_basic_user_file":          firstScript,
	}
}

// resolverOrOff is ngx_mail_core_resolver.
func resolverOrOff(d *Directive) *Refusal {
	if d.Args[0] == "off" {
		return nil
	}
	return resolver(d)
}

// types is ngx_http_core_type, for the lines of a types block. A type twice is
// only warned of.
func types(d *Directive) *Refusal {
	for i := range d.Parameters {
		if p := &d.Parameters[i]; p.Name == "include" && !p.Unknown && len(p.Args) != 1 {
			return refuse(Whole, `invalid number of arguments in "include" directive`).in(i)
		}
	}
	return nil
}

// in says which line of the block is at fault.
func (r *Refusal) in(parameter int) *Refusal {
	r.Parameter = parameter + 1
	return r
}

// keepaliveTimeout is ngx_http_core_keepalive.
func keepaliveTimeout(d *Directive) *Refusal {
	if _, ok := nginx.ParseMsec(d.Args[0]); !ok {
		return invalidValue(d, 0)
	}
	if len(d.Args) > 1 {
		if _, ok := nginx.ParseSec(d.Args[1]); !ok {
			return invalidValue(d, 1)
		}
	}
	return nil
}

// openFileCache is ngx_http_core_open_file_cache.
func openFileCache(d *Directive) *Refusal { return fileCache(d, "max", "inactive") }

// fileCache checks the parameters of a cache of open files.
func fileCache(d *Directive, names ...string) *Refusal {
	off, hasMax := false, false
	for i, v := range d.Args {
		if v == "off" {
			off = true
			continue
		}
		key, value, _ := strings.Cut(v, "=")
		var n int64
		ok := slices.Contains(names, key)
		switch {
		case !ok:
		case key == "inactive", key == "valid":
			_, ok = nginx.ParseSec(value)
		default:
			n, ok = nginx.ParseNumber(value)
		}
		if key == "max" && ok {
			hasMax = true
			if n == 0 && d.Name == "open_file_cache" {
				ok = false
			} else if n == 0 {
				hasMax = false
			}
		}
		if !ok {
			return refuse(i, "invalid %s parameter %s", quote(d.Name), quote(v)).with(`it takes "off", or %s=`, strings.Join(names, "=, "))
		}
	}
	if !off && !hasMax {
		article := "the " // in the words of each module
		if d.Name == "open_log_file_cache" {
			article = ""
		}
		return refuse(Whole, `%s must have %s"max" parameter`, quote(d.Name), article).with(`add "max=1000"`)
	}
	return nil
}

// disableSymlinks is ngx_http_disable_symlinks.
func disableSymlinks(d *Directive) *Refusal {
	mode, from := "", 0
	for i, v := range d.Args {
		if value, ok := valueOf(v, "from"); ok {
			if message := script(value); message != "" {
				return refuse(i, "%s", message)
			}
			from++
			continue
		}
		if v != "off" && v != "on" && v != "if_not_owner" {
			return invalidParameter(d, i).with("it takes off, on or if_not_owner, and from=")
		}
		mode = v
	}
	switch {
	case mode == "":
		return refuse(Whole, `"disable_symlinks" must have "off", "on" or "if_not_owner" parameter`)
	case len(d.Args) == 2 && from == 0:
		return refuse(Whole, `duplicate parameters "%s %s"`, d.Args[0], d.Args[1])
	case len(d.Args) == 2 && mode == "off":
		return refuse(Whole, `"from=" cannot be used with "off" parameter`)
	}
	return nil
}

// gzipDisable is ngx_http_gzip_disable.
func gzipDisable(d *Directive) *Refusal {
	for i, v := range d.Args {
		if v == "msie6" || v == "degradation" {
			continue
		}
		if r := checkRegex(i, v); r != nil {
			return r
		}
	}
	return nil
}

// aio is ngx_http_core_set_aio. What the system and the build support is not
// looked at.
func aio(d *Directive) *Refusal {
	v := d.Args[0]
	name, isPool := strings.CutPrefix(v, "threads=")
	switch {
	case isPool:
		if message := script(name); message != "" {
			return refuse(0, "%s", message)
		}
	case v != "on" && v != "off" && v != "threads":
		return invalidValue(d, 0).with(`it takes on, off, threads or "threads=" and a pool`)
	}
	return nil
}

// directio is ngx_http_core_directio.
func directio(d *Directive) *Refusal {
	if d.Args[0] == "off" {
		return nil
	}
	if _, ok := nginx.ParseOffset(d.Args[0]); !ok {
		return invalidValue(d, 0)
	}
	return nil
}

// bounds checks a number that nginx wants to be in a range: the post handler
// ngx_conf_check_num_bounds (src/core/ngx_conf_file.c).
func bounds(low, high int64) check {
	return func(d *Directive) *Refusal {
		n, ok := nginx.ParseNumber(d.Args[0])
		switch {
		case !ok:
			return refuse(0, "%q directive invalid number", d.Name)
		case high < 0 && n < low:
			return refuse(0, "value must be equal to or greater than %d", low)
		case high >= 0 && (n < low || n > high):
			return refuse(0, "value must be between %d and %d", low, high)
		}
		return nil
	}
}

// oneOf checks a size that must be one of powers of two.
func oneOf(low, high int64, message string) check {
	return func(d *Directive) *Refusal {
		n, ok := nginx.ParseSize(d.Args[0])
		if !ok {
			return invalidValue(d, 0)
		}
		if n < low || n > high || n&(n-1) != 0 {
			return refuse(0, "%q directive %s", d.Name, message)
		}
		return nil
	}
}

// poolSize is ngx_http_core_pool_size: a pool holds at least its own head, and
// its size is a multiple of what nginx aligns to.
func poolSize(d *Directive) *Refusal {
	const least, alignment = 112, 16 // on a 64-bit system
	n, ok := nginx.ParseSize(d.Args[0])
	switch {
	case !ok:
		return invalidValue(d, 0)
	case n < least:
		return refuse(0, "the pool size must be no less than %d", least)
	case n%alignment != 0:
		return refuse(0, "the pool size must be a multiple of %d", alignment)
	}
	return nil
}
