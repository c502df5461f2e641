package rules

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/linttest"
)

// TestBufferSizesAgreeWithNginx compares the arithmetic with nginx's own, on
// settings spread over the levels of a configuration by chance: a refusal is
// found in nginx's words, and nothing is found where nginx accepts it.
func TestBufferSizesAgreeWithNginx(t *testing.T) {
	t.Parallel()
	const configurations = 150
	program := linttest.Nginxes(t)[0]
	rule, err := lint.Find(All(), "buffer-sizes-inconsistent")
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 22))
	path := filepath.Join(t.TempDir(), "nginx.conf")
	refused := 0
	for range configurations {
		text := randomBufferSizes(random)
		refusal, err := program.Check(t.Context(), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if refusal != "" {
			refused++
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		found := linttest.Lint(t, []*lint.Rule{rule}, []string{path}, filepath.Dir(path), linttest.Settings{}).Findings
		if !agrees(refusal, found) {
			t.Errorf("nginx %s says %q, the rule %q about\n%s", program.Version, refusal, messages(found), text)
		}
	}
	if refused < configurations/4 || refused > configurations*3/4 {
		t.Errorf("%d of %d configurations are refused: too few or too many to tell much", refused, configurations)
	}
}

func messages(found []lint.Finding) []string {
	out := make([]string, len(found))
	for i := range found {
		out[i] = found[i].Message
	}
	return out
}

// agrees reports whether one of the findings has the reason of a refusal, or
// there are none without one.
func agrees(refusal string, found []lint.Finding) bool {
	if refusal == "" {
		return len(found) == 0
	}
	for _, message := range messages(found) {
		words, _, _ := strings.Cut(strings.TrimPrefix(message, "nginx does not start: "), "; here ")
		if strings.Contains(refusal, "] "+words+" in ") || strings.Contains(refusal, ": "+words+" in ") {
			return true
		}
	}
	return false
}

// randomBufferSizes is a configuration of one of a few shapes whose levels have
// settings of one protocol, most of them near to where they begin to clash.
func randomBufferSizes(r *rand.Rand) string {
	prefix := pick(r, "proxy", "fastcgi", "uwsgi", "scgi")
	level := func(chance float64) string { return randomLevel(r, prefix, chance) }
	location := func() string {
		return fmt.Sprintf("location /%d {%s if ($args) { return 204; } location /%[1]d/in {%s} }", r.IntN(1000), level(0.15), level(0.1))
	}
	server := func() string {
		return fmt.Sprintf("server { listen 127.0.0.1:18080; server_name s%d;%s if ($args) { return 204; } %s %s}\n",
			r.IntN(1000), level(0.2), location(), location())
	}
	return "events {}\nhttp {" + level(0.25) + "\n" + strings.Join(many(r.IntN(3), server), "") + "}\n"
}

// randomLevel sets each setting with a chance.
func randomLevel(r *rand.Rand, prefix string, chance float64) string {
	var b strings.Builder
	add := func(suffix string, values ...string) {
		if r.Float64() < chance {
			fmt.Fprintf(&b, " %s_%s %s;", prefix, suffix, pick(r, values...))
		}
	}
	count := pick(r, "1", "2", "3", "4", "8", "8", "16", "64")
	add("buffer_size", "0", "1", "1k", "4k", "4097", "8k", "8K", "12k", "14k", "14337", "16k", "28k", "1m", "2048m")
	add("buffers", count+" 512", count+" 2k", count+" 4k", count+" 4097", count+" 8k", count+" 16k", count+" 32k")
	add("busy_buffers_size", "0", "1k", "4k", "8k", "8193", "12k", "16k", "24k", "28k", "28673", "32k", "56k", "64k")
	add("temp_file_write_size", "0", "4k", "4095", "8k", "16k", "32k", "2m")
	add("max_temp_file_size", "0", "1", "4k", "8k", "16k", "1024m", "4096m")
	return b.String()
}

func many(n int, text func() string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = text()
	}
	return out
}

func pick(r *rand.Rand, values ...string) string { return values[r.IntN(len(values))] }
