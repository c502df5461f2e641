package nginx

import (
	"slices"
	"testing"
)

func TestLookupFindsEveryModuleOfAName(t *testing.T) {
	got := Lookup("proxy_pass")
	if len(got) != 2 || got[0].Module != "ngx_http_proxy_module" || got[1].Module != "ngx_stream_proxy_module" {
		t.Errorf("proxy_pass: %+v", got)
	}
	for _, name := range []string{"", "proxy_pas", "proxy_passs", "PROXY_PASS", "zzz", "aaa"} {
		if got := Lookup(name); got != nil {
			t.Errorf("%q is known: %+v", name, got)
		}
	}
	for _, d := range table {
		if !slices.Contains(Lookup(d.Name), d) {
			t.Errorf("%s is not found", d.Name)
		}
	}
}

func TestLookupResultCannotGrowIntoTheTable(t *testing.T) {
	got := Lookup("proxy_pass")
	before := table
	_ = append(got, &Directive{Name: "other"})
	if before != table {
		t.Error("appending to the result changes the table")
	}
}

func TestFindTakesTheDirectiveOfTheContext(t *testing.T) {
	for _, c := range []struct {
		name   string
		in     Context
		module string
	}{
		{"proxy_pass", Location, "ngx_http_proxy_module"},
		{"proxy_pass", LocationIf, "ngx_http_proxy_module"},
		{"proxy_pass", LimitExcept, "ngx_http_proxy_module"},
		{"proxy_pass", StreamServer, "ngx_stream_proxy_module"},
		{"proxy_pass", Server, ""},
		{"proxy_pass", Upstream, ""},
		{"server", HTTP, "ngx_http_core_module"},
		{"server", Upstream, "ngx_http_upstream"},
		{"server", StreamUpstream, "ngx_stream_upstream"},
		{"server", Server, ""},
		{"keepalive_timeout", HTTP, "ngx_http_core_module"},
		{"keepalive_timeout", Upstream, "ngx_http_upstream_keepalive_module"},
		{"include", Main, "ngx_conf_file"},
		{"include", StreamUpstream, "ngx_conf_file"},
		{"worker_processes", Main, "nginx"},
		{"worker_processes", HTTP, ""},
		{"no_such", HTTP, ""},
		{"proxy_pass", 0, ""},
	} {
		module := ""
		if d := Find(c.name, c.in); d != nil {
			module = d.Module
		}
		if module != c.module {
			t.Errorf("%s in %s: got %q, want %q", c.name, c.in, module, c.module)
		}
	}
}

func TestNamesAreSortedAndUnique(t *testing.T) {
	names := Names()
	if len(names) < 600 || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Errorf("%d names, not sorted or not unique", len(names))
	}
	in := NamesIn(Upstream)
	for _, name := range []string{"server", "keepalive", "include", "least_conn"} {
		if !slices.Contains(in, name) {
			t.Errorf("%s is not among the names of an upstream", name)
		}
	}
	if slices.Contains(in, "location") {
		t.Error("location is among the names of an upstream")
	}
}

func find(t *testing.T, name string, in Context) *Directive {
	t.Helper()
	d := Find(name, in)
	if d == nil {
		t.Fatalf("no %s in %s", name, in)
	}
	return d
}

func TestDefaultByRelease(t *testing.T) {
	const none = ""
	for _, c := range []struct {
		name string
		in   Context
		v    Version
		want string
	}{
		{"proxy_connect_timeout", Location, Version{}, "60s"},
		{"proxy_read_timeout", Location, V(1, 22, 1), "60s"},
		{"grpc_send_timeout", Location, Version{}, "60s"},
		{"proxy_connect_timeout", StreamServer, Version{}, "60s"},
		{"proxy_timeout", StreamServer, Version{}, "10m"},
		{"proxy_timeout", Mail, Version{}, "24h"},
		{"proxy_next_upstream_timeout", Location, Version{}, "0"},
		{"resolver_timeout", HTTP, Version{}, "30s"},
		{"resolver_timeout", Upstream, Version{}, "30s"},
		{"resolver_timeout", StreamUpstream, Version{}, "30s"},
		{"keepalive_timeout", HTTP, Version{}, "75s"},
		{"keepalive_timeout", Upstream, Version{}, "60s"},
		{"keepalive_time", Upstream, Version{}, "1h"},
		{"keepalive_requests", Upstream, V(1, 19, 9), "100"},
		{"keepalive_requests", Upstream, V(1, 19, 10), "1000"},
		{"keepalive_requests", HTTP, V(1, 18, 0), "100"},
		{"keepalive", Upstream, V(1, 29, 6), none},
		{"keepalive", Upstream, V(1, 29, 7), "32 local"},
		{"keepalive", Upstream, V(1, 28, 3), none},
		{"keepalive", Upstream, V(1, 30, 0), "32 local"},
		{"keepalive", Upstream, Version{}, "32 local"},
		{"proxy_http_version", Location, V(1, 29, 6), "1.0"},
		{"proxy_http_version", Location, V(1, 29, 7), "1.1"},
		{"proxy_http_version", Location, Version{}, "1.1"},
		{"fastcgi_keep_conn", Location, Version{}, "off"},
		{"proxy_buffering", Location, Version{}, "on"},
		{"proxy_request_buffering", Location, Version{}, "on"},
		{"proxy_buffer_size", Location, Version{}, "4k"},
		{"proxy_buffers", Location, Version{}, "8 4k"},
		{"proxy_busy_buffers_size", Location, Version{}, none},
		{"proxy_max_temp_file_size", Location, Version{}, "1024m"},
		{"proxy_buffer_size", StreamServer, Version{}, "16k"},
		{"large_client_header_buffers", Server, Version{}, "4 8k"},
		{"client_body_buffer_size", Server, Version{}, "8k"},
		{"client_max_body_size", Server, Version{}, "1m"},
		{"proxy_next_upstream", Location, Version{}, "error timeout"},
		{"proxy_next_upstream", StreamServer, Version{}, "on"},
		{"proxy_next_upstream_tries", Location, Version{}, "0"},
		{"proxy_cache_use_stale", Location, Version{}, "off"},
		{"proxy_cache", Location, Version{}, "off"},
		{"proxy_ssl", StreamServer, Version{}, "off"},
		{"proxy_ssl_server_name", Location, Version{}, "off"},
		{"proxy_ssl_verify", StreamServer, Version{}, "off"},
		{"grpc_ssl_server_name", Location, Version{}, "off"},
		{"uwsgi_ssl_verify", Location, Version{}, "off"},
		{"proxy_ssl_protocols", Location, V(1, 22, 1), "TLSv1 TLSv1.1 TLSv1.2"},
		{"proxy_ssl_protocols", Location, V(1, 26, 0), "TLSv1 TLSv1.1 TLSv1.2 TLSv1.3"},
		{"proxy_ssl_protocols", Location, V(1, 27, 3), "TLSv1.2 TLSv1.3"},
		{"proxy_protocol", StreamServer, V(1, 22, 1), "off"},
		{"worker_connections", Events, Version{}, "512"},
		{"worker_processes", Main, Version{}, "1"},
		{"sendfile_max_chunk", HTTP, V(1, 21, 3), "0"},
		{"sendfile_max_chunk", HTTP, V(1, 21, 4), "2m"},
		{"limit_req_status", HTTP, Version{}, "503"},
		{"limit_conn_log_level", HTTP, Version{}, "error"},
		{"ssl_session_timeout", Server, Version{}, "5m"},
		{"ssl_ciphers", Server, Version{}, "HIGH:!aNULL:!MD5"},
		{"ssl_session_cache", Server, Version{}, "none"},
		{"gzip_buffers", HTTP, Version{}, "32 4k"},
		{"dav_access", HTTP, Version{}, "user:rw"},
		{"http2_idle_timeout", HTTP, V(1, 18, 0), "3m"},
		{"http2_idle_timeout", HTTP, V(1, 19, 7), none},
		{"proxy_set_header", Location, Version{}, none},
		{"proxy_ssl_name", Location, Version{}, none},
		{"proxy_pass", Location, Version{}, none},
	} {
		got, ok := find(t, c.name, c.in).DefaultAt(c.v)
		if got != c.want || ok != (c.want != none) {
			t.Errorf("%s in %s, %s: got %q, %t, want %q", c.name, c.in, c.v, got, ok, c.want)
		}
	}
}

func TestValuesAndTypeByRelease(t *testing.T) {
	version := find(t, "proxy_http_version", Location)
	if got := version.ValuesAt(V(1, 29, 3)); slices.Contains(got, "2") {
		t.Errorf("proxy_http_version of 1.29.3: %q", got)
	}
	for _, v := range []Version{V(1, 29, 4), {}} {
		if got := version.ValuesAt(v); !slices.Contains(got, "2") {
			t.Errorf("proxy_http_version of %s: %q", v, got)
		}
	}
	protocol := find(t, "proxy_protocol", StreamServer)
	if got := protocol.TypeAt(V(1, 31, 3)); got != TypeFlag {
		t.Errorf("proxy_protocol of 1.31.3 is of type %q", got)
	}
	if got := protocol.ValuesAt(V(1, 31, 3)); got != nil {
		t.Errorf("proxy_protocol of 1.31.3: %q", got)
	}
	if got := protocol.TypeAt(V(1, 31, 4)); got != TypeEnum {
		t.Errorf("proxy_protocol of 1.31.4 is of type %q", got)
	}
	if got := find(t, "proxy_ignore_headers", Location).Values; !slices.Contains(got, "X-Accel-Buffering") {
		t.Errorf("proxy_ignore_headers: %q", got)
	}
}

func TestArgumentCounts(t *testing.T) {
	for _, c := range []struct {
		name     string
		in       Context
		v        Version
		accepted []int
		refused  []int
		most     int
	}{
		{"proxy_pass", Location, Version{}, []int{1}, []int{-1, 0, 2, 8}, 1},
		{"proxy_set_header", Location, Version{}, []int{2}, []int{0, 1, 3}, 2},
		{"proxy_buffering", Location, Version{}, []int{1}, []int{0, 2}, 1},
		{"server", HTTP, Version{}, []int{0}, []int{1}, 0},
		{"server", Upstream, Version{}, []int{1, 2, 7, 8, 100}, []int{0}, -1},
		{"location", Server, Version{}, []int{1, 2}, []int{0, 3}, 2},
		{"if", Server, Version{}, []int{1, 3, 20}, []int{0}, -1},
		{"error_page", HTTP, Version{}, []int{2, 9}, []int{0, 1}, -1},
		{"map", HTTP, Version{}, []int{2}, []int{1, 3}, 2},
		{"keepalive", Upstream, V(1, 29, 6), []int{1}, []int{0, 2}, 2},
		{"keepalive", Upstream, V(1, 29, 7), []int{1, 2}, []int{0, 3}, 2},
		{"keepalive", Upstream, Version{}, []int{1, 2}, []int{0, 3}, 2},
	} {
		d := find(t, c.name, c.in)
		for _, n := range c.accepted {
			if !d.AcceptsArgs(n, c.v) {
				t.Errorf("%s of %s does not accept %d arguments", c.name, c.v, n)
			}
		}
		for _, n := range c.refused {
			if d.AcceptsArgs(n, c.v) {
				t.Errorf("%s of %s accepts %d arguments", c.name, c.v, n)
			}
		}
		if got := d.MaxArgs(); got != c.most {
			t.Errorf("%s accepts %d arguments at most, want %d", c.name, got, c.most)
		}
	}
}

func TestKnownIn(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Context
		v    Version
		want bool
	}{
		{"proxy_pass", Location, V(1, 18, 0), true},
		{"proxy_pass", Location, V(1, 10, 0), true},
		{"http2", Server, V(1, 25, 0), false},
		{"http2", Server, V(1, 25, 1), true},
		{"http2", Server, Version{}, true},
		{"ssl", Server, V(1, 25, 0), true},
		{"ssl", Server, V(1, 25, 1), false},
		{"ssl", Server, Version{}, true},
		{"tunnel_pass", Location, V(1, 30, 4), false},
		{"tunnel_pass", Location, V(1, 31, 0), true},
	} {
		if got := find(t, c.name, c.in).KnownIn(c.v); got != c.want {
			t.Errorf("%s in %s: got %t", c.name, c.v, got)
		}
	}
}

func TestInheritance(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Context
		want Inheritance
	}{
		{"proxy_read_timeout", Location, InheritValue},
		{"proxy_cache", Location, InheritValue},
		{"proxy_next_upstream", Location, InheritValue},
		{"proxy_set_header", Location, InheritList},
		{"fastcgi_param", Location, InheritList},
		{"add_header", Location, InheritList},
		{"error_page", Location, InheritList},
		{"access_log", Location, InheritList},
		{"proxy_pass", Location, InheritCustom},
		{"keepalive", Upstream, InheritCustom},
	} {
		if got := find(t, c.name, c.in).Inherits(); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestUnique(t *testing.T) {
	for name, want := range map[string]bool{
		"proxy_read_timeout": true, "proxy_buffering": true, "proxy_buffers": true,
		"proxy_set_header": false, "add_header": false, "proxy_next_upstream": false, "error_page": false,
	} {
		if got := find(t, name, Location).Unique(); got != want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		if Lookup("proxy_read_timeout") == nil {
			b.Fatal("not found")
		}
	}
}

func BenchmarkFind(b *testing.B) {
	for b.Loop() {
		if Find("proxy_pass", StreamServer) == nil {
			b.Fatal("not found")
		}
	}
}

func BenchmarkNearest(b *testing.B) {
	names := Names()
	for b.Loop() {
		if _, ok := Nearest("proxy_read_timout", names); !ok {
			b.Fatal("not found")
		}
	}
}
