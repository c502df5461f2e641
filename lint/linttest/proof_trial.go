package linttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// trial is one case being run on one nginx.
type trial struct {
	proof    *Proof
	setup    *setup
	ctx      context.Context // nginx and everything else ends with it
	proc     *process        // nil until nginx is started
	backends map[string]*backend
	dns      *dnsServer
	ports    ports
	ca       *authority
	hosts    []hostEntry
	listens  map[string]address // nginx's own, by name; the one without a name is ""
	portNums map[string]int
	failure  error // of reserving a port while text is expanded
}

// runCase runs a case on an nginx and says what was not as it should be. Test is the name of the
// test that a child process reaches Prove with, for isolated cases.
func runCase(ctx context.Context, n Nginx, p *Proof, c *Case, test string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, caseLimit)
	defer cancel()
	dir, err := os.MkdirTemp("", "nginxlint")
	if err != nil {
		return err
	}
	t := &trial{
		proof:    p,
		ctx:      ctx,
		setup:    &setup{nginx: n, dir: dir, user: c.user, isolation: isolation{Test: test, Net: c.netns}},
		backends: map[string]*backend{},
		hosts:    slices.Clone(p.hosts),
		listens:  map[string]address{},
		portNums: map[string]int{},
	}
	defer func() { err = errors.Join(err, t.close()) }()
	if err := t.prepare(c); err != nil {
		return fmt.Errorf("%s: %w", p.Path, err)
	}
	steps, _, err := p.steps(*c, t.expand(c.want))
	if err = errors.Join(err, t.failure); err != nil {
		return err
	}
	for _, s := range steps {
		if err := s.run(ctx, t); err != nil {
			return fmt.Errorf("%s:%d: %s: %w%s", p.Path, s.line, s.text, err, t.evidence())
		}
	}
	return nil
}

// prepare starts the backends and writes the files.
func (t *trial) prepare(c *Case) error {
	// The workers may run as another user.
	if err := os.Chmod(t.setup.dir, 0o755); err != nil {
		return err
	}
	if err := t.certificates(); err != nil {
		return err
	}
	if err := t.startBackends(); err != nil {
		return err
	}
	if len(t.hosts) > 0 {
		t.setup.isolation.Hosts = t.setup.path("hosts")
		if err := t.writeHosts(); err != nil {
			return err
		}
	}
	for _, f := range t.proof.files {
		path := t.setup.path(f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(t.expand(string(f.Data))), 0o644); err != nil {
			return err
		}
	}
	return errors.Join(t.setup.write([]byte(t.expand(string(c.conf)))), t.failure)
}

// certificates makes the case's authority and the certificates that are asked for as files.
func (t *trial) certificates() error {
	tls := slices.ContainsFunc(t.proof.backends, func(b backendSpec) bool { return b.tls.on })
	if !tls && len(t.proof.certs) == 0 {
		return nil
	}
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	t.ca = ca
	if err := store(t.setup.dir, "ca", ca.own()); err != nil {
		return err
	}
	for _, spec := range t.proof.certs {
		cert, err := ca.issue(spec.tls.names, spec.tls.intermediates)
		if err != nil {
			return err
		}
		if err := store(t.setup.dir, spec.file, cert); err != nil {
			return err
		}
	}
	return nil
}

func (t *trial) startBackends() error {
	if len(t.proof.dns) > 0 {
		server, err := startDNS(t.proof.dns)
		if err != nil {
			return err
		}
		t.dns = server
	}
	for _, spec := range t.proof.backends {
		b := &backend{name: spec.name, kind: spec.kind, script: spec.script.clone()}
		switch owner := t.backends[spec.portOf]; {
		case spec.unix:
			b.address = address{"unix", t.setup.path(spec.name + ".sock"), 0}
		case owner != nil:
			b.address = address{"tcp", spec.host, owner.address.port}
		default:
			port, err := t.ports.reserve()
			if err != nil {
				return err
			}
			b.address = address{"tcp", spec.host, port}
		}
		if spec.tls.on {
			config, err := spec.tls.config(t.ca, spec.kind, b.noteServerName)
			if err != nil {
				return err
			}
			b.tls = config
		}
		t.backends[spec.name] = b
		if spec.down {
			continue
		}
		if err := b.start(); err != nil {
			return err
		}
	}
	return nil
}

// writeHosts writes the file that nginx sees as /etc/hosts, in place because it may be mounted.
func (t *trial) writeHosts() error {
	var text bytes.Buffer
	text.WriteString("127.0.0.1 localhost\n")
	for _, h := range t.hosts {
		for _, addr := range h.addrs {
			fmt.Fprintf(&text, "%s %s\n", addr, h.name)
		}
	}
	return os.WriteFile(t.setup.path("hosts"), text.Bytes(), 0o644)
}

// expand puts this run's addresses into a text of the proof.
func (t *trial) expand(text string) string { return expand(text, t.lookup) }

func (t *trial) lookup(name string) (string, bool) {
	first, rest, _ := strings.Cut(name, ".")
	switch first {
	case "dir":
		return t.setup.dir, rest == ""
	case "listen":
		return t.listen(rest).String(), true
	case "port":
		return fmt.Sprint(t.port(rest)), true
	case "dns":
		if t.dns == nil {
			return "", false
		}
		return part(t.dns.address(), rest)
	}
	if b := t.backends[first]; b != nil {
		return part(b.address, rest)
	}
	return "", false
}

// part is an address, or what is named of it.
func part(a address, name string) (string, bool) {
	switch name {
	case "":
		return a.String(), true
	case "host":
		return a.host, true
	case "port":
		return fmt.Sprint(a.port), true
	}
	return "", false
}

// port is the number of a port for nginx to listen on.
func (t *trial) port(name string) int {
	if _, ok := t.portNums[name]; !ok {
		n, err := t.ports.reserve()
		t.failure = errors.Join(t.failure, err)
		t.portNums[name] = n
	}
	return t.portNums[name]
}

// listen is an address for nginx to listen on. With a network of its own nginx can only be
// reached through the file system.
func (t *trial) listen(name string) address {
	if _, ok := t.listens[name]; !ok {
		if t.setup.isolation.Net {
			t.listens[name] = address{"unix", t.setup.path("listen-" + name + ".sock"), 0}
		} else {
			t.listens[name] = address{"tcp", "127.0.0.1", t.port(name)}
		}
	}
	return t.listens[name]
}

// evidence is what nginx has logged, for the report of a failure.
func (t *trial) evidence() string {
	log := readLog(t.setup.path("error.log")) + readLog(t.setup.path("stderr.log"))
	const limit = 4 << 10
	if len(log) > limit {
		log = "...\n" + log[len(log)-limit:]
	}
	return "\nnginx's log:\n" + log
}

// close ends nginx and the backends and removes the folder.
func (t *trial) close() error {
	if t.proc != nil {
		t.proc.stop()
	}
	for _, b := range t.backends {
		b.stop()
	}
	if t.dns != nil {
		t.dns.stop()
	}
	t.ports.release()
	return os.RemoveAll(t.setup.dir)
}
