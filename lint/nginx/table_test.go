package nginx

import (
	"math/bits"
	"slices"
	"strings"
	"testing"
)

var allTypes = []string{
	TypeFlag, TypeString, TypeNumber, TypeSize, TypeOffset, TypeMsec, TypeSec, TypeBufs, TypeEnum, TypeBitmask,
	TypeKeyval, TypeStringArray, TypePath, TypeAccess, TypeComplex, TypeComplexSize, TypePredicateArray, TypeBind,
	TypeParam, TypeCacheZone, TypeCacheValid, TypeCustom,
}

func TestTableEntriesAreWellFormed(t *testing.T) {
	if len(table) < 700 {
		t.Fatalf("the table has only %d entries", len(table))
	}
	for _, d := range table {
		switch {
		case d.Name == "" || strings.Trim(d.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
			t.Errorf("%q is no name", d.Name)
		case d.Module == "":
			t.Errorf("%s has no module", d.Name)
		case d.Contexts == 0 || d.Contexts&^everywhere != 0:
			t.Errorf("%s has the contexts %#x", d.Name, uint32(d.Contexts))
		case !slices.Contains(allTypes, d.Type):
			t.Errorf("%s is of the unknown type %q", d.Name, d.Type)
		case d.args == 0:
			t.Errorf("%s accepts no number of arguments", d.Name)
		case d.args&unlimited != 0 && d.args&(1<<maxCounted) == 0:
			t.Errorf("%s accepts any number of arguments, but not %d", d.Name, maxCounted)
		case (d.Type == TypeEnum || d.Type == TypeBitmask) != (len(d.Values) > 0):
			t.Errorf("%s of type %s has the values %q", d.Name, d.Type, d.Values)
		case d.Type == TypeFlag && d.args != 1<<1:
			t.Errorf("%s is a flag and accepts %#x", d.Name, uint16(d.args))
		}
		for _, v := range []Version{d.Since, d.Last} {
			if !v.IsZero() && !slices.Contains(releases[:], v) {
				t.Errorf("%s: there is no release %s", d.Name, v)
			}
		}
	}
}

func TestTableNamesOneDirectivePerPlace(t *testing.T) {
	for i, d := range table {
		for _, e := range table[i+1:] {
			if e.Name != d.Name {
				break
			}
			if d.Contexts.Has(e.Contexts) {
				t.Errorf("%s of %s and of %s share %s", d.Name, d.Module, e.Module, d.Contexts&e.Contexts)
			}
		}
	}
}

func TestTableHistoryIsOrderedAndSaysSomething(t *testing.T) {
	for _, d := range table {
		for i, p := range d.past {
			if !slices.Contains(releases[:], p.before) {
				t.Errorf("%s: there is no release %s", d.Name, p.before)
			}
			if i > 0 && p.before.Compare(d.past[i-1].before) < 0 {
				t.Errorf("%s: the history is not in order", d.Name)
			}
			if p.what == aspectArgs && p.args == 0 || p.what == aspectType && !slices.Contains(allTypes, p.text) {
				t.Errorf("%s: before %s: %+v", d.Name, p.before, p)
			}
		}
	}
}

func TestTableDefaultsAreOfTheirType(t *testing.T) {
	count := 0
	for _, d := range table {
		for _, v := range releases {
			def, ok := d.DefaultAt(v)
			if !ok {
				continue
			}
			count++
			if !isOfType(def, d.TypeAt(v), d.ValuesAt(v)) {
				t.Errorf("%s of %s: the default %q is no %s", d.Name, v, def, d.TypeAt(v))
			}
			if n := len(strings.Fields(def)); !d.AcceptsArgs(n, v) {
				t.Errorf("%s of %s does not accept the %d arguments of its default %q", d.Name, v, n, def)
			}
		}
	}
	if count < 400*len(releases) {
		t.Errorf("only %d defaults in %d releases", count, len(releases))
	}
}

func isOfType(def, typ string, words []string) bool {
	ok := true
	switch typ {
	case TypeFlag:
		_, ok = ParseFlag(def)
	case TypeNumber:
		_, ok = ParseNumber(def)
	case TypeSize, TypeComplexSize:
		_, ok = ParseSize(def)
	case TypeOffset:
		_, ok = ParseOffset(def)
	case TypeMsec:
		_, ok = ParseMsec(def)
	case TypeSec:
		_, ok = ParseSec(def)
	case TypeBufs:
		number, size, _ := strings.Cut(def, " ")
		_, ok1 := ParseNumber(number)
		_, ok2 := ParseSize(size)
		ok = ok1 && ok2
	case TypeEnum:
		ok = slices.Contains(words, def)
	case TypeBitmask:
		for word := range strings.FieldsSeq(def) {
			ok = ok && slices.Contains(words, word)
		}
	case TypeKeyval, TypeStringArray, TypePredicateArray, TypeParam, TypeCacheValid:
		ok = false // a list has no default
	}
	return ok
}

func TestTableBlocksAreKnownToContexts(t *testing.T) {
	for _, d := range table {
		for rest := d.Contexts; d.Block && rest != 0; rest &= rest - 1 {
			in := rest & -rest
			if child := in.Child(d.Name); (child == 0) != Opaque(d.Name) {
				t.Errorf("%s in %s leads to %s, opaque is %t", d.Name, in, child, Opaque(d.Name))
			}
		}
	}
	for _, e := range children {
		if d := Find(e.block, e.in); d == nil || !d.Block {
			t.Errorf("%s in %s is no block directive of the table", e.block, e.in)
		}
		if bits.OnesCount32(uint32(e.child)) != 1 {
			t.Errorf("%s in %s leads to %s", e.block, e.in, e.child)
		}
	}
}
