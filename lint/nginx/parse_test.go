package nginx

import (
	"strings"
	"testing"
)

// refused marks, in the tables of this file, what nginx does not accept.
const refused = -1

type parseCase struct {
	in   string
	want int64
}

func checkParse(t *testing.T, parse func(string) (int64, bool), cases []parseCase) {
	t.Helper()
	for _, c := range cases {
		got, ok := parse(c.in)
		if !ok {
			got = refused
		}
		if got != c.want || (ok && c.want == refused) {
			t.Errorf("%q: got %d, want %d", c.in, got, c.want)
		}
	}
}

func TestParseSize(t *testing.T) {
	checkParse(t, ParseSize, []parseCase{
		{"0", 0},
		{"1", 1},
		{"0016", 16},
		{"4k", 4096},
		{"4K", 4096},
		{"2m", 2 << 20},
		{"2M", 2 << 20},
		{"", refused},
		{"k", refused},
		{"1g", refused},
		{"1G", refused},
		{"-1", refused},
		{"+1", refused},
		{"1.5k", refused},
		{"1kb", refused},
		{"1 k", refused},
		{"0x10", refused},
		{"off", refused},
		{"9223372036854775807", 9223372036854775807},
		{"9223372036854775808", refused},
		{"99999999999999999999", refused},
		{"9007199254740991k", 9007199254740991 << 10},
		{"9007199254740992k", refused},
		{"8796093022207m", 8796093022207 << 20},
		{"8796093022208m", refused},
	})
}

func TestParseOffset(t *testing.T) {
	checkParse(t, ParseOffset, []parseCase{
		{"0", 0},
		{"5", 5},
		{"5k", 5 << 10},
		{"5m", 5 << 20},
		{"5g", 5 << 30},
		{"5G", 5 << 30},
		{"5t", refused},
		{"", refused},
		{"g", refused},
		{"-1", refused},
		{"8589934591g", 8589934591 << 30},
		{"8589934592g", refused},
	})
}

func TestParseNumber(t *testing.T) {
	checkParse(t, ParseNumber, []parseCase{
		{"0", 0},
		{"08", 8},
		{"65536", 65536},
		{"", refused},
		{"1k", refused},
		{"-5", refused},
		{"1.0", refused},
		{"9223372036854775807", 9223372036854775807},
		{"9223372036854775808", refused},
	})
}

func TestParseMsec(t *testing.T) {
	checkParse(t, ParseMsec, []parseCase{
		{"0", 0},
		{"60", 60000},
		{"60s", 60000},
		{"500ms", 500},
		{"1m", 60000},
		{"1h", 3600000},
		{"1d", 86400000},
		{"1w", 604800000},
		{"1h30m", 5400000},
		{"1h 30m", 5400000},
		{"1h  30m", 5400000},
		{"1h 30", 3630000},
		{"1s500ms", 1500},
		{"1m 1ms", 60001},
		{"5 ", 5000},
		{" 5", 5000},
		{"h5", 5000}, // a unit without a number is zero of it
		{"h", refused},
		{"", refused},
		{" ", refused},
		{"ms", refused},
		{"1y", refused},
		{"1M", refused},
		{"1S", refused},
		{"1H", refused},
		{"30m1h", refused},
		{"1m1m", refused},
		{"1s1s", refused},
		{"1ms1ms", refused},
		{"1ms 5s", refused},
		{"5s 5", 10000}, // the last number without a unit is seconds again
		{"5 5", 10000},
		{"5 5s", refused},
		{"5 5 5", refused},
		{"-1", refused},
		{"1.5s", refused},
		{"60sec", refused},
		{"9223372036854775ms", 9223372036854775},
		{"9223372036854775807ms", 9223372036854775807},
		{"9223372036854775808ms", refused},
		{"9223372036854775", 9223372036854775000},
		{"9223372036854776", refused},
		{"9223372036854775s 1", refused},
		{"153722867280912m", 153722867280912 * 60000},
		{"153722867280913m", refused},
	})
}

func TestParseSec(t *testing.T) {
	checkParse(t, ParseSec, []parseCase{
		{"0", 0},
		{"60", 60},
		{"1m", 60},
		{"1M", 2592000},
		{"1y", 31536000},
		{"1y 1M 1w 1d 1h 1m 1s", 31536000 + 2592000 + 604800 + 86400 + 3600 + 60 + 1},
		{"1d1w", refused},
		{"1M1y", refused},
		{"1y1y", refused},
		{"500ms", refused},
		{"1s 500ms", refused},
		{"", refused},
		{"292471208677y", 292471208677 * 31536000},
		{"292471208678y", refused},
	})
}

func TestParseFlagIgnoresCase(t *testing.T) {
	for word, want := range map[string]bool{"on": true, "ON": true, "On": true, "off": false, "OFF": false} {
		if on, ok := ParseFlag(word); !ok || on != want {
			t.Errorf("%q: got %t, %t", word, on, ok)
		}
	}
	for _, word := range []string{"", "1", "0", "true", "yes", "of", "onn"} {
		if _, ok := ParseFlag(word); ok {
			t.Errorf("%q is taken for a flag", word)
		}
	}
}

func FuzzParseTimeAndSize(f *testing.F) {
	for _, s := range []string{"1h 30m", "500ms", "4k", "", " ", "9223372036854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, parse := range []func(string) (int64, bool){ParseMsec, ParseSec, ParseSize, ParseOffset} {
			n, ok := parse(s)
			if n < 0 || (!ok && n != 0) {
				t.Errorf("%q: got %d, %t", s, n, ok)
			}
			if ok && !strings.ContainsAny(s, "0123456789") {
				t.Errorf("%q has no digit and is a number", s)
			}
		}
	})
}
