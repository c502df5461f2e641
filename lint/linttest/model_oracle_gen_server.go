package linttest

import (
	"fmt"
	"strings"
)

// modelCaptures are the names of groups in generated regular expressions.
var modelCaptures = []string{"word", "sub", "tail"}

// server writes a server. The first one listens where every request goes.
func (g *modelGen) server(i int) {
	g.block("server", func() {
		switch {
		case i == 0 || g.percent(70):
			g.line("listen 127.0.0.1:@A@%s;", []string{"", " default_server"}[b2i(i == 1 && g.percent(50))])
		default:
			g.line("listen 127.0.0.1:@B@;")
		}
		g.serverNames(i)
		g.settings()
		if g.percent(60) {
			g.script(true)
		}
		g.named = g.IntN(2)
		g.locations("", 1)
		for n := range g.named {
			g.block(fmt.Sprintf("location @named%d", n), func() {
				g.settings()
				if g.percent(30) {
					g.line("set $text9 %s;", g.value())
				}
				g.pass(true)
			})
		}
	})
}

// never writes a server that no request gets to. Its variables are known to nginx everywhere.
func (g *modelGen) never() {
	g.block("server", func() {
		g.line("listen 127.0.0.1:@B@;")
		g.line(`server_name never.test "~^(?<word>n)(?<sub>e)(?<tail>v)er$";`)
		for _, name := range []string{"text7", "text8", "text9", "to_proxy", "to_fastcgi", "to_uwsgi", "to_scgi", "to_grpc", "memcached_key"} {
			g.line("set $%s never;", name)
		}
	})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (g *modelGen) serverNames(i int) {
	all := [][2]string{
		{"a.test", "A.test"},
		{"*.wild.test", "x.wild.test"},
		{".dot.test", "dot.test"},
		{"www.tail.*", "www.tail.org"},
		{`~^(?<sub>[a-z]+)\.re\.test$`, "app.re.test"},
		{"b.test", "b.test"},
	}
	g.hosts = append(g.hosts, fmt.Sprintf("s%d.test", i), "unknown.test")
	names := []string{fmt.Sprintf("s%d.test", i)}
	for _, n := range all {
		if g.percent(30) {
			names = append(names, n[0])
			g.hosts = append(g.hosts, n[1])
		}
	}
	if g.percent(85) {
		g.line("server_name %s;", strings.Join(names, " "))
	}
}

// locations writes the locations of a level below a prefix.
func (g *modelGen) locations(prefix string, depth int) {
	seen := map[string]bool{}
	if depth == 1 && g.percent(85) {
		g.location("/", "/", depth)
		seen["/"] = true
	}
	for range g.IntN(4) {
		pattern := prefix + g.one("/", "/a", "/a/", "/b/", "/a/b", "/c.php")
		if strings.HasSuffix(prefix, "/") {
			pattern = prefix + g.one("a", "a/", "b/", "a/b", "c.php")
		}
		head, key := pattern, pattern
		switch g.IntN(7) {
		case 0:
			head, key = "= "+pattern, "="+pattern
		case 1:
			head = "^~ " + pattern
		}
		if seen[key] {
			continue
		}
		seen[key] = true
		g.location(head, pattern, depth)
	}
	for range g.IntN(3) {
		if depth > 1 && g.percent(60) {
			continue
		}
		head := g.one(`~ \.php$`, `~* \.PHP$`, `~ ^/(?<word>[a-z]+)/(.*)$`, `~ ^/a`, `~ /b`, `~ ^/(.*)x$`, `~ "^/[ab]{1,2}$"`)
		g.location(head, "/"+g.one("a", "b", "ab/x", "c.php", "a/b"), depth)
	}
}

// location writes one location; path is one that it may be for.
func (g *modelGen) location(head, path string, depth int) {
	g.paths = append(g.paths, path)
	regex := strings.HasPrefix(head, "~")
	g.block("location "+head, func() {
		g.settings()
		if g.percent(4) {
			g.line("internal;")
		}
		if g.percent(40) {
			g.script(false)
		}
		if g.percent(7) {
			g.line("try_files /missing %s;", g.fallback())
		}
		if g.percent(88) {
			g.pass(regex)
		}
		if g.percent(15) {
			g.block("limit_except "+g.one("GET", "POST", "GET POST", "HEAD"), func() {
				if g.percent(30) {
					g.line("deny all;")
				}
				if g.percent(60) {
					g.line("proxy_pass %s;", g.webTarget(true))
				}
			})
		}
		switch {
		case depth == 3 || strings.HasPrefix(head, "="):
		case regex && g.percent(20):
			g.location(g.one(`~ x`, `~ ^/b`), "/b/x", depth+1)
		case !regex:
			g.locations(path, depth+1)
		}
		if g.percent(20) {
			g.settings()
		}
	})
}

func (g *modelGen) fallback() string {
	if g.named > 0 && g.percent(60) {
		return "@named0"
	}
	return g.one("/a/fallback", "/b/", "=418", "/c.php?f=1")
}

func (g *modelGen) fallbackPage() string {
	if g.named > 0 && g.percent(60) {
		return "@named0"
	}
	return g.one("/a/fallback", "/b/", "/c.php?f=1", "/nowhere")
}

// script writes directives of the rewrite module.
func (g *modelGen) script(server bool) {
	for range 1 + g.IntN(3) {
		switch g.IntN(8) {
		case 0, 1, 2:
			g.set()
		case 3, 4, 5:
			g.conditional(server)
		case 6:
			if g.percent(40) {
				g.rewrite()
			}
		case 7:
			if g.percent(30) {
				g.line("break;")
			}
		}
	}
}

func (g *modelGen) set() {
	if g.percent(50) {
		kind := g.one(g.kinds...)
		to := g.address(kind)
		if g.percent(20) && strings.Contains(g.out.String(), "$map_"+kind+" {") {
			to = "$map_" + kind
		}
		g.line("set $to_%s %s;", kind, to)
		return
	}
	g.line("set $text%d %s;", 7+g.IntN(3), g.one(g.value(), "$uri", "$text8$args", "$http_x_mode", "$arg_p-$request_method", "$1", "$2", "$word"))
}

func (g *modelGen) conditional(server bool) {
	condition := g.one("$http_x_mode = a", "$arg_p", "$request_method = POST", "$uri ~ x$", "$http_x_mode ~* ^B", "$http_x_mode != a", "$args !~ q")
	g.block("if ("+condition+")", func() {
		for range 1 + g.IntN(2) {
			switch g.IntN(5) {
			case 0, 1:
				g.set()
			case 2:
				if g.percent(25) {
					g.line("return %s;", g.one("204", "403", "418"))
				}
			case 3:
				if g.percent(25) {
					g.rewrite()
				}
			}
		}
		if !server && g.percent(50) {
			g.pass(true)
		}
	})
}

func (g *modelGen) rewrite() {
	g.line("rewrite %s %s %s;", g.one("^/a(.*)$", "^/b/(.*)$", "x$", "^/(?<tail>[a-z]+)/"), g.one("/r$1", "/b/r", "/a/$1?r=1", "/a/b?r=2?", "/$request_method/x"), g.one("last", "break", "break", ""))
}
