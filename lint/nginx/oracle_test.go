package nginx

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var nginxPath = flag.String("nginx", "", "path of an nginx to compare with")

// nginxSays runs nginx -t on a configuration and returns what it complains of,
// "" if it accepts it.
func nginxSays(t *testing.T, http string) string {
	t.Helper()
	if *nginxPath == "" {
		t.Skip("no -nginx given to compare with")
	}
	dir := t.TempDir()
	text := "error_log stderr;\npid pid;\nevents {}\nhttp {\naccess_log off;\n" + http + "\n}\n"
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, *nginxPath, "-t", "-p", dir, "-c", file).CombinedOutput()
	if err == nil {
		return ""
	}
	for line := range strings.Lines(string(out)) {
		if _, message, ok := strings.Cut(line, "[emerg] "); ok {
			return message
		}
	}
	t.Fatalf("nginx -t: %v\n%s", err, out)
	return ""
}

func TestNginxReadsSizesAndTimesAlike(t *testing.T) {
	values := []string{
		"0", "1", "60", "1k", "1K", "1m", "1M", "1g", "1G", "1t", "-1", "1.5", "1s", "1S", "1h", "1d", "1w", "1y",
		"1ms", "500ms", "1h30m", "1h 30m", "1h 30", "30m1h", "1m1m", "5 ", " 5", "5 5", "5 5s", "5s 5", "5 5 5",
		"1ms 5s", "h", "h5", "k", "ms", " ", "1y 1M", "1M1y", "9223372036854775807", "9223372036854775808",
		"9223372036854775", "9223372036854776", "9223372036854775s 1", "9007199254740991k", "9007199254740992k",
		"8796093022208m", "8589934591g", "8589934592g", "292471208677y", "292471208678y", "on", "1kb",
	}
	for directive, parse := range map[string]func(string) (int64, bool){
		"sendfile_max_chunk":    ParseSize,
		"client_max_body_size":  ParseOffset,
		"proxy_connect_timeout": ParseMsec,
		"open_file_cache_valid": ParseSec,
	} {
		for _, v := range values {
			says := nginxSays(t, fmt.Sprintf("%s %q;", directive, v))
			if _, ok := parse(v); ok != (says == "") {
				t.Errorf("%s %q: ok is %t, nginx says %q", directive, v, ok, says)
			}
		}
	}
}

func TestNginxReadsAddressesAlike(t *testing.T) {
	for _, c := range urlCases {
		if c.err == "" && (c.want.IsName() || c.opt.Listen || c.want.Family == FamilyUnix) {
			continue // nginx would resolve the name or bind the address
		}
		var conf string
		switch c.opt {
		case inListen:
			conf = fmt.Sprintf("server { listen %q; }", c.in)
		case inPass:
			conf = fmt.Sprintf("server { listen unix:s; location / { proxy_pass %q; } }", "http://"+c.in)
		default:
			conf = fmt.Sprintf("upstream u { server %q; }", c.in)
		}
		says := nginxSays(t, conf)
		if ok := c.err == ""; ok != (says == "") || !strings.Contains(says, c.err) {
			t.Errorf("%q: want %q, nginx says %q", c.in, c.err, says)
		}
	}
}

func TestNginxReadsIPv6Alike(t *testing.T) {
	for _, in := range []string{
		"::", "1::", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7:8", ":", "1", "1:2:3:4:5:6:7:8:", "1::2::3", "1:2:3:4:5:6:7::",
		"::1:2:3:4:5:6:7:8", "12345::", "::1%eth0", "1.2.3.4", "::1.2.3", "::255.255.255.255", "1:2:3:4:5:6:7:1.2.3.4",
		"::.2.3.4", "::1.2.3.4:5", "1:2:3:4:5:6:1.2.3.4", "::1.2.3.4", "1:2:3:4:5:6:7:8:9",
	} {
		says := nginxSays(t, fmt.Sprintf("upstream u { server [%s]:80; }", in))
		if _, ok := parseIPv6(in); ok != (says == "") {
			t.Errorf("%q: ok is %t, nginx says %q", in, ok, says)
		}
	}
}

func TestNginxTakesEveryDefault(t *testing.T) {
	// What nginx says of a directive of a module it was built without, and of
	// those it takes only next to others.
	alone := []string{
		"unknown directive", `no "ssl_certificate"`, `requires the "ngx_http_ssl_module"`,
		`should be placed after the "proxy_pass"`,
	}
	v := V(1, 22, 1)
	for _, d := range table {
		def, ok := d.DefaultAt(v)
		if !ok || !d.Contexts.Has(HTTP) || !d.KnownIn(v) {
			continue
		}
		says := nginxSays(t, fmt.Sprintf("%s %s;", d.Name, def))
		excused := slices.ContainsFunc(alone, func(a string) bool { return strings.Contains(says, a) })
		if says != "" && !excused {
			t.Errorf("%s %s: nginx says %q", d.Name, def, says)
		}
	}
}

func TestNginxRefusesASecondUnique(t *testing.T) {
	v := V(1, 22, 1)
	for _, d := range table {
		def, ok := d.DefaultAt(v)
		if !ok || !d.Contexts.Has(HTTP) || !d.KnownIn(v) || d.Type == TypeCustom {
			continue
		}
		says := nginxSays(t, fmt.Sprintf("%[1]s %[2]s;\n%[1]s %[2]s;", d.Name, def))
		if strings.Contains(says, "unknown directive") {
			continue
		}
		if got := strings.Contains(says, "is duplicate"); got != d.Unique() {
			t.Errorf("%s twice: Unique is %t, nginx says %q", d.Name, d.Unique(), says)
		}
	}
}
