package report

import (
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
)

// The expected values are what github/codeql-action computes.
func TestLineHashesAreGitHubs(t *testing.T) {
	greetings := []string{
		"e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
		"b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
	}
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", []string{"c129715d7a2bc9a3:1"}},
		{" a\nb\n  \t\tc\n d", []string{
			"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1",
		}},
		{" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", []string{
			"8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1",
			"c6805c5e1288b612:1", "b86d3392aea1be30:1", "e6ceba753e1a442:1",
		}},
		{" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", greetings},
		{" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", greetings},
		{" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", greetings},
		{" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", greetings},
		{strings.Repeat("Lorem ipsum dolor sit amet.\n", 10), []string{
			"a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3", "a7f2ff13bc495cf2:4",
			"a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1",
			"55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1",
		}},
	} {
		if got := lineHashes(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%q:\ngot  %v\nwant %v", c.text, got, c.want)
		}
	}
}

func TestInvalidUTF8IsDecodedAsInJavaScript(t *testing.T) {
	for in, want := range map[string]int{
		"é日👍":            3,
		"\xff\xff":       2,
		"\xe2\x82":       1,
		"\xe2\x82(":      2,
		"\xe2(":          2,
		"\xf0\x9f\x91":   1,
		"\xf0\x9f\x91\n": 2,
		"\xed\xa0\x80":   3, // a surrogate
		"\xc0\xaf":       2,
		"\xe0\x80\x80":   3,
		"\xf4\x90\x80":   3,
		"\xc3":           1,
	} {
		n := 0
		for rest := in; rest != ""; n++ {
			_, size := decode(rest)
			rest = rest[size:]
		}
		if n != want {
			t.Errorf("%q is %d characters, want %d", in, n, want)
		}
	}
}

func TestFingerprintsNameFindingsIndependentlyOfLines(t *testing.T) {
	finding := func(text string) *lint.Finding {
		f := parse(t, "a.conf", text)
		return &lint.Finding{Rule: bufferRule(), Place: on(t, f, "a", 0)}
	}
	const text = "http { a b; }"
	names := newFingerprints(Options{Root: "/repo"})
	first := names.of(finding(text))
	if got := names.of(finding(text)); got == first {
		t.Error("a second finding like the first has the same name")
	}
	for what, other := range map[string]string{"another block": "stream { a b; }", "another statement": "http { a c; }"} {
		if got := names.of(finding(other)); got == first {
			t.Errorf("%s has the same name", what)
		}
	}
	moved := newFingerprints(Options{Root: "/repo"})
	if got := moved.of(finding("\n\n\nhttp\n{\n  x; a\n    'b'\n;}")); got != first {
		t.Error("moving and setting out anew changes the name")
	}
	elsewhere := newFingerprints(Options{Root: "/checkout"})
	f := finding(text)
	f.Place.File.Path, f.Place.File.Real = "other/a.conf", "/checkout/a.conf"
	if got := elsewhere.of(f); got != first {
		t.Error("another checkout changes the name")
	}
}
