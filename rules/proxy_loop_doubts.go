package rules

import (
	"iter"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/model"
)

// arrives reports whether what a pass sends to an own socket is certainly taken
// for a request there, or for a connection, however often.
func arrives(x *model.Proxy, e model.Endpoint, socket *ownSocket) bool {
	tls, known := x.TLS()
	if !known || e.Peer != nil && e.Peer.MaxConns != 0 || !hasTime(x) {
		return false
	}
	switch {
	case tls && socket.ssl:
		return shakesHands(x, socket)
	case x.Stream():
		return !socket.ssl // only a client with TLS in TLS would get through
	case x.Kind == model.HTTPProxy && socket.http2 && !tls:
		// Without TLS, older releases expect HTTP/2 there and nothing else
		// (ngx_http_init_connection, src/http/ngx_http_request.c).
		return x.Config().Version.AtLeast(http2Directive)
	}
	return true
}

// hasTime reports whether a pass waits for connections and answers at all.
func hasTime(x *model.Proxy) bool {
	return !slices.ContainsFunc([]string{"connect_timeout", "send_timeout", "read_timeout", "timeout"}, func(suffix string) bool {
		msec, ok := x.Effective(suffix).Msec()
		return ok && msec == 0
	})
}

// shakesHands reports whether the handshake of a pass with an own socket succeeds:
// it is for the default server there, or for the one that it names.
func shakesHands(x *model.Proxy, socket *ownSocket) bool {
	if x.Effective("ssl_ciphers").Set() || x.Effective("ssl_conf_command").Set() || !speaksTLS12(x.Effective("ssl_protocols")) {
		return false
	}
	return !slices.ContainsFunc(socket.servers, func(srv *model.Server) bool {
		s := srv.Scope
		rejects := s.Effective("ssl_reject_handshake")
		on, ok := rejects.Flag()
		return rejects.Set() && (on || !ok) || s.Effective("ssl_conf_command").Set() || !speaksTLS12(s.Effective("ssl_protocols")) ||
			strings.Contains(s.Effective("ssl_certificate").Arg(0), "$")
	})
}

// speaksTLS12 reports whether a setting of protocols has the one that all releases
// speak by default, on both sides.
func speaksTLS12(protocols model.Value) bool { return !protocols.Set() || protocols.Has("TLSv1.2") }

// sendsRequests reports whether the headers that a pass sets leave its requests
// such that nginx takes them.
func (l *loops) sendsRequests(x *model.Proxy) bool {
	headers, at := x.Headers()
	if at == nil {
		return true
	}
	sound, known := l.sound[at]
	if !known {
		sound = areSound(headers)
		l.sound[at] = sound
	}
	return sound
}

// areSound reports whether there is one Host at most, where nginx answers 400 to two
// (ngx_http_process_host, src/http/ngx_http_request.c), and nothing that speaks of
// another body than the client's.
func areSound(headers iter.Seq[model.Header]) bool {
	hosts := 0
	for h := range headers {
		switch name := strings.ToLower(h.Name); {
		case h.Value == "":
		case name == "host":
			hosts++
		case name == "content-length", name == "transfer-encoding":
			return false
		}
	}
	return hosts < 2
}

// isHost reports whether nginx takes a Host header for one, of a name or an IPv4
// address (ngx_http_validate_host, src/http/ngx_http_request.c), and answers 400 to
// no request with it, in any release.
func isHost(name, port string) bool {
	return strings.Trim(name, ".") != "" && !strings.Contains(name, "..") && strings.Trim(port, "0123456789") == "" &&
		!strings.ContainsFunc(name, func(r rune) bool {
			return r >= 0x80 || !isAlphanumeric(byte(r)) && !strings.ContainsRune("._-", r)
		})
}

// mayBeThere reports whether the try_files of a location finds something for a path
// whatever the files are: the root folder itself.
func mayBeThere(at *model.Scope, path string) bool {
	n := at.Own("try_files")
	return n != nil && path == "/" && len(n.Args) > 1 &&
		slices.ContainsFunc(n.Values()[:len(n.Args)-1], func(v string) bool { return strings.HasSuffix(v, "/") })
}
