package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

var _ = add(&lint.Rule{
	ID:       "unknown-directive",
	Severity: lint.Error,
	Category: lint.Startup,
	Except:   nginx.Relatives(),
	Doc: lint.Doc{
		Summary: "a directive that nginx does not know",
		Why: "nginx refuses a configuration with a directive that none of its modules has: it does not start, and on a reload it goes on with the old configuration. " +
			"A name that is a slip of the pen away from one of nginx's is an error. Any other name may belong to a module of a third party: it is a warning, told once for each name.",
		Log: `[emerg] unknown directive "proxy_pas" in /etc/nginx/nginx.conf:6`,
		Bad: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_pas http://127.0.0.1:8000;
        }
    }
}
`,
		Good: `events {}
http {
    server {
        listen 127.0.0.1:8080;
        location / {
            proxy_pass http://127.0.0.1:8000;
        }
    }
}
`,
		Silent: "Directives of common modules (Lua, njs, headers-more, echo, brotli, geoip2, VTS, RTMP and many more) are known, and nothing is said of what is inside the blocks of such modules, " +
			"or of those that only some builds of nginx have (stream, mail, image_filter …). Where a dynamic module is loaded that is not known here, unknown names are only worth an info, and slips of the pen a warning. For variables of the environment in the place of a directive, see `unexpanded-template-variable`.",
		Links: []string{"https://nginx.org/en/docs/dirindex.html"},
	},
	OnConfig: func(p *lint.Pass, c *model.Config) {
		var names byKey[string, spot]
		for _, at := range startup(p).refused[unknown] {
			if !isPlaceholder(at.node.Name) {
				names.add(at.node.Name, at)
			}
		}
		guess := guesser{in: map[nginx.Context][]string{}, left: maxGuesses}
		foreign := loadsUnknownModule(c)
		for name, places := range names.all() {
			inOrder(places)
			reportUnknown(p, name, places, &guess, foreign)
		}
	},
})

// reportUnknown reports a name in all its places.
func reportUnknown(p *lint.Pass, name string, places []spot, guess *guesser, foreign bool) {
	f := lint.Finding{Message: fmt.Sprintf("unknown directive %q", name)}
	if help := notAName(name); help != "" {
		f.Help = help
		for _, at := range places {
			reportName(p, at.node, f)
		}
		return
	}
	near, slip := guess.name(name, places[0].scope.Context)
	if near != "" {
		f.Help = fmt.Sprintf("did you mean %q?", near)
	}
	if slip {
		if foreign {
			f.Severity = lint.Warning
		}
		for _, at := range places {
			reportName(p, at.node, f)
		}
		return
	}
	f.Severity = lint.Warning
	f.Message += ": only a module of a third party could have it"
	if foreign {
		f.Severity = lint.Info
	}
	relateNames(&f, "here too", places[1:])
	reportName(p, places[0].node, f)
}

// inOrder sorts directives of one configuration by file and place: levels are gone
// through from the outermost to the innermost.
func inOrder(places []spot) {
	slices.SortStableFunc(places, func(a, b spot) int {
		return cmp.Or(
			strings.Compare(a.node.File.Path, b.node.File.Path),
			cmp.Compare(a.node.NameSpan.Start, b.node.NameSpan.Start),
		)
	})
}

// reportName reports a finding about the name of a directive.
func reportName(p *lint.Pass, n *conf.Node, f lint.Finding) {
	f.Place = lint.Place{File: n.File, Span: n.NameSpan, Via: n.Via}
	p.Report(n, f)
}

// relateNames adds further places, those of one statement once.
func relateNames(f *lint.Finding, message string, more []spot) {
	for _, at := range more[:min(len(more), maxRelated-len(f.Related))] {
		place := lint.Place{File: at.node.File, Span: at.node.NameSpan, Via: at.node.Via}
		f.Related = append(f.Related, lint.Related{Place: place, Message: message, Same: true})
	}
}

// notAName says what is wrong with a name that no module can have: one that
// nginx reads otherwise than people do. It is "" for any other.
func notAName(name string) string {
	for _, r := range name {
		if r > unicode.MaxASCII && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)) {
			return fmt.Sprintf("the character U+%04X in this word looks like a blank or like nothing at all, and nginx takes it for a letter: write a blank or leave it out", r)
		}
	}
	switch strings.ToLower(name) {
	case "else", "elseif", "elsif", "elif":
		return `nginx has only "if": write a second one with the opposite condition, or a map`
	}
	return ""
}

// maxGuesses is for how many names a similar one is looked for.
const maxGuesses = 500

// guesser finds the name that was meant.
type guesser struct {
	in   map[nginx.Context][]string
	left int
}

// name returns nginx's name that is most like an unknown one, "" if none is,
// and whether they are so close that the other must have been meant. Names that
// are allowed in the context come first.
func (g *guesser) name(name string, in nginx.Context) (near string, slip bool) {
	if g.left--; g.left < 0 {
		return "", false
	}
	local, ok := g.in[in]
	if !ok {
		local = nginx.NamesIn(in)
		g.in[in] = local
	}
	folded := strings.ReplaceAll(strings.ToLower(name), "-", "_")
	if folded != name && nginx.Lookup(folded) != nil {
		return folded, true
	}
	near, _ = nginx.Nearest(folded, local)
	if near != "" && isSlip(name, near) {
		return near, true
	}
	if other, _ := nginx.Nearest(folded, nginx.Names()); other != "" && (near == "" || isSlip(name, other)) {
		near = other
	}
	return near, near != "" && isSlip(name, near)
}

// isSlip reports whether a name is one mistyped letter away from another, or two
// if it is long. Modules name their directives after nginx's, but not as close.
func isSlip(name, meant string) bool {
	switch n := min(len(name), len(meant)); {
	case n < 4:
		return false
	case n < 10:
		return within(name, meant, 1)
	}
	return within(name, meant, 2)
}

// within reports whether adding, leaving out or replacing letters, or swapping
// neighbours, at most edits times, makes b of a.
func within(a, b string, edits int) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	if a == "" || b == "" {
		return len(a)+len(b) <= edits
	}
	if edits == 0 {
		return false
	}
	edits--
	swapped := len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && within(a[2:], b[2:], edits)
	return swapped || within(a[1:], b, edits) || within(a, b[1:], edits) || within(a[1:], b[1:], edits)
}

// loadsUnknownModule reports whether the configuration loads a dynamic module
// whose directives are not known here.
func loadsUnknownModule(c *model.Config) bool {
	for n := range c.Main.All("load_module") {
		if n.Unknown() || !nginx.KnownModuleFile(n.Arg(0)) {
			return true
		}
	}
	return false
}
