package setter

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// rewriteTable are the directives of the rewrite modules of http and stream.
func rewriteTable() map[string]check {
	return map[string]check{
		"rewrite":                         rewrite,
		"ngx_http_rewrite_module/return":  returnStatus,
		"ngx_stream_return_module/return": firstScript,
		"ngx_http_rewrite_module/set":     set,
		"ngx_stream_set_module/set":       set,
		"if":                              condition,
	}
}

// rewrite is ngx_http_rewrite (src/http/modules/ngx_http_rewrite_module.c).
func rewrite(d *Directive) *Refusal {
	if d.Args[1] == "" {
		return refuse(1, "empty replacement").with(`to answer without a file, write "return" and a status`)
	}
	if r := checkRegex(0, d.Args[0]); r != nil {
		return r
	}
	if len(d.Args) == 3 {
		flags := []string{"last", "break", "redirect", "permanent"}
		switch d.Args[2] {
		case "last", "break", "redirect", "permanent":
		default:
			return suggest(invalidParameter(d, 2), d.Args[2], flags)
		}
	}
	return checkScript(d, 1)
}

// returnStatus is ngx_http_rewrite_return.
func returnStatus(d *Directive) *Refusal {
	v := d.Args[0]
	n, ok := nginx.ParseNumber(v)
	isURL := strings.HasPrefix(v, "http://") || strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "$scheme")
	switch {
	case !ok && len(d.Args) == 1 && isURL:
		return checkScript(d, 0)
	case !ok && isURL:
		return refuse(0, "invalid return code %s", quote(v)).with("the status comes first, and then the URL")
	case !ok || n > 999:
		return refuse(0, "invalid return code %s", quote(v)).with(`it takes a status, and maybe a text or a URL; alone, only a URL that begins with "http://", "https://" or "$scheme"`)
	}
	return checkScript(d, 1)
}

// set is ngx_http_rewrite_set and ngx_stream_set.
func set(d *Directive) *Refusal {
	if r := newVariable(d, 0); r != nil {
		return r
	}
	return checkScript(d, 1)
}
