package deploy

import (
	"slices"
	"strings"
)

// imageFact is what is known about a well-known image.
type imageFact struct {
	// single says that it holds nginx and nothing else that listens.
	single bool
	// version says that its tags begin with nginx's version.
	version bool
}

// imageFacts is what is known about an image by its repository, without registry.
// Images with a web application, a generator or an init system beside nginx are
// only there for their tags.
func imageFacts(repository string) imageFact {
	switch repository {
	case "nginx", "library/nginx", "nginx/nginx", "docker/library/nginx",
		"nginxinc/nginx-unprivileged", "nginx/nginx-unprivileged",
		"openresty/openresty", "bitnami/nginx", "bitnamilegacy/nginx", "bitnami/openresty":
		return imageFact{single: true, version: true}
	case "linuxserver/nginx", "lscr.io/linuxserver/nginx":
		return imageFact{version: true}
	}
	return imageFact{}
}

// registries serve the well-known images under their usual names.
var registries = []string{
	"docker.io/", "index.docker.io/", "registry-1.docker.io/", "registry.hub.docker.com/",
	"ghcr.io/", "quay.io/", "public.ecr.aws/", "mirror.gcr.io/", "lscr.io/",
}

// reference is a parsed image reference.
type reference struct {
	name string // as written, without tag and digest
	tag  string
	fact imageFact
}

// parseReference splits an image reference (distribution/reference grammar):
// [host[:port]/]path[:tag][@digest].
func parseReference(s string) reference {
	name, _, _ := strings.Cut(strings.TrimSpace(s), "@")
	tag := ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	repository := strings.ToLower(name)
	for _, r := range registries {
		if rest, ok := strings.CutPrefix(repository, r); ok {
			repository = rest
			break
		}
	}
	// A mirror of Docker Hub keeps its "library" in the path.
	if strings.HasSuffix(repository, "/library/nginx") {
		repository = "library/nginx"
	}
	return reference{name: name, tag: tag, fact: imageFacts(repository)}
}

// nginxVersion is the version that the tag of a well-known image begins with:
// "1.25", "1.25.3" or "". OpenResty's fourth number is its own.
func (r reference) nginxVersion() string {
	if !r.fact.version {
		return ""
	}
	tag := strings.TrimPrefix(r.tag, "version-")
	numbers, _, _ := strings.Cut(tag, "-")
	parts := strings.Split(numbers, ".")
	if len(parts) < 2 || len(parts) > 4 {
		return ""
	}
	parts = parts[:min(len(parts), 3)]
	if slices.ContainsFunc(parts, func(p string) bool {
		return p == "" || len(p) > 3 || strings.Trim(p, "0123456789") != ""
	}) || parts[0] != "1" {
		return ""
	}
	return strings.Join(parts, ".")
}

// holdsNginx reports whether an image is made to run nginx, by its name alone.
func holdsNginx(image string) bool {
	image = strings.ToLower(image)
	return strings.Contains(image, "nginx") || strings.Contains(image, "openresty") || strings.Contains(image, "angie")
}
