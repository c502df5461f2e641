package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/nginxlint/nginxlint/lint"
	"github.com/nginxlint/nginxlint/lint/linttest"
	"github.com/nginxlint/nginxlint/lint/nginx"
)

func TestIsHostName(t *testing.T) {
	for host, want := range map[string]bool{
		"app":                   true,
		"my_app-1":              true,
		"api.example.org.":      true,
		"1password.example.org": true,
		"bücher.example":        true,
		"App":                   true,
		"127.1":                 false, // getaddrinfo reads it as an address
		"10.0.0.300":            false,
		"0x7f000001":            false,
		"${APP}":                false,
		"$app":                  false,
		"<host>":                false,
		"@HOST@":                false,
		"YOUR_HOST":             false,
		"__host__":              false,
		".":                     false,
		"":                      false,
	} {
		if got := isHostName(host); got != want {
			t.Errorf("isHostName(%q) = %v", host, got)
		}
	}
}

func TestIsKubernetesService(t *testing.T) {
	for host, want := range map[string]bool{
		"app.shop.svc":                    true,
		"app.shop.svc.cluster.local":      true,
		"app.shop.svc.example.org":        true,
		"app.svc":                         true,
		"kube-dns.kube-system":            true,
		"a.kube-dns.kube-system":          false,
		"db-0.db.shop.svc.cluster.local":  false, // a pod of a headless Service
		"svc.example.org":                 false,
		"app.svc.example.org":             false,
		"app":                             false,
		"app.shop.service.dc1.consul.":    false,
		"my-svc.my-namespace.example.org": false,
	} {
		if got := isKubernetesService(host); got != want {
			t.Errorf("isKubernetesService(%q) = %v", host, got)
		}
	}
}

// TestHostHelpFollowsTheVersion shows that what is suggested works with the
// nginx at hand, and says from when on it does where that is not known.
func TestHostHelpFollowsTheVersion(t *testing.T) {
	const http = `events {} http { server { location / { proxy_pass http://app.test:3000/api/; } } }`
	const memcached = `events {} http { server { location / { set $memcached_key k; memcached_pass app.test:11211; } } }`
	const stream = `events {} stream { server { listen 9000; proxy_pass app.test:3000; } }`
	const group = `events {} http { upstream app { server a.test:3000; server b.test:3000; } server { location / { proxy_pass http://app; } } }`
	for _, c := range []struct {
		name, text, version string
		has, lacks          []string
	}{
		{"stream without set", stream, "1.18.0", []string{"map $server_port $backend { default app.test; }"}, []string{"set $backend"}},
		{"stream with set", stream, "1.19.3", []string{"set $backend app.test;"}, []string{"map"}},
		{"NGINX Plus", "# flavour: plus\n" + http, "1.25.5", []string{`"server app.test:3000 resolve"`}, []string{"$backend", "1.27.3"}},
		{"old", http, "1.27.2", []string{"set $backend app.test;", "URI after variables"}, []string{"resolve\""}},
		{"new", http, "1.27.3", []string{`"server app.test:3000 resolve"`}, []string{"$backend", "1.27.3"}},
		{"unknown", http, "", []string{"from nginx 1.27.3 on", `"server app.test:3000 resolve"`, "$backend"}, nil},
		{"servers of a group", group, "1.27.3", []string{"each of these servers", `("server a.test:3000 resolve")`}, []string{"one name"}},
		{"servers of a group before resolve", group, "1.27.2", []string{"one name in DNS for all their addresses"}, []string{"resolve\"", "a.test"}},
		{"no variables in memcached_pass", memcached, "", []string{`"server app.test:11211 resolve"`}, []string{"$backend"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			settings := linttest.ParseSettings(t, c.text)
			if c.version != "" {
				v, err := nginx.ParseVersion(c.version)
				if err != nil {
					t.Fatal(err)
				}
				settings.Version = v
			}
			f := only(t, "upstream-hostname-no-resolver", c.text, settings)
			for _, s := range c.has {
				if !strings.Contains(f.Help, s) {
					t.Errorf("the help does not say %q: %s", s, f.Help)
				}
			}
			for _, s := range c.lacks {
				if strings.Contains(f.Help, s) {
					t.Errorf("the help says %q: %s", s, f.Help)
				}
			}
		})
	}
}

// TestRelatedPlacesAreToldOnce shows what stands beside a finding: each other
// place once, however often it is included.
func TestRelatedPlacesAreToldOnce(t *testing.T) {
	const written = `events {}
http {
    resolver 10.0.0.2;
    server {
        location /1 { proxy_pass http://app.test:3000; }
        location /2 { proxy_pass http://app.test:3000; }
    }
`
	const variables = `    server { location /3 { set $app app.test; proxy_pass http://$app:3000; } }
    server { location /4 { set $app app.test; proxy_pass http://$app:3000; } }
`
	const group = `    upstream app { server a.test; server a.test:81;
        server b.test; }
`
	for _, c := range []struct {
		id, text string
		want     []int
	}{
		{"upstream-hostname-no-resolver", "events {} http {\n" + group, []int{2, 3}},
		{"upstream-hostname-no-resolver", written, []int{6, 3}},
		{"variable-upstream-shadowed-by-static", written + variables, []int{5, 6, 8, 9, 9}},
	} {
		f := only(t, c.id, c.text+"}\n", linttest.Settings{})
		var lines []int
		for _, r := range f.Related {
			lines = append(lines, r.Position().Line)
		}
		if !slices.Equal(lines, c.want) {
			t.Errorf("%s: related lines %v, want %v", c.id, lines, c.want)
		}
	}
}

// TestHelpKnowsTheComposeProject shows what the services beside a configuration
// add to what is suggested.
func TestHelpKnowsTheComposeProject(t *testing.T) {
	const compose = `services:
  web:
    image: nginx:1.26
    volumes: ["./nginx.conf:/etc/nginx/nginx.conf:ro"]
  backend:
    image: backend
`
	for _, c := range []struct{ name, id, pass, has string }{
		{"a service nearly of that name", "upstream-hostname-no-resolver", "http://backnd:3000", `did you mean the service "backend"?`},
		{"no such service", "upstream-hostname-no-resolver", "http://other:3000", `or define "other" there`},
		{"the name server of a literal", "upstream-hostname-no-resolver", "http://backend:3000", "Docker's resolver is 127.0.0.11"},
		{"the name server of a variable", "variable-upstream-no-resolver", "http://backend:3000$request_uri", `"resolver 127.0.0.11;"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "events {} http { server { location / { proxy_pass " + c.pass + "; } } }"
			f := only(t, c.id, text, linttest.Settings{}, txtar.File{Name: "compose.yaml", Data: []byte(compose)})
			if !strings.Contains(f.Help, c.has) {
				t.Errorf("the help does not say %q: %s", c.has, f.Help)
			}
		})
	}
}

// only is the one finding that a rule has about a configuration, with further
// files beside it.
func only(t *testing.T, id, text string, s linttest.Settings, beside ...txtar.File) lint.Finding {
	t.Helper()
	rule, err := lint.Find(All(), id)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "nginx.conf")
	for _, f := range append(beside, txtar.File{Name: "nginx.conf", Data: []byte(text)}) {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	result := linttest.Lint(t, []*lint.Rule{rule}, []string{path}, dir, s)
	if len(result.Findings) != 1 {
		t.Fatalf("%d findings of %s, want 1", len(result.Findings), id)
	}
	return result.Findings[0]
}

// TestShadowIsOneFinding runs all rules on a name that keeps one in a variable
// from being looked up again: one cause, one finding.
func TestShadowIsOneFinding(t *testing.T) {
	result := example(t, All(), `events {}
http {
    resolver 10.0.0.2;
    server {
        listen 8080;
        location / { set $app app.test; proxy_pass http://$app:3000; }
        location /literal { proxy_pass http://app.test:3000; }
    }
}
`)
	var got []string
	for _, f := range result.Findings {
		if f.Severity >= lint.Warning {
			got = append(got, f.Rule.ID)
		}
	}
	if want := []string{"variable-upstream-shadowed-by-static"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}
