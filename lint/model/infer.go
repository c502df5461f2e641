package model

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// surroundings are the blocks that a fragment can be meant for, the outermost
// first, and http before the others that share its directives.
var surroundings = [...]struct {
	blocks  []string
	context nginx.Context
}{
	{nil, nginx.Main},
	{[]string{"http"}, nginx.HTTP},
	{[]string{"http", "server"}, nginx.Server},
	{[]string{"http", "upstream"}, nginx.Upstream},
	{[]string{"http", "server", "location"}, nginx.Location},
	{[]string{"stream"}, nginx.Stream},
	{[]string{"stream", "server"}, nginx.StreamServer},
	{[]string{"stream", "upstream"}, nginx.StreamUpstream},
	{[]string{"mail"}, nginx.Mail},
	{[]string{"mail", "server"}, nginx.MailServer},
	{[]string{"events"}, nginx.Events},
}

// InferContext tells which blocks to put around a fragment, outermost first,
// from the directives at its top. It is nil for a whole configuration and for
// what is no configuration at all, such as the included body of a map. It has
// the form that conf.Options.Infer asks for.
func InferContext(top []*conf.Directive) []string {
	known := knownOnes(top)
	if len(known) == 0 || looksLikeTable(top, known) {
		return nil
	}
	for _, d := range known {
		if d.IsBlock && nginx.Main.Child(d.Name) != 0 {
			return nil
		}
	}
	best, most := 0, 0
	for i := range surroundings {
		n := 0
		for _, d := range known {
			n += weight(d, surroundings[i].context)
		}
		if n > most {
			best, most = i, n
		}
	}
	blocks := surroundings[best].blocks
	if len(blocks) == 1 && blocks[0] == "http" {
		blocks = []string{protocol(known)}
	}
	return append([]string(nil), blocks...)
}

// knownOnes are the directives that nginx knows and that tell a place.
func knownOnes(top []*conf.Directive) []*conf.Directive {
	var out []*conf.Directive
	for _, d := range top {
		if d != nil && !d.NameUnknown && d.Name != "include" && nginx.Lookup(d.Name) != nil {
			out = append(out, d)
		}
	}
	return out
}

// looksLikeTable reports whether the fragment is a list of pairs, few of which
// happen to begin with the name of a directive.
func looksLikeTable(top, known []*conf.Directive) bool {
	for _, d := range top {
		if d != nil && (d.IsBlock || len(d.Args) > 1) {
			return false
		}
	}
	return len(known)*2 < len(top)
}

// fits reports whether a directive, as it is written, can stand in a context.
func fits(d *conf.Directive, c nginx.Context) bool {
	known := nginx.Find(d.Name, c)
	if known == nil || known.Block != d.IsBlock {
		return false
	}
	switch {
	case d.Name == "try_files" && c == nginx.Server:
		// Allowed, but what is kept in a file of its own is for locations.
		return false
	case d.Name == "proxy_pass" && c == nginx.StreamServer:
		return !hasWebScheme(d)
	case d.Name == "if" && c == nginx.Server:
		return !isLocationIf(d)
	}
	return true
}

// weight says how well a directive goes with a context: an address without a
// scheme is one of stream rather than a mistake, unless its company is of http.
func weight(d *conf.Directive, c nginx.Context) int {
	switch {
	case !fits(d, c):
		return 0
	case d.Name == "proxy_pass" && c == nginx.Location && !hasWebScheme(d) && !mayHaveScheme(d):
		return 1
	}
	return 2
}

// mayHaveScheme reports whether an address may turn out to begin with a scheme.
func mayHaveScheme(d *conf.Directive) bool {
	return len(d.Args) != 1 || d.Args[0].Unknown || strings.HasPrefix(d.Args[0].Value, "$")
}

// isLocationIf reports whether an if holds what only one in a location can.
func isLocationIf(d *conf.Directive) bool {
	for _, in := range d.Block() {
		if in != nil && !in.NameUnknown && nginx.Find(in.Name, nginx.ServerIf) == nil && nginx.Find(in.Name, nginx.LocationIf) != nil {
			return true
		}
	}
	return false
}

// hasWebScheme reports whether a proxy_pass is one of http.
func hasWebScheme(d *conf.Directive) bool {
	_, _, ok := HTTPProxy.cutScheme(d.Arg(0))
	return ok
}

// protocol tells what the servers at the top of a fragment are servers of. A
// directive that only one protocol knows is a vote for it; in doubt it is http.
func protocol(top []*conf.Directive) string {
	var http, stream, mail int
	for _, d := range top {
		inServer := d.Name == "server" && d.IsBlock
		for _, in := range d.Block() {
			switch {
			case !inServer || in == nil || in.NameUnknown:
			case in.Name == "listen":
				for i := range in.Args {
					if in.Args[i].Value == "udp" {
						stream++
					}
				}
			case fits(in, nginx.Server) || in.Name == "try_files" || in.Name == "proxy_pass" && hasWebScheme(in):
				if nginx.Find(in.Name, nginx.StreamServer|nginx.MailServer) == nil {
					http++
				}
			case fits(in, nginx.StreamServer):
				if nginx.Find(in.Name, nginx.MailServer) == nil {
					stream++
				}
			case fits(in, nginx.MailServer):
				mail++
			}
		}
		if !inServer && fits(d, nginx.HTTP) && nginx.Find(d.Name, nginx.Stream|nginx.Mail) == nil {
			http++
		}
	}
	switch {
	case http > 0:
		return "http"
	case stream > 0:
		return "stream"
	case mail > 0:
		return "mail"
	}
	return "http"
}
