package linttest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// process is a running nginx.
type process struct {
	setup *setup
	cmd   *exec.Cmd
	done  chan struct{} // closed when nginx has ended
	err   error         // how it ended; valid once done is closed
}

// errRefused says that nginx did not start; the text tells why.
type errRefused struct{ text string }

func (e *errRefused) Error() string { return "nginx did not start: " + strings.TrimSpace(e.text) }

// start runs nginx and waits until its worker runs, or fails with [errRefused] when nginx ends
// before that. The listening sockets are open once it returns. It ends with ctx or by stop.
func (s *setup) start(ctx context.Context) (*process, error) {
	cmd, err := s.command(ctx)
	if err != nil {
		return nil, err
	}
	stderr, err := os.Create(s.path("stderr.log"))
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	cmd.Stdout, cmd.Stderr = stderr, stderr
	if err := cmd.Start(); err != nil {
		if isolationRefused(s.isolation, err) {
			return nil, fmt.Errorf("%w: %w", errIsolation, err)
		}
		return nil, fmt.Errorf("starting nginx: %w", err)
	}
	p := &process{setup: s, cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	err = p.poll(ctx, "its worker to start", func() bool {
		return strings.Contains(p.log(), "start worker process ")
	})
	if err == nil {
		return p, nil
	}
	p.stop()
	if isolationRefused(s.isolation, p.err) {
		return nil, fmt.Errorf("%w: %s", errIsolation, p.output())
	}
	return nil, err
}

// poll waits until ok holds. It fails with [errRefused] if nginx ends before.
func (p *process) poll(ctx context.Context, what string, ok func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	for {
		if ok() {
			return nil
		}
		select {
		case <-p.done:
			return &errRefused{emergencies(p.output())}
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w\n%s", what, ctx.Err(), p.output())
		case <-time.After(pollInterval):
		}
	}
}

// pollInterval is how often a log is looked at again.
const pollInterval = 3 * time.Millisecond

// reload makes nginx read its configuration again, and waits until the new worker serves, or
// returns the reason why nginx goes on with the old one as [errRefused].
func (p *process) reload(ctx context.Context) error {
	before := len(p.log())
	if err := askReload(p.cmd.Process); err != nil {
		return fmt.Errorf("reloading nginx: %w", err)
	}
	var refused string
	master := fmt.Sprintf("[emerg] %d#", p.cmd.Process.Pid)
	err := p.poll(ctx, "the reload", func() bool {
		_, log, _ := strings.Cut(p.log()[before:], "reconfiguring")
		if strings.Contains(log, master) && strings.HasSuffix(log, "\n") {
			refused = emergencies(log)
			return true
		}
		return strings.Contains(log, "gracefully shutting down")
	})
	if err == nil && refused != "" {
		return &errRefused{refused}
	}
	return err
}

// log is the error log so far.
func (p *process) log() string { return readLog(p.setup.path("error.log")) }

// output is everything nginx has said so far.
func (p *process) output() string { return p.log() + readLog(p.setup.path("stderr.log")) }

// readLog returns the text of a file, or nothing as long as there is none.
func readLog(path string) string {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err.Error()
	}
	return string(text)
}

// stop ends nginx and its workers at once.
func (p *process) stop() {
	select {
	case <-p.done:
	default:
		_ = killGroup(p.cmd) // fails only if nginx has just ended by itself
		<-p.done
	}
}
