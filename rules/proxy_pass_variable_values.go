package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// testedVariables are the variables that a configuration looks at to decide what
// to do, so that some of their values may never come to a pass.
type testedVariables struct {
	// conditions are those in an "if" and in what answers or redirects, sources
	// those that maps are made of.
	conditions, sources variableSet
	// scripts says that code may look at all of them.
	scripts bool
}

func newTestedVariables(c *model.Config) *testedVariables {
	t := &testedVariables{conditions: variableSet{}, sources: variableSet{}}
	for _, s := range c.Scopes {
		for i := range s.Node.Children {
			n := &s.Node.Children[i]
			switch n.Name {
			case "map", "split_clients":
				t.sources.add(n.Arg(0))
			case "if", "rewrite", "return", "try_files", "error_page":
				for j := range n.Args {
					t.conditions.add(n.Args[j].Value)
				}
			}
			t.scripts = t.scripts || strings.Contains(n.Name, "_by_lua") || strings.HasPrefix(n.Name, "js_") || n.Name == "perl"
		}
	}
	return t
}

// any reports whether the configuration looks at a variable of the text.
func (t *testedVariables) any(text string) bool {
	return t.scripts || t.conditions.any(text) || t.sources.any(text)
}

// variableSet is a set of names of variables, in lower case.
type variableSet map[string]bool

// add adds the variables of a text.
func (s variableSet) add(text string) {
	names, _ := variablesIn(text)
	for _, name := range names {
		s[strings.ToLower(strings.Trim(name, "{}"))] = true
	}
}

// any reports whether a variable of the text is in the set.
func (s variableSet) any(text string) bool {
	names, _ := variablesIn(text)
	for _, name := range names {
		if s[strings.ToLower(strings.Trim(name, "{}"))] {
			return true
		}
	}
	return false
}

// mayBeAbsent reports whether the source of a map is one that common requests do
// not have: a cookie, an argument of the URL, a header. Headers that a proxy in
// front always sets, or a certain kind of client, are none.
func mayBeAbsent(source string) bool {
	name := strings.ToLower(strings.Trim(strings.TrimPrefix(source, "$"), "{}"))
	if strings.ContainsAny(name, "$") || wordLength(name) != len(name) {
		return false
	}
	switch header, isHeader := strings.CutPrefix(name, "http_"); {
	case !isHeader:
		return strings.HasPrefix(name, "cookie_") || strings.HasPrefix(name, "arg_")
	case header == "host", header == "upgrade", header == "connection", header == "user_agent",
		strings.HasPrefix(header, "x_forwarded_"), strings.HasPrefix(header, "x_real_"), strings.HasPrefix(header, "cf_"), strings.HasPrefix(header, "x_amzn_"):
		return false
	}
	return true
}

// namesEmpty reports whether an entry of a map other than its default may be for
// the empty value.
func namesEmpty(block *conf.Node) bool {
	for i := range block.Children {
		n := &block.Children[i]
		pattern, isRegex := strings.CutPrefix(n.Name, "~")
		if n.Name == "" || n.NameUnknown || n.Name == "include" && len(n.Args) == 1 {
			return true
		}
		if !isRegex {
			continue
		}
		if r, err := regexp.Compile(strings.TrimPrefix(pattern, "*")); err != nil || r.MatchString("") {
			return true
		}
	}
	return false
}

// leavesShare reports whether the percentages of split_clients make less than
// the whole (ngx_http_split_clients, src/http/modules/ngx_http_split_clients_module.c,
// counts in hundredths of a percent).
func leavesShare(block *conf.Node) bool {
	sum := 0
	for i := range block.Children {
		percent, ok := strings.CutSuffix(block.Children[i].Name, "%")
		share, err := strconv.ParseFloat(percent, 64)
		if !ok || err != nil || block.Children[i].NameUnknown {
			return false
		}
		sum += int(share*100 + 0.5)
	}
	return sum < 100*100
}

// reportMisread reports all passes that one statement gives a wrong value.
func reportMisread(p *lint.Pass, all []misread) {
	first := all[0]
	for _, m := range all {
		if m.every && !first.every {
			first = m
		}
	}
	x, t := first.proxy, first.target
	f := lint.Finding{Place: lint.AtArg(x.Pass, 0), Help: misreadHelp(&first)}
	answer := protocolText(x, "answered with "+refusedWith(p, "500", x), "closed, session status 500")
	what := protocolText(x, "request", "connection")
	switch {
	case first.every:
		f.Message = fmt.Sprintf("this %q becomes %q: every such %s is %s", x.Pass.Name, t.Raw, what, answer)
	case first.empty && first.block() != nil && first.block().Name == "map":
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("this %q becomes %q where the map has nothing for %s, as in requests without it: they are %s", x.Pass.Name, t.Raw, first.block().Arg(0), answer)
	case first.empty:
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("this %q becomes %q for the share that %q leaves over: those requests are %s", x.Pass.Name, t.Raw, "split_clients", answer)
	default:
		f.Severity = lint.Warning
		f.Message = fmt.Sprintf("this %q can become %q: such a %s is %s", x.Pass.Name, t.Raw, what, answer)
	}
	f.Message += fmt.Sprintf(" (%s)", runTimeRefusal(t))
	var passes []lint.Place
	for _, m := range all {
		relate(&f, "this value", lint.AtArg(m.target.Origin, m.target.OriginArg))
		passes = append(passes, lint.AtArg(m.proxy.Pass, 0))
	}
	relateSame(&f, "becomes it too", passes...)
	p.Report(x.Pass, f)
}

// runTimeRefusal is what nginx logs about a value (ngx_http_proxy_eval,
// src/http/modules/ngx_http_proxy_module.c, and its twins).
func runTimeRefusal(t *model.Target) string {
	switch message := t.Err.Error(); message {
	case "invalid URL prefix":
		return fmt.Sprintf("%s in %q", message, t.Raw)
	case "no port in upstream":
		return fmt.Sprintf("%s %q", message, t.Host())
	default:
		return message
	}
}

// misreadHelp says what to write instead.
func misreadHelp(m *misread) string {
	block := m.block()
	switch {
	case m.empty && block != nil && block.Name == "map":
		return `give the map a "default" with an address`
	case m.empty && block != nil:
		return `write "*" for the last share`
	case m.empty:
		return "give the variable an address"
	case m.target.Err.Error() == "no port in upstream":
		return fmt.Sprintf("write the port behind %q; %q has no default one", m.target.Host(), m.proxy.Pass.Name)
	}
	return addressHelp(m.target.Raw, m.proxy.Kind.String(), m.proxy.Stream())
}
