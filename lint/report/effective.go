package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/effective"
	"github.com/nginxlint/nginxlint/lint/model"
)

// telling are the settings, by what follows the protocol's prefix, that are
// shown even at their defaults; the first word of a 502 is often one of them.
var telling = []string{
	"buffer_size", "buffering", "buffers", "busy_buffers_size", "cache", "connect_timeout", "http_version",
	"intercept_errors", "keep_conn", "next_upstream", "next_upstream_timeout", "next_upstream_tries",
	"read_timeout", "request_buffering", "send_timeout", "ssl_name", "ssl_protocols", "ssl_server_name",
	"ssl_verify", "timeout",
}

// Overview is what --effective shows.
type Overview struct {
	// Location is the address that was asked for, "" for all proxies.
	Location string
	// Arrivals are where requests for it get to; nil without one.
	Arrivals []effective.Arrival
	// Views are the proxies, those of the arrivals where there are any.
	Views []effective.View
	// Result is what the rules found.
	Result *lint.Result
}

// Effective writes, for people, what is in effect at each proxy.
func Effective(w io.Writer, v *Overview, o Options) error {
	e := &effectiveText{out: bufio.NewWriter(w), o: o, paint: palette(o.Color)}
	for i := range v.Arrivals {
		e.arrival(v.Location, &v.Arrivals[i])
		fmt.Fprintln(e.out)
	}
	for i := range v.Views {
		if i > 0 {
			fmt.Fprintln(e.out)
		}
		e.view(&v.Views[i])
	}
	return e.out.Flush()
}

type effectiveText struct {
	out   *bufio.Writer
	o     Options
	paint palette
}

// arrival says where a request gets to.
func (e *effectiveText) arrival(location string, a *effective.Arrival) {
	fmt.Fprintf(e.out, "%s\n", e.paint.bold(printable(location)))
	server := "server"
	if a.Default {
		server = "default server"
	}
	e.way("", [][]string{{server, printable(strings.Join(a.Server.Names, " ")), e.at(a.Server.Node)}}, a, a.Via)
	for i := range a.Otherwise {
		b := &a.Otherwise[i]
		var rows [][]string
		if by := b.Via[0]; by.Node == nil || by.Node != b.Answer {
			rows = append(rows, e.stepRow("sent on by", by))
		}
		e.way(condition(b.Via[0]), rows, b, b.Via[1:])
	}
}

// way adds the rest of the way of a request to rows, and writes them.
func (e *effectiveText) way(title string, rows [][]string, a *effective.Arrival, via []effective.Step) {
	for _, by := range via {
		how := condition(by)
		switch {
		case how != "":
		case by.Node.Name == "rewrite":
			how = "rewritten by"
		default:
			how = "sent on by"
		}
		rows = append(rows, e.stepRow(how, by))
	}
	if in := a.Location.Location(); in != nil {
		rows = append(rows, []string{"location", printable(strings.Join(in.Node.Values(), " ")), e.at(in.Node)})
	}
	for _, x := range a.Proxies {
		rows = append(rows, []string{"passed on by", printable(x.Pass.Text()), e.at(x.Pass)})
	}
	switch {
	case len(a.Proxies) > 0:
	case a.Answer != nil:
		rows = append(rows, []string{"not passed on", printable(a.Answer.Text()), e.at(a.Answer)})
	default:
		rows = append(rows, []string{"not passed on", "", ""})
	}
	e.table(title, rows)
	if a.Note != "" {
		fmt.Fprintf(e.out, "    note: %s\n", printable(a.Note))
	}
	if a.Doubt != "" {
		fmt.Fprintf(e.out, "    not certain: %s\n", printable(a.Doubt))
	}
}

// condition is when a step is taken, "" where nothing is to be told of that.
func condition(by effective.Step) string {
	switch by.When {
	case effective.NoFile:
		if tried := by.Node.Values(); by.Node.Name == "try_files" && slices.ContainsFunc(tried[:len(tried)-1], func(name string) bool { return strings.HasSuffix(name, "/") }) {
			return "without file or folder"
		}
		return "without a file"
	case effective.WithFile:
		return printable("finding " + by.File)
	case effective.OnStatus:
		return "on " + strings.Trim(strings.Join(strings.Fields(fmt.Sprint(by.Statuses)), ", "), "[]")
	}
	return ""
}

func (e *effectiveText) stepRow(how string, by effective.Step) []string {
	if by.Node == nil {
		return []string{how, "index " + effective.DefaultIndex, "default"}
	}
	return []string{how, printable(by.Node.Text()), e.at(by.Node)}
}

func (e *effectiveText) view(v *effective.View) {
	x := v.Proxy
	fmt.Fprintf(e.out, "%s\n", e.paint.bold(printable(x.Pass.Text())))
	e.table("", placeRows(x, e.at))
	e.table("passes to", e.targetRows(v))
	e.table("sends", e.settingRows(v.Headers))
	show, hidden := split(x, v.Settings)
	e.table("settings", e.settingRows(show))
	if hidden > 0 {
		fmt.Fprintf(e.out, "    and %s at nginx's defaults, which the json format lists\n", plural(hidden, "more setting"))
	}
	e.findings(v.Findings)
}

// at is a node's place as path:line.
func (e *effectiveText) at(n *conf.Node) string {
	if !written(n) {
		return ""
	}
	p := normal(lint.At(n))
	return fmt.Sprintf("%s:%d", printable(shown(p.File, e.o.Dir)), p.Position().Line)
}

// placeRows says where a proxy stands: its pass and the blocks around it.
func placeRows(x *model.Proxy, at func(*conf.Node) string) [][]string {
	rows := [][]string{{"written", "", at(x.Pass)}}
	for n := x.Pass.Parent; n != nil && n.Directive != nil; n = n.Parent {
		if n.Name == "http" || n.Name == "stream" {
			break
		}
		text := strings.Join(n.Values(), " ")
		if n.Name == "server" && x.Server != nil {
			text = strings.Join(x.Server.Names, " ")
		}
		rows = append(rows, []string{"in " + n.Name, printable(text), at(n)})
	}
	return rows
}

// lookups says when a name is looked up.
var lookups = map[effective.Lookup]string{
	effective.StartLookup:    "looked up once, at start",
	effective.RequestLookup:  "looked up by the resolver for each request",
	effective.ResolverLookup: "looked up by the resolver again and again",
}

func (e *effectiveText) targetRows(v *effective.View) [][]string {
	var rows [][]string
	for _, t := range v.Targets {
		var notes []string
		if t.Group != nil {
			notes = append(notes, "group "+t.Group.Name)
		}
		if t.Peer != nil && t.Peer.Backup {
			notes = append(notes, "backup")
		}
		if t.Peer != nil && t.Peer.Down {
			notes = append(notes, "down")
		}
		if how := lookups[t.Lookup]; how != "" {
			notes = append(notes, how)
		}
		rows = append(rows, []string{printable(t.Address), printable(strings.Join(notes, ", ")), e.at(t.Node)})
	}
	for _, c := range v.Choosers {
		rows = append(rows, []string{printable("group " + c.Group.Name), printable(c.Node.Name) + " picks the addresses", e.at(c.Node)})
	}
	if !v.Proxy.AllKnown {
		rows = append(rows, []string{printable(v.Proxy.Target.Raw), "and whatever else this becomes", e.at(v.Proxy.Pass)})
	}
	return rows
}

func (e *effectiveText) settingRows(settings []effective.Setting) [][]string {
	var rows [][]string
	for _, s := range settings {
		from := e.at(s.Node)
		if s.Node == nil {
			from = "default"
		}
		if s.Before != "" {
			from += fmt.Sprintf(" from nginx %s on, %s before", s.Since, s.Before)
		}
		rows = append(rows, []string{printable(s.Name), printable(s.Value), from})
	}
	return rows
}

// split tells the settings to show from those that only stand at a default.
func split(x *model.Proxy, all []effective.Setting) (show []effective.Setting, hidden int) {
	for _, s := range all {
		suffix, own := strings.CutPrefix(s.Name, x.Kind.Prefix()+"_")
		if s.Node != nil || own && slices.Contains(telling, suffix) {
			show = append(show, s)
		} else {
			hidden++
		}
	}
	return show, hidden
}

// maxColumn is how wide a column may make the table; what is longer sticks out.
const maxColumn = 48

// table writes rows of three cells under a title, if there are any.
func (e *effectiveText) table(title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	if title != "" {
		fmt.Fprintf(e.out, "  %s\n", e.paint.gutter(title))
	}
	widths := [2]int{}
	for _, row := range rows {
		for i := range widths {
			if n := utf8.RuneCountInString(row[i]); n <= maxColumn {
				widths[i] = max(widths[i], n)
			}
		}
	}
	for _, row := range rows {
		line := fmt.Sprintf("    %-*s  %-*s  %s", widths[0], row[0], widths[1], row[1], row[2])
		fmt.Fprintln(e.out, strings.TrimRight(line, " "))
	}
}

func (e *effectiveText) findings(findings []*lint.Finding) {
	if len(findings) == 0 {
		return
	}
	fmt.Fprintf(e.out, "  %s\n", e.paint.gutter("findings"))
	for _, f := range findings {
		p := normal(f.Place)
		at := p.Position()
		fmt.Fprintf(e.out, "    %s: %s [%s]\n      %s:%d:%d\n", e.paint.severity(f.Severity, f.Severity.String()),
			printable(f.Message), f.Rule.ID, printable(shown(p.File, e.o.Dir)), at.Line, at.Rune)
	}
}
