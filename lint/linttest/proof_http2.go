package linttest

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
)

// errNoHTTP2 is a peer that answers in HTTP/1, or has no protocol in common in TLS.
var errNoHTTP2 = errors.New("the other side does not speak HTTP/2")

// roundTripHTTP2 sends the request in HTTP/2, without asking first on a plain connection.
func (r *requestStep) roundTripHTTP2(ctx context.Context, c net.Conn) (*http.Response, error) {
	if tc, ok := c.(*tls.Conn); ok {
		if err := tc.HandshakeContext(ctx); err != nil {
			if strings.Contains(err.Error(), "no application protocol") { // the alert has no value to compare with
				return nil, fmt.Errorf("%w: %w", errNoHTTP2, err)
			}
			return nil, err
		}
	}
	g := &greeted{Conn: c}
	resp, err := r.overHTTP2(ctx, g)
	if err != nil && g.withHTTP1() {
		return nil, fmt.Errorf("%w: %w", errNoHTTP2, err)
	}
	return resp, err
}

func (r *requestStep) overHTTP2(ctx context.Context, c net.Conn) (*http.Response, error) {
	transport := &http.Transport{
		// c is the connection, whatever the address; it does TLS by itself.
		DialContext: func(context.Context, string, string) (net.Conn, error) { return c, nil },
		Protocols:   new(http.Protocols),
	}
	transport.Protocols.SetUnencryptedHTTP2(true)
	conn, err := transport.NewClientConn(ctx, "http", "nginx:80")
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, r.method, "http://"+r.host+r.path, bytes.NewReader(make([]byte, r.body)))
	if err != nil {
		return nil, err
	}
	for _, field := range r.fields {
		name, value, _ := strings.Cut(field, ":")
		req.Header.Add(name, strings.TrimSpace(value))
	}
	return conn.RoundTrip(req)
}

// greeted is a connection that keeps the first bytes of the answer: which error
// an HTTP/2 client makes of an answer in HTTP/1, and whether it has read it
// before it gives up, is a matter of timing.
type greeted struct {
	net.Conn
	mu    sync.Mutex
	first []byte
	err   error // that ended reading
}

const greeting = "HTTP/1."

func (g *greeted) Read(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n, err := g.Conn.Read(p)
	g.first = append(g.first, p[:min(n, len(greeting)-len(g.first))]...)
	g.err = err
	return n, err
}

// Close leaves the connection open to be read; who made it closes it.
func (g *greeted) Close() error { return nil }

// withHTTP1 reports whether the answer begins as one in HTTP/1 does, and reads as
// far as it must to know.
func (g *greeted) withHTTP1() bool {
	for {
		g.mu.Lock()
		first, err := string(g.first), g.err
		g.mu.Unlock()
		if !strings.HasPrefix(greeting, first) || first == greeting || err != nil {
			return first == greeting
		}
		_, _ = g.Read(make([]byte, len(greeting))) // its error is kept
	}
}
