package linttest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"runtime"
	"strconv"
	"strings"
)

// address is where something listens: a TCP or UDP port of a loopback address, or a unix socket.
type address struct {
	network string // tcp, udp or unix
	host    string // without brackets; a socket's path
	port    int
}

// String is the address as nginx writes it.
func (a address) String() string {
	if a.network == "unix" {
		return "unix:" + a.host
	}
	return a.dial()
}

// dial is the address as package net writes it.
func (a address) dial() string {
	if a.network == "unix" {
		return a.host
	}
	return net.JoinHostPort(a.host, strconv.Itoa(a.port))
}

// parseHost reads an IP address, in brackets or not.
func parseHost(s string) (string, error) {
	host := strings.TrimSuffix(strings.TrimPrefix(s, "["), "]")
	ip := net.ParseIP(host)
	if ip == nil || !ip.IsLoopback() {
		return "", fmt.Errorf("%q is no loopback address", s)
	}
	return host, nil
}

// ports hands out port numbers that nothing on the machine listens on, and that no other test,
// nor one in another process, is given until they are released.
type ports struct{ held []net.PacketConn }

// Numbers come from below the range that outgoing connections take theirs from.
const (
	firstPort = 20000
	lastPort  = 32000
)

// reserve returns a port number. What marks it as taken is a UDP socket of the same number, which
// is in nobody's way: proofs listen with TCP, and with UDP on 127.0.0.1 only.
func (p *ports) reserve() (int, error) {
	marker := "127.77.77.77"
	if runtime.GOOS != "linux" {
		marker = "127.0.0.1"
	}
	for range 200 {
		port := firstPort + rand.IntN(lastPort-firstPort)
		mark, err := net.ListenPacket("udp", address{"udp", marker, port}.dial())
		if err != nil {
			continue
		}
		probe, err := net.Listen("tcp", address{"tcp", "", port}.dial())
		if err != nil {
			mark.Close()
			continue
		}
		probe.Close()
		p.held = append(p.held, mark)
		return port, nil
	}
	return 0, fmt.Errorf("no free port between %d and %d", firstPort, lastPort)
}

func (p *ports) release() {
	for _, mark := range p.held {
		mark.Close()
	}
	p.held = nil
}
