package linttest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// requestStep is a request to nginx and what is to come back.
type requestStep struct {
	method, path string
	proto        string // "HTTP/1.1", "HTTP/1.0" or "h2"
	on           string // which of nginx's addresses
	tls          bool
	host         string
	fields       []string
	body         int
	parallel     int           // so many at the same time; 0: one after another
	under        time.Duration // each answer is there within this time; 0: within the step's
	over         time.Duration // no answer is there before
	has          []string      // texts in each answer's body
	answers      []string      // header lines of each answer
	want         []expected
}

// expected is an outcome and how often it is to be seen.
type expected struct {
	outcome string // a status, "reset", "cut" or "http1"
	count   int    // 0: once or more
}

// parseRequest reads "METHOD PATH [OPTION ...] OUTCOME ...".
func parseRequest(args []string) (action, error) {
	if len(args) < 3 {
		return nil, errors.New(`want "METHOD PATH [OPTION ...] OUTCOME ..."`)
	}
	r := requestStep{method: args[0], path: args[1], proto: "HTTP/1.1", host: "localhost"}
	outcome := regexp.MustCompile(`^(\d{3}|reset|cut|http1)(\*\d+|\+)?$`)
	for _, arg := range args[2:] {
		if m := outcome.FindStringSubmatch(arg); m != nil {
			e := expected{outcome: m[1], count: 1}
			switch {
			case m[2] == "+":
				e.count = 0
			case m[2] != "":
				e.count, _ = strconv.Atoi(m[2][1:])
			}
			r.want = append(r.want, e)
			continue
		}
		name, value, _ := strings.Cut(arg, "=")
		if err := r.apply(name, value); err != nil {
			return nil, fmt.Errorf("option %q: %w", arg, err)
		}
	}
	return r.run, r.check()
}

func (r *requestStep) apply(name, value string) (err error) {
	switch name {
	case "on":
		r.on = value
	case "tls":
		r.tls, err = parseFlag(value)
	case "http10":
		r.proto = "HTTP/1.0"
	case "h2":
		r.proto = "h2"
	case "host":
		r.host = value
	case "field":
		r.fields = append(r.fields, value)
	case "body":
		r.body, err = parseSize(value)
	case "parallel":
		r.parallel, err = strconv.Atoi(value)
	case "under":
		r.under, err = time.ParseDuration(value)
	case "over":
		r.over, err = time.ParseDuration(value)
	case "has":
		r.has = append(r.has, value)
	case "answer":
		r.answers = append(r.answers, value)
	default:
		err = errors.New("unknown option")
	}
	return err
}

// check finds expectations that cannot be met.
func (r *requestStep) check() error {
	total, open := 0, false
	for _, e := range r.want {
		total += e.count
		open = open || e.count == 0
	}
	switch {
	case len(r.want) == 0:
		return errors.New("no outcome is expected")
	case r.parallel == 0 && open:
		return errors.New(`"+" needs parallel=N`)
	case r.parallel > 0 && !open && total != r.parallel:
		return fmt.Errorf("%d outcomes are expected of %d requests", total, r.parallel)
	}
	return nil
}

func (r *requestStep) run(ctx context.Context, t *trial) error {
	if r.parallel > 0 {
		return r.runParallel(ctx, t)
	}
	for _, e := range r.want {
		for range e.count {
			got, err := r.once(ctx, t)
			if err != nil {
				return err
			}
			if got != e.outcome {
				return fmt.Errorf("got %s where %s is expected", got, e.outcome)
			}
		}
	}
	return nil
}

func (r *requestStep) runParallel(ctx context.Context, t *trial) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	got := map[string]int{}
	for range r.parallel {
		wg.Go(func() {
			outcome, err := r.once(ctx, t)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
			got[outcome]++
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	want := map[string]bool{}
	for _, e := range r.want {
		want[e.outcome] = true
		if n := got[e.outcome]; n == 0 || e.count > 0 && n != e.count {
			return fmt.Errorf("got %v", got)
		}
	}
	for outcome := range got {
		if !want[outcome] {
			return fmt.Errorf("got %v", got)
		}
	}
	return nil
}

// once sends the request and returns its outcome; an error is anything that is no outcome.
func (r *requestStep) once(ctx context.Context, t *trial) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	begin := time.Now()
	resp, body, err := r.exchange(ctx, t)
	took := time.Since(begin)
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("no answer within %v", stepLimit)
	case err != nil && resp != nil:
		return "cut", nil
	case errors.Is(err, errNoHTTP2):
		return "http1", nil
	case err != nil && connectionEnded(err):
		return "reset", nil
	case err != nil:
		return "", err
	case r.under > 0 && took > r.under:
		return "", fmt.Errorf("the answer took %v", took.Round(time.Millisecond))
	case took < r.over:
		return "", fmt.Errorf("the answer took only %v", took.Round(time.Millisecond))
	}
	return strconv.Itoa(resp.StatusCode), r.inspect(resp, body)
}

// inspect compares an answer with what it is to hold.
func (r *requestStep) inspect(resp *http.Response, body string) error {
	for _, text := range r.has {
		if !strings.Contains(body, text) {
			return fmt.Errorf("status %d, no %q in the body: %q", resp.StatusCode, text, body)
		}
	}
	for _, line := range r.answers {
		name, value, _ := strings.Cut(line, ":")
		got := resp.Header.Values(name)
		if !slices.Contains(got, strings.TrimSpace(value)) {
			return fmt.Errorf("status %d, %s is %q", resp.StatusCode, name, got)
		}
	}
	return nil
}

// connectionEnded tells the end of a connection from other failures.
func connectionEnded(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isReset(err)
}

// exchange sends the request on a connection of its own and reads the answer. With an error, resp
// is nil unless the answer had begun.
func (r *requestStep) exchange(ctx context.Context, t *trial) (resp *http.Response, body string, err error) {
	c, err := r.dial(ctx, t)
	if err != nil {
		return nil, "", err
	}
	defer c.Close()
	if r.proto == "h2" {
		resp, err = r.roundTripHTTP2(ctx, c)
	} else {
		resp, err = r.roundTrip(c)
	}
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return resp, "", nil
	}
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

func (r *requestStep) dial(ctx context.Context, t *trial) (net.Conn, error) {
	a, ok := t.listens[r.on]
	if !ok {
		return nil, fmt.Errorf("the configuration uses no ${listen} of this name: %q", r.on)
	}
	c, err := new(net.Dialer).DialContext(ctx, a.network, a.dial())
	if err != nil {
		return nil, err
	}
	if deadline, ok := ctx.Deadline(); ok {
		c.SetDeadline(deadline)
	}
	if !r.tls {
		return c, nil
	}
	config := &tls.Config{InsecureSkipVerify: true, ServerName: r.host} // a test's own certificate
	if r.proto == "h2" {
		config.NextProtos = []string{"h2"}
	}
	return tls.Client(c, config), nil
}

// roundTrip writes the request as it is, so that nothing is added or put right.
func (r *requestStep) roundTrip(c net.Conn) (*http.Response, error) {
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s %s %s\r\nHost: %s\r\n", r.method, r.path, r.proto, r.host)
	for _, field := range r.fields {
		head.WriteString(field + "\r\n")
	}
	if !slices.ContainsFunc(r.fields, func(f string) bool { return strings.HasPrefix(strings.ToLower(f), "connection:") }) {
		head.WriteString("Connection: close\r\n")
	}
	if r.body > 0 {
		fmt.Fprintf(&head, "Content-Length: %d\r\n", r.body)
	}
	head.WriteString("\r\n")
	written := make(chan error, 1)
	go func() {
		_, err := c.Write(append(head.Bytes(), bytes.Repeat([]byte("b"), r.body)...))
		written <- err
	}()
	resp, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: r.method})
	if err != nil {
		c.Close()
		<-written
	}
	return resp, err
}
