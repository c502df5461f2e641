package conf_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// flatten lists a file's directives as the reference would.
func flatten(ds []*conf.Directive, out []refStatement) []refStatement {
	for _, d := range ds {
		s := refStatement{words: []refWord{{d.Name, int(d.NameSpan.Start), int(d.NameSpan.End)}}, end: ';'}
		for _, a := range d.Args {
			s.words = append(s.words, refWord{a.Value, int(a.Span.Start), int(a.Span.End)})
		}
		if !d.IsBlock {
			out = append(out, s)
			continue
		}
		s.end = '{'
		out = append(out, s)
		out = flatten(d.Block(), out)
		out = append(out, refStatement{end: '}'})
	}
	return out
}

func sameStatements(a, b []refStatement) bool {
	return slices.EqualFunc(a, b, func(x, y refStatement) bool {
		return x.end == y.end && slices.Equal(x.words, y.words)
	})
}

// placeholder is a mark of scripts that fill in a configuration by themselves.
var placeholder = regexp.MustCompile(`\{[A-Z_][A-Z0-9_]+\}|\{[a-zA-Z_][a-zA-Z0-9_]+\}[;:/.-]`)

// ours reports whether a text is outside of what the reference covers: Lua
// bodies, the byte order mark, and marks of template engines.
func ours(text string) bool {
	if placeholder.MatchString(text) || strings.Contains(text, "_by_lua_block") || strings.HasPrefix(text, "\xef\xbb\xbf") {
		return true
	}
	for _, m := range [][2]string{{"{{", "}}"}, {"{%", "%}"}, {"<%", "%>"}, {"{#", "#}"}, {"[%", "%]"}} {
		if _, after, ok := strings.Cut(text, m[0]); ok && strings.Contains(after, m[1]) {
			return true
		}
	}
	return false
}

// refused returns the problems that say that nginx does not take the file.
func refused(f *conf.File) []conf.Problem {
	return slices.DeleteFunc(slices.Clone(f.Problems), func(p conf.Problem) bool { return p.Accepted || p.Kind != conf.Syntax })
}

// compare parses text and holds the result against the reference.
func compare(t *testing.T, text string) (accepted bool) {
	t.Helper()
	f, err := conf.Parse("x.conf", []byte(text), nil)
	if err != nil {
		t.Fatalf("%v\n%q", err, text)
	}
	want, refErr := refParse(text)
	problems := refused(f)
	if refErr != nil {
		if len(problems) == 0 {
			t.Fatalf("nginx refuses with %q at %d, we accept\n%q", refErr.message, refErr.off, text)
		}
		return false
	}
	if len(problems) > 0 {
		t.Fatalf("nginx accepts, we say %q at %d\n%q", problems[0].Message, problems[0].Span.Start, text)
	}
	if got := flatten(f.Directives, nil); !sameStatements(got, want) {
		t.Fatalf("words differ\n got %+v\nwant %+v\n%q", got, want, text)
	}
	return true
}

// soup is what random texts are cooked of.
var soup = []string{
	" ", " ", " ", "\t", "\n", "\n", "\r\n", "\r", ";", ";", ";", ";\n", "{", "}", "}", " {\n", "\n}\n",
	"a", "b", "cd", "$x", "${x}", "$", "${", "$${", "{{", "#", "# c\n", `"`, `'`, `""`, `''`, `"q"`, `'q'`, `"q;{}#" `, `'\'' `,
	`\`, `\\`, `\"`, `\'`, `\t`, `\n`, `\r`, `\ `, `\;`, `\{`, `\$`, "(", ")", `"x")`, "~", "=", "é", "😀", "\xff", "\xc2\xa0",
}

func randomSoup(r *rand.Rand) string {
	var b strings.Builder
	for n := 1 + r.IntN(25); n > 0; n-- {
		b.WriteString(soup[r.IntN(len(soup))])
	}
	return b.String()
}

// randomStatements writes texts that are mostly right.
func randomStatements(r *rand.Rand) string {
	var b strings.Builder
	depth := 0
	for n := 1 + r.IntN(8); n > 0; n-- {
		for w := 1 + r.IntN(3); w > 0; w-- {
			for p := 1 + r.IntN(3); p > 0; p-- {
				b.WriteString(soup[17+r.IntN(len(soup)-17)])
			}
			b.WriteString(soup[r.IntN(8)])
		}
		switch {
		case depth > 0 && r.IntN(3) == 0:
			b.WriteString(";}")
			depth--
		case r.IntN(4) == 0:
			b.WriteString("{")
			depth++
		default:
			b.WriteString(";")
		}
	}
	b.WriteString(strings.Repeat("}", depth))
	return b.String()
}

func TestLexerMatchesReferenceOnRandomTexts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	accepted, total := 0, 30_000
	for i := range total {
		text := randomSoup(r)
		if i%2 == 0 {
			text = randomStatements(r)
		}
		if !ours(text) && compare(t, text) {
			accepted++
		}
	}
	if accepted < total/20 || accepted > total*9/10 {
		t.Errorf("%d of %d texts are valid: the mix says little", accepted, total)
	}
}

// fixtures returns the text of every file of the parser's test data.
func fixtures(t testing.TB) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir("../../testdata/parser", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == "verdicts.tsv" {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 150 {
		t.Fatalf("only %d files", len(out))
	}
	return out
}

func sortedNames(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// mutate changes a few bytes of a text.
func mutate(r *rand.Rand, text string) string {
	b := []byte(text)
	for n := 1 + r.IntN(3); n > 0 && len(b) > 0; n-- {
		at := r.IntN(len(b))
		end := min(len(b), at+1+r.IntN(4))
		switch r.IntN(4) {
		case 0:
			b = slices.Delete(b, at, end)
		case 1:
			b = slices.Insert(b, at, []byte(soup[r.IntN(len(soup))])...)
		case 2:
			b = slices.Insert(b, at, b[at:end:end]...)
		case 3:
			to := r.IntN(len(b))
			b[at], b[to] = b[to], b[at]
		}
	}
	return string(b)
}

func TestLexerMatchesReferenceOnMutatedFixtures(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	texts := fixtures(t)
	for _, name := range sortedNames(texts) {
		text := texts[name]
		if ours(text) || quantified(text) || strings.Count(text, "{") > conf.MaxDepth {
			continue
		}
		compare(t, text)
		for range min(100, 1+50_000/len(text+"x")) {
			if m := mutate(r, text); !ours(m) && !quantified(m) {
				compare(t, m)
			}
		}
	}
}

// quantified reports whether a text may hold an unquoted quantifier of a regular
// expression, which nginx's reader takes and its directives then refuse.
func quantified(text string) bool {
	for i, c := range text {
		if c == '{' && i+1 < len(text) && '0' <= text[i+1] && text[i+1] <= '9' {
			return true
		}
	}
	return false
}

// TestWordLimit pins the longest words that fit into nginx's buffer, byte by byte.
func TestWordLimit(t *testing.T) {
	for n := 4090; n <= 4100; n++ {
		long := strings.Repeat("a", n)
		for _, text := range []string{
			"d " + long + ";", "d " + long + " ;", "d " + long + "\n;", "d " + long + "{}", "d " + long + " {}",
			`d "` + long + `";`, `d "` + long + `" ;`, `d '` + long + `'{}`, `d "` + long + `" x;`, `d ("` + long + `");`, `d "` + long + `");`,
			"#" + long, "#" + long + "\n", "#" + long + "\nd;", " \n #" + long + "\nd;", "d #" + long + "\nx;", "d " + long, `d "` + long,
			`d \` + long + ";", "d x " + strings.Repeat(`\"`, n/2) + ";",
		} {
			compare(t, text)
			compare(t, "first 1;\n"+text+"\nlast 2;")
		}
	}
}
