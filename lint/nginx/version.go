package nginx

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Version is a release of nginx. The zero Version means that the release is
// not known.
type Version struct{ Major, Minor, Patch int }

// V returns the release major.minor.patch.
func V(major, minor, patch int) Version { return Version{major, minor, patch} }

// ParseVersion reads a release as people write it: "1.25.3", "v1.25.3",
// "nginx/1.25.3", the image tag "1.25.3-alpine", the distribution's
// "1:1.22.1-9+deb12u1".
//
// A shortened release means what an image tag of that name means, the newest
// one: "1.24" is 1.24.0, "1.25" is 1.25.5, "1" is the newest of all. Of a
// branch that is not known, "1.99" say, it is the first, 1.99.0.
func ParseVersion(s string) (Version, error) {
	text := strings.TrimSpace(s)
	if _, after, ok := strings.Cut(text, "/"); ok {
		text = after
	}
	if epoch, after, ok := strings.Cut(text, ":"); ok && isDigits(epoch) {
		text = after
	}
	text = strings.TrimPrefix(text, "v")
	if i := strings.IndexAny(text, "-+~_ "); i >= 0 {
		text = text[:i]
	}
	fields := strings.Split(text, ".")
	if len(fields) > 3 {
		return Version{}, fmt.Errorf("%q is not a release of nginx: more than three numbers", s)
	}
	var n [3]int
	for i, f := range fields {
		v, err := strconv.Atoi(f)
		if err != nil || !isDigits(f) {
			return Version{}, fmt.Errorf("%q is not a release of nginx such as 1.26.2", s)
		}
		n[i] = v
	}
	v := Version{n[0], n[1], n[2]}
	if v.IsZero() {
		return Version{}, fmt.Errorf("%q is not a release of nginx such as 1.26.2", s)
	}
	return newest(v, len(fields)), nil
}

// newest completes a release of which only the first n numbers are written.
func newest(v Version, n int) Version {
	if n == 3 {
		return v
	}
	for _, r := range slices.Backward(releases[:]) {
		if r.Major == v.Major && (n == 1 || r.Minor == v.Minor) {
			return r
		}
	}
	return v
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// IsZero reports whether the release is unknown.
func (v Version) IsZero() bool { return v == Version{} }

// Compare returns -1, 0 or 1 as v is older than, the same as or newer than o.
func (v Version) Compare(o Version) int {
	return cmp.Or(
		cmp.Compare(v.Major, o.Major),
		cmp.Compare(v.Minor, o.Minor),
		cmp.Compare(v.Patch, o.Patch),
	)
}

// AtLeast reports whether v is known and is o or newer.
func (v Version) AtLeast(o Version) bool { return !v.IsZero() && v.Compare(o) >= 0 }

// Before reports whether v is known and older than o.
func (v Version) Before(o Version) bool { return !v.IsZero() && v.Compare(o) < 0 }

// String returns the release as nginx -v prints it, "1.25.3", and "unknown"
// for the zero Version.
func (v Version) String() string {
	if v.IsZero() {
		return "unknown"
	}
	return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch)
}

// Releases returns the releases the package knows, oldest first. The slice is
// the caller's own.
func Releases() []Version { return slices.Clone(releases[:]) }
