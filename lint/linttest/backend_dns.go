package linttest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// dnsRecord is what the scripted DNS server says of one name. Each step of the script has answers
// of its own; the last one stays in force. With a TTL of 0, which is the default, nginx asks again
// in the next second.
type dnsRecord struct {
	name  string
	ttl   uint32
	steps []dnsStep
}

type dnsStep struct {
	addrs  []netip.Addr
	code   dnsmessage.RCode
	silent bool // no answer at all
}

// parseDNS reads "NAME [ttl=SECONDS] ANSWER ... [then ANSWER ...]".
func parseDNS(args []string) (dnsRecord, error) {
	if len(args) < 2 {
		return dnsRecord{}, errors.New(`want "dns NAME ANSWER ..."`)
	}
	r := dnsRecord{name: strings.ToLower(args[0]), steps: []dnsStep{{}}}
	for _, arg := range args[1:] {
		step := &r.steps[len(r.steps)-1]
		if value, ok := strings.CutPrefix(arg, "ttl="); ok {
			ttl, err := strconv.ParseUint(value, 10, 31)
			if err != nil {
				return r, fmt.Errorf("ttl: %w", err)
			}
			r.ttl = uint32(ttl)
			continue
		}
		switch arg {
		case "then":
			r.steps = append(r.steps, dnsStep{})
		case "nxdomain":
			step.code = dnsmessage.RCodeNameError
		case "servfail":
			step.code = dnsmessage.RCodeServerFailure
		case "silent":
			step.silent = true
		default:
			addr, err := netip.ParseAddr(arg)
			if err != nil {
				return r, fmt.Errorf("answer %q is neither an address nor nxdomain, servfail or silent", arg)
			}
			step.addrs = append(step.addrs, addr)
		}
	}
	return r, nil
}

// dnsServer answers A and AAAA queries from records; unknown names do not exist.
type dnsServer struct {
	conn net.PacketConn
	done chan struct{}

	mu      sync.Mutex
	step    int
	records []dnsRecord
	queries map[string]int // by lower-case name without the final dot
}

func startDNS(records []dnsRecord) (*dnsServer, error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("dns: %w", err)
	}
	s := &dnsServer{conn: conn, records: records, queries: map[string]int{}, done: make(chan struct{})}
	go s.serve()
	return s, nil
}

func (s *dnsServer) address() address {
	return address{"udp", "127.0.0.1", s.conn.LocalAddr().(*net.UDPAddr).Port}
}

// flip moves every name on to its next answers.
func (s *dnsServer) flip() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.step++
}

// asked is how many queries for a name, of whatever type, were seen.
func (s *dnsServer) asked(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queries[strings.ToLower(name)]
}

func (s *dnsServer) stop() {
	s.conn.Close()
	<-s.done
}

func (s *dnsServer) serve() {
	defer close(s.done)
	buf := make([]byte, 1500)
	for {
		n, peer, err := s.conn.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(pollInterval)
			continue
		}
		if reply, err := s.reply(buf[:n]); err == nil && reply != nil {
			s.conn.WriteTo(reply, peer)
		}
	}
}

// reply builds the answer to a query; it is nil where the script says to keep silent.
func (s *dnsServer) reply(query []byte) ([]byte, error) {
	var p dnsmessage.Parser
	head, err := p.Start(query)
	if err != nil {
		return nil, err
	}
	q, err := p.Question()
	if err != nil {
		return nil, err
	}
	step, ttl := s.lookup(strings.ToLower(strings.TrimSuffix(q.Name.String(), ".")))
	if step.silent {
		return nil, nil
	}
	m := dnsmessage.Message{
		Header: dnsmessage.Header{
			ID: head.ID, Response: true, RecursionDesired: true, RecursionAvailable: true, RCode: step.code,
		},
		Questions: []dnsmessage.Question{q},
	}
	for _, addr := range step.addrs {
		h := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: ttl}
		switch {
		case q.Type == dnsmessage.TypeA && addr.Is4():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AResource{A: addr.As4()}})
		case q.Type == dnsmessage.TypeAAAA && addr.Is6():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: h, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	return m.Pack()
}

func (s *dnsServer) lookup(name string) (dnsStep, uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queries[name]++
	i := slices.IndexFunc(s.records, func(r dnsRecord) bool { return r.name == name })
	if i < 0 {
		return dnsStep{code: dnsmessage.RCodeNameError}, 0
	}
	r := s.records[i]
	return r.steps[min(s.step, len(r.steps)-1)], r.ttl
}
