package nginx

import (
	"cmp"
	"fmt"
	"math/bits"
	"strings"
)

var contextIdents = [...]string{
	"Main", "Events", "HTTP", "Server", "Location", "Upstream", "ServerIf",
	"LocationIf", "LimitExcept", "Stream", "StreamServer", "StreamUpstream",
	"Mail", "MailServer",
}

// source returns the directive as one line of Go.
func (d *Directive) source() string {
	var b strings.Builder
	fmt.Fprintf(&b, "{Name: %q, Module: %q, Contexts: %s, Type: %q, ",
		d.Name, d.Module, contextSource(d.Contexts), d.Type)
	if d.Block {
		b.WriteString("Block: true, ")
	}
	if len(d.Values) > 0 {
		fmt.Fprintf(&b, "Values: %#v, ", d.Values)
	}
	if !d.Since.IsZero() {
		fmt.Fprintf(&b, "Since: Version%s, ", versionSource(d.Since))
	}
	if !d.Last.IsZero() {
		fmt.Fprintf(&b, "Last: Version%s, ", versionSource(d.Last))
	}
	fmt.Fprintf(&b, "args: %#x", uint16(d.args))
	if name := [...]string{"", "InheritValue", "InheritList"}[d.inherit]; name != "" {
		fmt.Fprintf(&b, ", inherit: %s", name)
	}
	if d.def != "" {
		fmt.Fprintf(&b, ", def: %q", d.def)
	}
	if len(d.past) > 0 {
		b.WriteString(", past: []past{")
		for i, p := range d.past {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(p.source())
		}
		b.WriteString("}")
	}
	b.WriteString("},\n")
	return b.String()
}

func (p past) source() string {
	s := "{before: Version" + versionSource(p.before) + ", what: "
	switch p.what {
	case aspectArgs:
		s += fmt.Sprintf("aspectArgs, args: %#x", uint16(p.args))
	case aspectValues:
		s += "aspectValues"
		if len(p.words) > 0 {
			s += fmt.Sprintf(", words: %#v", p.words)
		}
	case aspectDefault:
		s += fmt.Sprintf("aspectDefault, text: %q", p.text)
	case aspectType:
		s += fmt.Sprintf("aspectType, text: %q", p.text)
	}
	return s + "}"
}

func versionSource(v Version) string {
	return fmt.Sprintf("{%d, %d, %d}", v.Major, v.Minor, v.Patch)
}

func contextSource(c Context) string {
	if c == everywhere {
		return "everywhere"
	}
	var names []string
	for ; c != 0; c &= c - 1 {
		names = append(names, contextIdents[bits.TrailingZeros32(uint32(c))])
	}
	return strings.Join(names, " | ")
}

// compareDirectives orders by name, then by the outermost place.
func compareDirectives(a, b *Directive) int {
	return cmp.Or(
		strings.Compare(a.Name, b.Name),
		cmp.Compare(a.Contexts&-a.Contexts, b.Contexts&-b.Contexts),
		strings.Compare(a.Module, b.Module),
	)
}
