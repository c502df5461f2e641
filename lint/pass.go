package lint

import (
	"strings"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

// Pass is what a rule works with: one configuration, and where to report.
type Pass struct {
	// Config is the configuration. Config.Version is the target version, zero
	// when unknown.
	Config *model.Config
	// Deploy is what the files around the configuration say about how it is
	// deployed. It is never nil, and empty where there are none.
	Deploy *deploy.Evidence

	rule *Rule
	sink *[]Finding
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
	f.Block, f.Subject = blockPath(n), n.Text()
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
func blockPath(n *conf.Node) string {
	var parts []string
	for at := n.Parent; at != nil && at.Directive != nil; at = at.Parent {
		parts = append(parts, blockName(at))
	}
	for i, j := 0, len(parts)-1; i < j; i, j = i+1, j-1 {
		parts[i], parts[j] = parts[j], parts[i]
	}
	return strings.Join(parts, "/")
}

// blockName is a block's name with what tells it from its siblings.
func blockName(n *conf.Node) string {
	label := strings.Join(n.Values(), " ")
	if n.Name == "server" {
		if names := n.Child("server_name"); names != nil {
			label = names.Arg(0)
		} else if listen := n.Child("listen"); listen != nil {
			label = listen.Arg(0)
		}
	}
	if label == "" {
		return n.Name
	}
	return n.Name + "[" + label + "]"
}
