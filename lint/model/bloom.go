package model

import "math/bits"

// bloom is a small set of directive names that may say yes wrongly but never
// no. Most lookups ask levels that do not have the name, and end here.
type bloom [2]uint64

// nameHash mixes the length and eight bytes from both ends of a name, which is
// where nginx's directive names differ, without reading all of it.
func nameHash(s string) uint64 {
	const k = 0x9E3779B97F4A7C15
	h := uint64(len(s)) * k
	if len(s) <= 8 {
		for i := range len(s) {
			h = h<<8 ^ bits.RotateLeft64(h, 23) ^ uint64(s[i])
		}
		return h * k
	}
	h ^= load8(s[len(s)-8:])
	h *= k
	h = bits.RotateLeft64(h, 29) ^ load8(s)
	if len(s) > 16 {
		h = bits.RotateLeft64(h*k, 31) ^ load8(s[len(s)/2-4:])
	}
	return h * k
}

// load8 reads the first eight bytes of s as one word.
func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// wideBloom is a bloom for the names of a whole configuration, of which there
// may be hundreds.
type wideBloom [wideBits / 64]uint64

const (
	wideLog  = 12
	wideBits = 1 << wideLog
)

// at are the two bits of a name, counted from 0.
func (*wideBloom) at(h uint64) (i, j uint64) {
	return h >> (64 - wideLog), h >> (64 - 2*wideLog) % wideBits
}

func (b *wideBloom) add(h uint64) {
	i, j := b.at(h)
	b[i/64] |= 1 << (i % 64)
	b[j/64] |= 1 << (j % 64)
}

func (b *wideBloom) may(h uint64) bool {
	i, j := b.at(h)
	return b[i/64]>>(i%64)&1 == 1 && b[j/64]>>(j%64)&1 == 1
}

func (b *bloom) add(h uint64) {
	b[0] |= 1 << (h >> 58)
	b[1] |= 1 << (h >> 52 & 63)
}

func (b *bloom) may(h uint64) bool {
	return b[0]>>(h>>58)&1 == 1 && b[1]>>(h>>52&63)&1 == 1
}
