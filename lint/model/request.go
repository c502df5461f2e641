package model

import (
	"strings"
)

// RequestPath takes the target of a request line apart as nginx does: the path
// unescaped, with "//" made "/" and dots resolved, which is $uri and what
// locations are compared with, and the query, $args. It is not ok for a target
// that nginx answers 400 to. merge_slashes off is left out of account.
// (ngx_http_parse_complex_uri, src/http/ngx_http_parse.c.)
func RequestPath(target string) (path, query string, ok bool) {
	if !strings.HasPrefix(target, "/") {
		return "", "", false
	}
	if i := strings.IndexAny(target, "?#"); i >= 0 {
		if target[i] == '?' {
			query, _, _ = strings.Cut(target[i+1:], "#")
		}
		target = target[:i]
	}
	text, ok := unescape(target)
	if !ok {
		return "", "", false
	}
	var parts []string
	segments := strings.Split(text[1:], "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case "..":
			if len(parts) == 0 {
				return "", "", false
			}
			parts = parts[:len(parts)-1]
		case ".", "":
		default:
			parts = append(parts, s)
			last = false
		}
		if last { // ends in a slash
			parts = append(parts, "")
		}
	}
	return "/" + strings.Join(parts, "/"), query, true
}

// unescape takes the %XX out of a text; nginx takes no zero bytes.
func unescape(s string) (string, bool) {
	if strings.IndexByte(s, '%') < 0 {
		return s, true
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", false
		}
		high, low := hexDigit(s[i+1]), hexDigit(s[i+2])
		if high < 0 || low < 0 || high+low == 0 {
			return "", false
		}
		b.WriteByte(byte(high<<4 | low))
		i += 2
	}
	return b.String(), true
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
