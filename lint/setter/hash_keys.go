package setter

import "strings"

// hashKeys collects keys as ngx_hash_add_key does (src/core/ngx_hash.c), to
// find those that nginx cannot tell apart.
type hashKeys struct {
	exact, head, tail map[string]bool
}

// hashed is what became of a key.
type hashed uint8

const (
	hashAdded   hashed = iota
	hashInvalid        // a wildcard that is none
	hashTaken          // there already
)

func newHashKeys() *hashKeys {
	return &hashKeys{exact: map[string]bool{}, head: map[string]bool{}, tail: map[string]bool{}}
}

// add adds a key. With wildcards, "*.example.com", ".example.com" and
// "www.example.*" are special, and other asterisks are refused.
func (h *hashKeys) add(key string, wildcards bool) hashed {
	key = strings.ToLower(key)
	if !wildcards {
		return take(h.exact, key)
	}
	stars := strings.Count(key, "*")
	if stars > 1 || strings.Contains(key, "..") {
		return hashInvalid
	}
	switch {
	case len(key) > 1 && key[0] == '.':
		if take(h.exact, key[1:]) == hashTaken {
			return hashTaken
		}
		return take(h.head, key[1:])
	case len(key) > 2 && strings.HasPrefix(key, "*."):
		return take(h.head, key[2:])
	case len(key) > 2 && strings.HasSuffix(key, ".*"):
		return take(h.tail, key)
	case stars > 0:
		return hashInvalid
	}
	return take(h.exact, key)
}

func take(keys map[string]bool, key string) hashed {
	if keys[key] {
		return hashTaken
	}
	keys[key] = true
	return hashAdded
}
