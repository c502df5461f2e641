package config

import (
	"math"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// targetShape is a version, a flavour, or a mapping with both.
type targetShape struct{}

const (
	threeNumbers = `^[1-9][0-9]{0,3}(\.[0-9]{1,4}){0,2}$`
	// fourNumbers is a release of OpenResty: that of nginx, and one of its own.
	fourNumbers = `^[1-9][0-9]{0,3}(\.[0-9]{1,4}){0,3}$`
)

func flavours(which func(nginx.Flavour) bool) []string {
	var out []string
	for _, f := range nginx.Flavours() {
		if which(f) {
			out = append(out, string(f))
		}
	}
	return out
}

func allFlavours() []string { return flavours(func(nginx.Flavour) bool { return true }) }

func flavourNames() string { return strings.Join(allFlavours(), ", ") }

func (targetShape) schema() schema {
	own := flavours(nginx.Flavour.OwnReleases)
	shared := flavours(func(f nginx.Flavour) bool { return !f.OwnReleases() && f != nginx.OpenResty })
	mapping := func(properties schema, required ...string) schema {
		s := schema{"type": "object", "additionalProperties": false, "properties": properties}
		if len(required) > 0 {
			s["required"] = required
		}
		return s
	}
	version := func(pattern string) schema { return schema{"type": "string", "pattern": pattern} }
	return schema{"anyOf": []schema{
		{"enum": allFlavours()},
		version(threeNumbers),
		mapping(schema{"version": version(threeNumbers), "flavour": schema{"enum": shared}}),
		mapping(schema{"version": version(fourNumbers), "flavour": schema{"const": string(nginx.OpenResty)}}, "flavour"),
		mapping(schema{"flavour": schema{"enum": own}}, "flavour"),
	}}
}

// writtenTarget is a mapping of version and flavour as it is written.
type writtenTarget struct {
	version, flavour string
	at               *yaml.Node // of the version
}

func (targetShape) decode(d *decoder, n *yaml.Node) (Target, bool) {
	v := d.follow(n)
	if v == nil {
		return Target{}, false
	}
	release := text{pattern: fourNumbers, want: "a release of nginx", example: `"1.24"`}
	if v.Kind == yaml.MappingNode {
		var w writtenTarget
		keys := object[writtenTarget]{fields: []field[writtenTarget]{
			key("version", "", "", placed{release, &w.at}, func(w *writtenTarget, s string) { w.version = s }),
			key("flavour", "", "", word{what: "flavour", known: allFlavours()}, func(w *writtenTarget, s string) { w.flavour = s }),
		}}
		ok := keys.decodeInto(d, n, &w, nil)
		if !ok {
			return Target{}, false
		}
		if w.version == "" {
			return Target{Flavour: nginx.Flavour(w.flavour)}, true
		}
		return w.target(d)
	}
	s, ok := d.text(n, release.example)
	switch {
	case !ok:
		return Target{}, false
	case slices.Contains(allFlavours(), s):
		return Target{Flavour: nginx.Flavour(s)}, true
	case s != "" && '0' <= s[0] && s[0] <= '9':
		if s, ok = release.decode(d, n); !ok {
			return Target{}, false
		}
		w := writtenTarget{version: s, at: n}
		return w.target(d)
	}
	return Target{}, d.among(n, "flavour", s, allFlavours(), "it takes a version such as \"1.24\", or "+strings.Join(allFlavours(), ", "))
}

// placed is a shape that keeps where its value was.
type placed struct {
	text
	at **yaml.Node
}

func (p placed) decode(d *decoder, n *yaml.Node) (string, bool) {
	*p.at = n
	return p.text.decode(d, n)
}

// target reads a version, for which the flavour matters.
func (w *writtenTarget) target(d *decoder) (Target, bool) {
	t := Target{Flavour: nginx.Flavour(w.flavour)}
	if t.Flavour.OwnReleases() {
		d.complain(w.at, "%s numbers its releases on its own: leave the version out", t.Flavour)
		return Target{}, false
	}
	version := w.version
	if numbers := strings.Split(version, "."); t.Flavour == nginx.OpenResty && len(numbers) > 3 {
		version = strings.Join(numbers[:3], ".")
	}
	v, err := nginx.ParseVersion(version)
	if err != nil {
		d.complain(w.at, "%v", err)
		return Target{}, false
	}
	t.Version = v
	return t, true
}

// What a path must lead to.
const (
	anything = iota
	aFile
	aFolder
)

// pathShape is a path, which counts from the folder of the configuration file.
type pathShape struct{ mustBe int }

var somePath = text{pattern: `^[^\x00]+$`, want: "a path", example: "nginx.conf"}

func (p pathShape) schema() schema { return somePath.schema() }

func (p pathShape) decode(d *decoder, n *yaml.Node) (string, bool) {
	s, ok := somePath.decode(d, n)
	if !ok {
		return "", false
	}
	path := filepath.FromSlash(s)
	if !filepath.IsAbs(path) {
		path = filepath.Join(d.dir, path)
	}
	path = filepath.Clean(path)
	if p.mustBe == anything || d.fs == nil {
		return path, true
	}
	info, err := d.fs.Stat(path)
	switch {
	case err != nil:
		d.complain(n, "cannot read %q: %v", s, reason(err))
	case p.mustBe == aFile && info.IsDir():
		d.complain(n, "%q is a folder: name a file", s)
	case p.mustBe == aFolder && !info.IsDir():
		d.complain(n, "%q is no folder", s)
	default:
		return path, true
	}
	return "", false
}

var (
	absolutePath = text{pattern: `^/`, want: "an absolute path", example: "/etc/nginx", clean: cleanPath}
	includeName  = text{pattern: `^[^/*?\[]+(/[^/*?\[]+)*$`, never: `^\.\.?(/|$)`, want: "a name, or several with slashes between them", example: "sites-enabled"}
	globShape    = globText{text{pattern: `[^/]$`, never: `^(\./+)*(!|/|\.\./)`, want: "a glob of files below this folder", example: `"legacy/**"`, check: checkGlob, clean: cleanGlob}}

	directiveName = text{pattern: `^[A-Za-z_][A-Za-z0-9_]*$`, want: "the name of a directive", example: "frobnicate"}
)

// globText is a glob.
type globText struct{ text }

func (g globText) decode(d *decoder, n *yaml.Node) (string, bool) {
	if v := d.follow(n); v != nil && strings.HasPrefix(cleanGlob(v.Value), "!") {
		d.complain(n, "%q: a glob cannot be negated, but a later one can overrule it", v.Value)
		return "", false
	}
	return g.text.decode(d, n)
}

// checkGlob finds globs that cannot match any file.
func checkGlob(d *decoder, n *yaml.Node, glob string) bool {
	if !doublestar.ValidatePattern(cleanGlob(glob)) {
		d.complain(n, "%q is no glob: a bracket or a brace is not closed", glob)
		return false
	}
	if d.fs != nil && !strings.ContainsAny(glob, `*?[{\`) {
		if info, err := d.fs.Stat(filepath.Join(d.dir, filepath.FromSlash(glob))); err == nil && info.IsDir() {
			d.complain(n, "%q is a folder: for the files in it, write %q", glob, path.Join(glob, "**"))
			return false
		}
	}
	return true
}

// cleanGlob is a glob without "./" in front.
func cleanGlob(glob string) string {
	for {
		rest, ok := strings.CutPrefix(glob, "./")
		if !ok {
			return glob
		}
		glob = strings.TrimLeft(rest, "/")
	}
}

func cleanPath(p string) string { return filepath.FromSlash(path.Clean(p)) }

// quantity is the value of an option.
type quantity struct {
	rule   *lint.Rule
	option *lint.Option
}

// maxQuantity is the largest value of an option that is written as a number.
const maxQuantity = 1_000_000_000

func (q quantity) pattern() string {
	switch q.option.Kind {
	case lint.OptionSize:
		return `^[0-9]{1,9}[kKmM]?$`
	case lint.OptionTime:
		return `^[0-9]{1,9}(ms|s|m|h|d|w)?$`
	}
	return `^[0-9]{1,9}$`
}

func (q quantity) schema() schema {
	number := schema{"type": "integer", "minimum": 0, "maximum": maxQuantity}
	if q.option.Kind == lint.OptionNumber {
		return number
	}
	return schema{"anyOf": []schema{number, {"type": "string", "pattern": q.pattern()}}}
}

func (q quantity) decode(d *decoder, n *yaml.Node) (OptionValue, bool) {
	out := OptionValue{Rule: q.rule, Option: q.option}
	v := d.follow(n)
	if v == nil {
		return out, false
	}
	tag := v.ShortTag()
	switch {
	case v.Kind != yaml.ScalarNode:
	case tag == "!!int" || tag == "!!float":
		var number float64
		if err := v.Decode(&number); err == nil && number >= 0 && number <= maxQuantity && number == math.Trunc(number) {
			out.Text = strconv.FormatInt(int64(number), 10)
		}
	case tag == "!!str" && q.option.Kind != lint.OptionNumber && regexp.MustCompile(q.pattern()).MatchString(v.Value):
		out.Text = v.Value
	}
	var err error
	if out.Value, err = q.option.Parse(out.Text); err != nil {
		d.complain(n, "it takes a %s such as %s", q.option.Kind, q.option.Default)
		return out, false
	}
	return out, true
}
