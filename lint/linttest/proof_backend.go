package linttest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// parseBackendStep reads "NAME stop", "NAME start" or "NAME set OPTION ...".
func (p *Proof) parseBackendStep(args []string) (action, error) {
	if len(args) < 2 {
		return nil, errors.New(`want "backend NAME stop", "start" or "set OPTION ..."`)
	}
	spec := p.backend(args[0])
	if spec == nil {
		return nil, fmt.Errorf("no backend %q", args[0])
	}
	switch args[1] {
	case "stop":
		return func(_ context.Context, t *trial) error {
			t.backends[spec.name].stop()
			return nil
		}, nil
	case "start":
		return func(_ context.Context, t *trial) error { return t.backends[spec.name].start() }, nil
	case "set":
		trying := spec.script.clone()
		if err := trying.apply(args[2:]); err != nil {
			return nil, err
		}
		return func(_ context.Context, t *trial) error { return t.backends[spec.name].set(args[2:]) }, nil
	}
	return nil, fmt.Errorf("a backend cannot %q", args[1])
}

// parseCount reads "conns|requests|body NAME OP N" or "queries HOST OP N".
func (p *Proof) parseCount(verb string, args []string) (action, error) {
	if len(args) != 3 {
		return nil, fmt.Errorf("want %q", verb+" NAME OP N")
	}
	name := args[0]
	if verb != "queries" && p.backend(name) == nil {
		return nil, fmt.Errorf("no backend %q", name)
	}
	if verb == "queries" && len(p.dns) == 0 {
		return nil, errors.New("the proof has no dns")
	}
	want := comparison[int]{op: args[1]}
	if !want.valid() {
		return nil, fmt.Errorf("unknown comparison %q", want.op)
	}
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return nil, err
	}
	want.value = n
	get := map[string]func(t *trial) int{
		"conns":    func(t *trial) int { return t.backends[name].saw().conns },
		"requests": func(t *trial) int { return t.backends[name].saw().requests },
		"body":     func(t *trial) int { return int(t.backends[name].saw().body) },
		"queries":  func(t *trial) int { return t.dns.asked(name) },
	}[verb]
	return func(ctx context.Context, t *trial) error {
		return eventually(ctx, func() error {
			if got := get(t); !want.holds(cmp.Compare(got, want.value)) {
				return fmt.Errorf("got %d", got)
			}
			return nil
		})
	}, nil
}

// parseSeen reads "sni NAME VALUE", "request NAME LINE" or "header NAME FIELD VALUE", where the
// value "none" means that there was no such thing.
func (p *Proof) parseSeen(verb string, args []string) (action, error) {
	n := 2
	if verb == "header" {
		n = 3
	}
	if len(args) != n {
		return nil, fmt.Errorf("%s takes %d words", verb, n)
	}
	name, want := args[0], args[n-1]
	if p.backend(name) == nil {
		return nil, fmt.Errorf("no backend %q", name)
	}
	get := func(s sightings) []string {
		switch verb {
		case "sni":
			return nonEmpty(s.sni)
		case "request":
			return nonEmpty(strings.TrimSpace(s.method + " " + s.uri + " " + s.proto))
		}
		for field, values := range s.header {
			if strings.EqualFold(field, args[1]) {
				return values
			}
		}
		return nil
	}
	return func(ctx context.Context, t *trial) error {
		return eventually(ctx, func() error {
			saw := t.backends[name].saw()
			got := get(saw)
			switch {
			case saw.conns == 0:
				return fmt.Errorf("backend %s has seen no connection", name)
			case len(got) == 0 && want != "none":
				return fmt.Errorf("backend %s has not seen it", name)
			case len(got) > 0 && !slices.Equal(got, []string{want}):
				return fmt.Errorf("backend %s has seen %q", name, got)
			}
			return nil
		})
	}, nil
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
