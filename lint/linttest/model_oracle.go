package linttest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// The model oracle: a configuration runs in nginx in front of backends that note all that they
// receive, and what lint/model says of each request (the backend it gets to, its line, its header
// fields or parameters, the server name, the answer after retries and time limits) is compared
// with that.

// ModelCase is a configuration and the requests that are sent to it. In both, @NAME@ stands for
// the address of a backend or the number of a port; see modelBackends and modelPorts.
type ModelCase struct {
	// Files are nginx.conf and what it includes, by name.
	Files    map[string]string
	Requests []ModelRequest
}

// ModelRequest is one request of a client.
type ModelRequest struct {
	Port   string // of modelPorts
	Method string
	Target string // as it is sent: path and query
	Host   string
	Fields []string // further header fields, "Name: value"
}

// String is the request as [ParseModelCase] reads it.
func (r ModelRequest) String() string {
	return strings.Join(append([]string{r.Port, r.Method, r.Target, r.Host}, r.Fields...), "\t")
}

// modelBackends are the backends of a bench: their kind and options as in a proof.
var modelBackends = []struct{ name, kind, options string }{
	{"http1", "http", ""},
	{"http2", "http", ""},
	{"http3", "http", ""},
	{"http6", "http", "ipv6"},
	{"socket", "http", "unix"},
	{"slow", "http", "delay=400ms"},
	{"bad", "http", "status=503"},
	{"lost", "http", "status=404"},
	{"https1", "http", "tls"},
	{"https2", "http", "tls"},
	{"fastcgi1", "fastcgi", ""},
	{"fastcgi2", "fastcgi", ""},
	{"fastcgislow", "fastcgi", "delay=400ms"},
	{"uwsgi1", "uwsgi", ""},
	{"uwsgi2", "uwsgi", ""},
	{"suwsgi1", "uwsgi", "tls"},
	{"scgi1", "scgi", ""},
	{"scgi2", "scgi", ""},
	{"grpc1", "h2", ""},
	{"grpc2", "h2", ""},
	{"grpcs1", "h2", "tls"},
	{"memcached1", "memcached", ""},
	{"closed", "closed", ""},
}

// modelPorts are the ports that nginx listens on: A and B are for http, S and T for stream.
var modelPorts = []string{"A", "B", "S", "T"}

// modelBench is a place where one configuration after the other runs.
type modelBench struct {
	nginx    Nginx
	dir      string
	ports    ports
	backends map[string]*backend
	number   map[string]int // of the ports
	addrs    *strings.Replacer

	mu  sync.Mutex
	got []receipt
}

// receipt is a request that a backend received.
type receipt struct {
	backend string
	sni     string
	request
}

func newModelBench(n Nginx, dir string) (b *modelBench, err error) {
	b = &modelBench{nginx: n, dir: dir, backends: map[string]*backend{}, number: map[string]int{}}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	ca, err := newAuthority()
	if err != nil {
		return nil, err
	}
	var addrs []string
	for _, spec := range modelBackends {
		port, err := b.ports.reserve()
		if err != nil {
			return nil, err
		}
		be := &backend{name: spec.name, kind: spec.kind, address: address{"tcp", "127.0.0.1", port}, script: newScript()}
		options := b.place(be, strings.Fields(spec.options))
		if len(options) > 0 && options[0] == "tls" {
			tls := tlsSpec{on: true, names: []string{"backend.test"}}
			if be.tls, err = tls.config(ca, spec.kind, be.noteServerName); err != nil {
				return nil, err
			}
			options = options[1:]
		}
		if err := be.script.apply(options); err != nil {
			return nil, err
		}
		be.watch = func(r request, sni string) { b.note(receipt{spec.name, sni, r}) }
		b.backends[spec.name] = be
		if err := be.start(); err != nil {
			return nil, err
		}
		addrs = append(addrs, "@"+spec.name+"@", be.address.String())
	}
	for _, name := range modelPorts {
		if b.number[name], err = b.ports.reserve(); err != nil {
			return nil, err
		}
		addrs = append(addrs, "@"+name+"@", fmt.Sprint(b.number[name]))
	}
	b.addrs = strings.NewReplacer(addrs...)
	return b, nil
}

// place moves a backend to where its options say, and returns the others. Without IPv6 on the
// machine it stays where it is.
func (b *modelBench) place(be *backend, options []string) []string {
	if len(options) == 0 {
		return options
	}
	switch options[0] {
	case "ipv6":
		six := address{"tcp", "::1", be.address.port}
		if probe, err := net.Listen("tcp", six.dial()); err == nil {
			probe.Close()
			be.address = six
		}
		return options[1:]
	case "unix":
		be.address = address{"unix", filepath.Join(b.dir, be.name+".sock"), 0}
		return options[1:]
	}
	return options
}

func (b *modelBench) close() {
	for _, be := range b.backends {
		be.stop()
	}
	b.ports.release()
}

func (b *modelBench) note(r receipt) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, r)
}

// taken returns what backends received since it was last called.
func (b *modelBench) taken() []receipt {
	b.mu.Lock()
	defer b.mu.Unlock()
	got := b.got
	b.got = nil
	return got
}

// nameOf is the backend that an address is of, "" for an address of none.
func (b *modelBench) nameOf(port int) string {
	for name, be := range b.backends {
		if be.address.port == port {
			return name
		}
	}
	return ""
}

// modelHead stands before each configuration: one process, quick to start and to end.
const modelHead = "master_process off;\nworker_processes 1;\n"

// load writes a configuration into the bench's folder and builds its model.
func (b *modelBench) load(c ModelCase) (*model.Config, *setup, error) {
	s := &setup{nginx: b.nginx, dir: b.dir}
	for name, text := range c.Files {
		text = b.addrs.Replace(text)
		if name != "nginx.conf" {
			if err := os.WriteFile(s.path(name), []byte(text), 0o644); err != nil {
				return nil, nil, err
			}
			continue
		}
		if err := s.write([]byte(modelHead + text)); err != nil {
			return nil, nil, err
		}
	}
	v, err := nginx.ParseVersion(b.nginx.Version)
	if err != nil {
		return nil, nil, err
	}
	set, err := conf.Load([]string{s.path("nginx.conf")}, conf.Options{Grammar: lint.Grammar(), Infer: model.InferContext, Dir: b.dir})
	if err != nil {
		return nil, nil, err
	}
	return model.Build(set.Trees[0], v), s, nil
}

// modelOutcome is what became of one request: the status that the client got, 0 for none, and what
// backends received.
type modelOutcome struct {
	status int
	got    []receipt
}

// run starts nginx, sends the requests one after the other and ends it.
func (b *modelBench) run(ctx context.Context, s *setup, requests []ModelRequest) ([]modelOutcome, error) {
	ctx, cancel := context.WithTimeout(ctx, caseLimit)
	defer cancel()
	if err := os.Remove(s.path("error.log")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	cmd, err := s.command(ctx)
	if err != nil {
		return nil, err
	}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it is killed
		close(done)
	}()
	defer func() {
		_ = killGroup(cmd) // fails only if nginx has ended by itself
		<-done
	}()
	out := make([]modelOutcome, len(requests))
	b.taken()
	for i, r := range requests {
		c, err := b.dial(ctx, r.Port, done)
		if err != nil {
			return nil, &errRefused{emergencies(readLog(s.path("error.log")) + said.String())}
		}
		out[i].status = r.send(c)
		c.Close()
		out[i].got = b.taken()
	}
	return out, nil
}

// dial connects to a port of nginx once that is open.
func (b *modelBench) dial(ctx context.Context, port string, done <-chan struct{}) (net.Conn, error) {
	to := address{"tcp", "127.0.0.1", b.number[port]}.dial()
	for {
		c, err := net.Dial("tcp", to)
		if err == nil {
			return c, nil
		}
		select {
		case <-done:
			return nil, err
		case <-ctx.Done():
			return nil, err
		case <-time.After(time.Millisecond):
		}
	}
}

// send sends the request and returns the status of the answer, 0 without one.
func (r ModelRequest) send(c net.Conn) int {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", r.Method, r.Target, r.Host)
	for _, f := range r.Fields {
		out.WriteString(f + "\r\n")
	}
	body := r.body()
	if body != "" {
		fmt.Fprintf(&out, "Content-Length: %d\r\n", len(body))
	}
	out.WriteString("\r\n" + body)
	if err := c.SetDeadline(time.Now().Add(stepLimit)); err != nil {
		return 0
	}
	if _, err := c.Write([]byte(out.String())); err != nil {
		return 0
	}
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: r.Method})
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

// body is what a request carries: methods that have a body have this one.
func (r ModelRequest) body() string {
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch:
		return "body"
	}
	return ""
}

// benchDir makes a folder of a bench.
func benchDir(dir string, i int) (string, error) {
	sub := filepath.Join(dir, fmt.Sprint(i))
	return sub, os.Mkdir(sub, 0o755)
}
