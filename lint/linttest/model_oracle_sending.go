package linttest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// sending works out what a proxy sends for a request.
type sending struct {
	*visit
	proxy  *model.Proxy
	target model.Target
}

// of is the value of the protocol's own form of a directive where the request ended up.
func (s *sending) of(suffix string) model.Value {
	return s.level.Effective(s.proxy.Directive(suffix))
}

func (s *sending) fill(out *forecast) {
	s.vars["proxy_host"], s.vars["proxy_port"] = "", ""
	if s.proxy.Kind == model.HTTPProxy { // these variables are its own
		s.vars["proxy_host"], s.vars["proxy_port"] = s.hostPort(), fmt.Sprint(s.target.Port)
	}
	if on, _ := s.proxy.TLS(); on || s.target.TLS() {
		out.hasSNI = true
		if named, _ := s.of("ssl_server_name").Flag(); named {
			name, _ := s.eval(s.of("ssl_name").Arg(0))
			out.sni = sniOf(name, s.target)
		}
	}
	switch s.proxy.Kind {
	case model.HTTPProxy:
		out.known = true
		out.method, out.uri = s.method(), s.uri()
		out.proto = "HTTP/" + s.of("http_version").Arg(0)
		out.fields = s.httpFields()
	case model.Grpc:
		out.known = true
		out.method, out.uri, out.proto = s.method(), s.uri(), "HTTP/2.0"
		out.fields = s.grpcFields()
	case model.FastCGI, model.Uwsgi, model.Scgi:
		out.known = true
		out.fields = s.params()
	}
}

// method is that of the request, which *_method replaces.
func (s *sending) method() string {
	if v := s.of("method"); v.Set() {
		text, _ := s.eval(v.Arg(0))
		return text
	}
	return s.req.Method
}

// hostPort is $proxy_host: the host of the target, with a port that is not the default one.
func (s *sending) hostPort() string {
	t := s.target
	if t.URL.Unix != "" {
		return "localhost"
	}
	if t.HasPort && (t.Scheme == "http" && t.Port != 80 || t.Scheme == "https" && t.Port != 443 || t.Scheme == "grpc" || t.Scheme == "grpcs") {
		return fmt.Sprintf("%s:%d", t.URL.Host, t.Port)
	}
	return t.URL.Host
}

// uri is the target of the request line (ngx_http_proxy_create_request,
// src/http/modules/ngx_http_proxy_module.c).
func (s *sending) uri() string {
	t := s.target
	switch {
	case s.proxy.Target.Variable && t.HasURI:
		uri, _ := s.eval(t.URI)
		if strings.HasPrefix(uri, "?") {
			uri = "/" + uri
		}
		return uri
	case !t.HasURI && s.unparsed:
		return s.req.Target
	}
	rest := s.path
	if t.HasURI && s.valid {
		rest = rest[min(len(s.proxy.Scope.Location().Pattern()), len(rest)):]
	}
	if s.quoted || s.internal {
		rest = escapeURI(rest)
	}
	if t.HasURI && s.valid {
		rest = t.URI + rest
	}
	if s.args != "" {
		rest += "?" + s.args
	}
	return rest
}

// fieldSet collects header fields or parameters.
type fieldSet map[string][]string

func (s *sending) httpFields() fieldSet {
	out := fieldSet{}
	set := map[string]bool{}
	s.configured(out, set, true)
	byDefault := map[string]string{"Host": s.vars["proxy_host"], "Connection": s.connection()}
	for _, name := range []string{"Transfer-Encoding", "Te", "Keep-Alive", "Expect", "Upgrade"} {
		byDefault[name] = ""
	}
	byDefault["Content-Length"] = s.contentLength()
	for name, value := range byDefault {
		if !set[name] && value != "" {
			out[name] = []string{value}
		}
		set[name] = true
	}
	s.forwarded(out, set)
	return out
}

// connection is the default of the Connection field: nginx keeps connections to upstreams open
// since 1.29.7, and says nothing then.
func (s *sending) connection() string {
	if v := s.cfg.Version; v.AtLeast(nginx.V(1, 29, 7)) {
		return ""
	}
	return "close"
}

func (s *sending) contentLength() string {
	if body := s.req.body(); body != "" {
		return fmt.Sprint(len(body))
	}
	return ""
}

func (s *sending) grpcFields() fieldSet {
	out := fieldSet{}
	set := map[string]bool{}
	s.configured(out, set, true)
	switch {
	case !set["Host"]:
		out["Host"] = []string{s.hostPort()}
	case out["Host"] == nil:
		out["Host"] = []string{""} // the backend sees none
	}
	if length := s.contentLength(); length != "" && !set["Content-Length"] {
		out["Content-Length"] = []string{length}
	}
	for _, name := range []string{"Host", "Content-Length", "Te", "Connection", "Keep-Alive", "Transfer-Encoding", "Expect", "Upgrade"} {
		set[name] = true
	}
	s.forwarded(out, set)
	return out
}

func (s *sending) params() fieldSet {
	out := fieldSet{}
	set := map[string]bool{}
	if s.proxy.Kind == model.Scgi {
		out["CONTENT_LENGTH"] = []string{fmt.Sprint(len(s.req.body()))}
	}
	s.configured(out, set, false)
	// A default of its own, whatever the client's fields are
	// (ngx_http_fastcgi_headers and its relatives).
	if s.cfg.Version.AtLeast(nginx.V(1, 29, 5)) && !set["HTTP_HOST"] {
		out["HTTP_HOST"] = []string{strings.ToLower(s.req.Host)}
		set["HTTP_HOST"] = true
	}
	if on, _ := s.of("pass_request_headers").Flag(); !on {
		return out
	}
	client := fieldSet{}
	s.forwarded(client, nil)
	client["Host"] = []string{s.req.Host}
	client["Connection"] = []string{"close"}
	if length := s.contentLength(); length != "" {
		client["Content-Length"] = []string{length}
	}
	for name, values := range client {
		param := "HTTP_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if !set[param] {
			out[param] = values
		}
	}
	return out
}

// configured adds what *_set_header or *_param sets where the request ended up, and notes the names.
func (s *sending) configured(out fieldSet, set map[string]bool, canonical bool) {
	suffix := "param"
	if canonical {
		suffix = "set_header"
	}
	for _, n := range s.setters(suffix) {
		name := n.Arg(0)
		if canonical {
			name = http.CanonicalHeaderKey(name)
		}
		set[name] = true
		value, _ := s.eval(n.Arg(1))
		// An empty HTTP_* does nothing but keep the client's field away.
		hides := strings.HasPrefix(name, "HTTP_") && n.Arg(1) == ""
		if value == "" && (canonical || hides || n.Arg(2) == "if_not_empty") {
			continue
		}
		out[name] = append(out[name], value)
	}
}

// setters are the *_set_header or *_param in effect where the request ended up: those that the model
// has for the proxy, unless that is a block inside or around its level.
func (s *sending) setters(suffix string) []*conf.Node {
	if s.level != s.proxy.Scope {
		nodes, _ := s.level.Array(s.proxy.Directive(suffix))
		return nodes
	}
	var nodes []*conf.Node
	headers, _ := s.proxy.Headers()
	for h := range headers {
		nodes = append(nodes, h.Node)
	}
	return nodes
}

// forwarded adds the client's own fields but those in set.
func (s *sending) forwarded(out fieldSet, set map[string]bool) {
	if on, ok := s.of("pass_request_headers").Flag(); ok && !on {
		return
	}
	for _, f := range s.req.Fields {
		name, value, _ := strings.Cut(f, ": ")
		name = http.CanonicalHeaderKey(name)
		if !set[name] {
			out[name] = append(out[name], value)
		}
	}
}
