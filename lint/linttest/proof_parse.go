package linttest

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// parseProof reads the text of a proof; path is for messages.
func parseProof(path string, data []byte) (*Proof, error) {
	archive := txtar.Parse(data)
	p := &Proof{Path: path}
	common := Case{}
	for i, line := range strings.Split(string(archive.Comment), "\n") {
		if err := p.directive(line, &common); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+1, err)
		}
	}
	line := strings.Count(string(archive.Comment), "\n")
	wants := map[string]int{} // the index of a case by its name
	for _, f := range archive.Files {
		line++
		if name, ok := strings.CutSuffix(f.Name, ".want"); ok {
			c := common
			c.Name, c.want, c.line = name, string(f.Data), line
			c.versions = slices.Clone(common.versions)
			wants[name] = len(p.Cases)
			p.Cases = append(p.Cases, &c)
		}
		line += strings.Count(string(f.Data), "\n")
	}
	for _, f := range archive.Files {
		name, isConf := strings.CutSuffix(f.Name, ".conf")
		i, isCase := wants[name]
		switch {
		case isConf && isCase:
			p.Cases[i].conf = f.Data
		case filepath.Ext(f.Name) != ".want":
			if !filepath.IsLocal(f.Name) {
				return nil, fmt.Errorf("%s: file %q is outside of the proof", path, f.Name)
			}
			p.files = append(p.files, f)
		}
	}
	return p, p.check()
}

// check finds mistakes that no single line shows.
func (p *Proof) check() error {
	if len(p.Cases) == 0 {
		return fmt.Errorf("%s: no case: a proof needs a NAME.conf and a NAME.want", p.Path)
	}
	var errs []error
	for _, c := range p.Cases {
		if c.conf == nil {
			errs = append(errs, fmt.Errorf("%s:%d: %s.want has no %s.conf", p.Path, c.line, c.Name, c.Name))
		}
		_, settled, err := p.steps(*c, c.want)
		*c = settled
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (p *Proof) backend(name string) *backendSpec {
	if i := slices.IndexFunc(p.backends, func(b backendSpec) bool { return b.name == name }); i >= 0 {
		return &p.backends[i]
	}
	return nil
}

// directive reads a line of the proof's head.
func (p *Proof) directive(line string, common *Case) error {
	args, err := words(line)
	if err != nil || len(args) == 0 {
		return err
	}
	switch args[0] {
	case "backend":
		b, err := parseBackend(args[1:])
		if err != nil {
			return fmt.Errorf("backend: %w", err)
		}
		if p.backend(b.name) != nil {
			return fmt.Errorf("backend %s is there already", b.name)
		}
		if b.portOf != "" && p.backend(b.portOf) == nil {
			return fmt.Errorf("backend %s: no backend %q before it to share a port with", b.name, b.portOf)
		}
		p.backends = append(p.backends, b)
		return nil
	case "dns":
		r, err := parseDNS(args[1:])
		p.dns = append(p.dns, r)
		return err
	case "hosts":
		h, err := parseHostEntry(args[1:])
		p.hosts = append(p.hosts, h)
		return err
	case "cert":
		c, err := parseCert(args[1:])
		p.certs = append(p.certs, c)
		return err
	}
	known, err := common.setting(args)
	if err == nil && !known {
		err = fmt.Errorf("unknown directive %q", args[0])
	}
	return err
}

// setting reads what can be said of all cases or of one, and says whether the line is such.
func (c *Case) setting(args []string) (known bool, err error) {
	switch args[0] {
	case "nginx":
		r, err := parseVersionRange(args[1:])
		if err != nil {
			return true, fmt.Errorf("nginx: %w", err)
		}
		c.versions = append(c.versions, r...)
		return true, nil
	case "netns":
		c.netns = true
		if len(args) > 1 {
			return true, errors.New("netns takes no argument")
		}
		return true, nil
	case "user":
		if len(args) != 2 {
			return true, errors.New(`want "user NAME"`)
		}
		c.user = args[1]
		return true, nil
	}
	return false, nil
}

// backendSpec is a backend as its line describes it.
type backendSpec struct {
	name, kind string
	unix       bool
	host       string // the loopback address it listens on
	portOf     string // the backend whose port number it shares
	down       bool   // it is not started with nginx
	tls        tlsSpec
	script     script
}

// parseBackend reads "NAME KIND [OPTION ...]".
func parseBackend(args []string) (backendSpec, error) {
	if len(args) < 2 {
		return backendSpec{}, errors.New(`want "backend NAME KIND [OPTION ...]"`)
	}
	b := backendSpec{name: args[0], kind: args[1], host: "127.0.0.1", script: newScript()}
	b.tls.names = []string{"app.test", "127.0.0.1"}
	if slices.Contains([]string{"listen", "port", "dns", "dir"}, b.name) || strings.Contains(b.name, ".") {
		return b, fmt.Errorf("%q cannot name a backend", b.name)
	}
	if _, known := protocolOf(b.kind); !known {
		return b, fmt.Errorf("unknown kind %q", b.kind)
	}
	var rest []string
	for _, option := range args[2:] {
		name, value, _ := strings.Cut(option, "=")
		var err error
		known := true
		switch name {
		case "unix":
			b.unix, err = parseFlag(value)
		case "down":
			b.down, err = parseFlag(value)
		case "on":
			b.host, err = parseHost(value)
		case "port":
			b.portOf = value
		default:
			known, err = b.tls.apply(name, value)
		}
		if err != nil {
			return b, fmt.Errorf("option %q: %w", option, err)
		}
		if !known {
			rest = append(rest, option)
		}
	}
	return b, b.script.apply(rest)
}

// stand is an address that stands in for the backend's.
func (b backendSpec) stand(port int) address {
	if b.unix {
		return address{"unix", "/srv/proof/" + b.name + ".sock", 0}
	}
	return address{"tcp", b.host, port}
}

// hostEntry is a name and its addresses in /etc/hosts.
type hostEntry struct {
	name  string
	addrs []string
}

// parseHostEntry reads "ADDRESS[,ADDRESS ...] NAME".
func parseHostEntry(args []string) (hostEntry, error) {
	if len(args) != 2 {
		return hostEntry{}, errors.New(`want "hosts ADDRESS[,ADDRESS ...] NAME"`)
	}
	h := hostEntry{args[1], strings.Split(args[0], ",")}
	for _, a := range h.addrs {
		if _, err := netip.ParseAddr(a); err != nil {
			return h, fmt.Errorf("hosts: %w", err)
		}
	}
	return h, nil
}

// certSpec is a certificate that is written into a case's folder.
type certSpec struct {
	file string
	tls  tlsSpec
}

// parseCert reads "FILE [names=NAME,...] [intermediates=N]".
func parseCert(args []string) (certSpec, error) {
	if len(args) == 0 {
		return certSpec{}, errors.New(`want "cert FILE [names=NAME,...] [intermediates=N]"`)
	}
	c := certSpec{file: args[0], tls: tlsSpec{names: []string{"app.test", "127.0.0.1"}}}
	if !filepath.IsLocal(c.file) {
		return c, fmt.Errorf("cert: %q is outside of the proof", c.file)
	}
	for _, option := range args[1:] {
		name, value, _ := strings.Cut(option, "=")
		if name != "names" && name != "intermediates" {
			return c, fmt.Errorf("cert: unknown option %q", option)
		}
		if _, err := c.tls.apply(name, value); err != nil {
			return c, fmt.Errorf("cert: option %q: %w", option, err)
		}
	}
	return c, nil
}

// words splits a line at blanks. Double quotes keep blanks together, with \" and \\ inside of
// them; a word that begins with # ends the line.
func words(line string) ([]string, error) {
	var all []string
	var word strings.Builder
	inWord, quoted := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\' && i+1 < len(line) && (line[i+1] == '"' || line[i+1] == '\\'):
			i++
			word.WriteByte(line[i])
		case c == '"':
			quoted, inWord = !quoted, true
		case !quoted && (c == ' ' || c == '\t' || c == '\r'):
			if inWord {
				all = append(all, word.String())
				word.Reset()
			}
			inWord = false
		case !quoted && !inWord && c == '#':
			return all, nil
		default:
			inWord = true
			word.WriteByte(c)
		}
	}
	if quoted {
		return nil, errors.New("a quote is not closed")
	}
	if inWord {
		all = append(all, word.String())
	}
	return all, nil
}
