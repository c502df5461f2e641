package linttest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/http2"
)

// serveHTTP speaks HTTP/1.0 and HTTP/1.1.
func serveHTTP(b *backend, c net.Conn) {
	in := bufio.NewReaderSize(c, 64<<10)
	for served := 0; ; served++ {
		if idle := b.current().idle; served > 0 && idle > 0 {
			c.SetReadDeadline(time.Now().Add(idle))
		}
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		c.SetReadDeadline(time.Now().Add(caseLimit))
		if !answerHTTP(b, c, in, req, served) {
			return
		}
	}
}

// answerHTTP answers one request and says whether the connection goes on.
func answerHTTP(b *backend, c net.Conn, in *bufio.Reader, req *http.Request, served int) bool {
	r := request{method: req.Method, uri: req.RequestURI, proto: req.Proto, header: req.Header.Clone()}
	r.header.Set("Host", req.Host)
	if len(req.TransferEncoding) > 0 {
		r.header["Transfer-Encoding"] = req.TransferEncoding
	}
	early := b.peek(r.uri).early
	if !early {
		n, err := io.Copy(io.Discard, req.Body)
		if err != nil {
			return false
		}
		r.body = n
	}
	a := b.take(r)
	if a.max > 0 && served >= a.max {
		return false
	}
	b.pause(a.delay)
	if a.hangUp(c) {
		return false
	}
	last := a.once || early || req.Close
	connection := "keep-alive"
	if last {
		connection = "close"
	}
	body := a.content(r)
	lines := append([]string{fmt.Sprintf("HTTP/1.1 %d %s", a.status, http.StatusText(a.status))}, a.fields...)
	if a.status == http.StatusSwitchingProtocols {
		lines = append(lines, "Connection: upgrade", "Upgrade: "+req.Header.Get("Upgrade"), "", "")
		if _, err := io.WriteString(c, strings.Join(lines, "\r\n")); err == nil {
			io.Copy(c, in)
		}
		return false
	}
	lines = append(lines, "Connection: "+connection, fmt.Sprintf("Content-Length: %d", len(body)), "", "")
	if req.Method == http.MethodHead || a.status == http.StatusNoContent || a.status == http.StatusNotModified {
		body = ""
	}
	return b.write(c, a, strings.Join(lines, "\r\n"), body) == nil && !last
}

// write sends a header and a body, with the script's pause in between.
func (b *backend) write(w io.Writer, a answer, header, body string) error {
	if a.between == 0 {
		header, body = header+body, ""
	}
	if _, err := io.WriteString(w, header); err != nil {
		return err
	}
	if body == "" {
		return nil
	}
	b.pause(a.between)
	_, err := io.WriteString(w, body)
	return err
}

// serveHTTP2 speaks HTTP/2, and gRPC to those who ask for it.
func serveHTTP2(b *backend, c net.Conn) {
	handler := func(w http.ResponseWriter, req *http.Request) {
		n, err := io.Copy(io.Discard, req.Body)
		if err != nil {
			return
		}
		r := request{method: req.Method, uri: req.RequestURI, proto: req.Proto, header: req.Header.Clone(), body: n}
		r.header.Set("Host", req.Host)
		a := b.take(r)
		b.pause(a.delay)
		if a.hangUp(c) {
			c.Close()
			return
		}
		for _, field := range a.fields {
			name, value, _ := strings.Cut(field, ":")
			w.Header().Add(name, strings.TrimSpace(value))
		}
		if kind := req.Header.Get("Content-Type"); strings.HasPrefix(kind, "application/grpc") {
			w.Header().Set("Content-Type", kind)
			w.Header().Set(http.TrailerPrefix+"Grpc-Status", "0")
		}
		w.WriteHeader(a.status)
		if a.between > 0 {
			http.NewResponseController(w).Flush()
			b.pause(a.between)
		}
		io.WriteString(w, a.content(r))
	}
	//nolint:staticcheck // SA1019: http.Server stays silent, and forgets c's deadline, until it has read an HTTP/2 preface; this greets at once as gRPC servers do
	new(http2.Server).ServeConn(c, &http2.ServeConnOpts{Handler: http.HandlerFunc(handler)})
}

// current is the answer to requests that no path is scripted for.
func (b *backend) current() answer { return b.peek("") }

// peek is the answer to uri, without noting a request.
func (b *backend) peek(uri string) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.script.answerTo(uri)
}
