package rules

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

var _ = add(&lint.Rule{
	ID:       "unexpanded-template-variable",
	Severity: lint.Error,
	Category: lint.Startup,
	Doc: lint.Doc{
		Summary: "a variable of the environment or of a template that nothing fills in",
		Why: `nginx knows nothing of environment variables in its configuration. "${APP_HOST}" in the server of an upstream group, in "listen" or "resolver" is a name for it, which no host can have; anywhere else it is one of nginx's own variables, which nothing defines. Either way nginx does not start.

Something else has to fill them in before: a script with sed, envsubst, which the image of nginx runs on the files "/etc/nginx/templates/*.template" and on no others, or another template engine.

So it is with what scripts fill in, such as "%APP_PORT%", "@HOST@" or "<HOST>", and with "{{ host }}", whose brace nginx takes for that of a block.

A "server_name" nginx takes as it is. The server then has a name that no request asks for.`,
		Log: `[emerg] host not found in upstream "${APP_HOST}:3000" in /etc/nginx/nginx.conf:4`,
		Bad: `events {}
http {
    upstream app {
        server ${APP_HOST}:3000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Good: `events {}
http {
    upstream app {
        server 192.0.2.10:3000;
    }
    server {
        listen 8080;
        location / {
            proxy_pass http://app;
        }
    }
}
`,
		Silent: `In files that do not lie where nginx reads them it is an info: something may well fill them in on the way. Files that a template engine reads, by their names (*.template, *.tmpl, *.j2, *.erb and the like) or by marks of other engines in them, unless nginx reads them as they are. Names that are not in capitals, or of one letter. Servers marked "resolve", which nginx does not look up when it starts. Variables that nginx or the configuration defines, which have no case; so has "$HOSTNAME" as a "server_name", which is the name of the machine. Words of scripts and marks of template engines outside of a configuration that nginx reads as it is.`,
		Links: []string{
			"https://nginx.org/en/docs/faq/variables_in_config.html",
			"https://hub.docker.com/_/nginx",
		},
	},
	OnConfig: func(p *lint.Pass, _ *model.Config) {
		var files byKey[*conf.File, placeholder]
		note := func(found placeholder) {
			if n := found.node; n.Directive != nil && n.File != nil && !n.File.Template {
				files.add(n.File, found)
			}
		}
		notePlaceholders(p, note)
		noteUnfilled(p, note)
		reportMarks(p)
		for _, found := range files.all() {
			reportPlaceholders(p, found)
		}
	},
})

// placeholder is a place where an environment variable is not filled in.
type placeholder struct {
	node  *conf.Node
	place lint.Place
	// text is the variable as written, refusal what nginx says of it; "" where
	// nginx takes it as it is.
	text, refusal string
	// foreign says that a third-party module may define it.
	foreign bool
	// word says that it is one of a script, such as %PORT%.
	word bool
}

// notePlaceholders finds all placeholders, those that nginx refuses first.
func notePlaceholders(p *lint.Pass, note func(placeholder)) {
	for _, g := range p.Config.Upstreams {
		for i := range g.Peers {
			peer := &g.Peers[i]
			if text, ok := environmentVariable(peer.Node.Arg(0)); ok && !peer.Unknown && !peer.Resolve && !peer.Node.IsBlock {
				refusal := fmt.Sprintf("host not found in upstream %q", peer.Node.Arg(0))
				if peer.Err != nil {
					refusal = peer.Err.Error()
				}
				note(placeholder{peer.Node, lint.AtArg(peer.Node, 0), text, refusal, false, false})
			}
		}
	}
	for _, at := range startup(p).refused[unknown] {
		if n := at.node; isPlaceholder(n.Name) {
			note(placeholder{n, lint.Place{File: n.File, Span: n.NameSpan, Via: n.Via}, n.Name, fmt.Sprintf("unknown directive %q", n.Name), false, false})
		}
	}
	for _, i := range invalid(p) {
		if text, ok := i.environmentVariable(); ok {
			note(placeholder{i.at, lint.AtArg(i.at, i.Arg), text, i.Message, false, false})
		}
	}
	missing := missingVariables(p)
	for _, uses := range missing.variables.all() {
		if !missing.areEnvironment(uses) {
			continue
		}
		for _, use := range uses {
			note(placeholder{use.node, use.place, use.written(), fmt.Sprintf("unknown %q variable", use.name), missing.definitions.foreign, false})
		}
	}
	for _, server := range p.Config.Servers {
		for n := range server.Scope.All("server_name") {
			for i := range n.Args {
				name := n.Args[i].Value
				if strings.HasPrefix(name, "~") || strings.EqualFold(name, "$hostname") {
					continue // a regular expression; the machine's name, in any case (ngx_http_core_server_name)
				}
				if text, ok := environmentVariable(name); ok && !n.Args[i].Unknown {
					note(placeholder{node: n, place: lint.AtArg(n, i), text: text})
				}
			}
		}
	}
}

// environmentVariable is the first variable in a text that is written as those
// of the environment are: $NAME or ${NAME}, two capitals or more.
func environmentVariable(s string) (text string, ok bool) {
	for {
		_, rest, found := strings.Cut(s, "$")
		if !found {
			return "", false
		}
		if s = strings.TrimLeft(rest, "$"); s != rest {
			continue // "$$" is nothing that a person writes for a variable
		}
		name := strings.TrimPrefix(rest, "{")
		n := wordLength(name)
		braces := len(name) < len(rest)
		if n < 2 || strings.ToUpper(name[:n]) != name[:n] || !('A' <= name[0] && name[0] <= 'Z') {
			continue
		}
		switch {
		case !braces:
			return "$" + name[:n], true
		case strings.HasPrefix(name[n:], "}"):
			return "${" + name[:n] + "}", true
		}
	}
}

// isPlaceholder reports whether the name of a directive is a variable of the
// environment, which is to become a directive or nothing.
func isPlaceholder(name string) bool {
	text, ok := environmentVariable(name)
	return ok && text == name
}

// environmentVariable is the variable in the argument that nginx refuses.
func (i *invalidity) environmentVariable() (text string, ok bool) {
	if i.Regex || i.Arg < 0 || i.Arg >= len(i.at.Args) || !i.takes.IsZero() || i.at.File == nil || i.at.File.Template {
		return "", false
	}
	value := i.at.Args[i.Arg].Value
	if ownVariable.MatchString(value) {
		return "", false // its author thinks of nginx's variables
	}
	return environmentVariable(value)
}

// ownVariable matches a variable as nginx's own are written.
var ownVariable = regexp.MustCompile(`\$\{?[a-z]`)

// written is the variable with its dollar sign, as it stands in the file.
func (u *variableUse) written() string {
	if text, ok := environmentVariable(u.place.File.Slice(u.place.Span)); ok {
		return text
	}
	return "$" + u.name
}

// areEnvironment reports whether all uses of an unknown variable are written as
// those of the environment are, in files that no template engine reads.
func (m *unknownVariables) areEnvironment(uses []variableUse) bool {
	for _, use := range uses {
		_, ok := environmentVariable(use.place.File.Slice(use.place.Span))
		if !ok || use.place.File.Template || m.definitions.tooNew(use.stream, use.name) {
			return false
		}
	}
	return true
}

// reportPlaceholders reports all placeholders of one file.
func reportPlaceholders(p *lint.Pass, found []placeholder) {
	first := found[0]
	f := lint.Finding{
		Place: first.place,
		Help:  `have envsubst or another template engine fill it in before nginx starts; a file for the image of nginx is called *.template and stands in /etc/nginx/templates`,
	}
	switch {
	case first.refusal == "":
		f.Severity = lint.Info
		f.Message = fmt.Sprintf("nginx fills in no environment variables: %q is a name that no request asks for", first.text)
	case first.foreign:
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("nginx fills in no environment variables: unless a third-party module defines %q, nginx does not start (%s)", first.text, first.refusal)
	case !p.Config.Tree.Deployed:
		// Many an image fills in its nginx.conf with sed before it starts nginx.
		f.Severity = lint.Info
		f.Message = fmt.Sprintf("nginx fills in no environment variables: unless something fills in %q before, nginx does not start (%s)", first.text, first.refusal)
	case first.word:
		f.Message = fmt.Sprintf("nginx fills in nothing by itself: with %q as it is, it does not start (%s)", first.text, first.refusal)
		f.Help = `have the script that is to fill it in run before nginx starts, or write the value`
	default:
		f.Message = fmt.Sprintf("nginx fills in no environment variables: with %q as it is, nginx does not start (%s)", first.text, first.refusal)
	}
	places := make([]lint.Place, len(found))
	for i := range found {
		places[i] = found[i].place
	}
	relateSame(&f, "not filled in here either", places...)
	reportStart(p, first.node, f)
}
