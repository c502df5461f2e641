package linttest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// GenerateModelCase makes the i-th case of a seed, with stream blocks where nginx has that module.
func GenerateModelCase(seed, i uint64, stream bool) ModelCase {
	g := &modelGen{Rand: rand.New(rand.NewPCG(seed, i)), out: new(strings.Builder), files: map[string]string{}}
	g.kinds = g.some([]string{"proxy", "proxy", "proxy", "fastcgi", "uwsgi", "scgi", "grpc"}, 1+g.IntN(3))
	g.http()
	if g.IntN(4) == 0 && stream {
		g.stream()
	}
	g.files["nginx.conf"] = g.out.String()
	c := ModelCase{Files: g.files}
	for range 5 + g.IntN(5) {
		c.Requests = append(c.Requests, g.request())
	}
	return c
}

// modelGen writes one configuration. Values of settings are all different, so that it shows which
// of them took effect.
type modelGen struct {
	*rand.Rand
	out    *strings.Builder
	files  map[string]string
	depth  int
	unique int

	kinds  []string // protocols that the configuration is about
	hosts  []string // that requests ask for
	paths  []string // that requests ask for
	groups map[string][]string
	stages int // ports of stream in use
	named  int // named locations of the server
}

// some picks n of a list, maybe the same more than once.
func (g *modelGen) some(list []string, n int) []string {
	var out []string
	for range n {
		out = append(out, g.one(list...))
	}
	return out
}

func (g *modelGen) one(list ...string) string { return list[g.IntN(len(list))] }

// percent is true that often.
func (g *modelGen) percent(n int) bool { return g.IntN(100) < n }

func (g *modelGen) line(format string, args ...any) {
	fmt.Fprintf(g.out, "%s%s\n", strings.Repeat("    ", g.depth), fmt.Sprintf(format, args...))
}

func (g *modelGen) block(head string, body func()) {
	g.line("%s {", head)
	g.depth++
	body()
	g.depth--
	g.line("}")
}

func (g *modelGen) value() string {
	g.unique++
	return fmt.Sprintf("v%d", g.unique)
}

// http writes the http block with its groups, maps and servers.
func (g *modelGen) http() {
	g.line("events {\n}")
	g.block("http", func() {
		g.settings()
		g.writeGroups()
		g.writeMaps()
		for i := range 1 + g.IntN(3) {
			g.server(i)
		}
		g.never()
		if g.percent(50) {
			g.settings()
		}
	})
}

// httpGroups are the servers that groups of a protocol have. The first that fails has spare ones,
// and no failure is counted, so that one request does not change what becomes of the next.
var httpGroups = map[string][][]string{
	"proxy": {
		{"@http1@"},
		{"@http1@", "@http2@ weight=3", "@closed@ down"},
		{"@http3@ backup", "@http2@"},
		{"@closed@", "@http1@ backup"},
		{"@closed@", "@http1@ backup", "@http2@ backup"},
		{"@bad@", "@http2@ backup"},
		{"@lost@", "@http3@ backup"},
		{"@slow@", "@http3@ backup"},
		{"@http6@", "@socket@"},
		{"@closed@", "@socket@ backup"},
		{"@bad@", "@http6@ backup"},
	},
	"fastcgi": {{"@fastcgi1@", "@fastcgi2@"}, {"@closed@", "@fastcgi1@ backup"}, {"@fastcgislow@", "@fastcgi2@ backup"}},
	"uwsgi":   {{"@uwsgi1@"}, {"@closed@", "@uwsgi2@ backup"}},
	"scgi":    {{"@scgi1@", "@scgi2@"}, {"@closed@", "@scgi1@ backup"}},
	"grpc":    {{"@grpc1@", "@grpc2@"}, {"@closed@", "@grpc2@ backup"}},
	"https":   {{"@https1@", "@https2@"}, {"@closed@", "@https1@ backup"}},
}

func (g *modelGen) writeGroups() {
	g.groups = map[string][]string{}
	for _, kind := range append(g.kinds, "https") {
		if kind == "https" && !g.percent(40) {
			continue
		}
		for range g.IntN(3) {
			all := httpGroups[kind]
			name := fmt.Sprintf("%s_%d", strings.ToUpper(kind[:1])+kind[1:], len(g.groups[kind]))
			g.groups[kind] = append(g.groups[kind], name)
			g.block("upstream "+name, func() {
				for _, server := range all[g.IntN(len(all))] {
					g.line("server %s max_fails=0;", server)
				}
				if g.percent(20) && kind != "https" {
					g.line("keepalive 2;")
				}
			})
		}
	}
}

// address is where something of a protocol listens: a group's name in some case, or an address.
func (g *modelGen) address(kind string) string {
	if all := g.groups[kind]; len(all) > 0 && g.percent(50) {
		name := g.one(all...)
		if g.percent(30) {
			name = strings.ToLower(name)
		}
		return name
	}
	switch kind {
	case "proxy":
		return g.one("@http1@", "@http1@", "@http2@", "@http3@", "@http6@", "@bad@", "@closed@", "@lost@")
	case "https":
		return g.one("@https1@", "@https2@")
	case "fastcgi":
		return g.one("@fastcgi1@", "@fastcgi2@", "@closed@")
	}
	return "@" + kind + g.one("1", "2") + "@"
}

// writeMaps writes maps from what requests bring along to texts and to targets.
func (g *modelGen) writeMaps() {
	for i, source := range []string{"$http_x_mode", "$arg_p", "$host"} {
		if !g.percent(60) {
			continue
		}
		g.block(fmt.Sprintf("map %s $text%d", source, i), func() {
			if g.percent(70) {
				g.line("default %s;", g.one(g.value(), "$uri", g.value()))
			}
			for _, key := range []string{"a", "B", "a.test", `~^b`} {
				if g.percent(60) {
					g.line("%s %s;", key, g.one(g.value(), "$request_method", g.value()+"$args"))
				}
			}
		})
	}
	for _, kind := range g.kinds {
		if g.percent(50) || strings.Contains(g.out.String(), "$map_"+kind) {
			continue
		}
		g.block(fmt.Sprintf("map %s $map_%s", g.one("$http_x_mode", "$arg_p"), kind), func() {
			g.line("default %s;", g.address(kind))
			g.line("a %s;", g.address(kind))
			if g.percent(50) {
				g.line("~*^B %s;", g.address(kind))
			}
		})
	}
	g.writeTables()
}

// writeTables writes targets that depend on the client: by its address, and by chance.
func (g *modelGen) writeTables() {
	for _, kind := range g.kinds {
		if g.percent(15) && !strings.Contains(g.out.String(), "$geo_"+kind+" {") {
			g.block("geo $geo_"+kind, func() {
				g.line("default %s;", g.address(kind))
				g.line("%s %s;", g.one("127.0.0.0/8", "127.0.0.1", "10.0.0.0/8", "::1"), g.address(kind))
			})
		}
		if g.percent(15) && !strings.Contains(g.out.String(), "$split_"+kind+" {") {
			g.block(fmt.Sprintf("split_clients %s $split_%s", g.one("$uri", `"$http_x_mode$arg_p"`, "$request_uri"), kind), func() {
				g.line("%s %s;", g.one("50%", "12.5%", "100%", "0.01%"), g.address(kind))
				if g.percent(80) {
					g.line("* %s;", g.address(kind))
				}
			})
		}
	}
}

// stream writes a stream block, whose backends are those of http.
func (g *modelGen) stream() {
	g.block("stream", func() {
		g.streamSettings()
		if g.percent(60) {
			g.block("upstream sg", func() {
				g.line("server @http1@ max_fails=0;")
				g.line("server @http2@ max_fails=0 %s;", g.one("backup", "down", "weight=2"))
			})
			g.block("upstream sf", func() {
				g.line("server @closed@ max_fails=0;")
				g.line("server @http3@ backup max_fails=0;")
			})
			g.stages = 2
		} else {
			g.stages = 1
		}
		for i := range g.stages {
			g.block("server", func() {
				g.line("listen 127.0.0.1:@%s@;", []string{"S", "T"}[i])
				g.streamSettings()
				target := g.one("@http1@", "@https1@", "@https2@")
				if g.stages == 2 {
					target = g.one("@http2@", "@https1@", "sg", "SG", "sf")
				}
				switch {
				case g.hasHere("proxy_ssl"):
				case strings.Contains(target, "https"):
					g.line("proxy_ssl on;")
				case g.percent(50):
					g.line("proxy_ssl off;")
				}
				g.line("proxy_pass %s;", target)
			})
		}
	})
}

func (g *modelGen) streamSettings() {
	if g.percent(30) {
		g.line("proxy_ssl %s;", g.one("on", "off"))
	}
	if g.percent(40) {
		g.line("proxy_ssl_server_name %s;", g.one("on", "off", "on"))
	}
	if g.percent(30) {
		g.line("proxy_ssl_name %s.test;", g.value())
	}
	if g.percent(20) {
		g.line("proxy_next_upstream %s;", g.one("on", "off"))
	}
	if g.percent(20) {
		g.line("proxy_next_upstream_tries %s;", g.one("0", "1", "2"))
	}
}

// request makes a request that is likely to get somewhere.
func (g *modelGen) request() ModelRequest {
	r := ModelRequest{Port: "A", Method: g.one("GET", "GET", "GET", "POST", "HEAD", "PUT", "DELETE"), Target: g.one(append(g.paths, "/", "/a/")...), Host: g.one(g.hosts...)}
	switch g.IntN(6) {
	case 0:
		r.Port = "B"
	case 1:
		if g.stages > 0 {
			r.Port = []string{"S", "T"}[g.IntN(g.stages)]
		}
	}
	if !strings.Contains(g.out.String(), "@"+r.Port+"@") {
		r.Port = "A"
	}
	r.Target += g.one("", "", "", "x", "/", "/deep/x.php", "a", ".php", "b/c", "%20y", "//b/../z")
	r.Target += g.one("", "", "?p=a", "?p=b&q=1", "?x")
	if g.percent(60) {
		r.Fields = append(r.Fields, "X-Mode: "+g.one("a", "b", "C"))
	}
	if g.percent(20) {
		r.Fields = append(r.Fields, "X-Own: "+g.value())
	}
	if g.percent(10) {
		r.Host += ":80"
	}
	return r
}
