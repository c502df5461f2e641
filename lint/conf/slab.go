package conf

// slab hands out values whose addresses stay valid, in chunks so that a large
// file costs no copying and a small one no waste.
type slab[T any] struct {
	chunk []T
	next  int
}

const (
	slabFirst = 32
	slabMost  = 2048
)

// take returns n zeroed adjacent values.
func (s *slab[T]) take(n int) []T {
	if n > cap(s.chunk)-len(s.chunk) {
		s.next = min(max(slabFirst, 2*s.next), slabMost)
		s.chunk = make([]T, 0, max(n, s.next))
	}
	at := len(s.chunk)
	s.chunk = s.chunk[:at+n]
	return s.chunk[at : at+n : at+n]
}
