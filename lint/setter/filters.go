package setter

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// filterTable are the directives of http's filters and small handlers.
func filterTable() map[string]check {
	return map[string]check{
		"add_header":                 addHeader,
		"add_trailer":                addHeader,
		"expires":                    expires,
		"sub_filter":                 subFilter,
		"auth_request_set":           authRequestSet,
		"valid_referers":             validReferers,
		"userid_expires":             useridExpires,
		"userid_mark":                useridMark,
		"charset":                    charset,
		"source_charset":             charset,
		"variables_hash_max_size":    variablesHash,
		"variables_hash_bucket_size": variablesHash,
		"image_filter":               imageFilter,
		"image_filter_jpeg_quality":  positiveOrScript,
		"image_filter_webp_quality":  positiveOrScript,
		"image_filter_sharpen":       firstScript,
		"geoip_proxy":                geoipProxy,
		"geoip_country":              geoipFile,
		"geoip_city":                 geoipFile,
		"geoip_org":                  geoipFile,
		"perl_set":                   perlSet,
		"modern_browser":             modernBrowser,
		"dav_access":                 checkAccessMode,
		"gzip_comp_level":            bounds(1, 9),
		"uwsgi_modifier1":            bounds(0, 255),
		"uwsgi_modifier2":            bounds(0, 255),
		"gzip_window":                oneOf(512, 32<<10, "must be 512, 1k, 2k, 4k, 8k, 16k, or 32k"),
		"gzip_hash":                  oneOf(512, 128<<10, "must be 512, 1k, 2k, 4k, 8k, 16k, 32k, 64k, or 128k"),
		"connection_pool_size":       poolSize,
		"request_pool_size":          poolSize,
		"xslt_param":                 secondScript,
		"xslt_string_param":          secondScript,
	}
}

// addHeader is ngx_http_headers_add
// (src/http/modules/ngx_http_headers_filter_module.c).
func addHeader(d *Directive) *Refusal {
	if r := checkScript(d, 1); r != nil {
		return r
	}
	if len(d.Args) == 3 && d.Args[2] != "always" {
		return invalidParameter(d, 2).with(`after the name and the value it takes "always"; a value with blanks needs quotes`)
	}
	return nil
}

// expires is ngx_http_headers_expires and ngx_http_parse_expires.
func expires(d *Directive) *Refusal {
	at, modified := 0, false
	if len(d.Args) == 2 {
		if d.Args[0] != "modified" {
			return invalidValue(d, 0).with(`before the time it takes "modified"`)
		}
		at, modified = 1, true
	}
	v := d.Args[at]
	if hasVariables(v) {
		return checkScript(d, at)
	}
	if !modified && (v == "epoch" || v == "max" || v == "off") {
		return nil
	}
	daily := strings.HasPrefix(v, "@")
	if daily && modified {
		return refuse(at, `"expires" directive daily time cannot be used with "modified" parameter`)
	}
	if v != "" && strings.IndexByte("@+-", v[0]) >= 0 {
		v = v[1:]
	}
	n, ok := nginx.ParseSec(v)
	switch {
	case !ok:
		return invalidValue(d, at).with(`it takes a time such as "30d", "epoch", "max" or "off"`)
	case daily && n > 24*60*60:
		return refuse(at, `"expires" directive daily time value must be less than 24 hours`)
	}
	return nil
}

// subFilter is ngx_http_sub_filter.
func subFilter(d *Directive) *Refusal {
	if d.Args[0] == "" {
		return refuse(0, "empty search pattern")
	}
	return checkScripts(d)
}

// authRequestSet is ngx_http_auth_request_set.
func authRequestSet(d *Directive) *Refusal {
	if r := newVariable(d, 0); r != nil {
		return r
	}
	return checkScript(d, 1)
}

// perlSet is ngx_http_perl_set.
func perlSet(d *Directive) *Refusal { return newVariable(d, 0) }

// validReferers is ngx_http_valid_referers, ngx_http_add_referer and
// ngx_http_add_regex_referer.
func validReferers(d *Directive) *Refusal {
	keys := newHashKeys()
	for i, v := range d.Args {
		switch {
		case v == "":
			return refuse(i, `invalid referer ""`)
		case v == "none" || v == "blocked" || v == "server_names":
			continue
		case v == "~":
			return refuse(i, "empty regex in %s", quote(v))
		case v[0] == '~':
			if r := checkRegex(i, v[1:]); r != nil {
				return r
			}
			continue
		}
		host, _, _ := strings.Cut(v, "/")
		switch keys.add(host, true) {
		case hashInvalid:
			return refuse(i, "invalid hostname or wildcard %s", quote(host)).with(`an asterisk stands for whole labels at the start or the end: "*.example.com", "www.example.*"`)
		case hashTaken:
			return refuse(i, "conflicting parameter %s", quote(strings.ToLower(host)))
		}
	}
	return nil
}

// useridExpires is ngx_http_userid_expires.
func useridExpires(d *Directive) *Refusal {
	if v := d.Args[0]; v != "max" && v != "off" {
		if _, ok := nginx.ParseSec(v); !ok {
			return invalidValue(d, 0).with(`it takes a time, "max" or "off"`)
		}
	}
	return nil
}

// useridMark is ngx_http_userid_mark.
func useridMark(d *Directive) *Refusal {
	v := d.Args[0]
	if v == "off" || len(v) == 1 && (v == "=" || v != "_" && isNameByte(v[0])) {
		return nil
	}
	return refuse(0, `"userid_mark" directive value must be "off" or a single letter, digit or "="`)
}

// charset is ngx_http_set_charset_slot.
func charset(d *Directive) *Refusal {
	if d.Args[0] == "$" {
		return refuse(0, `invalid variable name "$"`)
	}
	return nil
}

// imageFilter is ngx_http_image_filter.
func imageFilter(d *Directive) *Refusal {
	invalid := func(i int) *Refusal {
		return invalidParameter(d, i).with(`it takes off, test, size, "rotate 90", "resize width height" or "crop width height"`)
	}
	v := d.Args[0]
	switch len(d.Args) {
	case 1:
		if !slices.Contains([]string{"off", "test", "size"}, v) {
			return invalid(0)
		}
	case 2:
		if v != "rotate" {
			return invalid(0)
		}
		if hasVariables(d.Args[1]) {
			return checkScript(d, 1)
		}
		if !slices.Contains([]string{"90", "180", "270"}, d.Args[1]) {
			return invalid(1)
		}
	default:
		if v != "resize" && v != "crop" {
			return invalid(0)
		}
		for i := 1; i < 3; i++ {
			if hasVariables(d.Args[i]) {
				if r := checkScript(d, i); r != nil {
					return r
				}
			} else if n, ok := nginx.ParseNumber(d.Args[i]); d.Args[i] != "-" && (!ok || n == 0) {
				return invalid(i)
			}
		}
	}
	return nil
}

// positiveOrScript is ngx_http_image_filter_jpeg_quality and the like.
func positiveOrScript(d *Directive) *Refusal {
	if hasVariables(d.Args[0]) {
		return checkScript(d, 0)
	}
	if n, ok := nginx.ParseNumber(d.Args[0]); !ok || n == 0 {
		return refuse(0, "invalid value %s", quote(d.Args[0]))
	}
	return nil
}

// geoipProxy is ngx_http_geoip_proxy.
func geoipProxy(d *Directive) *Refusal {
	if v := d.Args[0]; v != "255.255.255.255" && !isCIDR(v) {
		return refuse(0, "invalid network %s", quote(v))
	}
	return nil
}

// geoipFile is the second argument of ngx_http_geoip_country and its siblings.
func geoipFile(d *Directive) *Refusal {
	if len(d.Args) == 2 && d.Args[1] != "utf8" {
		return invalidParameter(d, 1).with(`after the file it takes "utf8"`)
	}
	return nil
}

// modernBrowser is ngx_http_modern_browser
// (src/http/modules/ngx_http_browser_module.c).
func modernBrowser(d *Directive) *Refusal {
	browsers := []string{"msie", "gecko", "opera", "safari", "konqueror"}
	if len(d.Args) == 1 {
		if d.Args[0] == "unlisted" {
			return nil
		}
		return refuse(Whole, `"modern_browser" without a version is "unlisted" only`)
	}
	if !slices.Contains(browsers, d.Args[0]) {
		return suggest(refuse(0, "unknown browser name %s", quote(d.Args[0])), d.Args[0], browsers)
	}
	for part := range strings.SplitSeq(d.Args[1], ".") {
		if strings.Trim(part, "0123456789") != "" {
			return refuse(1, "invalid browser version %s", quote(d.Args[1]))
		}
	}
	return nil
}

// variablesHash checks that there can be a table of variables, which nginx fills
// in any case (ngx_http_variables_init_vars, src/http/ngx_http_variables.c).
func variablesHash(d *Directive) *Refusal {
	n, ok := nginx.ParseNumber(d.Args[0])
	switch {
	case !ok:
		return refuse(0, "%q directive invalid number", d.Name)
	case n == 0:
		return refuse(0, "could not build variables_hash, you should increase %s: 0", d.Name)
	}
	return nil
}
