package setter

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// checkType checks the arguments by the type that the facts give: what the
// generic slot functions of src/core/ngx_conf_file.c refuse.
func checkType(d *Directive) *Refusal {
	if len(d.Args) == 0 {
		return nil
	}
	v := d.Args[0]
	switch d.Facts.TypeAt(d.Version) {
	case nginx.TypeFlag: // ngx_conf_set_flag_slot
		if _, ok := nginx.ParseFlag(v); !ok {
			return refuse(0, `invalid value %s in %q directive, it must be "on" or "off"`, quote(v), d.Name)
		}
	case nginx.TypeNumber: // ngx_conf_set_num_slot
		if _, ok := nginx.ParseNumber(v); !ok {
			return refuse(0, "%q directive invalid number", d.Name)
		}
	case nginx.TypeSize: // ngx_conf_set_size_slot
		if _, ok := nginx.ParseSize(v); !ok {
			return invalidValue(d, 0)
		}
	case nginx.TypeOffset: // ngx_conf_set_off_slot
		if _, ok := nginx.ParseOffset(v); !ok {
			return invalidValue(d, 0)
		}
	case nginx.TypeMsec: // ngx_conf_set_msec_slot
		if _, ok := nginx.ParseMsec(v); !ok {
			return invalidValue(d, 0)
		}
	case nginx.TypeSec: // ngx_conf_set_sec_slot
		if _, ok := nginx.ParseSec(v); !ok {
			return invalidValue(d, 0)
		}
	case nginx.TypeBufs:
		return checkBufs(d)
	case nginx.TypeEnum:
		return checkEnum(d)
	case nginx.TypeBitmask:
		return checkBitmask(d)
	case nginx.TypeComplex: // ngx_http_set_complex_value_slot
		return checkScript(d, 0)
	case nginx.TypeComplexSize:
		return checkComplexSize(d)
	case nginx.TypePredicateArray: // ngx_http_set_predicate_slot
		return checkScripts(d)
	case nginx.TypePath:
		return checkTempPath(d)
	case nginx.TypeAccess:
		return checkAccessMode(d)
	}
	return nil
}

// checkBufs is ngx_conf_set_bufs_slot.
func checkBufs(d *Directive) *Refusal {
	if len(d.Args) < 2 {
		return nil
	}
	if n, ok := nginx.ParseNumber(d.Args[0]); !ok || n == 0 {
		return invalidValue(d, 0)
	}
	if n, ok := nginx.ParseSize(d.Args[1]); !ok || n == 0 {
		return invalidValue(d, 1)
	}
	return nil
}

// checkEnum is ngx_conf_set_enum_slot.
func checkEnum(d *Directive) *Refusal {
	values := d.Facts.ValuesAt(d.Version)
	if len(values) == 0 || containsFold(values, d.Args[0]) {
		return nil
	}
	return suggest(refuse(0, "invalid value %s", quote(d.Args[0])), d.Args[0], values)
}

// checkBitmask is ngx_conf_set_bitmask_slot.
func checkBitmask(d *Directive) *Refusal {
	values := d.Facts.ValuesAt(d.Version)
	if len(values) == 0 {
		return nil
	}
	for i, v := range d.Args {
		if !containsFold(values, v) {
			return suggest(refuse(i, "invalid value %s", quote(v)), v, values)
		}
	}
	return nil
}

// containsFold reports whether a word is among words, as ngx_strcasecmp sees it.
func containsFold(words []string, word string) bool {
	for _, w := range words {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

// suggest names the nearest accepted word, or all of a few.
func suggest(r *Refusal, word string, accepted []string) *Refusal {
	if near, ok := nginx.Nearest(strings.ToLower(word), accepted); ok {
		return r.with("did you mean %q?", near)
	}
	if len(accepted) <= 8 {
		return r.with("it takes %s", strings.Join(accepted, ", "))
	}
	return r
}
