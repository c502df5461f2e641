package errorlog

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
)

// Kind says what a message is about.
type Kind string

// The kinds.
const (
	Upstream Kind = "upstream" // passing requests on
	Limit    Kind = "limit"    // limits that the configuration sets
	Routing  Kind = "routing"  // redirects, named locations, subrequests
	System   Kind = "system"   // what the machine gives nginx: files, memory, sockets
	Client   Kind = "client"   // what clients do or ask for
	Startup  Kind = "startup"  // start and reload
	Unknown  Kind = "unknown"  // a message that is not in the tables
)

// Message is one thing that nginx writes to its error log.
type Message struct {
	// ID names it, kebab-case.
	ID   string
	Kind Kind
	// Severity says how bad it is: an error fails requests or keeps nginx from
	// starting, a warning costs a retry, a wait or part of an answer, an info
	// is the client's own doing or worth knowing.
	Severity lint.Severity
	// Effect is what the client sees, in a few words.
	Effect string
	// Means says what happened, Do what to change; lower case, no full stop.
	Means, Do string
	// Ask is the command that tells what no configuration shows, with
	// placeholders such as {host}; "" where there is none.
	Ask string
	// Settings are the directives that decide it: by their name without the
	// protocol ("read_timeout"), after = by their whole name.
	Settings []string
	// Rules are ids of rules whose findings explain the message.
	Rules []string

	// match are the texts that it is known by. A * stands for anything, a word
	// in braces for the number of a system error, see errnos; what follows the
	// end does not matter.
	match []string
	// about are the texts before and after the name that it is about.
	about [2]string
	// quotes says that it holds text that clients or applications write.
	quotes bool
}

// errnos are the numbers of system errors: on Linux and, where they differ, on
// FreeBSD and macOS. Their texts differ between C libraries.
var errnos = map[string][]string{
	"perm": {"1"}, "noent": {"2"}, "again": {"11", "35"}, "nomem": {"12"}, "acces": {"13"}, "notdir": {"20"},
	"isdir": {"21"}, "inval": {"22"}, "nfile": {"23"}, "mfile": {"24"}, "nospc": {"28"}, "rofs": {"30"}, "pipe": {"32"},
	"nametoolong": {"36", "63"},
	"inuse":       {"98", "48"}, "notavail": {"99", "49"}, "netdown": {"100", "50"}, "netunreach": {"101", "51"},
	"aborted": {"103", "53"}, "reset": {"104", "54"}, "timedout": {"110", "60"}, "refused": {"111", "61"},
	"hostdown": {"112", "64"}, "noroute": {"113", "65"},
}

// pattern is one form of a message, made ready.
type pattern struct {
	message *Message
	order   int // among all patterns
	// anchored says that the message begins with the first of the parts, which
	// occur in this order.
	anchored bool
	parts    [][]byte
}

// index finds the first pattern that a message matches by its first word.
type index struct {
	byWord map[string][]pattern
	// floating are those that begin with anything, or with part of a word.
	floating []pattern
}

// What stops a start is said with the level emerg; while nginx runs, the same
// words mean something else.
var (
	atStart = newIndex(slices.Concat(startMessages, runMessages()))
	running = newIndex(runMessages())
)

// Messages lists all known messages. Where a line matches several, the first
// counts, but those of a start alone come first in lines of the level emerg and
// are no others'.
func Messages() []*Message {
	return slices.Concat(runMessages(), startMessages)
}

func runMessages() []*Message {
	return slices.Concat(upstreamMessages, responseMessages, tlsMessages, systemMessages, routingMessages, clientMessages, lifeMessages)
}

func newIndex(all []*Message) *index {
	x := &index{byWord: map[string][]pattern{}}
	order := 0
	for _, m := range all {
		for _, text := range m.match {
			for _, p := range compile(m, text) {
				p.order = order
				order++
				word := firstWord(p.parts[0])
				if !p.anchored || len(word) == len(p.parts[0]) {
					x.floating = append(x.floating, p)
				} else {
					x.byWord[string(word)] = append(x.byWord[string(word)], p)
				}
			}
		}
	}
	return x
}

// compile reads a pattern; one with the number of an error gives several.
func compile(m *Message, text string) []pattern {
	if head, rest, ok := strings.Cut(text, "({"); ok {
		word, tail, _ := strings.Cut(rest, "}")
		numbers := errnos[word]
		if numbers == nil {
			panic(fmt.Sprintf("errorlog: unknown error %q in %q", word, text))
		}
		var out []pattern
		for _, number := range numbers {
			out = append(out, compile(m, head+"("+number+tail)...)
		}
		return out
	}
	p := pattern{message: m, anchored: !strings.HasPrefix(text, "*")}
	for part := range strings.SplitSeq(text, "*") {
		if part != "" {
			p.parts = append(p.parts, []byte(part))
		}
	}
	return []pattern{p}
}

// firstWord is the text up to the first blank, bracket or quote.
func firstWord(text []byte) []byte {
	for i, c := range text {
		if c == ' ' || c == '(' || c == '"' {
			return text[:i]
		}
	}
	return text
}

// find returns the message that a text is, and up to where the text is known to
// be nginx's own; nil where no pattern matches.
func (x *index) find(text []byte) (m *Message, end int) {
	end = -1
	last := math.MaxInt
	list := x.byWord[string(firstWord(text))]
	for i := range list {
		p := &list[i]
		if at := p.end(text); at >= 0 {
			m, end, last = p.message, at, p.order
			break
		}
	}
	for i := range x.floating {
		p := &x.floating[i]
		if p.order > last {
			break
		}
		if at := p.end(text); at >= 0 {
			return p.message, at
		}
	}
	return m, end
}

// end is where the match ends, -1 without one.
func (p *pattern) end(text []byte) int {
	at := 0
	for i, part := range p.parts {
		if i == 0 && p.anchored {
			if !bytes.HasPrefix(text, part) {
				return -1
			}
			at = len(part)
			continue
		}
		n := bytes.Index(text[at:], part)
		if n < 0 {
			return -1
		}
		at += n + len(part)
	}
	return at
}

// Recognize returns the message that a line is, nil for an unknown one. The
// text is that of the message, with or without the fields behind it.
func Recognize(level Level, text []byte) *Message {
	m, _ := recognize(level, text)
	return m
}

func recognize(level Level, text []byte) (m *Message, end int) {
	// Fields hold what clients send: they must not look like a message.
	if at, _ := firstClient(text, 0); at >= 0 {
		text = text[:at]
	}
	if level == Emerg {
		return atStart.find(text)
	}
	return running.find(text)
}

// subject is the name that a message is about, such as the host that could not
// be resolved.
func (m *Message) subject(text []byte) []byte {
	if m.about[0] == "" && m.about[1] == "" {
		return nil
	}
	from := 0
	if m.about[0] != "" {
		i := bytes.Index(text, []byte(m.about[0]))
		if i < 0 {
			return nil
		}
		from = i + len(m.about[0])
	}
	text = text[from:]
	if m.about[1] == "" {
		return text
	}
	end := bytes.Index(text, []byte(m.about[1]))
	if end < 0 {
		return text
	}
	return text[:end]
}
