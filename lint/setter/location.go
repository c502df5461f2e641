package setter

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// locationTable are the directives that choose a server, a location and a file.
func locationTable() map[string]check {
	return map[string]check{
		"location":                           location,
		"ngx_http_core_module/server_name":   serverName,
		"ngx_stream_core_module/server_name": serverName,
		"root":                               documentRoot,
		"alias":                              documentRoot,
		"try_files":                          tryFiles,
		"error_page":                         errorPage,
		"limit_except":                       limitExcept,
		"index":                              index,
	}
}

// location is ngx_http_core_location (src/http/ngx_http_core_module.c), as far as
// the arguments alone tell.
func location(d *Directive) *Refusal {
	name := d.Args[0]
	if len(d.Args) == 2 {
		switch d.Args[0] {
		case "=", "^~":
			return nil
		case "~", "~*":
			return checkRegex(1, d.Args[1])
		}
		return refuse(0, "invalid location modifier %s", quote(d.Args[0])).with(`it takes "=", "^~", "~" or "~*"`)
	}
	switch {
	case strings.HasPrefix(name, "~*"):
		return checkRegex(0, name[2:])
	case strings.HasPrefix(name, "~"):
		return checkRegex(0, name[1:])
	case strings.HasPrefix(name, "@") && d.Context.Has(nginx.Location):
		return refuse(0, "named location %s can be on the server level only", quote(name)).with("move it out of the location around it")
	}
	return nil
}

// serverName is ngx_http_core_server_name and ngx_stream_core_server_name.
func serverName(d *Directive) *Refusal {
	for i, v := range d.Args {
		switch {
		case strings.HasPrefix(v, "*") && (len(v) < 3 || v[1] != '.'), v == ".":
			return refuse(i, "server name %s is invalid", quote(v)).with(`an asterisk stands for whole labels at the start or the end: "*.example.com", "www.example.*"; a server for all names is the "default_server"`)
		case v == "~":
			return refuse(i, "empty regex in server name %s", quote(v))
		case strings.HasPrefix(v, "~"):
			if r := checkRegex(i, v[1:]); r != nil {
				return r
			}
		}
	}
	return nil
}

// documentRoot is ngx_http_core_root, for root and alias.
func documentRoot(d *Directive) *Refusal {
	v := d.Args[0]
	for _, name := range []string{"document_root", "realpath_root"} {
		if strings.Contains(v, "$"+name) || strings.Contains(v, "${"+name+"}") {
			return refuse(0, "the $%s variable cannot be used in the %s directive", name, quote(d.Name)).with("its value is what this directive sets")
		}
	}
	return checkScript(d, 0)
}

// tryFiles is ngx_http_try_files (src/http/modules/ngx_http_try_files_module.c).
func tryFiles(d *Directive) *Refusal {
	if r := checkScripts(d); r != nil {
		return r
	}
	last := len(d.Args) - 1
	code, ok := strings.CutPrefix(d.Args[last], "=")
	if !ok {
		return nil
	}
	// A name with a variable is not counted with its final zero, so that nginx
	// reads one digit less of it.
	if hasVariables(code) {
		code = code[:len(code)-1]
	}
	if n, ok := nginx.ParseNumber(code); !ok || n > 999 {
		return refuse(last, "invalid code %s", quote("="+code)).with(`it takes a status such as "=404"`)
	}
	return nil
}

// errorPage is ngx_http_core_error_page.
func errorPage(d *Directive) *Refusal {
	uri := len(d.Args) - 1
	codes := uri
	if v := d.Args[uri-1]; strings.HasPrefix(v, "=") {
		codes--
		if _, ok := nginx.ParseNumber(v[1:]); codes == 0 || len(v) > 1 && !ok {
			return refuse(uri-1, "invalid value %s", quote(v)).with(`it takes statuses, then maybe "=" and the status to answer with, then the URI: "error_page 404 =200 /empty.gif;"`)
		}
	}
	if r := checkScript(d, uri); r != nil {
		return r
	}
	for i, v := range d.Args[:codes] {
		n, ok := nginx.ParseNumber(v)
		switch {
		case !ok || n == 499:
			return refuse(i, "invalid value %s", quote(v)).with("it takes statuses from 300 to 599, and last the URI")
		case n < 300 || n > 599:
			return refuse(i, "value %s must be between 300 and 599", quote(v))
		}
	}
	return nil
}

// methods are those of limit_except (ngx_methods_names of
// src/http/ngx_http_core_module.c).
var methods = []string{
	"GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE", "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "PATCH",
}

// limitExcept is ngx_http_core_limit_except.
func limitExcept(d *Directive) *Refusal {
	for i, v := range d.Args {
		// A release that can tunnel may know it; see tunnel_pass.
		if strings.EqualFold(v, "CONNECT") && !d.Version.Before(nginx.V(1, 31, 0)) {
			continue
		}
		if !containsFold(methods, v) {
			r := refuse(i, "invalid method %s", quote(v))
			if near, ok := nginx.Nearest(strings.ToUpper(v), methods); ok {
				r.with("did you mean %q?", near)
			}
			return r
		}
	}
	return nil
}

// index is ngx_http_index_set_index (src/http/modules/ngx_http_index_module.c).
func index(d *Directive) *Refusal {
	for i, v := range d.Args {
		if v == "" {
			return refuse(i, `index %s in "index" directive is invalid`, quote(d.Args[0]))
		}
		if r := checkScript(d, i); r != nil {
			return r
		}
	}
	return nil
}
