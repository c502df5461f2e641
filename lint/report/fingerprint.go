package report

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// fingerprints gives findings names that stay when lines move.
type fingerprints struct {
	identities *lint.Identities
	seen       map[lint.Identity]int
}

func newFingerprints(o Options) *fingerprints {
	root := rootOf(o)
	path := func(f *conf.File) string { return canonical(fileOf(lint.Place{File: f}), root) }
	return &fingerprints{identities: lint.NewIdentities(path), seen: map[lint.Identity]int{}}
}

// of is the finding's name: the SHA-256, in hexadecimal, of its identity and of
// how many before it in the report have the same.
func (p *fingerprints) of(f *lint.Finding) string {
	id := p.identities.Of(f)
	n := p.seen[id]
	p.seen[id]++
	sum := sha256.Sum256([]byte(strings.Join([]string{id.Rule, id.File, id.Block, id.Text, strconv.Itoa(n)}, "\x00")))
	return hex.EncodeToString(sum[:])
}

// rootOf is the directory that a report's paths are relative to.
func rootOf(o Options) string {
	if o.Root != "" {
		return o.Root
	}
	return o.Dir
}

// canonical is the file's real path with slashes, relative to root if in it.
func canonical(f *conf.File, root string) string {
	if rel, ok := below(root, f.Real); ok {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(f.Real)
}

// hashWindow is how many characters the hash of a line covers: the line's own
// and as many of the following ones as it takes.
const hashWindow = 100

// lineHashes computes, for each line of a file, the value that GitHub's code
// scanning gives to the primaryLocationLineHash of an alert there (function
// hash, src/fingerprints.ts of github/codeql-action). It is a rolling hash
// modulo 2^64 over the UTF-16 units of the file, blanks and tabs left out and
// CR, CRLF and LF all taken as LF, followed by how many lines so far have had
// the same. Element 0 is the first line.
func lineHashes(text string) []string {
	h := lineHasher{lineStart: true, counts: map[uint64]int{}, power: 1}
	for range hashWindow {
		h.power *= 37
	}
	for i := 0; i < len(text); {
		r, n := decode(text[i:])
		i += n
		if r > 0xFFFF {
			r -= 0x10000
			h.add(0xD800 + uint64(r>>10))
			h.add(0xDC00 + uint64(r&0x3FF))
			continue
		}
		h.add(uint64(r))
	}
	h.add(0xFFFF)
	for range hashWindow {
		h.roll(0)
	}
	return h.out
}

type lineHasher struct {
	out       []string
	hash      uint64
	power     uint64 // 37^hashWindow
	window    [hashWindow]uint64
	starts    [hashWindow]bool // whether a line begins at that place of the window
	at        int
	lineStart bool
	afterCR   bool
	counts    map[uint64]int
}

// add takes in one UTF-16 unit of the file.
func (h *lineHasher) add(c uint64) {
	afterCR := h.afterCR
	h.afterCR = false
	if c == ' ' || c == '\t' || c == '\n' && afterCR {
		return
	}
	if c == '\r' {
		c = '\n'
		h.afterCR = true
	}
	starts := h.lineStart
	h.lineStart = c == '\n'
	h.emit()
	h.starts[h.at] = starts
	h.shift(c)
}

// roll moves the window on past the end of the file.
func (h *lineHasher) roll(c uint64) {
	h.emit()
	h.shift(c)
}

// emit puts out the hash if the window is about to leave a line's beginning.
func (h *lineHasher) emit() {
	if !h.starts[h.at] {
		return
	}
	h.starts[h.at] = false
	h.counts[h.hash]++
	h.out = append(h.out, strconv.FormatUint(h.hash, 16)+":"+strconv.Itoa(h.counts[h.hash]))
}

func (h *lineHasher) shift(c uint64) {
	old := h.window[h.at]
	h.window[h.at] = c
	h.hash = 37*h.hash + c - h.power*old
	h.at = (h.at + 1) % hashWindow
}

// decode is utf8.DecodeRuneInString, except that the bytes of a character that
// is cut short become one U+FFFD together, as in the WHATWG Encoding Standard
// that JavaScript follows.
func decode(s string) (r rune, n int) {
	r, n = utf8.DecodeRuneInString(s)
	if r != utf8.RuneError || n != 1 {
		return r, n
	}
	lo, hi, more := byte(0x80), byte(0xBF), 0
	switch b := s[0]; {
	case 0xC2 <= b && b <= 0xDF:
		more = 1
	case 0xE0 <= b && b <= 0xEF:
		more = 2
	case 0xF0 <= b && b <= 0xF4:
		more = 3
	}
	switch s[0] {
	case 0xE0:
		lo = 0xA0
	case 0xED:
		hi = 0x9F
	case 0xF0:
		lo = 0x90
	case 0xF4:
		hi = 0x8F
	}
	for n <= more && n < len(s) && lo <= s[n] && s[n] <= hi {
		lo, hi = 0x80, 0xBF
		n++
	}
	return utf8.RuneError, n
}
