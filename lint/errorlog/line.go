package errorlog

import (
	"bytes"
	"time"
)

// Level is how loud a line is, as nginx's error_log has it.
type Level uint8

// The levels, loud to quiet (src/core/ngx_log.h).
const (
	NoLevel Level = iota // a line that is none of nginx's
	Emerg
	Alert
	Crit
	Error
	Warn
	Notice
	Info
	Debug
	levels // how many there are
)

var levelNames = [levels]string{"", "emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"}

// String is the level as it stands in a log.
func (l Level) String() string { return levelNames[l] }

// Line is one entry of an error log: a line, and what goes on below it where
// the message has line breaks in it. Its slices are parts of the text it was
// read from.
type Line struct {
	// Stamp is when, as the log has it (2006/01/02 15:04:05, local time); nil
	// for what nginx writes to standard error before it has read its
	// configuration. Time is the same in seconds, taken for UTC.
	Stamp []byte
	Time  int64
	Level Level
	// Message is what happened, with the action ("while ..."), without the
	// fields below.
	Message []byte
	// The fields that nginx appends, nil where absent. The quotes are not part
	// of them (ngx_http_log_error, src/http/ngx_http_request.c;
	// ngx_stream_log_error, src/stream/ngx_stream_handler.c).
	Client, Server, Request, Subrequest, Upstream, Host, Referrer []byte
	// Stream says that the fields are those of a session of stream.
	Stream bool
	// UDP says that it is a session of UDP.
	UDP bool
	// Cut says that the line ends inside a field: nginx cuts lines at 2,048
	// bytes (NGX_MAX_ERROR_STR, src/core/ngx_log.h).
	Cut bool
}

// maxPrefix is how far into a line its time is looked for: syslog, journald and
// kubectl write something of their own before it.
const maxPrefix = 160

const stampLen = len("2006/01/02 15:04:05")

// startup is what nginx itself writes to standard error before each line.
var startup = []byte("nginx: [")

// isStamp reports whether text begins as a line of nginx does.
func isStamp(b []byte) bool {
	return len(b) > stampLen+1 && b[4] == '/' && b[7] == '/' && b[10] == ' ' && b[13] == ':' &&
		b[16] == ':' && b[19] == ' ' && b[20] == '[' && digits(b[0:4]) && digits(b[5:7]) &&
		digits(b[8:10]) && digits(b[11:13]) && digits(b[14:16]) && digits(b[17:19])
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// head finds where nginx's own part of a line begins, -1 if it has none.
func head(b []byte) int {
	if isStamp(b) {
		return 0
	}
	if bytes.HasPrefix(b, startup) {
		return 0
	}
	if len(b) > maxPrefix {
		b = b[:maxPrefix]
	}
	if nl := bytes.IndexByte(b, '\n'); nl >= 0 {
		b = b[:nl]
	}
	for at := 0; ; {
		// The blank and bracket after the time are rarer than slashes.
		i := bytes.Index(b[at:], []byte(" ["))
		if i < 0 {
			return -1
		}
		at += i + 1
		if from := at - stampLen - 1; from >= 0 && isStamp(b[from:]) {
			return from
		}
	}
}

// parser takes lines apart; it remembers the last time it has read.
type parser struct {
	stamp [stampLen]byte
	time  int64
}

// Parse takes one entry apart. It reports false for what is none of nginx's.
func Parse(text []byte) (Line, bool) {
	var p parser
	var l Line
	ok := p.head(&l, text)
	if ok {
		l.split()
	}
	return l, ok
}

// split tells message and fields apart, and which message it is; nil for an
// unknown one.
func (l *Line) split() *Message {
	m, end := recognize(l.Level, l.Message)
	if m == nil || m.quotes {
		end = -1
	}
	l.fields(end)
	return m
}

// head reads what stands before the message, and takes all the rest for the
// message.
func (p *parser) head(l *Line, text []byte) bool {
	*l = Line{}
	text = unwrap(text)
	text = bytes.TrimRight(bytes.TrimLeft(text, "\x00"), "\r\n\x00")
	at := head(text)
	if at < 0 {
		return false
	}
	text = text[at:]
	if bytes.HasPrefix(text, startup) {
		text = text[len(startup)-1:]
	} else {
		l.Stamp = text[:stampLen]
		if string(p.stamp[:]) != string(l.Stamp) {
			copy(p.stamp[:], l.Stamp)
			p.time = seconds(l.Stamp)
		}
		l.Time = p.time
		text = text[stampLen+1:]
	}
	end := bytes.IndexByte(text[:min(len(text), 8)], ']')
	if end < 0 {
		return false
	}
	if l.Level = levelOf(text[1:end]); l.Level == NoLevel {
		return false
	}
	l.Message = process(bytes.TrimPrefix(text[end+1:], []byte(" ")), l.Stamp != nil)
	return true
}

func levelOf(name []byte) Level {
	for l := Emerg; l < levels; l++ {
		if string(name) == levelNames[l] {
			return l
		}
	}
	return NoLevel
}

// process cuts "1234#1234: *5 " off: the process, the thread and the connection.
func process(b []byte, stamped bool) []byte {
	if !stamped {
		return b
	}
	i := 0
	for i < len(b) && (b[i] >= '0' && b[i] <= '9' || b[i] == '#') {
		i++
	}
	if i == 0 || i+1 >= len(b) || b[i] != ':' || b[i+1] != ' ' {
		return b
	}
	b = b[i+2:]
	if len(b) == 0 || b[0] != '*' {
		return b
	}
	i = 1
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	if i > 1 && i < len(b) && b[i] == ' ' {
		return b[i+1:]
	}
	return b
}

// seconds reads a time that [isStamp] has checked.
func seconds(b []byte) int64 {
	n := func(i, j int) (v int) {
		for _, c := range b[i:j] {
			v = v*10 + int(c-'0')
		}
		return v
	}
	return time.Date(n(0, 4), time.Month(n(5, 7)), n(8, 10), n(11, 13), n(14, 16), n(17, 19), 0, time.UTC).Unix()
}
