package lint

import (
	"strings"
	"sync"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Pass is what a rule works with: one configuration, and where to report.
type Pass struct {
	// Config is the configuration. Config.Version is the target version, zero
	// when unknown. It is nil in OnIgnore.
	Config *model.Config
	// Deploy is what the files around the configuration say about how it is
	// deployed. It is never nil but in OnIgnore, and empty where there are none.
	Deploy *deploy.Evidence

	rule    *Rule
	options map[string]int64
	sink    *[]Finding
	shared  *shared
}

// shared holds what rules work out once for a configuration.
type shared struct {
	mu    sync.Mutex
	parts map[any]func() any
	paths map[*conf.Node]string
}

// Shared returns what work returns for this configuration, calling it once
// however many rules ask for the same key. The key is of a type of its own, as
// for a context; the value is shared by rules that run at the same time and must
// not be changed.
func (p *Pass) Shared(key any, work func() any) any {
	p.shared.mu.Lock()
	part := p.shared.parts[key]
	if part == nil {
		part = sync.OnceValue(work)
		p.shared.parts[key] = part
	}
	p.shared.mu.Unlock()
	return part()
}

// Report records a finding about a node. Fields left empty are filled in: the
// place with the node's head, the severity with the rule's own. A finding about
// a block that only stands around a fragment is dropped: there is no text to
// show, and what is missing there may be where the fragment is included.
func (p *Pass) Report(n *conf.Node, f Finding) {
	if n.Directive == nil || n.File == nil {
		return
	}
	if f.Place.File == nil {
		f.Place = At(n)
	}
	f.Block, f.Subject = p.blockPath(n), n.Text()
	p.ReportPlace(f)
}

// ReportPlace records a finding that is about no directive; its Place must be set.
func (p *Pass) ReportPlace(f Finding) {
	f.Rule = p.rule
	if f.Severity == 0 {
		f.Severity = p.rule.Severity
	}
	*p.sink = append(*p.sink, f)
}

// blockPath names the blocks around a node, outermost first.
func (p *Pass) blockPath(n *conf.Node) string {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	return p.shared.pathOf(n.Parent)
}

// pathOf is the path of a block, itself included. Paths are kept: looking for
// what tells a block from its siblings takes long in one of many directives.
func (s *shared) pathOf(block *conf.Node) string {
	if block == nil || block.Directive == nil {
		return ""
	}
	path, ok := s.paths[block]
	if !ok {
		path = blockName(block.Directive, func(name string) *conf.Directive {
			if n := block.Child(name); n != nil {
				return n.Directive
			}
			return nil
		})
		if outer := s.pathOf(block.Parent); outer != "" {
			path = outer + "/" + path
		}
		s.paths[block] = path
	}
	return path
}

// blockName is a block's name with what tells it from its siblings. child finds
// the first directive of a name in it.
func blockName(d *conf.Directive, child func(name string) *conf.Directive) string {
	label := strings.Join(d.Values(), " ")
	if d.Name == "server" {
		if names := child("server_name"); names != nil {
			label = names.Arg(0)
		} else if listen := child("listen"); listen != nil {
			label = listen.Arg(0)
		}
	}
	if label == "" {
		return d.Name
	}
	return d.Name + "[" + label + "]"
}
