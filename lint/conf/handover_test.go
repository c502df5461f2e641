package conf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
)

// manySites is a file so large that its parts are parsed while it is read: many
// sites, with what is parsed apart from its surroundings between them, and with
// something after each thousand of them.
func manySites(after string) (text string, directives int) {
	var b strings.Builder
	b.WriteString("events { }\nhttp {\n")
	directives = 2
	for i := range 5000 {
		fmt.Fprintf(&b, "    server {\n        listen %d;\n        location / {\n            return 204;\n        }\n    }\n", i)
		directives += 4
		if i%1000 == 999 {
			b.WriteString("    map $a $b {\n" + strings.Repeat("        a b;\n", 3) + "    }\n")
			b.WriteString("    geo $c {\n    }\n" + after)
			directives += 5
		}
	}
	b.WriteString("    types {\n" + strings.Repeat("        a/b c;\n", 10_000) + "    }\n}\nuser nobody;\n")
	return b.String(), directives + 10_002
}

// inOrder counts the directives and checks that each begins behind the one before.
func inOrder(t *testing.T, ds []*conf.Directive, last *int32) int {
	t.Helper()
	n := len(ds)
	for _, d := range ds {
		if d.Span.Start <= *last {
			t.Fatalf("%q at %d comes behind %d", d.Name, d.Span.Start, *last)
		}
		*last = d.Span.Start
		n += inOrder(t, d.Block(), last)
	}
	return n
}

func TestLargeFilesAreReadLikeSmallOnes(t *testing.T) {
	for name, test := range map[string]struct {
		after    string
		more     int // directives
		problems int
	}{
		"in order":              {},
		"blocks without a name": {"    {\n        server {\n            listen 1;\n        }\n    }\n", 2, 5},
		"Lua":                   {"    init_by_lua_block {\n        local a = {}\n    }\n", 1, 0},
		"a brace missing":       {"    server {\n        listen 1;\n", 2, 5},
		"a brace too many":      {"        }\n", 0, 5},
	} {
		t.Run(name, func(t *testing.T) {
			text, want := manySites(test.after)
			f, err := conf.Parse("nginx.conf", []byte(text), lint.Grammar())
			if err != nil {
				t.Fatal(err)
			}
			last := int32(-1)
			if got := inOrder(t, f.Directives, &last); got != want+5*test.more {
				t.Errorf("%d directives, want %d", got, want+5*test.more)
			}
			if len(f.Problems) != test.problems {
				t.Errorf("%d problems, want %d: %v", len(f.Problems), test.problems, f.Problems)
			}
			if n := len(f.Directives); n != 3 || len(f.Directives[1].Block()) < 5000 {
				t.Errorf("%d directives at the main level, %d in http", n, len(f.Directives[1].Block()))
			}
		})
	}
}
