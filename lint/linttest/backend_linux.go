package linttest

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// shrinkBacklog lets as few connections as possible wait for being accepted.
func shrinkBacklog(ln net.Listener) error {
	raw, err := ln.(syscall.Conn).SyscallConn()
	if err != nil {
		return err
	}
	var listenErr error
	if err := raw.Control(func(fd uintptr) { listenErr = unix.Listen(int(fd), 0) }); err != nil {
		return err
	}
	return listenErr
}
