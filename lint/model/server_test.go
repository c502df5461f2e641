package model_test

import (
	"strings"
	"testing"
)

func TestServers(t *testing.T) {
	c := build(t, inHTTP(`
		server { listen 80; server_name a b; server_name ~^c$; location / { location /x { } } location /y { } }
		server { }`)+"stream { server { listen 53 udp; proxy_pass 127.0.0.1:1; } }\nmail { server { listen 25; protocol smtp; } }\n")
	if len(c.Servers) != 3 {
		t.Fatalf("%d servers, want those of http and stream", len(c.Servers))
	}
	if got := strings.Join(c.Servers[0].Names, " "); got != "a b ~^c$" {
		t.Errorf("names: %s", got)
	}
	if len(c.Servers[0].Locations) != 3 || c.Servers[0].Locations[1].Pattern() != "/x" {
		t.Errorf("locations: %v", c.Servers[0].Locations)
	}
	l := c.Servers[1].Listens
	if len(l) != 1 || l[0].Node != nil || l[0].Port != 80 || !l[0].URL.Wildcard || l[0].Err != nil || c.Servers[1].Names != nil {
		t.Errorf("default address: %+v", l)
	}
	if s := c.Servers[2]; !s.Stream || len(s.Listens) != 1 || !s.Listens[0].UDP || s.Listens[0].Port != 53 || !s.Scope.Stream() {
		t.Errorf("stream: %+v", s)
	}
}

func TestListens(t *testing.T) {
	for _, test := range []struct {
		listen         string
		port, last     int
		flags          string
		refused, owned bool
	}{
		{"80", 80, 80, "", false, false},
		{"*:8080 default_server", 8080, 8080, "default", false, false},
		{"127.0.0.1", 80, 80, "", false, false},
		{"[::]:443 ssl http2 ipv6only=off", 443, 443, "ssl http2", false, true},
		{"443 quic reuseport", 443, 443, "quic", false, true},
		{"8000-8010", 8000, 8010, "", false, false},
		{"unix:/run/n.sock proxy_protocol", 0, 0, "proxy_protocol", false, false},
		{"80 default backlog=511", 80, 80, "default", false, true},
		{"99999", 0, 0, "", true, false},
		{"a b", 80, 80, "", false, false},
	} {
		c := build(t, inHTTP("server { listen "+test.listen+"; }"))
		l := c.Servers[0].Listens[0]
		var flags []string
		for _, f := range []struct {
			on   bool
			name string
		}{{l.SSL, "ssl"}, {l.HTTP2, "http2"}, {l.QUIC, "quic"}, {l.Default, "default"}, {l.ProxyProtocol, "proxy_protocol"}} {
			if f.on {
				flags = append(flags, f.name)
			}
		}
		if l.Port != test.port || l.LastPort != test.last || strings.Join(flags, " ") != test.flags ||
			(l.Err != nil) != test.refused || l.OwnSocket != test.owned {
			t.Errorf("listen %s: %+v", test.listen, l)
		}
		if l.IPv6Only == strings.Contains(test.listen, "ipv6only=off") {
			t.Errorf("listen %s: ipv6only %v", test.listen, l.IPv6Only)
		}
	}
	c := build(t, inStream("server { listen 127.0.0.1; proxy_pass 127.0.0.1:1; } server { proxy_pass 127.0.0.1:1; }"))
	if c.Servers[0].Listens[0].Err == nil {
		t.Error("stream has a default port")
	}
	if len(c.Servers[1].Listens) != 0 {
		t.Error("stream has a default address")
	}
}
