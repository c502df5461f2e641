package rules

import (
	"iter"
	"regexp"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// pooledByDefault is the release since which proxy_pass speaks HTTP/1.1 without
// "Connection: close", upstream groups keep connections, and it does not matter
// whether keepalive stands above or below the balancing method.
var pooledByDefault = nginx.V(1, 29, 7)

// connectionSent is the Connection header that a proxy_pass sends along with
// plain requests, those that ask for no upgrade.
type connectionSent struct {
	// value is the header's, "" where none is sent.
	value string
	// header is the proxy_set_header that sets it, nil for nginx's default.
	header *conf.Node
	// entry is the line of a map that gives the value, or nil.
	entry *conf.Node
}

// closes reports whether the server is told to close the connection.
func (c connectionSent) closes() bool { return strings.EqualFold(strings.TrimSpace(c.value), "close") }

// plainConnection works out what is sent where h is what the configuration sets; it
// is not ok where that is not known. The default is "close" in releases before
// [pooledByDefault] (ngx_http_proxy_headers, src/http/modules/ngx_http_proxy_module.c).
func plainConnection(p *lint.Pass, h model.Header, maps map[string]*conf.Node) (c connectionSent, ok bool) {
	c.header, c.value = h.Node, h.Value
	if c.header == nil {
		if !p.Config.Version.AtLeast(pooledByDefault) {
			c.value = "close"
		}
		return c, true
	}
	if !strings.Contains(c.value, "$") {
		return c, true
	}
	c.entry = maps[strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(c.value, "${", "$"), "}", ""))]
	if c.entry == nil {
		return c, false
	}
	if c.entry.Name == "map" {
		c.value = "" // no entry is for it
		return c, true
	}
	c.value = c.entry.Arg(0)
	return c, !c.entry.Unknown() && !strings.Contains(c.value, "$")
}

// plainMapsKey is the key of [plainMaps] among what rules share.
type plainMapsKey struct{}

// plainMaps are the lines that [plainMapEntry] finds in the maps from
// $http_upgrade, by the variable in lower case. There is none for a variable
// that several maps set.
func plainMaps(p *lint.Pass) map[string]*conf.Node {
	return p.Shared(plainMapsKey{}, func() any {
		entries := map[string]*conf.Node{}
		if p.Config.HTTP == nil {
			return entries
		}
		for m := range p.Config.HTTP.All("map") {
			variable := strings.ToLower(m.Arg(1))
			if _, twice := entries[variable]; twice || m.Unknown() || !strings.EqualFold(m.Arg(0), "$http_upgrade") {
				entries[variable] = nil
				continue
			}
			entries[variable] = plainMapEntry(m)
		}
		return entries
	}).(map[string]*conf.Node)
}

// plainMapEntry finds the line of a map that holds for requests without the
// header that it looks at: the empty string, then the first regular expression
// that matches it, then the default (ngx_http_map_find,
// src/http/ngx_http_variables.c). It is the map itself where there is no such
// line, and nil where that is not known.
func plainMapEntry(found *conf.Node) *conf.Node {
	var empty, matching, other *conf.Node
	for i := range found.Children {
		switch n := &found.Children[i]; {
		case n.Directive == nil || n.NameUnknown || n.Name == "include":
			return nil
		case len(n.Args) != 1: // volatile, hostnames
		case n.Name == "":
			empty = n
		case n.Name == "default":
			other = n
		case strings.HasPrefix(n.Name, "~"):
			re, err := regexp.Compile(strings.TrimPrefix(n.Name[1:], "*"))
			if err != nil {
				return nil
			}
			if matching == nil && re.MatchString("") {
				matching = n
			}
		}
	}
	for _, n := range []*conf.Node{empty, matching, other} {
		if n != nil {
			return n
		}
	}
	return found
}

// longTimeout is a read timeout that nobody needs for plain requests, in
// milliseconds.
const longTimeout = 60 * 60 * 1000

// onlyWebsockets reports whether a pass is, or may be, for WebSocket connections
// alone: by its name, or because a location that is not the server's root waits
// for an hour or longer.
func onlyWebsockets(x *model.Proxy) bool {
	for at := x.Scope.Location(); at != nil; at = at.Parent {
		if at.Context == nginx.Location && at.Node.Unknown() {
			return true
		}
	}
	if at := x.Scope.Location(); at != nil && at.Pattern() != "/" {
		timeout := x.Effective("read_timeout")
		if msec, ok := timeout.Msec(); ok && timeout.Scope == at && msec >= longTimeout {
			return true
		}
	}
	for range websocketNames(x) {
		return true
	}
	return false
}

// websocketNames yields the names by which a pass is for WebSocket connections alone:
// those of its locations, of its address and of its server; none if it is not.
func websocketNames(x *model.Proxy) iter.Seq[string] {
	return func(yield func(string) bool) {
		for at := x.Scope.Location(); at != nil; at = at.Parent {
			if at.Context == nginx.Location && namesWebsockets(at.Pattern()) && !yield(at.Pattern()) {
				return
			}
		}
		for address := range addressTexts(x) {
			if namesWebsockets(address) && !yield(address) {
				return
			}
		}
		if x.Server == nil {
			return
		}
		for _, name := range x.Server.Names {
			if first, _, _ := strings.Cut(name, "."); !namesWebsockets(first) {
				return
			}
		}
		for _, name := range x.Server.Names {
			if !yield(name) {
				return
			}
		}
	}
}

// namesOthers reports whether a regular expression of a pass's locations has, next
// to one for WebSockets, an alternative that is for something else: ^/(ws|api)/.
func namesOthers(x *model.Proxy) bool {
	for at := x.Scope.Location(); at != nil; at = at.Parent {
		if !strings.HasPrefix(at.Modifier(), "~") || !strings.Contains(at.Pattern(), "|") {
			continue
		}
		for alternative := range strings.SplitSeq(at.Pattern(), "|") {
			for range asciiWords(alternative) {
				if !namesWebsockets(alternative) {
					return true
				}
				break
			}
		}
	}
	return false
}

// websocketWords has a part of everything that namesWebsockets looks for.
var websocketWords = newWordFilter("sock", "ws", "cable", "hub", "signalr")

// namesWebsockets reports whether one of a text's words is what people call a
// WebSocket, or the path that a well-known library uses for them.
func namesWebsockets(text string) bool {
	if !websocketWords.may(text) {
		return false
	}
	text = strings.ToLower(text)
	if containsAny(text, "socket.io", `socket\.io`, "websocket", "web-socket", "web_socket", "sockjs", "signalr") {
		return true
	}
	for word := range asciiWords(text) {
		switch word {
		case "ws", "wss", "socket", "sockets", "socketio", "cable", "hub", "hubs":
			return true
		}
	}
	return false
}

// isKeepAlive reports whether a Connection header asks to keep the connection.
func isKeepAlive(value string) bool { return strings.EqualFold(strings.TrimSpace(value), "keep-alive") }
