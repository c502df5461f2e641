package model

import (
	"math/bits"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Name is the number that a configuration gives to a directive's name, counted
// from 1 in the order of meeting them; 0 is that of a name that no level has.
// There are few names in the largest of configurations, and to compare numbers,
// or to keep what a name amounts to in a slice, takes no time.
type Name uint32

// Head is what there is to know of a directive without looking at it. Those of a
// level lie side by side, the directives all over the memory.
type Head struct {
	// Name is the number of its name, 0 for an empty name.
	Name Name
	// Args is how many arguments it has; 255 stands for any number from there on.
	Args uint8
	// Block says that it has a body in braces, Unknown and Dollar what the methods
	// of [conf.Directive] say.
	Block, Unknown, Dollar bool
}

// Names are the names of all directives at any level, by their numbers. The
// slice must not be changed.
func (c *Config) Names() []string { return c.names.all }

// Number is the number of a name, 0 if no level has such a directive.
func (c *Config) Number(name string) Name { return c.names.find(name, nameHash(name)) }

// Uses reports whether any level has a directive of that name. It spares a rule
// about what is not there the search for it.
func (c *Config) Uses(names ...string) bool {
	for _, name := range names {
		if c.Number(name) != 0 {
			return true
		}
	}
	return false
}

// UsesSetting reports whether any level has one of the protocols' own forms of one
// of the directives: for "read_timeout", proxy_read_timeout or the like.
func (c *Config) UsesSetting(suffixes ...string) bool {
	for _, suffix := range suffixes {
		for _, prefix := range prefixes[:StreamProxy] {
			if c.Number(prefix+"_"+suffix) != 0 {
				return true
			}
		}
	}
	return false
}

// Heads are those of the level's directives, in the order of Node.Children. The
// slice must not be changed.
func (s *Scope) Heads() []Head { return s.heads }

// nameTable numbers names.
type nameTable struct {
	all    []string // by number
	number map[string]Name
	// reach is by number how far the directive works, known whether nginx has it.
	reach []reach
	known []bool
	// seen tells for most of the names that are not there that they are not;
	// recent has one of the names for each slot, so that few need the map.
	seen   filter
	recent [recentSize]Name
}

const (
	recentLog  = 9
	recentSize = 1 << recentLog
)

func newNameTable() nameTable {
	const usual = 64
	return nameTable{
		all: make([]string, 1, usual), number: make(map[string]Name, usual),
		reach: make([]reach, 1, usual), known: make([]bool, 1, usual),
	}
}

func recentSlot(h uint64) uint64 { return h >> (64 - recentLog) }

func (t *nameTable) find(name string, hash uint64) Name {
	if !t.seen.may(hash) {
		return 0
	}
	if n := t.recent[recentSlot(hash)]; t.all[n] == name {
		return n
	}
	return t.number[name]
}

// add returns the number of a name, a new one for one that is met first.
func (t *nameTable) add(name string) Name {
	if name == "" {
		return 0
	}
	hash := nameHash(name)
	if n := t.find(name, hash); n != 0 {
		return n
	}
	n := Name(len(t.all))
	t.all, t.reach = append(t.all, name), append(t.reach, reachOf(name))
	t.known = append(t.known, name == "include" || nginx.Lookup(name) != nil)
	t.number[name] = n
	t.seen.add(hash)
	if slot := &t.recent[recentSlot(hash)]; *slot == 0 {
		*slot = n
	}
	return n
}

// foreign reports whether nginx has no directive of that name; it has none without
// a name.
func (t *nameTable) foreign(n Name) bool { return n == 0 || !t.known[n] }

// filter is a set of names that may say yes wrongly but never no (a Bloom
// filter). It is wide enough for hundreds.
type filter [filterBits / 64]uint64

const (
	filterLog  = 12
	filterBits = 1 << filterLog
)

func (*filter) bitsOf(h uint64) (i, j uint64) {
	return h >> (64 - filterLog), h >> (64 - 2*filterLog) % filterBits
}

func (f *filter) add(h uint64) {
	i, j := f.bitsOf(h)
	f[i/64] |= 1 << (i % 64)
	f[j/64] |= 1 << (j % 64)
}

func (f *filter) may(h uint64) bool {
	i, j := f.bitsOf(h)
	return f[i/64]>>(i%64)&1 == 1 && f[j/64]>>(j%64)&1 == 1
}

// nameSet is a small set of names, each of whose bits is for one name in 64. In
// most configurations there are few more.
type nameSet uint64

func (n Name) bit() nameSet { return 1 << (n % 64) }

func headOf(n *conf.Node, name Name) Head {
	return Head{Name: name, Args: uint8(min(len(n.Args), 255)), Block: n.IsBlock, Unknown: n.Unknown(), Dollar: n.Dollar()}
}

// nameHash mixes the length and eight bytes from both ends of a name, which is
// where nginx's directive names differ, without reading all of it.
func nameHash(s string) uint64 {
	const k = 0x9E3779B97F4A7C15
	h := uint64(len(s)) * k
	if len(s) <= 8 {
		for i := range len(s) {
			h = h<<8 ^ bits.RotateLeft64(h, 23) ^ uint64(s[i])
		}
		return h * k
	}
	h ^= load8(s[len(s)-8:])
	h *= k
	h = bits.RotateLeft64(h, 29) ^ load8(s)
	if len(s) > 16 {
		h = bits.RotateLeft64(h*k, 31) ^ load8(s[len(s)/2-4:])
	}
	return h * k
}

// load8 reads the first eight bytes of s as one word.
func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
