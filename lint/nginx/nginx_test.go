package nginx

import (
	"slices"
	"testing"
)

func TestParseVersion(t *testing.T) {
	for in, want := range map[string]Version{
		"1.25.3":                V(1, 25, 3),
		"v1.25.3":               V(1, 25, 3),
		" 1.25.3 ":              V(1, 25, 3),
		"nginx/1.25.3":          V(1, 25, 3),
		"1.25.3-alpine":         V(1, 25, 3),
		"1.27-alpine-slim":      V(1, 27, 5),
		"1.22.1-9+deb12u1":      V(1, 22, 1),
		"1:1.22.1-9+deb12u1":    V(1, 22, 1),
		"1.18.0-6ubuntu14.4":    V(1, 18, 0),
		"1.25.3+plus":           V(1, 25, 3),
		"1.25.3~bookworm":       V(1, 25, 3),
		"nginx/1.18.0 (Ubuntu)": V(1, 18, 0),
		"1.24":                  V(1, 24, 0),
		"1.25":                  V(1, 25, 5),
		"1.19":                  V(1, 19, 10),
		"1":                     V(1, 31, 4),
		"1.99":                  V(1, 99, 0),
		"1.16":                  V(1, 16, 0),
		"2":                     V(2, 0, 0),
	} {
		got, err := ParseVersion(in)
		if err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "latest", "stable", "alpine", "1.2.3.4", "1..3", "1.x", "-1", "0.0.0", "v", "1.+2", "1.25.99999999999999999999"} {
		if got, err := ParseVersion(in); err == nil || !got.IsZero() {
			t.Errorf("%q is taken for %v, error %v", in, got, err)
		}
	}
}

func TestVersionOrder(t *testing.T) {
	var unknown Version
	for _, c := range []struct {
		a, b    Version
		compare int
	}{
		{V(1, 25, 3), V(1, 25, 3), 0},
		{V(1, 25, 3), V(1, 25, 4), -1},
		{V(1, 9, 15), V(1, 25, 0), -1},
		{V(2, 0, 0), V(1, 31, 4), 1},
	} {
		if got := c.a.Compare(c.b); got != c.compare {
			t.Errorf("%v to %v: got %d", c.a, c.b, got)
		}
		if got := c.a.AtLeast(c.b); got != (c.compare >= 0) {
			t.Errorf("%v at least %v: got %t", c.a, c.b, got)
		}
		if got := c.a.Before(c.b); got != (c.compare < 0) {
			t.Errorf("%v before %v: got %t", c.a, c.b, got)
		}
	}
	if unknown.AtLeast(unknown) || unknown.Before(V(1, 0, 0)) || !unknown.IsZero() {
		t.Error("an unknown release is compared with another")
	}
	if V(1, 25, 3).String() != "1.25.3" || unknown.String() != "unknown" {
		t.Errorf("%s, %s", V(1, 25, 3), unknown)
	}
}

func TestReleasesAreTheCallersOwn(t *testing.T) {
	got := Releases()
	if len(got) != 69 || got[0] != V(1, 18, 0) || got[68] != V(1, 31, 4) {
		t.Errorf("%d releases, from %s to %s", len(got), got[0], got[len(got)-1])
	}
	got[0] = V(9, 9, 9)
	if releases[0] != V(1, 18, 0) {
		t.Error("changing the result changes the table")
	}
}

func TestContextOfNestedBlocks(t *testing.T) {
	for _, c := range []struct {
		blocks []string
		want   Context
	}{
		{nil, Main},
		{[]string{"events"}, Events},
		{[]string{"http"}, HTTP},
		{[]string{"http", "upstream"}, Upstream},
		{[]string{"http", "server"}, Server},
		{[]string{"http", "server", "if"}, ServerIf},
		{[]string{"http", "server", "location"}, Location},
		{[]string{"http", "server", "location", "location"}, Location},
		{[]string{"http", "server", "location", "if"}, LocationIf},
		{[]string{"http", "server", "location", "limit_except"}, LimitExcept},
		{[]string{"stream", "server"}, StreamServer},
		{[]string{"stream", "upstream"}, StreamUpstream},
		{[]string{"mail", "server"}, MailServer},
		{[]string{"server"}, 0},
		{[]string{"http", "location"}, 0},
		{[]string{"http", "map"}, 0},
		{[]string{"http", "server", "location", "if", "if"}, 0},
		{[]string{"stream", "server", "location"}, 0},
		{[]string{"http", "lua"}, 0},
	} {
		got := Main
		for _, b := range c.blocks {
			got = got.Child(b)
		}
		if got != c.want {
			t.Errorf("%q: got %s, want %s", c.blocks, got, c.want)
		}
	}
}

func TestContextString(t *testing.T) {
	for c, want := range map[Context]string{
		Main:                     "main",
		HTTP | Server | Location: "http, server, location",
		ServerIf:                 "if in server",
		LocationIf | LimitExcept: "if in location, limit_except",
		StreamServer:             "server in stream",
		MailServer:               "server in mail",
		0:                        "nowhere",
		1 << 30:                  "nowhere",
	} {
		if got := c.String(); got != want {
			t.Errorf("%#x: got %q, want %q", uint32(c), got, want)
		}
	}
	if !(HTTP | Server).Has(Server) || HTTP.Has(Server) {
		t.Error("Has does not tell http from server")
	}
}

func TestOpaque(t *testing.T) {
	for name, want := range map[string]bool{
		"map": true, "geo": true, "types": true, "split_clients": true, "charset_map": true, "geoip2": true,
		"match": true, "otel_exporter": true, "content_by_lua_block": true,
		"server": false, "location": false, "if": false, "upstream": false, "": false,
	} {
		if got := Opaque(name); got != want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestNearest(t *testing.T) {
	names := Names()
	for in, want := range map[string]string{
		"proxy_read_timout":  "proxy_read_timeout",
		"porxy_pass":         "proxy_pass",
		"proxypass":          "proxy_pass",
		"proxy_pas":          "proxy_pass",
		"worker_conections":  "worker_connections",
		"server_naem":        "server_name",
		"loaction":           "location",
		"lisen":              "listen",
		"proxy_set_headers":  "proxy_set_header",
		"proxy_pass":         "",
		"completely_unknown": "",
		"xy":                 "",
		"":                   "",
	} {
		got, ok := Nearest(in, names)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t, want %q", in, got, ok, want)
		}
	}
	if got, ok := Nearest("cat", []string{"bat", "hat"}); got != "bat" || !ok {
		t.Errorf("of two equally near: got %q", got)
	}
	if _, ok := Nearest("cat", nil); ok {
		t.Error("something is near among nothing")
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"abc", "abc", 0},
		{"abc", "abd", 1},
		{"abc", "ab", 1},
		{"abc", "abcd", 1},
		{"abc", "acb", 1},
		{"ca", "abc", 3},
		{"kitten", "sitting", 3},
		{"abcd", "badc", 2},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("%q to %q: got %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestBuiltinVariables(t *testing.T) {
	for _, c := range []struct {
		name         string
		http, stream bool
	}{
		{"host", true, false},
		{"HOST", true, false},
		{"request_uri", true, false},
		{"remote_addr", true, true},
		{"upstream_addr", true, true},
		{"upstream_first_byte_time", false, true},
		{"ssl_preread_server_name", false, true},
		{"http_x_request_id", true, false},
		{"arg_page", true, false},
		{"cookie_sid", true, false},
		{"sent_http_location", true, false},
		{"sent_trailer_x", true, false},
		{"upstream_http_x", true, false},
		{"upstream_trailer_x", true, false},
		{"upstream_cookie_x", true, false},
		{"jwt_claim_sub", true, false},
		{"proxy_protocol_tlv_alpn", true, true},
		{"1", true, true},
		{"9", true, true},
		{"0", false, false},
		{"10", false, false},
		{"http_", true, false},
		{"arg_", true, false},
		{"", false, false},
		{"my_backend", false, false},
		{"remote_address", false, false},
	} {
		if got := IsHTTPVariable(c.name); got != c.http {
			t.Errorf("%q in http: got %t", c.name, got)
		}
		if got := IsStreamVariable(c.name); got != c.stream {
			t.Errorf("%q in stream: got %t", c.name, got)
		}
		if got := IsBuiltinVariable(c.name); got != (c.http || c.stream) {
			t.Errorf("%q: got %t", c.name, got)
		}
	}
	for _, names := range [][]string{HTTPVariables(), StreamVariables()} {
		if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
			t.Errorf("not sorted or not unique: %q", names)
		}
	}
}
