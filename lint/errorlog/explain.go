package errorlog

import (
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Explanation is what the configuration says to a group of lines.
type Explanation struct {
	// Settings are the directives that decide it, as they are in effect there.
	Settings []Setting
	// Findings are those of the linter that explain it.
	Findings []*lint.Finding
	// Means and Do are the message's, with the protocol's own directives.
	Means, Do string
	// Ask is the message's command with what is known filled in.
	Ask string
}

// Setting is a directive's value in effect.
type Setting struct {
	// Name is the directive, Value its arguments.
	Name, Value string
	// Node is where it is set, nil for nginx's default.
	Node *conf.Node
}

// maxFindings is how many findings explain one group.
const maxFindings = 5

// Explain adds to each group what the configuration says. The rules are those
// that ran.
func (r *Report) Explain(rules []*lint.Rule, findings []lint.Finding) {
	by := explaining(rules)
	for _, g := range r.Groups {
		g.Settings = settingsOf(g)
		g.Means, g.Do = worded(g.Message.Means, g.Place.Proxy), worded(g.Message.Do, g.Place.Proxy)
		g.Ask = ask(g)
		for i := range findings {
			f := &findings[i]
			if len(g.Findings) < maxFindings && by[g.Message][f.Rule] && concerns(g, f) {
				g.Findings = append(g.Findings, f)
			}
		}
	}
}

// explaining says which rules explain which messages: those named in the table,
// and those whose documentation shows such a line.
func explaining(rules []*lint.Rule) map[*Message]map[*lint.Rule]bool {
	out := map[*Message]map[*lint.Rule]bool{}
	add := func(m *Message, r *lint.Rule) {
		if out[m] == nil {
			out[m] = map[*lint.Rule]bool{}
		}
		out[m][r] = true
	}
	byID := map[string]*lint.Rule{}
	for _, r := range rules {
		byID[r.ID] = r
		if m := Documented(r.Doc.Log); m != nil {
			add(m, r)
		}
	}
	for _, m := range Messages() {
		for _, id := range m.Rules {
			if r := byID[id]; r != nil {
				add(m, r)
			}
		}
	}
	return out
}

// Documented is the message that a rule's documentation shows: a line without
// time and process. Without one it is nil.
func Documented(log string) *Message {
	level, text, ok := strings.Cut(strings.TrimPrefix(log, "["), "] ")
	if !ok {
		return nil
	}
	return Recognize(levelOf([]byte(level)), []byte(text))
}

// concerns reports whether a finding is about the place that lines come from.
func concerns(g *Group, f *lint.Finding) bool {
	p := g.Place
	switch {
	case g.Rest:
		return false
	case g.Message.Kind == System:
		return true
	case p.Node != nil:
		return touches(f, func(at lint.Place) bool { return holds(p.Node, at) })
	case g.Message.Kind == Startup:
		return p == Place{}
	case p.Group != nil && touches(f, func(at lint.Place) bool { return holds(p.Group.Node, at) }):
		return true
	case p.Proxy != nil && touches(f, func(at lint.Place) bool { return holds(p.Proxy.Pass, at) }):
		return true
	case p.Scope == nil:
		return false
	}
	// What stands around the location, at the level of its server or further
	// out, holds for it too, unless another pass is meant.
	here := p.Scope.Path()
	around := f.Block == here || strings.HasPrefix(here, f.Block+"/")
	return around && f.Block != "" && (p.Proxy == nil || !strings.Contains(f.Subject, "_pass "))
}

// touches reports whether a finding's place or one related to it passes a test.
func touches(f *lint.Finding, test func(lint.Place) bool) bool {
	return test(f.Place) || slices.ContainsFunc(f.Related, func(r lint.Related) bool { return test(r.Place) })
}

// holds reports whether a place is in a directive or its block, in the same file.
func holds(n *conf.Node, at lint.Place) bool {
	return n.Directive != nil && at.File != nil && at.File == n.File && n.Span.Start <= at.Span.Start && at.Span.End <= n.Span.End
}

// settingsOf are the settings in effect where the lines come from.
func settingsOf(g *Group) []Setting {
	scope := g.Place.Scope
	if g.Place.Proxy != nil {
		scope = g.Place.Proxy.Scope
	}
	if scope == nil {
		return nil
	}
	var out []Setting
	for _, name := range g.Message.Settings {
		if whole, ok := strings.CutPrefix(name, "="); ok {
			out = appendSetting(out, scope, whole)
		} else if g.Place.Proxy != nil {
			out = appendSetting(out, scope, g.Place.Proxy.Directive(name))
		}
	}
	return out
}

func appendSetting(out []Setting, scope *model.Scope, name string) []Setting {
	if nodes, _ := scope.Array(name); len(nodes) > 1 {
		for _, n := range nodes {
			out = append(out, Setting{name, strings.Join(n.Values(), " "), n})
		}
		return out
	}
	v := scope.Effective(name)
	if v.Node == nil && (!v.HasDefault || !defaultKnown(scope.Config(), name)) {
		return out
	}
	return append(out, Setting{name, strings.Join(v.Args(), " "), v.Node})
}

// defaultKnown reports whether nginx's default is in effect where nothing sets a
// directive: all is in view, and it is the same in every release that may run it.
func defaultKnown(c *model.Config, name string) bool {
	changed := strings.HasSuffix(name, "_http_version") || strings.HasSuffix(name, "_ssl_protocols")
	return c.Complete && !(changed && c.Version.IsZero())
}

// worded names the directives of a proxy's protocol in a text that is about any:
// "read_timeout" becomes "grpc_read_timeout", "proxy_ssl_name" "grpc_ssl_name".
func worded(text string, p *model.Proxy) string {
	if p == nil || p.Stream() {
		return text
	}
	for _, name := range []string{"read_timeout", "send_timeout", "connect_timeout", "buffer_size", "bind", "ssl_verify", "ssl_verify_depth", "ssl_trusted_certificate"} {
		text = strings.ReplaceAll(text, `"`+name+`"`, `"`+p.Directive(name)+`"`)
	}
	text = strings.ReplaceAll(text, `"proxy_ssl_`, `"`+p.Directive("ssl_"))
	if p.Kind == model.FastCGI || p.Kind == model.Uwsgi || p.Kind == model.Scgi {
		for _, name := range []string{"buffer_size 16k", "buffers 8 16k", "busy_buffers_size 32k"} {
			text = strings.ReplaceAll(text, "proxy_"+name, p.Directive(name))
		}
	}
	return text
}

// serverName is the host that a pass names itself, "" for a group and where
// several are possible.
func serverName(p *model.Proxy) string {
	if p == nil || len(p.Candidates) != 1 || p.Candidates[0].Upstream != nil || p.Candidates[0].URL.Addr.IsValid() {
		return ""
	}
	return p.Candidates[0].Host()
}

// ask fills in the message's command.
func ask(g *Group) string {
	command := g.Message.Ask
	if command == "" {
		return ""
	}
	l := g.Line()
	to := parseAddress(l.Address())
	port := ""
	if i := strings.LastIndexByte(string(l.Address()), ':'); to.port != 0 && i >= 0 {
		port = string(l.Address()[i+1:])
	}
	upstream := string(l.Upstream)
	if !strings.HasPrefix(upstream, "http") || to.unix != "" {
		upstream = ""
	}
	resolver := ""
	if v := settingNamed(g.Settings, "resolver"); v != "" {
		resolver, _, _ = strings.Cut(v, " ")
	}
	values := []struct{ name, value string }{
		{"{addr}", joined(to.host, port)},
		{"{host}", strings.Trim(to.host, "[]")},
		{"{port}", port},
		{"{socket}", to.unix},
		{"{sni}", serverName(g.Place.Proxy)},
		{"{url}", upstream},
		{"{name}", string(g.Message.subject(l.Message))},
		{"{file}", string(g.Message.subject(l.Message))},
		{"{resolver}", resolver},
	}
	for _, v := range values {
		value := v.value
		if !harmless(value) {
			value = strings.ToUpper(strings.Trim(v.name, "{}"))
		}
		command = strings.ReplaceAll(command, v.name, value)
	}
	return command
}

func joined(host, port string) string {
	if host == "" || port == "" {
		return ""
	}
	return host + ":" + port
}

func settingNamed(all []Setting, name string) string {
	for _, s := range all {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}

// harmless reports whether a text from a log can be pasted into a shell: clients
// write part of what is in there.
func harmless(s string) bool {
	if s == "" || s[0] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && !strings.ContainsRune("._:/-@[]%", rune(c)) {
			return false
		}
	}
	return true
}
