package setter

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/nginx"
)

// mapTable are the blocks of http and stream that give a variable its value.
func mapTable() map[string]check {
	return map[string]check{
		"map":           mapBlock,
		"split_clients": splitClients,
		"geo":           geo,
		"charset_map":   charsetMap,
	}
}

// mapBlock is ngx_http_map_block and ngx_http_map with their twins of stream.
func mapBlock(d *Directive) *Refusal {
	if r := checkScript(d, 0); r != nil {
		return r
	}
	if r := newVariable(d, 1); r != nil {
		return r
	}
	m := mapReader{keys: newHashKeys()}
	for i := range d.Parameters {
		p := &d.Parameters[i]
		if p.Unknown {
			m.unknown = true
			continue
		}
		if r := m.line(p); r != nil {
			return r.in(i)
		}
	}
	return nil
}

// mapReader reads the lines of a map.
type mapReader struct {
	keys                 *hashKeys
	hostnames, isDefault bool
	// unknown says that a line is not known, so that "hostnames" may stand in it.
	unknown bool
}

func (m *mapReader) line(p *Parameter) *Refusal {
	if len(p.Args) == 0 && (p.Name == "hostnames" || p.Name == "volatile") {
		m.hostnames = m.hostnames || p.Name == "hostnames"
		return nil
	}
	if len(p.Args) != 1 {
		return refuse(Whole, "invalid number of the map parameters").with(`a line is a value and what it becomes; blanks in either need quotes, and "hostnames" and "volatile" stand alone`)
	}
	if p.Name == "include" {
		return nil
	}
	if message := script(p.Args[0]); message != "" {
		return refuse(0, "%s", message)
	}
	switch pattern, isRegex := strings.CutPrefix(p.Name, "~"); {
	case p.Name == "default":
		if m.isDefault {
			return refuse(Whole, "duplicate default map parameter")
		}
		m.isDefault = true
		return nil
	case isRegex:
		return checkRegex(Whole, strings.TrimPrefix(pattern, "*"))
	}
	return m.key(strings.TrimPrefix(p.Name, `\`))
}

// key adds a value that is looked up as it is.
func (m *mapReader) key(key string) *Refusal {
	switch m.keys.add(key, m.hostnames) {
	case hashTaken:
		if m.unknown && strings.ContainsAny(key, "*.") {
			return nil
		}
		return refuse(Whole, "conflicting parameter %s", quote(strings.ToLower(key))).with("this value stands in the map already; upper and lower case are the same here")
	case hashInvalid:
		return refuse(Whole, "invalid hostname or wildcard %s", quote(key)).with(`with "hostnames", an asterisk stands for whole labels at the start or the end: "*.example.com", "www.example.*"`)
	}
	return nil
}

// splitClients is ngx_conf_split_clients_block with ngx_http_split_clients, and
// their twins of stream.
func splitClients(d *Directive) *Refusal {
	if r := checkScript(d, 0); r != nil {
		return r
	}
	if r := newVariable(d, 1); r != nil {
		return r
	}
	var sum int64
	for i := range d.Parameters {
		p := &d.Parameters[i]
		if p.Unknown {
			return nil
		}
		percent, ok := int64(wholePercent), true
		if p.Name != "*" {
			var digits string
			if digits, ok = strings.CutSuffix(p.Name, "%"); ok {
				percent, ok = fixedPoint(digits, 2)
			}
		}
		if !ok || percent == 0 {
			return refuse(Whole, "invalid percent value %s", quote(p.Name)).with(`a line is a share such as "0.5%%" and a value, and "*" and a value is the rest`).in(i)
		}
		if p.Name == "*" {
			sum = wholePercent
		} else if sum += percent; sum > wholePercent {
			// nginx adds up after the block.
			return refuse(Whole, "percent total is greater than 100%%")
		}
	}
	return nil
}

// wholePercent is 100 % in hundredths of a percent.
const wholePercent = 10000

// fixedPoint reads a number with up to digits decimals, times ten to their
// power (ngx_atofp, src/core/ngx_string.c).
func fixedPoint(s string, digits int) (int64, bool) {
	whole, decimals, _ := strings.Cut(s, ".")
	if s == "" || len(decimals) > digits {
		return 0, false
	}
	all := whole + decimals + strings.Repeat("0", digits-len(decimals))
	return nginx.ParseNumber(all)
}

// charsetMap is ngx_http_charset_map_block and ngx_http_charset_map
// (src/http/modules/ngx_http_charset_filter_module.c).
func charsetMap(d *Directive) *Refusal {
	if strings.EqualFold(d.Args[0], d.Args[1]) {
		return refuse(Whole, `"charset_map" between the same charsets %s and %s`, quote(d.Args[0]), quote(d.Args[1]))
	}
	for i := range d.Parameters {
		p := &d.Parameters[i]
		switch {
		case p.Unknown || p.Name == "include":
		case len(p.Args) != 1:
			return refuse(Whole, "invalid parameters number").in(i)
		case len(p.Name) > 2 || !isHex(p.Name):
			return refuse(Whole, "invalid value %s", quote(p.Name)).with("a byte is two hexadecimal digits").in(i)
		case !isHex(p.Args[0]), strings.EqualFold(d.Args[1], "utf-8") && len(p.Args[0])%2 != 0, len(strings.TrimLeft(p.Args[0], "0")) > 2 && !strings.EqualFold(d.Args[1], "utf-8"):
			return refuse(0, "invalid value %s", quote(p.Args[0])).in(i)
		}
	}
	return nil
}

// isHex reports whether s is hexadecimal digits.
func isHex(s string) bool {
	return s != "" && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}
