package nginx

import "math/bits"

// The value types of a directive: how nginx reads its arguments. The type
// "custom" says that the module reads them with code of its own.
const (
	TypeFlag           = "flag"            // on or off, see [ParseFlag]
	TypeString         = "string"          // taken as it is
	TypeNumber         = "number"          // decimal digits
	TypeSize           = "size"            // see [ParseSize]
	TypeOffset         = "offset"          // see [ParseOffset]
	TypeMsec           = "msec"            // see [ParseMsec]
	TypeSec            = "sec"             // see [ParseSec]
	TypeBufs           = "bufs"            // a number and a size
	TypeEnum           = "enum"            // one of the values
	TypeBitmask        = "bitmask"         // any of the values
	TypeKeyval         = "keyval"          // a name and a value, repeatable
	TypeStringArray    = "string-array"    // a string, repeatable
	TypePath           = "path"            // a directory and up to three levels
	TypeAccess         = "access"          // permissions such as user:rw
	TypeComplex        = "complex"         // a string with variables
	TypeComplexSize    = "complex-size"    // a size, or variables that give one
	TypePredicateArray = "predicate-array" // strings with variables, true unless empty or 0
	TypeBind           = "bind"            // a local address, or off
	TypeParam          = "param"           // a name, a value and maybe if_not_empty
	TypeCacheZone      = "cache-zone"      // the path and the keys of a cache
	TypeCacheValid     = "cache-valid"     // statuses and a time
	TypeCustom         = "custom"          // read by the module itself
)

// Directive is a directive of one module. A name that several modules know
// (proxy_pass of http and of stream) is several Directives.
type Directive struct {
	// Name is the directive as it is written.
	Name string
	// Module is the source file of nginx it comes from, without its ".c".
	Module string
	// Contexts is where it can stand.
	Contexts Context
	// Type is how its arguments are read, one of the Type constants, in the
	// newest release that has the directive. See [Directive.TypeAt].
	Type string
	// Block tells a directive with a block from one with a semicolon.
	Block bool
	// Values is the words an enum or a bitmask accepts in the newest release
	// that has the directive. nginx compares them without regard to case
	// (ngx_conf_set_enum_slot, src/core/ngx_conf_file.c). The slice is shared
	// and must not be changed. See [Directive.ValuesAt].
	Values []string
	// Since is the first release that has the directive; zero for those older
	// than all the releases the package knows.
	Since Version
	// Last is the last release that has it; zero if the newest does.
	Last Version

	args    argCounts
	inherit Inheritance
	def     string // "" for none
	past    []past // oldest first
}

// argCounts is a set of argument counts: bit n stands for n arguments, the
// highest bit for any number beyond the largest other one.
type argCounts uint16

const (
	maxCounted           = 7       // NGX_CONF_TAKE7, the most nginx can count
	unlimited  argCounts = 1 << 15 // NGX_CONF_1MORE, NGX_CONF_2MORE, NGX_CONF_ANY
)

// past is what a directive was like before a release that changed it.
type past struct {
	before Version
	what   aspect
	args   argCounts // of aspectArgs
	words  []string  // of aspectValues
	text   string    // of aspectDefault and aspectType
}

type aspect uint8

const (
	aspectArgs aspect = iota
	aspectValues
	aspectDefault
	aspectType
)

// Inheritance is what a level without the directive gets from the level around it.
type Inheritance uint8

// The kinds of inheritance.
const (
	// InheritCustom: the module does it by code of its own, or there is
	// nothing to inherit.
	InheritCustom Inheritance = iota
	// InheritValue: one value, taken from the nearest level that sets it.
	InheritValue
	// InheritList: a list, taken whole from the nearest level that has any
	// entry; a level that adds one entry loses all of the outer ones.
	InheritList
)

// Lookup returns every directive called name, of any module and place, and nil
// if nginx has none. The slice and what it points to are shared and must not
// be changed.
func Lookup(name string) []*Directive {
	return byName[name]
}

// byName is the table by name; it is sorted by name.
var byName = func() map[string][]*Directive {
	index := make(map[string][]*Directive, len(table))
	for i := 0; i < len(table); {
		j := i + 1
		for j < len(table) && table[j].Name == table[i].Name {
			j++
		}
		index[table[i].Name] = table[i:j:j]
		i = j
	}
	return index
}()

// Find returns the directive called name that can stand in c, in any of the
// places if c is several, and nil if there is none.
func Find(name string, c Context) *Directive {
	for _, d := range Lookup(name) {
		if d.Contexts.Has(c) {
			return d
		}
	}
	return nil
}

// Names returns the names of all directives, sorted, each once.
func Names() []string { return NamesIn(everywhere) }

// NamesIn returns the names of the directives that can stand in c, sorted,
// each once.
func NamesIn(c Context) []string {
	names := make([]string, 0, len(table))
	for _, d := range table {
		if d.Contexts.Has(c) && (len(names) == 0 || names[len(names)-1] != d.Name) {
			names = append(names, d.Name)
		}
	}
	return names
}

// KnownIn reports whether release v has the directive. Of an unknown release
// it is true.
func (d *Directive) KnownIn(v Version) bool {
	return !v.Before(d.Since) && (d.Last.IsZero() || v.IsZero() || v.Compare(d.Last) <= 0)
}

// MaxArgs returns the most arguments any release accepts, -1 for no limit.
func (d *Directive) MaxArgs() int {
	counts := d.argsAt(Version{})
	if counts&unlimited != 0 {
		return -1
	}
	return bits.Len16(uint16(counts)) - 1
}

// AcceptsArgs reports whether release v accepts the directive with n
// arguments, its block not counted; for an unknown release, whether any does.
func (d *Directive) AcceptsArgs(n int, v Version) bool {
	counts := d.argsAt(v)
	switch {
	case n < 0:
		return false
	case n > maxCounted:
		return counts&unlimited != 0
	}
	return counts&(1<<n) != 0
}

// argsAt returns the argument counts of release v, of all releases together
// when v is unknown.
func (d *Directive) argsAt(v Version) argCounts {
	if !v.IsZero() {
		if p := d.pastAt(v, aspectArgs); p != nil {
			return p.args
		}
		return d.args
	}
	counts := d.args
	for _, p := range d.past {
		counts |= p.args
	}
	return counts
}

// TypeAt returns how release v reads the arguments, one of the Type constants;
// for an unknown release, how the newest does.
func (d *Directive) TypeAt(v Version) string {
	if p := d.pastAt(v, aspectType); p != nil {
		return p.text
	}
	return d.Type
}

// ValuesAt returns the words an enum or a bitmask accepts in release v, in the
// newest that has the directive if v is unknown, and nil for other types. The
// slice is shared and must not be changed.
func (d *Directive) ValuesAt(v Version) []string {
	if p := d.pastAt(v, aspectValues); p != nil {
		return p.words
	}
	return d.Values
}

// DefaultAt returns what holds in release v when no level sets the directive,
// as it would be written: "60s", "8 4k", "off", "error timeout". For an unknown
// release it is the newest's. It returns false when there is no default, when
// it depends on other directives (proxy_busy_buffers_size), and when it is not
// known.
func (d *Directive) DefaultAt(v Version) (string, bool) {
	if p := d.pastAt(v, aspectDefault); p != nil {
		return p.text, p.text != ""
	}
	return d.def, d.def != ""
}

// pastAt returns what the directive was like in release v, nil if it was as it
// is in the newest release or v is unknown.
func (d *Directive) pastAt(v Version, what aspect) *past {
	for i := range d.past {
		if p := &d.past[i]; p.what == what && v.Before(p.before) {
			return p
		}
	}
	return nil
}

// Inherits returns what a level without the directive gets from the level
// around it.
func (d *Directive) Inherits() Inheritance { return d.inherit }

// Unique reports whether nginx refuses the directive a second time at one
// level with "is duplicate". It is false when the module decides by code of
// its own, as for every directive of type "custom". (The ngx_conf_set_*_slot
// functions of src/core/ngx_conf_file.c.)
func (d *Directive) Unique() bool {
	switch d.Type {
	case TypeFlag, TypeString, TypeNumber, TypeSize, TypeOffset, TypeMsec, TypeSec,
		TypeBufs, TypeEnum, TypePath, TypeAccess, TypeComplex, TypeComplexSize, TypeBind:
		return true
	}
	return false
}
