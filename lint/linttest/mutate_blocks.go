package linttest

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// Changes of directives, blocks and punctuation.

func (c *mutation) droppedDirective() bool {
	p := c.any()
	if p.parent != nil && p.parent.Name != "http" && p.d.IsBlock && c.IntN(2) == 0 {
		return false // what is in big blocks is of more interest
	}
	c.replace(p.d.Span, "")
	return c.say("%s dropped", p.d.Name)
}

func (c *mutation) doubledDirective() bool {
	p := c.any()
	text := c.file.Slice(p.d.Span)
	if len(text) > 2000 {
		return false
	}
	to := p
	if c.IntN(4) == 0 { // elsewhere in the same block
		sibling := p.siblings[c.IntN(len(p.siblings))]
		to = place{d: sibling}
	}
	c.insert(to.d.Span.End, "\n"+text)
	return c.say("%s doubled", p.d.Name)
}

func (c *mutation) movedDirective() bool {
	p := c.any()
	block, body, ok := c.anyBlock()
	if !ok || block == p.parent || p.d.Span.Contains(body) || p.d.Span.Len() > 2000 {
		return false
	}
	c.replace(p.d.Span, "")
	if c.IntN(8) == 0 && p.parent != nil {
		c.insert(0, c.file.Slice(p.d.Span)+"\n")
		return c.say("%s moved to the top", p.d.Name)
	}
	c.insert(body, "\n"+c.file.Slice(p.d.Span))
	return c.say("%s moved into %s", p.d.Name, block.Text())
}

func (c *mutation) reorderedDirective() bool {
	p := c.any()
	other := p.siblings[c.IntN(len(p.siblings))]
	if other == p.d || other.Span.Len() == 0 {
		return false
	}
	c.replace(p.d.Span, c.file.Slice(other.Span))
	c.replace(other.Span, c.file.Slice(p.d.Span))
	return c.say("%s and %s change places", p.d.Name, other.Name)
}

// foreignStatement puts a statement of some seed into a block.
func (c *mutation) foreignStatement() bool {
	block, body, ok := c.anyBlock()
	if !ok {
		return false
	}
	s := c.m.statements[c.IntN(len(c.m.statements))]
	c.insert(body, "\n"+s)
	return c.say("%s put into %s", s, block.Text())
}

// inventedStatement puts some directive with some values into a block.
func (c *mutation) inventedStatement() bool {
	block, body, ok := c.anyBlock()
	if !ok {
		return false
	}
	s := c.m.names[c.IntN(len(c.m.names))]
	for range c.IntN(3) {
		s += " " + quoteUnlessRaw(c.poolValue())
	}
	s += ";"
	c.insert(body, "\n"+s)
	return c.say("%s put into %s", s, block.Text())
}

// droppedPunctuation drops a terminator, a brace or a quote.
func (c *mutation) droppedPunctuation() bool {
	p := c.any()
	var spots []int32
	if p.d.IsBlock {
		if at := bodyStart(c.text, p.d); at > 0 {
			spots = append(spots, at-1)
		}
	}
	if end := p.d.Span.End - 1; strings.ContainsRune(";}", rune(c.text[end])) {
		spots = append(spots, end)
	}
	for _, a := range p.d.Args {
		if a.Quote != 0 {
			spots = append(spots, a.Span.Start, a.Span.End-1)
		}
	}
	if len(spots) == 0 {
		return false
	}
	at := spots[c.IntN(len(spots))]
	c.replace(conf.Span{Start: at, End: at + 1}, "")
	return c.say("%s: %q dropped", p.d.Name, c.text[at:at+1])
}

func (c *mutation) addedPunctuation() bool {
	p := c.any()
	at := []int32{p.d.Span.Start, p.d.NameSpan.End, p.d.Head.End, p.d.Span.End}[c.IntN(4)]
	if len(p.d.Args) > 0 && c.IntN(3) == 0 {
		a := p.d.Args[c.IntN(len(p.d.Args))].Span
		at = a.Start + int32(c.IntN(a.Len()+1))
	}
	sign := pick(c, ";", "{", "}", `"`, "'", `\`, "{}", "#", "$", " ", " ;", "} ", "(", ")", "\r\n", ",", "=")
	c.insert(at, sign)
	return c.say("%s: %q added", p.d.Name, sign)
}

// swappedTerminator makes a block of a directive and the other way round.
func (c *mutation) swappedTerminator() bool {
	p := c.any()
	if p.d.IsBlock {
		c.replace(conf.Span{Start: p.d.Head.End, End: p.d.Span.End}, ";")
		return c.say("%s: its block becomes \";\"", p.d.Name)
	}
	c.replace(conf.Span{Start: p.d.Head.End, End: p.d.Span.End}, " { }")
	return c.say("%s: becomes a block", p.d.Name)
}

func (c *mutation) emptiedBlock() bool {
	p, ok := c.anyWith(func(p place) bool { return p.d.IsBlock && len(p.d.Block()) > 0 && bodyStart(c.text, p.d) > 0 })
	if !ok {
		return false
	}
	c.replace(conf.Span{Start: bodyStart(c.text, p.d), End: p.d.Span.End - 1}, "")
	return c.say("%s: emptied", p.d.Name)
}

func (c *mutation) truncated() bool {
	at := int32(c.IntN(len(c.text)))
	c.replace(conf.Span{Start: at, End: int32(len(c.text))}, "")
	return c.say("cut off after %d bytes", at)
}
