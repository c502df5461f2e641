package deploy

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/nginxlint/nginxlint/lint/conf"
)

// tree writes files into a new repository and returns its real path.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(root, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	return root
}

// find looks for evidence about one file of a new repository.
func find(t testing.TB, file string, files map[string]string) *Evidence {
	t.Helper()
	if _, ok := files[file]; !ok {
		files[file] = "events {}\n"
	}
	path := filepath.Join(tree(t, files), file)
	return Find(conf.Disk{}, path, []string{path})
}

const proxyService = `services:
  proxy:
    image: nginx:1.25.3-alpine
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
`

func TestComposeServiceThatMountsTheFile(t *testing.T) {
	e := find(t, "nginx.conf", map[string]string{"docker-compose.yml": proxyService})
	if len(e.Containers) != 1 {
		t.Fatalf("%d containers, want 1", len(e.Containers))
	}
	c := e.Containers[0]
	if c.Name != "proxy" || c.Image != "nginx" || c.Tag != "1.25.3-alpine" || c.Path != "/etc/nginx/nginx.conf" || !c.Root || !c.Compose {
		t.Errorf("container = %+v", c)
	}
	if c.Source.Line != 5 || c.Source.Column != 9 || filepath.Base(c.Source.Path) != "docker-compose.yml" {
		t.Errorf("source = %+v, want docker-compose.yml:5:9", c.Source)
	}
	if c.Place.Line != 2 || c.Place.Column != 3 {
		t.Errorf("place = %+v, want 2:3", c.Place)
	}
	if !e.Alone() || e.NginxVersion() != "1.25.3" {
		t.Errorf("alone = %v, version = %q, want true and 1.25.3", e.Alone(), e.NginxVersion())
	}
}

func TestNoEvidence(t *testing.T) {
	for name, files := range map[string]map[string]string{
		"nothing around":                  {},
		"other file mounted":              {"compose.yaml": strings.Replace(proxyService, "./nginx.conf", "./other.conf", 1)},
		"source tree mounted into an app": {"compose.yaml": "services:\n  app:\n    image: node\n    volumes: ['.:/app']\n"},
		"not YAML":                        {"compose.yaml": "services: [\n" + proxyService},
		"not a mapping":                   {"compose.yaml": "- services\n"},
		"services is a list":              {"compose.yaml": "services: [proxy]\n"},
		"service is text":                 {"compose.yaml": "services: {proxy: nginx}\n"},
		"oversized":                       {"compose.yaml": proxyService + strings.Repeat("#", maxFile)},
		"unknown variable in the path":    {"compose.yaml": strings.Replace(proxyService, "./nginx.conf", "${DIR}/nginx.conf", 1)},
		"unknown variable in the target":  {"compose.yaml": "services: {proxy: {image: nginx, volumes: [{type: bind, source: ., target: '/etc/nginx/${DIR}'}]}}\n"},
		"template":                        {"compose.yaml": strings.Replace(proxyService, "- ./nginx.conf", "- '{{ dir }}/nginx.conf'", 1)},
		"Dockerfile without it":           {"Dockerfile": "FROM nginx\nCOPY html /usr/share/nginx/html\n"},
		"only in an earlier stage":        {"Dockerfile": "FROM nginx AS web\nCOPY nginx.conf /etc/nginx/\nFROM alpine\n"},
		"volumes reset":                   {"compose.yaml": strings.Replace(proxyService, "volumes:", "volumes: !reset", 1)},
		"no FROM":                         {"Dockerfile": "COPY nginx.conf /etc/nginx/\n"},
		"copied and removed":              {"Dockerfile": "FROM nginx\nCOPY nginx.conf /etc/nginx/nginx.conf\nRUN rm /etc/nginx/nginx.conf\n"},
		"copied where nginx does not look": {
			"Dockerfile": "FROM node\nCOPY . /app\n",
		},
		"merge keys without end": {"compose.yaml": bomb},
	} {
		t.Run(name, func(t *testing.T) {
			e := find(t, "nginx.conf", files)
			if !e.Empty() || e.Alone() || e.NginxVersion() != "" || e.KnowsHost("api") != Unsure {
				t.Errorf("evidence = %+v, want none", e.Containers)
			}
		})
	}
	var none *Evidence
	if !none.Empty() || none.Alone() || none.NginxVersion() != "" || none.KnowsHost("api") != Unsure {
		t.Error("a nil Evidence is not empty")
	}
}

var bomb = func() string {
	var b strings.Builder
	b.WriteString("a0: &a0 {k: v}\n")
	for i := 1; i < 40; i++ {
		prev := "*a" + strconv.Itoa(i-1)
		b.WriteString("a" + strconv.Itoa(i) + ": &a" + strconv.Itoa(i) + " {<<: [" + strings.Repeat(prev+", ", 9) + prev + "]}\n")
	}
	b.WriteString("services: *a39\n")
	return b.String()
}()

func TestAlone(t *testing.T) {
	with := func(lines string) string { return proxyService + lines }
	for _, test := range []struct {
		name, compose string
		want          bool
	}{
		{"plain", proxyService, true},
		{"another service", with("  api: {image: node}\n"), true},
		{"host network", with("    network_mode: host\n"), false},
		{"network of a service", with("    network_mode: service:vpn\n"), false},
		{"network of a container", with("    network_mode: container:vpn\n"), false},
		{"bridge", with("    network_mode: bridge\n"), true},
		{"network from a variable", with("    network_mode: ${MODE:-bridge}\n"), false},
		{"joined by a sidecar", with("  side: {image: app, network_mode: 'service:proxy'}\n"), false},
		{"joined by container name", with("    container_name: edge\n  side: {image: app, network_mode: 'container:edge'}\n"), false},
		{"joined by who knows", with("  side: {image: app, network_mode: '${MODE}'}\n"), false},
		{"nginx as command", with("    command: nginx -g 'daemon off;'\n"), true},
		{"nginx as list", with("    command: [nginx, -g, daemon off;]\n"), true},
		{"envsubst then nginx", with(`    command: /bin/bash -c "envsubst '$$HOST' < /t > /etc/nginx/conf.d/default.conf && exec nginx -g 'daemon off;'"` + "\n"), true},
		{"reload loop", with(`    command: "/bin/sh -c 'while :; do sleep 6h & wait $${!}; nginx -s reload; done & nginx -g \"daemon off;\"'"` + "\n"), true},
		{"supervisord", with("    command: supervisord -n\n"), false},
		{"shell starts something else", with("    command: sh -c 'node server.js & nginx'\n"), false},
		{"listening netcat", with("    command: sh -c 'nc -l 80 & nginx'\n"), false},
		{"script", with("    command: sh /start.sh\n"), false},
		{"entrypoint script", with("    entrypoint: /start.sh\n"), false},
		{"command substitution", with("    command: sh -c 'nginx $$(app)'\n"), false},
		{"shell as entrypoint", with("    entrypoint: [sh, -c]\n    command: ['nginx & app']\n"), false},
		{"start hook", with("    post_start: [{command: app}]\n"), false},
		{"own start-up scripts", with("      - ./d:/docker-entrypoint.d\n"), false},
		{"unknown image", strings.Replace(proxyService, "nginx:1.25.3-alpine", "acme/web", 1), false},
		{"linuxserver", strings.Replace(proxyService, "nginx:1.25.3-alpine", "lscr.io/linuxserver/nginx:1.24.0", 1), false},
		{"PHP beside nginx", strings.Replace(proxyService, "nginx:1.25.3-alpine", "trafex/php-nginx", 1), false},
		{"image from a variable", strings.Replace(proxyService, "nginx:1.25.3-alpine", "$IMAGE", 1), false},
		{"remote include", with("include: ['oci://registry/app']\n"), false},
		{"extends what is missing", with("    extends: {file: gone.yml, service: x}\n"), false},
		{"vague name", with("    container_name: '${P}-x'\n"), true},
		{"second service on the host network", with("  edge:\n    image: nginx\n    network_mode: host\n    volumes: ['./nginx.conf:/etc/nginx/nginx.conf']\n"), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := find(t, "nginx.conf", map[string]string{"compose.yaml": test.compose})
			if e.Empty() {
				t.Fatal("no evidence")
			}
			if got := e.Alone(); got != test.want {
				t.Errorf("Alone() = %v, want %v: %+v", got, test.want, e.Containers[0])
			}
		})
	}
}

func TestWaysToMountTheFile(t *testing.T) {
	service := func(s string) string { return "services:\n  proxy:\n    image: nginx\n" + s }
	for _, test := range []struct {
		name, file, compose, path string
	}{
		{"folder", "conf/conf.d/a.conf", service("    volumes: ['./conf:/etc/nginx']\n"), "/etc/nginx/conf.d/a.conf"},
		{"folder with slash", "conf/a.conf", service("    volumes: ['./conf/:/etc/nginx/conf.d/:ro,z']\n"), "/etc/nginx/conf.d/a.conf"},
		{"long syntax", "a.conf", service("    volumes: [{type: bind, source: a.conf, target: /etc/nginx/conf.d/a.conf}]\n"), "/etc/nginx/conf.d/a.conf"},
		{"default of a variable", "etc/a.conf", service("    volumes: ['${ETC:-./etc}/a.conf:/etc/nginx/conf.d/a.conf']\n"), "/etc/nginx/conf.d/a.conf"},
		{"nested default", "etc/a.conf", service("    volumes: ['${A:-${B-./etc}}:/etc/nginx/conf.d']\n"), "/etc/nginx/conf.d/a.conf"},
		{"template", "a.conf.template", service("    volumes: ['./:/etc/nginx/templates']\n"), "/etc/nginx/templates/a.conf.template"},
		{"named by the command", "a.conf", service("    volumes: ['.:/srv']\n    command: nginx -c /srv/a.conf\n"), "/srv/a.conf"},
		{"config", "a.conf", service("    configs: [{source: c, target: /etc/nginx/nginx.conf}]\n") + "configs: {c: {file: ./a.conf}}\n", "/etc/nginx/nginx.conf"},
		{"aliased list", "a.conf", "x-v: &v ['./a.conf:/etc/nginx/a.conf']\n" + service("    volumes: *v\n"), "/etc/nginx/a.conf"},
		{"merge key", "a.conf", "x-v: &v {volumes: ['./a.conf:/etc/nginx/a.conf']}\n" + service("    <<: *v\n"), "/etc/nginx/a.conf"},
		{"CRLF and BOM", "a.conf", "\ufeff" + strings.ReplaceAll(service("    volumes: ['./a.conf:/etc/nginx/a.conf']\n"), "\n", "\r\n"), "/etc/nginx/a.conf"},
		{"openresty", "a.conf", service("    volumes: ['./a.conf:/usr/local/openresty/nginx/conf/nginx.conf']\n"), "/usr/local/openresty/nginx/conf/nginx.conf"},
		{"build", "web/a.conf", "services: {proxy: {build: {context: ., dockerfile_inline: \"FROM nginx\\nCOPY web/*.conf /etc/nginx/conf.d/\\n\"}}}\n", "/etc/nginx/conf.d/a.conf"},
		{"extends a build with an image's name", "a.conf", "services:\n  base: {build: {dockerfile_inline: \"FROM nginx\\nCOPY a.conf /etc/nginx/\"}}\n  proxy: {extends: base, image: acme/x}\n", "/etc/nginx/a.conf"},
		{"extends within", "a.conf", "services:\n  base: {image: nginx, volumes: ['./a.conf:/etc/nginx/a.conf']}\n  proxy: {extends: base}\n", "/etc/nginx/a.conf"},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := find(t, test.file, map[string]string{"docker-compose.yml": test.compose})
			if e.Empty() {
				t.Fatal("no evidence")
			}
			c := e.Containers[len(e.Containers)-1]
			if c.Name != "proxy" || c.Path != test.path || !c.SingleProcess {
				t.Errorf("name %q, path %q, single %v; want proxy, %q, true", c.Name, c.Path, c.SingleProcess, test.path)
			}
		})
	}
}
