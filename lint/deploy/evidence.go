package deploy

import (
	"net/netip"
	"slices"
	"strings"
)

// Evidence is what the files around a configuration say about how it is
// deployed. It is empty without such files; a nil Evidence is empty too.
type Evidence struct {
	// Containers are the containers that carry a file of this configuration, one
	// for each compose service or Dockerfile, in order of discovery.
	Containers []*Container
	// Broken are the compose files that could not be understood, by path. What
	// they would say is missing from the evidence.
	Broken []Broken

	// elsewhere holds the names of services of compose projects that were seen
	// but do not run this configuration. They may be run together with it.
	elsewhere map[string]bool
}

// Broken is a file of a deployment that could not be understood.
type Broken struct {
	Path string // absolute
	Err  error
}

// Place is where a fact stands.
type Place struct {
	Path   string // absolute path of the file
	Line   int    // counted from 1
	Column int    // in characters, counted from 1
}

// Container is one compose service, or the image of one Dockerfile, that
// carries a file of the linted configuration. The embedded Service is what it
// says about itself; a Dockerfile on its own fills only Name, Place, Image and
// Tag.
type Container struct {
	Service
	// Source is the line that brings the file in: a compose volume or config, or
	// a COPY or ADD of a Dockerfile.
	Source Place
	// Path is where the file is in the container.
	Path string
	// Root says that the container carries the root file itself. Otherwise it
	// only carries a file that the root includes, and may run it under another.
	Root bool
	// Compose says that a compose file describes how it is run. A Dockerfile on
	// its own does not say which network it joins or what stands beside it.
	Compose bool
	// NginxVersion is nginx's version as the tag of a well-known image gives it,
	// with two or three numbers ("1.25", "1.25.3"), or "".
	NginxVersion string
	// OwnNetwork says that it is alone in its network namespace: it neither
	// joins another one (network_mode host, service: or container:) nor is it
	// joined. It only means something if OwnNetworkKnown.
	OwnNetwork, OwnNetworkKnown bool
	// SingleProcess says that nothing but nginx can listen inside it. False
	// means that something else does or that it is not known.
	SingleProcess bool
	// OtherFiles says that it has, or may have, further files in nginx's
	// configuration folders that are no part of the linted configuration, besides
	// those of its base image.
	OtherFiles bool
	// Services are the other services of the same compose project.
	Services []*Service
	// ExternalNetwork says that it joins a network defined elsewhere, where
	// names may be known that its compose project does not show.
	ExternalNetwork bool
	// Incomplete says that services or names may be defined where they could
	// not be read: a remote include, a broken or oversized file, a variable, the
	// file that this one is to be put upon.
	Incomplete bool
}

// Service is one service of a compose project. Where several files of one
// folder define it, lists are the union of all.
type Service struct {
	Name string
	// Place is the service's key in its compose file, or a Dockerfile's final
	// FROM.
	Place Place
	// Image and Tag are the image reference with variables replaced by their
	// defaults; for a service that is built, that of its Dockerfile's final
	// stage. Both are empty if a variable has no known value or files disagree;
	// Tag is empty if none is written.
	Image, Tag string
	// Built says that a Dockerfile makes its image.
	Built         bool
	ContainerName string
	Hostname      string
	// NetworkMode is host, bridge, none, service:name, container:name, "?" if a
	// variable decides it, or "" if none is written.
	NetworkMode string
	// Networks are the keys of the networks it joins: "default" if none is
	// written, none if NetworkMode is set. Sorted.
	Networks []string
	// Aliases are its further names on those networks.
	Aliases []string
	// ExtraHosts maps names of extra_hosts to addresses.
	ExtraHosts map[string]string
	// Links maps names usable through links and external_links to services.
	Links map[string]string
	// Ports are published ports, Expose those that are only declared, by the
	// compose file or by its Dockerfile.
	Ports  []Port
	Expose []PortRange
	// DependsOn maps services to the condition awaited (service_started,
	// service_healthy, service_completed_successfully).
	DependsOn map[string]string
	// Restart is the restart policy as written, or "".
	Restart string
	// Mounts are its volumes and configs.
	Mounts []Mount
}

// Port is a published port.
type Port struct {
	HostIP    string    // "" is all addresses
	Published PortRange // on the host; zero if the engine picks one
	Target    PortRange // in the container
	Protocol  string    // tcp or udp
}

// PortRange is a range of ports, both ends included; zero is no port.
type PortRange struct{ First, Last int }

// Contains reports whether port lies in the range.
func (r PortRange) Contains(port int) bool { return port > 0 && r.First <= port && port <= r.Last }

// Mount is one volume of a service.
type Mount struct {
	// Source is an absolute path on the host if Bind, else a volume's name ("" if
	// anonymous).
	Source string
	Bind   bool
	// Target is an absolute path in the container.
	Target string
	Place  Place
}

// Answer is what can be said from files alone.
type Answer uint8

// The answers.
const (
	Unsure Answer = iota
	Yes
	No
)

// String is unsure, yes or no.
func (a Answer) String() string {
	switch a {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unsure"
}

// Empty reports whether nothing is known about the deployment.
func (e *Evidence) Empty() bool { return e == nil || len(e.Containers) == 0 }

// Alone reports whether every container that carries the configuration runs the
// whole of it, is known to be alone in its network namespace and has nothing
// but nginx in it: nothing else can listen on its loopback addresses.
func (e *Evidence) Alone() bool {
	return e.all(func(c *Container) bool {
		return c.Root && c.OwnNetworkKnown && c.OwnNetwork && c.SingleProcess
	})
}

// NginxVersion is the version on which all containers agree, or "".
func (e *Evidence) NginxVersion() string {
	if e.Empty() {
		return ""
	}
	version := e.Containers[0].NginxVersion
	if e.all(func(c *Container) bool { return c.NginxVersion == version }) {
		return version
	}
	return ""
}

// KnowsHost says whether a host name resolves in the containers: Yes if all of
// them have a service, alias, link or extra host of that name, No if none can
// have one, Unsure in all other cases: names with a dot, host or external
// networks, Dockerfiles on their own, files that could not be read.
func (e *Evidence) KnowsHost(name string) Answer {
	if e.Empty() {
		return Unsure
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	answer := e.Containers[0].KnowsHost(name)
	if !e.all(func(c *Container) bool { return c.KnowsHost(name) == answer }) {
		return Unsure
	}
	if answer == No && (e.elsewhere[name] || !e.all(func(c *Container) bool { return c.Root })) {
		return Unsure
	}
	return answer
}

func (e *Evidence) all(ok func(*Container) bool) bool {
	return !e.Empty() && !slices.ContainsFunc(e.Containers, func(c *Container) bool { return !ok(c) })
}

// KnowsHost is [Evidence.KnowsHost] for one container.
func (c *Container) KnowsHost(name string) Answer {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil || name == "localhost" {
		return Yes
	}
	if mapHasFold(c.ExtraHosts, name) || mapHasFold(c.Links, name) {
		return Yes
	}
	if !c.Compose || c.NetworkMode != "" {
		return Unsure
	}
	if c.Find(name) != nil {
		return Yes
	}
	if c.ExternalNetwork || c.Incomplete || name == "" || strings.ContainsAny(name, ".:$") {
		return Unsure
	}
	if c.generated(name) {
		return Unsure
	}
	return No
}

// Find returns the service that answers to a host name, itself included, or
// nil. It says nothing about whether the two share a network.
func (c *Container) Find(name string) *Service {
	for _, s := range append(c.Services[:len(c.Services):len(c.Services)], &c.Service) {
		if s.answers(name) {
			return s
		}
	}
	if linked, ok := c.Links[name]; ok {
		for _, s := range c.Services {
			if s.answers(linked) {
				return s
			}
		}
	}
	return nil
}

func (s *Service) answers(name string) bool {
	return strings.EqualFold(s.Name, name) || strings.EqualFold(s.ContainerName, name) && name != "" ||
		slices.ContainsFunc(s.Aliases, func(a string) bool { return strings.EqualFold(a, name) })
}

// Shares reports whether the container and the service join a common network,
// by compose's own lists; it is false for network modes.
func (c *Container) Shares(s *Service) bool {
	return slices.ContainsFunc(c.Networks, func(n string) bool { return slices.Contains(s.Networks, n) })
}

// generated reports whether name may be one that the engine makes up: the
// container names project-service-1 and project_service_1, the stack's
// project_service, and a container's host name, which engines since 25 resolve
// too (daemon/container_operations.go, buildEndpointDNSNames).
func (c *Container) generated(name string) bool {
	for _, s := range append(c.Services[:len(c.Services):len(c.Services)], &c.Service) {
		if strings.EqualFold(s.Hostname, name) {
			return true
		}
		base := strings.TrimRight(name, "0123456789")
		if base != name {
			base = strings.TrimRight(base, "-_")
		}
		service := strings.ToLower(s.Name)
		if strings.EqualFold(base, service) && base != name ||
			strings.HasSuffix(base, "_"+service) || strings.HasSuffix(base, "-"+service) ||
			strings.HasSuffix(name, "_"+service) || strings.HasSuffix(name, "-"+service) {
			return true
		}
	}
	return false
}

func mapHasFold(m map[string]string, name string) bool {
	for k := range m {
		if strings.EqualFold(k, name) {
			return true
		}
	}
	return false
}
