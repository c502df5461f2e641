package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "upstream-variables-not-logged",
	Severity: lint.Info,
	Category: lint.BadGateway,
	Pedantic: true,
	Doc: lint.Doc{
		Summary: "an access log that does not tell which upstream answered, and how",
		Why: `The status in an access log is what the client got. Whether a 502 came from nginx, because no upstream could be reached, or from the upstream itself, is told by $upstream_status and $upstream_addr: where nginx tried several servers, both list all of them; they are "-" where it passed nothing on. Neither is in the format "combined", which is the default.

The error log does not replace them: it has no line for a 502 that an upstream sends, nor for one that comes out of a cache. Stream has no $upstream_status; there $upstream_addr tells which servers were tried.`,
		Bad: `events {}
http {
    access_log /var/log/nginx/access.log;
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:3000;
        }
    }
}
`,
		Good: `events {}
http {
    log_format upstream '$remote_addr [$time_local] "$request" $status $body_bytes_sent '
                        '$upstream_addr $upstream_status $upstream_response_time';
    access_log /var/log/nginx/access.log upstream;
    server {
        listen 8080;
        location / {
            proxy_pass http://192.0.2.10:3000;
        }
    }
}
`,
		Silent: `Formats with variables of the configuration's own or of other modules, which may hold both. Where nothing is logged, or code does it. Configurations that are not in view as a whole.`,
		Links: []string{
			"https://nginx.org/en/docs/http/ngx_http_upstream_module.html#variables",
			"https://nginx.org/en/docs/http/ngx_http_log_module.html#log_format",
			"https://nginx.org/en/docs/stream/ngx_stream_upstream_module.html#variables",
		},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		if !c.Complete || len(c.Proxies) == 0 || logsElsewhere(c) {
			return
		}
		var silent byKey[logKey, silentLog]
		formats := logFormats(c)
		for _, x := range c.Proxies {
			if log, key, ok := formats.silent(x); ok {
				silent.add(key, log)
			}
		}
		for key, logs := range silent.all() {
			reportSilentLog(p, key, logs)
		}
	},
})

// logKey is a log_format; nil for the format combined, which nginx brings along.
type logKey struct {
	stream bool
	format *conf.Node
}

// silentLog is a pass whose requests are logged without a word of the upstream.
type silentLog struct {
	proxy *model.Proxy
	// log is the access_log in effect, nil for the default one.
	log *conf.Node
}

// formatTable finds log_format directives by their names in lower case, those of
// stream under "stream " and the name.
type formatTable struct {
	byName map[string]*conf.Node
	// tell holds for those that were looked at whether they tell of the upstream.
	tell map[*conf.Node]bool
}

func (t formatTable) tells(format *conf.Node) bool {
	tells, known := t.tell[format]
	if !known {
		tells = tellsUpstream(format)
		t.tell[format] = tells
	}
	return tells
}

func logFormats(c *model.Config) formatTable {
	t := formatTable{map[string]*conf.Node{}, map[*conf.Node]bool{}}
	for _, s := range []*model.Scope{c.HTTP, c.Stream} {
		if s == nil {
			continue
		}
		for n := range s.All("log_format") {
			t.byName[formatName(s.Stream(), n.Arg(0))] = n
		}
	}
	return t
}

func formatName(stream bool, name string) string {
	if stream {
		name = "stream " + name
	}
	return strings.ToLower(name)
}

// silent finds what logs the requests of a pass without a word of the upstream.
// It is not ok where one log in effect has it, where nothing is logged, or where
// that is not known.
func (t formatTable) silent(x *model.Proxy) (silentLog, logKey, bool) {
	logs, _ := x.Scope.Array("access_log")
	if len(logs) == 0 {
		return silentLog{proxy: x}, logKey{}, !x.Stream()
	}
	first := logKey{stream: x.Stream()}
	for i, n := range logs {
		key := logKey{stream: x.Stream()}
		if n.Arg(0) == "off" || n.Unknown() {
			return silentLog{}, key, false
		}
		if name := n.Arg(1); name != "" && (x.Stream() || !strings.EqualFold(name, "combined")) {
			key.format = t.byName[formatName(x.Stream(), name)]
			if key.format == nil || t.tells(key.format) {
				return silentLog{}, key, false
			}
		} else if x.Stream() {
			return silentLog{}, key, false // stream has no format of its own
		}
		if i == 0 {
			first = key
		}
	}
	return silentLog{x, logs[0]}, first, true
}

// tellsUpstream reports whether a format has the status or the address of the
// upstream, or a variable that may be either.
func tellsUpstream(format *conf.Node) bool {
	for _, text := range format.Values()[1:] {
		names, ok := variablesIn(text)
		if !ok {
			return true
		}
		for _, name := range names {
			switch name = strings.ToLower(strings.Trim(name, "{}")); {
			case name == "upstream_status", name == "upstream_addr", !nginx.IsBuiltinVariable(name):
				return true
			}
		}
	}
	return false
}

// logsElsewhere reports whether a module that nginx does not come with may log.
func logsElsewhere(c *model.Config) bool {
	return slices.ContainsFunc(c.Names(), func(name string) bool {
		return (strings.Contains(name, "log") || strings.HasPrefix(name, "otel")) && len(nginx.Lookup(name)) == 0
	})
}

// reportSilentLog reports all passes that are logged with one format.
func reportSilentLog(p *lint.Pass, key logKey, logs []silentLog) {
	first := logs[0]
	f := lint.Finding{
		Message: `the log does not tell which upstream answered, and with which status: a 502 of nginx and one of the upstream look the same`,
		Help:    `add "$upstream_addr $upstream_status" to a "log_format" that "access_log" names`,
	}
	if key.stream {
		f.Message = `the log does not tell which upstream was connected to`
		f.Help = `add "$upstream_addr" to the "log_format"`
	}
	node := key.format
	switch {
	case node != nil:
		f.Message = fmt.Sprintf("with the format %q, %s", node.Arg(0), f.Message)
		f.Place = lint.AtArg(node, 0)
	case first.log != nil:
		f.Message = `with the format "combined", ` + f.Message
		node = first.log
	default:
		f.Message = `with the default format, "combined", ` + f.Message
		node = first.proxy.Pass
		if http := p.Config.HTTP; http != nil && http.Node.File != nil {
			node = http.Node
		}
	}
	var written []lint.Place
	passes := make([]*model.Proxy, len(logs))
	for i, l := range logs {
		passes[i] = l.proxy
		if l.log != nil && len(written) < maxRelated {
			written = append(written, lint.At(l.log))
		}
	}
	relate(&f, "written with it", written...)
	relate(&f, "passes on", passPlaces(passes)...)
	p.Report(node, f)
}
