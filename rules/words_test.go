package rules

import (
	"strings"
	"testing"
)

func TestWordFilterNeverMissesAWord(t *testing.T) {
	words := []string{"auth", "oidc", "keycloak"}
	f := newWordFilter(words...)
	for text, may := range map[string]bool{
		"": false, "a": false, "au": false, "http://site-1": false, "kkkk": false, "aut h": false,
		"auth": true, "OAuth2": true, "x-OIDC-y": true, "http://keycloaK:80": true, "aauth": true,
		"\u212aeycloak": true, // the sign for kelvin is a k in lower case
		"ö":             true, // may be anything
	} {
		if f.may(text) != may {
			t.Errorf("%q: %v", text, !may)
		}
		for _, w := range words {
			if strings.Contains(strings.ToLower(text), w) && !f.may(text) {
				t.Errorf("%q in %q is missed", w, text)
			}
		}
	}
}
