package linttest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Today is when fixtures are run.
var Today = time.Date(2026, time.July, 1, 12, 0, 0, 0, time.UTC)

// Fixtures runs the fixtures of one rule of all: every *.conf and *.txtar in dir but
// proof.txtar. A .conf is one configuration; a .txtar holds several files, of
// which nginx.conf is linted, or all if there is none.
//
// A comment
//
//	# want "regexp" "regexp"
//
// says that this line has these findings and no others; each expression must
// match "severity: message". "# want below" speaks of the next line, which may be
// one that can hold no comment. Settings stand in comments at the top:
//
//	# nginx: 1.25.3          the target version
//	# context: http,server   what to put around a fragment
//	# deployed: yes          it lies where nginx reads it
//	# flavour: openresty     which program of nginx's family it is for
//	# option: maximum=10m    the value of an option of the rule
//	# directive: frob server,location
//	                         a directive of another module; with "{}" behind its
//	                         name one with a block, without contexts one for anywhere
//
// The rule runs alone, or with all others if it judges comments about them.
func Fixtures(t *testing.T, all []*lint.Rule, rule *lint.Rule, dir string) {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"*.conf", "*.txtar"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	n := 0
	for _, path := range paths {
		base := filepath.Base(path)
		if strings.HasPrefix(base, "proof") && filepath.Ext(base) == ".txtar" {
			continue
		}
		n++
		t.Run(base, func(t *testing.T) { fixture(t, all, rule, path) })
	}
	if n == 0 {
		t.Errorf("%s has no fixture", dir)
	}
}

func fixture(t *testing.T, all []*lint.Rule, rule *lint.Rule, path string) {
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The folder is a checkout, so that nothing outside of it is looked at.
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	files := []txtar.File{{Name: "nginx.conf", Data: src}}
	settings := string(src)
	if filepath.Ext(path) == ".txtar" {
		a := txtar.Parse(src)
		files, settings = a.Files, string(a.Comment)
	}
	target := root
	for _, f := range files {
		full := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
		if f.Name == "nginx.conf" {
			target = full
		}
	}
	rules := []*lint.Rule{rule}
	if rule.OnIgnore != nil {
		rules = all
	}
	result := Lint(t, rules, []string{target}, root, ParseSettings(t, settings))
	result.Findings = slices.DeleteFunc(result.Findings, func(f lint.Finding) bool { return f.Rule != rule })
	for _, err := range result.Errors {
		t.Error(err)
	}
	for _, complaint := range Compare(result) {
		t.Errorf("%s: %s", path, complaint)
	}
}

// Settings are what a fixture says about the run.
type Settings struct {
	Version nginx.Version
	Context []string
	// Deployed says that the files lie where nginx reads them.
	Deployed bool
	Flavour  nginx.Flavour
	// Options are those of the only rule that is run.
	Options    map[string]string
	Directives []*nginx.Directive
}

var setting = regexp.MustCompile(`(?m)^#? ?(nginx|context|deployed|flavour|option|directive): *(\S+)(?: +(\S+))?`)

// ParseSettings reads the settings in a fixture's comments.
func ParseSettings(t *testing.T, text string) Settings {
	t.Helper()
	var s Settings
	for _, m := range setting.FindAllStringSubmatch(text, -1) {
		switch m[1] {
		case "nginx":
			v, err := nginx.ParseVersion(m[2])
			if err != nil {
				t.Fatal(err)
			}
			s.Version = v
		case "context":
			s.Context = strings.Split(m[2], ",")
		case "deployed":
			s.Deployed = m[2] == "yes"
		case "flavour":
			s.Flavour = nginx.Flavour(m[2])
			if !slices.Contains(nginx.Flavours(), s.Flavour) {
				t.Fatalf("there is no flavour %q", m[2])
			}
		case "option":
			name, value, _ := strings.Cut(m[2], "=")
			if s.Options == nil {
				s.Options = map[string]string{}
			}
			s.Options[name] = value
		case "directive":
			s.Directives = append(s.Directives, directive(t, m[2], m[3]))
		}
	}
	return s
}

// directive is a directive that a fixture declares.
func directive(t *testing.T, name, contexts string) *nginx.Directive {
	t.Helper()
	name, block := strings.CutSuffix(name, "{}")
	var in nginx.Context
	for word := range strings.SplitSeq(contexts, ",") {
		switch word {
		case "":
		case "http":
			in |= nginx.HTTP
		case "server":
			in |= nginx.Server
		case "location":
			in |= nginx.Location
		default:
			t.Fatalf("fixtures declare no directives for %q", word)
		}
	}
	return nginx.Declare(name, in, block)
}

// values are the options of a fixture.
func (s *Settings) values(t *testing.T, rules []*lint.Rule) lint.OptionValues {
	t.Helper()
	if len(s.Options) == 0 {
		return nil
	}
	if len(rules) != 1 {
		t.Fatalf("options are for one rule, not for %d", len(rules))
	}
	values := map[string]int64{}
	for name, text := range s.Options {
		o := rules[0].Option(name)
		if o == nil {
			t.Fatalf("rule %q has no option %q", rules[0].ID, name)
		}
		v, err := o.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		values[name] = v
	}
	return lint.OptionValues{rules[0]: values}
}

// Lint runs rules over paths as the command does, paths shown relative to dir.
func Lint(t *testing.T, rules []*lint.Rule, paths []string, dir string, s Settings) *lint.Result {
	t.Helper()
	set, err := conf.Load(paths, conf.Options{
		Grammar: lint.Grammar(), Infer: model.InferContext, Context: s.Context, Deployed: s.Deployed, Dir: dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	return lint.Run(set, lint.Options{
		Rules: rules, Version: s.Version, Flavour: s.Flavour, Directives: s.Directives, Values: s.values(t, rules), Now: Today, FS: conf.Disk{},
	})
}

// want is an expectation of a fixture.
type want struct {
	re  *regexp.Regexp
	met bool
}

var (
	wantComment = regexp.MustCompile(`# want (below )?((?:"(?:[^"\\]|\\.)*" *)+)`)
	wantQuoted  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// Compare returns what is missing from and what is surplus in a result, by the
// "# want" comments in the files that were read.
func Compare(r *lint.Result) []string {
	type line struct {
		file *conf.File
		n    int
	}
	var complaints []string
	wants := map[line][]*want{}
	for _, f := range r.Files {
		for n := 1; n <= f.LineCount(); n++ {
			m := wantComment.FindStringSubmatch(f.Line(n))
			if m == nil {
				continue
			}
			at := line{f, n}
			if m[1] != "" {
				at.n++
			}
			for _, q := range wantQuoted.FindAllString(m[2], -1) {
				text, err := strconv.Unquote(q)
				if err == nil {
					var re *regexp.Regexp
					if re, err = regexp.Compile(text); err == nil {
						wants[at] = append(wants[at], &want{re: re})
					}
				}
				if err != nil {
					complaints = append(complaints, fmt.Sprintf("%s:%d: %s: %v", f.Path, n, q, err))
				}
			}
		}
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		pos := f.Place.Position()
		text := f.Severity.String() + ": " + f.Message
		if !meet(wants[line{f.Place.File, pos.Line}], text) {
			complaints = append(complaints, fmt.Sprintf("%s:%d:%d: surplus finding of %s: %s", f.Place.File.Path, pos.Line, pos.Rune, f.Rule.ID, text))
		}
	}
	for at, ws := range wants {
		for _, w := range ws {
			if !w.met {
				complaints = append(complaints, fmt.Sprintf("%s:%d: no finding matches %q", at.file.Path, at.n, w.re))
			}
		}
	}
	return complaints
}

func meet(ws []*want, text string) bool {
	for _, w := range ws {
		if !w.met && w.re.MatchString(text) {
			w.met = true
			return true
		}
	}
	return false
}
