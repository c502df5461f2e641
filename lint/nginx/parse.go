package nginx

import (
	"math"
	"strings"
)

// atoi reads decimal digits and nothing else (ngx_atoi, ngx_atosz and
// ngx_atoof of src/core/ngx_string.c on a 64-bit system). It returns false for
// an empty string, any other character, and numbers beyond an int64.
func atoi(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var n int64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		d := int64(c - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, false
		}
		n = n*10 + d
	}
	return n, true
}

// ParseNumber reads a number as nginx does: decimal digits without sign, point
// or unit (ngx_conf_set_num_slot, src/core/ngx_conf_file.c).
func ParseNumber(s string) (int64, bool) { return atoi(s) }

// ParseSize reads a size in bytes: digits, then maybe k or m in either case
// (ngx_parse_size, src/core/ngx_parse.c). There is no g: "1g" is refused.
func ParseSize(s string) (int64, bool) { return parseBytes(s, 20) }

// ParseOffset reads a size in bytes of what can be larger than memory: digits,
// then maybe k, m or g in either case (ngx_parse_offset, src/core/ngx_parse.c).
func ParseOffset(s string) (int64, bool) { return parseBytes(s, 30) }

// parseBytes reads digits and maybe a unit of up to 1<<most bytes.
func parseBytes(s string, most uint) (int64, bool) {
	if s == "" {
		return 0, false
	}
	var shift uint
	switch s[len(s)-1] {
	case 'k', 'K':
		shift = 10
	case 'm', 'M':
		shift = 20
	case 'g', 'G':
		shift = 30
	}
	if shift > most {
		return 0, false
	}
	digits := s
	if shift > 0 {
		digits = s[:len(s)-1]
	}
	n, ok := atoi(digits)
	if !ok || n > math.MaxInt64>>shift {
		return 0, false
	}
	return n << shift, true
}

// ParseFlag reads on or off, in any case (ngx_conf_set_flag_slot,
// src/core/ngx_conf_file.c). Other words, "true" and "1" too, are not ok.
func ParseFlag(s string) (on, ok bool) {
	switch {
	case strings.EqualFold(s, "on"):
		return true, true
	case strings.EqualFold(s, "off"):
		return false, true
	}
	return false, false
}

// The units of a time, from the largest down. Each may follow only a larger
// one.
const (
	unitNone = iota
	unitYear
	unitMonth
	unitWeek
	unitDay
	unitHour
	unitMinute
	unitSecond
	unitMsec
	unitEnd // a bare number of seconds has ended
)

// ParseMsec reads a time in milliseconds: "60s", "1h 30m", "500ms"; a number
// without a unit is seconds. Years and months are refused (ngx_parse_time with
// is_sec 0, src/core/ngx_parse.c).
func ParseMsec(s string) (int64, bool) { return parseTime(s, false) }

// ParseSec reads a time in seconds: "1y", "30d", "1h 30m"; a number without a
// unit is seconds. Milliseconds are refused (ngx_parse_time with is_sec 1,
// src/core/ngx_parse.c).
func ParseSec(s string) (int64, bool) { return parseTime(s, true) }

func parseTime(s string, inSeconds bool) (int64, bool) {
	var total, value int64
	digits := false
	last := unitMonth // milliseconds begin at weeks
	if inSeconds {
		last = unitNone
	}
	for i := 0; i < len(s); {
		if c := s[i]; c >= '0' && c <= '9' {
			d := int64(c - '0')
			if value > (math.MaxInt64-d)/10 {
				return 0, false
			}
			value, digits = value*10+d, true
			i++
			continue
		}
		unit, seconds, width := timeUnit(s[i:])
		switch {
		case width == 0, unit <= last, unit == unitMsec && inSeconds,
			unit == unitEnd && last >= unitSecond:
			return 0, false
		}
		i += width
		last = unit
		scale := seconds
		if unit == unitMsec {
			scale = 1
		} else if !inSeconds {
			scale *= 1000
		}
		if value > math.MaxInt64/scale || total > math.MaxInt64-value*scale {
			return 0, false
		}
		total += value * scale
		value = 0
		for i < len(s) && s[i] == ' ' {
			i++
		}
	}
	if !digits {
		return 0, false
	}
	if !inSeconds {
		if value > math.MaxInt64/1000 {
			return 0, false
		}
		value *= 1000
	}
	if total > math.MaxInt64-value {
		return 0, false
	}
	return total + value, true
}

// timeUnit returns the unit s begins with, its length in seconds and the
// number of its characters, 0 if s begins with none.
func timeUnit(s string) (unit int, seconds int64, width int) {
	switch s[0] {
	case 'y':
		return unitYear, 365 * 24 * 3600, 1
	case 'M':
		return unitMonth, 30 * 24 * 3600, 1
	case 'w':
		return unitWeek, 7 * 24 * 3600, 1
	case 'd':
		return unitDay, 24 * 3600, 1
	case 'h':
		return unitHour, 3600, 1
	case 'm':
		if strings.HasPrefix(s, "ms") {
			return unitMsec, 0, 2
		}
		return unitMinute, 60, 1
	case 's':
		return unitSecond, 1, 1
	case ' ':
		return unitEnd, 1, 1
	}
	return 0, 0, 0
}
