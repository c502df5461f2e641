package linttest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Judgement is what a linter says about a configuration.
type Judgement struct {
	// Errors are what it says that nginx refuses, each as "rule-id: line: message".
	Errors []string
	// Timeless are those it says of every release, which must hold for each.
	Timeless []string
	// UnknownDirective says that it warns of a directive it does not know.
	UnknownDirective bool
}

// Judge gives the judgement about a configuration whose files are in dir.
type Judge func(text, dir string, v nginx.Version) (Judgement, error)

// LintJudge is nginxlint with some rules. A finding says that nginx refuses the configuration if
// it is an error and its rule is about start-up. Rules of unseen are left out: they tell what
// "nginx -t" does not notice.
func LintJudge(rules []*lint.Rule, unseen ...string) Judge {
	rules = slices.DeleteFunc(slices.Clone(rules), func(r *lint.Rule) bool {
		return r.Category != lint.Startup || slices.Contains(unseen, r.ID)
	})
	return func(text, dir string, v nginx.Version) (Judgement, error) {
		tree, err := conf.Text("nginx.conf", []byte(text), conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: dir})
		if err != nil {
			return Judgement{}, err
		}
		var j Judgement
		set := &conf.Set{Trees: []*conf.Tree{tree}}
		// What runs is known to be open source nginx, and so what NGINX Plus takes is refused.
		timed := lint.Run(set, lint.Options{Rules: rules, Version: v, Flavour: nginx.Open})
		timeless := lint.Run(set, lint.Options{Rules: rules})
		for _, f := range timed.Findings {
			j.UnknownDirective = j.UnknownDirective || f.Rule.ID == "unknown-directive"
		}
		j.Errors, j.Timeless = errorsOf(timed), errorsOf(timeless)
		return j, errors.Join(append(timed.Errors, timeless.Errors...)...)
	}
}

// errorsOf lists the errors in a result, without those about a second "user": without rights, nginx
// passes over it before it looks (ngx_set_user, src/core/nginx.c).
func errorsOf(r *lint.Result) []string {
	var out []string
	for _, f := range r.Findings {
		if f.Severity == lint.Error && !strings.HasPrefix(f.Message, `"user" directive is duplicate`) {
			out = append(out, fmt.Sprintf("%s: line %d: %s", f.Rule.ID, f.Place.Position().Line, f.Message))
		}
	}
	return out
}

// alarms are the errors that nginx must not contradict.
func (j Judgement) alarms() []string { return slices.Concat(j.Errors, j.Timeless) }

// refuses reports whether the judgement foretells a refusal. A directive that only a third-party
// module can know need not be called an error.
func (j Judgement) refuses(v Verdict) bool {
	return len(j.Errors) > 0 || j.UnknownDirective && strings.HasPrefix(v.Message, "unknown directive")
}

// Trial is one configuration that nginx and the judge are asked about.
type Trial struct {
	// Name says where it comes from, What what was done to it.
	Name, What string
	Text       string
}

// Disagreement is a trial that the two do not agree about.
type Disagreement struct {
	Trial
	Verdict   Verdict
	Judgement Judgement
	// Count is how many trials disagree in this way.
	Count int
}

// Tally is the result of many trials.
type Tally struct {
	Accepted, Refused, Foretold int
	// Aside counts, by pattern, the trials that nginx refuses for what is around the configuration.
	Aside map[string]int
	// Skipped counts the trials that were not run because nginx would have listened beyond the
	// loopback addresses.
	Skipped int
	// Broken are the trials that nginx crashed at or did not finish.
	Broken []Disagreement
	// FalseAlarms are the trials that nginx accepts and the judge does not, one for each rule and
	// message.
	FalseAlarms []Disagreement
	// Missed are the trials that nginx refuses and the judge does not, one for each pattern,
	// most frequent first.
	Missed []Disagreement
}

// Share is how many of nginx's refusals the judge foretells, from 0 to 1.
func (t *Tally) Share() float64 {
	if t.Refused == 0 {
		return 1
	}
	return float64(t.Foretold) / float64(t.Refused)
}

func (t *Tally) String() string {
	aside := 0
	for _, n := range t.Aside {
		aside += n
	}
	return fmt.Sprintf("nginx accepts %d and refuses %d, of which %d (%.2f %%) are foretold; left aside %d, not run %d, broken %d",
		t.Accepted, t.Refused, t.Foretold, 100*t.Share(), aside, t.Skipped, len(t.Broken))
}

// Oracle asks nginx -t and a judge about configurations.
type Oracle struct {
	judge   Judge
	version nginx.Version
	benches []*bench
}

// oracleWorkers is how many nginx run at the same time.
const oracleWorkers = 2

// NewOracle sets nginx up in a folder, which other users must be able to reach.
func NewOracle(ctx context.Context, n Nginx, dir string, judge Judge) (*Oracle, error) {
	v, err := nginx.ParseVersion(n.Version)
	if err != nil {
		return nil, err
	}
	files, err := benchFiles()
	if err != nil {
		return nil, err
	}
	o := &Oracle{judge: judge, version: v}
	for i := range oracleWorkers {
		sub := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(sub, 0o755); err != nil {
			return nil, err
		}
		b, err := newBench(ctx, n, sub, files)
		if err != nil {
			return nil, err
		}
		o.benches = append(o.benches, b)
	}
	return o, nil
}

// opinion is what both say about one trial.
type opinion struct {
	verdict   Verdict
	judgement Judgement
	skipped   bool
	err       error
}

// ask asks both about one configuration.
func (o *Oracle) ask(ctx context.Context, b *bench, text string) (a opinion) {
	if !staysLocal(text) {
		a.skipped = true
		return a
	}
	if a.verdict, a.err = b.test(ctx, text); a.err != nil {
		return a
	}
	a.judgement, a.err = o.judge(text, b.dir, o.version)
	return a
}

// Run asks about all trials. The error tells of a linter or a machine that failed.
func (o *Oracle) Run(ctx context.Context, trials []Trial) (*Tally, error) {
	opinions := make([]opinion, len(trials))
	o.each(len(trials), func(b *bench, i int) {
		opinions[i] = o.ask(ctx, b, trials[i].Text)
	})
	t := &Tally{Aside: map[string]int{}}
	var errs []error
	for i, a := range opinions {
		if a.err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", trials[i].Name, trials[i].What, a.err))
			continue
		}
		t.add(trials[i], a)
	}
	if len(errs) > 20 {
		errs = errs[:20]
	}
	slices.SortStableFunc(t.Missed, func(a, b Disagreement) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Verdict.Pattern, b.Verdict.Pattern))
	})
	return t, errors.Join(errs...)
}

// each calls f for every index below n, on all benches at once.
func (o *Oracle) each(n int, f func(b *bench, i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for _, b := range o.benches {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(b, i)
			}
		})
	}
	wg.Wait()
}

// add counts one trial.
func (t *Tally) add(trial Trial, a opinion) {
	d := Disagreement{Trial: trial, Verdict: a.verdict, Judgement: a.judgement, Count: 1}
	switch {
	case a.skipped:
		t.Skipped++
	case a.verdict.Kind == Broken:
		t.Broken = append(t.Broken, d)
	case a.verdict.Kind == Aside:
		t.Aside[a.verdict.Pattern]++
	case a.verdict.Kind == Accepted:
		t.Accepted++
		if len(a.judgement.alarms()) > 0 {
			t.FalseAlarms = gather(t.FalseAlarms, d, alarm)
		}
	default:
		t.Refused++
		if a.judgement.refuses(a.verdict) {
			t.Foretold++
		} else {
			t.Missed = gather(t.Missed, d, func(d Disagreement) string { return d.Verdict.Pattern })
		}
	}
}

// alarm names a false alarm, so that one mistake of the judge is shown once.
func alarm(d Disagreement) string {
	rule, message, _ := strings.Cut(d.Judgement.alarms()[0], ": ")
	_, message, _ = strings.Cut(message, ": ")
	return rule + ": " + pattern(message, "", 0)
}

// gather adds a disagreement to the first that is named alike. The shorter text is kept.
func gather(all []Disagreement, d Disagreement, name func(Disagreement) string) []Disagreement {
	i := slices.IndexFunc(all, func(o Disagreement) bool { return name(o) == name(d) })
	if i < 0 {
		return append(all, d)
	}
	d.Count += all[i].Count
	if len(d.Text) >= len(all[i].Text) {
		d = all[i]
		d.Count++
	}
	all[i] = d
	return all
}
