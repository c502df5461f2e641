package lint

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Options say what [Run] does.
type Options struct {
	// Rules are those to run, as [Select] returns them.
	Rules []*Rule
	// Version is the nginx version that will run the configuration. Where it is
	// zero, the deployment's files may tell; else it stays unknown.
	Version nginx.Version
	// Flavour is which program of nginx's family will run the configuration.
	Flavour nginx.Flavour
	// Directives are those of modules that nginx does not come with, as
	// [nginx.Declare] makes them.
	Directives []*nginx.Directive
	// Values are those of the rules' options.
	Values OptionValues
	// MinSeverity drops quieter findings.
	MinSeverity Severity
	// Level, if not nil, decides how loud the findings of a rule in a file are,
	// whose severity is s so far; 0 drops them.
	Level func(r *Rule, f *conf.File, s Severity) Severity
	// Known are all rules that comments may name; nil means Rules.
	Known []*Rule
	// NoIgnores passes over comments that hide findings.
	NoIgnores bool
	// Now is when the run takes place, which ends the term of comments; zero
	// means the present.
	Now time.Time
	// Baseline, if not nil, hides the findings that it knows.
	Baseline *Baseline
	// Only, if not nil, tells in which files findings are reported.
	Only func(*conf.File) bool
	// FS is where the deployment's files are looked for, and those that a
	// baseline names; nil looks for none.
	FS conf.FS
}

// known are the rules that comments and baselines may name.
func (o *Options) known(r *Result) []*Rule {
	if o.Known == nil {
		return r.Rules
	}
	return o.Known
}

// Run runs the rules over every tree of a set.
func Run(set *conf.Set, o Options) *Result {
	r := &Result{Rules: slices.DeleteFunc(slices.Clone(o.Rules), func(r *Rule) bool { return slices.Contains(r.Except, o.Flavour) })}
	slices.SortFunc(r.Rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	seen := map[*conf.File]bool{}
	w := work{Result: r, failed: map[*Rule]bool{}}
	var found []Finding
	for _, t := range set.Trees {
		for _, f := range t.Files {
			if !seen[f] {
				seen[f] = true
				r.Files = append(r.Files, f)
			}
		}
		found = append(found, w.tree(t, o)...)
	}
	r.Findings = w.policy(found, o)
	return r
}

// work is a result while it comes to be.
type work struct {
	*Result
	failed   map[*Rule]bool // rules that panicked
	deployed bool           // files of a deployment were found
}

// ran returns the rules that could find something.
func (w *work) ran() map[*Rule]bool {
	out := map[*Rule]bool{}
	for _, rule := range w.Rules {
		out[rule] = !w.failed[rule] && (!rule.NeedsDeploy || w.deployed)
	}
	return out
}

// tree runs the rules over one tree.
func (w *work) tree(t *conf.Tree, o Options) []Finding {
	evidence := &deploy.Evidence{}
	if o.FS != nil {
		evidence = deploy.Find(o.FS, t.RootFile.Real, realPaths(t))
	}
	w.deployed = w.deployed || len(evidence.Containers) > 0
	version := o.Version
	if version.IsZero() && !o.Flavour.OwnReleases() {
		// A tag that is no version is no reason to fail: it stays unknown.
		version, _ = nginx.ParseVersion(evidence.NginxVersion())
	}
	var nodes map[string][]*conf.Node
	var walk sync.WaitGroup
	walk.Go(func() { nodes = subscribed(t, w.Rules) })
	config := model.Build(t, version)
	config.Flavour, config.Declared = o.Flavour, o.Directives
	w.Configs, w.Evidence = append(w.Configs, config), append(w.Evidence, evidence)
	walk.Wait()
	found, errs := check(config, evidence, w.Rules, o.Values, nodes)
	for i, err := range errs {
		if err != nil {
			w.failed[w.Rules[i]] = true
			w.Errors = append(w.Errors, err)
		}
	}
	return found
}

// Check runs rules over one configuration whose model is there already. What
// they found is in the order of the rules, and no policy was applied to it.
func Check(c *model.Config, evidence *deploy.Evidence, rules []*Rule) ([]Finding, error) {
	found, errs := check(c, evidence, rules, nil, subscribed(c.Tree, rules))
	return found, errors.Join(errs...)
}

// check is [Check] with the values of options and the nodes that the rules
// subscribed to; there is an error, or nil, for each rule. Rules know nothing of
// each other: they run on all cores, and what they found is put together in
// their order.
func check(c *model.Config, evidence *deploy.Evidence, rules []*Rule, values OptionValues, nodes map[string][]*conf.Node) ([]Finding, []error) {
	common := &shared{parts: map[any]func() any{}, paths: map[*conf.Node]string{}}
	found := make([][]Finding, len(rules))
	errs := make([]error, len(rules))
	left := queue{end: len(rules)}
	var workers sync.WaitGroup
	for n := range min(runtime.GOMAXPROCS(0), len(rules)) {
		workers.Go(func() {
			for i, ok := left.take(n%2 == 1); ok; i, ok = left.take(n%2 == 1) {
				p := &Pass{Config: c, Deploy: evidence, rule: rules[i], options: values[rules[i]], sink: &found[i], shared: common}
				errs[i] = p.guard(func() { p.run(nodes) })
			}
		})
	}
	workers.Wait()
	return slices.Concat(found...), errs
}

// whole tells the files that rules could judge: they could be read to the end,
// and all of a configuration that they are part of is in view.
func (w *work) whole() map[*conf.File]bool {
	out := map[*conf.File]bool{}
	for _, config := range w.Configs {
		if config.Tree.Incomplete {
			continue
		}
		for _, f := range config.Tree.Files {
			out[f] = len(f.Problems) == 0
		}
	}
	return out
}

// queue hands out the numbers from start to end, without end. Rules with similar
// names often share work, and would wait for each other if they ran side by
// side: so half of the workers begin at the end.
type queue struct {
	mu         sync.Mutex
	start, end int
}

func (q *queue) take(last bool) (i int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.start == q.end:
		return 0, false
	case last:
		q.end--
		return q.end, true
	}
	q.start++
	return q.start - 1, true
}

func realPaths(t *conf.Tree) []string {
	out := make([]string, len(t.Files))
	for i, f := range t.Files {
		out[i] = f.Real
	}
	return out
}

// subscribed collects, in one walk, the nodes of all names that rules ask for.
func subscribed(t *conf.Tree, rules []*Rule) map[string][]*conf.Node {
	nodes := map[string][]*conf.Node{}
	for _, r := range rules {
		for name := range r.On {
			nodes[name] = nil
		}
	}
	if len(nodes) == 0 {
		return nodes
	}
	var walk func(n *conf.Node)
	walk = func(n *conf.Node) {
		for i := range n.Children {
			c := &n.Children[i]
			if have, ok := nodes[c.Name]; ok {
				nodes[c.Name] = append(have, c)
			}
			if len(c.Children) > 0 {
				walk(c)
			}
		}
	}
	walk(t.Root)
	return nodes
}

// guard runs a part of a rule. One that panics is a bug of that rule; what it
// found before, and all other rules, still count.
func (p *Pass) guard(part func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("internal error in rule %q (please report it): %v", p.rule.ID, v)
		}
	}()
	part()
	return nil
}

// run calls a rule for everything that it subscribed to in a configuration.
func (p *Pass) run(nodes map[string][]*conf.Node) {
	for _, name := range sortedNames(p.rule) {
		for _, n := range nodes[name] {
			p.rule.On[name](p, n)
		}
	}
	if p.rule.OnDirective != nil {
		for _, s := range p.Config.Scopes {
			for i := range s.Node.Children {
				p.rule.OnDirective(p, s, &s.Node.Children[i])
			}
		}
	}
	each(p, p.rule.OnScope, p.Config.Scopes)
	each(p, p.rule.OnServer, p.Config.Servers)
	each(p, p.rule.OnUpstream, p.Config.Upstreams)
	each(p, p.rule.OnProxy, p.Config.Proxies)
	if p.rule.OnConfig != nil {
		p.rule.OnConfig(p, p.Config)
	}
}

func each[T any](p *Pass, f func(*Pass, T), things []T) {
	if f == nil {
		return
	}
	for _, t := range things {
		f(p, t)
	}
}

func sortedNames(r *Rule) []string {
	names := make([]string, 0, len(r.On))
	for name := range r.On {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
