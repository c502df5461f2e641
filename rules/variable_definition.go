package rules

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// definitions are the variables that a configuration itself defines: nginx adds
// each to one table for all of http, or of stream, wherever it is defined
// (ngx_http_add_variable, src/http/ngx_http_variables.c).
type definitions struct {
	http, stream map[string]bool // lower case
	// blind says that a template engine decides what is defined.
	blind bool
	// foreign says that there are directives of modules that nginx does not come
	// with, which may bring variables along.
	foreign bool
	// version is the target; zero when unknown.
	version nginx.Version
}

// defined collects all definitions.
func (c *checkup) defined() *definitions {
	d := &definitions{http: map[string]bool{}, stream: map[string]bool{}, version: c.version}
	all := mayCapture(c.config.Tree)
	defines := make([]bool, len(c.named))
	for i, cmd := range c.named {
		defines[i] = all || cmd == nil || cmd.shared || isDefinition(c.config.Names()[i])
	}
	for _, s := range c.config.Scopes {
		names := d.http
		if s.Stream() {
			names = d.stream
		}
		if all {
			captureNames(names, s.Node)
		}
		for i, head := range s.Heads() {
			if !defines[head.Name] && !s.Foreign() {
				continue
			}
			if n := &s.Node.Children[i]; n.Directive != nil {
				d.add(names, n, c.named[head.Name])
			}
		}
	}
	return d
}

// isDefinition reports whether directives of a name can define variables otherwise
// than by the captures of a regular expression, see [definitions.add].
func isDefinition(name string) bool {
	switch name {
	case "set", "auth_request_set", "perl_set", "map", "split_clients", "geo", "load_module":
		return true
	}
	return false
}

// mayCapture reports whether there may be a named capture anywhere. The text tells,
// unless something else was made of it: where there are problems, or of a quote
// behind a backslash.
func mayCapture(t *conf.Tree) bool {
	for _, f := range t.Files {
		if len(f.Problems) > 0 {
			return true
		}
		for rest, found := f.Text, true; found; {
			if _, rest, found = strings.Cut(rest, "(?"); found && (rest == "" || strings.IndexByte("<P'\\", rest[0]) >= 0) {
				return true
			}
		}
	}
	return false
}

// add notes what one directive defines.
func (d *definitions) add(names map[string]bool, n *conf.Node, cmd *command) {
	if n.NameUnknown {
		d.blind = true
		return
	}
	if cmd == nil || cmd.shared || cmd.foreign {
		d.foreign = d.foreign || n.Name != "load_module"
		defineAll(names, n)
		return
	}
	at := -1
	switch n.Name {
	case "set", "auth_request_set", "perl_set":
		at = 0
	case "map", "split_clients":
		at = 1
	case "geo":
		at = len(n.Args) - 1
	case "load_module":
		d.foreign = d.foreign || !isOwnModule(n.Arg(0))
	}
	if at >= 0 && at < len(n.Args) {
		d.blind = d.blind || n.Args[at].Unknown
		if name, ok := strings.CutPrefix(n.Arg(at), "$"); ok {
			names[strings.ToLower(name)] = true
		}
	}
	captureNames(names, n)
	if n.Name == "map" {
		for i := range n.Children {
			if line := &n.Children[i]; line.Directive != nil {
				captureNamesIn(names, line.Name)
			}
		}
	}
}

// isOwnModule reports whether a dynamic module comes with nginx.
func isOwnModule(file string) bool {
	for _, part := range []string{
		"ngx_stream_module", "ngx_mail_module", "_geoip_module", "ngx_http_image_filter", "ngx_http_perl", "ngx_http_xslt_filter", "ngx_http_js", "ngx_stream_js", "otel", "acme",
	} {
		if strings.Contains(file, part) {
			return true
		}
	}
	return false
}

// defineAll takes every variable that a directive of another module mentions for
// defined by it.
func defineAll(names map[string]bool, n *conf.Node) {
	mentioned(names, n.Name)
	for i := range n.Args {
		mentioned(names, n.Args[i].Value)
	}
	for i := range n.Children {
		if in := &n.Children[i]; in.Directive != nil {
			defineAll(names, in)
		}
	}
}

// mentioned notes the variables of a word.
func mentioned(names map[string]bool, word string) {
	for rest, found := word, true; found; {
		if _, rest, found = strings.Cut(rest, "$"); found {
			name := strings.TrimPrefix(rest, "{")
			names[strings.ToLower(name[:wordLength(name)])] = true
		}
	}
}

// captureNames notes the named captures of the regular expressions in arguments.
func captureNames(names map[string]bool, n *conf.Node) {
	if n.Directive == nil {
		return
	}
	for i := range n.Args {
		captureNamesIn(names, n.Args[i].Value)
	}
}

// captureNamesIn finds (?<name>, (?P<name> and (?'name'.
func captureNamesIn(names map[string]bool, regex string) {
	for {
		_, rest, found := strings.Cut(regex, "(?")
		if !found {
			return
		}
		regex = rest
		rest = strings.TrimPrefix(rest, "P")
		if rest != "" && (rest[0] == '<' || rest[0] == '\'') {
			if n := wordLength(rest[1:]); n > 0 {
				names[strings.ToLower(rest[1:1+n])] = true
			}
		}
	}
}

// httpBorn and streamBorn are the first releases that can have a variable of
// nginx's own, where 1.18 has not.
var (
	httpBorn = map[string]nginx.Version{
		"connection_time": nginx.V(1, 19, 10), "ssl_alpn_protocol": nginx.V(1, 21, 4), "ssl_curve": nginx.V(1, 21, 5), "http3": nginx.V(1, 25, 0),
		"request_port": nginx.V(1, 29, 0), "is_request_port": nginx.V(1, 29, 0), "ssl_sigalg": nginx.V(1, 29, 0), "ssl_client_sigalg": nginx.V(1, 29, 0),
		"ssl_ech_status": nginx.V(1, 29, 0), "ssl_ech_outer_server_name": nginx.V(1, 29, 0),
	}
	streamBorn = map[string]nginx.Version{
		"ssl_alpn_protocol": nginx.V(1, 21, 4), "ssl_curve": nginx.V(1, 21, 5), "server_name": nginx.V(1, 25, 5),
		"ssl_sigalg": nginx.V(1, 29, 0), "ssl_client_sigalg": nginx.V(1, 29, 0), "ssl_ech_status": nginx.V(1, 29, 0), "ssl_ech_outer_server_name": nginx.V(1, 29, 0),
	}
	// tlvBorn is the first release with $proxy_protocol_tlv_….
	tlvBorn = nginx.V(1, 23, 2)
)

// tooNew reports whether a variable of nginx's own is one of later releases only.
func (d *definitions) tooNew(stream bool, name string) bool {
	if strings.HasPrefix(name, "proxy_protocol_tlv_") {
		return d.version.Before(tlvBorn)
	}
	born := httpBorn
	if stream {
		born = streamBorn
	}
	return d.version.Before(born[name])
}

// has reports whether nginx or the configuration defines a variable.
func (d *definitions) has(stream bool, name string) bool {
	switch {
	case d.tooNew(stream, name):
		return stream && d.stream[name] || !stream && d.http[name]
	case name == "memcached_key" && !stream:
		return d.http[name]
	case stream:
		return d.stream[name] || nginx.IsStreamVariable(name) && !isCapture(name)
	}
	return d.http[name] || nginx.IsHTTPVariable(name) && !isCapture(name)
}
