package model

// slab hands out values that stay where they are, many to an allocation.
type slab[T any] struct {
	free []T
	size int
}

// The first piece of a slab is small, for the many small configurations.
const (
	slabMin = 8
	slabMax = 2048
)

func (s *slab[T]) grow(n int) {
	s.size = min(max(s.size*2, slabMin), slabMax)
	s.free = make([]T, max(s.size, n))
}

// one returns a new zero value.
func (s *slab[T]) one() *T {
	if len(s.free) == 0 {
		s.grow(1)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// many returns n new zero values; appending to them does not reach others.
func (s *slab[T]) many(n int) []T {
	if len(s.free) < n {
		s.grow(n)
	}
	v := s.free[:n:n]
	s.free = s.free[n:]
	return v
}
