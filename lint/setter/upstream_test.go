package setter

import (
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

// gatewayCase is a directive of the proxying modules, upstream groups and TLS.
type gatewayCase struct {
	in   nginx.Context
	line string
	// want is part of what nginx says, "" where it takes the directive.
	want string
	// since and before limit a refusal to some releases; before means that
	// releases from there on take it.
	since, before string
}

// wrap puts a directive where it stands in a whole configuration.
func (c gatewayCase) wrap() string {
	line := c.line + ";"
	switch c.in {
	case nginx.Upstream:
		return "events {}\nhttp { upstream u { server 127.0.0.1:1; " + line + " } }\n"
	case nginx.StreamUpstream:
		return "events {}\nstream { upstream u { server 127.0.0.1:1; " + line + " } }\n"
	case nginx.HTTP:
		return "events {}\nhttp { " + line + " }\n"
	case nginx.Server:
		return "events {}\nhttp { server { listen unix:s; " + line + " } }\n"
	case nginx.Location:
		return "events {}\nhttp { server { listen unix:s; location / { " + line + " } } }\n"
	case nginx.Stream:
		return "events {}\nstream { " + line + " }\n"
	case nginx.StreamServer:
		if strings.HasPrefix(c.line, "proxy_pass") {
			return "events {}\nstream { server { listen unix:s; " + line + " } }\n"
		}
		return "events {}\nstream { server { listen unix:s; proxy_pass 127.0.0.1:1; " + line + " } }\n"
	}
	return ""
}

// judge is what Check says of the directive in a release, and whether that
// release has it.
func (c gatewayCase) judge(t *testing.T, v nginx.Version) (*Refusal, bool) {
	t.Helper()
	words := strings.Fields(c.line)
	d := &Directive{Name: words[0], Context: c.in, Version: v}
	for _, w := range words[1:] {
		d.Args = append(d.Args, strings.Trim(w, `"`))
	}
	if d.Facts = nginx.Find(d.Name, c.in); d.Facts == nil {
		t.Fatalf("no facts about %q in %s", d.Name, c.in)
	}
	if !d.Facts.KnownIn(v) || !d.Facts.AcceptsArgs(len(d.Args), v) {
		return nil, false
	}
	return Check(d), true
}

// wantIn is what nginx says in a release; of an unknown one, what all say.
func (c gatewayCase) wantIn(t *testing.T, v nginx.Version) string {
	t.Helper()
	if v.IsZero() && (c.since != "" || c.before != "") {
		return ""
	}
	for limit, at := range map[string]bool{c.since: true, c.before: false} {
		if limit == "" {
			continue
		}
		l, err := nginx.ParseVersion(limit)
		if err != nil {
			t.Fatal(err)
		}
		if v.AtLeast(l) != at {
			return ""
		}
	}
	return c.want
}

func TestGatewayDirectives(t *testing.T) {
	versions := []nginx.Version{{}, nginx.V(1, 18, 0), nginx.V(1, 26, 3), nginx.V(1, 31, 4)}
	for _, c := range gatewayCases() {
		for _, v := range versions {
			r, known := c.judge(t, v)
			if !known {
				continue
			}
			got := ""
			if r != nil {
				got = r.Message
			}
			want := c.wantIn(t, v)
			if (got == "") != (want == "") || !strings.Contains(got, want) {
				t.Errorf("%s in %s, nginx %s: %q, want %q", c.line, c.in, v, got, want)
			}
		}
	}
}

// TestGatewayDirectivesOnNginx asks every nginx at hand about the same.
func TestGatewayDirectivesOnNginx(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts nginx some hundred times")
	}
	for _, n := range linttest.Nginxes(t) {
		t.Run(n.Name, func(t *testing.T) {
			v, err := nginx.ParseVersion(n.Version)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range gatewayCases() {
				want := c.wantIn(t, v)
				if _, known := c.judge(t, v); !known {
					continue
				}
				says, err := n.Check(t.Context(), []byte(c.wrap()))
				if err != nil {
					t.Fatal(err)
				}
				if strings.Contains(says, "unknown directive") {
					continue // a module that this nginx was built without
				}
				inWords := strings.Contains(says, want) || strings.Contains(says, "pcre_compile() failed")
				if (says == "") != (want == "") || !inWords {
					t.Errorf("%s in %s: nginx says %q, want %q", c.line, c.in, says, want)
				}
			}
		})
	}
}
