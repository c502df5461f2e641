package linttest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// step is one line of a .want file.
type step struct {
	line int
	text string
	run  action
}

// action does a step, or says what was not as it should be.
type action func(ctx context.Context, t *trial) error

// steps reads the lines of want, which is c's, expanded or not, and returns c with the settings at
// their top. Where no step starts nginx, one is put before the first that needs it running.
func (p *Proof) steps(c Case, want string) ([]step, Case, error) {
	var steps []step
	var errs []error
	started := false
	for i, line := range strings.Split(want, "\n") {
		args, err := words(line)
		if err == nil && len(args) == 0 {
			continue
		}
		s := step{line: c.line + i + 1, text: strings.TrimSpace(line)}
		known := false
		if err == nil && len(steps) == 0 {
			known, err = c.setting(args)
		}
		if err == nil && !known {
			s.run, err = p.parseStep(args, line)
		}
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("%s:%d: %w", p.Path, s.line, err))
		case known:
		default:
			if !started && needsNginx(args[0]) {
				steps = append(steps, step{s.line, "start ok", startStep(outcome{})})
				started = true
			}
			started = started || args[0] == "start"
			steps = append(steps, s)
		}
	}
	if len(steps) == 0 && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("%s:%d: %s.want expects nothing", p.Path, c.line, c.Name))
	}
	return steps, c, errors.Join(errs...)
}

// needsNginx says whether a step wants nginx to run.
func needsNginx(verb string) bool {
	switch verb {
	case "start", "test", "backend", "dns", "hosts", "use":
		return false
	}
	return true
}

// parseStep reads one step; line is its text, for the steps that take a text as it stands.
func (p *Proof) parseStep(args []string, line string) (action, error) {
	verb := args[0]
	if regexp.MustCompile(`^[A-Z]+$`).MatchString(verb) {
		if verb == "TCP" {
			return parseTCP(args[1:])
		}
		return parseRequest(args)
	}
	rest := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), verb))
	switch verb {
	case "start", "test", "reload":
		return parseOutcome(verb, rest)
	case "log", "nolog", "access":
		return parseLogStep(verb, rest)
	case "backend":
		return p.parseBackendStep(args[1:])
	case "conns", "requests", "body", "queries":
		return p.parseCount(verb, args[1:])
	case "sni", "request", "header":
		return p.parseSeen(verb, args[1:])
	}
	return parsePlainStep(args)
}

// parsePlainStep reads the steps that change something around nginx.
func parsePlainStep(args []string) (action, error) {
	switch {
	case args[0] == "sleep" && len(args) == 2:
		d, err := time.ParseDuration(args[1])
		if err == nil && d > stepLimit {
			err = fmt.Errorf("more than %v", stepLimit)
		}
		return func(ctx context.Context, _ *trial) error { return sleep(ctx, d) }, err
	case args[0] == "dns" && len(args) == 2 && args[1] == "flip":
		return func(_ context.Context, t *trial) error {
			if t.dns == nil {
				return errors.New("the proof has no dns")
			}
			t.dns.flip()
			return nil
		}, nil
	case args[0] == "hosts":
		entry, err := parseHostEntry(args[1:])
		return func(_ context.Context, t *trial) error { return t.changeHosts(entry) }, err
	case args[0] == "use" && len(args) == 2:
		return func(_ context.Context, t *trial) error {
			config, err := os.ReadFile(t.setup.path(args[1]))
			if err != nil {
				return err
			}
			return t.setup.write(config)
		}, nil
	}
	return nil, fmt.Errorf("unknown step %q", strings.Join(args, " "))
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (t *trial) changeHosts(entry hostEntry) error {
	if t.setup.isolation.Hosts == "" {
		return errors.New("the proof has no hosts line at its top")
	}
	for i := range t.hosts {
		if t.hosts[i].name == entry.name {
			t.hosts[i] = entry
			return t.writeHosts()
		}
	}
	t.hosts = append(t.hosts, entry)
	return t.writeHosts()
}

// outcome is how a start, a test or a reload is to end.
type outcome struct {
	fail bool
	text matcher // of a failure
}

// parseOutcome reads "[ok]" or "fail TEXT".
func parseOutcome(verb, rest string) (action, error) {
	var o outcome
	switch word, text, _ := strings.Cut(rest, " "); {
	case rest == "" || rest == "ok":
	case word == "fail":
		m, err := parseMatcher(text)
		if err != nil {
			return nil, err
		}
		o = outcome{true, m}
	default:
		return nil, fmt.Errorf("want %q or %q", verb+" ok", verb+" fail TEXT")
	}
	switch verb {
	case "test":
		return testStep(o), nil
	case "reload":
		return reloadStep(o), nil
	}
	return startStep(o), nil
}

// check compares the outcome with what happened: err is nil or an [errRefused].
func (o outcome) check(err error) error {
	var refused *errRefused
	switch {
	case !o.fail || err != nil && !errors.As(err, &refused):
		return err
	case err == nil:
		return errors.New("nginx accepts it")
	case !o.text.in(refused.text):
		return fmt.Errorf("nginx gives another reason: %s", strings.TrimSpace(refused.text))
	}
	return nil
}

func startStep(o outcome) action {
	return func(_ context.Context, t *trial) error {
		if t.proc != nil {
			return errors.New("nginx runs already")
		}
		proc, err := t.setup.start(t.ctx)
		t.proc = proc
		return o.check(err)
	}
}

func testStep(o outcome) action {
	return func(ctx context.Context, t *trial) error {
		ctx, cancel := context.WithTimeout(ctx, stepLimit)
		defer cancel()
		out, ok, err := t.setup.test(ctx)
		if err == nil && !ok {
			err = &errRefused{out}
		}
		return o.check(err)
	}
}

func reloadStep(o outcome) action {
	return func(ctx context.Context, t *trial) error {
		if t.proc == nil {
			return errors.New("nginx does not run")
		}
		return o.check(t.proc.reload(ctx))
	}
}

// matcher finds a text or a regular expression.
type matcher struct {
	text string
	re   *regexp.Regexp // nil for a text
}

// parseMatcher reads "/regexp/", or a text with or without quotes around it.
func parseMatcher(s string) (matcher, error) {
	s = strings.TrimSpace(s)
	if len(s) > 1 && s[0] == '/' && s[len(s)-1] == '/' {
		re, err := regexp.Compile(s[1 : len(s)-1])
		return matcher{re: re}, err
	}
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		s = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
	}
	if s == "" {
		return matcher{}, errors.New("a text is missing")
	}
	return matcher{text: s}, nil
}

func (m matcher) in(s string) bool { return m.count(s) > 0 }

// count is the number of lines that match.
func (m matcher) count(s string) (n int) {
	for line := range strings.Lines(s) {
		if m.re != nil && m.re.MatchString(line) || m.re == nil && strings.Contains(line, m.text) {
			n++
		}
	}
	return n
}

// patience is how long something is waited for that comes about by itself, such as a log line.
const patience = 2 * time.Second

// eventually runs check until it succeeds, and returns its last error when it does not in time.
func eventually(ctx context.Context, check func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := check()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		if err := sleep(ctx, pollInterval); err != nil {
			return err
		}
	}
}

// parseLogStep reads "log [count=N] TEXT", "nolog [TEXT]" or "access [count=N] TEXT".
func parseLogStep(verb, rest string) (action, error) {
	count := -1
	if value, ok := strings.CutPrefix(rest, "count="); ok {
		number, text, _ := strings.Cut(value, " ")
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, err
		}
		count, rest = n, text
	}
	if verb == "nolog" && rest == "" {
		rest = `/\[(error|crit|alert|emerg)\]/`
	}
	m, err := parseMatcher(rest)
	if err != nil {
		return nil, err
	}
	file := "error.log"
	if verb == "access" {
		file = "access.log"
	}
	read := func(t *trial) string { return readLog(t.setup.path(file)) }
	return func(ctx context.Context, t *trial) error {
		if verb == "nolog" {
			if n := m.count(read(t)); n > 0 {
				return fmt.Errorf("it is logged, %d times", n)
			}
			return nil
		}
		return eventually(ctx, func() error {
			switch n := m.count(read(t)); {
			case n == 0 && count != 0:
				return errors.New("it is not logged")
			case count >= 0 && n != count:
				return fmt.Errorf("it is logged %d times", n)
			}
			return nil
		})
	}, nil
}
