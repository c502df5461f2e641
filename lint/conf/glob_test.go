package conf_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// TestPatterns holds what glob(3) of the GNU C library matches.
func TestPatterns(t *testing.T) {
	names := []string{"a", "b", "ab", "abc", "a.b", "-", "]", "^", "!", `\`, "*", "?", "[", "[a", "A", "a b", "ä", ".h"}
	files := map[string]string{}
	for _, name := range names {
		files["/c/d/"+name] = "x;"
	}
	files["/c/d/sub/a"], files["/c/d/sub/.h"] = "x;", "x;"
	for pattern, want := range map[string]string{
		"d/?":         `! * - ? A [ \ ] ^ a b`,
		"d/a*":        "a a b a.b ab abc",
		"d/*b":        "a b a.b ab b",
		"d/*b*":       "a b a.b ab abc b",
		"d/a?":        "ab",
		"d/a??":       "a b a.b abc",
		"d/[ab]":      "a b",
		"d/[a-c]":     "a b",
		"d/[!a-z]":    `! * - ? A [ \ ] ^`,
		"d/[^a-z]":    `! * - ? A [ \ ] ^`,
		"d/[]a]":      "] a",
		"d/[!]a]":     `! * - ? A [ \ ^ b`,
		"d/[a-]":      "- a",
		"d/[]-]":      "- ]",
		`d/\*[!x]`:    "",
		`d/[\]]`:      "]",
		`d/[\\]`:      `\`,
		`d/\?*`:       "?",
		`d/[*]`:       "*",
		"d/[a":        "[a",
		"d/[a*":       "[a",
		"d/[":         "[",
		`d/?\`:        "",
		"d/[.]h*":     "",
		"d/?h":        "",
		"d/*/a":       "sub/a",
		"d/*/*":       "sub/a",
		"d/*/.[a-z]*": "sub/.h",
		"*/s?b/a":     "sub/a",
		"d/[/]a":      "",
		"nope/*":      "",
		"d//*b":       "a b a.b ab b",
	} {
		tree := loadMem(t, withRoot(files, `include "`+strings.ReplaceAll(pattern, `\`, `\\`)+`";`), conf.Options{Deployed: true}, "nginx.conf").Trees[0]
		var got []string
		for _, f := range tree.Files[1:] {
			got = append(got, strings.TrimPrefix(f.Path, "d/"))
		}
		if got := strings.Join(got, " "); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}

func withRoot(files map[string]string, text string) map[string]string {
	out := map[string]string{"/c/nginx.conf": text}
	maps.Copy(out, files)
	return out
}
