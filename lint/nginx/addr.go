package nginx

import (
	"encoding/binary"
	"net/netip"
)

// parseIPv4 reads an IPv4 address as nginx does: four numbers up to 255, where
// an empty one is 0 and leading zeros do not count; 255.255.255.255 is not an
// address but a name, because its value is nginx's mark of failure
// (ngx_inet_addr, src/core/ngx_inet.c).
func parseIPv4(s string) (netip.Addr, bool) {
	var octets [4]byte
	dots, octet := 0, 0
	for _, c := range []byte(s) {
		switch {
		case c >= '0' && c <= '9':
			if octet = octet*10 + int(c-'0'); octet > 255 {
				return netip.Addr{}, false
			}
			octets[dots] = byte(octet)
		case c == '.' && dots < 3:
			dots++
			octet = 0
		default:
			return netip.Addr{}, false
		}
	}
	addr := netip.AddrFrom4(octets)
	return addr, dots == 3 && octets != [4]byte{255, 255, 255, 255}
}

// parseIPv6 reads an IPv6 address without its brackets as nginx does: words of
// up to four hexadecimal digits, one "::", the last two words maybe as an IPv4
// address. A zone is refused; a single colon before the first word is not
// (ngx_inet6_addr, src/core/ngx_inet.c).
func parseIPv6(s string) (netip.Addr, bool) {
	if s == "" {
		return netip.Addr{}, false
	}
	if s[0] == ':' {
		s = s[1:]
	}
	p := inet6{zero: -1, digits: -1}
	for i := range len(s) {
		switch c := s[i]; {
		case c == ':':
			if !p.colon(i) {
				return netip.Addr{}, false
			}
		case c == '.' && p.nibbles > 0:
			if !p.dotted(s) {
				return netip.Addr{}, false
			}
			return p.finish()
		default:
			if !p.nibble(c) {
				return netip.Addr{}, false
			}
		}
	}
	return p.finish()
}

// inet6 is an IPv6 address half read.
type inet6 struct {
	words   [8]uint16
	n       int // of words complete
	word    uint32
	nibbles int // of word
	zero    int // how many words stand before "::", -1 without one
	digits  int // where the word after the last colon begins, -1 before any
}

// colon ends a word, or is the second of "::". An eighth word cannot end here.
func (p *inet6) colon(at int) bool {
	p.digits = at + 1
	if p.nibbles == 0 {
		if p.zero >= 0 {
			return false
		}
		p.zero = p.n
		return true
	}
	if p.n == 7 {
		return false
	}
	p.words[p.n] = uint16(p.word)
	p.n++
	p.word, p.nibbles = 0, 0
	return true
}

func (p *inet6) nibble(c byte) bool {
	if p.nibbles++; p.nibbles > 4 {
		return false
	}
	var d byte
	switch lower := c | 0x20; {
	case c >= '0' && c <= '9':
		d = c - '0'
	case lower >= 'a' && lower <= 'f':
		d = lower - 'a' + 10
	default:
		return false
	}
	p.word = p.word<<4 | uint32(d)
	return true
}

// dotted reads the rest of s, from the last colon on, as an IPv4 address.
func (p *inet6) dotted(s string) bool {
	if p.n > 6 || p.digits < 0 {
		return false
	}
	v4, ok := parseIPv4(s[p.digits:])
	if !ok {
		return false
	}
	b := v4.As4()
	p.words[p.n] = binary.BigEndian.Uint16(b[:2])
	p.n++
	p.word = uint32(binary.BigEndian.Uint16(b[2:]))
	return true
}

// finish adds the last word and spreads what stands after "::" to the end.
func (p *inet6) finish() (netip.Addr, bool) {
	if p.nibbles == 0 && p.zero < 0 {
		return netip.Addr{}, false
	}
	p.words[p.n] = uint16(p.word)
	p.n++
	if (p.n < len(p.words)) != (p.zero >= 0) {
		return netip.Addr{}, false
	}
	if p.zero >= 0 {
		tail := p.words[p.zero:p.n]
		var words [8]uint16
		copy(words[:], p.words[:p.zero])
		copy(words[len(words)-len(tail):], tail)
		p.words = words
	}
	var b [16]byte
	for i, w := range p.words {
		binary.BigEndian.PutUint16(b[2*i:], w)
	}
	return netip.AddrFrom16(b), true
}
