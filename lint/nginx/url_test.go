package nginx

import (
	"net/netip"
	"strings"
	"testing"
)

var (
	inUpstream = URLOptions{DefaultPort: 80}
	inPass     = URLOptions{DefaultPort: 80, URIPart: true}
	inListen   = URLOptions{DefaultPort: 80, Listen: true}
)

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

var urlCases = []struct {
	in   string
	opt  URLOptions
	want URL
	err  string
}{
	// Names and IPv4.
	{in: "example.org", opt: inUpstream, want: URL{Family: FamilyName, Host: "example.org", Port: 80}},
	{in: "example.org:8080", opt: inUpstream, want: URL{Family: FamilyName, Host: "example.org", Port: 8080, HasPort: true}},
	{in: "127.0.0.1:80", opt: inUpstream, want: URL{Family: FamilyIPv4, Host: "127.0.0.1", Addr: ip("127.0.0.1"), Port: 80, HasPort: true}},
	{in: "127.0.0.1", opt: URLOptions{}, want: URL{Family: FamilyIPv4, Host: "127.0.0.1", Addr: ip("127.0.0.1")}},
	{in: "127.0.0.01", opt: inUpstream, want: URL{Family: FamilyIPv4, Host: "127.0.0.01", Addr: ip("127.0.0.1"), Port: 80}},
	{in: "127..0.1", opt: inUpstream, want: URL{Family: FamilyIPv4, Host: "127..0.1", Addr: ip("127.0.0.1"), Port: 80}},
	{in: "127.0.0.1.", opt: inUpstream, want: URL{Family: FamilyName, Host: "127.0.0.1.", Port: 80}},
	{in: "127.0.0.256", opt: inUpstream, want: URL{Family: FamilyName, Host: "127.0.0.256", Port: 80}},
	{in: "127.1", opt: inUpstream, want: URL{Family: FamilyName, Host: "127.1", Port: 80}},
	{in: "255.255.255.255", opt: inUpstream, want: URL{Family: FamilyName, Host: "255.255.255.255", Port: 80}},
	{in: "0.0.0.0:1", opt: inUpstream, want: URL{Family: FamilyIPv4, Host: "0.0.0.0", Addr: ip("0.0.0.0"), Port: 1, HasPort: true, Wildcard: true}},
	{in: "8080", opt: inUpstream, want: URL{Family: FamilyName, Host: "8080", Port: 80}},
	{in: "*", opt: inUpstream, want: URL{Family: FamilyName, Host: "*", Port: 80}},
	{in: "under_score:1", opt: inUpstream, want: URL{Family: FamilyName, Host: "under_score", Port: 1, HasPort: true}},
	{in: "", opt: inUpstream, err: "no host"},
	{in: ":80", opt: inUpstream, err: "no host"},
	{in: "a:", opt: inUpstream, err: "invalid port"},
	{in: "a:0", opt: inUpstream, err: "invalid port"},
	{in: "a:65535", opt: inUpstream, want: URL{Family: FamilyName, Host: "a", Port: 65535, HasPort: true}},
	{in: "a:65536", opt: inUpstream, err: "invalid port"},
	{in: "a:http", opt: inUpstream, err: "invalid port"},
	{in: "a:80:81", opt: inUpstream, err: "invalid port"},
	{in: "a:80-81", opt: inUpstream, err: "invalid port"},
	{in: "::1", opt: inUpstream, err: "invalid port"},
	{in: ":", opt: inUpstream, err: "invalid port"},
	{in: "/run/app.sock", opt: inUpstream, err: "invalid host"},
	{in: "http://a", opt: inUpstream, err: "invalid host"},
	{in: "a/b", opt: inUpstream, err: "invalid host"},
	{in: "a?b", opt: inUpstream, err: "invalid host"},

	// With a URI.
	{in: "a/b", opt: inPass, want: URL{Family: FamilyName, Host: "a", Port: 80, URI: "/b"}},
	{in: "a:81/b:c?d", opt: inPass, want: URL{Family: FamilyName, Host: "a", Port: 81, HasPort: true, URI: "/b:c?d"}},
	{in: "a/b:c", opt: inPass, want: URL{Family: FamilyName, Host: "a", Port: 80, URI: "/b:c"}},
	{in: "a?x=/y", opt: inPass, want: URL{Family: FamilyName, Host: "a", Port: 80, URI: "?x=/y"}},
	{in: "127.0.0.1:9000/", opt: inPass, want: URL{Family: FamilyIPv4, Host: "127.0.0.1", Addr: ip("127.0.0.1"), Port: 9000, HasPort: true, URI: "/"}},
	{in: "/b", opt: inPass, err: "no host"},
	{in: "", opt: inPass, err: "no host"},
	{in: "a:/b", opt: inPass, err: "invalid port"},

	// IPv6.
	{in: "[::1]", opt: inUpstream, want: URL{Family: FamilyIPv6, Host: "[::1]", Addr: ip("::1"), Port: 80}},
	{in: "[::1]:8080", opt: inUpstream, want: URL{Family: FamilyIPv6, Host: "[::1]", Addr: ip("::1"), Port: 8080, HasPort: true}},
	{in: "[2001:DB8::1]:1/x", opt: inPass, want: URL{Family: FamilyIPv6, Host: "[2001:DB8::1]", Addr: ip("2001:db8::1"), Port: 1, HasPort: true, URI: "/x"}},
	{in: "[::1]/x", opt: inPass, want: URL{Family: FamilyIPv6, Host: "[::1]", Addr: ip("::1"), Port: 80, URI: "/x"}},
	{in: "[::1]/x", opt: inUpstream, err: "invalid host"},
	{in: "[::1]?x", opt: inPass, err: "invalid host"},
	{in: "[::1", opt: inUpstream, err: "invalid host"},
	{in: "[::1]80", opt: inUpstream, err: "invalid host"},
	{in: "[::1]:", opt: inUpstream, err: "invalid port"},
	{in: "[::1]:0", opt: inUpstream, err: "invalid port"},
	{in: "[]", opt: inUpstream, err: "no host"},
	{in: "[]:80", opt: inUpstream, err: "no host"},
	{in: "[example.org]", opt: inUpstream, err: "invalid IPv6 address"},
	{in: "[127.0.0.1]", opt: inUpstream, err: "invalid IPv6 address"},
	{in: "[fe80::1%eth0]", opt: inUpstream, err: "invalid IPv6 address"},

	// Sockets.
	{in: "unix:/run/app.sock", opt: inUpstream, want: URL{Family: FamilyUnix, Unix: "/run/app.sock"}},
	{in: "UNIX:/run/app.sock", opt: inUpstream, want: URL{Family: FamilyUnix, Unix: "/run/app.sock"}},
	{in: "unix:app.sock", opt: inUpstream, want: URL{Family: FamilyUnix, Unix: "app.sock"}},
	{in: "unix:/run/app.sock:/", opt: inUpstream, want: URL{Family: FamilyUnix, Unix: "/run/app.sock:/"}},
	{in: "unix:/run/app.sock:/api", opt: inPass, want: URL{Family: FamilyUnix, Unix: "/run/app.sock", URI: "/api"}},
	{in: "unix:/run/app.sock/api", opt: inPass, want: URL{Family: FamilyUnix, Unix: "/run/app.sock/api"}},
	{in: "unix:", opt: inUpstream, err: "no path in the unix domain socket"},
	{in: "unix::/api", opt: inPass, err: "no path in the unix domain socket"},
	{in: "unix:/" + strings.Repeat("a", 106), opt: inUpstream, want: URL{Family: FamilyUnix, Unix: "/" + strings.Repeat("a", 106)}},
	{in: "unix:/" + strings.Repeat("a", 107), opt: inUpstream, err: "too long path in the unix domain socket"},

	// The address of listen.
	{in: "8080", opt: inListen, want: URL{Family: FamilyIPv4, Addr: ip("0.0.0.0"), Port: 8080, HasPort: true, Wildcard: true}},
	{in: "8000-8010", opt: inListen, want: URL{Family: FamilyIPv4, Addr: ip("0.0.0.0"), Port: 8000, LastPort: 8010, HasPort: true, Wildcard: true}},
	{in: "*:8080", opt: inListen, want: URL{Family: FamilyIPv4, Host: "*", Addr: ip("0.0.0.0"), Port: 8080, HasPort: true, Wildcard: true}},
	{in: "*", opt: inListen, want: URL{Family: FamilyIPv4, Host: "*", Addr: ip("0.0.0.0"), Port: 80, Wildcard: true}},
	{in: "127.0.0.1", opt: inListen, want: URL{Family: FamilyIPv4, Host: "127.0.0.1", Addr: ip("127.0.0.1"), Port: 80}},
	{in: "127.0.0.1:8000-8002", opt: inListen, want: URL{Family: FamilyIPv4, Host: "127.0.0.1", Addr: ip("127.0.0.1"), Port: 8000, LastPort: 8002, HasPort: true}},
	{in: "127.0.0.1:8000-8000", opt: inListen, want: URL{Family: FamilyIPv4, Host: "127.0.0.1", Addr: ip("127.0.0.1"), Port: 8000, LastPort: 8000, HasPort: true}},
	{in: "[::]:80", opt: inListen, want: URL{Family: FamilyIPv6, Host: "[::]", Addr: ip("::"), Port: 80, HasPort: true, Wildcard: true}},
	{in: "[::1]:8000-8002", opt: inListen, want: URL{Family: FamilyIPv6, Host: "[::1]", Addr: ip("::1"), Port: 8000, LastPort: 8002, HasPort: true}},
	{in: "localhost:80", opt: inListen, want: URL{Family: FamilyName, Host: "localhost", Port: 80, HasPort: true}},
	{in: "80-", opt: inListen, want: URL{Family: FamilyName, Host: "80-", Port: 80}},
	{in: "web-1", opt: inListen, want: URL{Family: FamilyName, Host: "web-1", Port: 80}},
	{in: "0", opt: inListen, err: "invalid port"},
	{in: "70000", opt: inListen, err: "invalid port"},
	{in: "80-70000", opt: inListen, err: "invalid port"},
	{in: "0-80", opt: inListen, err: "invalid port"},
	{in: "81-80", opt: inListen, err: "invalid port range"},
	{in: "127.0.0.1:81-80", opt: inListen, err: "invalid port range"},
	{in: "127.0.0.1:80-", opt: inListen, err: "invalid port"},
	{in: "127.0.0.1:80-0", opt: inListen, err: "invalid port"},
	{in: "[::1]:81-80", opt: inListen, err: "invalid port range"},
	{in: "[::1]:80-x", opt: inListen, err: "invalid port"},
	{in: "127.0.0.1:80/x", opt: inListen, err: "invalid host"},
	{in: "[::1]:80/x", opt: inListen, err: "invalid host"},
	{in: "", opt: inListen, err: "no host"},
}

func TestParseURL(t *testing.T) {
	for _, c := range urlCases {
		got, err := ParseURL(c.in, c.opt)
		if text := errText(err); text != c.err {
			t.Errorf("%q %+v: error %q, want %q", c.in, c.opt, text, c.err)
		}
		if got != c.want {
			t.Errorf("%q %+v:\ngot  %+v\nwant %+v", c.in, c.opt, got, c.want)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestURLIsLoopback(t *testing.T) {
	for in, want := range map[string]bool{
		"127.0.0.1":          true,
		"127.8.9.10:80":      true,
		"[::1]":              true,
		"[::ffff:127.0.0.1]": true,
		"localhost":          false,
		"0.0.0.0":            false,
		"10.0.0.1":           false,
		"[::]":               false,
		"unix:/run/app.sock": false,
	} {
		u, err := ParseURL(in, inUpstream)
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		if got := u.IsLoopback(); got != want {
			t.Errorf("%q: IsLoopback is %t", in, got)
		}
		if got := u.IsName(); got != (in == "localhost") {
			t.Errorf("%q: IsName is %t", in, got)
		}
	}
}

func TestParseIPv6(t *testing.T) {
	for in, want := range map[string]string{
		"::":                      "::",
		"::1":                     "::1",
		"1::":                     "1::",
		"1:2:3:4:5:6:7:8":         "1:2:3:4:5:6:7:8",
		"1:2::7:8":                "1:2::7:8",
		"ABCD::ef01":              "abcd::ef01",
		"0001::0002":              "1::2",
		"::ffff:10.0.0.1":         "::ffff:10.0.0.1",
		"64:ff9b::1.2.3.4":        "64:ff9b::102:304",
		"1:2:3:4:5:6:1.2.3.4":     "1:2:3:4:5:6:102:304",
		"::1.2.3.4":               "::102:304",
		":1:2:3:4:5:6:7:8":        "1:2:3:4:5:6:7:8", // nginx drops a colon at the start
		"1:2:3:4:5:6:7:":          "",
		"":                        "",
		":":                       "",
		"1":                       "",
		"1:2:3:4:5:6:7":           "",
		"1:2:3:4:5:6:7:8:9":       "",
		"1:2:3:4:5:6:7:8:":        "",
		"1::2::3":                 "",
		"1:2:3:4:5:6:7::":         "",
		"::1:2:3:4:5:6:7:8":       "",
		"12345::":                 "",
		"g::":                     "",
		"::1%eth0":                "",
		"1.2.3.4":                 "",
		"::1.2.3":                 "",
		"::1.2.3.256":             "",
		"::255.255.255.255":       "",
		"1:2:3:4:5:6:7:1.2.3.4":   "",
		"::.2.3.4":                "",
		"::1.2.3.4:5":             "",
		"1:2:3:4:5:6:7:8:1.2.3.4": "",
	} {
		got, ok := parseIPv6(in)
		switch {
		case !ok && want != "":
			t.Errorf("%q is refused", in)
		case ok && want == "":
			t.Errorf("%q is taken for %s", in, got)
		case ok && got != ip(want):
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

func FuzzParseURL(f *testing.F) {
	for _, c := range urlCases {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, o := range []URLOptions{inUpstream, inPass, inListen} {
			u, err := ParseURL(s, o)
			if err != nil {
				if u != (URL{}) {
					t.Errorf("%q: an error and %+v", s, u)
				}
				continue
			}
			if u.Port < 0 || u.Port > 65535 || (u.LastPort != 0 && u.LastPort < u.Port) {
				t.Errorf("%q: ports %d to %d", s, u.Port, u.LastPort)
			}
			if literal := u.Family == FamilyIPv4 || u.Family == FamilyIPv6; literal != u.Addr.IsValid() {
				t.Errorf("%q: family %d with address %s", s, u.Family, u.Addr)
			}
			if u.URI != "" && !o.URIPart {
				t.Errorf("%q: URI %q where there is none", s, u.URI)
			}
		}
	})
}
