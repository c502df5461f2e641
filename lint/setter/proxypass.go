package setter

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// proxyPrefixes are what the names of the directives of the proxying modules of
// http begin with.
var proxyPrefixes = []string{"proxy_", "fastcgi_", "uwsgi_", "scgi_", "grpc_", "memcached_", "tunnel_"}

// proxyTable are the checks of directives that the proxying modules share, and
// of those of one of them.
func proxyTable() map[string]check {
	table := map[string]check{
		"ngx_stream_proxy_module/proxy_pass": firstScript,
		"ngx_stream_proxy_module/proxy_bind": checkBind,
		"proxy_method":                       firstScript,
		"proxy_set_body":                     checkMergedScript(0),
		"proxy_redirect":                     checkRewritePair("off", "default"),
		"proxy_cookie_domain":                checkRewritePair("off"),
		"proxy_cookie_path":                  checkRewritePair("off"),
		"proxy_cookie_flags":                 checkCookieFlags,
		"proxy_upload_rate":                  checkRate,
		"proxy_download_rate":                checkRate,
		"fastcgi_split_path_info":            checkSplitPathInfo,
		"uwsgi_modifier1":                    checkUwsgiModifier,
		"uwsgi_modifier2":                    checkUwsgiModifier,
	}
	shared := map[string]check{
		"bind":                  checkBind,
		"store":                 checkStore,
		"store_access":          checkAccessMode,
		"temp_path":             checkTempPath,
		"limit_rate":            checkRate,
		"cache":                 firstScript,
		"cache_key":             firstScript,
		"cache_path":            checkCachePath,
		"cache_valid":           checkCacheValid,
		"cache_bypass":          checkScripts,
		"no_cache":              checkScripts,
		"set_header":            checkMergedScript(1),
		"param":                 checkParam,
		"ssl_name":              firstScript,
		"ssl_certificate":       checkProxyCertificate,
		"ssl_certificate_key":   checkProxyCertificate,
		"ssl_certificate_cache": checkCertificateCache,
	}
	for _, prefix := range proxyPrefixes {
		if prefix != "memcached_" { // which takes a dollar sign for a letter
			table["ngx_http_"+prefix+"module/"+prefix+"pass"] = firstScript
		}
		for suffix, c := range shared {
			table[prefix+suffix] = joined(table[prefix+suffix], c)
		}
	}
	return table
}

// joined is the first check unless there is none.
func joined(first, second check) check {
	if first != nil {
		return first
	}
	return second
}

// checkMergedScript checks the variables of an argument that nginx compiles when
// it merges the levels: always at a server and what is in it, at http itself
// only if a server inherits it (ngx_http_proxy_merge_loc_conf,
// src/http/modules/ngx_http_proxy_module.c).
func checkMergedScript(arg int) check {
	return func(d *Directive) *Refusal {
		if d.Context == nginx.HTTP {
			return nil
		}
		return checkScript(d, arg)
	}
}

// checkParam is ngx_http_upstream_param_set_slot, src/http/ngx_http_upstream.c.
func checkParam(d *Directive) *Refusal {
	if len(d.Args) > 2 && d.Args[2] != "if_not_empty" {
		return invalidParameter(d, 2).with(`the only parameter is "if_not_empty"; quote a value with blanks`)
	}
	return checkMergedScript(1)(d)
}

// complexCertificates is the release that made the certificates for upstreams
// values with variables; before, they were plain file names.
var complexCertificates = nginx.V(1, 21, 0)

// checkProxyCertificate is ngx_http_set_complex_value_zero_slot,
// src/http/ngx_http_script.c.
func checkProxyCertificate(d *Directive) *Refusal {
	if !d.Version.AtLeast(complexCertificates) {
		return nil
	}
	return checkScript(d, 0)
}

// checkRate is ngx_http_set_complex_value_size_slot, src/http/ngx_http_script.c,
// and, in releases where the directive takes no variables, ngx_conf_set_size_slot.
func checkRate(d *Directive) *Refusal {
	if d.Facts.TypeAt(d.Version) == nginx.TypeSize {
		return checkType(d)
	}
	if hasVariables(d.Args[0]) {
		return checkScript(d, 0)
	}
	if _, ok := nginx.ParseSize(d.Args[0]); !ok {
		return invalidValue(d, 0).with(`a size is a number, or one with k or m, such as "64k"`)
	}
	return nil
}

// checkBind is ngx_http_upstream_bind_set_slot, src/http/ngx_http_upstream.c.
func checkBind(d *Directive) *Refusal {
	if len(d.Args) == 1 && d.Args[0] == "off" {
		return nil
	}
	if r := checkScript(d, 0); r != nil {
		return r
	}
	if !hasVariables(d.Args[0]) && !isAddress(d.Args[0]) && !isBracketed(d) {
		return refuse(0, "invalid address %q", d.Args[0]).with("it takes an IP address of this machine, maybe with a port")
	}
	if len(d.Args) > 1 && d.Args[1] != "transparent" {
		return invalidParameter(d, 1).with(`the only parameter is "transparent"`)
	}
	return nil
}

// bracketsSince is the oldest branch that may take an IPv6 address in brackets
// without a port: 1.26 does not, 1.30 does.
var bracketsSince = nginx.V(1, 27, 0)

// isBracketed reports whether the address is an IPv6 address in brackets and
// the release may take that.
func isBracketed(d *Directive) bool {
	inside, ok := strings.CutPrefix(d.Args[0], "[")
	inside, closed := strings.CutSuffix(inside, "]")
	return ok && closed && !d.Version.Before(bracketsSince) && isBareAddress(inside)
}

// isAddress reports whether s is an IP address, an IPv6 address with its
// brackets only before a port, as in ngx_parse_addr_port, src/core/ngx_inet.c.
func isAddress(s string) bool {
	if isBareAddress(s) {
		return true
	}
	var host, port string
	var ok bool
	if rest, bracket := strings.CutPrefix(s, "["); bracket {
		host, port, ok = strings.Cut(rest, "]:")
	} else {
		host, port, ok = strings.Cut(s, ":")
	}
	n, number := nginx.ParseNumber(port)
	return ok && number && n >= 1 && n <= 65535 && isBareAddress(host)
}

// isBareAddress is ngx_parse_addr, src/core/ngx_inet.c.
func isBareAddress(s string) bool {
	if u, err := nginx.ParseURL(s, nginx.URLOptions{}); err == nil && u.Family == nginx.FamilyIPv4 && !u.HasPort {
		return true
	}
	if strings.ContainsAny(s, "[]/") {
		return false
	}
	_, err := nginx.ParseURL("["+s+"]", nginx.URLOptions{})
	return err == nil
}

// checkRewritePair is ngx_http_proxy_redirect, ngx_http_proxy_cookie_domain and
// ngx_http_proxy_cookie_path, src/http/modules/ngx_http_proxy_module.c: a word
// alone, or a pattern, which is a regular expression after "~", and a replacement.
func checkRewritePair(words ...string) check {
	return func(d *Directive) *Refusal {
		if len(d.Args) == 1 {
			if slices.Contains(words, d.Args[0]) {
				return nil
			}
			return invalidParameter(d, 0).with(`it takes "%s", or two values`, strings.Join(words, `" or "`))
		}
		if r := checkPattern(d, d.Name != "proxy_cookie_domain"); r != nil {
			return r
		}
		return checkScript(d, 1)
	}
}

// checkPattern checks the first argument: a regular expression after "~" and,
// where there is a mark for it, "~*"; else a value with variables.
func checkPattern(d *Directive, caselessMark bool) *Refusal {
	pattern, isRegex := strings.CutPrefix(d.Args[0], "~")
	if !isRegex {
		return checkScript(d, 0)
	}
	if caselessMark {
		pattern = strings.TrimPrefix(pattern, "*")
	}
	return checkRegex(0, pattern)
}

// checkCookieFlags is ngx_http_proxy_cookie_flags, src/http/modules/ngx_http_proxy_module.c.
func checkCookieFlags(d *Directive) *Refusal {
	if len(d.Args) == 1 {
		if d.Args[0] == "off" {
			return nil
		}
		return invalidParameter(d, 0).with(`it takes "off", or a cookie and flags such as "secure"`)
	}
	if r := checkPattern(d, false); r != nil {
		return r
	}
	for i := 1; i < len(d.Args); i++ {
		if r := checkScript(d, i); r != nil {
			return r
		}
	}
	return nil
}

// checkStore is ngx_http_proxy_store, src/http/modules/ngx_http_proxy_module.c.
func checkStore(d *Directive) *Refusal {
	if d.Args[0] == "on" || d.Args[0] == "off" {
		return nil
	}
	return checkScript(d, 0)
}

// checkSplitPathInfo is ngx_http_fastcgi_split_path_info,
// src/http/modules/ngx_http_fastcgi_module.c.
func checkSplitPathInfo(d *Directive) *Refusal {
	if r := checkRegex(0, d.Args[0]); r != nil {
		return r
	}
	if n, sure := captures(d.Args[0]); sure && n != 2 {
		return refuse(0, "pattern %q must have 2 captures", d.Args[0]).with(`one for the script and one for the path, such as "^(.+\.php)(.*)$"`)
	}
	return nil
}

// captures counts the capturing groups of a pattern where it is sure of them: it
// knows nothing of references by name, branch resets, conditions, verbs, comments
// and quoted text.
func captures(pattern string) (n int, sure bool) {
	for _, unclear := range []string{"(?P=", "(?P>", "(?|", "(?(", "(?#", "(*", `\Q`} {
		if strings.Contains(pattern, unclear) {
			return 0, false
		}
	}
	r := regexReader{text: pattern}
	for r.i < len(r.text) {
		if r.step() != "" {
			return 0, false
		}
	}
	return r.captures, true
}

// checkUwsgiModifier is ngx_conf_set_num_slot with ngx_http_uwsgi_modifier_bounds,
// src/http/modules/ngx_http_uwsgi_module.c.
func checkUwsgiModifier(d *Directive) *Refusal {
	n, ok := nginx.ParseNumber(d.Args[0])
	switch {
	case !ok:
		return refuse(0, "%q directive invalid number", d.Name)
	case n > 255:
		return refuse(0, "value must be between 0 and 255")
	}
	return nil
}
