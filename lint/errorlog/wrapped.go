package errorlog

import (
	"bytes"
	"encoding/json"
)

// wrappers are the names that a line of nginx's has in the objects that others
// make of it: Docker's json-file driver and what reads its files, "journalctl -o
// json", and most that ship logs.
var wrappers = [][]byte{[]byte(`"log":`), []byte(`"MESSAGE":`), []byte(`"message":`)}

// unwrap takes an entry out of the JSON object, or objects one a line, that it is
// wrapped in; the entry as it is where it is not, or where that is broken.
func unwrap(entry []byte) []byte {
	if len(entry) == 0 || entry[0] != '{' {
		return entry
	}
	var out []byte
	for line := range bytes.Lines(entry) {
		text, ok := wrapped(line)
		if !ok {
			break
		}
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, '\n')
		}
		out = append(out, text...)
	}
	if out == nil {
		return entry
	}
	return out
}

// wrapped is the text in the object of one line. No name of it can stand inside
// another string: its quotes are escaped there.
func wrapped(line []byte) ([]byte, bool) {
	for _, name := range wrappers {
		_, value, ok := bytes.Cut(line, name)
		if !ok {
			continue
		}
		value = bytes.TrimLeft(value, " ")
		switch {
		case len(value) == 0:
		case value[0] == '"':
			var text string
			if end := endOfString(value); end > 0 && json.Unmarshal(value[:end], &text) == nil {
				return []byte(text), true
			}
		case value[0] == '[': // of journald, for what is no UTF-8
			var text []byte
			if end := bytes.IndexByte(value, ']'); end > 0 && json.Unmarshal(value[:end+1], &text) == nil {
				return text, true
			}
		}
	}
	return nil, false
}

// endOfString is the length of the JSON string that a text begins with, -1 if it
// does not end.
func endOfString(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}
