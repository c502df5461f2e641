package conf

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func runNginx(t *testing.T, dir, text string) (bool, string) {
	os.WriteFile(dir+"/nginx.conf", []byte(text), 0o644)
	out, err := exec.Command("/usr/sbin/nginx", "-t", "-p", dir, "-c", "nginx.conf", "-g", "pid "+dir+"/n.pid; error_log stderr;").CombinedOutput()
	return err == nil, string(out)
}

func TestZZNginx(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 9))
	n, acc, bad, skipped := 0, 0, 0, 0
	for n < 2500 {
		body := randomSoup(r)
		if n%2 == 0 {
			body = strings.NewReplacer("{{", "x", "{", "y", "}", "z").Replace(randomStatements(r))
		}
		if strings.Contains(body, "\x00") {
			continue
		}
		text := "events{}\nhttp{types{\n" + body + "\n}}\n"
		st, err := refParse(text)
		want := err == nil
		if err == nil {
			opens, closes := 0, 0
			for _, s := range st[3:] {
				if s.end == '{' { opens++ }
				if s.end == '}' { closes++ }
			}
			if closes != 3-1 || opens > 1 { // events' own is before
				skipped++
				if closes-opens != 1 { continue }
				continue
			}
			if opens != 1 { continue }
		}
		n++
		got, msg := runNginx(t, dir, text)
		if got { acc++ }
		if got != want {
			bad++
			t.Logf("ref=%v (%v) nginx=%v %s\n%q", want, err, got, msg, body)
		}
	}
	t.Logf("n=%d accepted=%d bad=%d skipped=%d", n, acc, bad, skipped)
	// values
	bad, n = 0, 0
	for n < 1200 {
		var b strings.Builder
		for p := 1 + r.IntN(5); p > 0; p-- { b.WriteString(soup[17+r.IntN(len(soup)-17)]) }
		text := "user " + b.String() + ";\nevents{}\n"
		st, err := refParse(text)
		if err != nil || len(st[0].words) != 2 || st[0].words[0].value != "user" || st[0].end != ';' || st[0].words[1].value == "" { continue }
		n++
		_, msg := runNginx(t, dir, text)
		if !strings.Contains(msg, `getpwnam("`+st[0].words[1].value+`") failed`) {
			bad++
			if bad < 10 { t.Logf("%q want %q: %q", text, st[0].words[1].value, msg) }
		}
	}
	t.Logf("values n=%d bad=%d", n, bad)
	for k := 4090; k <= 4100; k++ {
		long := strings.Repeat("a", k)
		for _, s := range []string{"d " + long + ";", "d " + long + " ;", `d "` + long + `";`, `d "` + long + `" ;`, "#" + long + "\n", `d ("` + long + `");`, `d "` + long + `");`} {
			text := "events{}\nhttp{types{\n" + s + "\n}}\n"
			_, err := refParse(text)
			if got, msg := runNginx(t, dir, text); got != (err == nil) {
				t.Logf("limit %d %q: nginx %v %s ref %v", k, s[:4], got, msg, err)
			}
		}
	}
}
