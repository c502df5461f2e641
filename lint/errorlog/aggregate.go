package errorlog

import (
	"bytes"
	"slices"

	"github.com/nginxlint/nginxlint/lint"
)

// unknown stands for all messages that are not in the tables, by level.
var unknown = [levels]*Message{
	Emerg:  unknownMessage(lint.Error),
	Alert:  unknownMessage(lint.Error),
	Crit:   unknownMessage(lint.Error),
	Error:  unknownMessage(lint.Warning),
	Warn:   unknownMessage(lint.Info),
	Notice: nil, // said in passing: counted, not shown
	Info:   nil,
	Debug:  nil,
}

func unknownMessage(s lint.Severity) *Message {
	return &Message{
		ID: "unknown", Kind: Unknown, Severity: s,
		Means: "this message is not known here: a module's own, or one of another release",
		Do:    "see the line",
	}
}

// key tells groups apart.
type key struct {
	message *Message
	place   Place
	// text is the server's name of lines without a place, and what unknown
	// messages have in common.
	text string
	// rest says that it is what there was no room for.
	rest bool
}

// group is what is known of the lines of one key.
type group struct {
	count       int64
	first, last int64
	timed       bool // first and last are set
	level       Level
	hist        histogram
	upstreams   tally
	subjects    tally
	servers     tally
	example     []byte
	order       int64 // where the example stands, over all files
}

// aggregate is what one worker has seen. It grows up to fixed limits.
type aggregate struct {
	locate func(*Line, *Message) Place
	parser parser
	line   Line
	groups map[key]*group
	plain  map[*Message]int
	names  map[string]string
	shape  []byte

	lines, broken  int64
	brokenExample  []byte
	brokenOrder    int64
	perLevel       [levels]int64
	first, last    int64
	timed          bool
	lastKey        key
	lastGroup      *group
	lastKeyIsValid bool
}

func newAggregate(locate func(*Line, *Message) Place) *aggregate {
	return &aggregate{locate: locate, groups: map[key]*group{}, plain: map[*Message]int{}, names: map[string]string{}}
}

// maxEntry is how much of an entry is looked at: more than nginx writes.
const maxEntry = 8192

// block takes in a block of whole entries; order is where it stands.
func (a *aggregate) block(b []byte, order int64) {
	for len(b) > 0 {
		n := entryEnd(b)
		a.entry(b[:min(n, maxEntry)], order)
		b = b[n:]
		order += int64(n)
	}
}

// entryEnd is the length of the first entry: a line, and where that belongs to
// a connection but does not name the client yet, what follows up to the next
// line that begins as nginx's do: messages of applications have line breaks.
func entryEnd(b []byte) int {
	for at := 0; ; {
		nl := bytes.IndexByte(b[at:], '\n')
		if nl < 0 {
			return len(b)
		}
		at += nl + 1
		if at >= len(b) || head(b[at:]) >= 0 || !open(b[:at]) {
			return at
		}
	}
}

// maxHead is in how many bytes the number of the connection is.
const maxHead = maxPrefix + 64

func open(entry []byte) bool {
	if len(entry) >= maxEntry || !bytes.Contains(entry[:min(len(entry), maxHead)], []byte(": *")) || head(entry) < 0 {
		return false
	}
	at, _ := firstClient(entry, 0)
	return at < 0
}

func (a *aggregate) entry(text []byte, order int64) {
	l := &a.line
	if !a.parser.head(l, text) {
		if len(bytes.TrimSpace(bytes.Trim(text, "\x00"))) == 0 {
			return
		}
		a.lines++
		a.broken++
		if a.brokenExample == nil || order < a.brokenOrder {
			a.brokenExample, a.brokenOrder = clipped(nil, text), order
		}
		return
	}
	a.lines++
	a.perLevel[l.Level]++
	if l.Stamp != nil {
		if !a.timed || l.Time < a.first {
			a.first = l.Time
		}
		if !a.timed || l.Time > a.last {
			a.last = l.Time
		}
		a.timed = true
	}
	if l.Level == Debug {
		return
	}
	m := l.split()
	if m == nil {
		if m = unknown[l.Level]; m == nil {
			return
		}
	}
	g := a.group(l, m)
	g.add(l, m, text, order)
}

// group finds the line's group or makes it.
func (a *aggregate) group(l *Line, m *Message) *group {
	k := key{message: m}
	switch {
	case m.Kind == Unknown:
		a.shape = shape(a.shape, l.Message)
		k.text = a.name(a.shape)
	case m.Kind == Startup && m.Severity != lint.Error:
		// One group each.
	default:
		if a.locate != nil {
			k.place = a.locate(l, m)
		}
		if k.place == (Place{}) {
			k.text = a.name(l.Server)
		}
	}
	if a.lastKeyIsValid && a.lastKey == k {
		return a.lastGroup
	}
	g := a.groups[k]
	if g == nil {
		g = a.newGroup(k)
	}
	a.lastKey, a.lastGroup, a.lastKeyIsValid = k, g, true
	return g
}

// newGroup makes a group while there is room, and else finds the one for the rest.
func (a *aggregate) newGroup(k key) *group {
	full := len(a.groups) >= maxGroups
	if k.place == (Place{}) {
		full = full || a.plain[k.message] >= maxPlain
		a.plain[k.message]++
	}
	if full {
		k = key{message: k.message, rest: true}
		if g := a.groups[k]; g != nil {
			return g
		}
	}
	g := &group{}
	a.groups[k] = g
	return g
}

// name is the text as a string that is kept once; "" once there are too many.
func (a *aggregate) name(text []byte) string {
	if len(text) > maxName {
		text = text[:maxName]
	}
	if s, ok := a.names[string(text)]; ok {
		return s
	}
	if len(a.names) >= maxGroups {
		return ""
	}
	s := string(text)
	a.names[s] = s
	return s
}

func (g *group) add(l *Line, m *Message, text []byte, order int64) {
	g.count++
	if g.level == NoLevel || l.Level < g.level {
		g.level = l.Level
	}
	if l.Stamp != nil {
		g.when(l.Time, l.Time)
		g.hist.add(l.Time)
	}
	if l.Upstream != nil {
		g.upstreams.add(l.Address())
	}
	if l.Server != nil {
		g.servers.add(l.Server)
	}
	if s := m.subject(l.Message); len(s) > 0 {
		g.subjects.add(s)
	}
	if g.example == nil || order < g.order {
		g.example, g.order = clipped(g.example, text), order
	}
}

func (g *group) when(first, last int64) {
	if !g.timed || first < g.first {
		g.first = first
	}
	if !g.timed || last > g.last {
		g.last = last
	}
	g.timed = true
}

// clipped copies a text to dst, as much of it as is kept for an example.
func clipped(dst, text []byte) []byte {
	text = bytes.TrimRight(bytes.TrimLeft(text, "\x00"), "\r\n\x00")
	return append(dst[:0], text[:min(len(text), maxExample)]...)
}

// merge takes in what another worker has seen.
func (a *aggregate) merge(o *aggregate) {
	a.lines += o.lines
	a.broken += o.broken
	if o.brokenExample != nil && (a.brokenExample == nil || o.brokenOrder < a.brokenOrder) {
		a.brokenExample, a.brokenOrder = o.brokenExample, o.brokenOrder
	}
	for i, n := range o.perLevel {
		a.perLevel[i] += n
	}
	if o.timed {
		if !a.timed || o.first < a.first {
			a.first = o.first
		}
		if !a.timed || o.last > a.last {
			a.last = o.last
		}
		a.timed = true
	}
	for _, k := range o.inOrder() {
		g := a.groups[k]
		if g == nil {
			g = a.newGroup(k)
		}
		g.merge(o.groups[k])
	}
}

// inOrder lists the keys by where their examples stand.
func (a *aggregate) inOrder() []key {
	keys := make([]key, 0, len(a.groups))
	for k := range a.groups {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(x, y key) int { return int(a.groups[x].order - a.groups[y].order) })
	return keys
}

func (g *group) merge(o *group) {
	g.count += o.count
	if g.level == NoLevel || o.level < g.level {
		g.level = o.level
	}
	if o.timed {
		g.when(o.first, o.last)
	}
	g.hist.merge(&o.hist)
	g.upstreams.merge(&o.upstreams)
	g.subjects.merge(&o.subjects)
	g.servers.merge(&o.servers)
	if g.example == nil || o.order < g.order {
		g.example, g.order = o.example, o.order
	}
}
