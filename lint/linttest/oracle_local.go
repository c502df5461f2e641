package linttest

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// nginx opens its sockets even for a test of its configuration. No trial may open one that
// somebody else can reach: addresses are moved to loopback before, and a trial that would listen
// elsewhere all the same is not run.

// staysLocal reports whether nginx would listen to loopback addresses only.
func staysLocal(text string) bool {
	f, err := conf.Parse("nginx.conf", []byte(text), nil)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(f.Directives, func(d *conf.Directive) bool { return d.IsBlock && strays(d) })
}

// strays reports whether something in a block listens beyond loopback. A server of http without
// listen does.
func strays(block *conf.Directive) bool {
	for _, d := range block.Block() {
		switch {
		case d.Name == "listen" && len(d.Args) > 0 && !isLocal(d.Arg(0)):
			return true
		case d.IsBlock && d.Name == "server" && block.Name == "http" && !slices.ContainsFunc(d.Block(), isListen):
			return true
		case d.IsBlock && strays(d):
			return true
		}
	}
	return false
}

func isListen(d *conf.Directive) bool { return d.Name == "listen" }

// isLocal reports whether nginx, given this to listen to, opens a local socket or none at all.
func isLocal(address string) bool {
	u, err := nginx.ParseURL(address, nginx.URLOptions{Listen: true, DefaultPort: 80})
	switch {
	case err != nil:
		return true // nginx refuses it
	case u.Family == nginx.FamilyUnix:
		return !strings.Contains(u.Unix, "/")
	case u.IsName():
		return u.Host == "localhost" || strings.HasSuffix(u.Host, ".invalid")
	}
	return u.IsLoopback()
}

// local moves an address to listen to onto a loopback address, different ones to different ones,
// and to a port that needs no rights.
func local(address string) string {
	u, err := nginx.ParseURL(address, nginx.URLOptions{Listen: true, DefaultPort: 80})
	if err != nil {
		return address
	}
	port := func(n int) int {
		if n > 0 && n < 1024 {
			return n + 10000
		}
		return n
	}
	ports := fmt.Sprint(port(u.Port))
	if u.LastPort > 0 {
		ports += fmt.Sprint("-", max(port(u.LastPort), port(u.Port)))
	}
	switch {
	case u.Family == nginx.FamilyUnix:
		return "unix:" + strings.ReplaceAll(strings.TrimPrefix(u.Unix, "/"), "/", "_")
	case u.Family == nginx.FamilyIPv6 || strings.HasPrefix(u.Host, "["):
		return "[::1]:" + ports
	case u.Wildcard:
		return "127.0.0.1:" + ports
	case isLocal(address) && u.Port >= 1024:
		return address
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(u.Host))
	return fmt.Sprintf("127.0.0.%d:%s", 2+h.Sum32()%250, ports)
}

// localize moves all that a configuration listens to onto loopback addresses.
func localize(text string) string {
	f, err := conf.Parse("nginx.conf", []byte(text), nil)
	if err != nil {
		return text
	}
	var edits []edit
	var walk func(in string, ds []*conf.Directive)
	walk = func(in string, ds []*conf.Directive) {
		for _, d := range ds {
			switch {
			case d.Name == "listen" && len(d.Args) > 0:
				if to := local(d.Arg(0)); to != d.Arg(0) {
					edits = append(edits, edit{d.Args[0].Span, quoteWord(to)})
				}
			case d.IsBlock && in == "http" && d.Name == "server" && !slices.ContainsFunc(d.Block(), isListen):
				edits = append(edits, edit{conf.Span{Start: d.Head.End, End: d.Head.End}, ""})
				if i := strings.IndexByte(text[d.Head.End:], '{'); i >= 0 {
					at := d.Head.End + int32(i) + 1
					edits[len(edits)-1] = edit{conf.Span{Start: at, End: at}, " listen 127.0.0.1:10080;"}
				}
			}
			walk(d.Name, d.Block())
		}
	}
	walk("", f.Directives)
	return apply(text, edits)
}

// edit replaces a part of a text.
type edit struct {
	span conf.Span
	text string
}

// apply makes edits, which must not overlap.
func apply(text string, edits []edit) string {
	edits = slices.Clone(edits)
	slices.SortStableFunc(edits, func(a, b edit) int { return int(a.span.Start - b.span.Start) })
	var b strings.Builder
	at := int32(0)
	for _, e := range edits {
		if e.span.Start < at {
			continue
		}
		b.WriteString(text[at:e.span.Start])
		b.WriteString(e.text)
		at = e.span.End
	}
	b.WriteString(text[at:])
	return b.String()
}

// quoteWord writes a word so that nginx reads it back as it is.
func quoteWord(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\r\n;{}\"'\\#$") {
		return word
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(word) + `"`
}
