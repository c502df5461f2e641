package model

import (
	"strings"
	"sync"

	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// Config is one configuration as nginx runs it. It does not change once built
// and may be read by several goroutines at once.
type Config struct {
	// Tree is what it was built from.
	Tree *conf.Tree
	// Version is the nginx that is to run it; zero when unknown.
	Version nginx.Version
	// Flavour is which program of nginx's family is to run it; empty when
	// nobody has said.
	Flavour nginx.Flavour
	// Declared are directives of modules that nginx does not come with, as their
	// user describes them.
	Declared []*nginx.Directive
	// Main is the outermost level. HTTP and Stream are the first http and
	// stream blocks, nil when absent.
	Main, HTTP, Stream *Scope
	// Scopes holds every level, outermost first, in document order: a level
	// stands before all levels inside it.
	Scopes []*Scope
	// Servers holds the servers of http and stream in document order.
	Servers []*Server
	// Upstreams holds the upstream{} groups of http and stream in document order.
	Upstreams []*Upstream
	// Proxies holds every *_pass in document order.
	Proxies []*Proxy
	// Complete says that everything nginx will read is in view: a name that is
	// not defined here is defined nowhere.
	Complete bool

	names nameTable

	groups   map[groupKey]*Upstream
	implicit map[hostKey]*Proxy

	regexes regexes
	headers headerIndex

	indexNamed sync.Once
	namedAt    map[namedKey]*Scope

	indexPasses sync.Once
	passAt      map[*Scope]*Proxy
	passesIn    map[*Scope][]*Proxy

	indexAddresses                 sync.Once
	httpAddresses, streamAddresses []*Address

	indexNodes sync.Once
	byNode     map[*conf.Node]*Scope
}

// groupKey names an upstream group: http and stream have a namespace each, and
// names that differ in case only are the same (ngx_http_upstream_add,
// src/http/ngx_http_upstream.c).
type groupKey struct {
	stream bool
	name   string // lower case
}

// hostKey names an implicit upstream.
type hostKey struct {
	stream bool
	host   string // lower case
	port   int
}

// Build makes the model of a tree. A zero version means that any release may
// run it; defaults are then those of the newest.
func Build(t *conf.Tree, v nginx.Version) *Config {
	c := &Config{Tree: t, Version: v, Complete: !t.Incomplete, names: newNameTable()}
	b := builder{cfg: c}
	if t.Root != nil {
		b.walkMain(t.Root)
	}
	b.finishScopes()
	wait := aside(b.finishServers)
	b.finishUpstreams()
	b.finishLiterals()
	wait() // the values of variables such as $scheme depend on them
	b.finishProxies()
	return c
}

// aside does work at the same time, until wait returns. A panic is the caller's.
func aside(work func()) (wait func()) {
	var failed any
	var done sync.WaitGroup
	done.Go(func() {
		defer func() { failed = recover() }()
		work()
	})
	return func() {
		done.Wait()
		if failed != nil {
			panic(failed)
		}
	}
}

// Upstream returns the explicit group of that name, in any case, or nil.
func (c *Config) Upstream(stream bool, name string) *Upstream {
	if len(c.groups) == 0 {
		return nil
	}
	return c.groups[groupKey{stream, strings.ToLower(name)}]
}

// Implicit returns the first *_pass without variables that passes to that host
// and effective port, and so makes nginx resolve it once, at start, for all
// passes to it; nil if there is none. All http modules share one namespace.
func (c *Config) Implicit(stream bool, host string, port int) *Proxy {
	if len(c.implicit) == 0 {
		return nil
	}
	return c.implicit[hostKey{stream, strings.ToLower(host), port}]
}
