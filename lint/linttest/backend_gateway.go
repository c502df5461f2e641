package linttest

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// cgiHeader is the header of an answer as CGI programs write it; first is its first line.
func (a answer) cgiHeader(first string) string {
	lines := append([]string{first, "Content-Type: text/plain"}, a.fields...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// cgiRequest reads what the parameters of FastCGI and its like say of a request.
func cgiRequest(params map[string][]string, body int64) request {
	first := func(name string) string {
		if v := params[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	return request{
		method: first("REQUEST_METHOD"), uri: first("REQUEST_URI"), proto: first("SERVER_PROTOCOL"),
		header: params, body: body,
	}
}

// Record types of FastCGI and the role of its flag, from the FastCGI specification, section 8.
const (
	fcgiBegin    = 1
	fcgiEnd      = 3
	fcgiParams   = 4
	fcgiStdin    = 5
	fcgiStdout   = 6
	fcgiKeepConn = 1
)

// serveFastCGI speaks FastCGI, and hangs up on anything else as PHP-FPM does.
func serveFastCGI(b *backend, c net.Conn) {
	in := bufio.NewReader(c)
	for served := 0; ; served++ {
		id, keep, r, err := readFastCGI(in)
		if err != nil {
			return
		}
		a := b.take(r)
		if a.max > 0 && served >= a.max {
			return
		}
		b.pause(a.delay)
		if a.hangUp(c) {
			return
		}
		status := fmt.Sprintf("Status: %d %s", a.status, http.StatusText(a.status))
		out := fcgiRecords(fcgiStdout, id, a.cgiHeader(status))
		rest := fcgiRecords(fcgiStdout, id, a.content(r)) + fcgiRecords(fcgiEnd, id, strings.Repeat("\x00", 8))
		if b.write(c, a, out, rest) != nil || !keep || a.once {
			return
		}
	}
}

// readFastCGI reads one request up to the end of its body.
func readFastCGI(in io.Reader) (id uint16, keep bool, r request, err error) {
	var params []byte
	var size int64
	for {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return 0, false, r, err
		}
		if head[0] != 1 {
			return 0, false, r, fmt.Errorf("FastCGI version %d", head[0])
		}
		id = binary.BigEndian.Uint16(head[2:])
		length := binary.BigEndian.Uint16(head[4:])
		content := make([]byte, int(length)+int(head[6]))
		if _, err := io.ReadFull(in, content); err != nil {
			return 0, false, r, err
		}
		content = content[:length]
		switch head[1] {
		case fcgiBegin:
			keep = length > 2 && content[2]&fcgiKeepConn != 0
		case fcgiParams:
			params = append(params, content...)
		case fcgiStdin:
			if length == 0 {
				return id, keep, cgiRequest(fcgiPairs(params), size), nil
			}
			size += int64(length)
		}
	}
}

// fcgiPairs reads names and values, each with its length before it in one byte or in four.
func fcgiPairs(data []byte) map[string][]string {
	pairs := map[string][]string{}
	length := func() int {
		switch {
		case len(data) >= 1 && data[0] < 0x80:
			n := int(data[0])
			data = data[1:]
			return n
		case len(data) >= 4:
			n := int(binary.BigEndian.Uint32(data) & 0x7fffffff)
			data = data[4:]
			return n
		}
		data = nil
		return 0
	}
	for len(data) > 0 {
		name, value := length(), length()
		if name+value > len(data) {
			break
		}
		key := string(data[:name])
		pairs[key] = append(pairs[key], string(data[name:name+value]))
		data = data[name+value:]
	}
	return pairs
}

// fcgiRecords packs content into records of one type.
func fcgiRecords(kind byte, id uint16, content string) string {
	var out strings.Builder
	for len(content) > 0 {
		n := min(len(content), 32<<10)
		head := []byte{1, kind, 0, 0, 0, 0, 0, 0}
		binary.BigEndian.PutUint16(head[2:], id)
		binary.BigEndian.PutUint16(head[4:], uint16(n))
		out.Write(head)
		out.WriteString(content[:n])
		content = content[n:]
	}
	return out.String()
}

// serveUWSGI speaks the uwsgi protocol: a header of four bytes, the variables, the body.
func serveUWSGI(b *backend, c net.Conn) {
	in := bufio.NewReader(c)
	var head [4]byte
	if _, err := io.ReadFull(in, head[:]); err != nil || head[0] != 0 {
		return
	}
	data := make([]byte, binary.LittleEndian.Uint16(head[1:]))
	if _, err := io.ReadFull(in, data); err != nil {
		return
	}
	params := map[string][]string{}
	field := func() (s string) {
		if len(data) < 2 {
			data = nil
			return ""
		}
		n := min(int(binary.LittleEndian.Uint16(data)), len(data)-2)
		s, data = string(data[2:2+n]), data[2+n:]
		return s
	}
	for len(data) > 0 {
		name := field()
		params[name] = append(params[name], field())
	}
	serveOnce(b, c, in, params, "HTTP/1.1 ")
}

// serveSCGI speaks SCGI: the variables as a netstring, the body.
func serveSCGI(b *backend, c net.Conn) {
	in := bufio.NewReader(c)
	number, err := in.ReadString(':')
	if err != nil {
		return
	}
	length, err := strconv.Atoi(strings.TrimSuffix(number, ":"))
	if err != nil || length < 0 || length > 1<<20 {
		return
	}
	data := make([]byte, length+1) // with the comma at its end
	if _, err := io.ReadFull(in, data); err != nil {
		return
	}
	params := map[string][]string{}
	fields := strings.Split(string(data[:length]), "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		params[fields[i]] = append(params[fields[i]], fields[i+1])
	}
	serveOnce(b, c, in, params, "Status: ")
}

// serveOnce reads the body that the parameters announce, and answers.
func serveOnce(b *backend, c net.Conn, in io.Reader, params map[string][]string, first string) {
	r := cgiRequest(params, 0)
	if v := params["CONTENT_LENGTH"]; len(v) > 0 {
		want, _ := strconv.ParseInt(v[0], 10, 64)
		n, err := io.CopyN(io.Discard, in, want)
		if err != nil {
			return
		}
		r.body = n
	}
	a := b.take(r)
	b.pause(a.delay)
	if a.hangUp(c) {
		return
	}
	header := a.cgiHeader(first + fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)))
	if b.write(c, a, header, a.content(r)) == nil {
		endWriting(c)
	}
}

// endWriting tells the peer that the answer is whole, and waits for it to close.
func endWriting(c net.Conn) {
	if half, ok := c.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		io.Copy(io.Discard, c)
	}
}

// serveMemcached answers "get" commands: with the body, or with nothing where the status is 404.
func serveMemcached(b *backend, c net.Conn) {
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		command := strings.Fields(line)
		if len(command) < 2 || command[0] != "get" {
			io.WriteString(c, "ERROR\r\n")
			continue
		}
		r := request{method: command[0], uri: command[1]}
		a := b.take(r)
		b.pause(a.delay)
		if a.hangUp(c) {
			return
		}
		reply := "END\r\n"
		if a.status != http.StatusNotFound {
			body := a.content(r)
			reply = fmt.Sprintf("VALUE %s 0 %d\r\n%s\r\nEND\r\n", r.uri, len(body), body)
		}
		if _, err := io.WriteString(c, reply); err != nil || a.once {
			return
		}
	}
}

// serveTCP reads and sends bytes as the script says, and then keeps silent.
func serveTCP(b *backend, c net.Conn) {
	a := b.current()
	if a.want > 0 {
		if _, err := io.CopyN(io.Discard, c, int64(a.want)); err != nil {
			return
		}
	}
	b.take(request{method: "tcp", body: int64(a.want)})
	b.pause(a.delay)
	if _, err := io.WriteString(c, a.send); err != nil || a.hangUp(c) || a.once {
		return
	}
	if a.echo {
		io.Copy(c, c)
		return
	}
	io.Copy(io.Discard, c)
}
