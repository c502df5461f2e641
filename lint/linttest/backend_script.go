package linttest

import (
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// script is what a backend does.
type script struct {
	mode  fs.FileMode // of a unix socket
	paths []pathAnswer
}

// pathAnswer is an answer to the requests whose target begins with prefix.
type pathAnswer struct {
	prefix string
	answer answer
}

// answer is how one request is answered.
type answer struct {
	status  int
	fields  []string      // header lines without their end
	body    string        // what the body says
	size    int           // the body is filled up to this many bytes
	echo    bool          // the body repeats the request
	delay   time.Duration // before the answer
	between time.Duration // after the header, before the body
	close   bool          // the connection is closed instead of an answer
	reset   bool          // the same with a reset
	early   bool          // answers and closes without reading the request's body
	once    bool          // closes the connection after the answer and says so
	max     int           // requests per connection, the next one finds it closed; 0: no limit
	idle    time.Duration // an idle connection is closed after this time; 0: never
	send    string        // tcp: what is sent, at once
	want    int           // tcp: bytes to read before that
}

func newScript() script {
	return script{mode: 0o666, paths: []pathAnswer{{answer: answer{status: http.StatusOK, body: "ok\n"}}}}
}

func (s script) clone() script {
	s.paths = slices.Clone(s.paths)
	for i := range s.paths {
		s.paths[i].answer.fields = slices.Clone(s.paths[i].answer.fields)
	}
	return s
}

// answerTo picks the answer of the longest prefix that fits.
func (s script) answerTo(uri string) answer {
	best := s.paths[0]
	for _, p := range s.paths[1:] {
		if strings.HasPrefix(uri, p.prefix) && len(p.prefix) >= len(best.prefix) {
			best = p
		}
	}
	return best.answer
}

// apply reads options: a flag, or name=value. Those after at=PATH are for that path alone and
// start from the plain answer.
func (s *script) apply(options []string) error {
	at := 0
	for _, option := range options {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "at":
			at = slices.IndexFunc(s.paths, func(p pathAnswer) bool { return p.prefix == value })
			if at < 0 {
				at = len(s.paths)
				plain := newScript().paths[0].answer
				s.paths = append(s.paths, pathAnswer{value, plain})
			}
		case "mode":
			mode, err := strconv.ParseUint(value, 8, 9)
			if err != nil {
				return fmt.Errorf("option %q: %w", option, err)
			}
			s.mode = fs.FileMode(mode)
		default:
			if err := s.paths[at].answer.apply(name, value); err != nil {
				return fmt.Errorf("option %q: %w", option, err)
			}
		}
	}
	return nil
}

// apply reads one option of an answer.
func (a *answer) apply(name, value string) (err error) {
	flags := map[string]*bool{"echo": &a.echo, "close": &a.close, "reset": &a.reset, "early": &a.early, "once": &a.once}
	times := map[string]*time.Duration{"delay": &a.delay, "between": &a.between, "idle": &a.idle}
	counts := map[string]*int{"status": &a.status, "max": &a.max, "want": &a.want}
	texts := map[string]*string{"body": &a.body, "send": &a.send}
	switch {
	case flags[name] != nil:
		*flags[name], err = parseFlag(value)
	case times[name] != nil:
		*times[name], err = time.ParseDuration(value)
	case counts[name] != nil:
		*counts[name], err = strconv.Atoi(value)
	case texts[name] != nil:
		*texts[name], err = unescape(value)
	case name == "size":
		a.size, err = parseSize(value)
	default:
		err = a.applyFields(name, value)
	}
	return err
}

// applyFields reads the options that make header fields.
func (a *answer) applyFields(name, value string) error {
	var n int
	var err error
	switch name {
	case "field":
		if !strings.Contains(value, ":") {
			return fmt.Errorf("a field is %q", "Name: value")
		}
		a.fields = append(a.fields, value)
		return nil
	case "header", "cookies", "fields":
		if n, err = parseSize(value); err != nil {
			return err
		}
	default:
		return fmt.Errorf("unknown option")
	}
	made, field := "X-Fill:", func(int) string { return "X-Fill: " + strings.Repeat("x", n) }
	count := 1
	switch name {
	case "cookies":
		made, count = "Set-Cookie: fill", n
		field = func(i int) string { return fmt.Sprintf("Set-Cookie: fill%d=%s; Path=/", i, strings.Repeat("x", 1000)) }
	case "fields":
		made, count = "X-Fill-", n
		field = func(i int) string { return fmt.Sprintf("X-Fill-%d: %d", i, i) }
	}
	a.fields = slices.DeleteFunc(a.fields, func(f string) bool { return strings.HasPrefix(f, made) })
	for i := range count {
		a.fields = append(a.fields, field(i))
	}
	return nil
}

// content is the body of the answer to r.
func (a answer) content(r request) string {
	body := a.body
	if a.echo {
		body = r.echo()
	}
	return body + strings.Repeat("x", max(0, a.size-len(body)))
}

// parseFlag reads a flag's value: nothing or "on", or "off".
func parseFlag(value string) (bool, error) {
	switch value {
	case "", "on":
		return true, nil
	case "off":
		return false, nil
	}
	return false, fmt.Errorf("want on or off")
}

// parseSize reads a number of bytes, with k for 1024 and m for 1024 times that.
func parseSize(s string) (int, error) {
	number, factor := s, 1
	for suffix, f := range maps.All(map[string]int{"k": 1 << 10, "m": 1 << 20}) {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			number, factor = rest, f
		}
	}
	n, err := strconv.Atoi(number)
	if err == nil && (n < 0 || n*factor > 1<<30) {
		err = fmt.Errorf("%q is out of range", s)
	}
	return n * factor, err
}

// unescape reads backslash sequences as Go's string literals have them.
func unescape(s string) (string, error) {
	text, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		return "", fmt.Errorf("%q: %w", s, err)
	}
	return text, nil
}
