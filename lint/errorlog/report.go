package errorlog

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Report is what logs hold.
type Report struct {
	Bytes int64
	// Lines counts entries; Broken those that are none of nginx's, of which
	// BrokenExample is the first.
	Lines, Broken int64
	BrokenExample string
	// Levels counts nginx's lines by level.
	Levels [levels]int64
	// First and Last are when, in seconds as in Line.Time; 0 without any time.
	First, Last int64
	// Groups are the worst and most frequent first.
	Groups []*Group
}

// Group is all lines of one message that come from one place.
type Group struct {
	Message *Message
	// Text is the message of the first line, without fields.
	Text string
	// Level is the loudest level of its lines.
	Level       Level
	Count       int64
	First, Last int64
	Busy        Busy
	// Place is where in the configuration, as far as known.
	Place Place
	// Servers are the names of servers in the lines, Upstreams the addresses,
	// Subjects the names that the message is about; with how many lines are
	// about others than are listed.
	Servers, Upstreams, Subjects             []Tally
	MoreServers, MoreUpstreams, MoreSubjects int64
	// Example is the first line.
	Example string
	// Rest says that these are the lines from places that there was no room
	// for to tell apart.
	Rest bool
	// Explanation is filled in by Explain.
	Explanation
}

// Clock writes seconds as nginx writes times.
func Clock(seconds int64) string { return time.Unix(seconds, 0).UTC().Format("2006/01/02 15:04:05") }

func (a *aggregate) report(read int64) *Report {
	r := &Report{Bytes: read, Lines: a.lines, Broken: a.broken, BrokenExample: string(a.brokenExample), Levels: a.perLevel, First: a.first, Last: a.last}
	for k, g := range a.groups {
		out := &Group{
			Message: k.message, Level: g.level, Count: g.count, First: g.first, Last: g.last, Busy: g.hist.busiest(), Place: k.place,
			Servers: g.servers.list(), MoreServers: g.servers.more,
			Upstreams: g.upstreams.list(), MoreUpstreams: g.upstreams.more,
			Subjects: g.subjects.list(), MoreSubjects: g.subjects.more,
			Example: string(g.example), Rest: k.rest, Explanation: Explanation{Means: k.message.Means, Do: k.message.Do},
		}
		if l, ok := Parse(g.example); ok {
			out.Text = string(l.Message)
		}
		r.Groups = append(r.Groups, out)
	}
	slices.SortFunc(r.Groups, func(a, b *Group) int {
		return cmp.Or(
			cmp.Compare(b.Message.Severity, a.Message.Severity), cmp.Compare(b.Count, a.Count), cmp.Compare(a.First, b.First),
			strings.Compare(a.Message.ID, b.Message.ID), strings.Compare(a.Example, b.Example),
		)
	})
	return r
}

// Line is the group's example, taken apart.
func (g *Group) Line() Line {
	l, _ := Parse([]byte(g.Example))
	return l
}
