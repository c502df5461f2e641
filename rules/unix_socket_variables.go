package rules

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

// openSocket is the path of a Unix socket that a pass begins with and that goes on
// with variables, so that all of it is known for no request.
type openSocket struct {
	proxy *model.Proxy
	// scheme is as written, with its "://"; "" for none.
	scheme string
	// socket is what can be the path of a socket; tail, which is never empty,
	// cannot be part of it: the variables are at its end.
	socket, tail string
}

// path is all of it that nginx takes for the path of the socket: for proxy_pass of
// http all up to a colon (ngx_parse_unix_domain_url, src/core/ngx_inet.c).
func (s openSocket) path() string {
	name := s.socket + s.tail
	if s.proxy.Kind == model.HTTPProxy {
		name, _, _ = strings.Cut(name, ":")
	}
	return name
}

// openSockets are the sockets with a tail, as split finds it in what is written out
// before the first variable. Passes whose variables are known are among [unixUses].
func openSockets(p *lint.Pass, split func(x *model.Proxy, path string) (socket, tail string)) (found byKey[string, openSocket]) {
	for _, x := range p.Config.Proxies {
		if !x.Target.Variable || returnsFirst(x) {
			continue
		}
		before, variables, _ := strings.Cut(x.Target.Raw, "$")
		s := openSocket{proxy: x}
		address := before
		if scheme, rest, written := strings.Cut(before, "://"); written {
			s.scheme, address = scheme+"://", rest
		}
		path, isUnix := strings.CutPrefix(address, "unix:")
		if !isUnix || slices.ContainsFunc(x.Candidates, func(t model.Target) bool { return t.URL.Unix != "" }) {
			continue
		}
		known := path
		if isPath(variables) {
			known += "/"
		}
		s.socket, s.tail = split(x, known)
		if s.tail == "" || listensBelow(p, s.socket+s.tail[:1]) {
			continue
		}
		s.tail = path[len(s.socket):] + "$" + variables
		found.add(x.Pass.Name+" "+s.path(), s)
	}
	return found
}

// isPath reports whether the first of the variables, whose "$" is left out, is one of
// the request that always begins with a slash.
func isPath(variables string) bool {
	name := variables[:wordLength(variables)]
	if rest, braced := strings.CutPrefix(variables, "{"); braced {
		name, _, _ = strings.Cut(rest, "}")
	}
	switch name {
	case "request_uri", "uri", "document_uri":
		return true
	}
	return false
}

// listensBelow reports whether a server of the configuration itself listens on a
// socket whose path begins so.
func listensBelow(p *lint.Pass, prefix string) bool {
	return slices.ContainsFunc(sockets(p).uses, func(use socketUse) bool { return strings.HasPrefix(use.unix, prefix) })
}

// relateOpenSockets shows the other passes.
func relateOpenSockets(f *lint.Finding, uses []openSocket) {
	places := make([]lint.Place, len(uses))
	for i, use := range uses {
		places[i] = lint.AtArg(use.proxy.Pass, 0)
	}
	relateSame(f, "here too", places...)
}
