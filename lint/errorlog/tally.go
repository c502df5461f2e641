package errorlog

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Limits on what is kept, whatever a log holds.
const (
	maxGroups  = 2048 // groups in all
	maxPlain   = 64   // groups of one message that have no place in the configuration
	maxNames   = 32   // different names in a tally
	maxBuckets = 2048 // spans of time in a histogram
	maxName    = 256  // bytes of a name
	maxExample = 2048 // bytes of an example
)

// Tally counts names.
type Tally struct {
	Name  string
	Count int64
}

// tally counts the first names that come; More is all others together.
type tally struct {
	counts map[string]*int64
	more   int64
}

func (t *tally) add(name []byte) {
	if len(name) > maxName {
		name = name[:maxName]
	}
	if n := t.counts[string(name)]; n != nil {
		*n++
		return
	}
	t.put(string(name), 1)
}

func (t *tally) put(name string, n int64) {
	if have := t.counts[name]; have != nil {
		*have += n
		return
	}
	if len(t.counts) >= maxNames {
		t.more += n
		return
	}
	if t.counts == nil {
		t.counts = map[string]*int64{}
	}
	t.counts[name] = &n
}

func (t *tally) merge(o *tally) {
	for _, name := range slices.Sorted(maps.Keys(o.counts)) {
		t.put(name, *o.counts[name])
	}
	t.more += o.more
}

// list is what was counted, most first.
func (t *tally) list() []Tally {
	var out []Tally
	for name, n := range t.counts {
		out = append(out, Tally{name, *n})
	}
	slices.SortFunc(out, func(a, b Tally) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// widths are the spans of time in seconds that a histogram counts by, each a
// multiple of the one before.
var widths = []int64{60, 600, 3600, 86_400, 7 * 86_400, 364 * 86_400}

// histogram counts lines by the minute, or by longer spans once there are too
// many minutes.
type histogram struct {
	width  int // index of widths
	counts map[int64]int64
	// at and n are the span that was counted last, not yet in counts.
	at, n int64
}

func (h *histogram) add(t int64) {
	if at := floor(t, widths[h.width]); at != h.at {
		h.flush()
		h.at = floor(t, widths[h.width])
	}
	h.n++
}

func floor(t, width int64) int64 { return t - ((t%width)+width)%width }

func (h *histogram) flush() {
	if h.n == 0 {
		return
	}
	h.put(h.at, h.n)
	h.n = 0
}

func (h *histogram) put(at, n int64) {
	if h.counts == nil {
		h.counts = map[int64]int64{}
	}
	h.counts[floor(at, widths[h.width])] += n
	for len(h.counts) > maxBuckets && h.width+1 < len(widths) {
		h.widen(h.width + 1)
	}
}

func (h *histogram) widen(width int) {
	old := h.counts
	h.width, h.counts = width, make(map[int64]int64, len(old)/2)
	for at, n := range old {
		h.counts[floor(at, widths[width])] += n
	}
}

func (h *histogram) merge(o *histogram) {
	h.flush()
	o.flush()
	if o.width > h.width {
		h.widen(o.width)
	}
	for at, n := range o.counts {
		h.put(at, n)
	}
}

// Busy is the span of time with the most lines.
type Busy struct {
	From    int64 // seconds, as Line.Time
	Seconds int64
	Count   int64
}

func (h *histogram) busiest() Busy {
	h.flush()
	best := Busy{From: math.MaxInt64, Seconds: widths[h.width]}
	for at, n := range h.counts {
		if n > best.Count || n == best.Count && at < best.From {
			best.From, best.Count = at, n
		}
	}
	return best
}
