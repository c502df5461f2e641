package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/config"
	"github.com/nginxlint/nginxlint/lint/model"
)

// docCheck is one page's way through the test.
type docCheck struct {
	page   *docPage
	folder *docFolder
	// generated pages are made from the rules, whose examples are run elsewhere.
	generated bool

	complaints []string
	renewed    []byte
	moved      int // how much longer the renewed page is up to here
}

// check looks at everything on the page. The renewed page is the one with what
// is generated as it should be.
func (d *docCheck) check() (renewed []byte, complaints []string) {
	d.renewed = bytes.Clone(d.page.source)
	// Files first: a command may stand ahead of what it reads.
	for i := range d.page.blocks {
		d.keepFile(&d.page.blocks[i])
	}
	for i := range d.page.blocks {
		b := &d.page.blocks[i]
		if err := d.block(b); err != nil {
			d.complain("%s:%d: %v", d.page.path, b.line, err)
		}
	}
	for _, link := range d.page.links {
		if err := d.link(link); err != nil {
			d.complain("%s: link to %s: %v", d.page.path, link, err)
		}
	}
	for _, span := range d.page.spans {
		if err := errors.Join(flagExists(span), d.pathExists(span)); err != nil {
			d.complain("%s: `%s`: %v", d.page.path, span, err)
		}
	}
	for _, name := range envName.FindAllString(string(d.page.source), -1) {
		if !variables(d.folder.repo)[name] {
			d.complain("%s: nothing reads the environment variable %s", d.page.path, name)
		}
	}
	return d.renewed, d.complaints
}

func (d *docCheck) complain(format string, args ...any) {
	d.complaints = append(d.complaints, fmt.Sprintf(format, args...))
}

// renew puts the text that a block should have in its place.
func (d *docCheck) renew(b *docBlock, want string) {
	d.renewed = slices.Replace(d.renewed, b.start+d.moved, b.end+d.moved, []byte(want)...)
	d.moved += len(want) - (b.end - b.start)
}

// keepFile writes a block that is a file into the folder.
func (d *docCheck) keepFile(b *docBlock) {
	if b.mark != "file" {
		return
	}
	path := filepath.Join(d.folder.dir, filepath.FromSlash(b.name))
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(b.text), 0o644)
	}
	if err != nil {
		d.complain("%s:%d: %v", d.page.path, b.line, err)
	}
}

// block checks a block of code by its language.
func (d *docCheck) block(b *docBlock) error {
	switch {
	case strings.TrimSpace(b.text) == "":
		return errors.New("is empty")
	case b.mark == "from":
		return d.same(b)
	}
	switch b.language {
	case "nginx":
		if d.generated {
			return nil
		}
		return d.nginx(b)
	case "console":
		want, err := d.folder.transcript(b.text)
		if err == nil && want != b.text {
			d.renew(b, want)
			err = errors.New("is not what the command says: go test ./cmd/nginxlint -run Docs -update")
		}
		return err
	case "sh":
		return errors.Join(d.folder.instructions(b.text)...)
	case "yaml":
		return d.yaml(b)
	case "groovy":
		return errors.Join(d.folder.groovy(b.text)...)
	case "json":
		if !json.Valid([]byte(b.text)) {
			return errors.New("is no JSON")
		}
		return nil
	case "go":
		_, err := parser.ParseFile(token.NewFileSet(), "", b.text, parser.SkipObjectResolution)
		return err
	case "text", "dockerfile":
		if b.mark == "" && !d.generated {
			return fmt.Errorf("nothing checks a block of %s that is no file", b.language)
		}
		return nil
	}
	return fmt.Errorf("nothing checks a block of language %q", b.language)
}

// same compares a block with the file that it shows.
func (d *docCheck) same(b *docBlock) error {
	text, err := os.ReadFile(filepath.Join(d.folder.repo, filepath.FromSlash(b.name)))
	if err != nil {
		return err
	}
	if string(text) == b.text {
		return nil
	}
	d.renew(b, string(text))
	return fmt.Errorf("is not what %s holds: go test ./cmd/nginxlint -run Docs -update", b.name)
}

// nginx lints a block: all must parse, and what is not the file of an example,
// whose findings a console block shows, must be without fault.
func (d *docCheck) nginx(b *docBlock) error {
	path := filepath.Join(d.folder.dir, fmt.Sprintf(".line-%d.conf", b.line))
	if b.mark == "file" {
		path = filepath.Join(d.folder.dir, filepath.FromSlash(b.name))
	} else {
		if err := os.WriteFile(path, []byte(b.text), 0o644); err != nil {
			return err
		}
		defer os.Remove(path)
	}
	c := d.folder.command()
	set, err := conf.Load([]string{path}, conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: d.folder.dir})
	if err != nil {
		return err
	}
	result := lint.Run(set, lint.Options{Rules: c.rules, FS: conf.Disk{}})
	errs := slices.Clone(result.Errors)
	for i := range result.Findings {
		f := &result.Findings[i]
		if f.Rule.ID == "syntax" || b.mark == "" && f.Severity >= lint.Warning && !f.Rule.Pedantic {
			errs = append(errs, fmt.Errorf("%s: %s", f.Rule.ID, f.Message))
		}
	}
	return errors.Join(errs...)
}

// yaml reads a block, nginxlint's own configuration file as the command does.
func (d *docCheck) yaml(b *docBlock) error {
	path := filepath.Join(d.folder.dir, filepath.FromSlash(b.name))
	if b.mark == "file" && filepath.Base(path) == config.DefaultName() {
		_, err := config.Load(conf.Disk{}, path, d.folder.command().rules)
		return err
	}
	var all []error
	decoder := yaml.NewDecoder(strings.NewReader(b.text))
	for n := 0; ; n++ {
		var document yaml.Node
		err := decoder.Decode(&document)
		if errors.Is(err, io.EOF) && n > 0 {
			return errors.Join(all...)
		}
		var v any // the node alone may have a key twice
		if err == nil {
			err = document.Decode(&v)
		}
		if err != nil {
			return err
		}
		all = slices.Concat(all, d.folder.pipeline(&document))
	}
}

// link checks that a link within the repository leads somewhere.
func (d *docCheck) link(link string) error {
	target := link
	base := filepath.Dir(d.page.path)
	if rest, ok := strings.CutPrefix(link, "https://"+lint.Home+"/blob/main/"); ok {
		target, base = rest, d.folder.repo
	}
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "" {
		return err
	}
	path := d.page.path
	if u.Path != "" {
		path = filepath.Join(base, filepath.FromSlash(u.Path))
	}
	if _, err := os.Stat(path); err != nil {
		return errors.New("there is no such file")
	}
	if u.Fragment == "" {
		return nil
	}
	page := d.page
	if u.Path != "" {
		if page, err = readDoc(path); err != nil {
			return err
		}
	}
	if !page.anchor[u.Fragment] {
		return errors.New("there is no such heading")
	}
	return nil
}
