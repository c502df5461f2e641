package rules

import (
	"fmt"
	"iter"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/model"
)

// signIn looks for services for sign-in behind the passes of a configuration.
type signIn struct {
	p *lint.Pass
	// guards are, for the locations that auth_request asks, the first that does.
	guards map[*model.Scope]asker
	// servers are, for the groups met, those that have such a name, or "".
	servers map[*model.Upstream]string
}

func newSignIn(p *lint.Pass) *signIn {
	return &signIn{p: p, guards: guards(p), servers: map[*model.Upstream]string{}}
}

// evidence names what shows that a service for sign-in answers a pass: its name,
// or an auth_request that asks there. It is "" without any.
func (s *signIn) evidence(x *model.Proxy) string {
	if name := s.name(x); name != "" {
		return name
	}
	if guard := s.guards[x.Scope.Location()].node; guard != nil {
		return fmt.Sprintf("%q", guard.Text())
	}
	return ""
}

// cookies names what shows that the service behind a pass keeps sessions in
// cookies. An auth_request alone does not: many only look up a short key, as
// Authelia does.
func (s *signIn) cookies(x *model.Proxy) string {
	name := s.name(x)
	if strings.Contains(strings.ToLower(name), "authelia") {
		return ""
	}
	return name
}

// name is where a service for sign-in is named: in the address, in the image that
// runs there or in the location. It is "" where none is.
func (s *signIn) name(x *model.Proxy) string {
	if speaksOfSignIn(x.Target.Raw) {
		return fmt.Sprintf("%q", x.Target.Raw)
	}
	if x.Target.Variable { // else it is the only one
		for i := range x.Candidates {
			if raw := x.Candidates[i].Raw; raw != x.Target.Raw && speaksOfSignIn(raw) {
				return fmt.Sprintf("%q", raw)
			}
		}
	}
	for group := range x.Upstreams() {
		if server := s.server(group); server != "" {
			return fmt.Sprintf("%q", server)
		}
	}
	if image := s.image(x); image != "" {
		return image
	}
	for at := x.Scope.Location(); at != nil; at = at.Parent {
		if pattern := at.Pattern(); speaksOfSignIn(pattern) {
			return fmt.Sprintf("the location %q", pattern)
		}
	}
	return ""
}

// server is the server of a group that has such a name, or "".
func (s *signIn) server(group *model.Upstream) string {
	name, known := s.servers[group]
	if !known {
		for i := range group.Peers {
			if address := group.Peers[i].Node.Arg(0); speaksOfSignIn(address) {
				name = address
				break
			}
		}
		s.servers[group] = name
	}
	return name
}

// image names the image of such a service that the deployment runs behind a
// pass, or "".
func (s *signIn) image(x *model.Proxy) string {
	if s.p.Deploy.Empty() {
		return ""
	}
	for _, e := range x.Endpoints() {
		for _, c := range s.p.Deploy.Containers {
			if service := c.Find(e.URL.Host); service != nil && speaksOfSignIn(service.Image) {
				return fmt.Sprintf("the image %q of %q", service.Image, e.URL.Host)
			}
		}
	}
	return ""
}

// addressTexts yields the address of a pass as written, what it can become, and
// the servers of its groups.
func addressTexts(x *model.Proxy) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(x.Target.Raw) {
			return
		}
		for i := range x.Candidates {
			if raw := x.Candidates[i].Raw; raw != x.Target.Raw && !yield(raw) {
				return
			}
		}
		for group := range x.Upstreams() {
			for i := range group.Peers {
				if !yield(group.Peers[i].Node.Arg(0)) {
					return
				}
			}
		}
	}
}

// signInWords has a part of everything that speaksOfSignIn looks for.
var signInWords = newWordFilter("auth", "saml", "openid", "oidc", "keycloak")

// speaksOfSignIn reports whether a text has the name of a sign-in protocol as a
// word, or that of a well-known service.
func speaksOfSignIn(text string) bool {
	if !signInWords.may(text) {
		return false // as most texts do: not to be cut into words
	}
	text = strings.ToLower(text)
	if containsAny(text, "keycloak", "authentik", "authelia") {
		return true
	}
	for word := range asciiWords(text) {
		switch word {
		case "oauth2", "oauth2proxy", "oidc", "openid", "saml", "saml2":
			return true
		}
	}
	return false
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// asciiWords yields the runs of ASCII letters and digits in a text.
func asciiWords(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return r >= 0x80 || !isAlphanumeric(byte(r)) })
}
