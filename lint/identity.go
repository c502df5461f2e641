package lint

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// Identity tells findings apart independently of lines and layout, and of which
// file includes theirs: what is reported is the same for all of these.
type Identity struct {
	// Rule is the rule's id.
	Rule string
	// File is the path of the file, with slashes.
	File string
	// Block is the path of the blocks that are written around the statement in
	// its file, outermost first.
	Block string
	// Text is the statement's name and arguments, with single blanks.
	Text string
}

// Identities makes identities. It keeps what is dear to work out.
type Identities struct {
	path  func(*conf.File) string
	names map[*conf.Directive]string
}

// NewIdentities returns one that names files so.
func NewIdentities(path func(*conf.File) string) *Identities {
	return &Identities{path: path, names: map[*conf.Directive]string{}}
}

// Of is the identity of a finding.
func (n *Identities) Of(f *Finding) Identity { return n.at(f.Rule, f.Place, f.Subject) }

// at is the identity of something that a rule has to say about a place. Where no
// statement is there, it is about the subject.
func (n *Identities) at(rule *Rule, p Place, subject string) Identity {
	id := Identity{Rule: rule.ID, File: n.path(p.File), Text: oneLine(subject)}
	if p.File == nil {
		return id
	}
	blocks := p.File.Enclosing(p.Span.Start)
	if last := len(blocks) - 1; last >= 0 && blocks[last].Introduction().Contains(p.Span.Start) {
		id.Text = oneLine(blocks[last].Text())
		blocks = blocks[:last]
	}
	names := make([]string, len(blocks))
	for i, d := range blocks {
		name, ok := n.names[d]
		if !ok {
			name = blockName(d, func(name string) *conf.Directive { return child(d, name) })
			n.names[d] = name
		}
		names[i] = oneLine(name)
	}
	id.Block = strings.Join(names, "/")
	return id
}

// child is the first directive of that name that is written in a block, or nil.
func child(d *conf.Directive, name string) *conf.Directive {
	for _, c := range d.Block() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// oneLine is a text with single blanks between its words, as JSON can hold it.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\ufffd")), " ")
}
