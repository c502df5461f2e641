package nginx

import (
	"math/bits"
	"strings"
)

// Context is a set of places a directive can stand in: the levels nginx tells
// apart when it looks a directive up (the NGX_..._CONF flags of a command in
// nginx's source). The zero Context is no place at all.
type Context uint32

// The places, from the outside in.
const (
	Main           Context = 1 << iota // outside of every block
	Events                             // events {}
	HTTP                               // http {}
	Server                             // server {} of http
	Location                           // location {} of http, nested ones too
	Upstream                           // upstream {} of http
	ServerIf                           // if {} of a server
	LocationIf                         // if {} of a location
	LimitExcept                        // limit_except {} of a location
	Stream                             // stream {}
	StreamServer                       // server {} of stream
	StreamUpstream                     // upstream {} of stream
	Mail                               // mail {}
	MailServer                         // server {} of mail

	everywhere = 1<<iota - 1
)

var contextNames = [...]string{
	"main", "events", "http", "server", "location", "upstream",
	"if in server", "if in location", "limit_except",
	"stream", "server in stream", "upstream in stream",
	"mail", "server in mail",
}

// children names the blocks that hold directives.
var children = [...]struct {
	in    Context
	block string
	child Context
}{
	{Main, "events", Events},
	{Main, "http", HTTP},
	{Main, "stream", Stream},
	{Main, "mail", Mail},
	{HTTP, "server", Server},
	{HTTP, "upstream", Upstream},
	{Server, "location", Location},
	{Server, "if", ServerIf},
	{Location, "location", Location},
	{Location, "if", LocationIf},
	{Location, "limit_except", LimitExcept},
	{Stream, "server", StreamServer},
	{Stream, "upstream", StreamUpstream},
	{Mail, "server", MailServer},
}

// Has reports whether c and o have a place in common.
func (c Context) Has(o Context) bool { return c&o != 0 }

// Child returns the place inside the block called block that stands in c. It
// is 0 for a block nginx does not know there, and for one that holds
// parameters instead of directives, see [Opaque]. When c is several places,
// the outermost that can hold the block decides.
func (c Context) Child(block string) Context {
	for _, e := range children {
		if c.Has(e.in) && block == e.block {
			return e.child
		}
	}
	return 0
}

// String returns the places as nginx's documentation calls them, joined by
// commas: "http, server, location". No place at all is "nowhere".
func (c Context) String() string {
	if c&everywhere == 0 {
		return "nowhere"
	}
	var b strings.Builder
	for rest := c & everywhere; rest != 0; rest &= rest - 1 {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(contextNames[bits.TrailingZeros32(uint32(rest))])
	}
	return b.String()
}

// Opaque reports whether the block directive called block holds parameters of
// its own making, such as the pairs of a map, and not directives. It covers
// nginx's own modules (map, geo, types …), those of its commercial build
// (match, otel_exporter …) and the common ones by others: geoip2, the
// …_by_lua_block family.
func Opaque(block string) bool {
	switch block {
	case "map", "geo", "types", "split_clients", "charset_map",
		"match", "otel_exporter", "geoip2", "num_map":
		return true
	}
	return strings.HasSuffix(block, "_by_lua_block")
}
