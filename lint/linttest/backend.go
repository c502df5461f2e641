package linttest

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// backend is one scripted server.
type backend struct {
	name    string
	kind    string
	address address
	tls     *tls.Config                 // nil for plain text
	watch   func(r request, sni string) // told of each request, where set

	mu       sync.Mutex
	script   script
	listener net.Listener
	conns    map[net.Conn]bool
	quit     chan struct{} // closed by stop
	seen     sightings
	wg       sync.WaitGroup
}

// sightings is what a backend has seen so far.
type sightings struct {
	conns    int         // connections accepted
	requests int         // requests read to their end
	sni      string      // the server name in the last TLS handshake
	method   string      // the last request's method
	uri      string      // the last request's target, as it was sent
	proto    string      // the last request's protocol, such as "HTTP/1.0"
	header   http.Header // the last request's fields; FastCGI and its like: the parameters
	body     int64       // the size of the last request's body, in bytes
}

// protocol serves one connection until it is to be closed.
type protocol func(b *backend, c net.Conn)

// protocolOf returns how a kind of backend speaks. A kind with no protocol never answers.
func protocolOf(kind string) (speak protocol, known bool) {
	switch kind {
	case "http":
		return serveHTTP, true
	case "h2":
		return serveHTTP2, true
	case "fastcgi":
		return serveFastCGI, true
	case "uwsgi":
		return serveUWSGI, true
	case "scgi":
		return serveSCGI, true
	case "memcached":
		return serveMemcached, true
	case "tcp":
		return serveTCP, true
	case "closed", "full":
		return nil, true
	}
	return nil, false
}

// start opens the backend's port or socket and serves it. Starting a started one does nothing.
func (b *backend) start() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.listener != nil || b.kind == "closed" {
		return nil
	}
	ln, err := listen(b.address)
	if err != nil {
		return fmt.Errorf("backend %s: %w", b.name, err)
	}
	b.listener, b.conns, b.quit = ln, map[net.Conn]bool{}, make(chan struct{})
	if b.address.network == "unix" {
		if err := os.Chmod(b.address.dial(), b.script.mode); err != nil {
			return fmt.Errorf("backend %s: %w", b.name, err)
		}
	}
	speak, _ := protocolOf(b.kind)
	if b.kind == "full" {
		return b.fill()
	}
	b.wg.Go(func() { b.accept(ln, speak) })
	return nil
}

func (b *backend) accept(ln net.Listener, speak protocol) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		b.mu.Lock()
		open := b.listener == ln
		if open {
			b.seen.conns++
			b.conns[c] = true
		}
		b.mu.Unlock()
		if !open {
			c.Close()
			continue
		}
		b.wg.Go(func() { b.serve(c, speak) })
	}
}

func (b *backend) serve(c net.Conn, speak protocol) {
	defer func() {
		b.mu.Lock()
		delete(b.conns, c)
		b.mu.Unlock()
		c.Close()
	}()
	c.SetDeadline(time.Now().Add(caseLimit))
	if b.tls == nil {
		speak(b, c)
		return
	}
	secure := tls.Server(c, b.tls)
	if secure.Handshake() == nil {
		speak(b, secure)
		secure.CloseWrite()
	}
}

// fill makes every further connection to the backend wait, as if the application behind it had
// stopped accepting: the queue is cut to its minimum and then kept full.
func (b *backend) fill() error {
	if err := shrinkBacklog(b.listener); err != nil {
		return fmt.Errorf("backend %s: %w", b.name, err)
	}
	for range 8 {
		c, err := net.DialTimeout(b.address.network, b.address.dial(), 30*time.Millisecond)
		if err != nil {
			return nil
		}
		b.conns[c] = true
	}
	return fmt.Errorf("backend %s: its queue takes more connections than it should", b.name)
}

// stop closes the backend's port and every connection to it. It can be started again.
func (b *backend) stop() {
	b.mu.Lock()
	if b.listener != nil {
		b.listener.Close()
		b.listener = nil
		close(b.quit)
	}
	for c := range b.conns {
		c.Close()
	}
	b.mu.Unlock()
	b.wg.Wait()
	b.awaitClosed()
}

// awaitClosed waits until nothing listens on the backend's port any more: a process that a parallel
// case is just starting has it open too, until it has become the other program.
func (b *backend) awaitClosed() {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		c, err := net.DialTimeout(b.address.network, b.address.dial(), 100*time.Millisecond)
		if err != nil && !os.IsTimeout(err) {
			return
		}
		if err == nil {
			c.Close()
		}
	}
}

// set changes the backend's script by further options, as in the line that made it.
func (b *backend) set(options []string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := b.script.clone()
	if err := next.apply(options); err != nil {
		return fmt.Errorf("backend %s: %w", b.name, err)
	}
	b.script = next
	return nil
}

// take notes a request and returns how to answer it.
func (b *backend) take(r request) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen.requests++
	b.seen.method, b.seen.uri, b.seen.proto = r.method, r.uri, r.proto
	b.seen.header, b.seen.body = r.header, r.body
	if b.watch != nil {
		b.watch(r, b.seen.sni)
	}
	return b.script.answerTo(r.uri)
}

// pause waits, or less if the backend is stopped.
func (b *backend) pause(d time.Duration) {
	b.mu.Lock()
	quit := b.quit
	b.mu.Unlock()
	if d <= 0 {
		return
	}
	select {
	case <-quit:
	case <-time.After(d):
	}
}

func (b *backend) saw() sightings {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.seen
}

// request is what any protocol tells of one request.
type request struct {
	method string
	uri    string
	proto  string
	header http.Header
	body   int64
}

// echo is the request as text: the request line, then its fields in order of their names.
func (r request) echo() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%s %s %s\n", r.method, r.uri, r.proto)
	var names []string
	for name := range r.header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range r.header[name] {
			fmt.Fprintf(&s, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(&s, "\n%d bytes\n", r.body)
	return s.String()
}

// hangUp ends a connection as the answer says, if it says so, and reports whether it did.
func (a answer) hangUp(c net.Conn) bool {
	if a.reset {
		resetConn(c)
	}
	return a.reset || a.close
}

// resetConn makes the peer see "connection reset" instead of an orderly end.
func resetConn(c net.Conn) {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}

// noteServerName notes the server name of a TLS handshake, empty if it has none.
func (b *backend) noteServerName(sni string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen.sni = sni
}

// listen listens on an address that is reserved. A process started meanwhile
// may hold on to the socket that probed it until that process has become
// another program: it is gone within moments.
func listen(a address) (net.Listener, error) {
	for deadline := time.Now().Add(2 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		ln, err := net.Listen(a.network, a.dial())
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(deadline) {
			return ln, err
		}
	}
}
