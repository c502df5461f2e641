package errorlog

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

func source(text string) Source {
	return Source{Name: "log", Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func zipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// realistic is a log as a site in trouble has it, of about so many bytes.
func realistic(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		at := fmt.Sprintf("2026/11/20 %02d:%02d:%02d", i/36000%24, i/600%60, i/10%60)
		path := fmt.Sprintf("/api/v1/items/%d?page=%d&sort=asc", i%977, i%13)
		tail := fmt.Sprintf(`, client: 192.0.2.%d, server: example.org, request: "GET %s HTTP/1.1"`, i%250, path)
		end := `, host: "example.org", referrer: "https://example.org/shop/list?from=newsletter"`
		up := fmt.Sprintf(`, upstream: "http://10.0.0.%d:3000%s"`, i%3+1, path)
		switch i % 10 {
		case 0, 1, 2:
			fmt.Fprintf(&b, "%s [error] 33#33: *%d connect() failed (111: Connection refused) while connecting to upstream%s%s%s\n", at, i, tail, up, end)
		case 3, 4:
			fmt.Fprintf(&b, "%s [error] 33#33: *%d upstream timed out (110: Connection timed out) while reading response header from upstream%s%s%s\n", at, i, tail, up, end)
		case 5:
			fmt.Fprintf(&b, "%s [error] 34#34: *%d no live upstreams while connecting to upstream%s%s%s\n", at, i, tail, strings.Replace(up, "10.0.0", "app", 1), end)
		case 6:
			fmt.Fprintf(&b, "%s [error] 34#34: *%d open() \"/usr/share/nginx/html/wp-login.php\" failed (2: No such file or directory)%s%s\n", at, i, tail, end)
		case 7:
			fmt.Fprintf(&b, "%s [warn] 34#34: *%d an upstream response is buffered to a temporary file /var/cache/nginx/proxy_temp/1/00/%010d while reading upstream%s%s%s\n", at, i, i, tail, up, end)
		case 8:
			fmt.Fprintf(&b, "%s [error] 34#34: *%d FastCGI sent in stderr: \"PHP message: PHP Warning:  Undefined variable $x in /srv/app/index.php on line 3\" while reading response header from upstream%s, upstream: \"fastcgi://127.0.0.1:9000\"%s\n", at, i, tail, end)
		case 9:
			fmt.Fprintf(&b, "%s [error] 33#33: *%d limiting requests, excess: 20.%03d by zone \"api\"%s%s\n", at, i, i%1000, tail, end)
		}
	}
	return b.String()
}

func TestReadCountsAllLines(t *testing.T) {
	text := realistic(5 << 20)
	want := int64(strings.Count(text, "\n"))
	for name, log := range map[string]string{"plain": text, "gzip": zipped(t, text), "two members": zipped(t, text[:1000]) + zipped(t, text[1000:]), "CRLF": strings.ReplaceAll(text, "\n", "\r\n")} {
		r, errs := Read([]Source{source(log)}, nil)
		if len(errs) > 0 {
			t.Fatalf("%s: %v", name, errs)
		}
		var groups int64
		for _, g := range r.Groups {
			groups += g.Count
		}
		if r.Lines != want || r.Broken != 0 || groups != want {
			t.Errorf("%s: %d lines, %d broken, %d in groups; want %d", name, r.Lines, r.Broken, groups, want)
		}
		if name == "plain" && r.Groups[0].Message.ID != "connect-refused" {
			t.Errorf("the first group is %s", r.Groups[0].Message.ID)
		}
	}
}

func TestReadIsDeterministic(t *testing.T) {
	text := realistic(4 << 20)
	var first string
	for range 3 {
		r, _ := Read([]Source{source(text)}, nil)
		var b strings.Builder
		for _, g := range r.Groups {
			fmt.Fprintln(&b, g.Message.ID, g.Count, g.First, g.Last, g.Busy, g.Upstreams, g.Servers, g.Subjects, g.Example)
		}
		if first == "" {
			first = b.String()
		} else if b.String() != first {
			t.Fatal("two runs differ")
		}
	}
}

func TestReadFailures(t *testing.T) {
	text := realistic(1 << 16)
	whole := zipped(t, text)
	for name, c := range map[string]struct{ text, want string }{
		"cut gzip":    {whole[:len(whole)-100], "unexpected EOF"},
		"broken gzip": {"\x1f\x8b\x08\x00junk of some length", ""},
		"zstd":        {"\x28\xb5\x2f\xfd....", "zstdcat"},
		"UTF-16":      {"\xff\xfe2\x000\x002\x006\x00", "iconv"},
	} {
		r, errs := Read([]Source{source(c.text)}, nil)
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), c.want) {
			t.Errorf("%s: %v", name, errs)
		}
		if name == "cut gzip" && r.Lines == 0 {
			t.Error("what could be read is lost")
		}
	}
	_, errs := Read([]Source{{Name: "gone", Open: func() (io.ReadCloser, error) { return nil, errors.New("no such file") }}}, nil)
	if len(errs) != 1 {
		t.Error(errs)
	}
}

// TestEntries has messages with line breaks, lines of nobody, and NULs.
func TestEntries(t *testing.T) {
	const text = "\x00\x00\x002026/11/20 10:00:01 [error] 3#3: *1 FastCGI sent in stderr: \"PHP message: PHP Fatal error:  Uncaught Error\nStack trace:\n#0 {main}\" while reading response header from upstream, client: ::1, server: a, request: \"GET / HTTP/1.1\", upstream: \"fastcgi://127.0.0.1:9000\", host: \"a\"\n" +
		"junk\n\n2026/11/20 10:00:02 [notice] 1#1: reconfiguring\nmore junk\n2026/11/20 10:00:03 [debug] 1#1: *2 x\n2026/11/20 10:00:04 [error] 1#1: *2 strange thing 5, client: ::1\n2026/11/20 10:00:04 [error] 1#1: *2 strange thing 6, client: ::1"
	r, errs := Read([]Source{source(text)}, nil)
	if len(errs) > 0 || r.Lines != 7 || r.Broken != 2 || r.BrokenExample != "junk" {
		t.Errorf("%+v %v", r, errs)
	}
	var got []string
	for _, g := range r.Groups {
		got = append(got, fmt.Sprintf("%s %d %v", g.Message.ID, g.Count, g.Upstreams))
	}
	if want := "fastcgi-fatal 1 [{fastcgi://127.0.0.1:9000 1}]; unknown 2 []; lifecycle 1 []"; strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
}

// TestHostileLog holds that what clients and applications write cannot make the
// report grow, and that nothing is lost in it.
func TestHostileLog(t *testing.T) {
	var b strings.Builder
	const n = 300_000
	for i := range n {
		fmt.Fprintf(&b, "%04d/11/20 10:%02d:01 [error] 3#3: *1 host%d could not be resolved (3: Host not found), client: ::1, server: s%d, request: \"GET /%d HTTP/1.1\", upstream: \"http://%d/\", host: \"h%d\"\n", 1000+i%8000, i%60, i, i, i, i, i)
		fmt.Fprintf(&b, "2026/11/20 10:00:01 [error] 3#3: *1 %c%c%c strange, client: ::1\n", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r, errs := Read([]Source{source(b.String())}, nil)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if len(r.Groups) > 2*maxGroups {
		t.Errorf("%d groups", len(r.Groups))
	}
	var lines int64
	rest := false
	for _, g := range r.Groups {
		lines += g.Count
		rest = rest || g.Rest
	}
	if lines != 2*n || !rest {
		t.Errorf("%d lines in groups, want %d; rest %v", lines, 2*n, rest)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("the report keeps %d MiB", grown>>20)
	}
	runtime.KeepAlive(r)
}

// TestNoLineBreaks: a block without any, and one entry over many blocks.
func TestNoLineBreaks(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", 3<<20), "2026/11/20 10:00:01 [error] 3#3: *1 " + strings.Repeat("x\n", 2<<20), strings.Repeat("\x00", 3<<20), strings.Repeat(", client: a, server: ", 200_000)} {
		if _, errs := Read([]Source{source(text)}, nil); len(errs) > 0 {
			t.Error(errs)
		}
	}
}

// BenchmarkErrorLog is the whole reading, without and with a configuration.
func BenchmarkErrorLog(b *testing.B) {
	text := realistic(32 << 20)
	packed := zipped(b, text)
	run := func(name, log string, locate func() func(*Line, *Message) Place) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, errs := Read([]Source{source(log)}, locate); len(errs) > 0 {
					b.Fatal(errs)
				}
			}
		})
	}
	run("plain", text, nil)
	run("located", text, locatorOf(b, shop).Worker)
	run("gzip", packed, nil)
}
