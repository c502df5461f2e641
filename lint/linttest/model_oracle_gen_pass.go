package linttest

import (
	"fmt"
	"strings"
)

// settings writes some settings of the protocols in use, header fields and parameters now and then
// in a file of their own.
func (g *modelGen) settings() {
	if !g.percent(15) {
		g.writeSettings()
		return
	}
	name := fmt.Sprintf("part%d.conf", len(g.files))
	out, depth := g.out, g.depth
	g.out, g.depth = new(strings.Builder), 0
	g.array(g.one(g.kinds...))
	g.files[name] = g.out.String()
	g.out, g.depth = out, depth
	g.line("include %s;", name)
}

func (g *modelGen) writeSettings() {
	if g.percent(10) && g.depth > 1 {
		g.line("error_page %s %s%s;", g.one("502", "502 504", "502 503 504", "503"), g.one("", "", "= ", "=200 ", "=418 "), g.fallbackPage())
	}
	written := map[string]bool{}
	once := func(format string, args ...any) {
		text := fmt.Sprintf(format, args...)
		name, _, _ := strings.Cut(text, " ")
		if !written[name] && !g.hasHere(name) {
			written[name] = true
			g.line("%s", text)
		}
	}
	for _, kind := range g.kinds {
		if g.percent(35) {
			g.array(kind)
		}
		if g.percent(15) {
			once("%s_read_timeout %s;", kind, g.one("20s", "20s", "120ms"))
		}
		if g.percent(15) {
			once("%s_next_upstream %s;", kind, g.one("off", "error", "timeout", "error timeout http_503", "error timeout http_404 non_idempotent", "http_503 non_idempotent", "error http_503 http_404"))
		}
		if g.percent(8) {
			once("%s_next_upstream_tries %s;", kind, g.one("0", "1", "2"))
		}
		if kind == "proxy" || kind == "grpc" || kind == "uwsgi" {
			if g.percent(25) {
				once("%s_ssl_server_name %s;", kind, g.one("on", "on", "off"))
			}
			if g.percent(20) {
				once("%s_ssl_name %s;", kind, g.one(g.value()+".test", "$host", "$http_x_mode.test"))
			}
		}
		if g.percent(15) {
			once("%s_intercept_errors %s;", kind, g.one("on", "on", "off"))
		}
		if g.percent(8) && kind != "grpc" {
			once("%s_pass_request_headers %s;", kind, g.one("on", "off"))
		}
		if kind == "proxy" && g.percent(20) {
			once("proxy_http_version %s;", g.one("1.0", "1.1"))
		}
		if kind == "proxy" && g.percent(10) {
			once("proxy_method %s;", g.one("GET", "POST", "$request_method", "ODD"))
		}
	}
}

// hasHere reports whether the level being written has a directive already, so far as the text of
// the level shows; files that are included do not count.
func (g *modelGen) hasHere(name string) bool {
	indent := strings.Repeat("    ", g.depth)
	lines := strings.Split(g.out.String(), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		l := lines[i]
		if l == "" {
			continue
		}
		if !strings.HasPrefix(l, indent) {
			return false
		}
		if strings.HasPrefix(l, indent+name+" ") {
			return true
		}
	}
	return false
}

// array writes header fields or parameters.
func (g *modelGen) array(kind string) {
	text := func() string {
		return g.one(g.value(), g.value(), g.value(), "$uri", "$host", "$http_x_mode", "$request_uri", "$arg_p", g.value()+"$request_method", `""`, "$text7", "$text8", "$server_name", "${text9}x", "$1", g.value()+"$2", "$word", "$sub", "$tail")
	}
	if kind == "proxy" || kind == "grpc" {
		for range 1 + g.IntN(2) {
			g.line("%s_set_header X-%s %s;", kind, g.one("One", "Two", "Mode"), text())
		}
		if g.depth > 0 && g.percent(30) && !g.hasHere(kind+"_set_header Host") {
			g.line("%s_set_header Host %s;", kind, g.one("$host", "$http_host", "$proxy_host", "other.test"))
		}
		if g.percent(20) && kind == "proxy" {
			g.line("proxy_set_header Connection %s;", g.one(`""`, "$http_connection", "keep-alive"))
		}
		return
	}
	for range 1 + g.IntN(3) {
		flag := ""
		if g.percent(20) {
			flag = " if_not_empty"
		}
		g.line("%s_param %s %s%s;", kind, g.one("ONE", "TWO", "REQUEST_METHOD", "SCRIPT_FILENAME", "HTTP_X_MODE"), text(), flag)
	}
}

// pass writes a *_pass; bare says that it must not have a URI.
func (g *modelGen) pass(bare bool) {
	kind := g.one(g.kinds...)
	if g.percent(3) {
		g.line("set $memcached_key %s;", g.one("$uri", g.value()))
		g.line("memcached_pass @memcached1@;")
		return
	}
	if kind == "proxy" {
		g.line("proxy_pass %s;", g.webTarget(bare))
		return
	}
	to := g.address(kind)
	switch {
	case g.percent(20):
		to = "$to_" + kind
	case g.percent(20) && strings.Contains(g.out.String(), "$map_"+kind+" {"):
		to = "$map_" + kind
	case g.percent(40) && g.has("$geo_"+kind):
		to = "$geo_" + kind
	case g.percent(40) && g.has("$split_"+kind):
		to = "$split_" + kind
	case kind == "uwsgi" && g.percent(35):
		to = g.one("suwsgi://@suwsgi1@", "uwsgi://"+to)
	case kind == "grpc" && g.percent(20):
		to = "grpcs://@grpcs1@"
	case kind == "grpc" && g.percent(30):
		to = "grpc://" + to
	}
	g.line("%s_pass %s;", kind, to)
}

// has reports whether a table makes the variable.
func (g *modelGen) has(name string) bool { return strings.Contains(g.out.String(), name+" {") }

// webTarget is the argument of a proxy_pass.
func (g *modelGen) webTarget(bare bool) string {
	switch {
	case g.percent(20):
		return "http://$to_proxy" + g.one("", "", "/fixed", "$request_uri", "/p$uri", "/c/$1", "/$word")
	case g.percent(20) && strings.Contains(g.out.String(), "$map_proxy {"):
		return "http://$map_proxy" + g.one("", "", "/fixed?x=1", "$uri$is_args$args")
	}
	for _, name := range []string{"$geo_proxy", "$split_proxy"} {
		if g.percent(25) && g.has(name) {
			return "http://" + name + g.one("", "", "/fixed", "$request_uri")
		}
	}
	uri := ""
	if !bare && g.percent(45) {
		uri = g.one("/", "/x", "/x/", "/y/z/", "/q?k=1")
	}
	switch {
	case g.percent(20):
		return "https://" + g.address("https") + uri
	case g.percent(10):
		return "$scheme://" + g.address("proxy") + g.one("", "/fixed")
	}
	return "http://" + g.address("proxy") + uri
}
