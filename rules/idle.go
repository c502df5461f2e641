package rules

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/deploy"
	"github.com/nginxlint/nginxlint/lint/model"
)

// idleLimit is after how long a backend closes a connection on which no request
// comes, and how that is known.
type idleLimit struct {
	after time.Duration
	// software is what has that limit.
	software string
	// image is the container image that runs it, "" where only a name speaks for
	// it.
	image string
	// fixed says that the image's own configuration decides, not an application's
	// code.
	fixed bool
}

// The limits of web servers as their documentation gives them: Node.js,
// server.keepAliveTimeout; Apache, KeepAliveTimeout; Tomcat, connectionTimeout of
// the server.xml it comes with; Uvicorn, --timeout-keep-alive.
var (
	nodeIdle    = idleLimit{after: 5 * time.Second, software: "Node.js"}
	apacheIdle  = idleLimit{after: 5 * time.Second, software: "Apache", fixed: true}
	tomcatIdle  = idleLimit{after: 20 * time.Second, software: "Tomcat", fixed: true}
	uvicornIdle = idleLimit{after: 5 * time.Second, software: "Uvicorn"}
)

// patientNode is the first release of Node.js that waits for 65 seconds, longer
// than nginx (doc/api/http.md of nodejs/node; release 26 still waits for 5).
const patientNode = 27

// imageIdle is the limit of the web server that an official image runs. A base
// image says the same of what is built from it, but its configuration may have
// been replaced.
func imageIdle(image, tag string) (idleLimit, bool) {
	repository := strings.ToLower(image)
	repository = strings.TrimPrefix(strings.TrimPrefix(repository, "docker.io/"), "library/")
	apache := strings.Contains(tag, "apache")
	switch repository {
	case "node":
		major, err := strconv.Atoi(tag[:wordLength(tag)])
		return nodeIdle, err != nil || major < patientNode
	case "httpd":
		return apacheIdle, true
	case "tomcat":
		return tomcatIdle, true
	case "php":
		return apacheIdle, apache
	case "wordpress", "nextcloud", "drupal", "joomla", "phpmyadmin":
		other := strings.Contains(tag, "fpm") || strings.Contains(tag, "cli") || strings.Contains(tag, "alpine")
		return apacheIdle, apache || !other
	}
	return idleLimit{}, false
}

// peerIdle is the limit of a group's server: of the compose service that it
// names, else of the software that the name of the server or of the group is
// that of.
func peerIdle(p *lint.Pass, u *model.Upstream, peer *model.Peer) (idleLimit, bool) {
	for _, c := range p.Deploy.Containers {
		if peer.URL.Host == "" {
			break // a Unix socket
		}
		service := c.Find(peer.URL.Host)
		if service == nil {
			continue
		}
		limit, ok := imageIdle(service.Image, service.Tag)
		limit.image = service.Image
		limit.fixed = limit.fixed && !service.Built && !slices.ContainsFunc(service.Mounts, mountsSettings)
		return limit, ok
	}
	if limit, ok := namedIdle(u.Name); ok {
		return limit, true
	}
	if peer.URL.Unix != "" {
		return namedIdle(path.Base(peer.URL.Unix))
	}
	return namedIdle(peer.URL.Host)
}

// mountsSettings reports whether a mount may bring a configuration along, as
// opposed to the pages of a site.
func mountsSettings(m deploy.Mount) bool {
	return strings.Contains(m.Target, "/etc") || strings.Contains(m.Target, "conf")
}

// namedIdle is the limit of the software that a word of a name is that of. "node"
// alone may be any machine of a cluster.
func namedIdle(name string) (idleLimit, bool) {
	for word := range asciiWords(strings.ToLower(name)) {
		switch word {
		case "nodejs", "expressjs", "nestjs", "nextjs":
			return nodeIdle, true
		case "uvicorn":
			return uvicornIdle, true
		}
	}
	return idleLimit{}, false
}

// shortestIdle is the shortest limit among a group's servers that are in
// service.
func shortestIdle(p *lint.Pass, u *model.Upstream) (shortest idleLimit, of *model.Peer) {
	for peer := range u.Active() {
		if peer.Unknown || peer.Err != nil {
			continue
		}
		limit, ok := peerIdle(p, u, peer)
		if ok && (of == nil || limit.after < shortest.after) {
			shortest, of = limit, peer
		}
	}
	return shortest, of
}
