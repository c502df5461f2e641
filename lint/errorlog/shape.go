package errorlog

// maxShape is how many bytes of an unknown message tell it from others.
const maxShape = 160

// shape is what messages have in common that differ in names and numbers only:
// numbers become N, what stands in quotes "...". It is written over dst.
func shape(dst, text []byte) []byte {
	dst = dst[:0]
	for i := 0; i < len(text) && len(dst) < maxShape; {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			for i < len(text) && (isAlnum(text[i]) || text[i] == '.') {
				i++
			}
			dst = append(dst, 'N')
		case c == '"':
			end := i + 1
			for end < len(text) && text[end] != '"' {
				end++
			}
			dst = append(dst, `"..."`...)
			i = end + 1
		case c < ' ':
			dst = append(dst, ' ')
			i++
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
