package errorlog

import "bytes"

var (
	clientMark   = []byte("client: ")
	tcpMark      = []byte(", ")
	udpMark      = []byte(", udp ") // of a session of stream
	serverMark   = []byte(", server: ")
	bytesMark    = []byte(", bytes from/to client:")
	loginMark    = []byte(", login: ") // of mail
	resolverMark = []byte(", resolver: ")
)

// The fields in quotes.
const (
	request = iota
	subrequest
	upstream
	host
	referrer
	quotedFields // how many there are
)

// quoted is what goes before them, in the order in which nginx writes them.
var quoted = [quotedFields][]byte{
	[]byte(`, request: "`), []byte(`, subrequest: "`), []byte(`, upstream: "`), []byte(`, host: "`), []byte(`, referrer: "`),
}

// maxTries is at how many places a line is read as fields.
const maxTries = 16

// fields takes the fields off the end of the message. They begin with the
// client. Nothing in them is escaped, so where ", client: " occurs more than
// once there are two ways to read the line. The message up to known bytes is
// known to be nginx's own text; the first place after it is the right one, for
// what follows may hold a Referer that looks like fields. A message that quotes
// anything (known is -1) may hold such a thing itself: then it is the last
// place from which the line reads as fields up to its end.
func (l *Line) fields(known int) {
	text := l.Message
	if known >= 0 {
		at, after := firstClient(text, min(known, len(text)))
		if at >= 0 && l.take(text, at, after) {
			return
		}
	}
	for end, tries := len(text), maxTries; tries > 0; tries-- {
		after := bytes.LastIndex(text[:end], clientMark)
		if after < 0 {
			break
		}
		if at := beforeClient(text[:after]); at >= 0 && l.take(text, at, after+len(clientMark)) {
			return
		}
		end = after
	}
	if at := bytes.LastIndex(text, resolverMark); at >= 0 {
		l.Message = text[:at]
	}
}

// firstClient finds where the fields begin from a place on: before the comma, and
// behind the name of the first field; -1 if nowhere.
func firstClient(text []byte, from int) (at, after int) {
	for {
		n := bytes.Index(text[from:], clientMark)
		if n < 0 {
			return -1, -1
		}
		after = from + n + len(clientMark)
		if at := beforeClient(text[:from+n]); at >= 0 {
			return at, after
		}
		from = after
	}
}

// beforeClient is where the text that goes before "client: " begins, -1 if it is
// none of nginx's (ngx_stream_log_error, src/stream/ngx_stream_handler.c).
func beforeClient(text []byte) int {
	switch {
	case bytes.HasSuffix(text, tcpMark):
		return len(text) - len(tcpMark)
	case bytes.HasSuffix(text, udpMark):
		return len(text) - len(udpMark)
	}
	return -1
}

// take reads the fields from at to the end, the first of them behind its name,
// and reports whether that is what they are.
func (l *Line) take(text []byte, at, after int) bool {
	f := Line{Stamp: l.Stamp, Time: l.Time, Level: l.Level, Message: text[:at], UDP: bytes.HasPrefix(text[at:], udpMark)}
	rest := text[after:]
	end := bytes.Index(rest, []byte(", "))
	if end < 0 {
		end = len(rest)
	}
	f.Client, rest = rest[:end], rest[end:]
	if len(f.Client) == 0 || bytes.IndexByte(f.Client, ' ') >= 0 {
		return false
	}
	if bytes.HasPrefix(rest, serverMark) {
		rest = rest[len(serverMark):]
		end := nextField(rest, 0)
		f.Server, rest = rest[:end], rest[end:]
		if bytes.IndexByte(f.Server, '"') >= 0 {
			return false
		}
	}
	var values [quotedFields][]byte
	for i, mark := range quoted {
		if !bytes.HasPrefix(rest, mark) {
			continue
		}
		rest = rest[len(mark):]
		end := closing(rest, i+1)
		if end < 0 {
			values[i], rest, f.Cut = rest, nil, true
			break
		}
		values[i], rest = rest[:end], rest[end+1:]
	}
	f.Request, f.Subrequest, f.Upstream, f.Host, f.Referrer = values[request], values[subrequest], values[upstream], values[host], values[referrer]
	if bytes.HasPrefix(rest, bytesMark) {
		f.Stream, rest = true, nil
	}
	switch {
	case len(rest) == 0 || bytes.HasPrefix(rest, loginMark):
	case cutMark(rest):
		f.Cut = true
	default:
		return false
	}
	*l = f
	return true
}

// cutMark reports whether a text is the beginning of what goes before a field:
// the line was cut there.
func cutMark(rest []byte) bool {
	for _, mark := range quoted {
		if bytes.HasPrefix(mark, rest) {
			return true
		}
	}
	return bytes.HasPrefix(serverMark, rest) || bytes.HasPrefix(bytesMark, rest)
}

// nextField finds where the quoted fields, from that of index i on, or the
// counts of stream begin: len(text) if nowhere.
func nextField(text []byte, i int) int {
	end := len(text)
	for at := 0; at < len(text); {
		n := bytes.Index(text[at:], []byte(", "))
		if n < 0 {
			return end
		}
		at += n
		if fieldAt(text[at:], i) {
			return at
		}
		at += len(", ")
	}
	return end
}

func fieldAt(text []byte, i int) bool {
	for _, mark := range quoted[i:] {
		if bytes.HasPrefix(text, mark) {
			return true
		}
	}
	return bytes.HasPrefix(text, bytesMark)
}

// closing finds the quote that ends a field before those of index i and later;
// -1 if the line ends inside it.
func closing(text []byte, i int) int {
	for at := 0; ; at++ {
		n := bytes.IndexByte(text[at:], '"')
		if n < 0 {
			return -1
		}
		at += n
		if rest := text[at+1:]; len(rest) == 0 || i < len(quoted) && fieldAt(rest, i) || bytes.HasPrefix(rest, bytesMark) || cutMark(rest) {
			return at
		}
	}
}

// Path is the request's path as the client sent it, without arguments; nil
// where the line does not tell.
func (l *Line) Path() []byte {
	target := l.Subrequest
	if target == nil {
		line := l.Request
		method := bytes.IndexByte(line, ' ')
		if method < 0 {
			return nil
		}
		line = line[method+1:]
		end := bytes.LastIndex(line, []byte(" HTTP/"))
		switch {
		case end >= 0:
			line = line[:end]
		case l.Cut && bytes.IndexByte(line, '?') < 0:
			return nil // the path may go on
		}
		target = line
	} else if l.Cut && l.Host == nil && l.Upstream == nil {
		return nil
	}
	if q := bytes.IndexByte(target, '?'); q >= 0 {
		target = target[:q]
	}
	if len(target) > 0 && target[0] != '/' { // "GET http://host/path HTTP/1.1"
		scheme := bytes.Index(target, []byte("://"))
		if scheme < 0 {
			return nil
		}
		target = target[scheme+3:]
		slash := bytes.IndexByte(target, '/')
		if slash < 0 {
			return []byte("/")
		}
		target = target[slash:]
	}
	if len(target) == 0 {
		return nil
	}
	return target
}

// Address is the upstream without its URI: "http://192.0.2.1:80",
// "http://unix:/run/app.sock:", "fastcgi://group", "192.0.2.1:5432".
func (l *Line) Address() []byte {
	u := l.Upstream
	from := bytes.Index(u, []byte("://"))
	if from < 0 {
		return u // of stream
	}
	from += len("://")
	if bytes.HasPrefix(u[from:], []byte("unix:")) {
		if end := bytes.IndexByte(u[from+len("unix:"):], ':'); end >= 0 {
			return u[:from+len("unix:")+end]
		}
		return u
	}
	if end := bytes.IndexAny(u[from:], "/?"); end >= 0 {
		return u[:from+end]
	}
	return u
}
