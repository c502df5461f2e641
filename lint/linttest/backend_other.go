//go:build !linux

package linttest

import (
	"errors"
	"net"
)

func shrinkBacklog(net.Listener) error { return errors.ErrUnsupported }
