package nginx

import (
	"errors"
	"net/netip"
	"strings"
)

// Family is the kind of an address.
type Family uint8

// The kinds of addresses.
const (
	FamilyNone Family = iota // no address, as in the zero URL
	FamilyIPv4               // a literal IPv4 address, or the wildcard of listen
	FamilyIPv6               // a literal IPv6 address in brackets
	FamilyUnix               // the path of a UNIX-domain socket
	FamilyName               // a name to resolve
)

// URL is an address as nginx takes it apart: what listen, the server of an
// upstream group and, after its scheme, proxy_pass are given. (ngx_url_t,
// src/core/ngx_inet.h.)
type URL struct {
	Family Family
	// Host is the host as it is written, an IPv6 address with its brackets. It
	// is empty for a socket's path and for a listen that is only a port.
	Host string
	// Addr is the literal address; invalid for a name and a socket's path.
	Addr netip.Addr
	// Port is the port, the default one if none is written, 0 if there is none.
	Port int
	// HasPort tells a written port from the default one.
	HasPort bool
	// LastPort is the last port of a range of listen, "8000-8010"; otherwise 0.
	LastPort int
	// Unix is the path of the socket, without "unix:".
	Unix string
	// URI is what follows the address, with the "/" or "?" it begins with; of
	// "unix:/path:/uri" what follows the second colon.
	URI string
	// Wildcard says that listen takes every address: "80", "*:80",
	// "0.0.0.0:80", "[::]:80".
	Wildcard bool
}

// URLOptions says where an address stands.
type URLOptions struct {
	// DefaultPort is the port taken when none is written, 0 for none.
	DefaultPort int
	// URIPart lets a URI follow the address, as in proxy_pass.
	URIPart bool
	// Listen allows what only listen does: a port alone, "*", a range of ports.
	Listen bool
}

// MaxUnixPath is the longest path of a socket in bytes: the size of sun_path
// on Linux less the final zero.
const MaxUnixPath = 107

// ErrLongPath is what nginx says of the path of a socket that is longer than the
// system's structure for it (ngx_parse_unix_domain_url, src/core/ngx_inet.c).
var ErrLongPath = errors.New("too long path in the unix domain socket")

// What nginx says of an address it refuses (src/core/ngx_inet.c).
var (
	errNoPath      = errors.New("no path in the unix domain socket")
	errNoHost      = errors.New("no host")
	errInvalidHost = errors.New("invalid host")
	errInvalidPort = errors.New("invalid port")
	errPortRange   = errors.New("invalid port range")
	errInvalidIPv6 = errors.New("invalid IPv6 address")
)

// ParseURL takes an address apart as nginx does, without resolving names. The
// error is what nginx itself says: "invalid port", "no host" and so on. A
// scheme such as "http://" must be cut off before. (ngx_parse_url,
// src/core/ngx_inet.c.)
func ParseURL(s string, o URLOptions) (URL, error) {
	switch {
	case len(s) >= 5 && strings.EqualFold(s[:5], "unix:"):
		return parseUnixURL(s[5:], o)
	case strings.HasPrefix(s, "["):
		return parseInet6URL(s, o)
	}
	return parseInetURL(s, o)
}

// IsName reports whether the host is a name that has to be resolved.
func (u URL) IsName() bool { return u.Family == FamilyName }

// IsLoopback reports whether the address is a literal of this host: in
// 127.0.0.0/8, or ::1. The name "localhost" is a name.
func (u URL) IsLoopback() bool { return u.Addr.Unmap().IsLoopback() }

// parseUnixURL reads what follows "unix:" (ngx_parse_unix_domain_url).
func parseUnixURL(s string, o URLOptions) (URL, error) {
	path, uri := s, ""
	if o.URIPart {
		path, uri, _ = strings.Cut(s, ":")
	}
	switch {
	case path == "":
		return URL{}, errNoPath
	case len(path) > MaxUnixPath:
		return URL{}, ErrLongPath
	}
	return URL{Family: FamilyUnix, Unix: path, URI: uri}, nil
}

// parseInetURL reads a name or an IPv4 address (ngx_parse_inet_url).
func parseInetURL(s string, o URLOptions) (URL, error) {
	u := URL{Port: o.DefaultPort}
	rest := s
	if i := strings.IndexAny(s, "/?"); i >= 0 {
		if o.Listen || !o.URIPart {
			return URL{}, errInvalidHost
		}
		rest, u.URI = s[:i], s[i:]
	}
	host, ports, hasPort := strings.Cut(rest, ":")
	switch {
	case hasPort:
		if err := u.setPorts(ports, o.Listen); err != nil {
			return URL{}, err
		}
	case o.Listen && isPorts(rest):
		if err := u.setPorts(rest, true); err != nil {
			return URL{}, err
		}
		u.Family, u.Addr, u.Wildcard = FamilyIPv4, netip.IPv4Unspecified(), true
		return u, nil
	}
	if host == "" {
		return URL{}, errNoHost
	}
	u.Host = host
	if o.Listen && host == "*" {
		u.Family, u.Addr, u.Wildcard = FamilyIPv4, netip.IPv4Unspecified(), true
		return u, nil
	}
	if addr, ok := parseIPv4(host); ok {
		u.Family, u.Addr, u.Wildcard = FamilyIPv4, addr, addr.IsUnspecified()
		return u, nil
	}
	u.Family = FamilyName
	return u, nil
}

// parseInet6URL reads an IPv6 address in brackets (ngx_parse_inet6_url).
func parseInet6URL(s string, o URLOptions) (URL, error) {
	inside, rest, ok := strings.Cut(s[1:], "]")
	if !ok {
		return URL{}, errInvalidHost
	}
	u := URL{Family: FamilyIPv6, Host: s[:len(inside)+2], Port: o.DefaultPort}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		if o.Listen || !o.URIPart {
			return URL{}, errInvalidHost
		}
		rest, u.URI = rest[:i], rest[i:]
	}
	if rest != "" {
		ports, ok := strings.CutPrefix(rest, ":")
		if !ok {
			return URL{}, errInvalidHost
		}
		if err := u.setPorts(ports, o.Listen); err != nil {
			return URL{}, err
		}
	}
	if inside == "" {
		return URL{}, errNoHost
	}
	if u.Addr, ok = parseIPv6(inside); !ok {
		return URL{}, errInvalidIPv6
	}
	u.Wildcard = u.Addr.IsUnspecified()
	return u, nil
}

// setPorts reads a port, or with ranges "first-last".
func (u *URL) setPorts(s string, ranges bool) error {
	if first, last, isRange := strings.Cut(s, "-"); ranges && isRange {
		n, ok := port(last)
		if !ok {
			return errInvalidPort
		}
		u.LastPort, s = n, first
	}
	n, ok := port(s)
	if !ok {
		return errInvalidPort
	}
	if u.LastPort != 0 && n > u.LastPort {
		return errPortRange
	}
	u.Port, u.HasPort = n, true
	return nil
}

func port(s string) (int, bool) {
	n, ok := atoi(s)
	return int(n), ok && n >= 1 && n <= 65535
}

// isPorts reports whether s is a number or a range of numbers, ports or not.
func isPorts(s string) bool {
	first, last, isRange := strings.Cut(s, "-")
	if isRange {
		if _, ok := atoi(last); !ok {
			return false
		}
	}
	_, ok := atoi(first)
	return ok
}
