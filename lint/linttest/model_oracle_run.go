package linttest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/nginxlint/nginxlint/lint/model"
)

// ModelOracle compares what the model says with what nginx does.
type ModelOracle struct {
	benches []*modelBench
}

// modelWorkers is how many configurations run at the same time; some of them wait for slow backends.
const modelWorkers = 4

// NewModelOracle sets nginx and its backends up in a folder.
func NewModelOracle(n Nginx, dir string) (*ModelOracle, error) {
	o := &ModelOracle{}
	for i := range modelWorkers {
		sub, err := benchDir(dir, i)
		if err != nil {
			return nil, err
		}
		b, err := newModelBench(n, sub)
		if err != nil {
			o.Close()
			return nil, err
		}
		o.benches = append(o.benches, b)
	}
	return o, nil
}

// Close ends the backends.
func (o *ModelOracle) Close() {
	for _, b := range o.benches {
		b.close()
	}
}

// ModelDifference is a case about which the model is wrong.
type ModelDifference struct {
	Number uint64 // of the case in its seed
	Case   ModelCase
	What   string
}

// ModelTally is the result of many cases.
type ModelTally struct {
	// Ran counts the configurations that nginx started with, Requests what was sent to them, of
	// which Foretold were compared and Received reached a backend.
	Ran                          uint64
	Requests, Foretold, Received int
	// Unsteady counts the differences that did not come back when the case was run once more.
	Unsteady    int
	Refusals    []string
	Differences []ModelDifference
	// Backends counts what was foretold and received, by backend; Retried the requests that went to
	// more than one, TimedOut and Named those that ended in a 504, and that came with a server name.
	Backends                 map[string]int
	Retried, TimedOut, Named int
	// Paged counts those that went on to an error_page.
	Paged int

	unknown map[string]int
}

func (t *ModelTally) String() string {
	return fmt.Sprintf("%d configurations, %d requests, %d foretold, of which %d reach a backend (%d with a server name), %d several, %d time out and %d go on to an error page; %d refused, %d unsteady, %d differences",
		t.Ran, t.Requests, t.Foretold, t.Received, t.Named, t.Retried, t.TimedOut, t.Paged, len(t.Refusals), t.Unsteady, len(t.Differences))
}

// Common are the n most frequent reasons why a request was not foretold.
func (t *ModelTally) Common(n int) []string {
	all := slices.SortedFunc(maps.Keys(t.unknown), func(a, b string) int {
		return cmp.Or(cmp.Compare(t.unknown[b], t.unknown[a]), cmp.Compare(a, b))
	})
	var out []string
	for _, why := range all[:min(n, len(all))] {
		out = append(out, fmt.Sprintf("%d times: %s", t.unknown[why], why))
	}
	return out
}

// Check runs one case and returns how the model is wrong about it, "" if it is not. It is an error
// if nginx does not start, or if nothing of the case is foretold.
func (o *ModelOracle) Check(ctx context.Context, c ModelCase) (string, error) {
	r, err := o.benches[0].check(ctx, c)
	switch {
	case err != nil:
		return "", err
	case r.refusal != "":
		return "", errors.New(r.refusal)
	case len(r.unknown) > 0 && r.difference == "":
		return "", fmt.Errorf("not foretold: %s", r.unknown[0])
	}
	return r.difference, nil
}

// Generate runs the first n cases of a seed.
func (o *ModelOracle) Generate(ctx context.Context, seed, n uint64) (*ModelTally, error) {
	t := &ModelTally{Backends: map[string]int{}, unknown: map[string]int{}}
	var next atomic.Uint64
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	for _, b := range o.benches {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
				c := GenerateModelCase(seed, i, b.nginx.stream)
				r, err := b.check(ctx, c)
				mu.Lock()
				if err != nil {
					errs = append(errs, fmt.Errorf("case %d: %w", i, err))
				} else {
					t.add(i, c, r)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return t, errors.Join(errs...)
}

func (t *ModelTally) add(i uint64, c ModelCase, r modelResult) {
	if r.refusal != "" {
		t.Refusals = append(t.Refusals, fmt.Sprintf("case %d: %s", i, r.refusal))
		return
	}
	t.Ran++
	t.Requests += len(c.Requests)
	t.Foretold += r.foretold
	t.Paged += r.paged
	for _, o := range r.outcomes {
		t.count(o)
	}
	for _, why := range r.unknown {
		t.unknown[why]++
	}
	if r.unsteady {
		t.Unsteady++
	}
	if r.difference != "" {
		t.Differences = append(t.Differences, ModelDifference{i, c, r.difference})
	}
}

// count adds a request that was foretold.
func (t *ModelTally) count(o modelOutcome) {
	if o.status == http.StatusGatewayTimeout {
		t.TimedOut++
	}
	if len(o.got) == 0 {
		return
	}
	t.Received++
	for _, r := range o.got {
		t.Backends[r.backend]++
	}
	if len(o.got) > 1 {
		t.Retried++
	}
	if o.got[0].sni != "" {
		t.Named++
	}
}

// modelResult is what comes of one case.
type modelResult struct {
	refusal    string // nginx does not start
	foretold   int
	paged      int
	outcomes   []modelOutcome // of the requests that were foretold
	unknown    []string
	difference string // the first one
	unsteady   bool
}

// modelTries is how often a difference must show. A machine under load may let a time limit pass, or a
// slow backend answer in time.
const modelTries = 3

// check runs a case and compares.
func (b *modelBench) check(ctx context.Context, c ModelCase) (modelResult, error) {
	r, err := b.checkOnce(ctx, c)
	for i := 1; i < modelTries && err == nil && r.difference != ""; i++ {
		var again modelResult
		if again, err = b.checkOnce(ctx, c); again.difference == "" {
			again.unsteady = true
		}
		r = again
	}
	return r, err
}

func (b *modelBench) checkOnce(ctx context.Context, c ModelCase) (r modelResult, err error) {
	if !c.listens() {
		return modelResult{refusal: "nothing listens where the requests go"}, nil
	}
	cfg, s, err := b.load(c)
	if err != nil {
		return r, err
	}
	outcomes, err := b.run(ctx, s, c.Requests)
	var refused *errRefused
	if errors.As(err, &refused) {
		return modelResult{refusal: refused.text}, nil
	}
	if err != nil {
		return r, err
	}
	return b.judge(cfg, c.Requests, outcomes), nil
}

// judge compares what became of requests with what a model says of them.
func (b *modelBench) judge(cfg *model.Config, requests []ModelRequest, outcomes []modelOutcome) (r modelResult) {
	f := forecaster{cfg, b}
	for i, request := range requests {
		said := f.foretell(request)
		if said.why != "" {
			r.unknown = append(r.unknown, said.why)
			continue
		}
		r.foretold++
		r.outcomes = append(r.outcomes, outcomes[i])
		if said.then != nil {
			r.paged++
		}
		if d := said.compare(outcomes[i]); d != "" && r.difference == "" {
			r.difference = fmt.Sprintf("%s: %s", request, d)
		}
	}
	return r
}
