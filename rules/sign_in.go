package rules

import (
	"fmt"
	"iter"
	"strings"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/conf"
	"github.com/nginxlint/nginxlint/lint/model"
)

// signInEvidence names what shows that a service for sign-in answers: a name in
// the address, in the image that runs there or in the location, or an
// auth_request that asks there.
func signInEvidence(p *lint.Pass, x *model.Proxy, guards []*conf.Node) string {
	for _, address := range addressTexts(x) {
		if speaksOfSignIn(address) {
			return fmt.Sprintf("%q", address)
		}
	}
	for i := range x.Candidates {
		for _, c := range p.Deploy.Containers {
			if s := c.Find(x.Candidates[i].Host()); s != nil && speaksOfSignIn(s.Image) {
				return fmt.Sprintf("the image %q of %q", s.Image, x.Candidates[i].Host())
			}
		}
	}
	for at := x.Scope.Location(); at != nil; at = at.Parent {
		if pattern := at.Pattern(); speaksOfSignIn(pattern) {
			return fmt.Sprintf("the location %q", pattern)
		}
	}
	if len(guards) > 0 {
		return fmt.Sprintf("%q", guards[0].Text())
	}
	return ""
}

// addressTexts are the address of a pass as written, what it can become, and
// the servers of its groups.
func addressTexts(x *model.Proxy) []string {
	out := []string{x.Target.Raw}
	for i := range x.Candidates {
		out = append(out, x.Candidates[i].Raw)
	}
	for group := range x.Upstreams() {
		for i := range group.Peers {
			out = append(out, group.Peers[i].Node.Arg(0))
		}
	}
	return out
}

// speaksOfSignIn reports whether a text has the name of a sign-in protocol as a
// word, or that of a well-known service.
func speaksOfSignIn(text string) bool {
	text = strings.ToLower(text)
	for _, service := range []string{"keycloak", "authentik", "authelia"} {
		if strings.Contains(text, service) {
			return true
		}
	}
	for word := range asciiWords(text) {
		switch word {
		case "oauth2", "oauth2proxy", "oidc", "openid", "saml", "saml2":
			return true
		}
	}
	return false
}

// authRequests finds, for the locations that answer auth_request subrequests,
// the directives that ask them. They are looked for as nginx does among
// locations that are no regular expressions.
func authRequests(c *model.Config) map[*model.Scope][]*conf.Node {
	out := map[*model.Scope][]*conf.Node{}
	for _, s := range c.Scopes {
		ask := s.Own("auth_request")
		if ask == nil || ask.Unknown() || strings.EqualFold(ask.Arg(0), "off") {
			continue
		}
		for _, srv := range c.Servers {
			if srv.Stream || !s.Contains(srv.Scope) && !srv.Scope.Contains(s) {
				continue
			}
			if at := prefixLocation(srv, ask.Arg(0)); at != nil {
				out[at] = append(out[at], ask)
			}
		}
	}
	return out
}

// prefixLocation is the location of a server with the longest prefix of a URI,
// or with all of it.
func prefixLocation(srv *model.Server, uri string) *model.Scope {
	uri, _, _ = strings.Cut(uri, "?")
	var best *model.Scope
	for _, at := range srv.Locations {
		switch at.Modifier() {
		case "=":
			if at.Pattern() == uri {
				return at
			}
		case "", "^~":
			if strings.HasPrefix(uri, at.Pattern()) && (best == nil || len(at.Pattern()) > len(best.Pattern())) {
				best = at
			}
		}
	}
	return best
}

// asciiWords yields the runs of ASCII letters and digits in a text.
func asciiWords(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return r >= 0x80 || !isAlphanumeric(byte(r)) })
}
