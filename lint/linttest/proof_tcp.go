package linttest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"
)

// tcpStep is a plain connection to nginx.
type tcpStep struct {
	on   string
	send string
	want string // "closed", "open" or a text that is to come
	then string // after a text: "closed", "open" or nothing
}

// parseTCP reads "[on=NAME] [send=TEXT] closed|open|TEXT [closed|open]".
func parseTCP(args []string) (action, error) {
	var s tcpStep
	for _, arg := range args {
		name, value, option := strings.Cut(arg, "=")
		var err error
		switch {
		case option && name == "on":
			s.on = value
		case option && name == "send":
			s.send, err = unescape(value)
		case s.want == "":
			s.want, err = unescape(arg)
		case s.then == "" && !s.ending() && (arg == "closed" || arg == "open"):
			s.then = arg
		default:
			err = fmt.Errorf("unexpected %q", arg)
		}
		if err != nil {
			return nil, err
		}
	}
	if s.want == "" {
		return nil, errors.New(`want "TCP [on=NAME] [send=TEXT] closed|open|TEXT [closed|open]"`)
	}
	return s.run, nil
}

// ending reports whether it is the end of the connection, or that there is none,
// that is waited for, and not a text.
func (s tcpStep) ending() bool { return s.want == "closed" || s.want == "open" }

// stillOpen is how long a connection must stay open and silent to count as open.
const stillOpen = 300 * time.Millisecond

func (s tcpStep) run(ctx context.Context, t *trial) error {
	ctx, cancel := context.WithTimeout(ctx, stepLimit)
	defer cancel()
	r := requestStep{on: s.on}
	c, err := r.dial(ctx, t)
	if err != nil {
		return err
	}
	defer c.Close()
	if s.want == "open" {
		c.SetReadDeadline(time.Now().Add(stillOpen))
	}
	if _, err := c.Write([]byte(s.send)); err != nil && !isReset(err) {
		return err
	}
	got := ""
	for buf := make([]byte, 4<<10); ; {
		n, err := c.Read(buf)
		got += string(buf[:n])
		if !s.ending() && strings.Contains(got, s.want) {
			if s.then == "" {
				return nil
			}
			// What comes after the text counts from here on.
			s, got = tcpStep{want: s.then}, ""
			if s.want == "open" {
				c.SetReadDeadline(time.Now().Add(stillOpen))
			}
		}
		if err != nil {
			return s.ended(got, err)
		}
	}
}

// ended judges what came before a connection ended, or before the time was up.
func (s tcpStep) ended(got string, err error) error {
	var timeout net.Error
	open := errors.As(err, &timeout) && timeout.Timeout()
	switch {
	case s.want == "open" && open && got == "", s.want == "closed" && !open && got == "":
		return nil
	case open:
		return fmt.Errorf("the connection is open, got %q", got)
	}
	return fmt.Errorf("the connection is closed, got %q", got)
}

func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
