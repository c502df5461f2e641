package model_test

import (
	"testing"
	"time"
)

func TestPeers(t *testing.T) {
	c := build(t, inHTTP(`upstream u {
		zone u 64k;
		server 10.0.0.1;
		server app:8080 weight=5 max_fails=3 fail_timeout=30 max_conns=7;
		server unix:/run/a.sock down;
		server [::1]:81 backup fail_timeout=1m slow_start=30s;
		server app.local resolve service=http route=a drain;
		server app:0 weight=x;
		server;
		ip_hash;
		least_conn;
		keepalive 16;
	}`))
	u := c.Upstreams[0]
	if len(u.Peers) != 7 {
		t.Fatalf("%d peers", len(u.Peers))
	}
	p := u.Peers
	if p[0].Port != 80 || p[0].Weight != 1 || p[0].MaxFails != 1 || p[0].FailTimeout != 10*time.Second || p[0].NeedsDNS() || p[0].Params != nil {
		t.Errorf("defaults: %+v", p[0])
	}
	if p[1].Port != 8080 || p[1].Weight != 5 || p[1].MaxFails != 3 || p[1].FailTimeout != 30*time.Second || p[1].MaxConns != 7 || !p[1].NeedsDNS() {
		t.Errorf("numbers: %+v", p[1])
	}
	if p[2].Port != 0 || !p[2].Down || p[2].Err != nil {
		t.Errorf("socket: %+v", p[2])
	}
	if !p[3].Backup || p[3].FailTimeout != time.Minute || p[3].SlowStart != 30*time.Second || p[3].NeedsDNS() {
		t.Errorf("backup: %+v", p[3])
	}
	if !p[4].Resolve || !p[4].Drain || p[4].Service != "http" || p[4].Route != "a" || p[4].Port != 0 || p[4].Params["service"] != "http" {
		t.Errorf("resolve: %+v", p[4])
	}
	if p[5].Err == nil || p[5].Weight != 1 {
		t.Errorf("port 0: %+v", p[5])
	}
	if !p[6].Unknown {
		t.Errorf("no address: %+v", p[6])
	}
	n := 0
	for range u.Active() {
		n++
	}
	if n != 6 {
		t.Errorf("%d servers are not down, want 6", n)
	}
	if u.Scope.Own("keepalive") == nil || u.Scope.Own("zone") == nil {
		t.Error("the group's own directives are not found")
	}
}

func TestStreamPeersNeedAPort(t *testing.T) {
	c := build(t, inStream(`upstream u { server 10.0.0.1; server 10.0.0.1:5; server unix:/x; server db service=a resolve; }`))
	for i, want := range []bool{true, false, false, false} {
		if got := c.Upstreams[0].Peers[i].Err != nil; got != want {
			t.Errorf("server %d is refused: %v, want %v", i, got, want)
		}
	}
}

func TestSinglePeerIsANumberOfAddresses(t *testing.T) {
	for _, test := range []struct {
		servers       string
		single, known bool
	}{
		{"server 10.0.0.1;", true, true},
		{"server 10.0.0.1 down;", true, true},
		{"server unix:/run/a.sock;", true, true},
		{"server [::1]:80;", true, true},
		{"server localhost;", false, false},
		{"server app:80;", false, false},
		{"server 10.0.0.1; server 10.0.0.2;", false, true},
		{"server 10.0.0.1; server 10.0.0.2 backup;", false, true},
		{"server 10.0.0.1; server 10.0.0.2 down;", false, true},
		{"", false, false},
	} {
		c := build(t, inHTTP("upstream u { "+test.servers+" }"))
		if single, known := c.Upstreams[0].Single(); single != test.single || known != test.known {
			t.Errorf("%q: %v %v, want %v %v", test.servers, single, known, test.single, test.known)
		}
	}
}

func TestFirstGroupOfANameCounts(t *testing.T) {
	c := build(t, inHTTP(`upstream a { server 10.0.0.1; } upstream A { server 10.0.0.2; } upstream { server 10.0.0.3; }`))
	if len(c.Upstreams) != 3 || c.Upstream(false, "a") != c.Upstreams[0] || c.Upstream(false, "") != nil {
		t.Errorf("%d groups, a is %v", len(c.Upstreams), c.Upstream(false, "a"))
	}
}

func TestStandInsAreNoEndpoints(t *testing.T) {
	for directive, want := range map[string]int{
		`balancer_by_lua_block { pick() }`:   0,
		`balancer_by_lua_file balancer.lua;`: 0,
		`upsync 127.0.0.1:8500/v1/kv;`:       0,
		`check interval=3000;`:               1,
		`least_conn;`:                        1,
	} {
		c := build(t, inHTTP(`upstream u { server 0.0.0.1; `+directive+` } server { location / { proxy_pass http://u; } }`))
		u := c.Upstreams[0]
		active := 0
		for range u.Active() {
			active++
		}
		if ends := c.Proxies[0].Endpoints(); u.StandIns != (want == 0) || active != want || len(ends) != want {
			t.Errorf("%s: stand-ins %v, %d active, endpoints %v", directive, u.StandIns, active, ends)
		}
	}
}
