package linttest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Flatten writes a configuration down as one file, its includes in place and the blocks around a
// fragment added: one directive a line, without comments.
func Flatten(t *conf.Tree) string {
	var b strings.Builder
	if len(t.Context) > 0 && t.Context[0] != "events" {
		b.WriteString("events {\n}\n")
	}
	flatten(&b, t.Root.Children, "")
	return b.String()
}

func flatten(b *strings.Builder, nodes []conf.Node, indent string) {
	for i := range nodes {
		n := &nodes[i]
		switch {
		case n.Name == "include" && !n.IsBlock:
			continue // what it includes follows
		case n.File == nil: // stands around a fragment
			b.WriteString(indent + n.Name)
			if n.Name == "location" {
				b.WriteString(" /")
			}
			if n.Name == "upstream" {
				b.WriteString(" fragment")
			}
		default:
			b.WriteString(indent + n.File.Slice(n.NameSpan))
			for _, a := range n.Args {
				b.WriteString(" " + n.File.Slice(a.Span))
			}
		}
		if !n.IsBlock && n.File != nil {
			b.WriteString(";\n")
			continue
		}
		b.WriteString(" {\n")
		if n.Body().Len() > 0 {
			b.WriteString(n.File.Slice(n.Body()) + "\n")
		}
		flatten(b, n.Children, indent+"    ")
		b.WriteString(indent + "}\n")
	}
}

// Configurations reads the configurations at a path and writes each down as one file. Those with
// marks of a template engine are left out.
func Configurations(path string) ([]Seed, error) {
	dir := path
	if filepath.Ext(path) != "" {
		dir = filepath.Dir(path)
	}
	set, err := conf.Load([]string{path}, conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: dir})
	if set == nil {
		return nil, err
	}
	var seeds []Seed
	for _, t := range set.Trees {
		if slices.ContainsFunc(t.Files, func(f *conf.File) bool { return f.Template }) {
			continue
		}
		seeds = append(seeds, Seed{Name: t.RootFile.Path, Text: Flatten(t)})
	}
	return seeds, nil
}

// Prepare makes a configuration fit for trials: it listens to loopback addresses, and what it
// refers to that is not there (names of hosts, files, users) becomes something that is. The verdict
// is nginx's about the result.
func (o *Oracle) Prepare(ctx context.Context, text string) (string, Verdict, error) {
	return prepare(ctx, o.benches[0], text)
}

// PrepareAll prepares many configurations, and returns those that nginx accepts.
func (o *Oracle) PrepareAll(ctx context.Context, seeds []Seed) ([]Seed, error) {
	prepared := make([]Seed, len(seeds))
	errs := make([]error, len(seeds))
	o.each(len(seeds), func(b *bench, i int) {
		text, v, err := prepare(ctx, b, seeds[i].Text)
		if errs[i] = err; err == nil && v.Kind == Accepted {
			prepared[i] = Seed{Name: seeds[i].Name, Text: text}
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(prepared, func(s Seed) bool { return s.Name == "" }), nil
}

// Adapt makes a broad configuration fit for trials as [Oracle.Prepare] does, and drops what this
// nginx does not know or does not take, which differs from release to release. It returns the
// messages about what it dropped.
func (o *Oracle) Adapt(ctx context.Context, s Seed) (Seed, []string, error) {
	var dropped []string
	b := o.benches[0]
	for {
		text, v, err := prepare(ctx, b, s.Text)
		switch {
		case err != nil:
			return s, nil, err
		case v.Kind == Accepted:
			s.Text = text
			return s, dropped, nil
		}
		dropped = append(dropped, fmt.Sprintf("line %d: %s", v.Line, v.Message))
		if s.Text = dropAt(text, v); s.Text == text {
			return s, dropped, fmt.Errorf("%s cannot be made to fit: %s", s.Name, v.Message)
		}
	}
}

// maxRepairs is how much may be missing around a configuration.
const maxRepairs = 100

func prepare(ctx context.Context, b *bench, text string) (string, Verdict, error) {
	text = localize(text)
	for range maxRepairs {
		if !staysLocal(text) {
			break
		}
		v, err := b.test(ctx, text)
		if err != nil || v.Kind != Aside {
			return text, v, err
		}
		repaired := b.repair(text, v)
		if repaired == text {
			return text, v, nil
		}
		text = repaired
	}
	return text, Verdict{Kind: Aside, Message: "too much is missing"}, nil
}

var (
	hostNotFound = regexp.MustCompile(`^(?:host not found in|invalid host in) .*?"([^"]*)"`)
	noSuchFile   = regexp.MustCompile(`"([^"]+)".* \(\d+: |(?:certificate|certificate key|_locations\(|CA_file\()\s?"([^"]+)"`)
)

// repair replaces what nginx misses around a configuration.
func (b *bench) repair(text string, v Verdict) string {
	if m := hostNotFound.FindStringSubmatch(v.Message); m != nil {
		host, _, _ := strings.Cut(m[1], ":")
		host, _, _ = strings.Cut(host, "/")
		if host == "" {
			return text
		}
		whole := regexp.MustCompile(`(^|://|=)` + regexp.QuoteMeta(host) + `($|[:/])`)
		return editArgs(text, func(d *conf.Directive, _ int, v string) string {
			if d.Name == "server_name" || d.Name == "location" {
				return v
			}
			return whole.ReplaceAllString(v, "${1}127.0.0.1${2}")
		})
	}
	if m := noSuchFile.FindStringSubmatch(v.Message); m != nil {
		missing := m[1] + m[2]
		return editArgs(text, func(d *conf.Directive, i int, v string) string {
			if v == "" || strings.Contains(v, "$") || b.path(v) != missing && b.path("run/"+v) != missing && v != missing {
				return v
			}
			return standIn(d, i)
		})
	}
	if v.Line > 0 && (strings.HasPrefix(v.Message, "getpwnam") || strings.HasPrefix(v.Message, "getgrnam") || strings.HasPrefix(v.Message, "dlopen")) {
		return dropAt(text, v)
	}
	return text
}

// standIn is the file to be used in place of one that is not there.
func standIn(d *conf.Directive, arg int) string {
	switch {
	case strings.HasSuffix(d.Name, "_certificate_key"):
		return "cert.key"
	case strings.HasSuffix(d.Name, "_certificate"):
		return "cert.crt"
	case d.Name == "ssl_dhparam":
		return "dhparam.pem"
	case strings.HasSuffix(d.Name, "_cache_path") || strings.HasSuffix(d.Name, "_temp_path"):
		return "tmp/" + d.Name
	case strings.HasSuffix(d.Name, "_session_ticket_key"):
		return "ticket.key"
	case strings.HasSuffix(d.Name, "_log") && arg == 0:
		return "tmp/x.log"
	case d.Name == "pid" || d.Name == "lock_file":
		return "tmp/" + d.Name
	}
	return "empty.conf"
}

// editArgs replaces values of arguments.
func editArgs(text string, change func(d *conf.Directive, arg int, value string) string) string {
	f, err := conf.Parse("nginx.conf", []byte(text), nil)
	if err != nil {
		return text
	}
	var edits []edit
	for _, p := range places(f) {
		for i, a := range p.d.Args {
			if v := change(p.d, i, a.Value); v != a.Value {
				edits = append(edits, edit{a.Span, quoteWord(v)})
			}
		}
	}
	return apply(text, edits)
}

// dropAt drops what a verdict is about: the directive that begins or ends at its line, a statement
// rather than a block; where there is no line, all that use the variable it names.
func dropAt(text string, v Verdict) string {
	f, err := conf.Parse("nginx.conf", []byte(text), nil)
	if err != nil {
		return text
	}
	var drop []edit
	for _, p := range places(f) {
		at := f.Position(p.d.Head.Start).Line == v.Line || f.Position(p.d.Span.End-1).Line == v.Line
		if m := unknownVariable.FindStringSubmatch(v.Message); v.Line == 0 && m != nil {
			at = strings.Contains(f.Slice(p.d.Head), "$"+m[1])
		}
		if at && !p.d.IsBlock {
			return apply(text, []edit{{p.d.Span, ""}})
		}
		if at {
			drop = []edit{{p.d.Span, ""}}
		}
	}
	return apply(text, drop)
}

var unknownVariable = regexp.MustCompile(`^unknown "([^"]*)" variable$`)

// Archive reads the configurations of a fixture that is a txtar file, by unpacking it into a
// folder. Where it holds an nginx.conf, it is that one; a proof's cases are left to the proofs.
func Archive(path, dir string) ([]Seed, error) {
	src, err := os.ReadFile(path)
	if err != nil || strings.HasPrefix(filepath.Base(path), "proof") {
		return nil, err
	}
	target := dir
	for _, f := range txtar.Parse(src).Files {
		full := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(full, f.Data, 0o644); err != nil {
			return nil, err
		}
		if f.Name == "nginx.conf" {
			target = full
		}
	}
	seeds, err := Configurations(target)
	if errors.Is(err, conf.ErrNothing) {
		return nil, nil
	}
	return seeds, err
}
